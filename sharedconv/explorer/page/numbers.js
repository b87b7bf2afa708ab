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
 * A number, or the way to it, as somebody typed it: 250, 5*5*10, 10 × (5·5 + 1). Null where it is
 * neither, or less than 0.
 * @param {string} text
 * @returns {Whole | null}
 */
function readSum(text) {
  const plain = text
    .slice(0, 400)
    .toLowerCase()
    .trim()
    .replace(/(?<=[0-9])([,_]|\s(?=[0-9]{3}(?![0-9])))(?=[0-9])/g, "")
    .replace(/[×·x]/g, "*");
  if (plain.length > LONGEST_NUMBER) return null;
  const parts = plain.match(/[0-9]+|\S/g) ?? [];
  const next = (/** @type {string[]} */ ...wanted) => wanted.includes(parts[0]) && parts.shift();
  const chain = (/** @type {() => Whole} */ part, /** @type {string[]} */ ...signs) => {
    let value = part();
    for (let sign = next(...signs); sign; sign = next(...signs)) value = SIGNS[sign](value, part());
    return value;
  };
  const sum = () => chain(product, "+", "-");
  const product = () => chain(factor, "*");
  const factor = () => {
    const first = parts.shift() ?? "";
    if (first !== "(") return BigInt(/^[0-9]/.test(first) ? first : NaN);
    const inner = sum();
    return next(")") ? inner : BigInt(NaN);
  };
  try {
    const value = sum();
    return parts.length || value < 0n ? null : value;
  } catch (noNumber) {
    // what BigInt makes of NaN, where a number or a bracket is missing
    if (noNumber instanceof RangeError) return null;
    throw noNumber;
  }
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

/** @param {readonly (Whole | null)[]} sizes */
const times = (sizes) => sizes.map((each) => (each === null ? "?" : shown(each))).join("×");

/** A sentence for the learner, in place of an answer. */
class Refusal extends Error {
  /**
   * @param {string | number} key which of the words, or which of Python's about an argument
   * @param {Record<string, any>} [slots]
   */
  constructor(key, slots = {}) {
    super(filled(typeof key === "number" ? DATA.slips[key] : DATA.words.refusals[key], slots));
    this.key = key;
  }
}

/** @param {unknown} text @returns {string} the text, cut where it would be no help any longer */
function short(text) {
  const plain = String(text).replace(/\s+/g, " ");
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}
