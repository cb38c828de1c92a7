// Papers that are new here: since the last visit of this browser, else those of the latest import.
// Remembers visits in the browser, by library; refuses to know imports beyond when they began and what they brought.
// Always true: while a tab is open its last visit stays the same; of a first visit, or where all papers came at once,
// nothing is called new since.

import { button, make } from "./dom.js";

const VISITS = "explorer visits"; // key of the browser's storage: by library, of the session the visit before

export class Arrivals {
  constructor() { Object.assign(this, { fresh: [], row: Infinity }); }

  take({ arrivals = [] }, now = new Date().toISOString()) {
    const library = arrivals.at(-1)?.when, before = library ? visit(library, now) : "";
    this.all = arrivals;
    this.fresh = before ? arrivals.filter(({ when }) => Date.parse(when) > Date.parse(before)) : [];
    if (this.fresh.length === arrivals.length) this.fresh = [];
    this.before = before;
    this.row = Math.min(Infinity, ...this.fresh.map(({ row }) => row));
    this.tell();
  }

  // Tells the map from which row on papers are new.
  tell() {
    const count = sum(this.fresh), detail = count ? { row: this.row, words: `new since your last visit (${count.toLocaleString()})` } : null;
    window.dispatchEvent(new CustomEvent("explorer:arrivals", { detail }));
  }

  // Whether a paper came since the last visit.
  holds(row) { return row >= this.row; }

  // A line above the overview; nothing where there is nothing to tell.
  draw(desk) {
    const { all, fresh, before } = this;
    if (all.length < 2) return "";
    const count = fresh.length ? sum(fresh) : all[0].papers, papers = `${count.toLocaleString()} ${count === 1 ? "paper" : "papers"}`;
    const words = fresh.length ? `${papers} new since your last visit, ${day(before)}` : `${papers} came with the latest import, ${day(all[0].when)}`;
    const made = button("chip arrived", words, () => desk.send("since", { name: (fresh.at(-1) ?? all[0]).when }), "arrivals");
    made.title = "Show only these, in the list and on the map";
    return make("p", "arrivals", made);
  }
}

const sum = (list) => list.reduce((total, { papers }) => total + papers, 0);
const day = (when) => new Date(when).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

// When this browser was here before this session, "" for never; notes that it is here now.
function visit(library, now) {
  const read = (storage) => JSON.parse(storage.getItem(VISITS) ?? "{}");
  try {
    const session = read(sessionStorage), visits = read(localStorage);
    if (!(library in session)) sessionStorage.setItem(VISITS, JSON.stringify({ ...session, [library]: visits[library] ?? "" }));
    localStorage.setItem(VISITS, JSON.stringify({ ...visits, [library]: now }));
    return read(sessionStorage)[library];
  } catch {
    return ""; // storage is switched off or holds what is not ours
  }
}
