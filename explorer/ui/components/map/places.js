// Where names go that are to be read together: each near its place, large, and over as little as possible.
// It refuses to know texts, topics and canvases. Always true: every name has a place; of equal places the first is taken;
// no name alone could move to a place that is better for all.

const ROUNDS = 4, STARTS = 4; // in which names make room for each other
const AWAY = 30, BEND = 1.5; // pixels from its place that cost as much as a point, and how steeply more cost more
const OVER = 25; // square pixels of something else that cost a point
const REACH = 150; // pixels from their places to which names may go
const DIRECTIONS = 12;

// How far a box may be from where it should be, the nearest first: { dx, dy }.
export const SHIFTS = [{ dx: 0, dy: 0 }, ...[10, 20, 32, 46, 64, 86, 115, REACH].flatMap((away, ring) => Array.from({ length: DIRECTIONS }, (_, turn) => {
  const angle = ((turn + (ring % 2) / 2) * 2 * Math.PI) / DIRECTIONS;
  return { dx: away * Math.cos(angle), dy: away * Math.sin(angle) };
}))];

// What it costs to be so many pixels from its place.
export const farther = (away) => (away / AWAY) ** BEND;

// Square pixels that two boxes share.
export const shared = (a, b) => Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));

function over(box, others, but = -1) {
  const { x, y } = box, right = x + box.w, foot = y + box.h;
  let sum = 0;
  for (let i = 0; i < others.length; i++) {
    const other = others[i];
    if (i === but || !other || other.x >= right || other.y >= foot || other.x + other.w <= x || other.y + other.h <= y) continue;
    sum += shared(box, other);
  }
  return sum / OVER;
}

// `names`: of each, what matters most first, the boxes it may have: [{ x, y, w, h, cost, small }, …], where `small` is 0 for
// those of its first size; `taken`: boxes to keep clear of. The box of each, with what it covers of anything else in
// `over`, in points. Begins with large names, then with ever smaller ones, and takes what costs least in the end.
export function arranged(names, taken) {
  const options = names.map((boxes) => boxes.map((box) => Object.assign(box, { base: box.cost + over(box, taken) })).sort((a, b) => a.base - b.base));
  let best = null, least = Infinity;
  for (let start = 0; start < STARTS; start++) {
    const chosen = [];
    for (let round = 0; round < ROUNDS; round++) if (!settled(options, chosen, round ? 0 : start)) break;
    const cost = chosen.reduce((sum, box, name) => sum + box.base + over(box, chosen.slice(0, name)), 0);
    if (cost < least - 1e-9) { best = chosen; least = cost; }
  }
  return best.map((box, name) => ({ ...box, over: box.base - box.cost + over(box, best, name) }));
}

// Each name in turn takes what costs least beside the others as they lie; whether any moved.
function settled(options, chosen, small) {
  let moved = false;
  options.forEach((boxes, name) => {
    let best = null, least = Infinity;
    for (const box of boxes) {
      if (box.base >= least) break;
      if (box.small < small) continue;
      const cost = box.base + over(box, chosen, name);
      if (cost < least) { best = box; least = cost; }
    }
    moved ||= best !== chosen[name];
    chosen[name] = best;
  });
  return moved;
}
