// The second canvas: lines and rings of the selected paper, results, labels, the star of the query, the drawn area.
// It refuses to know where the marked rows come from and what a pointer does. Always true: a mark never moves a point;
// the selected paper in view has its title as soon as that is known; badges lie on the star only where there is no room
// beside it, and no title lies there; a phone alone has too little room for the names of all larger topics in view.

import { css, mix } from "./colour.js";
import { drawOutlines, nameRegions } from "./contrast.js";
import { HEART, SPARK } from "./frame.js";
import { clamp } from "./grid.js";
import { Labels } from "./labels.js";

const BADGES = 10; // results that carry their rank; two digits are the most that fit into a dot
const STAR = 17, RING = 13; // radii of the star and of what surrounds the selected paper
const FEW = 60, SOME = 300; // papers up to which each can have its title, and up to which some have
const FEWER = 12; // ringed papers up to which their titles matter more than names of topics
const TITLES = 22; // titles in view where not each can have its own
const NEARER = 3; // zoom from which all topics have names beside those that are compared
const ROOM = 42_000; // square pixels for the name of a larger topic
// How the name of a larger topic may look, as large as it should be first; costs are in points of places.js.
const SMALLER = [[1, 1, 0], [1, 1.5, 0.2], [0.85, 1, 0.5], [0.85, 1.5, 0.7], [0.7, 1, 1.2], [0.7, 1.6, 1.4], [0, 1, 2.2], [0, 1.7, 2.4]];
const SHORT = [[0.9, 1, 1], [0, 1.2, 1.8]];
const BESIDE = [0, 1, -1, 1.8, -1.8]; // where a finer name goes, in lines from its place
const FEWEST = 0.03; // share of the most papers of a topic drawn plainly below which others have no name
const FAR = 60; // pixels from its place where a phone has no room for a name
const MOST_NEW = 3000; // papers that have a spark each
const spark = Object.assign(new Path2D(SPARK), { d: SPARK });
const heart = Object.assign(new Path2D(HEART), { d: HEART });
const close = (a, b, gap) => b && Math.hypot(a.x - b.x, a.y - b.y) <= gap;

// All of these read one `scene`: view, sheet, theme, colours, radius (of a dot), data (what Python sent), results,
// neighbours, selected, liked, chosen (rows), trail (corners of the drawn area), lit (a topic that stands out, or null), sizes
// (plainly drawn papers of each topic, by level, or null), contrast (see contrast.js, or null), arrivals ({ row } from which on papers are new, or null), hollow (1 for rows drawn as rings), allowed(row), obstacles (boxes of tools and
// legend), dpr.
export class Marks {
  // `rested`: see labels.js.
  constructor(canvas, rested) {
    this.pen = canvas.getContext("2d");
    this.labels = new Labels(this.pen, rested);
  }

