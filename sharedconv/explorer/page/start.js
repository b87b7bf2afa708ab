// What the page's buttons do, and its beginning.

/** @param {string} framework */
async function copyLine(framework) {
  const line = byId(`line-${framework}`);
  const button = byId(`copy-${framework}`);
  let done = "Copied";
  try {
    await navigator.clipboard.writeText(line.textContent);
  } catch {
    // not every browser lets a file write there: select it, so that one key copies it
    getSelection()?.selectAllChildren(line);
    done = "Selected";
  }
  say(done === "Copied" ? "Copied." : "The line is selected; copy it with your keyboard.");
  button.textContent = done;
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

/** @param {SubmitEvent} event */
function readLine(event) {
  event.preventDefault();
  const text = byId("line").value;
  try {
    const { state, supposed } = pasted(current(), text.trim());
    if (supposed) {
      // the note is true of this very network only
      byId("net-note").dataset.for = networkIn(state);
      fill("net-note", filled(DATA.words.supposed, { shape: times(state.shape) }));
    }
    change({ ...state, expected: current().expected });
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    fill("line-problem", refusal.message);
  }
}

/** @param {ClipboardEvent} event several lines, which a field of one line would run together */
function pasteLines(event) {
  const text = event.clipboardData?.getData("text") ?? "";
  if (!text.trim().includes("\n") || text.length > LONGEST_TEXT) return;
  event.preventDefault();
  const line = /** @type {HTMLInputElement} */ (event.target);
  const [from, to] = [line.selectionStart ?? 0, line.selectionEnd ?? 0];
  line.setRangeText(onOneLine(text), from, to, "end");
}

/** @param {number} at */
function moveTo(at) {
  picture.at = at;
  const found = answer(current());
  drawPicture(current(), found);
}

/** @param {number} by */
function step(by) {
  const count = Number(byId("position").max) + 1;
  moveTo((picture.at + by + count) % count);
}

function play() {
  if (picture.playing) return pause();
  picture.playing = setInterval(() => step(1), 700);
  byId("play").textContent = "Pause";
}

function pause() {
  clearInterval(picture.playing);
  picture.playing = 0;
  byId("play").textContent = "Play";
}

let dimsBefore = 2;

function connect() {
  const on = (/** @type {string} */ id, /** @type {string} */ event, /** @type {any} */ does) =>
    byId(id).addEventListener(event, does);
  on("paste", "submit", readLine);
  on("skip", "click", (/** @type {any} */ event) => {
    event.preventDefault(); // the address holds the question, not a place on the page
    byId("main").focus();
  });
  on("line", "paste", pasteLines);
  on("kind", "change", (/** @type {any} */ event) => {
    // dense has no dimensions of its own: behind it come those that were chosen before
    if (current().kind !== "dense") dimsBefore = current().dims;
    change(inDimensions({ ...current(), kind: event.target.value }, dimsBefore));
  });
  on("bias", "change", (/** @type {any} */ event) =>
    change({ ...current(), bias: event.target.checked }),
  );
  for (const radio of document.getElementsByName("dims")) {
    radio.addEventListener("change", (/** @type {any} */ event) =>
      change(inDimensions(current(), Number(event.target.value))),
    );
  }
  on("expected", "input", (/** @type {any} */ event) => {
    const text = event.target.value;
    const value = readSum(text);
    const wrong = value === null && text.trim() !== "";
    event.target.setAttribute("aria-invalid", String(wrong));
    fill(
      "expected-problem",
      wrong &&
        filled(DATA.words.refusals.whole, { name: "The number", value: short(text), least: 0n }),
    );
    own = false;
    if (!wrong) change({ ...current(), expected: value }, event.target);
  });
  on("more", "toggle", () => byId("more").open && byId("more").scrollIntoView({ block: "nearest" }));
  on("copy-keras", "click", () => copyLine("keras"));
  on("copy-torch", "click", () => copyLine("torch"));
  on("position", "input", (/** @type {any} */ event) => moveTo(Number(event.target.value)));
  on("step", "click", () => step(1));
  on("play", "click", play);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("play").hidden = still;
  on("net-shape", "input", (/** @type {any} */ event) => {
    try {
      const shape = readShape(event.target.value);
      fill("net-shape-problem");
      change({ ...current(), shape }, event.target);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      fill("net-shape-problem", refusal.message);
    }
  });
  fill(
    "net-add",
    ...ADDED.map(([title, line]) =>
      make(
        "button",
        { type: "button", onclick: () => change({ ...current(), net: [...current().net, line] }) },
        `+ ${title}`,
      ),
    ),
  );
  addEventListener("popstate", follow);
  NARROW.addEventListener("change", render);
}

connect();
follow();
