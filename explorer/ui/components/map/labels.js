// Text on the map: breaks it into lines, and puts each piece where nothing else is.
// It refuses to know which text matters; whoever asks first gets the place. Always true: labels overlap only where one
// must be shown; text reaches the page through fillText only; measured widths are kept until forget().

import { clamp } from "./grid.js";

// Square pixels that two boxes share.
const shared = (a, b) => Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));

// Breaks text into lines of at most `width` pixels; what does not fit into `most` lines ends in an ellipsis.
function wrap(context, text, width, most) {
  const lines = [], words = text.split(/[^\S\u00a0]+/);
  let line = "";
  for (const word of words) {
    const longer = line ? `${line} ${word}` : word;
    if (!line || context.measureText(longer).width <= width) { line = longer; continue; }
    if (lines.length === most - 1) { line += " …"; break; }
    lines.push(line);
    line = word;
  }
  while (line.length > 3 && context.measureText(line).width > width + 8) {
    line = `${line.replace(/ ?…$/, "").slice(0, -1)}…`;
  }
  lines.push(line);
  return { lines, width: Math.max(...lines.map((l) => context.measureText(l).width)) };
}

export class Labels {
  constructor(context) { Object.assign(this, { context, known: new Map(), taken: [], w: 0, h: 0, left: 0 }); }

  forget() { this.known.clear(); }

  // A new frame of w by h pixels with nothing in it; the first `left` of them are covered.
  begin(w, h, left = 0) { Object.assign(this, { w, h, left, taken: [] }); }

  block(x, y, w, h) { this.taken.push({ x, y, w, h }); }

  // Keeps the square around a disc free.
  blockDisc({ x, y }, radius) { this.block(x - radius, y - radius, 2 * radius, 2 * radius); }

  // Writes `text` at the first free one of its `spots`, { x, y, ax, ay } with ax and ay the part of the box left of and
  // above the spot. `id` stands for the text; `look` is { weight, size, font, colour, halo, width, lines, wide (the halo) }.
  // `slide` moves a box that is half outside in rather than leave it out; with `must` the least crowded spot will do. Whether it was written.
  place(id, text, look, spots, { slide = false, must = false } = {}) {
    const c = this.context, font = `${look.weight} ${look.size}px ${look.font}`, key = `${font}|${id}`;
    c.font = font;
    if (!this.known.has(key)) this.known.set(key, wrap(c, text, look.width, look.lines));
    const { lines, width } = this.known.get(key), high = look.size * 1.2, w = width + 4, h = lines.length * high + 2;
    let best = null;
    for (const { x, y, ax, ay } of spots) {
      const box = { w, h, ax, x: x - w * ax, y: y - h * ay };
      if (slide || must) {
        box.x = clamp(box.x, this.left + 6, Math.max(this.left + 6, this.w - w - 6));
        box.y = clamp(box.y, 6, Math.max(6, this.h - h - 6));
      } else if (box.x < this.left + 2 || box.y < 2 || box.x + w > this.w - 2 || box.y + h > this.h - 2) continue;
      const crossed = this.taken.reduce((sum, other) => sum + shared(box, other), 0);
      if (crossed < (best?.crossed ?? (must ? Infinity : 1e-9))) best = { ...box, crossed };
      if (!crossed) break;
    }
    if (!best) return false;
    this.taken.push(best);
    Object.assign(c, { textAlign: ["left", "center", "right"][2 * best.ax], textBaseline: "middle", lineJoin: "round",
      lineWidth: 3.5, strokeStyle: look.halo, fillStyle: look.colour });
    const x = best.x + [2, w / 2, w - 2][2 * best.ax];
    const write = (pen) => lines.forEach((l, i) => c[pen](l, x, best.y + 1 + high * (i + 0.5)));
    for (const [share, alpha] of look.wide ? [[0.5, 0.45], [0.3, 1]] : []) {
      Object.assign(c, { lineWidth: Math.max(4, share * look.size), globalAlpha: alpha });
      write("strokeText");
    }
    if (!look.wide) write("strokeText");
    write("fillText");
    return true;
  }
}
