// The map in the browser: one MapView an element brings together what Python sent, the points, and what the user does.
// It refuses to know how similarity is computed, what a paper is beyond title and year, or anything of Streamlit except
// the object given to mount(). Always true: rows are positions in the points file; nothing is drawn unless something
// changed; an answer that a newer one has overtaken changes nothing.

import { colouring, readTheme } from "./colour.js";
import { Sheet, ahead, column } from "./data.js";
import { Frame } from "./frame.js";
import { listen } from "./gestures.js";
import { clamp } from "./grid.js";
import { Marks } from "./marks.js";
import { CanvasPainter } from "./paint_2d.js";
import { GlPainter } from "./paint_gl.js";
import { View, readAddress } from "./view.js";

const SAME_PLACE = 3; // pixels within which papers take turns at being clicked
const LIKED = 1, GONE = 2; // bits of the column of marks, as in marking.py
const views = new WeakMap(); // root element → its MapView

export function mount(component) {
  const root = component.parentElement.querySelector(".explorer-map");
  if (!views.has(root)) views.set(root, new MapView(root));
  const map = views.get(root);
  map.update(component);
  // Streamlit also cleans up after a call that a newer one has overtaken; the map ends only with its element.
  return () => setTimeout(() => { if (!root.isConnected) map.destroy(); }, 50);
}

class MapView {
  constructor(root) {
    // Rows under the pointer, under the keyboard, under the card that the list points at; clicked but not yet answered.
    Object.assign(this, { root, hover: null, focus: null, listed: null, pressed: undefined, data: null, sheet: null,
      painter: null, mask: null, closeness: null, flags: null, liked: [], results: [], neighbours: [], selected: null,
      tool: null, trail: null, discs: [], stack: null, request: 0, made: performance.now() });
    this.timing = { drawMs: 0, draws: 0, firstPaintMs: null };
    this.frame = new Frame(root, (tool) => this.press(tool), () => this.update(this.component));
    this.view = new View(() => { this.sheet.lastView = this.view.place; this.view.save(); this.invalidate(); });
    this.marks = new Marks(this.frame.marks);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    this.hear = () => this.invalidate();
    this.ending = new AbortController();
    const on = (target, event, act) => target?.addEventListener(event, act, { signal: this.ending.signal });
    on(window, "hashchange", () => { const place = readAddress(); if (place && this.sheet) this.view.fly(place); });
    on(window.navigation, "currententrychange", () => { if (this.sheet) this.view.save(); });
    on(window, "explorer:hover", ({ detail }) => { this.listed = detail?.row ?? null; this.showPointed(); });
    on(window, "explorer:mark", ({ detail }) => this.markAtOnce(detail ?? {}));
    // A font that arrives late makes all measured widths wrong.
    document.fonts?.ready.then(() => { this.marks.labels.forget(); this.invalidate(); });
    listen(this, this.frame.stage);
    root.explorerMap = { // for tests and benchmarks
      screenOf: (row) => { const p = this.view.onScreen(row), r = this.frame.stage.getBoundingClientRect();
        return { x: p.x + r.left, y: p.y + r.top }; },
      stats: () => ({ ...this.timing, renderer: this.painter?.name, n: this.sheet?.points.n }),
      loseContext: () => this.painter?.gl?.getExtension("WEBGL_lose_context"),
    };
  }

  destroy() {
    this.ending.abort();
    clearTimeout(this.view.saving);
    cancelAnimationFrame(this.request);
    this.watch.disconnect();
    this.sheet?.listeners.delete(this.hear);
    this.painter?.destroy();
    views.delete(this.root);
  }

  // -------------------------------------------------------------------------------------------- what Python sent

  // Called for each change of data or theme.
  async update(component) {
    const before = this.data, { data } = component, { font } = this.theme ?? {};
    Object.assign(this, { component, data, pressed: undefined, theme: readTheme(this.root, this.marks.pen) });
    if (font !== this.theme.font) this.marks.labels.forget();
    if (before && (before.focus !== data.focus || before.selected !== data.selected)) this.trail = this.listed = null;
    if (this.sheet) this.view.save();
    if (this.sheet?.version !== data.version) {
      if (!this.sheet) this.frame.say("Loading map…");
      try {
        const [sheet] = await Promise.all([Sheet.open(data.version), ahead([data.mask_url, data.marks_url])]);
        if (this.data !== data) return;
        this.enter(sheet);
      } catch (error) {
        if (this.data === data) this.fail("The map could not be loaded.", error);
        return;
      }
    }
    this.takeMarks(before);
    await this.takeColumns(data);
  }

