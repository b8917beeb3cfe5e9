// Explorers: figures that a reader moves. Until Explore is pressed, a figure is what the page holds;
// then answers/explorers computes and draws it anew, in the Python of the cells.

import { Bar, DRAWING, PYTHON, load, say } from "./elements.js"

const CODE = "import answers, numpy\n"
/** @type {typeof import("./talk.js")} */
let python
/** @type {typeof import("./drawing.js").drawing} */
let drawing

class Explorer {
  /** @param {Element} root */
  constructor(root) {
    this.name = root.dataset.explorer ?? ""
    this.find = (/** @type {string} */ selector) => /** @type {Element} */ (root.querySelector(selector))
    this.inputs = Array.from(root.querySelectorAll("input"))
    this.bar = new Bar(`figure ${this.name.replaceAll("_", " ")}`)
    this.start = this.bar.button("Explore", () => this.explore())
    Object.assign(root, { role: "group", ariaLabel: `Explorer: ${this.bar.about}` })
    this.find(".explorer-bar").replaceWith(this.bar.root)
    for (const input of this.inputs) input.oninput = () => this.move()
  }

  async explore() {
    this.bar.say("Loading Python…")
    python ??= await load(...PYTHON)
    drawing ??= (await load(DRAWING)).drawing
    if (!(await this.move())) return
    this.bar.say("Move the sliders.")
    this.find(".explorer-sliders").hidden = false
    this.start.hidden = true
    this.inputs[0].focus()
  }

  // Show what the sliders ask for. While one step is computed only the last wish is remembered.
  async move() {
    this.wanted = true
    let moved
    while (this.wanted && !python.worksFor(this.bar)) {
      this.wanted = false
      moved = await this.step()
    }
    return moved
  }

  async step() {
    const places = this.inputs.map(input => input.valueAsNumber)
    const outcome = await python.talk(this.bar, "Explore", async ask => {
      const outcome = await ask("answers.explorers.at", [this.name, places], { code: CODE })
      if (outcome.status == "done") this.show(outcome.result)
      return outcome
    })
    const moved = outcome?.status == "done"
    if (outcome && !moved) this.start.hidden = false
    return moved
  }

  /** @param {View} view */
  show({ svg, facts, values }) {
    if (this.start.hidden) this.bar.say("")
    this.find(".explorer-chart").replaceChildren(drawing(svg))
    say(this.find(".explorer-facts"), facts.join("; ") + ".")
    values.forEach((value, index) => {
      this.inputs[index].ariaValueText = value
      say(/** @type {Element} */ (this.inputs[index].previousElementSibling), value)
    })
  }
}

export function mount() {
  for (const root of document.querySelectorAll(".explorer")) new Explorer(root)
}
