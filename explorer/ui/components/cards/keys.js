// The keys of the list: from card to card and within a card, and what a letter does to the card that has the focus.
// It refuses to know what a button does: a key presses it. Always true: no key counts while somebody types, with a
// modifier, or in a menu; Streamlit's own letters (r, c) are left alone; a folded card is a single tab stop; letters can
// be switched off (WCAG 2.1.4), which the browser remembers.

import { button, make } from "./dom.js";

const OFF = "explorer keys off"; // key of the browser's storage
const PRESSES = { o: "button.title, button.whole", l: ".toggle.like", "+": ".toggle.plus", "=": ".toggle.plus", "-": ".toggle.minus", "−": ".toggle.minus" };
const HELP = [
  ["/", "to the search box"], ["j  k", "to the next card, to the one before"], ["←  →", "to the buttons of a card"],
  ["o", "unfold a card, or fold it"], ["l", "keep a paper, or let go of it"], ["+  −", "more like this, less like this"],
  ["Esc", "fold the card, leave the paper, area or filter"], ["?", "this help"],
];
const HELP_MAP = [
  ["← → ↑ ↓", "to the next paper in that direction"], ["Enter", "select it"], ["+  −  0", "nearer, farther, all papers"],
  ["Shift ← → ↑ ↓", "move the view"], ["Tab", "to the papers in view as a list, to the tools"], ["Esc", "let go"],
];
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=listbox], [role=menu], [role=dialog], dialog";

// Whether a key belongs to whoever is typing or choosing, or comes with a modifier.
export function taken(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  return event.composedPath().some((at) => at.matches?.(FIELDS) || at.isContentEditable);
}

// What of a card the arrows reach: its title and its buttons, not what is unfolded.
export function controls(card) {
  return [...card.querySelectorAll("button.title, .foot button, .body > .actions button")].filter((one) => !one.closest(".details"));
}

export class Keys {
  constructor(desk, host) {
    Object.assign(this, { desk, host, last: null });
    document.addEventListener("keydown", (event) => { if (host.isConnected) this.press(event); });
    host.addEventListener("keydown", (event) => this.rove(event));
    host.addEventListener("focusin", ({ target }) => { this.last = target.closest?.(".card")?.dataset.id ?? this.last; });
  }

  get cards() { return [...this.host.querySelectorAll(".card")]; }

  get focused() { return this.host.getRootNode().activeElement?.closest?.(".explorer-cards .card") ?? null; }

  // After a drawing: one tab stop a card.
  settle() {
    for (const card of this.cards) controls(card).forEach((one, i) => { one.tabIndex = i ? -1 : 0; });
  }

  press(event) {
    const { key } = event;
    if (taken(event) || (localStorage.getItem(OFF) === "yes" && key !== "Escape")) return;
    const act = { "/": () => this.search(), "?": () => this.help(), j: () => this.step(1), k: () => this.step(-1), Escape: () => this.leave() }[key]
      ?? (PRESSES[key] && !event.repeat ? () => this.push(PRESSES[key]) : null);
    if (act && act() !== false) event.preventDefault();
  }

  // Into the search box, also from behind a folded panel.
  search() {
    const box = document.querySelector('input[aria-label="Search"]');
    if (!box) return false;
    window.dispatchEvent(new CustomEvent("explorer:unfold"));
    box.focus();
    box.select();
  }

  // The card after the focused or the last one, or before it; the first where there was none.
  step(by) {
    const { cards } = this, at = cards.findIndex((card) => (this.focused ? card === this.focused : card.dataset.id === this.last));
    return this.enter(cards[at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + by))]);
  }

  enter(card) {
    const first = card && controls(card)[0];
    if (!first) return false;
    window.dispatchEvent(new CustomEvent("explorer:unfold"));
    first.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  push(selector) {
    const pressed = this.focused?.querySelector(selector);
    if (!pressed) return false;
    pressed.click();
  }

  leave() {
    const { focused, desk } = this, active = document.activeElement;
    if (active && active !== document.body && !this.host.getRootNode().activeElement) return false; // that is somebody else's
    const title = focused?.querySelector(".details") && focused.querySelector("button.title");
    if (title) title.click();
    else if (desk.data.back) desk.send("close");
    else return false;
  }

  rove(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], { target } = event, card = target.closest?.(".card");
    if (!by || !card || taken(event) || target.closest(".details")) return;
    const all = controls(card).filter((one) => one.offsetParent), to = all[all.indexOf(target) + by];
    event.preventDefault();
    if (!to) return;
    for (const one of all) one.tabIndex = one === to ? 0 : -1;
    to.focus();
  }

  // Which card the focus was in, and where to go when that is no more: to the card that took its place.
  get place() { return this.cards.indexOf(this.focused); }

  near(place) { return place < 0 ? null : controls(this.cards[Math.min(place, this.cards.length - 1)] ?? make("i", ""))[0] ?? null; }

  help() {
    const box = make("dialog", "keys"), off = make("input", ""), label = make("label", "", off);
    box.setAttribute("aria-label", "Keys");
    for (const [title, list] of [["Keys of the list", HELP], ["Keys of the map", HELP_MAP]]) {
      const table = make("dl", "");
      for (const [keys, words] of list) {
        const term = make("dt", "");
        for (const one of keys.split(/\s+/)) term.append(make("kbd", "", one), " ");
        table.append(term, make("dd", "", words));
      }
      box.append(make("h2", "", title), table);
    }
    Object.assign(off, { type: "checkbox", checked: localStorage.getItem(OFF) !== "yes" });
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "no" : "yes"));
    label.append("Letters and signs are keys");
    box.append(label, button("more", "Close", () => box.close(), "close keys"));
    const before = this.host.getRootNode().activeElement;
    const back = () => [before, ...this.host.querySelectorAll("[data-name]")].find((one) => one?.isConnected && (one === before || one.dataset.name === before?.dataset.name));
    box.addEventListener("close", () => { box.remove(); back()?.focus(); }); // the list may have been drawn anew meanwhile
    this.host.parentNode.append(box);
    box.showModal();
  }
}