  enter(sheet) {
    const { view } = this, first = !this.sheet, fresh = this.sheet?.version !== sheet.version;
    this.sheet?.listeners.delete(this.hear);
    Object.assign(this, { sheet, mask: null, closeness: null, flags: null, liked: [], hover: null, focus: null,
      listed: null, stack: null, colouredAs: null });
    sheet.listeners.add(this.hear);
    this.marks.labels.forget();
    this.resize();
    this.resumed = first && (readAddress() ?? sheet.lastView);
    if (fresh) Object.assign(view, this.resumed || view.fitted());
    this.choosePainter();
    this.frame.say(sheet.points.n ? "" : "No papers on the map yet.");
  }

  choosePainter() {
    this.painter?.destroy();
    this.painter = null;
    for (const old of this.root.querySelectorAll(".dots")) old.remove();
    const canvas = () => Object.assign(document.createElement("canvas"), { className: "dots" });
    const use = (painter) => {
      this.frame.stage.prepend(painter.canvas);
      if (this.painter) this.painter.canvas.hidden = true;
      painter.canvas.hidden = false;
      this.painter = painter;
      this.resize();
      painter.load(this.sheet.points);
      this.recolour();
    };
    try {
      let spare = null; // draws while the GPU is away, which may be for ever
      const lost = () => { if (this.painter === gl) use(spare ??= new CanvasPainter(canvas())); };
      const gl = new GlPainter(canvas(), lost, () => { if (this.painter === spare) use(gl); });
      use(gl);
    } catch (error) {
      console.info("explorer map: drawing without WebGL2:", error.message);
      use(new CanvasPainter(canvas()));
    }
  }

  takeMarks(before) {
    const { data, sheet: { points: { n } } } = this, there = (row) => row !== null && row < n;
    Object.assign(this, { results: data.results.filter(there), neighbours: data.neighbours.filter(there),
      selected: there(data.selected) ? data.selected : null });
    this.frame.tool("results").hidden = !this.results.length;
    Object.assign(this.root.dataset, { results: this.results.length, asking: data.asking.length,
      selected: this.selected ?? "" });
    const asked = before ? before.focus !== data.focus : data.focus && !this.resumed;
    if (this.results.length && asked) this.press("results");
    this.invalidate();
  }

  async takeColumns(data) {
    const { n } = this.sheet.points, needed = data.colour === "similarity" ? data.similarity_url : null;
    let failed = null;
    const [mask, closeness, flags] = await Promise.all([data.mask_url, needed, data.marks_url].map(
      (path) => column(path, n).catch((error) => { failed = error; return null; })));
    if (this.data !== data) return;
    if (failed) this.fail("Filters or colours of the map could not be loaded.", failed);
    else if (n) this.frame.say("");
    Object.assign(this, { mask, closeness });
    this.takeFlags(flags);
    // A rerun that only moves highlights must not touch a hundred thousand colours.
    const colouredAs = JSON.stringify([this.theme, data.colour, mask && data.mask_url, closeness && needed,
      flags?.some((bits) => bits & GONE) && data.marks_url]);
    if (colouredAs !== this.colouredAs) this.recolour();
    this.colouredAs = colouredAs;
  }

  // Bits a paper, or null for none: the liked ones get a heart, what is gone is neither drawn nor clicked.
  takeFlags(flags) {
    const liked = [];
    flags?.forEach((bits, row) => { if (bits & LIKED) liked.push(row); });
    Object.assign(this, { flags, liked });
    this.root.dataset.liked = liked.length;
    if (this.painter && this.colours) this.legend();
    this.invalidate();
  }

  // What a card says of its paper, before the server has heard of it.
  markAtOnce({ row, liked, hidden }) {
    const n = this.sheet?.points.n ?? 0, flags = this.flags?.slice() ?? new Uint8Array(n);
    if (!(row < n)) return;
    const set = (bit, on) => { flags[row] = on ? flags[row] | bit : flags[row] & ~bit; };
    if (liked !== undefined) set(LIKED, liked);
    if (hidden !== undefined) set(GONE, hidden);
    this.takeFlags(flags);
    if (hidden === undefined) return;
    if (this.listed === row) this.listed = null;
    this.colouredAs = null;
    this.recolour();
  }

