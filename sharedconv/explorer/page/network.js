// A small network: its layers one behind the other, and what each framework counts.

/** @typedef {{shape: Whole[], keras: Term[], torch: Term[]}} Row */

/** @param {string} text @param {Whole[]} shape what comes in, channels last @returns {Row} */
function rowOf(text, shape) {
  const call = readCall(text);
  const { entry, name, fields, given, framework } = understood(call);
  const before = { call, name, entry, fields, given, framework, shape };
  const own = ownShape(given)?.sizes;
  const differs = own?.some((size, at) => size !== null && size !== shape[at]);
  if (own && (differs || own.length !== shape.length)) {
    const slots = { shape: times(own), found: times(shape) };
    throw new Refusal("other input", { name: short(call.text), ...slots });
  }
  const after = AFTER[entry.kind] ?? oneLayer;
  if (given.ceil_mode === true || given.keepdims === true || given.renorm === true) {
    throw new Refusal("not so", { argument: "True", value: "here", name });
  }
  return after(before);
}

/** @param {any} before @param {Whole} wanted @param {Whole} found */
function sameChannels({ name }, wanted, found) {
  if (wanted !== undefined && wanted !== found) {
    throw new Refusal("channels", { name, wanted, found });
  }
}

/** @param {any} before @param {number} length */
function sameLength({ name, shape }, length) {
  if (shape.length !== length) throw new Refusal("dimensions", { name, shape: times(shape) });
}

/** @param {any} before @returns {Row} a layer with a kernel */
function oneLayer(before) {
  const { entry, fields, framework, shape } = before;
  const state = layerOf(stateOf({ kind: "conv" }), entry, fields, framework);
  const last = shape.at(-1);
  if (entry.kind === "dense") {
    if (framework === "torch") sameLength(before, 1);
    sameChannels(before, fields.in_features, last);
    const found = answer({ ...state, whole: { ...state.whole, in_features: last } });
    return {
      shape: [...shape.slice(0, -1), ...found.output],
      keras: found.terms,
      torch: found.terms,
    };
  }
  sameLength(before, entry.ndim + 1);
  sameChannels(before, fields.in_channels, last);
  const along = { ...state.along, input: shape.slice(0, -1) };
  const found = answer({ ...state, along, whole: { ...state.whole, in_channels: last } });
  const [channels, ...sizes] = found.output;
  return { shape: [...sizes, channels], keras: found.terms, torch: found.terms };
}

/** @param {any} before @param {Whole[]} sizes @returns {Row} */
const without = ({ shape }, sizes) => ({ shape: [...sizes, shape.at(-1)], keras: [], torch: [] });

/** @type {Record<string, (before: any) => Row>} */
const AFTER = {
  same: ({ shape }) => ({ shape, keras: [], torch: [] }),
  input: ({ shape }) => ({ shape, keras: [], torch: [] }),
  flatten: ({ shape, fields, framework }) => {
    const all = shape.reduce((product, each) => product * each, 1n);
    if (framework === "keras") return { shape: [all], keras: [], torch: [] };
    const sizes = [...shape.slice(-1), ...shape.slice(0, -1)]; // PyTorch has the channels first
    const [start, end] = ["start", "end"].map((field) => axisAt(fields[field], sizes, field));
    if (start > end) throw new Refusal("flatten order", { start, end });
    const flat = sizes.slice(start, end + 1).reduce((product, each) => product * each, 1n);
    const [channels, ...rest] = [...sizes.slice(0, start), flat, ...sizes.slice(end + 1)];
    return { shape: [...rest, channels], keras: [], torch: [] };
  },
  pad: (before) => {
    const { entry, shape } = before;
    sameLength(before, entry.ndim + 1);
    const sides = sidesOf(before);
    const sizes = shape.slice(0, -1).map((size, at) => {
      const sum = sides[at].reduce((all, each) => all + each, 0n);
      if (size + sum < 1n) {
        const axis = DATA.axes[entry.ndim][at];
        throw new Refusal("cut", { cut: -sum, axis, size });
      }
      return size + sum;
    });
    return without(before, sizes);
  },
  "global pool": (before) => {
    sameLength(before, before.entry.ndim + 1);
    return without(before, []);
  },
  "adaptive pool": (before) => {
    sameLength(before, before.entry.ndim + 1);
    return without(before, perAxis(before.fields.output_size, before.entry.ndim));
  },
  pool: (before) => {
    const { entry, fields, framework, shape } = before;
    sameLength(before, entry.ndim + 1);
    const state = layerOf(stateOf({ kind: "conv" }), { ...entry, kind: "conv" }, fields, "");
    const along = { ...state.along, input: shape.slice(0, -1) };
    const named = bound({ ...state, along, whole: { ...state.whole, groups: 1n } });
    return without(
      before,
      DATA.axes[entry.ndim].map((/** @type {string} */ axis) => named[`output ${axis}`]),
    );
  },
  norm: (before) => {
    const { fields, given, shape } = before;
    const channels = shape[normAxis(given.axis ?? -1n, shape)];
    sameChannels(before, fields.channels, channels);
    return normed(before, ["keras", "torch"], channels);
  },
  "layer norm": (before) => {
    const { call, fields, given, shape, framework, name } = before;
    const wanted = framework === "keras" ? (given.axis ?? -1n) : fields.normalized_shape;
    const only = Array.isArray(wanted) && wanted.length === 1 ? wanted[0] : wanted;
    if (Array.isArray(only)) throw new Refusal("elsewhere", { name, line: quoted(call) });
    if (framework === "keras") return normed(before, ["layer"], shape[normAxis(only, shape)]);
    const last = shape.length > 1 ? shape.at(-2) : shape.at(-1); // PyTorch has the width last
    if (only !== last) {
      const sizes = [...shape.slice(-1), ...shape.slice(0, -1)];
      throw new Refusal("normalized", { given: valueText(wanted), shape: times(sizes) });
    }
    return normed(before, ["layer"], last);
  },
};

