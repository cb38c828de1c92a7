// What the papers of the list are about against all others, and beside another set of papers.
// Fetched for each list once; refuses to know how it is counted. Always true: the list is whole without it; a share
// stands beside the share elsewhere; text enters through textContent only.

import { button, fold, make } from "./dom.js";

const KEPT = 30; // answers remembered
const known = new Map(); // path → { answer } once it is there, { wait } until then
const SHOWN = 8; // words of a list; topics of a comparison, but for the others that differ clearly
const percent = (share) => (share > 0 && share < 0.01 ? "<1 %" : `${Math.round(100 * share)} %`);

export function about(data, desk) {
  const box = make("section", "about");
  box.setAttribute("aria-label", "About these papers");
  const path = data.exports.path.replace("/papers/", "/about/");
  filled(box, path, "Looking at what they are about …", (answer) => portrait(answer, path, desk));
  return box;
}

// Fills `box` with what `draw` makes of the answer at `path`: at once when it is known.
function filled(box, path, words, draw) {
  const show = (answer) => box.replaceChildren(...(answer.failed ? [make("p", "note", answer.failed)] : draw(answer)));
  const before = known.get(path);
  if (before?.answer) return show(before.answer);
  box.append(make("p", "note", words));
  ask(path).then((answer) => box.isConnected && show(answer));
}

function ask(path) {
  const before = known.get(path);
  if (before) return before.wait;
  const wait = fetch(new URL(path, document.baseURI).href).then(async (reply) => {
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    known.set(path, { answer, wait });
    if (known.size > KEPT) known.delete(known.keys().next().value);
    return answer;
  }).catch((error) => {
    known.delete(path); // the next drawing tries again
    return { failed: error.message };
  });
  known.set(path, { wait });
  return wait;
}

function portrait(answer, path, desk) {
  const parts = [make("h3", "sub", "About these papers")];
  parts.push(answer.terms.length ? terms(answer.terms.slice(0, SHOWN), desk) : make("p", "note", "No word sets them clearly apart from the others."));
  if (answer.growth.words) parts.push(make("p", "trend", answer.growth.words));
  const more = [];
  if (answer.authors.length) more.push(...named("Authors", answer.authors, (name) => desk.send("author", { name })));
  if (answer.venues.length) more.push(...named("Venues", answer.venues, (name) => desk.send("venue", { name })));
  for (const { label, share, between } of answer.neighbours) {
    if (!more.some((part) => part.dataset?.part === "beside")) more.push(titled("Beside them"));
    const row = make("div", "beside"), topic = button("title", label, () => desk.send("topic", { name: label }), `beside ${label}`);
    topic.title = `${percent(share)} of the nearest papers outside are of this topic`;
    row.append(topic, make("span", "size", percent(share)));
    more.push(row);
    if (between.length) more.push(papers("Between:", between.slice(0, 2), desk));
  }
  parts.push(fold("gather", "authors and borders", "Authors, venues, what lies beside them", desk.open, ...more));
  parts.push(fold("gather", "compare", "Compare with …", desk.open, ...comparer(answer, path, desk)));
  return parts;
}

function titled(words) {
  const made = make("h3", "sub small", words);
  made.dataset.part = "beside";
  return made;
}

// Words with their shares here; what they are elsewhere is in the tooltip, and read out.
function terms(list, desk, { here = "these papers", there = "the others", asks = true } = {}) {
  const box = make("ul", "names terms");
  for (const { text, share, share_elsewhere: elsewhere } of list) {
    const item = make("li", ""), words = `${text}: ${percent(share)} of ${here}, ${percent(elsewhere)} of ${there}`;
    const chip = asks ? button("chip", "", () => desk.send("ask", { name: text }), `term ${text}`) : make("span", "chip");
    chip.append(make("bdi", "", text), make("small", "", percent(share)));
    chip.title = asks ? `${words}. Click to search them for it.` : words;
    chip.setAttribute("aria-label", words);
    if (!asks) chip.setAttribute("role", "img");
    item.append(chip);
    box.append(item);
  }
  return box;
}

function named(title, list, act) {
  const box = make("div", "names");
  for (const { name, papers: count } of list) {
    const chip = button("chip", "", () => act(name), `about ${name}`);
    chip.append(make("bdi", "", name), make("small", "", count.toLocaleString()));
    box.append(chip);
  }
  return [make("h3", "sub small", title), box];
}

function papers(words, list, desk) {
  const box = make("p", "between", words);
  for (const { id, title, year } of list) box.append(" ", button("title", year ? `${title} (${year})` : title, () => desk.send("open", { paper: id }), `between ${id}`));
  return box;
}

