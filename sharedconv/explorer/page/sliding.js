// The kernel on an image, and the output that it makes there.

/**
 * The image, the kernel on it, and what comes out; of a volume, one slice.
 * @param {Scene} scene
 */
function sliding(scene) {
  const { state, transposed, own, many } = scene;
  const [axes, crops, hits, position] = [scene.axes, scene.crops, scene.hits, scene.position].map(
    (each) => /** @type {any} */ (each.slice(-2)),
  );
  const slice = state.dims === 3 ? sliceOf(scene) : { from: 0, inside: true };
  const large = crops.map((each) => each.before + each.places + each.after);
  const gap = 2 * CELL;
  const counts = crops.map((each) => each.positions);
  const [first, second] = transposed ? [counts, large] : [large, counts];
  // on a narrow screen what comes out stands below what goes in
  const below = NARROW.matches;
  const behind = below ? [0, first[0] * CELL + 60] : [first[1] * CELL + gap, 22];
  const [bigX, bigY] = transposed ? behind : [0, 22];
  const [smallX, smallY] = transposed ? [0, 22] : behind;
  const cells = [];
  for (let row = 0; row < large[0]; row += 1) {
    for (let column = 0; column < large[1]; column += 1) {
      const place = [row - crops[0].before, column - crops[1].before];
      const padding =
        !slice.inside ||
        place.some((each, at) => each < 0 || each >= axes[at][transposed ? "output" : "input"]);
      const entries = place.map((each, at) => hits[at].find((hit) => hit.place === each)?.entry);
      const on = entries.every((each) => each !== undefined);
      const entry = on ? slice.from + entries[0] * axes[1].kernel + entries[1] : -1;
      const at = own ? picture.at : null;
      const kind = on ? `on ${colourClass(entry + (at ?? 0) * many)}` : padding ? "padding" : "";
      const text = on ? nameOf(entry, at) : padding && !transposed ? "0" : "";
      cells.push(square(bigX + column * CELL, bigY + row * CELL, text, kind));
    }
  }
  const across = counts[1];
  const before = picture.at - position[0] * across - position[1];
  for (let row = 0; row < counts[0]; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const at = before + row * across + column;
      const kind = at === picture.at ? "now" : "small";
      // the number that the names of its own weights end in
      const text = own ? String(at + 1) : "";
      cells.push(pointed(square(smallX + column * CELL, smallY + row * CELL, text, kind), at));
    }
  }
  const labels = [
    draw("text", { x: 0, y: 12, class: "side" }, "input"),
    draw("text", { x: behind[0], y: behind[1] - 10, class: "side" }, "output"),
  ];
  const [rows, columns] = second.map((each) => each * CELL);
  const under = behind[1] + rows;
  // numbered outputs are passed along their edges, so that no number is crossed out
  const edge = smallX + (position[1] + (own ? 1 : 0.5)) * CELL;
  const now = [edge, smallY + (position[0] + 1) * CELL];
  const [x, y] = [own ? edge : behind[0] + 16, under + 46];
  // without the places that are cut off
  const kept = crops.map((each, at) => Math.min(axes[at].output, each.places) * CELL + 8);
  const frame = {
    ...{ x: bigX + crops[1].before * CELL - 4, y: bigY + crops[0].before * CELL - 4 },
    ...{ width: kept[1], height: kept[0] },
  };
  const bias = !biased(state)
    ? []
    : transposed
      ? [
          draw("rect", { ...frame, class: "bias-arrow around" }),
          ...biasFrom(x, y, [[frame.x + 12, frame.y + frame.height]]),
        ]
      : biasFrom(x, y, [now], biasName(own));
  const bottom = bias.length ? y + 16 : under;
  const right = Math.max(behind[0] + columns + (bias.length ? 80 : 0), first[1] * CELL);
  const size = `${right + 6} ${Math.max(bottom, first[0] * CELL + 22) + 4}`;
  return draw(
    "svg",
    { viewBox: `-1 -1 ${size}`, role: "img", class: "sliding" },
    ...cells,
    ...bias,
    ...labels,
  );
}

/**
 * @param {number} x @param {number} y @param {string} text @param {string} kind
 * @param {number} [size]
 */
const square = (x, y, text, kind, size = CELL) =>
  draw(
    "g",
    { class: `cell ${kind} ${text.length > 2 ? "long" : ""}` },
    draw("rect", { x, y, width: size, height: size }),
    draw("text", { x: x + size / 2, y: y + size / 2 + (text.length > 2 ? 3 : 5) }, text),
  );
