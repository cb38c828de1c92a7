// Where names go that are to be read together: each near its place, large, and over as little as possible.
// It refuses to know texts, topics and canvases. Always true: every name has a place; of equal places the first is taken;
// no name alone could move to a place that is better for all.

const ROUNDS = 4, STARTS = 4; // in which names make room for each other
const AWAY = 30, BEND = 1.5; // pixels from its place that cost as much as a point, and how steeply more cost more
const OVER = 25; // square pixels of something else that cost a point
const REACH = 150; // pixels from their places to which names may go
const DIRECTIONS = 12;

// What it costs to be so many pixels from its place.
export const farther = (away) => (away / AWAY) ** BEND;

const SHIFTS = [{ dx: 0, dy: 0, cost: 0 }, ...[10, 20, 32, 46, 64, 86, 115, REACH].flatMap((away, ring) => Array.from({ length: DIRECTIONS }, (_, turn) => {
  const angle = ((turn + (ring % 2) / 2) * 2 * Math.PI) / DIRECTIONS;
  return { dx: away * Math.cos(angle), dy: away * Math.sin(angle), cost: farther(away) };
}))];
const known = new Map();

// The ways in which a name can be written whose looks cost so much, what costs least first: { number (of the look), dx, dy,
// cost, small }, where `small` is 0 for the first size.
export function waysOf(costs) {
  const key = costs.join();
  if (!known.has(key)) {
    known.set(key, costs.flatMap((more, number) => SHIFTS.map(({ dx, dy, cost }) => ({ number, dx, dy, cost: cost + more, small: number >> 1 }))).sort((x, y) => x.cost - y.cost));
  }
  return known.get(key);
}

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

// `names`, what matters most first: { ways, box }, where box(way) gives { x, y, w, h, cost }, which costs no less than its
// way; `taken`: boxes to keep clear of. The box of each, with what it covers of these in `covers` and of anything else in
// `over`, in points. Begins with large names, then with ever smaller ones, and takes what costs least in the end. Few of
// the boxes are ever made: a way that costs more than the best so far is not looked at.
export function arranged(names, taken) {
  const made = names.map(({ ways }) => new Array(ways.length)), box = (name, at) => {
    const { ways, box: make } = names[name];
    return made[name][at] ??= ((one) => Object.assign(one, { covers: over(one, taken) }))(make(ways[at]));
  };
  let best = null, least = Infinity;
  for (let start = 0; start < STARTS; start++) {
    const chosen = [];
    for (let round = 0; round < ROUNDS; round++) if (!settled(names, box, chosen, round ? 0 : start)) break;
    const cost = chosen.reduce((sum, one, name) => sum + one.cost + one.covers + over(one, chosen.slice(0, name)), 0);
    if (cost < least - 1e-9) { best = chosen; least = cost; }
  }
  return best.map((one, name) => ({ ...one, over: one.covers + over(one, best, name) }));
}

// Each name in turn takes what costs least beside the others as they lie; whether any moved.
function settled(names, box, chosen, small) {
  let moved = false;
  names.forEach(({ ways }, name) => {
    let best = null, least = Infinity;
    for (let at = 0; at < ways.length && ways[at].cost < least; at++) {
      if (ways[at].small < small && ways.length > 1) continue;
      const one = box(name, at), alone = one.cost + one.covers;
      if (alone >= least) continue;
      const cost = alone + over(one, chosen, name);
      if (cost < least) { best = one; least = cost; }
    }
    moved ||= best !== chosen[name];
    chosen[name] = best;
  });
  return moved;
}
