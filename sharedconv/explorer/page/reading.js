// A pasted text of Keras or PyTorch, taken apart as Python itself would; nothing is executed.

const LONGEST_TEXT = 20000;
const DEEPEST = 50;
const LARGEST_NUMBER = 10n ** 100n;
const LARGEST_POWER = 400n;

/** A value that the text doesn't show, such as a name or a call. */
class Unread {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** A number that is no whole one, as it was written. */
class Fraction extends Unread {}

/**
 * @typedef {{name: string, given: any[], named: [string, any][], text: string, added: boolean}} Call
 * @typedef {{source: string, all: string[], places: number[], at: number}} Reader
 */

const QUOTED = `"[^"\\n]*"|'[^'\\n]*'`;
const COMMENT = new RegExp(`${QUOTED}|#.*`, "g");
const TOKEN = new RegExp(
  `${QUOTED}|[A-Za-z_][\\w.]*|\\.?[0-9](?:[eE][-+]?[0-9]|[\\w.])*|\\*\\*|//|=>|[=!<>]=|\\S`,
  "g",
);
const BETWEEN = ["if", "else", "for", "in", "not", "and", "or", "is", "lambda", "await"];
const CLOSED = { "(": ")", "[": "]", "{": "}" };

/**
 * The calls in a text, one for each statement: also in x = Conv2D(10, 5)(x) and
 * model.add(Conv2D(10, 5)).
 * @param {string} text
 * @returns {Call[]}
 */
function readCalls(text) {
  if (text.length > LONGEST_TEXT) throw new Refusal("long", { length: BigInt(text.length) });
  if (text.includes("=>")) {
    const library = DATA.readable.foreign.roots.Flux;
    throw new Refusal("foreign", { call: short(text), library });
  }
  const source = text.replace(COMMENT, (found) => (found[0] === "#" ? "" : found));
  const found = [...source.matchAll(TOKEN)];
  const all = found.map(([token]) => token);
  const reader = { source, all, places: found.map(({ index }) => index ?? 0), at: 0 };
  balanced(reader);
  const calls = [];
  while (reader.at < all.length) {
    calls.push(oneStatement(reader));
    if (all[reader.at] === ",") reader.at += 1; // left over from a list of layers
    if (reader.at < all.length && all[reader.at] !== ";") throw unreadable(reader, "no call");
    while (all[reader.at] === ";") reader.at += 1;
  }
  if (!calls.length) throw unreadable(reader, "no call");
  return calls;
}

/** @param {string} text @returns {string} the same statements on one line, without comments */
function onOneLine(text) {
  let depth = 0;
  return text
    .trim()
    .replace(COMMENT, (found) => (found[0] === "#" ? "" : found))
    .replace(new RegExp(`${QUOTED}|[([{]|[)\\]}]|\\s*\n\\s*`, "g"), (found) => {
      depth += deeper(found);
      return found.trim() ? found : depth > 0 ? " " : "; ";
    });
}

/** @param {string} text @returns {Call} the only call in a text */
function readCall(text) {
  const calls = readCalls(text);
  if (calls.length > 1) throw new Refusal("several");
  return calls[0];
}

/** @param {Reader} reader @param {string} why @param {Record<string, any>} [slots] */
function unreadable({ source }, why, slots = {}) {
  const text = short(source.trim());
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"; // as Python quotes it
  return new Refusal(why, { text: `${quote}${text}${quote}`, ...slots });
}

/** @param {Reader} reader */
function balanced(reader) {
  const open = [];
  for (const sign of reader.all) {
    if (Object.hasOwn(CLOSED, sign)) open.push(sign);
    else if (Object.values(CLOSED).includes(sign)) {
      const last = open.pop();
      if (!last) throw unreadable(reader, "not opened", { sign });
      if (CLOSED[last] !== sign) throw unreadable(reader, "other bracket", { sign, open: last });
    } else if (sign === '"' || sign === "'") throw unreadable(reader, "quote");
    if (open.length > DEEPEST) throw unreadable(reader, "deep");
  }
  if (open.length) throw unreadable(reader, "not closed", { sign: open.at(-1) });
}

/** @param {Reader} reader @returns {Call} */
function oneStatement(reader) {
  if (reader.all[reader.at + 1] === "=") reader.at += 2;
  let call = oneCall(reader);
  while (reader.all[reader.at] === "(") {
    // what the layer is applied to
    reader.at += 1;
    inBrackets(reader);
  }
  while (call.name.endsWith(".add") && call.given.length === 1 && call.given[0] instanceof Unread) {
    call = { ...readCall(call.given[0].text), added: true };
  }
  return call;
}

/** @param {Reader} reader @returns {Call} */
function oneCall(reader) {
  const { all, source, places } = reader;
  const name = all[reader.at];
  const begins = places[reader.at];
  if (!/^[A-Za-z_]/.test(name ?? "") || all[reader.at + 1] !== "(") {
    throw unreadable(reader, "no call");
  }
  reader.at += 2;
  const { given, named } = inBrackets(reader);
  const text = source.slice(begins, places[reader.at - 1] + 1).replace(/\s+/g, " ");
  return { name, given, named, text, added: false };
}

/** @param {Reader} reader behind an opening bracket @returns {Pick<Call, "given" | "named">} */
function inBrackets(reader) {
  const { all } = reader;
  /** @type {any[]} */
  const given = [];
  /** @type {[string, any][]} */
  const named = [];
  while (all[reader.at] !== ")") {
    const argument = all[reader.at];
    if (argument.startsWith("*")) {
      throw new Refusal("unpacked", { text: short(oneValue(reader).text) });
    }
    if (all[reader.at + 1] === "=" && /^[A-Za-z_]\w*$/.test(argument)) {
      reader.at += 2;
      if (named.some(([other]) => other === argument)) throw new Refusal("again", { argument });
      named.push([argument, oneValue(reader)]);
    } else if (named.length) {
      throw unreadable(reader, "order");
    } else {
      given.push(oneValue(reader));
    }
    if (all[reader.at] === ",") reader.at += 1;
  }
  reader.at += 1;
  return { given, named };
}

/** @param {Reader} reader */
function oneValue(reader) {
  const { all, places, source } = reader;
  const begins = reader.at;
  for (let depth = 0; reader.at < all.length; reader.at += 1) {
    const token = all[reader.at];
    if (depth === 0 && (token === "," || token === ")")) break;
    depth += deeper(token);
    const before = all[reader.at - 1];
    if (reader.at > begins && isOperand(token) && (isOperand(before) || deeper(before) < 0)) {
      throw unreadable(reader, "comma");
    }
  }
  if (begins === reader.at) throw unreadable(reader, "no call");
  const end = reader.at < all.length ? places[reader.at] : source.length;
  return valueOf(all.slice(begins, reader.at), source.slice(places[begins], end).trim());
}

/** @param {string} token @returns {boolean} whether it is a name or a number */
const isOperand = (token) => /^\.?\w/.test(token) && !BETWEEN.includes(token);

/** @param {string[]} own @param {string} text the same as it was written @returns {any} */
function valueOf(own, text) {
  const [first] = own;
  if (own.length === 1) {
    if (first === "True") return true;
    if (first === "False") return false;
    if (first === "None") return null;
    if (/^["']/.test(first)) return first.slice(1, -1);
  }
  const members = membersOf(own, text);
  if (members) return members;
  const found = worked(own);
  return typeof found === "bigint" ? found : found ? new Fraction(text) : new Unread(text);
}

/** @param {string[]} own @param {string} text @returns {any[] | null} those of a tuple or list */
function membersOf(own, text) {
  if (own[0] !== "[" && own[0] !== "(") return null;
  let depth = 0;
  // brackets around a first part only, as in (2 + 3) * 4
  if (own.slice(0, -1).some((token) => (depth += deeper(token)) === 0)) return null;
  const source = `f(${text.slice(1, -1)})`;
  const found = [...source.matchAll(TOKEN)];
  const all = found.map(([token]) => token);
  const reader = { source, all, places: found.map(({ index }) => index ?? 0), at: 2 };
  const { given, named } = inBrackets(reader);
  if (named.length) return null;
  return own[0] === "(" && given.length === 1 && all.at(-2) !== "," ? null : given;
}

/** @param {string} token */
const deeper = (token) =>
  Number(Object.hasOwn(CLOSED, token)) - Number(Object.values(CLOSED).includes(token));

/**
 * What a piece of arithmetic comes to: a whole number, true for another number, null for no number.
 * @param {string[]} own
 * @returns {Whole | true | null}
 */
function worked(own) {
  const parts = [...own];
  const next = (/** @type {string[]} */ ...wanted) => wanted.includes(parts[0]) && parts.shift();
  const chain = (/** @type {() => any} */ part, /** @type {string[]} */ ...signs) => {
    let value = part();
    for (let sign = next(...signs); sign; sign = next(...signs)) value = after(sign, value, part());
    return value;
  };
  const sum = () => chain(product, "+", "-");
  const product = () => chain(signed, "*", "/", "//", "%");
  /** @returns {any} */
  const signed = () => {
    const sign = next("-", "+");
    if (!sign) return power();
    const value = signed();
    return sign === "-" && typeof value === "bigint" ? -value : value;
  };
  const power = () => {
    const base = atom();
    return next("**") ? after("**", base, signed()) : base;
  };
  const atom = () => {
    const first = parts.shift() ?? "";
    if (first !== "(") return literal(first);
    const inner = sum();
    return next(")") ? inner : null;
  };
  const value = sum();
  return parts.length ? null : value;
}

/** @param {string} text @returns {Whole | true | null} */
function literal(text) {
  const plain = text.replaceAll("_", "");
  if (/^([0-9]+|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.test(plain)) {
    return notTooLarge(BigInt(plain.slice(0, 400)));
  }
  return /^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(plain) ? true : null;
}

/** @param {Whole} value */
function notTooLarge(value) {
  if (value > LARGEST_NUMBER || -value > LARGEST_NUMBER) throw new Refusal("digits");
  return value;
}

/** @param {string} sign @param {any} left @param {any} right @returns {Whole | true | null} */
function after(sign, left, right) {
  if (left === null || right === null) return null;
  if (left === true || right === true) return true;
  if (right === 0n && ["/", "//", "%"].includes(sign)) {
    throw new Refusal("no result", { left, sign, right });
  }
  if (sign === "/") return true;
  if (sign !== "**") return notTooLarge(SIGNS[sign](left, right));
  if (right > LARGEST_POWER || -right > LARGEST_POWER) {
    throw new Refusal("power", { base: String(left), power: String(right) });
  }
  return right < 0n ? true : notTooLarge(left ** right);
}
