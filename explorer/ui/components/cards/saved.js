// Saved searches: chips with the number of new papers, and what is said of the one that is open.
// Refuses to know searches. Always true: one click opens a search, another forgets it; names enter as text.

import { button, make } from "./dom.js";

// The saved searches, each a click away.
export function searches(data, { send }) {
  const box = make("ul", "topics saved");
  box.setAttribute("aria-label", "Saved searches");
  for (const { name, fresh } of data.saved) {
    const made = button("topic", name, () => send("search", { name }), `saved ${name}`);
    made.title = "A search you saved";
    if (fresh) made.append(" ", make("span", "fresh", `${fresh.toLocaleString()} new`));
    box.append(make("li", "", made));
  }
  if (data.searches) box.append(make("li", "further", `${data.searches.toLocaleString()} more under Save`));
  return box;
}

// Beside a paper's title: it came since the search was last looked at, or since the last visit.
export function badge() {
  return make("span", "fresh", "new");
}

export function forget(data, { send }) {
  return button("forget", `Forget the saved search “${data.forget}”`, () => send("forget", { name: data.forget }), "forget");
}
