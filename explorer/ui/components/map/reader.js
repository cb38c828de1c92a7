// The papers in view as a list, in step with the map: for who hears the page, or walks it with Tab.
// It refuses to know what is drawn. Always true: it holds what the map shows, the results of the list first, then what
// is nearest to the middle; the paper that has the focus here is ringed on the map; it is one tab stop.

import { remarks } from "./pointing.js";

const MOST = 20; // papers of the list
const PAUSE = 150, TRIES = 20; // ms until titles that are on the way are looked for again, and how often

export function follow(map) {
  const list = map.frame.$(".reader"), { signal } = map.ending;
  window.addEventListener("explorer:view", () => fill(map, list), { signal });
  list.addEventListener("focusout", ({ relatedTarget }) => {
    map.focus = null;
    map.showPointed();
    if (!list.contains(relatedTarget)) fill(map, list);
  });
  map.frame.stage.addEventListener("focus", () => fill(map, list));
  list.addEventListener("focusin", ({ target }) => point(map, list, target));
  list.addEventListener("keydown", (event) => step(list, event));
}

// The rows to list: of the results those in view, then the nearest to the middle of the view.
export function rowsInView({ view, results, allowed }, most = MOST) {
  const [x0, y1] = view.onMap(view.aside, 0), [x1, y0] = view.onMap(view.w, view.tall), near = [];
  const { xy } = view.grid, first = results.filter((row) => allowed(row) && view.shows(row)).slice(0, most);
  let least = Infinity; // the distance that a paper must have at most to be among the nearest
  view.grid.visit(x0, y0, x1, y1, (row) => {
    const away = Math.hypot(xy[2 * row] - view.x, xy[2 * row + 1] - view.y);
    if (away > least || !allowed(row) || first.includes(row)) return;
    near.push({ row, away });
    if (near.length < 8 * most) return;
    near.sort((a, b) => a.away - b.away).length = most;
    least = near[most - 1].away;
  });
  return [...first, ...near.sort((a, b) => a.away - b.away || a.row - b.row).map(({ row }) => row)].slice(0, most);
}

function fill(map, list) {
  if (!map.sheet || !map.view.ready || list.matches(":focus-within")) return; // nobody's place in it is taken away
  list.replaceChildren(...rowsInView(map).map((row, i) => {
    const made = document.createElement("li");
    Object.assign(made, { role: "option", tabIndex: i ? -1 : 0, onclick: () => map.choose(row), textContent: "…" });
    made.setAttribute("aria-selected", String(row === map.selected));
    made.dataset.row = row;
    return made;
  }));
  name(map, list);
}

// Writes the titles, those that are on the way when they have come.
function name(map, list, tries = TRIES) {
  let missing = 0;
  for (const one of list.querySelectorAll("li")) {
    const row = Number(one.dataset.row), paper = row < map.view.grid.n ? map.sheet.paper(row) : null;
    if (paper) one.textContent = [paper.title, paper.year, ...remarks(map, row)].filter(Boolean).join(", ");
    else missing++;
  }
  clearTimeout(list.timer);
  if (missing && tries && list.isConnected) list.timer = setTimeout(() => name(map, list, tries - 1), PAUSE);
}

function point(map, list, target) {
  const row = Number(target.dataset.row), { view } = map, { xy } = view.grid;
  if (!map.sheet || !(row < view.grid.n)) return;
  for (const one of list.querySelectorAll("li")) one.tabIndex = one === target ? 0 : -1;
  Object.assign(map, { focus: row, hover: null });
  if (!view.shows(row, 30)) view.fly({ x: xy[2 * row], y: xy[2 * row + 1], zoom: view.zoom });
  map.showPointed();
}

function step(list, event) {
  const all = [...list.querySelectorAll("li")], at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  const chosen = event.key === "Enter" || event.key === " ";
  if (event.ctrlKey || event.metaKey || event.altKey || (to === undefined && !chosen)) return;
  event.preventDefault();
  if (chosen) event.target.click();
  else all[to]?.focus();
}
