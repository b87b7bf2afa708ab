// Arrows from inputs to outputs, one for each connection.

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
        ...{
          x1: farX(place),
          y1: far + (far < near ? 15 : -15),
          x2: nearX(at),
          y2: near + (far < near ? -15 : 15),
        },
        class: `arrow ${colourClass(state.kind === "unshared" ? entry + at * axis.kernel : entry)} ${current ? "now" : "rest"}`,
        "stroke-dasharray":
          DASHES[(state.kind === "unshared" ? entry + at * axis.kernel : entry) % COLOURS],
      });
      const t = 0.36;
      const label =
        current &&
        draw(
          "text",
          {
            x: farX(place) + (nearX(at) - farX(place)) * t + 12,
            y: far + (near - far) * t,
            class: "mark",
          },
          letter(entry) + (state.kind === "unshared" ? subscript(at + 1) : ""),
        );
      if (current) lines.push(drawn, label);
      else lines.unshift(drawn);
    }
  }
  const boxes = [];
  const hits = touched(axis, picture.at, transposed).map((each) => each.place);
  for (let place = -part.before; place < part.places + part.after; place += 1) {
    const padding = place < 0 || place >= (transposed ? axis.output : axis.input);
    boxes.push(
      box(
        farX(place),
        far,
        padding ? "0" : String(place + 1),
        padding ? "padding" : hits.includes(place) ? "hit" : "",
      ),
    );
  }
  for (let at = 0; at < part.positions; at += 1) {
    const cell = box(nearX(at), near, String(at + 1), at === picture.at ? "now" : "");
    cell.addEventListener("pointerenter", () => moveTo(at));
    boxes.push(cell);
  }
  const end = width + 50;
  const bias = state.bias &&
    !transposed &&
    state.kind !== "separable" && [
      draw("line", {
        x1: end,
        y1: (top + bottom) / 2 + 10,
        x2: nearX(picture.at) + 16,
        y2: near - 12,
        class: "bias-arrow",
      }),
      draw("circle", { cx: end, cy: (top + bottom) / 2, r: 14, class: "bias-one" }),
      draw("text", { x: end, y: (top + bottom) / 2 + 5 }, "1"),
      draw("text", { x: end, y: (top + bottom) / 2 - 22, class: "bias-name" }, "bias"),
    ];
  const labels = [
    draw("text", { x: 2, y: 10, class: "side" }, "input"),
    draw("text", { x: 2, y: bottom + 32, class: "side" }, "output"),
  ];
  const all = [...lines, ...(bias || []), ...boxes, ...labels];
  return draw(
    "svg",
    { viewBox: `0 0 ${bias ? end + 25 : width} ${bottom + 38}`, role: "img", class: "arrows" },
    ...all,
  );
}

/** @param {number} x @param {number} y @param {string} text @param {string} kind */
const box = (x, y, text, kind) =>
  draw(
    "g",
    { class: `cell ${kind}` },
    draw("rect", { x: x - 15, y: y - 15, width: 30, height: 30, rx: 4 }),
    draw("text", { x, y: y + 5 }, text),
  );

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
      lines.push(
        draw("line", {
          x1: (input + 0.5) * step,
          y1: 45,
          x2: (unit + 0.5) * step,
          y2: 175,
          class: `arrow ${colourClass(entry)}`,
          "stroke-dasharray": DASHES[entry % COLOURS],
        }),
      );
    }
  }
  const words = "Every unit has a weight of its own for every input: no weight is used twice.";
  const boxes = [
    ...Array.from({ length: inputs }, (_, at) => box((at + 0.5) * step, 30, String(at + 1), "")),
    ...Array.from({ length: units }, (_, at) => box((at + 0.5) * step, 190, String(at + 1), "now")),
  ];
  const look = { viewBox: `0 0 ${width} 220`, role: "img", class: "arrows", "aria-label": words };
  const drawn = draw("svg", look, ...lines, ...boxes);
  enlarged(drawn);
  fill("picture", drawn);
  const some =
    state.whole.in_features > 6n || state.whole.units > 4n ? " The first few are drawn." : "";
  fill("picture-words", words, some);
  fill("legend");
  byId("player").hidden = true;
}
