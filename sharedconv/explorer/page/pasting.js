// A call that was pasted: which layer it makes, and the page with that layer on it.

/**
 * Which layer a call makes: its constructor as Python knows it, and a value for each field.
 * @param {Call} call
 */
function understood(call) {
  const name = lastOf(call.name);
  const homes = DATA.constructors[DATA.aliases[name] ?? name];
  const frameworks = frameworksOf(call);
  const known = frameworks.filter((framework) => homes?.[framework]);
  if (!known.length) throw new Refusal("elsewhere", { name, line: quoted(call) });
  let problem;
  for (const framework of known) {
    try {
      const entry = homes[framework];
      return { framework, name, entry, ...filledIn(call, name, entry) };
    } catch (refusal) {
      problem ??= refusal;
    }
  }
  throw problem;
}

/** @param {string} name @returns {string} without what stands in front of its last dot */
const lastOf = (name) => name.slice(name.lastIndexOf(".") + 1);

/** @param {Call} call @returns {string} as it is given to a command */
const quoted = ({ text }) => (text.includes('"') ? `'${short(text)}'` : `"${short(text)}"`);

/** @param {Call} call @param {string} name @param {any} entry */
function filledIn(call, name, entry) {
  const order = entry.arguments ? entry.arguments.split(" ") : [];
  if (isFormer(call, name, order)) throw new Refusal("former", { line: quoted(call) });
  if (call.given.length > order.length && !entry.any) {
    const slots = { name: call.name, most: order.length, given: call.given.length };
    throw new Refusal(order.length ? "too many" : "takes none", {
      ...slots,
      order: order.join(", "),
    });
  }
  /** @type {Record<string, any>} */
  const given = Object.fromEntries(call.given.map((value, at) => [order[at], value]));
  const own = [...order, ...(entry.by_name ?? [])];
  const more = entry.more ? DATA.layer_arguments : [];
  for (const [argument, value] of call.named) {
    if (Object.hasOwn(given, argument)) throw new Refusal("twice", { name: call.name, argument });
    if (!own.includes(argument) && !more.includes(argument) && !entry.any) {
      const near = nearest(argument, [...own, ...(entry.more ? DATA.readable.todays : [])]);
      throw new Refusal("no argument", { name: call.name, argument: short(argument), near });
    }
    given[argument] = value;
  }
  const required = order.slice(0, entry.required);
  const missing = required.filter(
    (/** @type {string} */ argument) => !Object.hasOwn(given, argument),
  );
  if (missing.length) {
    const slots = { argument: missing.join(" and "), order: required.join(", ") };
    throw new Refusal("missing", { name: call.name, ...slots });
  }
  const format = given.data_format ?? null;
  if (format !== null && !DATA.readable.data_formats.includes(format)) {
    throw new Refusal("order of axes", { value: short(valueText(format)) });
  }
  return { given, fields: fieldsOf(given, entry) };
}

/** @param {Call} call @param {string} name @param {string[]} order @returns {boolean} */
function isFormer(call, name, order) {
  const { sides } = DATA.readable.former;
  const kernel = sides[DATA.aliases[name] ?? name] ?? [];
  // another name of today's layer, and the sides of its kernel one by one
  const apart = call.given.slice(1, 1 + kernel.length);
  const one = name in DATA.aliases && kernel.length > 0 && apart.length === kernel.length;
  if (one && apart.every((each) => typeof each === "bigint")) return true;
  const former = [...DATA.readable.former.arguments, ...kernel];
  return call.named.some(([argument]) => !order.includes(argument) && former.includes(argument));
}

/** @param {Record<string, any>} given @param {any} entry @returns {Record<string, any>} */
function fieldsOf(given, entry) {
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [argument, sets] of Object.entries(entry.fields)) {
    const usual = entry.defaults[argument];
    const value = Object.hasOwn(given, argument)
      ? checked(given[argument], argument, entry)
      : typeof usual === "number"
        ? BigInt(usual)
        : usual;
    if (value === null) continue; // left to what another argument says
    for (const field of /** @type {string} */ (sets).split(" ")) {
      // a shift is learned where both affine and bias say so
      fields[field] = typeof fields[field] === "boolean" ? fields[field] && value : value;
    }
  }
  for (const [argument, slips] of Object.entries(entry.refused ?? {})) {
    if (argument in entry.fields || argument === entry.sides?.argument) continue;
    const value = given[argument];
    if (value === undefined || entry.words?.[argument]?.includes(value)) continue;
    const place = slipOf(value, slips);
    if (place !== undefined) throw slip(place, argument, value);
  }
  return fields;
}

/** @param {any} value @param {Record<string, any>} slips @returns {number | null | undefined} */
function slipOf(value, slips) {
  const exact = valueText(value);
  if (Object.hasOwn(slips, exact)) return slips[exact];
  const sorts = { string: "word", boolean: "flag", bigint: value < 0n ? "negative" : "whole" };
  const other = Array.isArray(value) ? "several" : value instanceof Fraction ? "number" : "unread";
  return slips[sorts[typeof value] ?? other];
}

