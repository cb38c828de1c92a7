// Why a result is near what was asked: sentences alike as soft marks in its abstract, terms above it.
// Fetches an explanation when a card is unfolded, each once; refuses to know how it is made. Always true: the card is
// whole without it, the place for it is kept from the start; text enters through textContent only.

import { make } from "./dom.js";

const KEPT = 200, LONGEST = 4000; // answers remembered; characters of a question sent, more than an abstract has
const known = new Map(); // address → { answer } once it is there, { wait } until then
let tips = 0;

// The elements to put above the abstract: none when nothing was asked.
export function why(paper, data, abstract) {
  const { selected, query: asked } = data;
  const figures = paper.why ? [make("p", "sources", paper.why)] : [];
  if (!selected && !asked) return figures;
  const path = selected ? "explain" : "why";
  const query = new URLSearchParams(selected ? { a: selected.id, b: paper.id } : { q: asked.slice(0, LONGEST), b: paper.id });
  if (data.library) query.set("library", data.library);
  const address = new URL(`explorer/api/${path}?${query}`, document.baseURI).href;
  const box = make("div", "why");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Why it is near");
  const show = (answer) => fill(box, answer, paper, abstract, selected ? selected.title : null);
  const before = known.get(address);
  if (before?.answer) show(before.answer); // at once, so that a mark that had the focus can have it back
  else {
    box.append(make("p", "quiet", "Looking for what they have in common …"));
    ask(address).then((answer) => box.isConnected && show(answer));
  }
  return [...figures, box];
}

function ask(address) {
  const before = known.get(address);
  if (before) return before.wait;
  const wait = fetch(address).then(async (reply) => {
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error);
    return answer;
  }).then((answer) => {
    known.set(address, { answer, wait });
    if (known.size > KEPT) known.delete(known.keys().next().value);
    return answer;
  }).catch(() => {
    known.delete(address); // the next unfolding tries again
    return { failed: true };
  });
  known.set(address, { wait });
  return wait;
}

function fill(box, answer, paper, abstract, other) {
  if (answer.failed) return box.replaceChildren(make("p", "quiet", "What they have in common could not be found out."));
  const lines = [];
  if (answer.shared.length) {
    const list = make("ul", "terms");
    for (const { text, papers } of answer.shared) {
      const term = make("li", "term", text);
      term.title = papers === 1 ? "In 1 paper of this library" : `In ${papers.toLocaleString()} papers of this library`;
      list.append(term);
    }
    list.setAttribute("aria-label", "Rare terms both hold");
    lines.push(make("span", "label", "Both"), list);
  }
  const names = (terms) => terms.map((term) => term.text).join(", ");
  const differing = other === null
    ? [["Also here", answer.only_other], ["Not here", answer.only_one]]
    : [["Only here", answer.only_other], ["Only there", answer.only_one]];
  for (const [words, terms] of differing) {
    if (terms.length) lines.push(make("span", "label", words), make("p", "folders", names(terms)));
  }
  if (answer.pairs?.length === 0) lines.push(make("p", "quiet wide", "No single sentence stands out."));
  box.replaceChildren(...lines);
  mark(answer.pairs ?? [], paper, abstract, other === null ? "Your question" : other);
}

// Lays a soft mark on the sentences of the abstract (and on the title) that have a partner; it shows when one is hovered.
function mark(pairs, paper, abstract, source) {
  if (!pairs.length) return;
  const tip = make("div", "partner"), details = abstract.parentElement;
  tip.setAttribute("role", "tooltip");
  tip.id = `partner-${tips += 1}`;
  tip.hidden = true;
  const characters = [...paper.abstract], pieces = []; // Python counts characters, not halves of them
  let at = 0;
  for (const { one, other } of [...pairs].sort((a, b) => a.other.start - b.other.start)) {
    if (other.start < 0) {
      queueMicrotask(() => markTitle(details, tip, one.text, source)); // when the card hangs together, before it is seen
      continue;
    }
    const sentence = characters.slice(other.start, other.end).join("");
    if (sentence !== other.text || other.start < at) continue; // the paper has changed since
    const made = make("mark", "", sentence);
    made.tabIndex = 0;
    made.dataset.name = `mark ${other.start} ${paper.id}`;
    partner(made, tip, one.text, source, () => made.offsetTop + made.offsetHeight + 4);
    pieces.push(characters.slice(at, other.start).join(""), made);
    at = other.end;
  }
  if (pieces.length) abstract.replaceChildren(...pieces, characters.slice(at).join(""));
  details.append(tip);
}

function markTitle(details, tip, text, source) {
  const title = details.closest(".card")?.querySelector(".title"), words = title?.firstChild;
  if (!words) return;
  words.replaceWith(make("mark", "", words.textContent));
  partner(title, tip, text, source, () => details.isConnected && 0);
}

function partner(element, tip, text, source, below) {
  const shown = () => {
    const top = below();
    if (top === false) return;
    tip.replaceChildren(make("span", "source", source), make("p", "", text));
    tip.style.top = `${top}px`;
    tip.hidden = false;
    element.setAttribute("aria-describedby", tip.id);
  };
  const gone = () => { tip.hidden = true; };
  for (const event of ["mouseenter", "focus"]) element.addEventListener(event, shown);
  for (const event of ["mouseleave", "blur"]) element.addEventListener(event, gone);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || tip.hidden) return;
    gone();
    event.preventDefault(); // the card stays unfolded
  });
}
