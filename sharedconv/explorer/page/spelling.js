// The chosen layer as a line of Keras and a line of PyTorch.

/** @typedef {{text: string, why?: string}} Spelling a line, or why there is none */

/** @param {State} state @param {string} framework @returns {Spelling} */
function spelled(state, framework) {
  const why = unwritten(state, framework);
  if (why) return { text: "", why: filled(DATA.words.unwritten[why], { ndim: state.dims }) };
  if (state.kind === "separable" && framework === "torch") {
    return { text: twoLayers(state), why: DATA.words.unwritten["two lines"] };
  }
  const old = state.kind === "unshared" ? DATA.words.unwritten["keras 2"] : undefined;
  return { text: line(state, framework), why: old };
}

/**
 * The layer in the words of the framework that was pasted, where that one has it.
 * @param {State} state
 * @returns {string} none where no framework has it
 */
function spelledAsPasted(state) {
  const others = Object.keys(DATA.readable.frameworks).filter((each) => each !== state.framework);
  const lines = [state.framework, ...others].map((framework) => spelled(state, framework).text);
  return lines.find(Boolean) ?? "";
}

/** @param {State} state @param {string} framework @returns {[string, any]} a constructor's name, and it */
function constructorFor(state, framework) {
  // a depthwise convolution is a convolution with a group for each channel in PyTorch
  const kind = framework === "torch" && state.kind === "depthwise" ? "conv" : state.kind;
  for (const [name, homes] of Object.entries(DATA.constructors)) {
    const entry = /** @type {any} */ (homes)[framework];
    if (entry?.kind === kind && (entry.ndim || 1) === state.dims && !name.startsWith("Lazy")) {
      return [name, entry];
    }
  }
  return ["", null];
}

/** @param {State} state @param {string} framework @returns {string} which of the reasons, or none */
function unwritten(state, framework) {
  const { stride, dilation, padding, kernel } = state.along;
  const [stretched, gaps] = [stride, dilation].map((each) => each.some((size) => size > 1n));
  const padded = state.mode === "numbers" && padding.some((each) => each > 0n);
  const halves = kernel.some((each, at) => (dilation[at] * (each - 1n)) % 2n);
  if (state.kind === "dense") return "";
  if (state.kind === "unshared" && framework === "torch") return "unshared";
  if (state.kind === "separable" && framework === "torch") return torchPadding();
  if (!constructorFor(state, framework)[1]) return "dimensions";
  if (framework === "torch") return torchPadding();
  if (state.kind === "unshared") {
    const plain = state.mode !== "same" && state.mode !== "causal" && !gaps;
    return plain && !padded && state.whole.groups === 1n ? "" : "unshared plain";
  }
  if (padded) return "keras padding";
  if (state.mode === "causal" && state.kind !== "conv") return "keras padding";
  if (stretched && gaps) return "keras stride";
  if (state.kind === "transposed") {
    if (state.whole.groups > 1n) return "keras groups";
    if (state.mode === "numbers" && !coversAll(state)) return "keras padding";
  }
  return "";

  function torchPadding() {
    if (state.mode === "causal" || (state.mode === "same" && stretched && halves)) {
      return "torch padding";
    }
    return state.kind === "transposed" && state.mode !== "numbers" ? "torch padding" : "";
  }
}

/** @param {State} state @returns {boolean} whether no padding is what Keras calls 'valid' */
function coversAll(state) {
  const { kernel, dilation, stride } = state.along;
  return kernel.every((each, at) => dilation[at] * (each - 1n) + 1n >= stride[at]) && !state.extra;
}

/** @param {State} state @param {string} framework @returns {string} */
function line(state, framework) {
  const [name, entry] = constructorFor(state, framework);
  const values = fieldsFor(state, framework);
  const order = entry.arguments.split(" ");
  const given = order.flatMap((/** @type {string} */ argument, /** @type {number} */ at) => {
    const field = (entry.fields[argument] ?? "").split(" ")[0];
    if (!(field in values)) return [];
    const text = valueText(values[field]);
    if (at < entry.required) return [text];
    const usual = entry.defaults[argument];
    const plain = usual === null ? "None" : valueText(usual);
    return text === plain ? [] : [`${argument}=${text}`];
  });
  return `${framework === "torch" ? "nn." : ""}${name}(${given.join(", ")})`;
}

/** @param {State} state @param {string} framework @returns {Record<string, any>} */
function fieldsFor(state, framework) {
  const torch = framework === "torch";
  const { whole } = state;
  /** @type {Record<string, any>} */
  const values = { ...whole, bias: state.bias };
  for (const name of ["kernel", "stride", "dilation"]) values[name] = shortest(state.along[name]);
  values.padding = torch ? torchPadding(state) : state.mode === "numbers" ? "valid" : state.mode;
  if (state.extra) values.output_padding = shortest(state.extra);
  if (torch && state.kind === "depthwise") {
    values.filters = whole.in_channels * whole.depth_multiplier;
    values.groups = whole.in_channels;
  }
  return values;
}

/** @param {State} state @returns {any} */
function torchPadding(state) {
  const { stride, kernel, dilation, padding } = state.along;
  if (state.mode === "valid") return 0n;
  if (state.mode !== "same") return shortest(padding);
  if (stride.every((each) => each === 1n)) return "same";
  return shortest(kernel.map((each, at) => (dilation[at] * (each - 1n)) / 2n));
}

/** @param {Whole[]} sizes @returns {any} one number where all are the same */
const shortest = (sizes) => (sizes.every((each) => each === sizes[0]) ? sizes[0] : sizes);

/** @param {State} state @returns {string} a separable layer as PyTorch has it */
function twoLayers(state) {
  const first = line({ ...state, kind: "depthwise", bias: false }, "torch");
  const channels = state.whole.in_channels * state.whole.depth_multiplier;
  const ones = Array(state.dims).fill(1n);
  /** @type {Record<string, Whole[]>} */
  const along = { ...state.along, kernel: ones, stride: ones, dilation: ones };
  along.padding = ones.map(() => 0n);
  const whole = { ...state.whole, in_channels: channels, groups: 1n };
  const mixed = { ...state, kind: "conv", along, whole, mode: "numbers" };
  return `${first}, ${line(mixed, "torch")}`;
}
