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

/** @param {string} axis @param {Named} named @returns {Axis} */
function axisOf(axis, named) {
  const names = ["input", "output", "kernel", "stride", "dilation", "first", "reach"];
  return /** @type {any} */ (
    Object.fromEntries(names.map((name) => [name, Number(named[`${name} ${axis}`])]))
  );
}

/** @param {State} state @param {Named} named @returns {Axis[] | null} null where they are too large */
function axesFor(state, named) {
  const all = axesOf(state).map((axis) => axisOf(axis, named));
  const fits = all.every((axis) => Math.max(axis.reach, axis.stride, axis.first) <= MOST_DRAWN);
  return all.length && fits ? all : null;
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
 * @param {Axis} axis @param {boolean} transposed @param {number} [most] positions
 */
function crop(axis, transposed, most = 2 * MOST_DRAWN) {
  const [from, to] = transposed ? [axis.output, axis.input] : [axis.input, axis.output];
  const small = from <= MOST_DRAWN;
  const places = small ? from : MOST_DRAWN;
  const fitting = small ? to : Math.floor((places + axis.first - axis.reach) / axis.stride) + 1;
  const positions = Math.min(to, Math.max(fitting, 1), most);
  const before = Math.max(0, axis.first);
  const last = (positions - 1) * axis.stride - axis.first + axis.reach;
  const after = small ? Math.max(0, last - places) : 0;
  return { places, positions, before, after, whole: small && positions === to };
}

/** A larger example would have more places than can be seen at once. */
const LARGEST_EXAMPLE = 40;

/**
 * What is drawn in place of a layer that is too large: the same on a small input, or, where that
 * doesn't fit either, one of the same kind with smaller numbers.
 * @param {State} state @param {(each: State, named: Named) => boolean} fits
 * @returns {{state: State, named: Named, same: boolean}}
 */
function example(state, fits) {
  const { kernel, stride, dilation, padding } = state.along;
  const smallest = state.dims === 3 ? 2n : 3n;
  const cut = (/** @type {Whole[]} */ sizes, /** @type {Whole} */ most) =>
    sizes.map((each) => (each > most ? most : each));
  const tried = [
    [kernel, stride, dilation, padding],
    [cut(kernel, smallest), cut(stride, 2n), cut(dilation, 2n), cut(padding, 1n)],
    [cut(kernel, smallest), cut(stride, 1n), cut(dilation, 1n), cut(padding, 0n)],
  ];
  for (const [at, [kernel, stride, dilation, padding]] of tried.entries()) {
    const reach = Math.max(...kernel.map((each, axis) => Number((each - 1n) * dilation[axis]))) + 1;
    for (let size = Math.min(reach + 5, LARGEST_EXAMPLE); size > 0; size -= 1) {
      const input = kernel.map(() => BigInt(size));
      const along = { input, kernel, stride, dilation, padding };
      const each = { ...state, along, extra: at === 0 ? state.extra : null };
      const named = boundOrNull(each);
      // what is smaller still won't do either
      if (!named || !movesIn(each, named)) break;
      if (fits(each, named)) return { state: each, named, same: at === 0 };
    }
  }
  throw new Error("no example is small enough to be drawn");
}

/** @param {State} state @returns {Named | null} */
function boundOrNull(state) {
  try {
    return bound(state);
  } catch (refusal) {
    if (refusal instanceof Refusal) return null;
    throw refusal;
  }
}

/** @param {State} state @param {Named} named @returns {boolean} with one position nothing is shared */
const movesIn = (state, named) =>
  axesOf(state).every(
    (axis) => named[`${state.kind === "transposed" ? "input" : "output"} ${axis}`] > 1n,
  );
