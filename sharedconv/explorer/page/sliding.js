// The kernel on an image, and the output that it makes there.

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
      const padding = place.some(
        (each, at) => each < 0 || each >= (transposed ? axes[at].output : axes[at].input),
      );
      const entries = place.map((each, at) => hits[at].find((hit) => hit.place === each)?.entry);
      const on = entries.every((each) => each !== undefined);
      const entry = on ? Number(entries[0]) * axes[1].kernel + Number(entries[1]) : -1;
      const text = on ? letter(entry) : padding ? "0" : "";
      cells.push(
        square(
          bigX + column * CELL,
          bigY + row * CELL,
          text,
          on ? `on ${colourClass(entry)}` : padding ? "padding" : "",
        ),
      );
    }
  }
  const across = counts[1];
  for (let row = 0; row < counts[0]; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const now = row === position[0] && column === position[1];
      const cell = square(
        smallX + column * CELL,
        smallY + row * CELL,
        now && state.kind === "unshared" ? "own" : "",
        now ? "now" : "small",
      );
      cell.addEventListener("pointerenter", () => moveTo(row * across + column));
      cells.push(cell);
    }
  }
  const labels = [
    draw("text", { x: 0, y: 12, class: "side" }, "input"),
    draw("text", { x: behind[0], y: behind[1] - 10, class: "side" }, "output"),
  ];
  return draw(
    "svg",
    { viewBox: `-1 -1 ${width + 2} ${height + 2}`, role: "img", class: "sliding" },
    ...cells,
    ...labels,
  );
}

/** @param {number} x @param {number} y @param {string} text @param {string} kind */
const square = (x, y, text, kind) =>
  draw(
    "g",
    { class: `cell ${kind}` },
    draw("rect", { x, y, width: CELL, height: CELL }),
    draw("text", { x: x + CELL / 2, y: y + CELL / 2 + 5 }, text),
  );
