// The filters that are set, each with a cross that takes it off.
// Holds what was taken off and what the server still shows; refuses to know what a filter does. Always true: a cross
// counts at once; every message says all that were taken off, as Streamlit may drop an event that another one follows
// closely, and a run may begin with values that the run before has changed.

import { button, make } from "./dom.js";

const PATIENCE = 2500, TRIES = 6; // ms until a filter that is still there is taken off anew, and how often

export class Filters {
  constructor() { Object.assign(this, { gone: new Set(), shown: [], timer: 0 }); }

  take({ filters }, send) {
    Object.assign(this, { send });
    this.shown = filters.filter(({ name }) => !this.gone.has(name));
    for (const name of this.gone) if (!filters.some((one) => one.name === name)) this.gone.delete(name);
  }

  // What goes with an event of a kind: a topic, venue … that is chosen now is no longer one that was taken off.
  beside(kind) {
    if (kind === "search") this.gone.clear();
    else this.gone.delete(kind);
    return [...this.gone];
  }

  remove(name, tries = 0) {
    this.gone.add(name);
    this.shown = this.shown.filter((one) => one.name !== name);
    this.send("unfilter", { name });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (tries === TRIES) this.gone.clear();
      else if (this.gone.size) this.remove([...this.gone][0], tries + 1);
    }, PATIENCE);
  }
}

export function chip({ name, words }, desk) {
  const made = make("span", "chip", make("bdi", "", words));
  const cross = button("cross", "×", () => { desk.filters.remove(name); desk.draw(); }, `filter ${name}`);
  cross.setAttribute("aria-label", `Remove the filter ${words}`);
  made.append(cross);
  return made;
}
