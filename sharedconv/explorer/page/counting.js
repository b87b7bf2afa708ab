// A layer's count: the terms that Python's rules have, each the product of its factors.

/** @typedef {{name: string, size: Whole}} Factor */
/** @typedef {{role: string, trainable: boolean, factors: Factor[], size: Whole}} Term */
/** @typedef {Record<string, Whole>} Named what the fields' names stand for */

/** @param {State} state */
const axesOf = (state) => (state.kind === "dense" ? [] : DATA.axes[state.dims]);

/** @param {State} state @returns {any} the layer kind, as Python describes it */
const structureOf = (state) => DATA.layers[`${state.kind} ${state.dims} ${state.bias ? 1 : 0}`];

/**
 * Every number that has a name, and those that follow from them.
 * @param {State} state
 * @returns {Named}
 * @throws {Refusal} for a layer that there can't be
 */
function bound(state) {
  /** @type {Named} */
  const named = { ...state.whole };
  const axes = axesOf(state);
  axes.forEach((axis, at) => Object.assign(named, alongAxis(state, axis, at)));
  if (state.kind !== "depthwise" && state.kind !== "separable" && axes.length) {
    for (const name of ["in_channels", "filters"]) {
      if (named[name] % named.groups) {
        throw new Refusal("groups", { groups: named.groups, name, value: named[name] });
      }
    }
  }
  return named;
}

/** @param {State} state @param {string} axis @param {number} at @returns {Named} */
function alongAxis(state, axis, at) {
  const transposed = state.kind === "transposed";
  const extra = transposed && state.extra ? state.extra[at] : 0n;
  const [size, kernel, stride, padding, dilation] = ALONG.map((name) => state.along[name][at]);
  if (extra && extra >= stride && extra >= dilation) {
    throw new Refusal("output padding", { extra, stride, dilation });
  }
  const key = `${transposed ? "transposed" : "conv"} ${state.mode}`;
  const formulas = DATA.sizes[transposed && state.extra ? `${key} extra` : key];
  /** @type {Named} */
  const here = { size, kernel, stride, padding, dilation, extra };
  here.output = evaluate(formulas.output, here);
  here.reach = evaluate(formulas.reach, here);
  if (here.output < 1n) {
    const what = transposed ? "cut away" : here.reach > kernel ? "dilated" : "too large";
    throw new Refusal(what, { axis, ...here });
  }
  const first = evaluate(formulas.first, here);
  here.padding = evaluate(formulas.padding, here);
  const names = { input: size, kernel, stride, dilation, output: here.output };
  const all = { ...names, padding: here.padding, reach: here.reach, first };
  return Object.fromEntries(Object.entries(all).map(([name, each]) => [`${name} ${axis}`, each]));
}

/** @param {number} place of the term among all @param {Named} named @returns {Term} */
function termOf(place, named) {
  const [role, trains, ...places] = DATA.terms[place];
  const factors = places.map((/** @type {number} */ each) => {
    const factor = DATA.factors[each];
    const [name, formula] = typeof factor === "string" ? [factor, factor] : factor;
    const [field, other] = DATA.renamed[name] ?? [];
    const called = field && named[field] === 1n ? other : name;
    return { name: called, size: evaluate(formula, named) };
  });
  const size = factors.reduce((all, each) => all * each.size, 1n);
  return { role, trainable: trains === 1, factors, size };
}

/** @param {number[]} places @param {Named} named @returns {Term[]} */
const termsOf = (places, named) => places.map((place) => termOf(place, named));

/** @param {Term[]} terms @returns {Whole} */
const totalOf = (terms) => terms.reduce((sum, each) => sum + each.size, 0n);

/** @param {Term[]} terms @returns {string} one line: every factor by name, and the sum */
function formulaOf(terms) {
  if (!terms.length) return "no parameters = 0";
  const products = terms.map(
    (term) => term.factors.map((each) => `${each.name} ${shown(each.size)}`).join(" × ") || "1",
  );
  return `${products.join(" + ")} = ${shown(totalOf(terms))}`;
}

/**
 * The whole answer about one layer.
 * @param {State} state
 */
function answer(state) {
  const named = bound(state);
  const structure = structureOf(state);
  const terms = termsOf(structure.terms, named);
  const channels = evaluate(structure.channels, named);
  const sharing = Object.entries(structure.sharing).map(([name, way]) => {
    const [terms, multAdds] = /** @type {any} */ (way);
    return {
      name,
      total: totalOf(termsOf(terms, named)),
      multAdds: totalOf(termsOf(multAdds, named)),
    };
  });
  return {
    named,
    structure,
    terms,
    total: totalOf(terms),
    formula: formulaOf(terms),
    output: [channels, ...axesOf(state).map((axis) => named[`output ${axis}`])],
    multAdds: totalOf(termsOf(structure.mult_adds, named)),
    connections: structure.connections && totalOf(termsOf(structure.connections, named)),
    sharing,
  };
}
