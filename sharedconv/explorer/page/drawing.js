// The picture: arrows along a sequence, a kernel that slides over an image.

/** What stands at the picture's position: kept apart from the state, as it answers no question. */
const picture = { at: 0, playing: 0 };
const CELL = 26;
const NARROW = matchMedia("(max-width: 40rem)");

/** @param {State} state @param {ReturnType<typeof answer>} found */
function drawPicture(state, found) {
  const axes = axesFor(state, found.named);
  if (state.kind === "dense") return drawDense(state);
  if (!axes) return refusePicture();
  const shownAxes = axes.slice(-2);
  const transposed = state.kind === "transposed";
  const crops = shownAxes.map((axis) => crop(axis, transposed));
  const count = crops.reduce((all, each) => all * each.positions, 1);
  picture.at = Math.min(picture.at, count - 1);
  const across = crops.at(-1)?.positions ?? 1;
  const position = shownAxes.length === 1 ? [picture.at] : [Math.floor(picture.at / across), picture.at % across];
  const hits = shownAxes.map((axis, at) => touched(axis, position[at], transposed));
  const words = described(state, shownAxes, hits, position);
  const drawn =
    shownAxes.length === 1
      ? arrows(state, shownAxes[0], crops[0], transposed)
      : sliding(state, shownAxes, crops, hits, position, transposed);
  drawn.setAttribute("aria-label", words);
  fill("picture", drawn);
  byId("position").max = String(count - 1);
  byId("position").value = String(picture.at);
  byId("position").setAttribute("aria-valuetext", `${picture.at + 1} of ${count}`);
  byId("player").hidden = count < 2;
  fill("picture-words", words, partly(state, crops));
  fill("legend", ...legend(state, axes));
}

function refusePicture() {
  const simple = make("button", { type: "button", onclick: () => change(smaller(current())) }, "Show it small");
  fill("picture", make("p", {}, "This kernel is too large to be drawn. ", simple));
  fill("picture-words");
  fill("legend");
  byId("player").hidden = true;
}

/** @param {State} state @param {ReturnType<typeof crop>[]} crops @returns {string} */
function partly(state, crops) {
  const said = [];
  if (crops.some((each) => !each.whole)) said.push(" Only the first places are drawn.");
  if (state.dims === 3) said.push(" Of the depth, one slice is drawn.");
  const one = state.kind === "depthwise" ? state.whole.in_channels : state.whole.in_channels * state.whole.filters;
  if (one > 1n) said.push(" One filter on one channel is drawn; the others do the same with weights of their own.");
  if (state.kind === "separable") said.push(" It is the first step; the second mixes the channels at each position.");
  return said.join("");
}

/**
 * @param {State} state @param {Axis[]} axes
 * @param {ReturnType<typeof touched>[]} hits @param {number[]} position
 */
function described(state, axes, hits, position) {
  const own = state.kind === "unshared";
  const where = position.map((each) => each + 1).join(", ");
  const [from, to] = state.kind === "transposed" ? ["Input", "output"] : ["Output", "input"];
  const places = hits.map((each) => each.filter((one) => one.inside).map((one) => one.place + 1));
  const spans = places.map((each) =>
    each.length > 1 ? `${each[0]} to ${each.at(-1)}` : each.length ? `${each[0]}` : "none",
  );
  const sides = axes.length === 2 ? `rows ${spans[0]}, columns ${spans[1]}` : spans[0];
  const verb = state.kind === "transposed" ? "adds to" : "reads";
  const many = axes.reduce((all, axis) => all * axis.kernel, 1);
  const weights = many === 1 ? "the weight a" : `the weights a to ${letter(many - 1)}`;
  const shared = own
    ? `by weights of its own: at the next position, all are new.`
    : `by ${weights}, the same ones at every position.`;
  const bias = state.bias && state.kind !== "separable" ? " Then the bias is added." : "";
  return `${from} ${where} ${verb} ${to} ${sides}, ${shared}${bias}`;
}

/** @param {State} state @param {Axis[]} axes */
function legend(state, axes) {
  // in an image, the letters stand on the weights themselves
  const many = axes.length === 1 ? Math.min(axes[0].kernel, 26) : 0;
  const mark = state.kind === "unshared" ? subscript(picture.at + 1) : "";
  const from = state.kind === "unshared" ? picture.at * many : 0;
  return Array.from({ length: many }, (_, entry) =>
    make("li", {}, swatch(from + entry), letter(entry) + mark),
  );
}

