// Python is downloaded once, for all pages: the browser keeps it. What is said of that before.

import { fetched, isHere } from "./elements.js"
import { foreseen, sent } from "./packages.js"

// What the first press of a button costs, if its code is that; nothing after it, or if it is unknown.
/** @param {string} button @param {string} code */
export async function cost(button, code) {
  if (isHere()) return ""
  try {
    /** @type {Config} */
    const config = await (await fetched("config.json")).json()
    const names = new Set([...config.core, ...foreseen(config, code)])
    const bytes = [...names].reduce((sum, name) => sum + sent(config, name), 0)
    const { host } = new URL(config.pyodide, import.meta.url)
    return `${button} downloads ${Math.ceil(bytes / 1e6)} MB from ${host}, once for all pages.`
  } catch {
    return ""
  }
}
