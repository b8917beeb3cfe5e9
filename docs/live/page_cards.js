// The cards of a question page, taken from the page as it is built: a card's answer is the page's,
// word for word. Of what runs there, only the text comes along, folded.

import { make } from "./elements.js"

const SITE = new URL("..", import.meta.url)
// Elements that hold a reader's own changes, or would not work on another page.
const LEFT_OUT =
  "script, style, template, iframe, .headerlink, .live-bar, .live-output, .cm-editor, .exercise, .md-code__nav"

export const address = path => new URL(`${path}/`, SITE)
// "questions/06-softmax-cross-entropy", of the address of a page; "" of home.
export const pathOf = url => new URL(url).pathname.slice(SITE.pathname.length).replace(/\/$/, "")
// "06", of a question's path; nothing of another's.
export const numberOf = path => path.match(/^questions\/(\d\d+)-/)?.[1]

// The cards of a page by id: { front, back, href }, functions that make elements, and an address.
export function cardsOf(page, path) {
  const number = numberOf(path)
  const here = address(path)
  const part = nodes => copied(nodes, here)
  const asked = page.querySelectorAll(".admonition.question > :not(.admonition-title, .whole)")
  const opening = {
    front: () => part([...asked]),
    back: () => part(["#in-thirty-seconds", "#score-yourself"].flatMap(title => after(page.querySelector(title)))),
    href: here.href,
  }
  const found = new Map([[`${number}/opening`, opening]])
  for (const paragraph of page.querySelectorAll("p[id^='ask-']")) {
    const slug = paragraph.id.slice("ask-".length)
    const question = paragraph.querySelector("strong")
    found.set(`${number}/${slug}`, {
      front: () => part(question.childNodes),
      back: () => part([rest(paragraph, question), ...after(paragraph)]),
      href: `${here}#${paragraph.id}`,
    })
  }
  return found
}

// The signs of a weak, a solid and a strong answer.
export const rubricOf = (page, path) =>
  Array.from(page.querySelectorAll("#score-yourself + ul > li"), item => copied(item.childNodes, address(path)))

// Where an exercise stands on the page, as it is before it is started.
export const exerciseOf = (page, name) =>
  document.importNode(Array.from(page.querySelectorAll(".exercise")).find(each => each.querySelector("code").textContent == name), true)

// Pages of the site that have been fetched, or are being fetched.
const fetching = new Map()
export function fetchPage(path) {
  if (!fetching.has(path)) fetching.set(path, parsed(path).catch(error => (fetching.delete(path), Promise.reject(error))))
  return fetching.get(path)
}

async function parsed(path) {
  const url = address(path)
  if (url.origin != location.origin) throw new Error(`${url} is not a page of this site`)
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`for ${path}, the server answered ${answer.status}`)
  return new DOMParser().parseFromString(await answer.text(), "text/html")
}

// What follows an element, up to the next section or follow-up.
function after(element) {
  const nodes = []
  for (let next = element?.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches("h2, [id^='ask-']")) break
    nodes.push(next)
  }
  return nodes
}

// A paragraph without the question that it begins with.
function rest(paragraph, question) {
  const copy = paragraph.cloneNode(true)
  copy.querySelector("strong").remove()
  copy.querySelector(".headerlink")?.remove()
  copy.normalize()
  if (copy.firstChild?.nodeType == Node.TEXT_NODE) copy.firstChild.data = copy.firstChild.data.trimStart()
  return copy
}

// Copies of nodes of the page at `here`, to be shown on another.
function copied(nodes, here) {
  const copy = make("div", {}, ...Array.from(nodes, node => document.importNode(node, true)))
  copy.querySelectorAll(LEFT_OUT).forEach(each => each.remove())
  for (const figure of copy.querySelectorAll(".explorer")) {
    figure.replaceWith(make("p", {}, make("a", { href: `${here}#they-will-ask-next`, textContent: "On the page: a figure with sliders." })))
  }
  copy.querySelectorAll("pre[hidden], .output[hidden], .equation[hidden]").forEach(each => (each.hidden = false))
  for (const each of copy.querySelectorAll("*")) {
    if (!each.closest("svg")) each.removeAttribute("id")
    for (const name of each.getAttributeNames()) if (name.startsWith("on")) each.removeAttribute(name)
    for (const name of ["href", "src"]) {
      if (each.hasAttribute(name) && !each.closest("svg")) each.setAttribute(name, new URL(each.getAttribute(name), here))
    }
  }
  for (const code of copy.querySelectorAll(".highlight:not(.highlight + *)")) fold(code)
  return copy
}

// Code, and the outputs below it.
function fold(code) {
  if (code.closest("details")) return
  const details = make("details", { className: "example" }, make("summary", { textContent: "Code" }))
  code.replaceWith(details)
  details.append(code)
  while (details.nextElementSibling?.matches(".highlight, .output, .equation")) details.append(details.nextElementSibling)
}
