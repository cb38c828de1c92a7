// The second canvas: lines and rings of the selected paper, results, labels, the star of the query, the drawn area.
// It refuses to know where the marked rows come from and what a pointer does. Always true: a mark never moves a point;
// the selected paper in view has its title as soon as that is known; nothing covers the star.

import { css, mix } from "./colour.js";
import { HEART } from "./frame.js";
import { clamp } from "./grid.js";
import { Labels } from "./labels.js";

const BADGES = 10; // results that carry their rank; two digits are the most that fit into a dot
const STAR = 17, RING = 13; // radii of the star and of what surrounds the selected paper
const FEW = 60; // papers up to which each can have its title
const heart = new Path2D(HEART);
const close = (a, b, gap) => b && Math.hypot(a.x - b.x, a.y - b.y) <= gap;

// All of these read one `scene`: view, sheet, theme, colours, radius (of a dot), data (what Python sent), results,
// neighbours, selected, liked (rows), trail (corners of the drawn area), allowed(row), obstacles (boxes of tools and
// legend), dpr.
export class Marks {
  constructor(canvas) {
    this.pen = canvas.getContext("2d");
    this.labels = new Labels(this.pen);
  }

  // Draws everything anew; the discs that count as their paper for the pointer, topmost last: { row, radius }.
  draw(scene) {
    Object.assign(this, scene, { discs: [] });
    const { pen: c, labels, view, data, grid = view.grid } = this;
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    c.clearRect(0, 0, view.w, view.h);
    if (!grid.n) return [];
    labels.begin(view.w, view.h);
    for (const { x, y, w, h } of this.obstacles) labels.block(x - 2, y - 2, w + 4, h + 4);
    this.narrow = view.w < 500; // as on a phone, where the marks alone fill the map
    // What the results lie around: no badge and no label may cover it.
    this.middle = this.selected !== null ? { ...view.onScreen(this.selected), radius: RING }
      : data.query ? { ...view.project(...data.query), radius: STAR } : null;
    this.stars = data.asking.filter((row) => row < grid.n).map((row) => ({ ...view.onScreen(row), row, radius: STAR }));
    for (const disc of [this.middle, ...this.stars]) if (disc) labels.blockDisc(disc, disc.radius);
    this.drawNeighbours();
    this.drawResults();
    if (this.selected !== null) this.ringed(this.selected, Math.max(this.radius, 5), 4.5, 3.5);
    // In a small library dots are big and few: text beside a dot is readable, text on it is not.
    for (let row = 0; row < (grid.n <= FEW ? grid.n : 0); row++) {
      if (this.allowed(row)) labels.blockDisc(view.onScreen(row), this.radius);
    }
    this.drawHearts();
    this.writeTitles();
    if (data.query) this.drawStar(view.project(...data.query));
    for (const star of this.stars) { this.drawStar(star); this.discs.push(star); }
    if (this.trail?.length > 1) this.drawTrail();
    return this.discs;
  }

  disc({ x, y }, radius, fill, stroke, line) {
    const { pen: c } = this;
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    Object.assign(c, { fillStyle: fill, strokeStyle: stroke, lineWidth: line });
    if (fill) c.fill();
    c.stroke();
  }

  tint(row) {
    const { codes, palette } = this.colours;
    return css(palette.subarray(4 * codes[row], 4 * codes[row] + 3));
  }

  // A paper's dot, larger; hollow where its place is provisional.
  dot(row, place, radius, stroke, line) {
    this.disc(place, radius, this.tint(row), stroke, line);
    if (this.sheet.points.flags[row]) this.disc(place, radius * 0.5, css(this.theme.back), "transparent", 0);
  }

  ringed(row, radius, gap, width) {
    const { theme } = this, place = this.view.onScreen(row);
    this.dot(row, place, radius, css(theme.back), 1);
    this.disc(place, radius + gap, null, css(theme.back, 0.85), width + 2.5);
    this.disc(place, radius + gap, null, css(theme.accent), width);
    this.discs.push({ row, radius: radius + 1 });
  }

  drawNeighbours() {
    const { pen: c, theme, view, neighbours, middle } = this;
    if (this.selected === null) return;
    Object.assign(c, { strokeStyle: css(theme.accent, 0.65), lineWidth: 1.2 });
    c.beginPath();
    for (const row of neighbours) {
      const to = view.onScreen(row);
      c.moveTo(middle.x, middle.y);
      c.lineTo(to.x, to.y);
    }
    c.stroke();
    for (const row of neighbours) this.ringed(row, Math.max(this.radius, 3.5), 2.5, 1.5);
  }

  // The first results carry their rank where badges cover neither each other nor the middle; others are outlined dots.
  drawResults() {
    const { theme, pen: c, view, middle, stars } = this, badges = new Map(), radius = clamp(this.radius + 2, 5, 9);
    const places = this.results.map((row) => view.onScreen(row));
    places.slice(0, BADGES).forEach((p, rank) => {
      if (![middle, ...stars].some((b) => close(p, b, STAR)) && ![...badges.values()].some((b) => close(p, b, 17))) badges.set(rank, p);
    });
    const worstFirst = [...places.keys()].reverse();
    for (const rank of worstFirst.filter((r) => !badges.has(r))) {
      this.dot(this.results[rank], places[rank], radius, css(theme.text), 2);
      this.discs.push({ row: this.results[rank], radius: radius + 1 });
    }
    Object.assign(c, { textAlign: "center", textBaseline: "middle", font: `700 11px ${theme.font}` });
    for (const [rank, place] of [...badges].reverse()) {
      this.disc(place, 9.5, css(theme.text), css(theme.back), 1.5);
      c.fillStyle = css(theme.back);
      c.fillText(String(rank + 1), place.x, place.y + 0.5);
      this.labels.blockDisc(place, 10);
      this.discs.push({ row: this.results[rank], radius: 10 });
    }
  }

