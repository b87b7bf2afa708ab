// The picture: arrows along a sequence, a kernel that slides over an image.

/** What stands at the picture's position: kept apart from the state, as it answers no question. */
const picture = { at: 0, playing: 0 };
const CELL = 26;
const NARROW = matchMedia("(max-width: 40rem)");

/** @param {State} state @param {ReturnType<typeof answer>} found */
function drawPicture(state, found) {
  const axes = axesFor(state, found.named);
  if (state.kind === "dense") return drawDense(state);
  if (!axes) return refusePicture();
  const shownAxes = axes.slice(-2);
  const transposed = state.kind === "transposed";
  const crops = shownAxes.map((axis) => crop(axis, transposed));
  const count = crops.reduce((all, each) => all * each.positions, 1);
  picture.at = Math.min(picture.at, count - 1);
  const across = crops.at(-1)?.positions ?? 1;
  const position =
    shownAxes.length === 1 ? [picture.at] : [Math.floor(picture.at / across), picture.at % across];
  const hits = shownAxes.map((axis, at) => touched(axis, position[at], transposed));
  const words = described(state, shownAxes, hits, position);
  const drawn =
    shownAxes.length === 1
      ? arrows(state, shownAxes[0], crops[0], transposed)
      : sliding(state, shownAxes, crops, hits, position, transposed);
  drawn.setAttribute("aria-label", words);
  enlarged(drawn);
  fill("picture", drawn);
  byId("position").max = String(count - 1);
  byId("position").value = String(picture.at);
  byId("position").setAttribute("aria-valuetext", `${picture.at + 1} of ${count}`);
  byId("player").hidden = count < 2;
  fill("picture-words", words, partly(state, crops));
  fill("legend", ...legend(state, axes));
}

function refusePicture() {
  const simple = make(
    "button",
    { type: "button", onclick: () => change(smaller(current())) },
    "Show it small",
  );
  fill("picture", make("p", {}, "This kernel is too large to be drawn. ", simple));
  fill("picture-words");
  fill("legend");
  byId("player").hidden = true;
}

/** @param {State} state @param {ReturnType<typeof crop>[]} crops @returns {string} */
function partly(state, crops) {
  const said = [];
  if (crops.some((each) => !each.whole)) said.push(" Only the first places are drawn.");
  if (state.dims === 3) said.push(" Of the depth, one slice is drawn.");
  const one =
    state.kind === "depthwise"
      ? state.whole.in_channels
      : state.whole.in_channels * state.whole.filters;
  if (one > 1n)
    said.push(
      " One filter on one channel is drawn; the others do the same with weights of their own.",
    );
  if (state.kind === "separable")
    said.push(" It is the first step; the second mixes the channels at each position.");
  return said.join("");
}

/**
 * @param {State} state @param {Axis[]} axes
 * @param {ReturnType<typeof touched>[]} hits @param {number[]} position
 */
function described(state, axes, hits, position) {
  const own = state.kind === "unshared";
  const where = position.map((each) => each + 1).join(", ");
  const [from, to] = state.kind === "transposed" ? ["Input", "output"] : ["Output", "input"];
  const places = hits.map((each) => each.filter((one) => one.inside).map((one) => one.place + 1));
  const spans = places.map((each) =>
    each.length > 1 ? `${each[0]} to ${each.at(-1)}` : each.length ? `${each[0]}` : "none",
  );
  const sides = axes.length === 2 ? `rows ${spans[0]}, columns ${spans[1]}` : spans[0];
  const verb = state.kind === "transposed" ? "adds to" : "reads";
  const many = axes.reduce((all, axis) => all * axis.kernel, 1);
  const weights = many === 1 ? "the weight a" : `the weights a to ${letter(many - 1)}`;
  const shared = own
    ? `by weights of its own: at the next position, all are new.`
    : `by ${weights}, the same ones at every position.`;
  const bias = state.bias && state.kind !== "separable" ? " Then the bias is added." : "";
  return `${from} ${where} ${verb} ${to} ${sides}, ${shared}${bias}`;
}

/** @param {State} state @param {Axis[]} axes */
function legend(state, axes) {
  // in an image, the letters stand on the weights themselves
  const many = axes.length === 1 ? Math.min(axes[0].kernel, 26) : 0;
  const mark = state.kind === "unshared" ? subscript(picture.at + 1) : "";
  const from = state.kind === "unshared" ? picture.at * many : 0;
  return Array.from({ length: many }, (_, entry) =>
    make("li", {}, swatch(from + entry), letter(entry) + mark),
  );
}

/** @param {number} entry */
const swatch = (entry) =>
  draw(
    "svg",
    { viewBox: "0 0 28 12", class: "swatch", "aria-hidden": "true" },
    draw("line", {
      x1: 1,
      y1: 6,
      x2: 27,
      y2: 6,
      class: `arrow ${colourClass(entry)}`,
      "stroke-dasharray": DASHES[entry % COLOURS],
    }),
  );

/** @param {number} number @returns {string} */
const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/** @param {Element} drawn a little larger than it was measured, where there is room */
function enlarged(drawn) {
  const width = Number(drawn.getAttribute("viewBox")?.split(" ")[2]);
  drawn.setAttribute("width", String(Math.round(1.25 * width)));
}

/** @param {State} state @returns {State} the same layer on a small image */
function smaller(state) {
  const kernel = state.along.kernel.map((each) => (each > 3n ? 3n : each));
  const ones = kernel.map(() => 1n);
  const input = kernel.map(() => (state.dims === 1 ? 8n : 6n));
  return { ...state, along: { ...state.along, input, kernel, stride: ones, dilation: ones } };
}
