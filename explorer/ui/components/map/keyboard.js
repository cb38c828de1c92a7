// The arrow keys: from paper to paper, and what a screen reader hears of it.
// It refuses to know what keys there are. Always true: a step leads to a paper that is drawn, and into view.

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