  // Draws everything anew; the discs that count as their paper for the pointer, topmost last: { row, radius }.
  draw(scene) {
    Object.assign(this, scene, { discs: [] });
    const { pen: c, labels, view, data, grid = view.grid } = this;
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    c.clearRect(0, 0, view.w, view.h);
    if (!grid.placed) return [];
    labels.begin(view.w, view.h, view.aside && view.aside + 18); // a handle stands at the panel's edge
    for (const { x, y, w, h } of this.obstacles) labels.block(x - 2, y - 2, w + 4, h + 4);
    this.narrow = view.free < 500; // as on a phone or at a zoom of 200 %, where the marks alone fill the map
    // What the results lie around: no badge and no label may cover it.
    this.middle = this.selected !== null ? { ...view.onScreen(this.selected), radius: RING }
      : data.query ? { ...view.project(...data.query), radius: STAR } : null;
    this.stars = data.asking.filter((row) => row < grid.n).map((row) => ({ ...view.onScreen(row), row, radius: STAR }));
    for (const disc of [this.middle, ...this.stars]) if (disc) labels.blockDisc(disc, disc.radius);
    if (this.contrast) drawOutlines(this);
    this.drawNeighbours();
    for (const row of this.chosen) {
      this.ringed(row, Math.max(this.radius, 3), 2, 1.6);
      if (view.shows(row)) labels.blockDisc(view.onScreen(row), Math.max(this.radius, 3) + 4);
    }
    if (data.query) this.drawStar(view.project(...data.query));
    for (const star of this.stars) this.drawStar(star);
    this.drawResults();
    if (this.selected !== null) this.ringed(this.selected, Math.max(this.radius, 5), 4.5, 3.5);
    // In a small library dots are big and few: text beside a dot is readable, text on it is not.
    for (let row = 0; row < (grid.n <= FEW ? grid.n : 0); row++) {
      if (this.allowed(row)) labels.blockDisc(view.onScreen(row), this.radius);
    }
    this.drawHearts();
    if (this.arrivals) this.drawSparks();
    this.writeTitles();
    this.discs.push(...this.stars);
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
    if (this.hollow[row]) this.disc(place, radius * 0.5, css(this.theme.back), "transparent", 0);
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

  // The first results carry their rank in a badge, fanned out around their papers where these lie close together or
  // under the star; others are outlined dots.
  drawResults() {
    const { theme, pen: c, view, middle, stars } = this, radius = clamp(this.radius + 2, 4, 9);
    const places = this.results.map((row) => view.onScreen(row)), badges = [];
    const taken = [middle, ...stars].filter(Boolean).map(({ x, y, radius: r }) => ({ x, y, room: r + 11 }));
    for (const home of places.slice(0, BADGES)) {
      const at = beside(home, taken);
      badges.push(at);
      taken.push({ ...at, room: 20 });
    }
    Object.assign(c, { strokeStyle: css(theme.text, 0.7), lineWidth: 1.2 });
    c.beginPath();
    badges.forEach((at, rank) => { c.moveTo(places[rank].x, places[rank].y); c.lineTo(at.x, at.y); });
    c.stroke();
    for (const rank of [...places.keys()].reverse()) {
      if (badges[rank] && close(badges[rank], places[rank], 1)) continue; // the badge will lie on it
      this.dot(this.results[rank], places[rank], badges[rank] ? Math.max(3, this.radius) : radius, css(theme.text), 2);
      this.discs.push({ row: this.results[rank], radius: radius + 1 });
    }
    Object.assign(c, { textAlign: "center", textBaseline: "middle", font: `700 11px ${theme.font}` });
    for (const rank of [...badges.keys()].reverse()) {
      const at = badges[rank], moved = !close(at, places[rank], 1);
      this.disc(at, 9.5, css(theme.text), css(theme.back), 1.5);
      c.fillStyle = css(theme.back);
      c.fillText(String(rank + 1), at.x, at.y + 0.5);
      this.labels.blockDisc(at, 10);
      this.discs.push({ row: this.results[rank], radius: 10, ...(moved ? { at } : {}) });
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

  // A spark at each paper that is new, as long as they are few.
  drawSparks() {
    const { pen: c, theme, view, view: { grid }, arrivals: { row: first }, radius } = this;
    if (grid.n - first > MOST_NEW) return;
    Object.assign(c, { lineJoin: "round", strokeStyle: css(theme.back), fillStyle: css(theme.text), lineWidth: 2.5 });
    for (let row = first; row < grid.n; row++) {
      if (!this.allowed(row) || !view.shows(row, -8)) continue;
      const { x, y } = view.onScreen(row), aside = Math.max(3, radius) * 0.9 + 2;
      c.setTransform(this.dpr, 0, 0, this.dpr, (x - aside) * this.dpr, (y - aside) * this.dpr);
      c.stroke(spark);
      c.fill(spark);
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
      const fresh = !done.has(row) && view.shows(row);
      done.add(row);
      return fresh && this.title(row, weight, must);
    };
    if (selected !== null) title(selected, 650, true);
    // Where dots have no room, as on a whole library, five titles are a heap of text.
    const top = narrow ? 0 : grid.n <= FEW || grid.spacing * view.scale > 12 ? 5 : 3;
    for (const row of results.slice(0, top)) title(row, 600);
    if (this.chosen.length <= FEWER) for (const row of this.chosen) if (this.allowed(row)) title(row, 500);
    if (this.contrast) nameRegions(this);
    if (!this.contrast || view.zoom > NEARER) this.writeTopics();
    const [x0, y1] = view.onMap(view.aside, 0), [x1, y0] = view.onMap(view.w, view.h), rows = [];
    grid.visit(x0, y0, x1, y1, (row) => this.allowed(row) && rows.push(row) > SOME);
    if (rows.length > (narrow ? 40 : SOME)) return;
    let left = rows.length <= FEW ? FEW : TITLES;
    for (const row of rows.sort((a, b) => a - b)) if (left > 0 && title(row, 400)) left--;
  }

  title(row, weight, must) {
    const paper = this.sheet.paper(row), { theme, middle } = this, place = this.view.onScreen(row);
    if (!paper) return false;
    // A paper under the star has its title beside the star.
    const under = close(place, middle, middle?.radius), { x, y } = under ? middle : place;
    const gap = under ? middle.radius + 1 : Math.max(this.radius, weight > 400 ? 9 : 0) + 4;
    return this.labels.place(`p${row}`, paper.title, { weight, size: 12, font: theme.font, width: 170, lines: 2,
      colour: css(theme.text), halo: css(theme.back, 0.9) }, [
      { x: x + gap, y, ax: 0, ay: 0.5 }, { x: x - gap, y, ax: 1, ay: 0.5 },
      { x, y: y + gap, ax: 0.5, ay: 0 }, { x, y: y - gap, ax: 0.5, ay: 1 },
      // What is selected has its title farther away rather than over badges.
      ...(must ? [30, 50, 75].flatMap((more) => [[1, 0], [-1, 1]].flatMap(([side, ax]) => [0, -0.7, 0.7].map((lift) => (
        { x: x + side * (gap + more), y: y + lift * (gap + more), ax, ay: 0.5 })))) : []),
    ], { must });
  }

  // Two levels at once: the larger topics in view, all of them, and the next finer ones where there is room.
  writeTopics() {
    const { sheet: { levels }, view, narrow } = this, level = levelOf(view, levels);
    const most = Math.max(1, ...(levels[level] ?? []).map((t) => t.size));
    const more = clamp(Math.sqrt(view.free * view.h) / 50 - 5, 4, 18), names = new Set(), larger = this.inView(level);
    this.labels.arrange(larger.map((topic) => this.name(topic, level, 12 + more * (topic.size / most) ** 0.7, 700, SMALLER)), narrow ? FAR : 0, view.scale);
    for (const { label } of larger) names.add(label);
    for (const topic of level && !narrow ? this.inView(level - 1) : []) {
      if (names.has(topic.label)) continue;
      const { id, text, x, y, looks: [look] } = this.name(topic, level - 1, 12, 550, [[1, 1, 0]]), lift = 16;
      this.labels.place(id, text, look, BESIDE.map((line) => ({ x, y: y + line * lift, ax: 0.5, ay: 0.5 })), { slide: true, gap: 4 });
    }
  }

  // The topics of a level whose place is in view, the largest first, but those of which no paper is drawn plainly, or few
  // of their own and beside what is.
  inView(level) {
    const { view, sheet: { levels }, sizes } = this, most = sizes ? sizes[level].reduce((a, b) => Math.max(a, b), 0) : 0;
    return [...levels[level] ?? []].sort((a, b) => b.size - a.size).filter((topic) => {
      const plain = sizes ? sizes[level][topic.id] : topic.size;
      if (!plain || (plain < FEWEST * most && plain < topic.size / 4)) return false;
      const { x, y } = view.project(topic.x, topic.y);
      return x > view.aside && y > 0 && x < view.w && y < view.h;
    });
  }

  // What is to be written for a topic, in the ways it may look: [share of the size, share of the width, cost].
  name(topic, level, size, weight, ways) {
    const { sheet, theme, view, narrow, lit } = this, { x, y } = view.project(topic.x, topic.y);
    const dim = lit && !sheet.within(level, topic, lit) ? 0.25 : 1;
    const hue = this.data.colour === "topic" && !this.contrast ? sheet.hue(level, topic) : null;
    const colour = hue === null ? theme.text : mix(theme.hues[hue], theme.text, theme.dark ? 0.3 : 0.32);
    const short = narrow && topic.label.includes(", ") ? `${topic.label.split(", ")[0]}\u00a0…` : null; // of two parts the larger one
    const looks = [...ways, ...(short ? SHORT : [])].map(([share, broad, cost], number) => {
      const px = Math.round(Math.max(12, size * share)), width = (narrow ? 100 : 60 + 6 * px) * broad;
      return { weight, size: px, font: theme.font, lines: 4, width, colour: css(colour, dim), halo: css(theme.back, 0.92 * dim), wide: px > 12, cost, ...(number >= ways.length ? { text: short } : {}) };
    });
    return { id: `t${level}.${topic.id}`, text: topic.label, x, y, looks };
  }
}

// The level whose topics have their names on the map: the finest that would fit. It depends on zoom alone, or names would
// change while panning.
export function levelOf(view, levels) {
  const { left, right, low, high } = view.grid, area = view.free * view.h;
  const seen = Math.min(1, area / Math.max(1e-9, (right - left) * (high - low) * view.scale ** 2));
  const room = Math.max(6, area / ROOM), fitting = levels.findIndex((level) => level.length * seen <= room);
  return fitting < 0 ? levels.length - 1 : fitting;
}

// The nearest place around its paper where a badge touches nothing that is `taken`: { x, y, room }.
function beside(home, taken) {
  for (let ring = 0; ring <= 7; ring++) {
    for (let turn = 0; turn < Math.max(1, 6 * ring); turn++) {
      const angle = (turn * Math.PI) / (3 * Math.max(1, ring)) - Math.PI / 2, away = 11 * ring;
      const at = { x: home.x + away * Math.cos(angle), y: home.y + away * Math.sin(angle) };
      if (taken.every((other) => Math.hypot(other.x - at.x, other.y - at.y) >= other.room)) return at;
    }
  }
  return home;
}
