// Which inputs a layer's outputs are connected to, and by which weight; small sizes only.

/**
 * @typedef {object} Axis one dimension, in plain numbers
 * @property {number} input
 * @property {number} output
 * @property {number} kernel
 * @property {number} stride
 * @property {number} dilation
 * @property {number} first how far outside the image the kernel begins
 * @property {number} reach
 */

const MOST_DRAWN = 12;

/** @param {State} state @param {Named} named @returns {Axis[] | null} null where they are too large */
function axesFor(state, named) {
  const names = ["input", "output", "kernel", "stride", "dilation", "first", "reach"];
  const all = axesOf(state).map((axis) =>
    Object.fromEntries(names.map((name) => [name, Number(named[`${name} ${axis}`])])),
  );
  const fits = all.every((axis) => axis.reach <= MOST_DRAWN && axis.stride <= MOST_DRAWN);
  return all.length && fits ? /** @type {any} */ (all) : null;
}

/**
 * What one position touches: input places of an output, or, transposed, output places of an input.
 * @param {Axis} axis @param {number} position @param {boolean} transposed
 * @returns {{entry: number, place: number, inside: boolean}[]}
 */
function touched(axis, position, transposed) {
  const size = transposed ? axis.output : axis.input;
  return Array.from({ length: axis.kernel }, (_, entry) => {
    const place = position * axis.stride - axis.first + entry * axis.dilation;
    return { entry, place, inside: place >= 0 && place < size };
  });
}

/**
 * How much of a dimension is drawn: the first places, and the positions that lie wholly in them.
 * @param {Axis} axis @param {boolean} transposed
 */
function crop(axis, transposed) {
  const [from, to] = transposed ? [axis.output, axis.input] : [axis.input, axis.output];
  const whole = from <= MOST_DRAWN;
  const places = whole ? from : MOST_DRAWN;
  const fitting = Math.floor((places + axis.first - axis.reach) / axis.stride) + 1;
  const positions = whole ? Math.min(to, 2 * MOST_DRAWN) : Math.min(to, Math.max(fitting, 1));
  const before = Math.max(0, axis.first);
  const last = (positions - 1) * axis.stride - axis.first + axis.reach;
  return { places, positions, before, after: whole ? Math.max(0, last - places) : 0, whole };
}
