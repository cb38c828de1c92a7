// Dots on their way from the drawing of the map that was shown before to that of now, so that eyes can follow them.
// It refuses to know why a map was drawn anew. Always true: dots end where their papers lie; papers that only one of the
// drawings holds do not move, nor does anything for those who want little motion.

import { clamp } from "./grid.js";

const TIME = 1000; // ms: long enough to follow a group, short enough not to be waited for

let shown = null; // what was drawn last in this tab, on any page of the app

// The way to a sheet from what was shown before it, or null where no dot of both has moved.
export function wayTo(sheet) {
  const before = shown;
  shown = sheet;
  if (!before || before === sheet || matchMedia("(prefers-reduced-motion: reduce)").matches) return null;
  const to = sheet.points.grid.xy, from = to.slice(), old = before.points.grid.xy;
  let moved = false;
  for (const [first, second, count] of common(before.keys, sheet.keys)) {
    for (let i = 0; i < 2 * count; i++) {
      const place = old[2 * first + i];
      if (Number.isNaN(place) || place === to[2 * second + i]) continue;
      from[2 * second + i] = place;
      moved = true;
    }
  }
  return moved ? { from, to, xy: from, start: null, lastView: before.lastView } : null;
}

// Runs of rows that hold the same papers in both: [first row in one, in the other, how many]. Keys are runs, too: [first
// key, how many], rising; null where they are too many to be told.
export function common(before, now) {
  const runs = [];
  if (!before || !now) return runs;
  for (let i = 0, j = 0, row = 0, other = 0; i < before.length && j < now.length;) {
    const [a, m] = before[i], [b, n] = now[j], low = Math.max(a, b), high = Math.min(a + m, b + n);
    if (low < high) runs.push([row + low - a, other + low - b, high - low]);
    if (a + m <= b + n) { i++; row += m; } else { j++; other += n; }
  }
  return runs;
}

// Puts the dots of a map where they are at this moment of its way; what is left of it, null at its end.
export function onward(map, now) {
  const { way, painter, sheet: { points } } = map, t = clamp((now - (way.start ??= now)) / TIME, 0, 1), share = t * t * (3 - 2 * t);
  way.xy = t < 1 ? way.from.map((place, i) => place + (way.to[i] - place) * share) : way.to;
  painter.load({ grid: { xy: way.xy }, flags: points.flags });
  map.dotsAs = null;
  map.root.classList.toggle("moving", t < 1);
  if (t < 1) map.invalidate();
  return t < 1 ? way : null;
}
