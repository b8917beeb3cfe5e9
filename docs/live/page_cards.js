// The cards of a question page, taken from the page as it is built: a card's answer is the page's,
// word for word. Of what runs there, only the text comes along, folded.

import { make } from "./elements.js"

const SITE = new URL("..", import.meta.url)
// Elements that hold a reader's own changes, or would not work on another page.
const LEFT_OUT = "script, style, template, iframe, .headerlink, .live-bar, .live-output, .cm-editor, .exercise, .md-code__nav"

/** @param {string} path */
export const address = path => new URL(`${path}/`, SITE)
// "questions/06-softmax-cross-entropy", of the address of a page; "" of home.
/** @param {string} url */
export const pathOf = url => new URL(url).pathname.slice(SITE.pathname.length).replace(/\/$/, "")
// "06", of a question's path; nothing of another's.
/** @param {string} path */
export const numberOf = path => path.match(/^questions\/(\d\d+)-/)?.[1]

// The cards of a page by id.
/** @param {Document} page @param {string} path */
export function cardsOf(page, path) {
  const number = numberOf(path)
  const here = address(path)
  /** @param {Iterable<Node>} nodes */
  const part = nodes => copied(nodes, here)
  const asked = page.querySelectorAll(".admonition.question > :not(.admonition-title, .whole)")
  const opening = {
    front: () => part([...asked]),
    back: () => part(["#in-thirty-seconds", "#score-yourself"].flatMap(title => after(page.querySelector(title)))),
    href: here.href,
  }
  /** @type {Map<string, Sides>} */
  const found = new Map([[`${number}/opening`, opening]])
  for (const paragraph of page.querySelectorAll("p[id^='ask-']")) {
    const slug = paragraph.id.slice("ask-".length)
    const question = paragraph.querySelector("strong")
    found.set(`${number}/${slug}`, {
      front: () => part(question?.childNodes ?? []),
      back: () => part([rest(paragraph), ...after(paragraph)]),
      href: `${here}#${paragraph.id}`,
    })
  }
  return found
}

// The signs of a weak, a solid and a strong answer.
/** @param {Document} page @param {string} path */
export const rubricOf = (page, path) =>
  Array.from(page.querySelectorAll("#score-yourself + ul > li"), item => copied(item.childNodes, address(path)))

// Where an exercise stands on the page, as it is before it is started. To be asked again, it does not
// lead to its mistakes.
/** @param {Document} page @param {string} name */
export function exerciseOf(page, name) {
  const all = [...page.querySelectorAll(".exercise")]
  const found = all.find(each => each.querySelector("code")?.textContent == name)
  const copy = document.importNode(/** @type {Element} */ (found), true)
  copy.querySelector("a[href*='/mistakes/']")?.remove()
  return copy
}

// Pages of the site that have been fetched, or are being fetched.
/** @type {Map<string, Promise<Document>>} */
const fetching = new Map()
/** @param {string} path */
export function fetchPage(path) {
  const page = fetching.get(path) ?? parsed(path).catch(error => (fetching.delete(path), Promise.reject(error)))
  fetching.set(path, page)
  return page
}

/** @param {string} path */
async function parsed(path) {
  const url = address(path)
  if (url.origin != location.origin) throw new Error(`${url} is not a page of this site`)
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`for ${path}, the server answered ${answer.status}`)
  return new DOMParser().parseFromString(await answer.text(), "text/html")
}

// What follows an element, up to the next section or follow-up.
/** @param {Element | null} element */
function after(element) {
  const nodes = []
  for (let next = element?.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches("h2, [id^='ask-']")) break
    nodes.push(next)
  }
  return nodes
}

// A paragraph without the question that it begins with.
/** @param {Element} paragraph */
function rest(paragraph) {
  const copy = paragraph.cloneNode(true)
  copy.querySelector("strong")?.remove()
  copy.querySelector(".headerlink")?.remove()
  copy.normalize()
  if (copy.firstChild instanceof Text) copy.firstChild.data = copy.firstChild.data.trimStart()
  return copy
}

// Copies of nodes of the page at `here`, to be shown on another.
/** @param {Iterable<Node>} nodes @param {URL} here */
function copied(nodes, here) {
  const copy = make("div", {}, ...Array.from(nodes, node => document.importNode(node, true)))
  copy.querySelectorAll(LEFT_OUT).forEach(each => each.remove())
  for (const figure of copy.querySelectorAll(".explorer")) {
    figure.replaceWith(
      make("p", {}, make("a", { href: `${here}#they-will-ask-next`, textContent: "On the page: a figure with sliders." })),
    )
  }
  copy.querySelectorAll("pre[hidden], .output[hidden], .equation[hidden]").forEach(each => (each.hidden = false))
  for (const each of copy.querySelectorAll("*")) {
    if (!each.closest("svg")) each.removeAttribute("id")
    for (const name of each.getAttributeNames()) if (name.startsWith("on")) each.removeAttribute(name)
    for (const name of ["href", "src"]) {
      const value = each.getAttribute(name)
      if (value != null && !each.closest("svg")) each.setAttribute(name, new URL(value, here).href)
    }
  }
  for (const code of copy.querySelectorAll(".highlight:not(.highlight + *)")) fold(code)
  return copy
}

// Code, and the outputs below it.
/** @param {Element} code */
function fold(code) {
  if (code.closest("details")) return
  const details = make("details", { className: "example" }, make("summary", { textContent: "Code" }))
  code.replaceWith(details)
  details.append(code)
  while (details.nextElementSibling?.matches(".highlight, .output")) details.append(details.nextElementSibling)
}
