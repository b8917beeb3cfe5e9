// What a reader wrote, which hints were taken and what was passed, by exercise.

import { Shelf, fields, isText, isTime } from "./shelf.js"

export const EXERCISE = /^[a-z_]\w*$/
/** @type {Shelf<Practised>} */
export const store = new Shelf({
  prefix: "answers.practice.",
  name: EXERCISE,
  valid: fields({
    text: isText,
    before: isText,
    hints: value => Number.isInteger(value) && value > 0 && value < 100,
    passed: isTime,
    solution: isTime,
    again: isTime,
  }),
})

// The text of a cell that the reader changed. Its name is its page and a hash of what the page shows
// there: a cell that has changed since is another.
/** @type {Shelf<Edit>} */
export const edits = new Shelf({
  prefix: "answers.cell.",
  name: /^([\w-]+\/)*[0-9a-z]+$/,
  aside: "cell.",
  valid: fields({ text: isText }),
})
/** @param {string} path @param {string} original */
export const editOf = (path, original) => path + hash(original).toString(36)
// FNV-1a.
/** @param {string} text */
const hash = text =>
  [...text].reduce((sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0, 0x811c9dc5)

// Go back to the stub; after a pass this begins the exercise again.
/** @param {string} name */
export function beginAgain(name, anew = store.get(name).passed != null) {
  const { text, before, hints, passed } = store.get(name)
  const changes = anew ? { again: new Date().toISOString(), hints: passed ? undefined : hints } : {}
  store.set(name, { text: undefined, before: text ?? before, ...changes })
}