// A field for the other set: a topic, or conditions as in the search box.
function comparer(answer, path, desk) {
  const form = make("form", "compare"), field = make("input", ""), choices = make("datalist"), out = make("div", "compared");
  Object.assign(field, { type: "text", placeholder: "A topic, or year:2015..2018, in:“…”, author:…" });
  field.setAttribute("aria-label", "What to compare these papers with");
  field.dataset.name = "compare field";
  choices.id = "explorer-compare";
  field.setAttribute("list", choices.id);
  for (const label of new Set([...answer.neighbours, ...answer.topics].map((each) => each.label))) choices.append(Object.assign(make("option"), { value: label }));
  const go = make("button", "chip", "Compare");
  go.type = "submit";
  form.append(field, choices, go);
  field.addEventListener("input", () => desk.keep(field, field.value));
  const show = (wanted) => {
    out.replaceChildren();
    const query = new URLSearchParams({ with: wanted });
    filled(out, `${path.replace("/about/", "/compare/")}?${query}`, "Comparing …", (reply) => comparison(reply, wanted, desk));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    contrast(null);
    desk.compared = { path, wanted: field.value.trim() };
    if (field.value.trim()) show(field.value.trim());
  });
  if (desk.compared?.path === path && desk.compared.wanted) show(desk.compared.wanted);
  return [form, out];
}

// Tells the map which sets to show side by side, or null for none.
export function contrast(detail) { window.dispatchEvent(new CustomEvent("explorer:contrast", { detail })); }

function comparison(reply, wanted, desk) {
  const numbered = reply.topics.map((topic, i) => ({ ...topic, topic: reply.topic_numbers[i] }));
  const these = desk.filters.shown.map(({ words }) => words).join(", ") || "these papers";
  contrast({ sides: reply.sides, level: reply.level, tests: reply.tests, topics: numbered, names: [these, `“${wanted}”`], counts: [reply.first, reply.second] });
  const counts = `${reply.first.toLocaleString()} papers beside ${reply.second.toLocaleString()} of “${wanted}”`;
  const parts = [make("p", "note", reply.common ? `${counts}; ${reply.common.toLocaleString()} of both are left out.` : `${counts}.`)];
  const lists = [["Words of these", reply.terms_of_first, "these papers", "those"], [`Words of “${wanted}”`, reply.terms_of_second, "those papers", "these"],
    ["Words of both", reply.terms_of_both, "these papers", "those"]];
  for (const [title, list, here, there] of lists) {
    parts.push(make("h3", "sub small", title), list.length ? terms(list, desk, { here, there, asks: false }) : make("p", "note", "None that is clear."));
  }
  const clear = reply.topics.filter((topic) => topic.clear).length, tests = `${reply.tests} ${reply.tests === 1 ? "topic" : "topics"}`;
  parts.push(make("h3", "sub small", "On the map"), make("p", "note", `${clear} of ${tests} differ clearly (Fisher’s exact test, corrected for ${tests}). The map shows these papers as discs ●, those as rings ○.`));
  parts.push(contrasts(numbered.slice(0, Math.max(SHOWN, clear)), reply.level, desk));
  parts.push(button("more", "Stop comparing", () => window.dispatchEvent(new CustomEvent("explorer:uncompare")), "uncompare"));
  if (reply.between.length) parts.push(papers("Between the two:", reply.between.slice(0, 5), desk));
  return parts;
}

function contrasts(topics, level, desk) {
  const table = make("table", "contrasts"), head = make("tr");
  for (const words of ["Topic", "● these", "○ those", "difference"]) head.append(make("th", "", words));
  table.append(head);
  for (const topic of topics) {
    const row = make("tr", topic.clear ? "sure" : ""), label = make("td");
    label.append(button("title", topic.label, () => desk.send("topic", { name: topic.label }), `contrast ${topic.label}`));
    const words = topic.words.replace("the first", "● these").replace("the second", "○ those");
    const light = (detail) => () => window.dispatchEvent(new CustomEvent("explorer:light", { detail }));
    for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, light({ level, id: topic.topic }));
    for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, light(null));
    row.append(label, make("td", "size", percent(topic.share)), make("td", "size", percent(topic.share_of_second)), make("td", "", words));
    row.title = `${topic.papers_of_first} and ${topic.papers_of_second} papers; chance of such a difference, corrected: ${topic.chance}`;
    table.append(row);
  }
  return table;
}