/** @param {number} place @param {string} argument @param {any} value @returns {Refusal} */
function slip(place, argument, value) {
  if (value instanceof Unread && ["true", "false"].includes(value.text)) {
    const titled = value.text.replace(/^./, (first) => first.toUpperCase());
    return new Refusal("title", { argument, value: value.text, titled });
  }
  const length = Array.isArray(value) ? value.length : 0;
  const numbers = `${length} ${length === 1 ? "number" : "numbers"}`;
  return new Refusal(place, { argument, value: short(valueText(value)), numbers });
}

/** Where Python's usual words about an argument stand among its slips. */
const USUAL_SLIPS = { number: 0, flag: 1, name: 2 };

/** @param {any} value @param {string} argument @param {any} entry */
function checked(value, argument, entry) {
  const slips = entry.refused?.[argument] ?? {};
  const flag = typeof entry.defaults[argument] === "boolean";
  /** @param {any} wrong */
  const refusal = (wrong) => {
    const name = wrong instanceof Unread && !(wrong instanceof Fraction);
    const usual = name ? USUAL_SLIPS.name : (slips[""] ?? USUAL_SLIPS[flag ? "flag" : "number"]);
    return slip(slipOf(wrong, slips) ?? usual, argument, wrong);
  };
  if (flag) {
    const taken = typeof value === "boolean" || typeof value === "bigint" || value === null;
    if (!taken) throw refusal(value);
    return Boolean(value);
  }
  if (value === null && slips.None === null) return null;
  if (typeof value === "string") {
    const word = entry.more ? value.toLowerCase() : value; // only Keras takes 'SAME'
    if (!entry.words?.[argument]?.includes(word)) throw refusal(value);
    return word;
  }
  const sizes = Array.isArray(value) ? value : [value];
  if (entry.words_only?.includes(argument)) throw refusal(value);
  if (Array.isArray(value) && sizes.length !== Number(entry.ndim) && slips.several !== null) {
    throw refusal(value);
  }
  const least = entry.least?.[argument] ?? 1;
  for (const each of sizes) {
    if (typeof each !== "bigint" || (least >= 0 && each < least)) throw refusal(each);
  }
  return value;
}

/** @param {any} value @returns {string} */
function valueText(value) {
  if (Array.isArray(value)) {
    return `(${value.map(valueText).join(", ")}${value.length === 1 ? "," : ""})`;
  }
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof Unread) return value.text;
  return value === null ? "None" : String(value);
}

/** @param {any} value @param {number} dims @returns {Whole[]} a number for each dimension */
const perAxis = (value, dims) => (Array.isArray(value) ? value : Array(dims).fill(value));

/** @typedef {{state: State, supposed: boolean}} Pasted and whether a network's input is a guess */

/**
 * The page with the pasted layer on it; what the line doesn't say stays as it was.
 * @param {State} state @param {string} text
 * @returns {Pasted}
 */
function pasted(state, text) {
  const calls = readCalls(text);
  if (isModel(calls)) return withModel(state, calls);
  if (calls.length > 1) throw new Refusal("several");
  const { entry, name, fields, given, framework } = understood(calls[0]);
  if (!DATA.dimensions[entry.kind]) {
    throw new Refusal(entry.learns ? "alone, learns" : "alone", { name });
  }
  const dims = entry.ndim || 1;
  const layer = { ...layerOf(state, entry, fields, framework), framework };
  return { state: withShape(layer, given, dims), supposed: false };
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

/**
 * The shape of its input that a line says itself, channels last; null for a size left open.
 * @param {Record<string, any>} given
 * @returns {{name: string, sizes: (Whole | null)[]} | null} null where it says none
 */
function ownShape(given) {
  const { shapes, data_formats: formats } = DATA.readable;
  const there = (/** @type {string} */ name) => (given[name] ?? null) !== null;
  const name = ["input_dim", "input_length", ...shapes].find(there);
  if (!name) return null;
  const length = name === "input_dim" && there("input_length") ? [given.input_length] : [];
  const said = [...length, ...(Array.isArray(given[name]) ? given[name] : [given[name]])];
  const sizes = name.includes("batch") ? said.slice(1) : said;
  const open = (/** @type {any} */ each) => each === null || (typeof each === "bigint" && each > 0n);
  if (!sizes.length || !sizes.every(open)) {
    throw new Refusal("own shape", { argument: name, value: short(valueText(given[name])) });
  }
  const first = given.data_format === formats.at(-1);
  return { name, sizes: first ? [...sizes.slice(1), sizes[0]] : sizes };
}

/** @param {State} state @param {Record<string, any>} given @param {number} dims @returns {State} */
function withShape(state, given, dims) {
  const own = ownShape(given);
  if (!own) return state;
  const { name, sizes } = own;
  const channels = sizes.at(-1) ?? null;
  if (channels === null) {
    throw new Refusal("own shape", { argument: name, value: short(valueText(given[name])) });
  }
  if (state.kind === "dense") {
    return { ...state, whole: { ...state.whole, in_features: channels } };
  }
  if (sizes.length !== dims + 1) {
    throw new Refusal("dimensions", { name: "This layer", shape: times(sizes) });
  }
  const input = sizes.slice(0, -1).map((each, at) => each ?? state.along.input[at]);
  return {
    ...state,
    along: { ...state.along, input },
    whole: { ...state.whole, in_channels: channels },
  };
}
