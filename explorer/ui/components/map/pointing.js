// What lies under the pointer or the keyboard, and what is said and shown of it: ring, tooltip, lines to its neighbours.
// It refuses to know gestures and drawing. Always true: pointing at a paper draws nothing anew; the lines lead to the
// papers that are nearest by meaning, wherever they lie on the map; papers in one place take turns at being clicked.

import { GONE, LIKED } from "./data.js";

const SAME_PLACE = 3; // pixels within which papers take turns at being clicked

// Rings, lines and the tooltip are elements of their own.
export function showPointed(map) {
  const { view, frame, sheet, hover, focus, listed, chosen } = map;
  const place = (row) => (row !== null && row < view.grid.n && view.shows(row) ? view.onScreen(row) : null);
  for (const [name, row] of Object.entries({ hovered: hover, focused: focus, listed })) {
    const around = Math.max(map.radius, ...map.discs.filter((disc) => disc.row === row && !disc.at).map((disc) => disc.radius));
    frame.ring(name, row === chosen && name !== "listed" ? null : place(row), around + 4);
  }
  const told = hover ?? focus, paper = told === null ? null : sheet.paper(told), from = told ?? listed;
  const kin = place(from) && from !== map.selected ? (sheet.paper(from)?.near ?? []).filter(map.there) : [];
  frame.kin(place(from), kin.map((row) => view.onScreen(row)));
  frame.tip(paper, place(told), map.radius + 10, remarks(map, told));
}

// What there is to say of a paper beyond its title, year and authors.
export function remarks({ sheet, flags }, row) {
  if (row === null) return [];
  return [sheet.points.flags[row] && "provisional place", flags?.[row] & LIKED && "kept", nearness(sheet, row), sheet.doubt(row)].filter(Boolean);
}

// In words, how many of a paper's neighbours are near to it on the map; empty where nobody knows.
export function nearness({ points, trust }, row) {
  const share = points.trust[row];
  return !trust.of || share > 100 ? "" : `${Math.round((share * trust.of) / 100)} of its ${trust.of} nearest are near it here`;
}

// The row at a place: a mark that covers it, or the nearest point within reach, or null.
export function pick({ view, discs, radius: dot, allowed }, { x, y }, reach) {
  if (!view.grid?.n) return null;
  let best = null, closest = Infinity;
  for (const { row, radius, at } of discs) {
    const p = at ?? view.onScreen(row), gap = Math.hypot(p.x - x, p.y - y);
    if (gap <= radius && gap <= closest) { best = row; closest = gap; }
  }
  const far = Math.max(reach, dot) / view.scale;
  return best ?? view.grid.near(...view.onMap(x, y), far, allowed)[0] ?? null;
}

// As pick(), but papers that lie in one place take turns while the clicks come to the same spot of the same view.
export function pickNext(map, p, reach) {
  const { view, stack } = map, { grid } = view, row = pick(map, p, reach), seen = Object.values(view.place).join();
  if (stack?.seen === seen && stack.rows[stack.turn] === map.chosen && stack.rows.includes(row)
    && Math.hypot(p.x - stack.x, p.y - stack.y) <= reach / 3) {
    stack.turn = (stack.turn + 1) % stack.rows.length;
    return stack.rows[stack.turn];
  }
  const { xy } = grid, within = SAME_PLACE / view.scale;
  const others = row === null ? [] : grid.near(xy[2 * row], xy[2 * row + 1], within, map.allowed);
  map.stack = { ...p, seen, turn: 0, rows: [row, ...others.filter((other) => other !== row)] };
  return row;
}
