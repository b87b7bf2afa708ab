// Number fields and sliders: each sets one number of the state.

/** @typedef {{name: string, title: string, most: number, along: boolean, least?: Whole}} Field */

/** @type {Record<string, Field>} */
const FIELDS = {
  input: { name: "input", title: "input size", most: 128, along: true },
  in_channels: { name: "in_channels", title: "input channels", most: 64, along: false },
  filters: { name: "filters", title: "filters", most: 64, along: false },
  kernel: { name: "kernel", title: "kernel size", most: 11, along: true },
  stride: { name: "stride", title: "stride", most: 4, along: true },
  padding: { name: "padding", title: "padding", most: 5, along: true, least: 0n },
  extra: { name: "extra", title: "output padding", most: 3, along: true, least: 0n },
  dilation: { name: "dilation", title: "dilation", most: 4, along: true },
  groups: { name: "groups", title: "groups", most: 8, along: false },
  depth_multiplier: { name: "depth_multiplier", title: "depth multiplier", most: 8, along: false },
  in_features: { name: "in_features", title: "inputs", most: 1024, along: false },
  units: { name: "units", title: "units", most: 128, along: false },
};
const BASIC = ["input", "in_channels", "filters", "kernel"];
/** @type {Record<string, [string[], string[]]>} what stands in front, and what behind "More" */
const SHOWN = {
  conv: [BASIC, ["stride", "padding", "dilation", "groups"]],
  unshared: [BASIC, ["stride", "padding", "dilation", "groups"]],
  transposed: [BASIC, ["stride", "padding", "extra", "dilation", "groups"]],
  depthwise: [
    ["input", "in_channels", "depth_multiplier", "kernel"],
    ["stride", "padding", "dilation"],
  ],
  separable: [
    [...BASIC.slice(0, 3), "depth_multiplier", "kernel"],
    ["stride", "padding", "dilation"],
  ],
  dense: [["in_features", "units"], []],
};

/** @param {State} state @param {Field} field @returns {Whole[]} */
function valuesOf(state, { name, along }) {
  if (name === "extra") return state.extra ?? Array(state.dims).fill(0n);
  return along ? state.along[name] : [state.whole[name]];
}

/** @param {State} state @param {Field} field @param {Whole[]} values @returns {State} */
function withValues(state, { name, along }, values) {
  if (name === "extra")
    return { ...state, extra: values.some((each) => each > 0n) ? values : null };
  if (!along) return { ...state, whole: { ...state.whole, [name]: values[0] } };
  const mode = name === "padding" ? "numbers" : state.mode;
  return { ...state, mode, along: { ...state.along, [name]: values } };
}

/** @param {State} state which fields there are, for whom the last ones were made */
const fieldsKey = (state) => `${state.kind} ${state.dims}`;

/** @param {State} state */
function renderFields(state) {
  if (byId("fields").dataset.for !== fieldsKey(state)) {
    const [front, more] = SHOWN[state.kind];
    fill("fields", ...front.map((name) => fieldRow(state, FIELDS[name])));
    fill("more-fields", ...more.map((name) => fieldRow(state, FIELDS[name])));
    byId("more").hidden = more.length === 0;
    byId("fields").dataset.for = fieldsKey(state);
    fillModes(state);
  }
  for (const field of Object.values(FIELDS)) {
    const row = byId(`row-${field.name}`);
    if (!row) continue;
    const values = valuesOf(state, field);
    for (const [at, input] of [...row.querySelectorAll("input[type=text]")].entries()) {
      keepTyped(/** @type {any} */ (input), String(values[at]));
    }
    row.querySelector("input[type=range]").value = String(values[0]);
  }
  byId("kind").value = state.kind;
  byId("bias").checked = state.bias;
  for (const radio of document.getElementsByName("dims")) {
    const each = /** @type {HTMLInputElement} */ (radio);
    each.checked = Number(each.value) === state.dims;
    each.disabled = !DATA.dimensions[state.kind].includes(Number(each.value));
  }
  byId("dims").hidden = state.kind === "dense";
  const mode = byId("padding-mode");
  if (mode) mode.value = state.mode;
}

