// Explorers: figures that a reader moves. Until Explore is pressed, a figure is what the page holds;
// then answers/explorers computes and draws it anew, in the Python of the cells.

import { button, make, say } from "./elements.js"

const CODE = "import answers, numpy\n"
let python

class Explorer {
  constructor(root) {
    this.root = root
    this.find = selector => root.querySelector(selector)
    this.inputs = Array.from(root.querySelectorAll("input"))
    this.name = root.dataset.explorer
    const about = `figure ${this.name.replaceAll("_", " ")}`
    root.setAttribute("role", "group")
    root.setAttribute("aria-label", `Explorer: ${about}`)
    this.start = button("Explore", about, () => this.explore())
    this.status = make("span", { role: "status" })
    this.clock = make("span", { ariaHidden: "true" })
    const said = make("span", { className: "live-status" }, this.status, " ", this.clock)
    this.bar = make("div", { className: "live-bar" }, this.start, said)
    this.find(".explorer-bar").replaceWith(this.bar)
    for (const input of this.inputs) input.oninput = () => this.move()
  }

  async explore() {
    if (this.starting) return
    this.starting = true
    this.say("Loading Python…")
    try {
      python ??= (await import("./python.js")).python
    } catch (error) {
      this.starting = false
      return this.say(`It could not be loaded: ${error.message}. Press Explore to try again.`)
    }
    const moved = await this.move()
    this.starting = false
    this.clock.textContent = ""
    if (!moved) return
    this.say("Move the sliders.")
    this.find(".explorer-sliders").hidden = false
    this.start.hidden = true
    this.inputs[0].focus()
  }

  // Show what the sliders ask for. While one step is computed only the last wish is remembered.
  async move() {
    this.wanted = true
    if (this.moving) return
    this.moving = true
    let moved = false
    while (this.wanted) {
      this.wanted = false
      moved = await this.step()
    }
    this.moving = false
    return moved
  }

  async step() {
    if (python.busy) return this.say("Python is busy on this page; stop that, or move again when it has ended.")
    const places = this.inputs.map(input => input.valueAsNumber)
    const { status, result, message } = await python.call("answers.explorers.at", [this.name, places], {
      code: CODE,
      on: ({ loaded, total }) => {
        if (total) this.clock.textContent = `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`
      },
    })
    if (status != "done") return this.say(status == "stopped" ? "Stopped." : `${message} Press Explore to try again.`, false)
    if (this.start.hidden) this.say("")
    this.find(".explorer-chart").innerHTML = result.svg
    say(this.find(".explorer-facts"), result.facts.join("; ") + ".")
    result.values.forEach((value, index) => {
      this.inputs[index].setAttribute("aria-valuetext", value)
      say(this.inputs[index].previousElementSibling, value)
    })
    return true
  }

  say(text) {
    say(this.status, text)
    if (text.endsWith("Press Explore to try again.")) this.start.hidden = false
    return false
  }
}

export function mount() {
  for (const root of document.querySelectorAll(".explorer")) new Explorer(root)
}
