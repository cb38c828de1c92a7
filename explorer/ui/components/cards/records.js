// What a paper was made of: the records, perhaps versions, of an open card, each with its place and why it was joined.
// It refuses to know how papers are compared. Always true: a record whose title differs from the paper's shows it.

import { fold, link, make } from "./dom.js";

export function records(paper, open) {
  const list = make("ol", "records");
  for (const [i, one] of paper.records.entries()) {
    const line = make("li", ""), facts = make("p", "record", one.facts);
    for (const [name, address] of Object.entries(one.links)) {
      facts.append(" · ", link(name, address, `${name} ${i} ${paper.id}`));
    }
    line.append(facts);
    if (one.title !== paper.title) line.append(make("p", "quiet", one.title));
    line.append(make("p", "quiet", `${one.source} — ${one.reason}`));
    list.append(line);
  }
  return fold("made-of", `records ${paper.id}`, paper.made_of, open, list);
}