/** @param {number} entry */
const swatch = (entry) =>
  draw(
    "svg",
    { viewBox: "0 0 28 12", class: "swatch", "aria-hidden": "true" },
    draw("line", { x1: 1, y1: 6, x2: 27, y2: 6, class: `arrow ${colourClass(entry)}`, "stroke-dasharray": DASHES[entry % COLOURS] }),
  );

/** @param {number} number @returns {string} */
const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/**
 * Inputs above, outputs below, an arrow for each connection.
 * @param {State} state @param {Axis} axis @param {ReturnType<typeof crop>} part
 * @param {boolean} transposed
 */
function arrows(state, axis, part, transposed) {
  const step = 46;
  const width = Math.max(part.before + part.places + part.after, part.positions) * step;
  const top = 30;
  const bottom = 190;
  const near = transposed ? top : bottom;
  const far = transposed ? bottom : top;
  const shift = (width - part.positions * step) / 2;
  /** @param {number} place */
  const farX = (place) => (place + part.before + 0.5) * step;
  /** @param {number} at */
  const nearX = (at) => shift + (at + 0.5) * step;
  const lines = [];
  for (let at = 0; at < part.positions; at += 1) {
    for (const { entry, place } of touched(axis, at, transposed)) {
      if (place < -part.before || place >= part.places + part.after) continue;
      const current = at === picture.at;
      const drawn = draw("line", {
        ...{ x1: farX(place), y1: far + (far < near ? 15 : -15), x2: nearX(at), y2: near + (far < near ? -15 : 15) },
        class: `arrow ${colourClass(state.kind === "unshared" ? entry + at * axis.kernel : entry)} ${current ? "now" : "rest"}`,
        "stroke-dasharray": DASHES[(state.kind === "unshared" ? entry + at * axis.kernel : entry) % COLOURS],
      });
      const t = 0.36;
      const label = current && draw("text", { x: farX(place) + (nearX(at) - farX(place)) * t + 12, y: far + (near - far) * t, class: "mark" }, letter(entry) + (state.kind === "unshared" ? subscript(at + 1) : ""));
      if (current) lines.push(drawn, label);
      else lines.unshift(drawn);
    }
  }
  const boxes = [];
  const hits = touched(axis, picture.at, transposed).map((each) => each.place);
  for (let place = -part.before; place < part.places + part.after; place += 1) {
    const padding = place < 0 || place >= (transposed ? axis.output : axis.input);
    boxes.push(box(farX(place), far, padding ? "0" : String(place + 1), padding ? "padding" : hits.includes(place) ? "hit" : ""));
  }
  for (let at = 0; at < part.positions; at += 1) {
    const cell = box(nearX(at), near, String(at + 1), at === picture.at ? "now" : "");
    cell.addEventListener("pointerenter", () => moveTo(at));
    boxes.push(cell);
  }
  const end = width + 50;
  const bias = state.bias && !transposed && state.kind !== "separable" && [
    draw("line", { x1: end, y1: (top + bottom) / 2 + 10, x2: nearX(picture.at) + 16, y2: near - 12, class: "bias-arrow" }),
    draw("circle", { cx: end, cy: (top + bottom) / 2, r: 14, class: "bias-one" }),
    draw("text", { x: end, y: (top + bottom) / 2 + 5 }, "1"),
    draw("text", { x: end, y: (top + bottom) / 2 - 22, class: "bias-name" }, "bias"),
  ];
  const labels = [
    draw("text", { x: 2, y: 10, class: "side" }, "input"),
    draw("text", { x: 2, y: bottom + 32, class: "side" }, "output"),
  ];
  const all = [...lines, ...(bias || []), ...boxes, ...labels];
  return draw("svg", { viewBox: `0 0 ${bias ? end + 25 : width} ${bottom + 38}`, role: "img", class: "arrows" }, ...all);
}

/** @param {number} x @param {number} y @param {string} text @param {string} kind */
const box = (x, y, text, kind) =>
  draw("g", { class: `cell ${kind}` },
    draw("rect", { x: x - 15, y: y - 15, width: 30, height: 30, rx: 4 }),
    draw("text", { x, y: y + 5 }, text));

/**
 * The image, the kernel on it, and what comes out.
 * @param {State} state @param {Axis[]} axes @param {ReturnType<typeof crop>[]} crops
 * @param {ReturnType<typeof touched>[]} hits @param {number[]} position
 * @param {boolean} transposed
 */
