// "I expected ...": the slips that lead to a number, as Python's diagnosis finds them.

/** @typedef {{slips: any[], terms: number[], total: Whole}} Found */
/** @typedef {{slip: number, terms: number[], more: Slip[]}} Slip a slip, and what it leads to */

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** @param {string} written the tree of slips, as structure.py writes it @returns {Slip[]} */
function treeOf(written) {
  /** @type {Slip[][]} */
  const open = [[]];
  for (const [part, slip, letters] of written.matchAll(/(\d+)([a-zA-Z]*)|[()]/g)) {
    const here = /** @type {Slip[]} */ (open.at(-1));
    if (part === ")") open.pop();
    else if (part === "(") open.push(/** @type {Slip} */ (here.at(-1)).more);
    else {
      const pairs = /** @type {string[]} */ (letters.match(/../g) ?? []);
      const terms = pairs.map(
        (pair) => LETTERS.indexOf(pair[0]) * LETTERS.length + LETTERS.indexOf(pair[1]),
      );
      here.push({ slip: Number(slip), terms, more: [] });
    }
  }
  return open[0];
}

/**
 * The smallest number of slips that leads from the true count to the expected number.
 * @param {any} structure @param {Named} named @param {Whole} expected
 * @returns {Found[]} several where the number can't tell which it was
 */
function diagnose(structure, named, expected) {
  /** @type {Map<number, Whole>} */
  const sizes = new Map();
  /** @param {number} place */
  const sizeOf = (place) => {
    if (!sizes.has(place)) sizes.set(place, termOf(place, named).size);
    return /** @type {Whole} */ (sizes.get(place));
  };
  /** @param {number[]} terms */
  const sum = (terms) => terms.reduce((all, place) => all + sizeOf(place), 0n);
  const total = sum(structure.terms);
  if (expected === total) return [];
  /** @type {(Found & {more: Slip[]})[]} */
  let reached = [{ slips: [], terms: structure.terms, total, more: treeOf(structure.slips) }];
  while (reached.length) {
    reached = reached.flatMap((soFar) =>
      soFar.more.flatMap(({ slip, terms, more }) => {
        const total = sum(terms);
        // a slip that leaves the number as it was explains nothing
        if (total === soFar.total) return [];
        return [{ slips: [...soFar.slips, DATA.words.misconceptions[slip]], terms, total, more }];
      }),
    );
    const found = reached.filter((each) => each.total === expected);
    if (found.length) return oncePerName(found);
  }
  return [];
}

/** @param {Found[]} found @returns {Found[]} a slip made in two ways is still one slip */
function oncePerName(found) {
  const names = (/** @type {Found} */ each) => each.slips.map((slip) => slip.slug).join(" ");
  return [...new Map(found.reverse().map((each) => [names(each), each])).values()].reverse();
}

/** @param {Found} found @param {string} filter what has weights @returns {string} */
function sentenceOf(found, filter) {
  const does = found.slips.map((each) => each.says).join(" and ");
  const reasons = found.slips.map((each) => each.reason).join(" ");
  return `${shown(found.total)} ${does}. ${reasons}`.replaceAll("{filter}", filter);
}

/**
 * The true terms beside those of a slip: what it left out, what it put in.
 * @param {Term[]} terms @param {Term[]} others
 * @returns {{term: Term, gone: boolean, missing: Set<string>}[]}
 */
function marked(terms, others) {
  const left = [...others];
  return terms.map((term) => {
    const at = left.findIndex((each) => each.role === term.role);
    const other = at < 0 ? null : left.splice(at, 1)[0];
    const names = new Set(other?.factors.map((each) => `${each.name} ${each.size}`));
    const missing = term.factors.filter((each) => !names.has(`${each.name} ${each.size}`));
    return { term, gone: other === null, missing: new Set(missing.map((each) => each.name)) };
  });
}

/**
 * The true terms with what all ways to a number leave out alike.
 * @param {Term[]} terms @param {Term[][]} ways
 * @returns {{term: Term, gone: boolean, missing: Set<string>}[]}
 */
function markedByAll(terms, ways) {
  const marks = ways.map((others) => marked(terms, others));
  return terms.map((term, at) => {
    const here = marks.map((rows) => rows[at]);
    const gone = here.length > 0 && here.every((row) => row.gone);
    const names = term.factors.map((each) => each.name);
    const left = names.filter((name) => here.every((row) => row.gone || row.missing.has(name)));
    return { term, gone, missing: new Set(here.length ? left : []) };
  });
}

/**
 * What the slip counts that the layer doesn't have.
 * @param {Term[]} terms @param {Term[]} others
 * @returns {Term[]} terms with the factors that are too many; whole ones where all of it is
 */
function tooMany(terms, others) {
  const left = [...terms];
  return others.flatMap((other) => {
    const at = left.findIndex((each) => each.role === other.role);
    if (at < 0) return [other];
    const [term] = left.splice(at, 1);
    const names = new Set(term.factors.map((each) => `${each.name} ${each.size}`));
    const factors = other.factors.filter((each) => !names.has(`${each.name} ${each.size}`));
    return factors.length ? [{ ...other, factors }] : [];
  });
}
