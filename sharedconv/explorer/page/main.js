// The page: what the state is, what is shown of it, and its way into the address and back.

/** @type {State} */
let now = stateOf({});
/** What was last changed: one gesture, such as a slider being drawn, is one step back. */
let touching = null;

/** Whether the address was just followed: then the fields say what it says, typed in or not. */
let following = false;
/** Whether the expected number is the page's own: it belongs to its first question alone. */
let own = true;

const current = () => now;

/**
 * Show another state, and write it into the address.
 * @param {State} state
 * @param {any} [source] the field that is being changed, while it is
 */
function change(state, source = null) {
  if (own && layerIn(state) !== layerIn(now)) {
    own = false;
    if (state.expected === now.expected) state = { ...state, expected: null };
  }
  now = state;
  fill("link-problem");
  fill("line-problem");
  const link = `#${writeFragment(state)}`;
  const same = source !== null && source === touching;
  touching = source;
  if (link !== (location.hash || "#")) {
    history[same ? "replaceState" : "pushState"](null, "", link);
  }
  render();
}

/** @param {State} state @returns {string} the layer that it asks about, with a bias or without */
const layerIn = (state) =>
  writeFragment({
    ...{ ...state, view: "layer", bias: true, expected: null },
    ...{ net: [], shape: [], quiz: 1, answers: [] },
  });

/** Show what the address says. */
function follow() {
  touching = null;
  for (const problem of document.getElementsByClassName("problem")) problem.textContent = "";
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.setAttribute("aria-invalid", "false");
  }
  try {
    now = readFragment(location.hash);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    now = stateOf({});
    fill("link-problem", refusal.message);
  }
  own = !writeFragment(now).match(/expected=/);
  following = true;
  render();
  following = false;
}

/** @param {string} words what a screen reader says */
function say(words) {
  byId("live").textContent = words;
}

const RENDERED = { layer: renderLayer, network: renderNetwork, quiz: renderQuiz };

