// The list beside the map: what was asked, the selected paper, results or topics, as cards.
// Lists are cards or, if the user wants more at one look, lines of a table.
// Holds DOM building and two kinds of message (to Python: one event {kind, …}, the kinds are those of events.py; to the
// map: which row is hovered or marked). Refuses to know searches, libraries and the map's insides.
// Always true: text of papers enters the page through textContent only; links are http(s), checked in Python and here;
// what was unfolded or half written stays so over a rerun.

import { about, contrast } from "./about.js";
import { Announcer, skips } from "./announcer.js";
import { Arrivals } from "./arrivals.js";
import { Basket, bar, heir, signs } from "./basket.js";
import { copier } from "./copier.js";
import { button, fold, icon, link, make } from "./dom.js";
import { exporter } from "./exporter.js";
import { Filters, chip } from "./filters.js";
import { InView } from "./inview.js";
import { Keys } from "./keys.js";
import { Ledger } from "./ledger.js";
import { HEART, adder, organiser, toggles } from "./marks.js";
import { match, passage, quick } from "./passage.js";
import { records } from "./records.js";
import { badge, forget, searches } from "./saved.js";
import { why } from "./why.js";

const LINES = "explorer list as lines"; // key of the browser's storage
const TOAST = 12_000; // ms: long enough to read a line and to reach for Undo
const desks = new WeakMap(); // host → its Desk

export function mount({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".explorer-cards");
  if (!desks.has(host)) desks.set(host, new Desk(host, data));
  const desk = desks.get(host);
  desk.take(data, (kind, message) => setTriggerValue("event", { kind, ...message, unfilter: desk.filters.beside(kind) }));
}

