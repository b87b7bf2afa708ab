// What the page shows, and how it is written in the address: a link answers one question.

/**
 * @typedef {object} State
 * @property {string} view "layer", "network" or "quiz"
 * @property {string} framework "keras" or "torch": whose words the page answers in
 * @property {string} kind
 * @property {number} dims
 * @property {Record<string, Whole[]>} along input, kernel, stride, padding, dilation, by dimension
 * @property {Whole[] | null} extra the output padding of a transposed layer, where it is given
 * @property {string} mode of the padding: "numbers", or a word
 * @property {Record<string, Whole>} whole in_channels, filters, groups, ...
 * @property {boolean} bias
 * @property {Whole | null} expected
 * @property {string[]} net a network's lines
 * @property {Whole[]} shape what comes into it, channels last
 * @property {number} quiz which ten questions
 * @property {number[]} answers what was chosen
 */

const ALONG = ["input", "kernel", "stride", "padding", "dilation"];
/** The names of whole numbers in the address. */
const WHOLE = {
  channels: "in_channels",
  filters: "filters",
  groups: "groups",
  multiplier: "depth_multiplier",
  inputs: "in_features",
  units: "units",
};
const LEAST = { padding: 0n, extra: 0n, expected: 0n };
const VIEWS = ["layer", "network", "quiz"];
const LONGEST_LINK = 20000;
const MOST_LAYERS = 12;
const SIMPLE = {
  ...{ view: "layer", kind: "conv", dims: "2", padding: "0", bias: "1", quiz: "1" },
  framework: "keras",
};
const SIZED = {
  ...{ input: "100", kernel: "5", stride: "1", dilation: "1", channels: "1", filters: "10" },
  ...{ groups: "1", multiplier: "1", inputs: "784", units: "10", expected: "250", extra: "" },
};
const NET = "Conv2D(32, 3)|BatchNormalization()|ReLU()|MaxPooling2D(2)|Flatten()|Dense(10)";
/** @type {Record<string, string>} The question that the page begins with. */
const BEGINNING = { ...SIMPLE, ...SIZED, net: NET, shape: "28x28x1", answers: "" };

/**
 * The state that an address means.
 * @param {string} fragment
 * @returns {State}
 * @throws {Refusal} where it can't be read
 */
function readFragment(fragment) {
  if (fragment.length > LONGEST_LINK) throw new Refusal("long link", { most: LONGEST_LINK });
  return stateOf(Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, ""))));
}

/**
 * @param {Record<string, string>} given what differs from the beginning
 * @returns {State}
 */
function stateOf(given) {
  // whoever names a layer asks of that layer; only the bare page asks the first question
  const asked = Object.keys(given).some((name) => name in SIZED || name === "kind");
  /** @type {Record<string, string>} */
  const words = { ...BEGINNING, ...(asked ? { expected: "" } : {}), ...given };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(BEGINNING, name)) throw new Refusal("link", { name, value: short(value) });
  }
  const { view, kind, padding, framework } = words;
  oneOf("view", view, VIEWS);
  oneOf("framework", framework, Object.keys(DATA.readable.frameworks));
  oneOf("kind", kind, Object.keys(DATA.dimensions));
  oneOf("bias", words.bias, ["0", "1"]);
  const possible = DATA.dimensions[kind];
  const dims = "dims" in given || possible.includes(2) ? Number(words.dims) : possible[0];
  oneOf("dims", String(dims), possible.map(String));
  const quiz = within("quiz", words.quiz, 1, DATA.quizzes.length);
  const questions = DATA.quizzes[quiz - 1];
  const mode = wordsFor(kind, dims).includes(padding) ? padding : "numbers";
  const along = Object.fromEntries(
    ALONG.map((name) => [
      name,
      readSizes(
        name,
        name === "padding" && mode !== "numbers" ? "0" : words[name],
        dims,
        LEAST[name],
      ),
    ]),
  );
  const whole = Object.fromEntries(
    Object.entries(WHOLE).map(([name, field]) => [field, readSizes(name, words[name], 1)[0]]),
  );
  return {
    ...{ view, framework, kind, dims, along, mode, whole, bias: words.bias !== "0" },
    extra: words.extra === "" ? null : readSizes("extra", words.extra, dims, 0n),
    expected: words.expected === "" ? null : readSizes("expected", words.expected, 1, 0n)[0],
    net: words.net === "" ? [] : words.net.split("|").slice(0, MOST_LAYERS),
    shape: linkedShape(words.shape),
    quiz,
    answers: [...words.answers]
      .slice(0, questions.length)
      .map((each, at) => within("answers", each, 0, questions[at].choices.length - 1)),
  };
}

