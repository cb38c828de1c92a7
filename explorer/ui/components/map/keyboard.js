// The arrow keys: from paper to paper, and the corners of an area; what a screen reader hears of it.
// It refuses to know what keys there are. Always true: a step leads to a paper that is drawn, and into view; an area is
// what lies between two corners, that of the first Enter and that of the second.

import { pick, remarks } from "./pointing.js";

// From the focused paper to the next in a direction: near and straight ahead both count.
export function step(map, dx, dy) {
  const { view } = map, { xy, n } = view.grid, from = map.focus ?? map.selected;
  let best = from === null ? pick(map, view.middle, view.w + view.h) : null, least = Infinity;
  for (let row = 0; from !== null && row < n; row++) {
    const ax = xy[2 * row] - xy[2 * from], ay = xy[2 * row + 1] - xy[2 * from + 1];
    const ahead = ax * dx + ay * dy, aside = Math.abs(ax * dy) + Math.abs(ay * dx), cost = ahead + 3 * aside;
    if (ahead > 0 && aside <= 2 * ahead && cost < least && map.allowed(row)) { best = row; least = cost; }
  }
  if (best === null) return;
  Object.assign(map, { focus: best, hover: null });
  if (!view.shows(best, 30)) view.fly({ x: xy[2 * best], y: xy[2 * best + 1], zoom: view.zoom });
  announce(map, best);
  map.showPointed();
}

function announce(map, row, tries = 20) {
  const paper = map.sheet.paper(row);
  if (paper) {
    map.frame.$(".live").textContent = [paper.title, paper.year, ...remarks(map, row)].filter(Boolean).join(", ");
  } else if (tries && map.focus === row) setTimeout(() => announce(map, row, tries - 1), 150);
}

const STRIDE = 16, FIRST = 5; // pixels that an arrow moves a corner; half of the mark that stands for a single one
export const HOW = "Arrow keys move the corner, with Shift farther. Enter sets it, Enter again takes the papers between the two. Escape ends.";

// While a tool to draw with is on: moves the free corner, or sets it where `arrow` is null.
export function corner(map, arrow, far) {
  const { view } = map, start = map.focus !== null && view.shows(map.focus) ? view.onScreen(map.focus) : view.middle;
  const { from = null, at = { ...start } } = map.corners ?? {}, stride = far ? 5 * STRIDE : STRIDE;
  const live = map.frame.$(".live");
  if (arrow) {
    at.x = Math.min(view.w, Math.max(view.aside, at.x + stride * arrow[0]));
    at.y = Math.min(view.tall, Math.max(0, at.y - stride * arrow[1]));
  } else if (from && Math.min(Math.abs(at.x - from.x), Math.abs(at.y - from.y)) > 3) {
    map.corners = null;
    map.sendArea();
    return;
  }
  map.corners = { from: from ?? (arrow ? null : { ...at }), at };
  const [a, b] = from ? [from, at] : [{ x: at.x - FIRST, y: at.y - FIRST }, { x: at.x + FIRST, y: at.y + FIRST }];
  const box = [[a.x, a.y], [b.x, a.y], [b.x, b.y], [a.x, b.y]].map((p) => view.onMap(...p));
  map.draft(box);
  if (from) live.textContent = `${between(map, box).toLocaleString()} papers`;
  else live.textContent = map.corners.from ? "First corner set" : "";
}

function between({ view, allowed }, box) {
  const xs = box.map((p) => p[0]), ys = box.map((p) => p[1]);
  let count = 0;
  view.grid.visit(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (row) => { count += allowed(row); });
  return count;
}
