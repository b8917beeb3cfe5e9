// A drawing that came as text, made of what draws and of nothing that acts or loads.

const SVG = "http://www.w3.org/2000/svg"
const ELEMENTS = new Set(["circle", "g", "path", "polygon", "polyline", "rect", "svg", "text"])
const ACTS = /^on|href|^src/i

/** @param {string} text */
export function drawing(text) {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement
  for (const element of [root, ...root.querySelectorAll("*")]) {
    const { localName, namespaceURI, attributes } = element
    const acts = Array.from(attributes).find(({ name, value }) => ACTS.test(name) || value.includes("url("))
    if (namespaceURI != SVG || !ELEMENTS.has(localName) || acts) throw new Error(`a drawing holds ${acts?.name ?? localName}`)
  }
  return document.importNode(root, true)
}