/** @param {any} before @param {string[]} rules @param {Whole} channels @returns {Row} */
function normed({ shape, fields }, rules, channels) {
  const key = `${fields.scale ? 1 : 0} ${fields.shift ? 1 : 0}`;
  const [keras, torch = keras] = rules.map((rule) =>
    termsOf(DATA.norms[`${rule} ${key}`], { channels }),
  );
  return { shape, keras, torch };
}

/** @param {any} axis as Keras counts it, 0 being the batch @param {Whole[]} shape @returns {number} */
function normAxis(axis, shape) {
  if (typeof axis !== "bigint") throw new Refusal("whole axis", { axis: valueText(axis) });
  const place = axis < 0n ? shape.length + Number(axis) : Number(axis) - 1;
  if (!(place in shape)) {
    throw new Refusal("norm axis", { axis: String(axis), shape: times(shape), rank: shape.length });
  }
  return place;
}

/** @param {Whole} dimension as PyTorch counts it @param {Whole[]} sizes @param {string} field */
function axisAt(dimension, sizes, field) {
  if (dimension === 0n) throw new Refusal("batch", { argument: `${field}_dim` });
  const place = dimension < 0n ? sizes.length + Number(dimension) : Number(dimension) - 1;
  if (!(place in sizes)) {
    const slots = { shape: times(sizes), rank: sizes.length };
    throw new Refusal("flatten axis", { axis: String(dimension), ...slots });
  }
  return place;
}

/** @param {any} before @returns {Whole[][]} what is put at the two sides along each dimension */
function sidesOf({ entry, given, framework }) {
  const { argument, default: usual, sign } = entry.sides;
  const { ndim } = entry;
  const value = given[argument] ?? BigInt(usual ?? 0);
  const keras = framework === "keras";
  // along one dimension Keras takes the two sides without brackets around them
  const parts = keras && ndim === 1 ? [value] : value;
  const count = keras ? ndim : 2 * ndim;
  const all = Array.isArray(parts) ? parts : Array(count).fill(parts);
  const { several, ...slips } = entry.refused[argument];
  if (all.length !== count) throw slip(several, argument, value);
  const numbers = all.flatMap((each) => (keras && !Array.isArray(each) ? [each, each] : each));
  const wrong = numbers.find((each) => typeof each !== "bigint" || (keras && each < 0n));
  if (wrong !== undefined) throw slip(slipOf(wrong, slips) ?? slips.number, argument, wrong);
  if (numbers.length !== 2 * ndim) throw slip(several, argument, value);
  const pairs = Array.from({ length: ndim }, (_, at) => numbers.slice(2 * at, 2 * at + 2));
  // PyTorch begins with the last dimension
  return (keras ? pairs : pairs.reverse()).map((pair) => pair.map((each) => BigInt(sign) * each));
}

/**
 * All rows of a network, and its totals; a line that can't be read is told in its place.
 * @param {State} state
 */
function networkOf(state) {
  /** @type {({row: Row} | {problem: string})[]} */
  const rows = [];
  /** @type {Whole[] | null} */
  let shape = state.shape;
  for (const text of state.net) {
    try {
      if (shape === null) throw new Refusal("behind");
      const row = rowOf(text, shape);
      rows.push({ row });
      shape = row.shape;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      rows.push({ problem: refusal.message });
      shape = null;
    }
  }
  const read = rows.flatMap((each) => ("row" in each ? [each.row] : []));
  const keras = read.flatMap((row) => row.keras);
  return {
    rows,
    whole: read.length === rows.length,
    keras: totalOf(keras),
    trainable: totalOf(keras.filter((term) => term.trainable)),
    kept: totalOf(keras.filter((term) => !term.trainable)),
    torch: totalOf(read.flatMap((row) => row.torch)),
  };
}

