// What stands with a paper that was found for a passage of a draft: the passage, and the sentences that match.
// Refuses to know how they were found. Always true: a passage is drawn once, above the first of its papers.

import { copier } from "./copier.js";
import { button, fold, make } from "./dom.js";

// The heading over the papers of a passage: where it stands in the draft, how it begins, and all of it when unfolded.
export function passage({ number, heading, text, begins }, open) {
  const box = make("li", "passage"), place = heading ? `${number} · ${heading}` : `Passage ${number}`;
  const words = make("span", "begins", begins);
  box.append(make("h3", "sub", place));
  if (begins === text) box.append(make("p", "begins", text));
  else {
    const whole = fold("whole", `passage ${number}`, words, open, make("p", "", text));
    whole.firstChild.dir = "auto";
    box.append(whole);
  }
  return box;
}

// The sentence of the draft and the one of the paper that are most alike, and a remark.
export function match({ ours, theirs, note }) {
  const box = make("div", "match");
  for (const [label, sentence] of [["Draft", ours], ["Paper", theirs]]) {
    if (sentence) box.append(make("span", "label", label), make("p", "", sentence));
  }
  if (note) box.append(make("p", "remark", note));
  return box;
}

// Buttons that need no unfolding.
export function quick(paper, open) {
  const box = make("div", "actions");
  const shown = button("open", "Open", open, `open ${paper.id}`);
  shown.setAttribute("aria-label", `Open ${paper.title}`);
  const key = copier(paper, "Copy key", paper.key, "key");
  key.title = `${paper.key}, as in the file that is exported`;
  box.append(shown, key, copier(paper));
  return box;
}
