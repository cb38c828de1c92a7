// What a screen reader hears of the list, and how to get to list and map past all that stands before them.
// Refuses to know papers. Always true: the region that speaks stays while the list is drawn anew; an answer is said once.

import { button, make } from "./dom.js";

const SKIPS = [["list", "Skip to the list"], ["map", "Skip to the map"], ["help", "Keys"]];

export class Announcer {
  constructor(host) {
    Object.assign(this, { said: "", region: make("div", "unseen") });
    this.region.setAttribute("role", "status");
    host.parentNode.append(this.region);
  }

  tell(data) {
    const words = spoken(data), seen = [data.heading, data.selected?.id, ...data.results.map(({ id }) => id)].join("\n");
    if (seen === this.said) return;
    // The same words twice would not be heard again.
    this.region.textContent = this.region.textContent === words ? `${words}.` : words;
    this.said = seen;
  }
}

// How many papers an answer has, all of them counted.
export function spoken({ selected, exports, results }) {
  const count = exports?.count ?? results.length;
  return `${selected ? "A paper is selected. " : ""}Results: ${count.toLocaleString()}`;
}

// Links before everything else on a page of the app; the page that needs no server has its own.
export function skips(act) {
  document.querySelector(".explorer-skip")?.remove();
  if (document.querySelector("a.skip")) return;
  const box = make("nav", "explorer-skip");
  box.setAttribute("aria-label", "Skip");
  for (const [name, words] of SKIPS) box.append(button(`to-${name}`, words, () => act[name]()));
  document.body.prepend(box);
}