/** @param {string} name @param {string} text @param {number} least @param {number} most */
function within(name, text, least, most) {
  const number = /^[0-9]{1,4}$/.test(text) ? Number(text) : -1;
  if (number < least || number > most) throw new Refusal("link", { name, value: short(text) });
  return number;
}

/** @param {string} text @returns {Whole[]} */
function linkedShape(text) {
  try {
    return readShape(text);
  } catch {
    throw new Refusal("link", { name: "shape", value: short(text) });
  }
}

/** @param {string} name @param {string} value @param {string[]} possible */
function oneOf(name, value, possible) {
  if (!possible.includes(value)) throw new Refusal("link", { name, value: short(value) });
}

/** @param {string} kind @param {number} dims @returns {string[]} the words that a padding may be */
function wordsFor(kind, dims) {
  if (kind === "dense") return [];
  return dims === 1 && kind !== "transposed" ? ["valid", "same", "causal"] : ["valid", "same"];
}

/**
 * @param {string} name in the address
 * @param {string} text 5 or 3x5
 * @param {number} dims @param {Whole} [least]
 * @returns {Whole[]} a number for each dimension
 */
function readSizes(name, text, dims, least = 1n) {
  const parts = text.slice(0, 1000).toLowerCase().split(/[x×]/).map(readWhole);
  const all = parts.length === 1 ? Array(dims).fill(parts[0]) : parts;
  if (all.length !== dims || all.some((each) => each === null || each < least)) {
    throw new Refusal("link", { name, value: short(text) });
  }
  return /** @type {Whole[]} */ (all);
}

/** @param {string} text 28x28x1 @returns {Whole[]} */
function readShape(text) {
  const plain = text
    .slice(0, 1000)
    .replace(/[()\s]/g, "")
    .replace(/,$/, "");
  const parts = plain.toLowerCase().split(/[x×,]/).map(readWhole);
  if (parts.length > 4 || parts.some((each) => each === null || each < 1n)) {
    throw new Refusal("shape");
  }
  return /** @type {Whole[]} */ (parts);
}

/** @param {readonly Whole[]} sizes */
function written(sizes) {
  return sizes.every((each) => each === sizes[0]) ? String(sizes[0]) : sizes.join("x");
}

/** @param {State} state @returns {string} the address, with what differs from the beginning */
function writeFragment(state) {
  /** @type {Record<string, string>} */
  const words = {
    ...{ view: state.view, kind: state.kind, dims: String(state.dims) },
    framework: state.framework,
    ...Object.fromEntries(ALONG.map((name) => [name, written(state.along[name])])),
    ...Object.fromEntries(Object.entries(WHOLE).map(([name, of]) => [name, `${state.whole[of]}`])),
    ...(state.mode === "numbers" ? {} : { padding: state.mode }),
    ...{ bias: state.bias ? "1" : "0", extra: state.extra ? written(state.extra) : "" },
    ...{ expected: state.expected === null ? "" : String(state.expected) },
    ...{ net: state.net.join("|"), shape: state.shape.join("x") },
    ...{ quiz: String(state.quiz), answers: state.answers.join("") },
  };
  const differs = Object.entries(words).filter(([name, each]) => each !== BEGINNING[name]);
  const link = new URLSearchParams(differs);
  const sized = differs.some(([name]) => (name in SIZED && name !== "expected") || name === "kind");
  if (sized && words.expected !== "") link.set("expected", words.expected);
  if (sized && words.expected === "") link.delete("expected");
  return link.toString();
}

/** @param {State} state @param {Partial<State>} changes @returns {State} */
const changed = (state, changes) => ({ ...state, ...changes });

/** @param {State} state @param {number} dims @returns {State} in other dimensions, where there are */
function inDimensions(state, dims) {
  const to = DATA.dimensions[state.kind].includes(dims) ? dims : DATA.dimensions[state.kind][0];
  /** @param {Whole[]} sizes */
  const fitted = (sizes) => Array.from({ length: to }, (_, at) => sizes[at] ?? sizes[0]);
  const along = Object.fromEntries(ALONG.map((name) => [name, fitted(state.along[name])]));
  const mode = wordsFor(state.kind, to).includes(state.mode) ? state.mode : "numbers";
  return { ...state, dims: to, along, mode, extra: state.extra && fitted(state.extra) };
}