// What the list remembers between two runs, and the drawing of it.
class Desk {
  constructor(host, data) {
    Object.assign(this, { host, ledger: new Ledger(), basket: new Basket(), arrivals: new Arrivals(), filters: new Filters(), open: new Set(), drafts: new Map(), toast: null,
      heard: data.notice?.number ?? 0, noted: null, pressing: false, owed: false, hidAt: -1e9 });
    this.list(localStorage.getItem(LINES) === "yes");
    this.inview = new InView(() => this.follow());
    this.inview.ask();
    this.keys = new Keys(this, host);
    this.announcer = new Announcer(host);
    skips({ list: () => this.host.querySelector("h2").focus(), help: () => this.keys.help(), map: () => tellMap("to-map") });
    // A map that came after the list has not heard of what is new.
    window.addEventListener("explorer:map", () => { if (host.isConnected) this.arrivals.tell(); });
    window.addEventListener("explorer:uncompare", () => {
      this.compared = null;
      this.drafts.delete("compare field");
      if (host.isConnected) this.draw();
    });
    // A button that is replaced between press and release would never be clicked.
    host.addEventListener("pointerdown", () => { this.pressing = true; }, { capture: true });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(() => {
      this.pressing = false;
      if (this.owed && host.isConnected) this.draw();
    }));
  }

  take(data, send) {
    // What was unfolded above one list says nothing about the next.
    if (this.data?.token !== data.token) for (const name of ["gather", "export", "venue", "source"]) this.open.delete(name);
    Object.assign(this, { data, send });
    this.ledger.send = send;
    this.ledger.confirm(data.done);
    this.basket.take(data, send);
    this.filters.take(data, send);
    this.arrivals.take(data);
    if (data.notice && data.notice.number > this.heard) {
      this.heard = data.notice.number;
      this.say(data.notice.text, data.notice.undo ? () => this.ledger.tell({ undo: true }) : null);
    }
    this.draw();
    this.announcer.tell(data);
  }

  // Carries out a change of a mark at once; the server hears of it meanwhile.
  change(change, paper) {
    const [liked, , hidden] = this.data.toggles;
    if (change.kind === "collection") {
      const gone = change.name === hidden && !this.data.shows_hidden;
      // The next card moves under the pointer: the second half of a double click is not meant for it.
      if (gone && change.on && performance.now() - this.hidAt < 350) return;
      if (gone && change.on) this.hidAt = performance.now();
      if (gone || change.name === liked) {
        const detail = { row: paper.row, [gone ? "hidden" : "liked"]: change.on };
        window.dispatchEvent(new CustomEvent("explorer:mark", { detail }));
      }
      if (gone && change.on) this.say(`Hidden: ${paper.title}`, () => this.change({ ...change, on: false }, paper));
      else if (gone && this.toast) this.say("");
    }
    this.ledger.change(change);
    this.draw();
  }

  // A line at the foot of the list for some seconds, perhaps with a way back.
  say(text, undo = null) {
    clearTimeout(this.toast?.timer);
    this.toast = text ? { text, undo, timer: setTimeout(() => this.hush(), TOAST) } : null;
  }

  hush() {
    const shown = this.host.querySelector(".toast");
    if (shown?.matches(":hover") || shown?.querySelector(":focus-visible")) this.toast.timer = setTimeout(() => this.hush(), TOAST / 4);
    else { this.toast = null; shown?.remove(); }
  }

  // Remembers what is half written in a field; null forgets it.
  keep(field, text) {
    if (text === null) this.drafts.delete(field.dataset.name);
    else this.drafts.set(field.dataset.name, text);
  }

  // Cards or lines, which have a wider panel.
  list(lines) {
    this.lines = lines;
    document.documentElement.dataset.list = lines ? "lines" : "cards";
    document.documentElement.dispatchEvent(new CustomEvent("explorer:panel"));
  }

  // The map shows something else: what follows it is drawn anew, and nothing else.
  follow() {
    const { host, inview, data } = this, box = host.querySelector(".inview");
    if (!host.isConnected || !data || this.pressing) { this.owed = host.isConnected; return; }
    const name = host.getRootNode().activeElement?.dataset?.name;
    if (box) inview.fill(box, data, this);
    if (name) [...host.querySelectorAll(".inview [data-name]")].find((e) => e.dataset.name === name)?.focus({ preventScroll: true });
    for (const card of host.querySelectorAll(".card")) inview.mark(card);
  }

  draw() {
    this.owed = this.pressing;
    if (this.owed) return;
    const { host, data } = this, focused = host.getRootNode().activeElement, name = focused?.dataset?.name;
    const marked = focused?.matches("input, textarea") ? [focused.selectionStart, focused.selectionEnd] : null;
    const place = this.keys.place, scrolled = host.dataset.of === data.token ? host.scrollTop : 0;
    this.drawing = true; // an element that is taken away loses the focus, which does not mean that the user left it
    host.replaceChildren(...this.parts());
    this.drawing = false;
    if (!host.querySelector(".contrasts")) contrast(null);
    this.keys.settle();
    host.dataset.of = data.token;
    host.classList.toggle("page", data.results.some((paper) => paper.beside));
    host.dataset.count = String(data.results.length);
    host.dataset.waiting = String(this.ledger.waiting.size); // changes of marks that the server has not confirmed
    for (const field of host.querySelectorAll("input, textarea")) {
      const draft = this.drafts.get(field.dataset.name);
      if (draft === undefined) continue;
      field.value = draft;
      field.closest("form")?.classList.toggle("filled", !!draft.trim());
    }
    host.scrollTop = scrolled;
    if (!name) return;
    const called = (wanted) => [...host.querySelectorAll("[data-name]")].find((e) => e.dataset.name === wanted);
    const same = called(name) ?? called(heir(name));
    (same ?? host.querySelector(".toast button") ?? this.keys.near(place))?.focus({ preventScroll: true });
    if (same && marked) same.setSelectionRange(...marked);
  }

  *parts() {
    const { data } = this, hidden = data.toggles[2];
    const seen = (paper) => data.shows_hidden || !this.ledger.names(paper, "collection").has(hidden);
    if (!document.querySelector("h1")) yield make("h1", "unseen", "Explore");
    yield bar(this);
    yield heading(data, this);
    if (data.selected) yield card(data.selected, this, { chosen: true });
    if (data.subheading) yield make("h3", "sub", data.subheading);
    if (data.selected) yield deeds(data, this);
    if (data.saved.length) yield searches(data, this);
    if (!data.back && !data.query) yield this.arrivals.draw(this);
    if (data.shelf.length) yield shelf(data, this);
    const quiet = data.selected || data.results.some(({ figure }) => figure !== null); // what was asked goes before what is in view
    const follows = data.picks || data.beside_map;
    if (data.about && data.exports) yield about(data, this);
    if (!quiet && follows) yield this.inview.draw(data, this);
    if (data.results.length) {
      const lines = this.lines && data.picks, list = make("ol", lines ? "results lines" : "results");
      if (lines) list.append(titles(data));
      let above = 0;
      data.results.forEach((paper, i) => {
        if (!seen(paper)) return;
        if (paper.beside && paper.beside.number !== above) list.append(passage(paper.beside, this.open));
        above = paper.beside?.number ?? 0;
        list.append(make("li", "", card(paper, this, { number: i + 1, line: lines })));
      });
      yield list;
    }
    if (data.more) yield button("more", data.more, () => this.send("more"), "more");
    if (data.results.length) yield button("help", "Keys", () => this.keys.help(), "keys");
    if (quiet && follows) yield fold("around", "around", "Around, on the map", this.open, this.inview.draw(data, this));
    if (this.toast) yield toast(this.toast, this);
  }
}