/** @type {[string, string][]} what can be added with one press */
const ADDED = [
  ["Convolution", "Conv2D(16, 3)"],
  ["Batch norm", "BatchNormalization()"],
  ["ReLU", "ReLU()"],
  ["Max pooling", "MaxPooling2D(2)"],
  ["Flatten", "Flatten()"],
  ["Dense", "Dense(10)"],
];

/** @param {State} state @returns {string} the network that it asks about */
const networkIn = (state) => `${state.net.join("|")} on ${times(state.shape)}`;

/** @param {State} state */
function renderNetwork(state) {
  const found = networkOf(state);
  keepTyped(byId("net-shape"), state.shape.join("x"));
  byId("net-note").hidden = byId("net-note").dataset.for !== networkIn(state);
  const list = byId("net-rows");
  while (list.children.length > state.net.length) list.lastElementChild.remove();
  while (list.children.length < state.net.length) list.append(rowElement(list.children.length));
  found.rows.forEach((each, at) => {
    const [input] = list.children[at].getElementsByTagName("input");
    keepTyped(input, state.net[at]);
    const [said] = list.children[at].getElementsByClassName("row-says");
    const row = "row" in each ? each.row : null;
    const text = row ? `gives ${times(row.shape)}` : /** @type {any} */ (each).problem;
    const count = row ? [make("span", { class: "row-count" }, rowCount(row))] : [];
    said.replaceChildren(make("span", { class: row ? "row-shape" : "problem" }, text), ...count);
    input.setAttribute("aria-invalid", String(!row));
  });
  byId("net-add").hidden = state.net.length >= MOST_LAYERS;
  fill(
    "net-totals",
    total(
      "Keras",
      found.keras,
      `${shown(found.trainable)} trainable, ${shown(found.kept)} non-trainable`,
    ),
    total(
      "PyTorch",
      found.torch,
      found.kept ? `${shown(found.kept)} more are kept as buffers, uncounted` : "all trainable",
    ),
  );
  const counted = found.rows.some((each) => "row" in each);
  byId("net-totals").hidden = !counted;
  fill("net-words", counted ? aboutTotals(found) : DATA.words.network[state.net.length ? "unread" : "empty"]);
  if (!counted) return byId("net-words").textContent;
  return `Keras counts ${shown(found.keras)} parameters, PyTorch ${shown(found.torch)}.`;
}

/** @param {ReturnType<typeof networkOf>} found */
function aboutTotals({ whole, kept }) {
  if (!whole) return DATA.words.network.front;
  return kept ? DATA.words.statistics : DATA.words.network.same;
}

/** @param {Row} row */
function rowCount(row) {
  const [keras, torch] = [totalOf(row.keras), totalOf(row.torch)];
  if (keras !== torch) return `${shown(keras)} parameters in Keras, ${shown(torch)} in PyTorch`;
  return keras ? `${shown(keras)} parameter${keras === 1n ? "" : "s"}` : "no parameters";
}

/** @param {string} name @param {Whole} number @param {string} words */
const total = (name, number, words) =>
  make(
    "div",
    { class: "total" },
    make("dt", {}, name),
    make("dd", {}, make("strong", {}, shown(number)), make("span", {}, words)),
  );

/** @param {number} at */
function rowElement(at) {
  const label = `Layer ${at + 1}`;
  /** @param {(lines: string[]) => void} edit */
  const edited = (edit) => () => {
    const net = [...current().net];
    edit(net);
    change({ ...current(), net });
  };
  const button = (
    /** @type {string} */ sign,
    /** @type {string} */ does,
    /** @type {any} */ edit,
  ) =>
    make(
      "button",
      { type: "button", "aria-label": `${does} ${label.toLowerCase()}`, onclick: edited(edit) },
      sign,
    );
  const input = make("input", {
    ...{
      type: "text",
      "aria-label": label,
      spellcheck: "false",
      autocomplete: "off",
      maxlength: 400,
    },
    oninput: (/** @type {any} */ event) => {
      const net = [...current().net];
      net[at] = event.target.value;
      change({ ...current(), net }, event.target);
    },
  });
  return make(
    "li",
    {},
    input,
    make(
      "span",
      { class: "row-buttons" },
      button(
        "↑",
        "Move up",
        (/** @type {string[]} */ net) => at && net.splice(at - 1, 0, ...net.splice(at, 1)),
      ),
      button("↓", "Move down", (/** @type {string[]} */ net) =>
        net.splice(at + 1, 0, ...net.splice(at, 1)),
      ),
      button("×", "Remove", (/** @type {string[]} */ net) => net.splice(at, 1)),
    ),
    make("span", { class: "row-says" }),
  );
}
