// What a reader wrote, which hints were taken and what was passed, by exercise.
//
// A record: { text, before, hints, passed, solution, again }. `before` is what the reader wrote and
// then replaced by the stub or by an import; `hints` counts those that were shown, once it is passed
// since `again`; `passed` is the first time, `solution` the first time that it was shown before a
// pass, or the last since `again`; `again` is when the reader last began again from the stub, until
// it is passed: all three in ISO format.

import { Shelf, fields, isText, isTime } from "./shelf.js"

export const EXERCISE = /^[a-z_]\w*$/
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
export const edits = new Shelf({
  prefix: "answers.cell.",
  name: /^([\w-]+\/)*[0-9a-z]+$/,
  aside: "cell.",
  valid: fields({ text: isText }),
})
export const editOf = (path, original) => path + hash(original).toString(36)
// FNV-1a.
const hash = text => [...text].reduce((sum, letter) => Math.imul(sum ^ letter.codePointAt(), 0x01000193) >>> 0, 0x811c9dc5)

// Go back to the stub; after a pass this begins the exercise again.
export function beginAgain(name, anew = store.get(name).passed) {
  const { text, before, hints, passed } = store.get(name)
  const changes = anew ? { again: new Date().toISOString(), hints: passed ? undefined : hints } : {}
  store.set(name, { text: undefined, before: text ?? before, ...changes })
}