  // A heart on each liked paper, beside what already marks it.
  drawHearts() {
    const { pen: c, theme, view, radius } = this, size = clamp(radius / 6, 0.75, 1.1);
    const discs = new Map(this.discs.map((disc) => [disc.row, disc.radius]));
    Object.assign(c, { lineJoin: "round", strokeStyle: css(theme.back), fillStyle: css(theme.rose), lineWidth: 3 });
    for (const row of this.liked) {
      if (!this.allowed(row) || !view.shows(row, -8)) continue;
      const { x, y } = view.onScreen(row), aside = (discs.get(row) ?? (radius > 6 ? radius : 0)) * 0.8;
      c.setTransform(this.dpr * size, 0, 0, this.dpr * size, (x + aside) * this.dpr, (y - aside) * this.dpr);
      c.stroke(heart);
      c.fill(heart);
    }
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
  }

  drawStar({ x, y }) {
    const { pen: c, theme } = this;
    c.beginPath();
    for (let i = 0; i < 10; i++) {
      const radius = STAR * (i % 2 ? 0.44 : 1), angle = (i * Math.PI) / 5 - Math.PI / 2;
      c.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    c.closePath();
    c.lineJoin = "round";
    for (const [colour, width] of [[css(theme.back), 8], [css(theme.text), 3.5]]) {
      Object.assign(c, { strokeStyle: colour, lineWidth: width });
      c.stroke();
    }
    c.fillStyle = css(theme.accent);
    c.fill();
  }

  drawTrail() {
    const { pen: c, theme } = this;
    c.beginPath();
    for (const corner of this.trail) { const { x, y } = this.view.project(...corner); c.lineTo(x, y); }
    c.closePath();
    Object.assign(c, { fillStyle: css(theme.accent, 0.1), strokeStyle: css(theme.accent), lineWidth: 1.5 });
    c.fill();
    c.setLineDash([5, 4]);
    c.stroke();
    c.setLineDash([]);
  }

  // The selected paper first, then the best results, topics, and all papers in view where they are few.
  writeTitles() {
    const { view, view: { grid }, selected, results, narrow } = this, done = new Set();
    const title = (row, weight, must = false) => {
      if (!done.has(row) && view.shows(row)) this.title(row, weight, must);
      done.add(row);
    };
    if (selected !== null) title(selected, 650, true);
    // Where dots have no room, as on a whole library, five titles are a heap of text.
    const top = narrow ? 0 : grid.n <= FEW || grid.spacing * view.scale > 12 ? 5 : 3;
    for (const row of results.slice(0, top)) title(row, 600);
    this.writeTopics();
    const [x0, y1] = view.onMap(0, 0), [x1, y0] = view.onMap(view.w, view.h), rows = [];
    grid.visit(x0, y0, x1, y1, (row) => this.allowed(row) && rows.push(row) > FEW);
    if (rows.length > (grid.n > FEW && narrow ? 40 : FEW)) return;
    for (const row of rows.sort((a, b) => a - b)) title(row, 400);
  }

  title(row, weight, must) {
    const paper = this.sheet.paper(row), { theme, middle } = this, place = this.view.onScreen(row);
    if (!paper) return;
    // A paper under the star has its title beside the star.
    const under = close(place, middle, middle?.radius), { x, y } = under ? middle : place;
    const gap = under ? middle.radius + 1 : Math.max(this.radius, weight > 400 ? 9 : 0) + 4;
    this.labels.place(`p${row}`, paper.title, { weight, size: 12, font: theme.font, width: 170, lines: 2,
      colour: css(theme.text), halo: css(theme.back, 0.9) }, [
      { x: x + gap, y, ax: 0, ay: 0.5 }, { x: x - gap, y, ax: 1, ay: 0.5 },
      { x, y: y + gap, ax: 0.5, ay: 0 }, { x, y: y - gap, ax: 0.5, ay: 1 },
    ], { must });
  }

  writeTopics() {
    const { sheet: { levels }, sheet, theme, view, narrow } = this, { left, right, low, high } = view.grid;
    // The finest level whose topics would still fit; it depends on zoom alone, or labels would change while panning.
    const seen = Math.min(1, (view.w * view.h) / Math.max(1, (right - left) * (high - low) * view.scale ** 2));
    const room = Math.max(6, (view.w * view.h) / 26000), fitting = levels.findIndex((l) => l.length * seen <= room);
    const level = fitting < 0 ? levels.length - 1 : fitting, size = level === levels.length - 1 ? 14 : level ? 13 : 12;
    for (const topic of [...(levels[level] ?? [])].sort((a, b) => b.size - a.size)) {
      const { x, y } = view.project(topic.x, topic.y), lift = size * 1.8;
      if (x < 0 || y < 0 || x > view.w || y > view.h) continue;
      const hue = this.data.colour === "topic" ? sheet.hue(level, topic) : null;
      const colour = hue === null ? theme.text : mix(theme.hues[hue], theme.text, theme.dark ? 0.35 : 0.5);
      this.labels.place(`t${level}.${topic.id}`, topic.label, { weight: 650, size, font: theme.font, lines: 3,
        width: narrow ? 120 : 160, colour: css(colour), halo: css(theme.back, 0.85) },
        [0, -lift, lift, -2 * lift, 2 * lift].map((dy) => ({ x, y: y + dy, ax: 0.5, ay: 0.5 })), { slide: true });
    }
  }
}
