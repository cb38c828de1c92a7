// Buttons that copy something of a paper: its entry of BibTeX, its citation key.
// Refuses to know how these are made. Always true: the button itself says whether it worked, then its own words again.

import { button } from "./dom.js";

const SAID = 1500; // ms that "Copied" stands

export function copier(paper, words = "Copy BibTeX", text = paper.bibtex, name = "copy") {
  const made = button("copy", words, async () => {
    made.textContent = (await copied(text)) ? "Copied" : "Could not copy";
    setTimeout(() => (made.textContent = words), SAID);
  }, `${name} ${paper.id}`);
  made.setAttribute("aria-live", "polite");
  return made;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
