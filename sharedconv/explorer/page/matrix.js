// A layer as one matrix: a row for each output, a column for each input.

const MOST_CELLS = 2600;

/** @param {State} state @param {ReturnType<typeof answer>} found */
function drawMatrix(state, found) {
  const axes = axesFor(state, found.named);
  const dense = state.kind === "dense";
  const inputs = dense
    ? Number(state.whole.in_features)
    : (axes ?? []).reduce((all, each) => all * each.input, 1);
  const outputs = dense
    ? Number(state.whole.units)
    : (axes ?? []).reduce((all, each) => all * each.output, 1);
  const known = dense || axes;
  if (!known || !(inputs * outputs <= MOST_CELLS)) {
    const rows = dense ? state.whole.units : places(state, found.named, "output");
    const columns = dense ? state.whole.in_features : places(state, found.named, "input");
    const words = `Written as a matrix, this layer has ${shown(rows)} rows, one for each output, and ${shown(columns)} columns, one for each input (of one filter and one channel). That is too large to be drawn. `;
    const simple = make(
      "button",
      { type: "button", onclick: () => change(dense ? fewer(current()) : smaller(current())) },
      "Show it small",
    );
    fill("matrix", make("p", {}, words, simple));
    return;
  }
  const entries = dense
    ? everyPair(outputs, inputs)
    : entriesOf(/** @type {Axis[]} */ (axes), state);
  const size = Math.max(inputs, outputs) <= 40 ? 18 : 9;
  const cells = [...entries].map(([key, entry]) => {
    const [row, column] = key.split(" ").map(Number);
    const at = { x: column * size, y: row * size, width: size, height: size };
    return draw(
      "g",
      { class: `cell on ${colourClass(entry)}` },
      draw("rect", at),
      size > 9 && draw("text", { x: at.x + size / 2, y: at.y + size / 2 + 4 }, letter(entry % 676)),
    );
  });
  const distinct = new Set(entries.values()).size;
  const words = `${outputs} rows, one for each output; ${inputs} columns, one for each input. ${entries.size} places are filled, with ${distinct} different weights; all others are 0.`;
  const frame = draw("rect", {
    x: 0,
    y: 0,
    width: inputs * size,
    height: outputs * size,
    class: "frame",
  });
  const drawn = draw(
    "svg",
    {
      viewBox: `-1 -1 ${inputs * size + 2} ${outputs * size + 2}`,
      role: "img",
      class: "matrix",
      "aria-label": words,
    },
    frame,
    ...cells,
  );
  drawn.setAttribute("width", String(Math.min(1.5 * (inputs * size + 2), 900)));
  fill("matrix", drawn, make("p", {}, words));
}

/** @param {State} state @param {Named} named @param {string} what @returns {Whole} */
const places = (state, named, what) =>
  axesOf(state).reduce((all, axis) => all * named[`${what} ${axis}`], 1n);

/** @param {State} state @returns {State} */
const fewer = (state) => ({ ...state, whole: { ...state.whole, in_features: 8n, units: 5n } });

/** @param {number} rows @param {number} columns */
function everyPair(rows, columns) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) found.set(`${row} ${column}`, found.size);
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
