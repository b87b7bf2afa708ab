// A layer as one matrix: a row for each output, a column for each input.

const MOST_CELLS = 2600;
/** With more rows or columns than that, a matrix is no longer looked through. */
const MOST_PLACES = 100;
const PLACE = 18;

/** @param {State} state @param {ReturnType<typeof answer>} found */
function drawMatrix(state, found) {
  const { named } = found;
  const [rows, columns] = matrixSize(state, named);
  const [many, most] = [BigInt(MOST_CELLS), BigInt(MOST_PLACES)];
  if (rows <= most && columns <= most && rows * columns <= many)
    return fill("matrix", ...matrixOf(state, named));
  const shown = smallMatrix(state);
  const slots = { rows, columns, each: kernelOnly(state) };
  const words = DATA.words.drawn;
  const said =
    state.kind === "dense"
      ? [filled(words["dense alike"], { ...shown.state.whole }), words.stays]
      : insteadOf(shown);
  const instead = [filled(words["too many"], slots), ...said].join(" ");
  fill("matrix", make("p", {}, instead), ...matrixOf(shown.state, shown.named));
}

/** @param {State} state @param {Named} named @returns {Whole[]} rows and columns */
const matrixSize = (state, named) =>
  state.kind === "dense"
    ? [named.units, named.in_features]
    : [places(state, named, "output"), places(state, named, "input")];

/** @param {State} state */
function smallMatrix(state) {
  if (state.kind !== "dense") {
    const most = BigInt(LARGEST_EXAMPLE);
    return example(state, (each, named) => matrixSize(each, named).every((size) => size <= most));
  }
  const { in_features, units } = state.whole;
  const cut = (/** @type {Whole} */ size, /** @type {Whole} */ most) => (size > most ? most : size);
  const whole = { ...state.whole, in_features: cut(in_features, 8n), units: cut(units, 5n) };
  const small = { ...state, whole };
  return { state: small, named: bound(small), same: false };
}

/** @param {State} state @returns {string} which of its weights the matrix has, if not all */
const kernelOnly = (state) =>
  state.kind !== "dense" && severalKernels(state) ? DATA.words.drawn["of one"] : "";

/** @param {State} state @param {Named} named @returns {Element[]} */
function matrixOf(state, named) {
  const [outputs, inputs] = matrixSize(state, named).map(Number);
  const axes = axesOf(state).map((axis) => axisOf(axis, named));
  const dense = state.kind === "dense";
  const entries = dense ? everyPair(outputs, inputs) : entriesOf(axes, state);
  const many = axes.reduce((all, axis) => all * axis.kernel, 1);
  const own = state.kind === "unshared";
  const cells = [...entries].map(([key, weight]) => {
    const [row, column] = key.split(" ").map(Number);
    const name = dense
      ? nameOf(column, row)
      : nameOf(own ? weight % many : weight, own ? Math.floor(weight / many) : null);
    return square(column * PLACE, row * PLACE, name, `on ${colourClass(weight)}`, PLACE);
  });
  const distinct = new Set(entries.values()).size;
  const slots = { outputs, inputs, filled: entries.size, distinct, each: kernelOnly(state) };
  const words = filled(DATA.words.drawn.matrix, slots);
  const [width, height] = [inputs * PLACE, outputs * PLACE];
  const larger = Math.max(inputs, outputs) > LARGEST_EXAMPLE ? 1 : 1.5;
  const look = { role: "img", class: "matrix", "aria-label": words, width: larger * width };
  const drawn = draw(
    "svg",
    { viewBox: `-1 -1 ${width + 2} ${height + 2}`, ...look },
    draw("rect", { x: 0, y: 0, width, height, class: "frame" }),
    ...cells,
  );
  // where that is wider than the screen it is scrolled, so that its letters can be read
  /** @type {any} */ (drawn).style.minWidth = `${width}px`;
  return [drawn, make("p", {}, words)];
}

/** @param {State} state @param {Named} named @param {string} what @returns {Whole} */
const places = (state, named, what) =>
  axesOf(state).reduce((all, axis) => all * named[`${what} ${axis}`], 1n);

/** @param {number} rows @param {number} columns */
function everyPair(rows, columns) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      found.set(`${row} ${column}`, column * rows + row);
  }
  return found;
}

/** @param {Axis[]} axes @param {State} state @returns {Map<string, number>} row and column -> weight */
function entriesOf(axes, state) {
  const transposed = state.kind === "transposed";
  /** @type {Map<string, number>} */
  const found = new Map();
  const many = axes.reduce((all, axis) => all * axis.kernel, 1);
  /** @param {number} at @param {number} near @param {number} far @param {number} entry @param {number} position */
  const walk = (at, near, far, entry, position) => {
    if (at === axes.length) {
      const weight = state.kind === "unshared" ? position * many + entry : entry;
      found.set(transposed ? `${far} ${near}` : `${near} ${far}`, weight);
      return;
    }
    const axis = axes[at];
    const [count, size] = transposed ? [axis.input, axis.output] : [axis.output, axis.input];
    for (let here = 0; here < count; here += 1) {
      for (const hit of touched(axis, here, transposed)) {
        if (hit.inside)
          walk(
            at + 1,
            near * count + here,
            far * size + hit.place,
            entry * axis.kernel + hit.entry,
            position * count + here,
          );
      }
    }
  };
  walk(0, 0, 0, 0, 0);
  return found;
}