/** @param {State} state */
function fillModes(state) {
  const row = byId("row-padding");
  if (!row) return;
  const words = ["numbers", ...wordsFor(state.kind, state.dims)];
  const select = make(
    "select",
    {
      id: "padding-mode",
      "aria-label": "padding, by numbers or by a word",
      onchange: (/** @type {any} */ event) => change({ ...current(), mode: event.target.value }),
    },
    ...words.map((each) =>
      make("option", { value: each }, each === "numbers" ? "by numbers" : `'${each}'`),
    ),
  );
  row.querySelector(".row-head").append(select);
}

/** @param {State} state @param {Field} field */
function fieldRow(state, field) {
  const { name, title, most, along, least = 1n } = field;
  const axes = along ? axesOf(state) : [""];
  const inputs = axes.map((/** @type {string} */ axis, /** @type {number} */ at) =>
    make("input", {
      ...{ type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 140 },
      id: at === 0 ? `field-${name}` : undefined,
      "aria-label": axes.length > 1 ? `${title}, ${axis}` : title,
      "aria-describedby": `problem-${name}`,
      oninput: (/** @type {any} */ event) => typed(field, at, event.target),
      onkeydown: (/** @type {any} */ event) => stepped(field, at, event),
      onblur: (/** @type {any} */ event) => tidied(field, at, event.target),
    }),
  );
  const slider = make("input", {
    ...{ type: "range", min: String(least), max: String(most), "aria-label": `${title}, slider` },
    oninput: (/** @type {any} */ event) => {
      const values = valuesOf(current(), field).map(() => BigInt(event.target.value));
      told(field, "");
      change(withValues(current(), field, values), event.target);
    },
  });
  return make(
    "div",
    { class: "row", id: `row-${name}` },
    make(
      "div",
      { class: "row-head" },
      make("span", { class: "row-title" }, title),
      make("span", { class: "row-inputs" }, ...inputs),
    ),
    slider,
    make("p", { class: "problem", id: `problem-${name}` }),
  );
}

/** @param {Field} field @param {number} at @param {HTMLInputElement} input */
function typed(field, at, input) {
  const value = readWhole(input.value);
  const least = field.least ?? 1n;
  const wrong = value === null || value < least;
  input.setAttribute("aria-invalid", String(wrong));
  told(
    field,
    wrong
      ? filled(DATA.words.refusals.whole, {
          name: field.title,
          value: short(input.value) || "empty",
          least,
        })
      : "",
  );
  if (wrong) return;
  const values = valuesOf(current(), field).map((each, place) => (place === at ? value : each));
  change(withValues(current(), field, values), input);
}

/** @param {Field} field @param {number} at @param {KeyboardEvent} event */
function stepped(field, at, event) {
  const step = { ArrowUp: 1n, ArrowDown: -1n }[event.key];
  if (!step) return;
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (event.target);
  const next = (readWhole(input.value) ?? 0n) + step;
  input.value = String(next < (field.least ?? 1n) ? (field.least ?? 1n) : next);
  typed(field, at, input);
}

/** @param {Field} field @param {number} at @param {HTMLInputElement} input back to the last good number */
function tidied(field, at, input) {
  input.value = String(valuesOf(current(), field)[at]);
  input.setAttribute("aria-invalid", "false");
  told(field, "");
}

/** @param {Field} field @param {string} words */
function told(field, words) {
  byId(`problem-${field.name}`).textContent = words;
}

/** @param {HTMLInputElement} input @param {string} value unless somebody is typing in it */
function keepTyped(input, value) {
  const typing = document.activeElement === input && !following;
  if (!typing && input.value !== value) input.value = value;
}
