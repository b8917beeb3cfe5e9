// Elements of a page: how cells, exercises and explorers make and change them.

export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}
export const say = (element, text) => {
  if (element.textContent != text) element.textContent = text
}
export const rename = (button, name) => {
  say(button, name)
  button.setAttribute("aria-label", `${name}: ${button.about}`)
}
export const button = (name, about, act) => {
  const made = make("button", { type: "button", className: "live-button", onclick: act })
  made.about = about
  rename(made, name)
  return made
}
