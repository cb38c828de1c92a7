// The basket: + and − on every card, and the bar above the list with what was picked.
// Holds what was pressed and not yet answered; refuses to know how papers are ranked. Always true: a press shows at once;
// every message holds the whole basket, so a lost one costs nothing; a paper is liked or unliked, never both.

import { button, icon, make } from "./dom.js";

const PATIENCE = 2500, TRIES = 6; // ms until a message counts as lost, and how often it is sent anew
const SIGNS = [
  ["liked", "plus", "M10 4v12M4 10h12", "More like this: ask for what is near to it"],
  ["unliked", "minus", "M4 10h12", "Less like this: ask for what is far from it"],
];

export class Basket {
  constructor() { Object.assign(this, { told: { number: 0, liked: [], unliked: [] }, waiting: null, timer: 0 }); }

  // What the server says; what it has not heard of yet stays on top.
  take(data, send) {
    Object.assign(this, { told: data.basket, selected: data.selected, send });
    if (!this.waiting || this.waiting.number > data.basket.number) return;
    this.waiting = null;
    clearTimeout(this.timer);
  }

  get now() { return this.waiting ?? this.told; }

  holds(kind, id) { return this.now[kind].some((one) => one.id === id); }

  // Puts a paper in as liked or unliked, or takes it out.
  press(kind, paper, on) {
    const next = { liked: [], unliked: [] };
    for (const name of ["liked", "unliked"]) next[name] = this.now[name].filter((one) => one.id !== paper.id);
    if (on) next[kind].push({ id: paper.id, title: paper.title });
    // Beside a selected paper, the list is what is near to it: + and − refine just that list.
    const { selected } = this, known = selected && (selected.id === paper.id || ["liked", "unliked"].some((name) => this.holds(name, selected.id)));
    if (on && selected && !known) next.liked.unshift({ id: selected.id, title: selected.title });
    this.put(next);
  }

  put(next, tries = 0) {
    const number = Math.max(Date.now(), this.now.number + 1);
    this.waiting = { ...next, note: "", number };
    const ids = (list) => list.map((one) => one.id);
    this.send("basket", { number, liked: ids(next.liked), unliked: ids(next.unliked) });
    clearTimeout(this.timer);
    if (tries < TRIES) this.timer = setTimeout(() => this.waiting && this.put(this.waiting, tries + 1), PATIENCE);
  }
}

// The two buttons of a card; `desk` has basket and draw().
export function signs(paper, desk) {
  return SIGNS.map(([kind, name, path, words]) => {
    const on = desk.basket.holds(kind, paper.id);
    const made = button(`toggle sign ${name}`, icon(path), () => {
      desk.basket.press(kind, paper, !on);
      desk.draw();
    }, `${name} ${paper.id}`);
    made.setAttribute("aria-label", words.split(":")[0]);
    made.setAttribute("aria-pressed", String(on));
    made.title = on ? `${words.split(":")[0]}: press again to take it out of the basket` : words;
    return made;
  });
}

// What was picked, as chips; nothing while nothing was.
export function bar(desk) {
  const { liked, unliked, note } = desk.basket.now;
  if (!liked.length && !unliked.length && !note) return "";
  const box = make("section", "basket");
  box.setAttribute("aria-label", "Basket");
  for (const [words, list, kind] of [["More like", liked, "liked"], ["Less like", unliked, "unliked"]]) {
    if (!list.length) continue;
    const line = make("div", `names ${kind}`, make("span", "label", words));
    for (const one of list) line.append(chip(one, kind, words, desk));
    box.append(line);
  }
  const clear = button("clear", "Clear", () => { desk.basket.put({ liked: [], unliked: [] }); desk.draw(); }, "clear basket");
  clear.setAttribute("aria-label", "Clear the basket");
  (box.lastChild ?? box).append(clear);
  if (note) box.append(make("p", "note", note));
  return box;
}

function chip(one, kind, words, desk) {
  const made = make("span", "chip", make("bdi", "", one.title)), { basket } = desk;
  made.title = one.title;
  const cross = button("cross", "×", () => { basket.press(kind, one, false); desk.draw(); }, `picked ${one.id}`);
  cross.setAttribute("aria-label", `Take out “${one.title}” (${words.toLowerCase()})`);
  made.append(cross);
  return made;
}

// Which element takes the focus of a button whose card has left the list.
export function heir(name) { return name.replace(/^(plus|minus) /, "picked "); }
