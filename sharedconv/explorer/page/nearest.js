// Whose name it is that was pasted, and which name comes near one that nobody knows.

/**
 * The frameworks that have a layer of this name, and whose prefix it has, if any.
 * @param {Call} call
 * @returns {string[]}
 */
function frameworksOf(call) {
  const { names, frameworks } = DATA.readable;
  const name = lastOf(call.name);
  const prefix = call.name.slice(0, -name.length - 1);
  refuseForeign(call, prefix, name);
  const every = Object.keys(names);
  const homes = every.filter((framework) => DATA.prefixes[framework].includes(prefix));
  if (prefix && !homes.length) throw new Refusal("prefix", { call: short(call.name) });
  const asked = prefix ? homes : every;
  const found = asked.filter((framework) => names[framework].includes(name));
  if (found.length) return found;
  const other = every.find((framework) => names[framework].includes(name));
  if (other) {
    const slots = { framework: frameworks[other], home: DATA.prefixes[other][0] };
    throw new Refusal("mixed", { call: call.name, name, ...slots });
  }
  const near = nearest(
    name,
    asked.flatMap((framework) => names[framework]),
  );
  throw new Refusal("unknown", { name: short(call.name), near });
}

/** @param {Call} call @param {string} prefix @param {string} name */
function refuseForeign(call, prefix, name) {
  const { roots, names, arguments: known } = DATA.readable.foreign;
  const root = prefix.split(".")[0];
  const argument = call.named.map(([each]) => each).find((each) => Object.hasOwn(known, each));
  const plain = prefix === "" || prefix === "nn";
  const library =
    (Object.hasOwn(roots, root) && roots[root]) ||
    (plain && argument && known[argument]) ||
    (prefix === "nn" && names.includes(name) && roots.flax);
  if (library) throw new Refusal("foreign", { call: short(call.name), library });
}

/**
 * Which of the known names comes near this one, or, where none does, which there are.
 * @param {string} name @param {string[]} known
 * @returns {string}
 */
function nearest(name, known) {
  const words = DATA.suggestions;
  const all = [...new Set(known)];
  if (!all.length) return words.none;
  const wanted = name.toLowerCase();
  const ranked = [...new Set(all.map((each) => each.toLowerCase()))]
    .map((each) => ({ each, score: likeness(each, wanted) }))
    .filter(({ score }) => score >= CLOSE)
    .sort((one, other) => other.score - one.score || (one.each < other.each ? 1 : -1));
  if (ranked.length) {
    const near = all.filter((each) => each.toLowerCase() === ranked[0].each);
    return filled(words.near, { near: near.join(" or ") });
  }
  const shown = all.length <= words.most ? all : all.slice(0, 10);
  const more = filled(words.more, { more: all.length - 10 });
  const list = [...shown, ...(all.length > shown.length ? [more] : [])];
  return filled(words.all, { known: list.join(", ") });
}

const CLOSE = 0.6;

/** @param {string} one @param {string} other @returns {number} from 0 to 1, as Python's difflib has it */
function likeness(one, other) {
  const together = one.length + other.length;
  // even where all of the shorter one is found
  if (2 * Math.min(one.length, other.length) < CLOSE * together) return 0;
  return (2 * inCommon(one, other)) / together;
}

/** @param {string} one @param {string} other @returns {number} how many characters */
function inCommon(one, other) {
  let [size, ofOne, ofOther] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    for (let place = 0; place < other.length; place += 1) {
      let length = 0;
      while (at + length < one.length && one[at + length] === other[place + length]) length += 1;
      if (length > size) [size, ofOne, ofOther] = [length, at, place];
    }
  }
  if (!size) return 0;
  const before = inCommon(one.slice(0, ofOne), other.slice(0, ofOther));
  return size + before + inCommon(one.slice(ofOne + size), other.slice(ofOther + size));
}
