// Arrows from inputs to outputs, one for each connection.

/**
 * Inputs above, outputs below, an arrow for each connection.
 * @param {Scene} scene
 */
function arrows({ state, axes: [axis], crops: [part], hits, transposed, own, many }) {
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
        x1: farX(place),
        y1: far + (far < near ? 15 : -15),
        x2: nearX(at),
        y2: near + (far < near ? -15 : 15),
        ...lineOf(own ? entry + at * many : entry, current ? "now" : "rest"),
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
          nameOf(entry, own ? at : null),
        );
      if (current) lines.push(drawn, label);
      else lines.unshift(drawn);
    }
  }
  const boxes = [];
  const hit = hits[0].map((each) => each.place);
  for (let place = -part.before; place < part.places + part.after; place += 1) {
    const padding = place < 0 || place >= (transposed ? axis.output : axis.input);
    boxes.push(
      box(
        farX(place),
        far,
        padding ? (transposed ? "" : "0") : String(place + 1),
        padding ? "padding" : hit.includes(place) ? "hit" : "",
      ),
    );
  }
  for (let at = 0; at < part.positions; at += 1) {
    const cell = box(nearX(at), near, String(at + 1), at === picture.at ? "now" : "");
    boxes.push(pointed(cell, at));
  }
  const end = width + 30;
  const middle = (top + bottom) / 2;
  const outputs = Math.min(axis.output, part.places) * step;
  const bias = !biased(state)
    ? []
    : transposed
      ? [
          draw("rect", {
            ...{ x: farX(0) - step / 2, y: far - 20, width: outputs, height: 40 },
            class: "bias-arrow around",
          }),
          ...biasFrom(end, middle, [[farX(0) - step / 2 + outputs, far - 20]]),
        ]
      : biasFrom(end, middle, [[nearX(picture.at) + 16, near - 12]], biasName(own));
  const labels = [
    draw("text", { x: 2, y: 10, class: "side" }, "input"),
    draw("text", { x: 2, y: bottom + 32, class: "side" }, "output"),
  ];
  return draw(
    "svg",
    {
      viewBox: `0 0 ${bias.length ? end + 75 : width} ${bottom + 38}`,
      ...{ role: "img", class: "arrows" },
    },
    ...lines,
    ...bias,
    ...boxes,
    ...labels,
  );
}

/** @param {boolean} own */
const biasName = (own) => "bias" + (own ? subscript(picture.at + 1) : "");

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
  const words = DATA.words.drawn;
  const inputs = Number(state.whole.in_features < 6n ? state.whole.in_features : 6n);
  const units = Number(state.whole.units < 4n ? state.whole.units : 4n);
  const step = 60;
  const width = Math.max(inputs, units) * step;
  const lines = [];
  for (let unit = 0; unit < units; unit += 1) {
    for (let input = 0; input < inputs; input += 1) {
      const ends = { x1: (input + 0.5) * step, y1: 45, x2: (unit + 0.5) * step, y2: 175 };
      lines.push(draw("line", { ...ends, ...lineOf(input * units + unit) }));
    }
  }
  const ends = Array.from({ length: units }, (_, at) => [(at + 0.5) * step + 12, 177]);
  const bias = state.bias ? biasFrom(width + 10, 100, ends, "biases") : [];
  const boxes = [
    ...Array.from({ length: inputs }, (_, at) => box((at + 0.5) * step, 30, String(at + 1), "")),
    ...Array.from({ length: units }, (_, at) => box((at + 0.5) * step, 190, String(at + 1), "unit")),
  ];
  const labels = [
    draw("text", { x: 2, y: 10, class: "side" }, "input"),
    draw("text", { x: 2, y: 222, class: "side" }, "output"),
  ];
  const said = [words.dense, state.bias && words["dense bias"]].filter(Boolean).join(" ");
  const look = { role: "img", class: "arrows", "aria-label": said };
  const viewBox = `0 0 ${state.bias ? width + 85 : width} 228`;
  const drawn = draw("svg", { viewBox, ...look }, ...lines, ...bias, ...boxes, ...labels);
  enlarged(drawn);
  fill("picture", drawn);
  const some = state.whole.in_features > 6n || state.whole.units > 4n;
  fill("picture-words", [said, some && words["dense first"]].filter(Boolean).join(" "));
  fill("legend");
  byId("player").hidden = true;
}