function heading(data, desk) {
  const box = make("header", "");
  const ways = make("div", "ways");
  if (data.back) ways.append(button("back", `← ${data.back}`, () => desk.send("close"), "back"));
  for (const one of desk.filters.shown) ways.append(chip(one, desk));
  if (ways.firstChild) box.append(ways);
  const title = make("h2", "", data.heading);
  title.tabIndex = -1;
  title.dataset.name = "heading";
  box.append(title);
  if (data.note) box.append(make("p", "note", data.note));
  if (!data.selected) box.append(deeds(data, desk));
  if (data.forget) box.append(forget(data, desk));
  return box;
}

// What can be done with all papers of the list.
function deeds(data, desk) {
  const box = make("div", "deeds");
  if (data.exports) box.append(exporter(data, desk));
  if (data.gather) box.append(gather(data, desk));
  for (const [field, words] of [["venue", "Venues"], ["source", "Files"]]) {
    const some = data.facets.filter((one) => one.field === field), names = make("div", "names");
    for (const { value, size } of some) names.append(counted("chip", value, size, () => desk.send(field, { name: value })));
    if (some.length) box.append(fold("gather export", field, words, desk.open, names));
  }
  if (data.picks && data.results.length) box.append(density(desk));
  return box;
}

function tellMap(words) { window.dispatchEvent(new CustomEvent(`explorer:${words}`)); }

// Cards or lines; the browser remembers which.
function density(desk) {
  const words = desk.lines ? "Cards" : "Table", made = button("density", words, () => {
    desk.list(!desk.lines);
    localStorage.setItem(LINES, desk.lines ? "yes" : "no");
    desk.draw();
  }, "density");
  made.title = desk.lines ? "A card for each paper" : "A line for each paper";
  return made;
}

// What stands above the lines.
function titles(data) {
  const box = make("li", "head");
  box.setAttribute("aria-hidden", "true");
  box.append(...["", "Title", "Venue", "Year", data.results.some(({ figure }) => figure !== null) ? "Rel." : "", ""].map((word) => make("span", "", word)));
  return box;
}

// "Add these 34 to …": a new or a known collection for all papers of the list.
function gather(data, desk) {
  const put = (name) => { desk.open.delete("gather"); desk.ledger.tell({ gather: name }); desk.draw(); };
  const known = make("div", "names"), { collection } = data.names, [liked, read] = data.toggles;
  for (const name of [liked, read, ...collection.slice(0, 12)]) {
    known.append(button("chip", name, () => put(name), `into ${name}`));
  }
  const words = data.gather === 1 ? "Add this paper to …" : `Add these ${data.gather.toLocaleString()} to …`;
  return fold("gather", "gather", words, desk.open, known,
    adder("gather", "Name of a collection", collection, desk, put));
}

function toast({ text, undo }, desk) {
  const box = make("div", "toast", make("bdi", "", text));
  box.setAttribute("role", "status");
  if (undo) box.append(button("undo", "Undo", () => { desk.say(""); undo(); desk.draw(); }, "undo"));
  return box;
}

function card(paper, desk, { number, chosen = false, line = false }) {
  const box = make("article", chosen ? "card chosen" : paper.seen ? "card seen" : "card");
  box.classList.toggle("line", line);
  box.dataset.id = paper.id;
  box.dataset.row = paper.row;
  if (number) box.append(make("span", "number", String(number)));
  const body = make("div", "body");
  const title = chosen ? make("h3", "title", paper.title) : titleButton(paper, body, desk);
  if (!paper.has_title) title.append(make("span", "made", "no title in the source"));
  if (paper.status) title.prepend(make("span", "status", paper.status), " ");
  if (paper.fresh || (desk.arrivals.holds(paper.row) && !paper.seen)) title.append(" ", badge());
  body.append(chosen ? title : make(paper.beside || desk.data.subheading ? "h4" : "h3", "heading", title));
  const authors = paper.authors.length > 4 && !chosen
    ? `${paper.authors.slice(0, 3).join(", ")} and ${paper.authors.length - 3} more`
    : paper.authors.join(", ");
  const facts = [shorten(authors, 240), paper.venue, paper.year, paper.made_of, paper.copies, paper.libraries,
    paper.seen && !chosen && "seen"].filter(Boolean).join(" · ");
  if (line) title.title = [paper.title, facts].filter(Boolean).join("\n");
  const words = facts ? make("p", "facts", facts) : "", foot = make("div", "foot", toggles(paper, desk));
  if (desk.data.picks) foot.firstChild.prepend(...signs(paper, desk));
  if (line) {
    for (const [kind, text] of [["venue", paper.venue], ["year", paper.year ?? ""], ["figure", paper.figure ?? ""]]) body.append(make("span", kind, String(text)));
    body.lastChild.title = paper.why ?? "";
  }
  if (line) foot.append(words);
  else if (paper.figure === null) foot.append(words); // flows around the toggles
  else {
    body.append(words);
    foot.prepend(closeness(paper));
    foot.classList.add("row");
  }
  body.append(foot);
  if (paper.beside) {
    body.append(match(paper.beside), quick(paper, () => desk.send("open", { paper: paper.id })));
  }
  if (chosen || desk.open.has(paper.id)) body.append(details(paper, desk, chosen));
  box.append(body);
  const point = (row) => () => window.dispatchEvent(new CustomEvent("explorer:hover", { detail: { row } }));
  for (const event of ["mouseenter", "focusin"]) box.addEventListener(event, point(paper.row));
  for (const event of ["mouseleave", "focusout"]) box.addEventListener(event, point(null));
  desk.inview.mark(box);
  return box;
}

