// A pasted line of Keras or PyTorch, taken apart; nothing is executed.

const LONGEST_LINE = 20000;
const DEEPEST = 50;

/** A value that the line doesn't show, such as a name or a call. */
class Unread {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {{name: string, given: any[], named: [string, any][]}} Call */

/** @param {string} text @returns {string[]} names, numbers, strings and signs */
function tokens(text) {
  const found =
    text.replace(/#.*$/gm, "").match(/"[^"\n]*"|'[^'\n]*'|[A-Za-z_][\w.]*|[0-9][\w.]*|[^\s]/g) ??
    [];
  if (found.length > LONGEST_LINE / 4) throw new Refusal("no call");
  return found;
}

/**
 * The call in a line: also in x = Conv2D(10, 5)(x) and model.add(Conv2D(10, 5)).
 * @param {string} text
 * @returns {Call}
 */
function readCall(text) {
  if (text.length > LONGEST_LINE) throw new Refusal("long", { length: BigInt(text.length) });
  const all = tokens(text);
  const begins = all[1] === "=" ? 2 : 0;
  const reader = { all, at: begins };
  const call = oneCall(reader);
  if (all[reader.at] === "(") skipped(reader); // what the layer is applied to
  if (all[reader.at] === ",") reader.at += 1; // left over from a list of layers
  if (reader.at < all.length) throw new Refusal("no call");
  if (call.name.endsWith(".add") && call.given.length === 1 && call.given[0] instanceof Unread) {
    return readCall(call.given[0].text);
  }
  return call;
}

/** @param {{all: string[], at: number}} reader @returns {Call} */
function oneCall(reader) {
  const { all } = reader;
  const name = all[reader.at];
  if (!/^[A-Za-z_]/.test(name ?? "") || all[reader.at + 1] !== "(") throw new Refusal("no call");
  reader.at += 2;
  /** @type {Call} */
  const call = { name, given: [], named: [] };
  while (all[reader.at] !== ")") {
    if (reader.at >= all.length) throw new Refusal("no call");
    const named = all[reader.at + 1] === "=" && /^[A-Za-z_]\w*$/.test(all[reader.at]);
    if (named) {
      const argument = all[reader.at];
      reader.at += 2;
      call.named.push([argument, oneValue(reader)]);
    } else if (call.named.length) {
      throw new Refusal("no call");
    } else {
      call.given.push(oneValue(reader));
    }
    if (all[reader.at] === ",") reader.at += 1;
    else if (all[reader.at] !== ")") throw new Refusal("no call");
  }
  reader.at += 1;
  return call;
}

/** @param {{all: string[], at: number}} reader */
function oneValue(reader) {
  const begins = reader.at;
  let depth = 0;
  for (; reader.at < reader.all.length; reader.at += 1) {
    const token = reader.all[reader.at];
    if (depth === 0 && (token === "," || token === ")")) break;
    if ("([{".includes(token)) depth += 1;
    if (")]}".includes(token)) depth -= 1;
    if (depth > DEEPEST || depth < 0) throw new Refusal("no call");
  }
  const own = reader.all.slice(begins, reader.at);
  if (!own.length) throw new Refusal("no call");
  return valueOf(own);
}

/** @param {{all: string[], at: number}} reader over what stands in brackets */
function skipped(reader) {
  reader.at += 1;
  oneValueOrNone(reader);
  while (reader.all[reader.at] === ",") {
    reader.at += 1;
    oneValueOrNone(reader);
  }
  if (reader.all[reader.at] !== ")") throw new Refusal("no call");
  reader.at += 1;
}

/** @param {{all: string[], at: number}} reader */
function oneValueOrNone(reader) {
  if (reader.all[reader.at] !== ")") oneValue(reader);
}

/** @param {string[]} own @returns {any} */
function valueOf(own) {
  const [first] = own;
  if (own.length === 1) {
    if (first === "True") return true;
    if (first === "False") return false;
    if (first === "None") return null;
    if (/^["']/.test(first) && first.length > 1) return first.slice(1, -1);
    if (/^[0-9]/.test(first)) return readWhole(first) ?? new Unread(first);
  }
  if (own.length === 2 && first === "-" && readWhole(own[1]) !== null) return -BigInt(own[1]);
  const pairs = { "(": ")", "[": "]" };
  if (first in pairs && own.at(-1) === pairs[first]) {
    const parts = split(own.slice(1, -1));
    if (parts) return parts.length === 1 && own.at(-2) !== "," && first === "(" ? parts[0] : parts;
  }
  return new Unread(own.join(""));
}

/** @param {string[]} inside @returns {any[] | null} the members of a tuple or list */
function split(inside) {
  const members = [];
  const reader = { all: [...inside, ")"], at: 0 };
  while (reader.at < inside.length) {
    members.push(oneValue(reader));
    if (reader.at < inside.length) reader.at += 1;
  }
  return members;
}

/**
 * Which layer a call makes: its constructor as Python knows it, and a value for each field.
 * @param {Call} call
 */
function understood(call) {
  const name = call.name.split(".").at(-1) ?? "";
  const homes = DATA.constructors[DATA.aliases[name] ?? name];
  const prefix = call.name.includes(".") ? call.name.slice(0, call.name.lastIndexOf(".")) : "";
  const meant = DATA.prefixes;
  const known = Object.keys(homes ?? {}).filter(
    (framework) => !prefix || meant[framework].includes(prefix),
  );
  if (!Object.hasOwn(DATA.constructors, DATA.aliases[name] ?? name) || !known.length) {
    throw new Refusal("unknown", { name: short(call.name) });
  }
  let problem;
  for (const framework of known) {
    try {
      return {
        framework,
        name,
        entry: homes[framework],
        ...filledIn(call, name, homes[framework]),
      };
    } catch (refusal) {
      problem ??= refusal;
    }
  }
  throw problem;
}

/** @param {Call} call @param {string} name @param {any} entry */
function filledIn(call, name, entry) {
  const order = entry.arguments ? entry.arguments.split(" ") : [];
  if (call.given.length > order.length && !entry.any) {
    throw new Refusal("too many", { name, most: order.length, given: call.given.length });
  }
  /** @type {Record<string, any>} */
  const given = Object.fromEntries(call.given.map((value, at) => [order[at], value]));
  const more = entry.more ? DATA.layer_arguments : [];
  for (const [argument, value] of call.named) {
    if (Object.hasOwn(given, argument)) throw new Refusal("twice", { name: argument });
    if (!order.includes(argument) && !more.includes(argument) && !entry.any) {
      throw new Refusal("no argument", {
        name,
        argument: short(argument),
        known: order.join(", "),
      });
    }
    given[argument] = value;
  }
  for (const argument of order.slice(0, entry.required)) {
    if (!Object.hasOwn(given, argument)) throw new Refusal("missing", { name, argument });
  }
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [argument, sets] of Object.entries(entry.fields)) {
    const value = Object.hasOwn(given, argument) ? given[argument] : entry.defaults[argument];
    const plain = typeof value === "number" ? BigInt(value) : value;
    if (plain === null) continue; // left to what another argument says
    const read = checked(plain, argument, name, entry);
    for (const field of /** @type {string} */ (sets).split(" ")) fields[field] = read;
  }
  return { given, fields };
}

/** @param {any} value @param {string} argument @param {string} name @param {any} entry */
function checked(value, argument, name, entry) {
  const flag = typeof entry.defaults[argument] === "boolean";
  const least = entry.fields[argument] === "padding" || argument === "output_padding" ? 0n : 1n;
  for (const each of Array.isArray(value) ? value : [value]) {
    if (each instanceof Unread) {
      throw new Refusal("unread", { argument, value: short(each.text) });
    }
  }
  if (flag && (typeof value === "boolean" || typeof value === "bigint")) return Boolean(value);
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (word && entry.words?.[argument]?.includes(word)) return word;
  const sizes = Array.isArray(value) ? value : [value];
  const numbers = sizes.every((each) => typeof each === "bigint" && each >= least);
  const wordsOnly = entry.words_only?.includes(argument);
  const fits = !Array.isArray(value) || sizes.length === Number(entry.ndim);
  if (flag || wordsOnly || !numbers || !fits) {
    throw new Refusal("not so", { argument, value: short(valueText(value)), name });
  }
  return value;
}

/** @param {any} value @returns {string} */
function valueText(value) {
  if (Array.isArray(value)) return `(${value.map(valueText).join(", ")})`;
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "None" : String(value);
}

/** @param {any} value @param {number} dims @returns {Whole[]} a number for each dimension */
const perAxis = (value, dims) => (Array.isArray(value) ? value : Array(dims).fill(value));

/**
 * The page with the pasted layer on it; what the line doesn't say stays as it was.
 * @param {State} state @param {string} text
 * @returns {State}
 */
function pasted(state, text) {
  const { entry, name, fields, given, framework } = understood(readCall(text));
  if (!DATA.dimensions[entry.kind]) throw new Refusal("alone", { name });
  const dims = entry.ndim || 1;
  return withShape(layerOf(state, entry, fields, framework), given, dims);
}

/**
 * The layer that these fields make, on what came in before.
 * @param {State} state @param {any} entry @param {Record<string, any>} fields
 * @param {string} framework
 * @returns {State}
 */
function layerOf(state, entry, fields, framework) {
  const dims = entry.ndim || 1;
  const base = inDimensions({ ...state, kind: entry.kind }, dims);
  /** @type {Record<string, Whole[]>} */
  const along = { ...base.along, stride: perAxis(1n, dims), dilation: perAxis(1n, dims) };
  along.padding = perAxis(0n, dims);
  for (const name of ALONG) {
    if (name in fields && typeof fields[name] !== "string")
      along[name] = perAxis(fields[name], dims);
  }
  const whole = { ...base.whole, groups: 1n, depth_multiplier: 1n };
  for (const name of Object.values(WHOLE)) if (name in fields) whole[name] = fields[name];
  const stretched = [along.stride, along.dilation].map((each) => each.some((size) => size > 1n));
  const same = fields.padding === "same";
  if (framework === "keras" && stretched[0] && stretched[1]) throw new Refusal("one of them");
  if (framework === "torch" && same && stretched[0]) throw new Refusal("same and stride");
  const mode = typeof fields.padding === "string" ? fields.padding : "numbers";
  const plain = mode === "valid" && entry.kind !== "transposed" ? "numbers" : mode;
  const more = "output_padding" in fields ? perAxis(fields.output_padding, dims) : null;
  // without words, no output padding and one of 0 are the same
  const extra = mode === "numbers" && more?.every((each) => each === 0n) ? null : more;
  const bias = fields.bias ?? true;
  return { ...base, dims, along, whole, mode: plain, extra, bias, expected: null };
}

/** @param {State} state @param {Record<string, any>} given @param {number} dims @returns {State} */
function withShape(state, given, dims) {
  const shape = given.input_shape;
  if (!Array.isArray(shape) || !shape.every((each) => typeof each === "bigint" && each > 0n)) {
    return state;
  }
  if (state.kind === "dense") {
    return { ...state, whole: { ...state.whole, in_features: shape.at(-1) } };
  }
  if (shape.length !== dims + 1) {
    throw new Refusal("dimensions", { name: "This layer", shape: times(shape) });
  }
  const along = { ...state.along, input: shape.slice(0, -1) };
  return { ...state, along, whole: { ...state.whole, in_channels: shape.at(-1) } };
}
