// The steps of a mock interview, as cards of Recall: each question, its follow-ups and its rubric,
// then the exercise. What is asked and answered is taken from the pages.

import { make } from "./elements.js"
import { mountAgain } from "./exercise_buttons.js"
import { FOLLOW_UP, OPENING } from "./mock_draw.js"
import { address, cardsOf, exerciseOf, fetchPage, rubricOf } from "./page_cards.js"
import { cards } from "./study.js"

/** @param {Mock} mock @returns {Step[]} */
export function stepsOf({ questions, exercise }) {
  const asked = questions.flatMap(question => [...question.map(card), rubric(question[0])])
  return exercise ? [...asked, written(exercise)] : asked
}

/** @param {Drawn} card @returns {Step} */
function card({ id, kind, page, number, title, question }) {
  const opening = kind == "opening"
  const ask = opening ? "Say aloud what you would say first, then the rest." : "They ask next. Answer aloud."
  const found = async () => cardsOf(await fetchPage(page), page).get(id)
  const words = () => make("p", { textContent: question })
  return {
    id,
    kind,
    text: opening ? `Question ${number}: ${title}` : question,
    minutes: opening ? OPENING : FOLLOW_UP,
    about: `Question ${number}, ${title}. ${ask}`,
    href: `${address(page)}${opening ? "" : `#ask-${id.split("/")[1]}`}`,
    front: () => found().then(each => each?.front() ?? words(), words),
    back: async () => (await found())?.back(),
  }
}

/** @param {Drawn} card @returns {Step} */
function rubric({ id, page, number, title }) {
  const signs = async () => {
    const parts = rubricOf(await fetchPage(page), page)
    return make("ul", { className: "recall-rubric" }, ...parts.map(part => make("li", {}, part)))
  }
  return {
    id: "",
    kind: "rubric",
    number: id.split("/")[0],
    text: `Question ${number} as a whole`,
    about: `Question ${number}, ${title}. How was the answer as a whole? Take the level whose signs you showed.`,
    href: address(page).href,
    front: () => signs().catch(() => make("p", { textContent: "Weak, solid or strong?" })),
  }
}

/** @param {Drawn} card @returns {Step} */
function written({ id, page, number, title, minutes }) {
  const name = id.split("/")[1]
  return {
    id,
    kind: "exercise",
    text: `Exercise ${name}`,
    minutes,
    about: `An exercise of question ${number}, ${title}: write it, and check it.`,
    href: `${address(page)}#practise`,
    passes: true,
    count: cards.get(id).reviews?.length ?? 0,
    front: async () => {
      const place = exerciseOf(await fetchPage(page), name)
      mountAgain(place)
      return make("div", {}, place)
    },
  }
}