function sliding(state, axes, crops, hits, position, transposed) {
  const large = crops.map((each) => each.before + each.places + each.after);
  const gap = 2 * CELL;
  const counts = crops.map((each) => each.positions);
  const [first, second] = transposed ? [counts, large] : [large, counts];
  // on a narrow screen what comes out stands below what goes in
  const below = NARROW.matches;
  const behind = below ? [0, first[0] * CELL + 60] : [first[1] * CELL + gap, 22];
  const [bigX, bigY] = transposed ? behind : [0, 22];
  const [smallX, smallY] = transposed ? [0, 22] : behind;
  const sizes = [first, second].map((each) => each.map((one) => one * CELL));
  const width = below ? Math.max(sizes[0][1], sizes[1][1]) : behind[0] + sizes[1][1];
  const height = below ? behind[1] + sizes[1][0] : Math.max(sizes[0][0], sizes[1][0]) + 22;
  const cells = [];
  for (let row = 0; row < large[0]; row += 1) {
    for (let column = 0; column < large[1]; column += 1) {
      const place = [row - crops[0].before, column - crops[1].before];
      const padding = place.some((each, at) => each < 0 || each >= (transposed ? axes[at].output : axes[at].input));
      const entries = place.map((each, at) => hits[at].find((hit) => hit.place === each)?.entry);
      const on = entries.every((each) => each !== undefined);
      const entry = on ? Number(entries[0]) * axes[1].kernel + Number(entries[1]) : -1;
      const text = on ? letter(entry) : padding ? "0" : "";
      cells.push(square(bigX + column * CELL, bigY + row * CELL, text, on ? `on ${colourClass(entry)}` : padding ? "padding" : ""));
    }
  }
  const across = counts[1];
  for (let row = 0; row < counts[0]; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const now = row === position[0] && column === position[1];
      const cell = square(smallX + column * CELL, smallY + row * CELL, now && state.kind === "unshared" ? "own" : "", now ? "now" : "small");
      cell.addEventListener("pointerenter", () => moveTo(row * across + column));
      cells.push(cell);
    }
  }
  const labels = [
    draw("text", { x: 0, y: 12, class: "side" }, "input"),
    draw("text", { x: behind[0], y: behind[1] - 10, class: "side" }, "output"),
  ];
  return draw("svg", { viewBox: `-1 -1 ${width + 2} ${height + 2}`, role: "img", class: "sliding" }, ...cells, ...labels);
}

/** @param {number} x @param {number} y @param {string} text @param {string} kind */
const square = (x, y, text, kind) =>
  draw("g", { class: `cell ${kind}` },
    draw("rect", { x, y, width: CELL, height: CELL }),
    draw("text", { x: x + CELL / 2, y: y + CELL / 2 + 5 }, text));

/** @param {State} state */
function drawDense(state) {
  const inputs = Number(state.whole.in_features < 6n ? state.whole.in_features : 6n);
  const units = Number(state.whole.units < 4n ? state.whole.units : 4n);
  const step = 60;
  const width = Math.max(inputs, units) * step;
  const lines = [];
  for (let unit = 0; unit < units; unit += 1) {
    for (let input = 0; input < inputs; input += 1) {
      const entry = unit * inputs + input;
      lines.push(draw("line", { x1: (input + 0.5) * step, y1: 45, x2: (unit + 0.5) * step, y2: 175, class: `arrow ${colourClass(entry)} now`, "stroke-dasharray": DASHES[entry % COLOURS] }));
    }
  }
  const words = "Every unit has a weight of its own for every input: no weight is used twice.";
  const boxes = [
    ...Array.from({ length: inputs }, (_, at) => box((at + 0.5) * step, 30, String(at + 1), "")),
    ...Array.from({ length: units }, (_, at) => box((at + 0.5) * step, 190, String(at + 1), "now")),
  ];
  fill("picture", draw("svg", { viewBox: `0 0 ${width} 220`, role: "img", class: "arrows", "aria-label": words }, ...lines, ...boxes));
  const some = state.whole.in_features > 6n || state.whole.units > 4n ? " The first few are drawn." : "";
  fill("picture-words", words, some);
  fill("legend");
  byId("player").hidden = true;
}

/** @param {State} state @returns {State} the same layer on a small image */
function smaller(state) {
  const kernel = state.along.kernel.map((each) => (each > 3n ? 3n : each));
  const ones = kernel.map(() => 1n);
  const input = kernel.map(() => (state.dims === 1 ? 8n : 6n));
  return { ...state, along: { ...state.along, input, kernel, stride: ones, dilation: ones } };
}
