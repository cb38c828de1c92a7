// The user's marks on a card: keep, to read and hide; collections, tags and the note of an open one.
// It refuses to know how marks are stored and sent. Always true: a mark shows as soon as it is set; what comes from the
// source (folders, keywords) is shown and cannot be changed here; a half-written note outlives a new drawing of the list.

import { button, icon, make } from "./dom.js";

export const HEART = "M10 16.5C4 12.4 2.5 10 2.5 7.4A3.9 3.9 0 0 1 10 5.8a3.9 3.9 0 0 1 7.5 1.6c0 2.6-1.5 5-7.5 9.1z";
const EYE = "M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z";
const TOGGLES = [ // in the order of the collections that Python names: liked, to read, hidden
  ["like", "Keep", HEART, "Keep: put it into your collection “liked”", "Kept in “liked”; press to take it out"],
  ["read", "To read", "M5.5 3h9v14L10 13.4 5.5 17z", "To read", "On the list “to read”"],
  ["hide", "Hide", `${EYE}M4 16.5 16 3.5`, "Hide: leave it out of results and map", "Hidden; show it again"],
];
const tidy = (text) => text.split(/\s+/).filter(Boolean).join(" ").slice(0, 200);

// The row of toggles; `desk` has ledger, data, change(change, paper).
export function toggles(paper, desk) {
  const box = make("div", "toggles"), on = desk.ledger.names(paper, "collection");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `Marks of ${paper.title}`);
  desk.data.toggles.forEach((name, i) => { // none where nobody marks anything
    const [kind, label, path, off, pressedWords] = TOGGLES[i], pressed = on.has(name);
    const press = () => desk.change({ id: paper.id, kind: "collection", name, on: !pressed }, paper);
    const made = button(`toggle ${kind}`, icon(path), press, `${kind} ${paper.id}`);
    made.setAttribute("aria-label", label);
    made.setAttribute("aria-pressed", String(pressed));
    made.title = pressed ? pressedWords : off;
    box.append(made);
  });
  return box;
}

// Collections, tags, note, folders and keywords, for a card that is open.
export function organiser(paper, desk) {
  const box = make("div", "organiser");
  for (const [kind, words] of [["collection", "Collections"], ["tag", "Tags"]]) {
    const line = make("div", "names");
    const put = (name, on) => desk.change({ id: paper.id, kind, name, on }, paper);
    const mine = [...desk.ledger.names(paper, kind)].filter((name) => kind === "tag" || !desk.data.toggles.includes(name));
    for (const name of mine) line.append(chip(name, kind, () => put(name, false), paper));
    const prompt = kind === "tag" ? "Add a tag" : "Add to a collection";
    line.append(adder(`${kind} ${paper.id}`, prompt, desk.data.names[kind], desk, (name) => put(name, true)));
    box.append(make("span", "label", words), line);
  }
  box.append(make("span", "label", "Note"), note(paper, desk));
  if (paper.folders.length) {
    box.append(make("span", "label", "Folders"), make("p", "folders", paper.folders.join(", ")));
  }
  if (paper.keywords.length) {
    box.append(make("span", "label", "Keywords"), make("p", "folders", paper.keywords.join(", ")));
  }
  return box;
}

function chip(name, kind, remove, paper) {
  const made = make("span", "chip", make("bdi", "", name));
  const cross = button("cross", "×", remove, `drop ${kind} ${name} ${paper.id}`);
  cross.setAttribute("aria-label", kind === "tag" ? `Remove the tag ${name}` : `Take out of ${name}`);
  made.append(cross);
  return made;
}

// A field for a name, with the known names on offer; add(name) is called with a tidy one.
export function adder(name, words, known, desk, add) {
  const form = make("form", "adder"), field = make("input", ""), list = make("datalist", "");
  list.id = `known ${name}`.replace(/\s/g, "-");
  for (const one of known) list.append(Object.assign(make("option", ""), { value: one }));
  Object.assign(field, { type: "text", placeholder: `${words} …`, maxLength: 200, autocomplete: "off",
    enterKeyHint: "done" });
  field.setAttribute("list", list.id);
  field.setAttribute("aria-label", words);
  field.dataset.name = `add ${name}`;
  const take = () => {
    const given = tidy(field.value);
    field.value = "";
    desk.keep(field, null);
    if (given) add(given);
  };
  field.addEventListener("input", (event) => {
    form.classList.toggle("filled", !!tidy(field.value));
    // A name picked from the list is meant; browsers tell it by an event that nobody typed.
    const typed = event instanceof InputEvent && event.inputType !== "insertReplacementText";
    if (known.includes(field.value) && !typed) take();
    else desk.keep(field, field.value);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); });
  const ok = button("ok", "Add", () => {}, `ok ${name}`);
  ok.type = "submit";
  form.append(field, ok, list);
  return form;
}

function note(paper, desk) {
  const box = make("div", "notebox"), field = make("textarea", ""), said = make("span", "said");
  Object.assign(field, { value: desk.ledger.note(paper), rows: 1, maxLength: 20000,
    placeholder: "A note of your own …" });
  field.setAttribute("aria-label", "Note");
  field.dir = "auto";
  field.dataset.name = `note ${paper.id}`;
  said.setAttribute("role", "status");
  said.textContent = desk.ledger.saving(paper) ? "saving …" : desk.noted === paper.id ? "saved" : "";
  const save = () => {
    desk.keep(field, null);
    const text = field.value.trim(), fresh = text !== desk.ledger.note(paper).trim();
    said.textContent = fresh ? "saving …" : "";
    if (fresh) desk.noted = paper.id;
    // No new drawing: the focus is on its way to another element, which has to be there when it arrives.
    if (fresh) desk.ledger.change({ id: paper.id, kind: "note", name: "", text });
  };
  field.addEventListener("input", () => {
    desk.keep(field, field.value);
    desk.noted = null;
    said.textContent = "Ctrl+Enter saves";
  });
  field.addEventListener("blur", () => { if (field.isConnected && !desk.drawing) save(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  });
  box.append(field, said);
  return box;
}