  legend() {
    const { sheet: { points: { years, provisional } }, colours: { mode, unknown } } = this;
    this.frame.legend(mode, years, this.theme, { unknown, provisional, liked: this.liked.length > 0 });
  }

  recolour() {
    const { sheet, theme, mask, closeness } = this;
    const mode = this.data.colour === "similarity" && !closeness ? "topic" : this.data.colour;
    this.colours = { ...colouring(sheet, theme, mode, mask, closeness, this.there), mode };
    this.painter.colour(this.colours);
    this.legend();
    this.invalidate();
  }

  fail(text, error) {
    console.warn("explorer map:", error.message);
    this.frame.say(text, true);
  }

  // ------------------------------------------------------------------------------------------------------ drawing

  resize() {
    const w = this.root.clientWidth, h = this.root.clientHeight, dpr = window.devicePixelRatio || 1;
    this.dpr = dpr;
    for (const canvas of this.root.querySelectorAll("canvas")) {
      const width = Math.round(w * dpr), height = Math.round(h * dpr);
      // Setting a size clears the canvas, even when it is the same size.
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    this.view.frame(this.sheet?.points.grid, w, h);
    this.invalidate();
  }

  invalidate() {
    if (!this.request && this.root.isConnected) this.request = requestAnimationFrame((now) => this.draw(now));
  }

  draw(now) {
    this.request = 0;
    const { view, frame, sheet, painter, timing, dpr } = this, { grid } = view;
    if (!painter || !view.w || !view.h) return;
    const start = performance.now();
    view.advance(now);
    // Dots are as large as an even spread over the map allows, and grow further once even crowded ones have room.
    const even = 0.24 * Math.sqrt((view.w * view.h) / Math.max(1, grid.n)), near = grid.spacing * view.scale;
    this.radius = clamp(Math.max(Math.max(even, 1.1) * view.zoom ** 0.15, 0.4 * near), 1.1, 9);
    // Results stand out because the rest steps back, unless colour itself already tells what is close.
    const back = this.results.length && this.data.colour !== "similarity" && grid.n > 60 ? 0.55 : 1;
    painter.draw(view, dpr, this.radius, clamp(0.4 + 0.09 * even + 0.02 * near, 0.5, 0.92) * back, this.theme.back);
    const selected = this.chosen, neighbours = selected === this.selected ? this.neighbours : [];
    const { theme, colours, radius, data, liked, trail, there, allowed } = this, results = this.results.filter(there);
    this.discs = this.marks.draw({ view, sheet, theme, colours, radius, data, results, liked, selected, trail, dpr,
      neighbours: neighbours.filter(there), allowed, obstacles: frame.obstacles() });
    this.showPointed();
    frame.tool("results").classList.toggle("away", results.some((row) => !view.shows(row)));
    Object.assign(this.root.dataset, { ready: "true", n: grid.n, renderer: painter.name,
      view: [view.x, view.y, view.zoom].map((value) => value.toFixed(4)).join(",") });
    timing.drawMs = performance.now() - start;
    timing.draws++;
    timing.firstPaintMs ??= performance.now() - this.made;
  }

  // Rings and the tooltip are elements of their own: pointing at a paper draws nothing anew.
  showPointed() {
    const { view, frame, hover, focus, listed, chosen } = this;
    if (!this.painter) return;
    const place = (row) => (row !== null && row < view.grid.n && view.shows(row) ? view.onScreen(row) : null);
    for (const [name, row] of Object.entries({ hovered: hover, focused: focus, listed })) {
      const around = Math.max(this.radius, ...this.discs.filter((disc) => disc.row === row).map((disc) => disc.radius));
      frame.ring(name, row === chosen && name !== "listed" ? null : place(row), around + 4);
    }
    const told = hover ?? focus;
    frame.tip(told === null ? null : this.sheet.paper(told), place(told), this.radius + 10, this.remarks(told));
  }

  // --------------------------------------------------------------------------------------- pointing and choosing

  // The ring should not wait for the server.
  get chosen() { return this.pressed === undefined ? this.selected : this.pressed; }

  there = (row) => !this.flags || !(this.flags[row] & GONE);

  allowed = (row) => this.there(row) && (!this.mask || this.mask[row] > 0);

  remarks(row) {
    if (row === null) return [];
    return [this.sheet.points.flags[row] && "provisional place", this.flags?.[row] & LIKED && "liked"].filter(Boolean);
  }

  // The row at a place: a mark that covers it, or the nearest point within reach, or null.
  pick({ x, y }, reach) {
    const { view } = this;
    if (!view.grid?.n) return null;
    let best = null, closest = Infinity;
    for (const { row, radius } of this.discs) {
      const p = view.onScreen(row), gap = Math.hypot(p.x - x, p.y - y);
      if (gap <= radius && gap <= closest) { best = row; closest = gap; }
    }
    const far = Math.max(reach, this.radius) / view.scale;
    return best ?? view.grid.near(...view.onMap(x, y), far, this.allowed)[0] ?? null;
  }

  // As pick(), but papers that lie in one place take turns while the clicks come to the same spot of the same view.
  pickNext(p, reach) {
    const { view, stack } = this, { grid } = view, row = this.pick(p, reach), seen = Object.values(view.place).join();
    if (stack?.seen === seen && stack.rows[stack.turn] === this.chosen && stack.rows.includes(row)
      && Math.hypot(p.x - stack.x, p.y - stack.y) <= reach / 3) {
      stack.turn = (stack.turn + 1) % stack.rows.length;
      return stack.rows[stack.turn];
    }
    const { xy } = grid, within = SAME_PLACE / view.scale;
    const others = row === null ? [] : grid.near(xy[2 * row], xy[2 * row + 1], within, this.allowed);
    this.stack = { ...p, seen, turn: 0, rows: [row, ...others.filter((other) => other !== row)] };
    return row;
  }

  point(row) {
    if (row === this.hover) return;
    this.hover = row;
    this.frame.stage.classList.toggle("hand", row !== null && !this.tool);
    this.showPointed();
  }

  choose(row) {
    Object.assign(this, { pressed: row, trail: null });
    this.component.setTriggerValue("event", row === null ? { kind: "clear" } : { kind: "click", row });
    this.invalidate();
  }

  // Shows the corners of the area being drawn, in map units; null takes it away.
  draft(corners) {
    this.trail = corners;
    this.invalidate();
  }

  sendArea() {
    const step = Math.ceil(this.trail.length / 200);
    this.trail = this.trail.filter((_, i) => i % step === 0);
    this.component.setTriggerValue("event", { kind: "area", polygon: this.trail });
    this.use(null);
  }

  use(tool) {
    this.tool = tool;
    for (const name of ["lasso", "box"]) this.frame.tool(name).setAttribute("aria-pressed", tool === name);
    this.frame.stage.classList.toggle("draw", !!tool);
    this.invalidate();
  }

  press(name) {
    const { view } = this;
    if (name === "lasso" || name === "box") this.use(this.tool === name ? null : name);
    else if (!view.grid?.n) return;
    else if (name === "fit") view.fly(view.fitted());
    else if (name === "results") view.fly(view.around(this.results, this.data.query));
    else view.zoomAt(view.w / 2, view.h / 2, name === "in" ? 1.6 : 1 / 1.6, "fly");
  }

  escape() {
    const drawn = this.trail;
    this.draft(null);
    if (this.tool) this.use(null);
    else if (this.selected !== null || drawn) this.choose(null);
    else this.focus = null;
  }

  // From the focused paper to the next one in a direction: near and straight ahead both count.
  step(dx, dy) {
    const { view } = this, { xy, n } = view.grid, from = this.focus ?? this.selected;
    let best = from === null ? this.pick({ x: view.w / 2, y: view.h / 2 }, view.w + view.h) : null, least = Infinity;
    for (let row = 0; from !== null && row < n; row++) {
      const ax = xy[2 * row] - xy[2 * from], ay = xy[2 * row + 1] - xy[2 * from + 1];
      const ahead = ax * dx + ay * dy, aside = Math.abs(ax * dy) + Math.abs(ay * dx), cost = ahead + 3 * aside;
      if (ahead > 0 && aside <= 2 * ahead && cost < least && this.allowed(row)) { best = row; least = cost; }
    }
    if (best === null) return;
    Object.assign(this, { focus: best, hover: null });
    if (!view.shows(best, 30)) view.fly({ x: xy[2 * best], y: xy[2 * best + 1], zoom: view.zoom });
    this.announce(best);
    this.showPointed();
  }

  announce(row, tries = 20) {
    const paper = this.sheet.paper(row);
    if (paper) {
      this.frame.$(".live").textContent = [paper.title, paper.year, ...this.remarks(row)].filter(Boolean).join(", ");
    } else if (tries && this.focus === row) setTimeout(() => this.announce(row, tries - 1), 150);
  }
}