function titleButton(paper, body, desk) {
  const title = button("title", paper.title, () => {
    const shown = body.querySelector(".details");
    if (shown) shown.remove();
    else body.append(details(paper, desk, false));
    if (!shown && !paper.seen && desk.data.toggles.length) desk.ledger.later({ id: paper.id, kind: "seen", name: "" });
    desk.open[shown ? "delete" : "add"](paper.id);
    title.setAttribute("aria-expanded", String(!shown));
  }, `title ${paper.id}`);
  title.setAttribute("aria-expanded", String(desk.open.has(paper.id)));
  return title;
}

function closeness(paper) {
  const box = make("p", "closeness");
  const meter = make("span", "meter");
  const fill = make("span", "fill");
  fill.style.width = `${Math.min(1, paper.share) * 100}%`;
  meter.append(fill);
  meter.setAttribute("aria-hidden", "true");
  const holds = paper.words && !paper.rank.includes("words") ? " · holds the words" : "";
  const rank = make("span", "", ` ${paper.rank}${holds}`);
  box.append(meter, make("strong", "", paper.figure), rank);
  box.title = paper.why;
  return box;
}

function details(paper, desk, chosen) {
  const box = make("div", "details");
  if (chosen && paper.authors.length > 12) {
    // The facts line holds the first names; a list of 260 would push the abstract off the screen.
    box.append(fold("authors", `authors ${paper.id}`, `all ${paper.authors.length} authors`, desk.open,
      make("p", "", paper.authors.join(", "))));
  }
  const abstract = paper.abstract ? make("p", "abstract", paper.abstract)
    : make("p", "abstract missing", "No abstract: placed by its title alone.");
  box.append(abstract);
  if (!chosen) abstract.before(...why(paper, desk.data, abstract));
  const actions = make("div", "actions");
  const open = () => desk.send("open", { paper: paper.id });
  if (!chosen && !paper.beside) actions.append(button("similar", paper.libraries ? "Open in its library" : "Similar to this", open, `similar ${paper.id}`));
  for (const [name, address] of Object.entries(paper.links)) actions.append(link(name, address, `${name} ${paper.id}`));
  if (!paper.beside) actions.append(copier(paper));
  if (actions.childElementCount) box.append(actions);
  if (chosen) { // what is near to it should be seen below
    const name = `whole ${paper.id}`, shut = !desk.open.has(name);
    box.classList.toggle("brief", shut);
    actions.prepend(button("whole", shut ? "Show all" : "Show less", () => { desk.open[shut ? "add" : "delete"](name); desk.draw(); }, name));
  }
  if (paper.records.length) box.append(records(paper, desk.open));
  if (desk.data.toggles.length) box.append(organiser(paper, desk), make("p", "sources", paper.sources));
  return box;
}

// The user's own collections and tags, each a filter away.
function shelf(data, { send }) {
  const box = make("ul", "topics shelf");
  for (const { kind, name, size } of data.shelf) {
    const made = counted("topic", kind === "tag" ? `#${name}` : name, size, () => send(kind, { name }));
    made.title = kind === "tag" ? "Papers with this tag" : "Papers in this collection";
    if (name === data.toggles[0] && kind === "collection") made.prepend(icon(HEART));
    box.append(make("li", "", made));
  }
  if (data.further) box.append(make("li", "further", `${data.further.toLocaleString()} more under Filters`));
  return box;
}

function counted(kind, label, size, act) {
  const made = button(kind, label, act, `${kind} ${label}`);
  made.append(" ", make("span", "size", size.toLocaleString()));
  return made;
}

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length).replace(/,?\s\S*$/, "")} …` : text;
}
