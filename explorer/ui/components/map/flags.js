// What is marked of each paper: liked ones have a heart, hidden ones and those without a vector are not drawn.
// It refuses to know who marks, and how a heart is drawn. Always true: what a card says shows at once, before the server
// has heard of it; what is gone is neither drawn nor clicked.

import { GONE, LIKED } from "./data.js";

// Takes bits a paper, or null for none.
export function takeFlags(map, flags) {
  const liked = [];
  flags?.forEach((bits, row) => { if (bits & LIKED) liked.push(row); });
  Object.assign(map, { flags, liked });
  map.digest.sizes = null;
  map.root.dataset.liked = liked.length;
  if (map.painter && map.colours) map.legend();
  map.invalidate();
}

// Takes what a card says of its paper.
export function markAtOnce(map, { row, liked, hidden }) {
  const n = map.sheet?.points.n ?? 0, flags = map.flags?.slice() ?? new Uint8Array(n);
  if (!(row < n)) return;
  const set = (bit, on) => { flags[row] = on ? flags[row] | bit : flags[row] & ~bit; };
  if (liked !== undefined) set(LIKED, liked);
  if (hidden !== undefined) set(GONE, hidden);
  takeFlags(map, flags);
  if (hidden === undefined) return;
  if (map.listed === row) map.listed = null;
  map.colouredAs = null;
  map.recolour();
}
