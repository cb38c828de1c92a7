// Making elements.
// It refuses to know papers. Always true: text enters through textContent only; a link leads to http(s) or nowhere.

export function make(tag, kind, content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (content !== undefined) made.append(content); // a string becomes a text node
  made.dir = tag === "button" || tag === "p" || tag === "h3" ? "auto" : "";
  return made;
}

// `name` tells the element from all others in the list, so that it keeps the focus when the list is drawn anew.
export function button(kind, text, act, name) {
  const made = make("button", kind, text);
  made.type = "button";
  if (name) made.dataset.name = name;
  made.addEventListener("click", act);
  return made;
}

export function link(words, address, name) {
  const made = make("a", "", words);
  if (name) made.dataset.name = name;
  if (/^https?:\/\//i.test(address)) made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

export function icon(path) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

// A <details> that stays as the user left it when the list is drawn anew; `open` is the set of names of those unfolded.
export function fold(kind, name, words, open, ...content) {
  const box = make("details", kind, make("summary", "", words));
  box.firstChild.dataset.name = name;
  box.append(...content);
  box.open = open.has(name);
  // At once: the list may be drawn anew before `toggle` comes, which the browser sends in a task of its own.
  box.firstChild.addEventListener("click", (event) => { if (!event.defaultPrevented) open[box.open ? "delete" : "add"](name); });
  box.addEventListener("toggle", () => { if (box.isConnected) open[box.open ? "add" : "delete"](name); });
  return box;
}
