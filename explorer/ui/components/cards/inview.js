// What the map shows now: papers and topics in view, their growth, typical and newest papers; it follows the map.
// Hears of it from the map and asks the server nothing; refuses to know how it is counted. Always true: the number at a
// topic is that of the papers a click on it leaves; pointing at a topic lights it on the map; titles enter as text.

import { button, make } from "./dom.js";

const tell = (kind, detail) => window.dispatchEvent(new CustomEvent(`explorer:${kind}`, { detail }));

const MOST = 12; // topics listed, but for a few more that are not worth a button

export class InView {
  // changed() is called when the map shows something else.
  constructor(changed) {
    this.seen = null;
    window.addEventListener("explorer:view", ({ detail }) => { this.seen = detail; changed(); });
  }

  // On a card: whether a result lies outside of the view, and how far to trust its paper's place.
  mark(card) {
    const { seen } = this, row = Number(card.dataset.row), number = card.querySelector(".number");
    if (!seen) return;
    const away = seen.marked && !card.matches(".chosen") && !seen.results.includes(row);
    number?.classList.toggle("away", !!away);
    if (number) number.title = away ? "Not in view on the map" : "";
    const share = seen.trust[row], facts = card.querySelector(".facts");
    if (!facts) return;
    if (!facts.querySelector(".pie") && share <= 100) {
      const pie = make("span", "pie");
      pie.style.setProperty("--share", `${share}%`);
      pie.title = `On the map, ${Math.round((share * seen.of) / 100)} of its ${seen.of} nearest papers are near it`;
      facts.append(" ", pie);
    }
    doubt(facts, row, seen, card.matches(".chosen"));
  }

  // Asks the map to say once more what it shows, to a list that came after it.
  ask() { tell("look"); }

  // The section, empty while the map has said nothing: then the topics that the server knows stand there.
  draw(data, desk) {
    const box = make("section", "inview");
    box.setAttribute("aria-label", "In view on the map");
    this.fill(box, data, desk);
    return box;
  }

  fill(box, data, desk) {
    const { seen } = this;
    if (!seen) {
      box.replaceChildren(fields(data.topics.map((topic) => ({ ...topic, count: topic.size })), desk));
      return;
    }
    const parts = [make("h3", "sub", this.heading())];
    if (!seen.count && seen.all) parts.push(make("p", "note", "No paper lies here. Zoom out, or press 0 on the map to see all."));
    if (seen.topics.length > 1) parts.push(...this.topics(seen, desk));
    for (const [list, words] of [[seen.typical, seen.newest.length ? "Typical" : "Papers in view"], [seen.newest, "Newest"]]) {
      // In a list that holds them all they stand below anyway.
      if (list.length && (data.results.length < seen.all || data.selected)) parts.push(make("h3", "sub small", words), briefs(list, desk));
    }
    box.replaceChildren(...parts);
  }

  // The largest topics in view, the others behind a button; the line of what is left beyond those that the map names.
  topics({ topics, more }, desk) {
    const all = topics.length <= MOST + 4 || desk.open.has("fields"), shown = all ? topics : topics.slice(0, MOST), rest = topics.length - shown.length + more;
    const unfold = () => { desk.open.add("fields"); desk.draw(); };
    const words = `${rest.toLocaleString()} more topics`;
    return [fields(shown, desk), ...(rest ? [all ? make("p", "note", `and ${words}`) : button("fewer", words, unfold, "fields")] : [])];
  }

  heading() {
    const { count, all, years: [first, last] } = this.seen, span = !first ? "" : first === last ? ` · ${first}` : ` · ${first} – ${last}`;
    if (count === all && count > 1) return `All in view${span}`;
    return `${count.toLocaleString()} ${count === 1 ? "paper" : "papers"} in view${span}`;
  }
}

// Marks a paper that may as well be of another topic: in words on the opened card, else under the pointer.
function doubt(facts, row, seen, opened) {
  const words = seen.doubt?.(row);
  if (!words) return;
  let mark = facts.querySelector(".doubt");
  if (!mark) facts.append(" ", mark = make("span", "doubt"));
  mark.textContent = opened ? `${words}.` : "between topics";
  mark.title = opened ? "" : words;
  mark.onpointerenter = () => { if (!opened) mark.title = seen.doubt(row); }; // by now its nearest papers may be known
}

// What there is to say of a topic beside its name, a line each.
function about({ label, second, doubtful, count, size }) {
  return [label, second && `also about “${second}”`, count < size && `${count.toLocaleString()} of its ${size.toLocaleString()} papers are in view`,
    doubtful && `${doubtful.toLocaleString()} of its papers may as well be of another topic`].filter(Boolean).join("\n");
}

// Topics with colour, growth over the years and number of papers.
function fields(list, desk) {
  const box = make("ul", list.some(({ count, size }) => count < size) ? "fields partial" : "fields");
  for (const topic of list) {
    const { label, size, count } = topic, swatch = make("i", "swatch"), growth = sparkline(topic), light = (on) => () => tell("light", on ? { level: topic.level, id: topic.id } : null);
    swatch.style.background = topic.colour ?? "";
    const made = button("topic field", swatch, () => { tell("light", { level: topic.level, id: topic.id, stay: true }); desk.send("topic", { name: label }); }, `topic ${label}`);
    const number = make("span", "size", size.toLocaleString());
    if (count < size) number.prepend(make("small", "", `${count.toLocaleString()} of `));
    made.append(make("span", "name", label), growth, number);
    made.title = about(topic);
    for (const event of ["mouseenter", "focus"]) made.addEventListener(event, light(topic.level !== undefined));
    for (const event of ["mouseleave", "blur"]) made.addEventListener(event, light(false));
    box.append(make("li", "", made));
  }
  return box;
}

// A topic's papers a year, as a small area in its colour.
function sparkline({ years = [], colour }) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg"), area = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const most = Math.max(1, ...years), wide = 60, high = 15, step = wide / Math.max(1, years.length - 1);
  drawing.setAttribute("class", "growth");
  drawing.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  drawing.setAttribute("aria-hidden", "true");
  if (years.length > 1) {
    area.setAttribute("d", `M0 ${high}${years.map((value, i) => `L${(i * step).toFixed(1)} ${(high - (value / most) * (high - 1)).toFixed(1)}`).join("")}L${wide} ${high}Z`);
    area.style.fill = colour;
    drawing.append(area);
  }
  return drawing;
}

function briefs(list, desk) {
  const box = make("ul", "briefs");
  for (const { id, row, title, by, year } of list) {
    const made = button("title", title ?? "…", () => id && desk.send("open", { paper: id }), `brief ${row}`);
    const point = (on) => () => tell("hover", { row: on ? row : null });
    for (const event of ["mouseenter", "focus"]) made.addEventListener(event, point(true));
    for (const event of ["mouseleave", "blur"]) made.addEventListener(event, point(false));
    box.append(make("li", "", made));
    made.after(make("p", "facts", [by, year].filter(Boolean).join(" · ") || " "));
  }
  return box;
}
