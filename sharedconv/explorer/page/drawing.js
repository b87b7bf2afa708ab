// The picture: arrows along a sequence, a kernel that slides over an image, and what is said of it.

/** What stands at the picture's position: kept apart from the state, as it answers no question. */
const picture = { at: 0, playing: 0 };
const CELL = 26;
const NARROW = matchMedia("(max-width: 40rem)");

/**
 * @typedef {object} Scene what is drawn: a layer at one of its positions
 * @property {State} state
 * @property {Axis[]} axes
 * @property {ReturnType<typeof crop>[]} crops
 * @property {number} count of the positions that are drawn
 * @property {number[]} position along each dimension
 * @property {ReturnType<typeof touched>[]} hits along each dimension
 * @property {boolean} transposed
 * @property {boolean} own whether each position has weights of its own
 * @property {number} many weights of the kernel at one position
 */

/** @param {State} state @param {ReturnType<typeof answer>} found */
function drawPicture(state, found) {
  if (state.kind === "dense") return drawDense(state);
  const drawable = axesFor(state, found.named) !== null;
  const shown = drawable
    ? { state, named: found.named, same: true }
    : example(state, (each, named) => axesFor(each, named) !== null);
  const scene = sceneOf(shown.state, /** @type {Axis[]} */ (axesFor(shown.state, shown.named)));
  const drawn = scene.axes.length === 1 ? arrows(scene) : sliding(scene);
  const words = described(scene);
  drawn.setAttribute("aria-label", words);
  enlarged(drawn);
  const instead = !drawable && [DATA.words.drawn["too large"], ...insteadOf(shown)].join(" ");
  fill("picture", instead && make("p", {}, instead), drawn);
  byId("position").max = String(scene.count - 1);
  byId("position").value = String(picture.at);
  byId("position").setAttribute("aria-valuetext", `${picture.at + 1} of ${scene.count}`);
  byId("player").hidden = scene.count < 2;
  fill("picture-words", [words, ...partly(scene)].join(" "));
  fill("legend", ...legend(scene));
}

/** @param {State} state @param {Axis[]} axes @returns {Scene} */
function sceneOf(state, axes) {
  const transposed = state.kind === "transposed";
  const own = state.kind === "unshared";
  const many = axes.reduce((all, axis) => all * axis.kernel, 1);
  // as lines, only so many weights look different
  const most = own && axes.length === 1 ? Math.floor(LOOKS / many) : undefined;
  const crops = axes.map((axis) => crop(axis, transposed, most));
  const count = crops.reduce((all, each) => all * each.positions, 1);
  picture.at = Math.min(picture.at, count - 1);
  let rest = picture.at;
  const position = crops
    .map((_, at) => crops.length - 1 - at)
    .map((at) => {
      const here = rest % crops[at].positions;
      rest = Math.floor(rest / crops[at].positions);
      return here;
    })
    .reverse();
  const hits = axes.map((axis, at) => touched(axis, position[at], transposed));
  return { state, axes, crops, count, position, hits, transposed, own, many };
}

/** @param {ReturnType<typeof example>} shown @returns {string[]} what the example is */
function insteadOf({ state, same }) {
  const { input, kernel, stride, dilation } = state.along;
  const sizes = [
    `a kernel of ${times(kernel)}`,
    `an input of ${times(input)}`,
    stride.some((each) => each > 1n) && `a stride of ${times(stride)}`,
    dilation.some((each) => each > 1n) && `a dilation of ${times(dilation)}`,
  ].filter(Boolean);
  const words = DATA.words.drawn;
  return [
    filled(words[same ? "same" : "alike"], { input: times(input), sizes: listed(sizes) }),
    words.stays,
  ];
}

/** @param {any[]} parts @returns {string} 1, 2 and 3 */
const listed = (parts) =>
  [parts.slice(0, -1).join(", "), parts.at(-1)].filter((each) => each !== "").join(" and ");

/** @param {State} state @returns {boolean} whether there is more than one kernel, or channel of it */
function severalKernels({ kind, whole }) {
  const filters = kind === "depthwise" ? whole.depth_multiplier : whole.filters;
  return whole.in_channels > 1n || (kind === "separable" ? whole.depth_multiplier : filters) > 1n;
}

/** @param {Scene} scene @returns {string[]} what of the layer is not drawn */
function partly(scene) {
  const { state, crops } = scene;
  const words = DATA.words.drawn;
  const said = [];
  if (crops.some((each) => !each.whole)) said.push(words.first);
  if (state.dims === 3) {
    const [from, to] = scene.transposed ? ["output", "input"] : ["input", "output"];
    const near = scene.position[0] + 1;
    const { place, inside, weights } = sliceOf(scene);
    const slots = { from, to, near, place: place + 1, weights };
    said.push(filled(words[inside ? "slice" : "no slice"], slots));
  }
  if (severalKernels(state)) said.push(words.one);
  if (state.kind === "separable") said.push(words.separable);
  return said;
}

