// Whole numbers of any size, and formulas of them.

/** @typedef {bigint} Whole */
/** @typedef {number | string | [string, ...any[]]} Formula a number, a name, or a sign and parts */

const LONGEST_NUMBER = 100;

/**
 * A number as somebody typed it, or null where it is none: 1728, 1,728, 1_728.
 * @param {string} text
 * @returns {Whole | null}
 */
function readWhole(text) {
  const plain = text
    .slice(0, 400)
    .trim()
    .replace(/[,_\s]/g, "");
  return /^[0-9]+$/.test(plain) && plain.length <= LONGEST_NUMBER ? BigInt(plain) : null;
}

/**
 * A number as people write it, 102,764,544, exact however large.
 * @param {Whole} value
 */
function shown(value) {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param {Whole} a @param {Whole} b @returns {Whole} the quotient, rounded down as Python does */
function floored(a, b) {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** @type {Record<string, (a: Whole, b: Whole) => Whole>} */
const SIGNS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "//": floored,
  "%": (a, b) => a - b * floored(a, b),
  ">": (a, b) => (a > b ? 1n : 0n),
};

/**
 * What a formula gives, with these numbers for its names.
 * @param {Formula} formula
 * @param {Record<string, Whole>} named
 * @returns {Whole}
 */
function evaluate(formula, named) {
  if (typeof formula === "number") return BigInt(formula);
  if (typeof formula === "string") return named[formula];
  const [sign, ...parts] = formula;
  if (sign === "if") return evaluate(parts[evaluate(parts[0], named) ? 1 : 2], named);
  return SIGNS[sign](evaluate(parts[0], named), evaluate(parts[1], named));
}

/** @param {string} words with {slots} @param {Record<string, any>} slots */
function filled(words, slots) {
  return words.replace(/\{(\w+)\}/g, (whole, name) =>
    typeof slots[name] === "bigint" ? shown(slots[name]) : String(slots[name] ?? whole),
  );
}

/** @param {readonly Whole[]} sizes */
const times = (sizes) => sizes.map(shown).join("×");

/** A sentence for the learner, in place of an answer. */
class Refusal extends Error {
  /** @param {string} key which of the words @param {Record<string, any>} [slots] */
  constructor(key, slots = {}) {
    super(filled(DATA.words.refusals[key], slots));
    this.key = key;
  }
}

/** @param {unknown} text @returns {string} the text, cut where it would be no help any longer */
function short(text) {
  const plain = String(text).replace(/\s+/g, " ");
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}
