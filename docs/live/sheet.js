// The cheat sheet opens at the track of the plan.

import { plan } from "./study.js"

export function mount() {
  for (const input of document.querySelectorAll("input[name=track]")) {
    if (input instanceof HTMLInputElement) input.checked ||= input.value == plan().track.toLowerCase()
  }
}