/** @param {Scene} scene the slice of the depth that is drawn: the first that the kernel meets */
function sliceOf({ axes, hits, many, own }) {
  const hit = hits[0].find((each) => each.inside) ?? hits[0][0];
  const each = many / axes[0].kernel;
  const from = hit.entry * each;
  return { ...hit, from, weights: weightsInWords(from, each, own) };
}

/** @param {Scene} scene */
function described({ state, axes, hits, position, transposed, own, many }) {
  const words = DATA.words.drawn;
  const where = position.map((each) => each + 1).join(", ");
  const places = hits.map((each) => each.filter((one) => one.inside).map((one) => one.place + 1));
  const names = ["depth", "row", "column"].slice(-axes.length);
  const sides = places.map((each, at) => {
    if (axes.length === 1) return inWords(each);
    return `${names[at]}${each.length > 1 ? "s" : ""} ${inWords(each)}`;
  });
  const verb = transposed ? "transposed" : "reads";
  const nothing = places.some((each) => each.length === 0);
  const outside = hits.some((each) => each.some((one) => !one.inside));
  const weights = weightsInWords(0, many, own);
  const sentences = [
    filled(words[nothing ? `${verb} nothing` : verb], { where, sides: listed(sides) }) +
      filled(words[own ? "by own" : many === 1 ? "by one" : "by shared"], { many, weights }),
    !nothing && outside && words[`${verb} outside`],
  ];
  if (biased(state)) sentences.push(words[transposed ? "bias once" : own ? "own bias" : "bias"]);
  return sentences.filter(Boolean).join(" ");
}

/** @param {State} state @returns {boolean} whether the picture has a bias: a separable has its later */
const biased = (state) => state.bias && state.kind !== "separable";

/** @param {number[]} places @returns {string} 3; 1 and 2; 2 to 4; 1, 3 and 5 */
function inWords(places) {
  const [first] = places;
  const last = places.at(-1) ?? first;
  const close = last - first === places.length - 1;
  return close && places.length > 2 ? `${first} to ${last}` : listed(places);
}

/** @param {number} from @param {number} many @param {boolean} own @returns {string} a to i */
function weightsInWords(from, many, own) {
  const names = many === 1 ? [from] : [from, from + many - 1];
  return names.map((entry) => nameOf(entry, own ? picture.at : null)).join(" to ");
}

/**
 * What a weight is called: by a letter, and by the position whose own it is, if it is.
 * @param {number} entry of the kernel @param {number | null} at
 */
const nameOf = (entry, at) => letter(entry) + (at === null ? "" : subscript(at + 1));

/** @param {Scene} scene */
function legend({ axes, own, many }) {
  // in an image, the letters stand on the weights themselves
  if (axes.length > 1) return [];
  const from = own ? picture.at * many : 0;
  return Array.from({ length: many }, (_, entry) =>
    make("li", {}, swatch(from + entry), nameOf(entry, own ? picture.at : null)),
  );
}

/** @param {number} weight */
const swatch = (weight) =>
  draw(
    "svg",
    { viewBox: "0 0 28 12", class: "swatch", "aria-hidden": "true" },
    draw("line", { x1: 1, y1: 6, x2: 27, y2: 6, ...lineOf(weight) }),
  );

/** @param {number} weight @param {string} [more] classes; how a weight is drawn as a line */
const lineOf = (weight, more = "") => ({
  class: `arrow ${colourClass(weight)} ${more}`,
  "stroke-dasharray": dashOf(weight),
});

/**
 * The bias as an input that is always 1, with a line to where it is added.
 * @param {number} x @param {number} y @param {number[][]} ends @param {string} [name]
 */
const biasFrom = (x, y, ends, name = "bias") => [
  ...ends.map(([x2, y2], at) =>
    draw("line", { x1: x, y1: y, x2, y2, class: "bias-arrow", "stroke-dasharray": biasDash(at) }),
  ),
  draw("circle", { cx: x, cy: y, r: 14, class: "bias-one" }),
  draw("text", { x, y: y + 5 }, "1"),
  draw("text", { x: x + 20, y: y + 5, class: "bias-name" }, name),
];

/** @param {number} at */
const biasDash = (at) => DASHES[(at + 5) % DASHES.length];

/** @param {Element} cell @param {number} at the position that pointing at it shows */
function pointed(cell, at) {
  cell.addEventListener("pointerenter", () => at !== picture.at && moveTo(at));
  return cell;
}

/** @param {number} number @returns {string} */
const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/** @param {Element} drawn a little larger than it was measured, where there is room */
function enlarged(drawn) {
  const width = Number(drawn.getAttribute("viewBox")?.split(" ")[2]);
  drawn.setAttribute("width", String(Math.round(1.25 * width)));
}
