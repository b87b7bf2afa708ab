// Ten questions; every wrong choice is the number of one slip, and says so.

/** @param {State} state */
function renderQuiz(state) {
  const questions = DATA.quizzes[state.quiz - 1];
  const at = state.answers.length;
  const right = state.answers.filter((chosen, place) => isRight(questions[place], chosen)).length;
  byId("quiz-progress").textContent =
    at < questions.length
      ? `Question ${at + 1} of ${questions.length}. ${right} right so far.`
      : `${right} of ${questions.length} right.`;
  const [last, ...before] = state.answers
    .map((chosen, place) => answered(questions[place], place, chosen))
    .reverse();
  fill("quiz-last", last);
  fill("quiz-answered", ...before);
  fill("quiz-question", at < questions.length ? asked(questions[at], at) : finished(state));
  return "";
}

/** @param {any} question @param {number} chosen */
const isRight = (question, chosen) => question.choices[chosen].number === question.right;

/** @param {any} question */
const textOf = (question) => [
  make("p", {}, question.question),
  question.lines.length > 0 && make("pre", {}, make("code", {}, question.lines.join("\n"))),
];

/** @param {any} question @param {number} at */
function asked(question, at) {
  const buttons = question.choices.map((/** @type {any} */ each, /** @type {number} */ place) =>
    make(
      "button",
      {
        ...{ type: "button", class: "choice" },
        // the second click of a double one would answer the next question, unread
        onclick: (/** @type {MouseEvent} */ event) => event.detail < 2 && choose(place),
      },
      shown(BigInt(each.number)),
    ),
  );
  return make(
    "div",
    {},
    make("h3", { id: "quiz-heading", tabindex: "-1" }, `Question ${at + 1}`),
    ...textOf(question),
    make("div", { class: "choices", role: "group", "aria-labelledby": "quiz-heading" }, ...buttons),
  );
}

/** @param {number} place */
function choose(place) {
  const state = current();
  change({ ...state, answers: [...state.answers, place] });
  const question = DATA.quizzes[state.quiz - 1][state.answers.length];
  const choice = question.choices[place];
  say(isRight(question, place) ? "Right." : `Not quite. ${choice.feedback}`);
  byId("quiz-heading").focus({ preventScroll: true });
  byId("quiz-last").scrollIntoView({ block: "nearest" });
}

/** @param {any} question @param {number} at @param {number} chosen */
function answered(question, at, chosen) {
  const choice = question.choices[chosen];
  const right = isRight(question, chosen);
  const words = filled(DATA.words.quiz, {
    right: BigInt(question.right),
    formula: question.formula.replace(/ = [^=]*$/, ""),
  });
  return make(
    "section",
    {
      class: right ? "answered right" : "answered wrong",
      "aria-label": `Your answer to question ${at + 1}`,
    },
    make("h3", {}, `Question ${at + 1}: ${right ? "right" : "not quite"}`),
    ...textOf(question),
    right
      ? make("p", {}, words)
      : make(
          "div",
          {},
          make("p", {}, choice.feedback),
          make("p", { class: "ask" }, `Ask yourself: ${choice.ask}`),
          make("p", {}, words),
        ),
  );
}

/** @param {State} state */
function finished(state) {
  const next = (state.quiz % DATA.quizzes.length) + 1;
  return make(
    "div",
    {},
    make("h3", { id: "quiz-heading", tabindex: "-1" }, "That was all ten."),
    make(
      "p",
      { class: "choices" },
      make(
        "button",
        { type: "button", onclick: () => change({ ...current(), answers: [] }) },
        "The same again",
      ),
      make(
        "button",
        { type: "button", onclick: () => change({ ...current(), quiz: next, answers: [] }) },
        "Ten others",
      ),
    ),
  );
}