function render() {
  for (const view of VIEWS) {
    byId(`view-${view}`).hidden = now.view !== view;
    const link = byId(`to-${view}`);
    if (now.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.setAttribute("href", `#${writeFragment({ ...now, view })}`);
  }
  if (now.view !== "layer") pause();
  const words = RENDERED[now.view](now);
  if (words && words !== byId("live").textContent) say(words);
}

/** @param {State} state */
function renderLayer(state) {
  renderFields(state);
  renderSpellings(state);
  keepTyped(byId("expected"), state.expected === null ? "" : String(state.expected));
  fill(
    "on",
    state.kind === "dense"
      ? ""
      : `on ${times(inOrder(state, state.along.input, state.whole.in_channels))}`,
  );
  let found;
  try {
    found = answer(state);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    pause();
    byId("answer").classList.add("none");
    fill("total", "–");
    fill("bar-total", "–");
    fill("why", refusal.message);
    return refusal.message;
  }
  byId("answer").classList.remove("none");
  fill("why");
  fill("total", unbroken(found.total));
  fill("bar-total", shown(found.total));
  const ways =
    state.expected === null ? [] : diagnose(found.structure, found.named, state.expected);
  renderFormula(state, found, ways);
  renderFacts(state, found);
  renderExpected(state, found, ways);
  renderSharing(state, found);
  drawPicture(state, found);
  drawMatrix(state, found);
  return `${shown(found.total)} parameters`;
}

/**
 * A shape as the framework that was pasted has it: PyTorch names the channels first.
 * @template Each
 * @param {State} state @param {Each[]} sizes @param {Each} channels
 * @returns {Each[]}
 */
const inOrder = ({ framework }, sizes, channels) =>
  framework === "torch" ? [channels, ...sizes] : [...sizes, channels];

/** @param {State} state */
function renderSpellings(state) {
  const lines = ["keras", "torch"].map((framework) => spelled(state, framework));
  fill("name", spelledAsPasted(state) || DATA.words.kinds[state.kind]);
  ["keras", "torch"].forEach((framework, at) => {
    const { text, why } = lines[at];
    byId(`line-${framework}`).textContent = text;
    byId(`line-${framework}`).hidden = !text;
    byId(`copy-${framework}`).hidden = !text;
    byId(`why-${framework}`).textContent = why ?? "";
  });
}

/** @param {State} state @param {ReturnType<typeof answer>} found @param {Found[]} ways */
function renderFormula(state, found, ways) {
  const rows = markedByAll(
    found.terms,
    ways.map((way) => termsOf(way.terms, found.named)),
  );
  fill(
    "formula",
    ...rows.map((row) => formulaRow(row)),
    make(
      "tr",
      { class: "sum" },
      make("th", { scope: "row", colspan: "2" }, "total"),
      make("td", {}, unbroken(found.total)),
    ),
  );
  const notes = DATA.words.notes[state.kind];
  const reasons = Object.values(notes)
    .filter((_, at) => state.bias || Object.keys(notes)[at] !== "bias")
    .map(
      (slug) =>
        DATA.words.misconceptions.find((/** @type {any} */ each) => each.slug === slug).reason,
    );
  fill("reasons", reasons.join(" ").replaceAll("{filter}", found.structure.filter));
  byId("marks").hidden = !rows.some((row) => row.gone || row.missing.size);
}

/** @param {Whole} value a number that no line breaks; a long one only between its thousands */
function unbroken(value) {
  const text = shown(value);
  if (text.length <= 15) return make("span", { class: "number" }, text);
  const groups = text.split(/(?<=,)/).flatMap((each, at) => (at ? [make("wbr"), each] : [each]));
  return make("span", { class: "long" }, ...groups);
}

/** @param {{term: Term, gone: boolean, missing: Set<string>}} row */
function formulaRow({ term, gone, missing }) {
  const factors = term.factors.flatMap((each, at) => [
    at > 0 && " × ",
    make(
      missing.has(each.name) && !gone ? "mark" : "span",
      { class: "factor" },
      `${each.name} `,
      make("b", {}, unbroken(each.size)),
    ),
  ]);
  const role = gone ? make("mark", {}, term.role) : term.role;
  return make(
    "tr",
    { class: gone ? "gone" : "" },
    make("th", { scope: "row" }, role),
    make("td", { class: "factors" }, ...factors),
    make("td", { class: "size" }, unbroken(term.size)),
  );
}

/** @param {State} state @param {ReturnType<typeof answer>} found */
function renderFacts(state, found) {
  const [channels, ...sizes] = found.output;
  const fact = (
    /** @type {string} */ name,
    /** @type {string} */ value,
    /** @type {string} */ why,
  ) =>
    make(
      "div",
      {},
      make("dt", {}, name),
      make("dd", {}, make("b", {}, value), " ", make("span", {}, why)),
    );
  const order =
    state.kind === "dense" ? "units" : inOrder(state, axesOf(state), "channels").join(" × ");
  fill(
    "facts",
    fact("output shape", times(inOrder(state, sizes, channels)), order),
    fact("multiply-adds", shown(found.multAdds), "a multiplication and an addition each"),
    found.connections !== null &&
      fact("connections", shown(found.connections), "each weight and bias, as often as it is used"),
  );
}

/** @param {State} state @param {ReturnType<typeof answer>} found @param {Found[]} ways */
function renderExpected(state, found, ways) {
  const { expected } = state;
  if (expected === null) return fill("diagnosis");
  const words = DATA.words.expected;
  const slots = { expected, total: found.total };
  if (expected === found.total)
    return fill("diagnosis", make("p", { class: "right" }, filled(words.right, slots)));
  const heading = [
    filled(words.heading, slots),
    ways.length > 1 && filled(words.ways, { ways: ways.length }),
  ];
  fill(
    "diagnosis",
    make("p", { class: "heading" }, heading.filter(Boolean).join(" ")),
    ...(ways.length
      ? ways.map((way) => oneWay(state, found, way))
      : [make("p", {}, filled(words.none, slots))]),
  );
}

/** @param {State} state @param {ReturnType<typeof answer>} found @param {Found} way */
function oneWay(state, found, way) {
  const terms = termsOf(way.terms, found.named);
  /** @type {Map<string, string[]>} what is too many, and in which parts */
  const added = new Map();
  for (const { role, factors } of tooMany(found.terms, terms)) {
    const product = factors.map((one) => `${one.name} ${shown(one.size)}`).join(" × ");
    added.set(product, [...(added.get(product) ?? []), role]);
  }
  const products = [...added].map(([product, roles]) =>
    roles.length > 1 ? `${product}, in ${roles.join(" and ")}` : product,
  );
  const remedy =
    way.slips.length === 1 && "bias" in way.slips[0].remedy ? way.slips[0].remedy : null;
  const other = remedy && { ...state, bias: remedy.bias, expected: null };
  const line =
    other && answer(other).total === way.total
      ? spelledAsPasted(other)
      : "";
  return make(
    "div",
    { class: "way" },
    make("p", {}, sentenceOf(way, found.structure.filter)),
    make("p", { class: "counted" }, `counted so: ${formulaOf(terms)}`),
    products.length > 0 &&
      make("p", { class: "counted" }, "too many: ", make("mark", {}, products.join("; "))),
    ...way.slips.map((each) => make("p", { class: "ask" }, `Ask yourself: ${each.question}`)),
    line && make("p", {}, `A layer that really has ${shown(way.total)}: `, make("code", {}, line)),
  );
}

/** @param {State} state @param {ReturnType<typeof answer>} found */
function renderSharing(state, found) {
  byId("sharing").hidden = found.sharing.length === 0;
  if (!found.sharing.length) return;
  const digits = (/** @type {Whole} */ each) =>
    Math.log10(Number(String(each).slice(0, 15))) + Math.max(0, String(each).length - 15);
  const most = Math.max(...found.sharing.map((each) => digits(each.total)), 1);
  fill(
    "sharing-rows",
    ...found.sharing.map(({ name, total, multAdds }) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, name),
        make(
          "td",
          {},
          unbroken(total),
          draw(
            "svg",
            {
              viewBox: "0 0 100 10",
              preserveAspectRatio: "none",
              class: `bar ${name}`,
              "aria-hidden": "true",
            },
            draw("rect", {
              x: 0,
              y: 0,
              width: Math.max(1, (100 * digits(total)) / most),
              height: 10,
            }),
          ),
        ),
        make("td", {}, unbroken(multAdds)),
      ),
    ),
  );
  const where = state.kind === "transposed" ? "input" : "output";
  const count = places(state, found.named, where);
  fill(
    "sharing-words",
    filled(DATA.words.sharing[count === 1n ? "one" : "many"], { positions: count, where }),
  );
}
