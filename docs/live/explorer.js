// An explorer that a reader moves: answers/explorers computes and draws it anew, in the Python of
// the judge.

import { drawing } from "./drawing.js"
import { say } from "./elements.js"
import { talk, worksFor } from "./talk.js"

const CODE = "import answers, numpy\n"

export class Explorer {
  /** @param {Element} root @param {Bar} bar @param {Element} start */
  constructor(root, bar, start) {
    this.bar = bar
    this.start = start
    this.name = root.dataset.explorer ?? ""
    this.find = (/** @type {string} */ selector) => /** @type {Element} */ (root.querySelector(selector))
    this.inputs = Array.from(root.querySelectorAll("input"))
    for (const input of this.inputs) input.oninput = () => this.move()
  }

  async explore() {
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
    while (this.wanted && !worksFor(this.bar)) {
      this.wanted = false
      moved = await this.step()
    }
    return moved
  }

  async step() {
    const places = this.inputs.map(input => input.valueAsNumber)
    const outcome = await talk(this.bar, "Explore", async ask => {
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
