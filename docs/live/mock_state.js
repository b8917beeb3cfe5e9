// The mock interview that goes on, or that was the last: kept at every step and every few seconds,
// so that a reload, or a browser that ends, loses nothing.

import { LENGTHS, SEEDS } from "./mock_draw.js"
import { Shelf, fields, isObject, isText, isTime } from "./shelf.js"
import { LEVELS, RATINGS, cards, isTrack, scores } from "./study.js"

/** @param {unknown} value @returns {value is number} */
const isCount = value => Number.isInteger(value) && value >= 0
/** @type {(name: RegExp, isValue: Test) => Test} */
const record = (name, isValue) => value =>
  isObject(value) && Object.entries(value).every(([key, each]) => name.test(key) && isValue(each))

/** @type {Shelf<KeptMock>} */
const shelf = new Shelf({
  prefix: "answers.study.",
  name: /^mock$/,
  aside: "study.",
  valid: fields({
    minutes: value => LENGTHS.includes(value),
    seed: value => isCount(value) && value < 2 ** 32,
    track: isTrack,
    began: isTime,
    at: value => isCount(value) && value < 1000,
    spent: value => Array.isArray(value) && value.length < 1000 && value.every(isCount),
    rated: record(cards.name, value => isCount(value) && Object.hasOwn(RATINGS, value)),
    scored: record(scores.name, value => LEVELS.includes(value)),
    passed: value => value === true,
    verdict: isText,
    tab: isText,
  }),
})
const tab = String(Math.random())

export { shelf as mocks }
// It goes on in another tab, or was cleared there.
export const isElsewhere = () => kept()?.tab != tab

// The mock as it is kept; nothing of one that lacks a part without which it cannot go on.
export function kept() {
  const { minutes, seed, track = "all", at = 0, spent = [], rated = {}, scored = {}, ...others } = shelf.get("mock")
  return minutes == null || seed == null ? null : { minutes, seed, track, at, spent, rated, scored, ...others }
}
/** @param {number} minutes @param {number} seed @param {string} track */
export const begin = (minutes, seed, track) => shelf.put("mock", { minutes, seed, track, began: new Date().toISOString(), tab })
/** @param {KeptMock} changes */
export const keep = changes => shelf.set("mock", { ...changes, tab })
export const forget = () => shelf.put("mock", {})

// "12:05", of milliseconds.
/** @param {number} time */
export function clock(time) {
  const seconds = Math.floor(time / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}
/** @param {number[]} spent */
export const total = spent => spent.reduce((sum, each) => sum + (each ?? 0), 0)
