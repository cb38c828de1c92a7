// Text on the map: breaks it into lines, and puts each piece where nothing else is.
// It refuses to know which text matters; whoever asks first gets the place. Always true: labels overlap only where one
// must be shown; text reaches the page through fillText only; measured widths are kept until forget().

import { clamp } from "./grid.js";
import { arranged, farther, shared, waysOf } from "./places.js";

const REST = 160; // ms without a change after which a view is at rest
const NEARER = 0.25; // change of zoom, as a logarithm, that lets names find new places amid a movement
const MARGIN = 2; // pixels around names
const HIDDEN = 30; // points of what covers a name, beyond which nobody could read it
const CUT = 2; // points that an end costs that is not shown
const MISLEADING = 6; // points that a name costs at another's place

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
  return { lines, cut: lines.at(-1).endsWith("…") && !text.endsWith("…"), width: Math.max(...lines.map((l) => context.measureText(l).width)) };
}

export class Labels {
  // `rested` is called once a view that moved is at rest, to draw anew; without it nothing is kept while the view moves.
  constructor(context, rested = null) { Object.assign(this, { context, rested, known: new Map(), taken: [], w: 0, h: 0, left: 0, laid: null }); }

  forget() { Object.assign(this, { known: new Map(), laid: null }); }

  // A new frame of w by h pixels with nothing in it; the first `left` of them are covered.
  begin(w, h, left = 0) { Object.assign(this, { w, h, left, taken: [] }); }

  block(x, y, w, h) { this.taken.push({ x, y, w, h }); }

  // Keeps the square around a disc free.
  blockDisc({ x, y }, radius) { this.block(x - radius, y - radius, 2 * radius, 2 * radius); }

  // The size of a text as `look` has it: { lines, cut, w, h, high (a line) }. `id` stands for the text; `look` is { weight, size,
  // font, colour, halo, width, lines, wide (the halo) }.
  measured(id, text, look) {
    const c = this.context, font = `${look.weight} ${look.size}px ${look.font}`, key = `${font}|${look.width}|${id}|${look.text ? 1 : 0}`;
    c.font = font;
    if (!this.known.has(key)) this.known.set(key, wrap(c, text, look.width, look.lines));
    const { lines, width, cut } = this.known.get(key), high = look.size * 1.2;
    return { lines, cut, w: width + 4, h: lines.length * high + 2, high, font };
  }

  // Writes `text` at the first free one of its `spots`, { x, y, ax, ay } with ax and ay the part of the box left of and
  // above the spot. `slide` moves a box that is half outside in rather than leave it out; with `must` the least crowded
  // spot will do; `gap` pixels around it stay free. Whether it was written.
  place(id, text, look, spots, { slide = false, must = false, gap = 0 } = {}) {
    const size = this.measured(id, text, look), { w, h } = size;
    let best = null;
    for (const { x, y, ax, ay } of spots) {
      const box = { w, h, ax, x: x - w * ax, y: y - h * ay };
      if (slide || must) this.slide(box);
      else if (box.x < this.left + 2 || box.y < 2 || box.x + w > this.w - 2 || box.y + h > this.h - 2) continue;
      const room = { x: box.x - gap, y: box.y - gap, w: w + 2 * gap, h: h + 2 * gap };
      const crossed = this.taken.reduce((sum, other) => sum + shared(room, other), 0);
      if (crossed < (best?.crossed ?? (must ? Infinity : 1e-9))) best = { ...box, crossed };
      if (!crossed) break;
    }
    if (best) this.write(best, size, look);
    return !!best;
  }

  slide(box) {
    box.x = clamp(box.x, this.left + 6, Math.max(this.left + 6, this.w - box.w - 6));
    box.y = clamp(box.y, 6, Math.max(6, this.h - box.h - 6));
  }

  // Writes names beside each other, what matters most first: { id, text, x, y, looks: [{ …look, cost, text }] }, where a
  // look that is worse costs more and may have a text of its own. With `drop` those are left out that would lie over
  // others or so far from their places; what would be under tools and marks is left out in any case.
  // While the view moves, at `scale`, names keep their looks and where they are beside their places.
  arrange(names, drop, scale) {
    const key = JSON.stringify([names.map(({ id, x, y, looks }) => [id, x, y, looks[0].size]), this.taken, this.w, this.h]), { laid } = this, now = performance.now();
    const moving = !!this.rested && !!laid && laid.key !== key && now - laid.seen < REST && Math.abs(Math.log(scale / laid.scale)) < NEARER;
    const keep = moving || (laid?.key === key && laid.settled);
    const shown = names.filter(({ id }) => !keep || laid.chosen.get(id) !== null);
    const wanted = shown.map((name) => {
      const kept = keep && laid.chosen.get(name.id), box = (way) => this.box(name, shown, way);
      return { box, ways: kept && kept.number < name.looks.length ? [kept] : waysOf(name.looks.map(({ cost }) => cost)) };
    });
    let places = arranged(wanted, this.taken);
    for (let wrong; (wrong = keep ? -1 : places.findLastIndex(({ covers, over, away }) => covers > HIDDEN || (drop && (over > 1 || away > drop)))) >= 0;) {
      wanted.splice(wrong, 1);
      places = arranged(wanted, this.taken);
    }
    for (const { x, y, w, h, size, look } of places) this.write({ x: x + MARGIN, y: y + MARGIN, w: w - 2 * MARGIN, h: h - 2 * MARGIN, ax: 0.5 }, size, look);
    const chosen = new Map(names.map(({ id }) => [id, null]));
    for (const { id, way } of places) chosen.set(id, way);
    this.laid = { key, chosen, seen: now, scale: keep ? laid.scale : scale, settled: !moving };
    clearTimeout(this.waiting);
    if (moving) this.waiting = setTimeout(this.rested, REST);
  }

  // The box of a name in one of the ways in which it can be written: see waysOf().
  box(name, names, way) {
    const look = name.looks[way.number], size = this.measured(name.id, look.text ?? name.text, look), { w, h } = size;
    const box = { x: name.x + way.dx - w / 2, y: name.y + way.dy - h / 2, w, h };
    this.slide(box);
    const to = ({ x, y }) => (box.x + w / 2 - x) ** 2 + (box.y + h / 2 - y) ** 2, away = Math.sqrt(to(name));
    let nearest = Infinity; // where it would seem to belong
    for (const other of names) if (other !== name) nearest = Math.min(nearest, to(other));
    nearest = Math.sqrt(nearest);
    return { id: name.id, way, away, size, look, x: box.x - MARGIN, y: box.y - MARGIN, w: w + 2 * MARGIN, h: h + 2 * MARGIN,
      cost: Math.max(way.cost, farther(away) + look.cost) + (size.cut ? CUT : 0) + (nearest < away ? MISLEADING * (1 - nearest / away) : 0) };
  }

  write(box, { lines, w, high, font }, look) {
    const c = this.context;
    this.taken.push(box);
    Object.assign(c, { font, textAlign: ["left", "center", "right"][2 * box.ax], textBaseline: "middle", lineJoin: "round",
      lineWidth: 3.5, strokeStyle: look.halo, fillStyle: look.colour });
    const x = box.x + [2, w / 2, w - 2][2 * box.ax];
    const write = (pen) => lines.forEach((l, i) => c[pen](l, x, box.y + 1 + high * (i + 0.5)));
    for (const [share, alpha] of look.wide ? [[0.5, 0.45], [0.3, 1]] : []) {
      Object.assign(c, { lineWidth: Math.max(4, share * look.size), globalAlpha: alpha });
      write("strokeText");
    }
    if (!look.wide) write("strokeText");
    write("fillText");
  }
}
