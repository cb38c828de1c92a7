// The map in the browser: one MapView an element brings together what Python sent, the points, and what the user does.
// It refuses to know how similarity is computed, what a paper is beyond title and year, or anything of Streamlit except
// the object given to mount(). Always true: rows are positions in the points file; nothing is drawn unless something
// changed; an answer that a newer one has overtaken changes nothing.

import { colouring, isKind, litUp, readTheme } from "./colour.js";
import { compare, explain } from "./contrast.js";
import { GONE, Sheet, ahead, column } from "./data.js";
import { Digest } from "./digest.js";
import { markAtOnce, takeFlags } from "./flags.js";
import { Frame } from "./frame.js";
import { listen } from "./gestures.js";
import { Glow } from "./glow.js";
import { clamp } from "./grid.js";
import { Marks } from "./marks.js";
import { onward, wayTo } from "./movement.js";
import { Overview } from "./overview.js";
import { Painters } from "./painters.js";
import { forPaper, picture } from "./picture.js";
import { showPointed } from "./pointing.js";
import { Timeline, hueOf, inSpan } from "./timeline.js";
import { View, readAddress } from "./view.js";

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
    Object.assign(this, { root, ringed: [], returned: false, dpr: 1, hover: null, focus: null, listed: null, pressed: undefined, data: null, sheet: null,
      painter: null, colours: null, undressed: false, passing: null, mask: null, closeness: null, contrast: null, flags: null, liked: [], results: [], neighbours: [], selected: null,
      lit: null, tool: null, trail: null, discs: [], stack: null, request: 0, made: performance.now() });
    this.timing = { drawMs: 0, draws: 0, dots: 0, firstPaintMs: null };
    this.frame = new Frame(root, (tool) => this.press(tool), () => this.update(this.component), (choice) => picture(this, choice),
      (name) => this.component.setTriggerValue("event", { kind: this.data.colour, name }));
    this.view = new View(() => { this.sheet.lastView = this.view.place; this.view.save(); this.invalidate(); });
    this.marks = new Marks(this.frame.marks, () => this.invalidate());
    this.glow = new Glow(this.frame.glow);
    this.digest = new Digest();
    this.overview = new Overview(this.frame.$(".overview"), this.frame.$(".line"),
      (x, y) => this.view.fly({ x, y, zoom: this.view.zoom }), (topic, level) => this.show(topic, level));
    this.timeline = new Timeline(this.frame.$(".timeline"), () => this.brushed());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    // Titles make a new picture, and the panel waits for no frame; the figure of trust stands beside the map.
    this.hear = (what) => (what === "trust" ? this.frame.trust(this.sheet.trust) : (this.digest.later(this), this.invalidate()));
    this.ending = new AbortController();
    const on = (target, event, act) => target?.addEventListener(event, act, { signal: this.ending.signal });
    on(window, "hashchange", () => { const place = readAddress(); if (place && this.sheet) this.view.fly(place); });
    // Streamlit leaves the hash out of addresses that it makes; those that the map made hold the view they had.
    on(window, "popstate", () => { this.returned = true; if (this.sheet) this.view.fly(readAddress() ?? this.view.fitted()); });
    on(document.documentElement, "explorer:panel", () => this.resize());
    on(window.navigation, "currententrychange", () => { if (this.sheet) this.view.save(); });
    on(window, "beforeprint", () => { if (this.painter) forPaper(this); });
    on(window, "afterprint", () => { this.root.querySelector(".paper")?.remove(); });
    on(window, "explorer:hover", ({ detail }) => { this.listed = detail?.row ?? null; this.showPointed(); });
    on(window, "explorer:light", ({ detail }) => this.light(detail));
    on(window, "explorer:look", () => this.digest.tell(this, true));
    on(window, "explorer:mark", ({ detail }) => markAtOnce(this, detail ?? {}));
    on(window, "explorer:arrivals", ({ detail }) => { this.arrivals = detail; if (this.colours) { this.legend(); this.invalidate(); } });
    on(window, "explorer:contrast", ({ detail }) => compare(this, detail));
    // A font that arrives late makes all measured widths wrong.
    document.fonts?.ready.then(() => { this.marks.labels.forget(); this.invalidate(); });
    listen(this, this.frame.stage);
    window.dispatchEvent(new CustomEvent("explorer:map"));
    root.explorerMap = { // for tests and benchmarks
      screenOf: (row) => { const p = this.view.onScreen(row), r = this.frame.stage.getBoundingClientRect();
        return { x: p.x + r.left, y: p.y + r.top }; },
      placeOf: (row) => Array.from((this.way?.xy ?? this.sheet.points.grid.xy).subarray(2 * row, 2 * row + 2)),
      stats: () => ({ ...this.timing, renderer: this.painter?.name, n: this.sheet?.points.n }),
      loseContext: () => this.painter?.gl?.getExtension("WEBGL_lose_context"),
    };
  }

  destroy() {
    this.timeline.stop();
    this.ending.abort();
    clearTimeout(this.view.saving);
    this.digest.stop();
    cancelAnimationFrame(this.request);
    this.watch.disconnect();
    this.sheet?.listeners.delete(this.hear);
    this.painters?.destroy();
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
      const coming = Promise.all([Sheet.open(data.version), ahead([data.mask_url, data.marks_url, this.needed])]);
      this.painters ??= new Painters((painter) => this.paintWith(painter)); // takes its time, while the points are on their way
      try {
        const [sheet] = await coming;
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
    Object.assign(this, { sheet, lit: null, passing: null, mask: null, closeness: null, flags: null, liked: [], hover: null, focus: null,
      listed: null, stack: null, colours: null, colouredAs: null, undressed: true, contrast: null, comparing: null });
    sheet.listeners.add(this.hear);
    this.marks.labels.forget();
    this.resize();
    this.way = wayTo(sheet);
    this.resumed = first && (readAddress() ?? sheet.lastView ?? this.way?.lastView);
    if (fresh && (first || !this.way)) Object.assign(view, this.resumed || view.fitted());
    this.painters.begin(); // takeColumns colours
    this.frame.say(sheet.points.n ? "" : "No papers on the map yet.");
  }

  // A painter takes over; whatever was coloured is so again.
  paintWith(painter) {
    this.frame.stage.prepend(painter.canvas);
    for (const canvas of this.root.querySelectorAll(".dots")) canvas.hidden = canvas !== painter.canvas;
    Object.assign(this, { painter, dotsAs: null });
    this.resize();
    painter.load(this.shown);
    if (this.colours) this.recolour();
  }

  takeMarks(before) {
    const { data, sheet: { points: { n } } } = this, there = (row) => row !== null && row < n;
    Object.assign(this, { results: data.results.filter(there), neighbours: data.neighbours.filter(there),
      selected: there(data.selected) ? data.selected : null });
    this.frame.tool("results").hidden = !this.results.length;
    Object.assign(this.root.dataset, { results: this.results.length, asking: data.asking.length,
      selected: this.selected ?? "" });
    const asked = before ? before.focus !== data.focus : data.focus && !this.resumed, ringed = data.ringed.filter(there);
    const fresh = before ? before.ringed.join() !== data.ringed.join() : !this.resumed;
    this.ringed = ringed;
    this.root.dataset.ringed = ringed.length;
    if (this.returned) this.returned = false;
    else if (this.results.length && asked) this.press("results");
    else if (ringed.length && fresh) this.view.fly(this.view.around(ringed));
    this.invalidate();
  }

  // Where the values lie that the chosen colours stand for.
  get needed() { return this.data.kinds_url ?? (this.data.colour === "similarity" ? this.data.similarity_url : null); }

  async takeColumns(data) {
    const { n } = this.sheet.points, { needed } = this;
    let failed = null;
    const [mask, closeness, flags] = await Promise.all([data.mask_url, needed, data.marks_url].map(
      (path) => column(path, n).catch((error) => { failed = error; return null; })));
    if (this.data !== data) return;
    if (failed) this.fail("Filters or colours of the map could not be loaded.", failed);
    else if (n) this.frame.say("");
    Object.assign(this, { passing: mask, closeness });
    this.mask = inSpan(this.whole, this.timeline, this.sheet.points.year);
    takeFlags(this, flags);
    if (mask !== this.masked) Object.assign(this, { masked: mask, lit: null });
    const colouredAs = JSON.stringify([this.theme, data.colour, mask && data.mask_url, closeness && needed,
      flags?.some((bits) => bits & GONE) && data.marks_url]);
    if (colouredAs !== this.colouredAs) this.recolour();
    this.colouredAs = colouredAs;
  }

  legend() {
    const { sheet: { points: { years, provisional }, trust }, colours: { mode, unknown } } = this;
    this.frame.legend(mode, years, this.theme, { unknown, provisional, liked: this.liked.length > 0, arrived: this.arrivals?.words, names: this.data.kinds ?? [] });
    this.frame.trust(trust);
    explain(this.frame.$(".legend .contrast"), this.contrast, this.theme);
  }

  colouredFor(theme) {
    const { sheet, mask, closeness, contrast } = this, { colour } = this.data, mode = (colour === "similarity" || isKind(colour)) && !closeness ? "topic" : colour;
    return contrast?.colours(theme, mask, this.there) ?? { ...colouring(sheet, theme, mode, mask, closeness, this.there), mode };
  }

  // Only papers of some years are shown: nobody else hears of it.
  brushed(counting = false) {
    this.mask = inSpan(this.whole, this.timeline, this.sheet.points.year);
    this.digest.sizes = null;
    this.recolour(counting);
  }

  recolour(counting = true) {
    const { sheet, theme, whole } = this;
    this.colours = this.colouredFor(theme);
    if (counting) this.timeline.count(sheet, theme, (row) => this.there(row) && (!whole || whole[row] > 0), hueOf(sheet, this.colours.mode, this.contrast?.sides ?? this.closeness), this.colours.mode === "year");
    if (this.view.below !== this.timeline.height) this.resize();
    this.paint();
    if (!this.undressed) this.dress();
    this.legend();
    this.invalidate();
  }

  // The light behind the dots and the small map: after a first picture, which should not wait for them.
  dress() {
    const { sheet: { points: { grid } }, colours, theme, dpr } = this;
    this.undressed = false;
    this.glow.colour(grid, colours, theme.dark);
    this.overview.draw(grid, colours, dpr);
    this.invalidate();
  }

  // What a list points at, { level, id } of a topic, stands out from the rest; null for nothing. One that is to `stay` does
  // so until the answer to a click is there.
  light(topic) {
    if (!this.painter || !this.colours || (!topic && this.lit?.stay)) return;
    this.lit = topic;
    this.root.dataset.lit = topic ? `${topic.level}.${topic.id}` : "";
    this.paint();
    this.invalidate();
  }

  paint() {
    const { lit, colours, sheet } = this, ids = lit && sheet.points.topic[lit.level];
    this.glow.canvas.classList.toggle("dim", !!ids);
    this.painter.colour(ids ? litUp(colours, ids, lit.id) : colours);
    this.dotsAs = null;
  }

  fail(text, error) {
    console.warn("explorer map:", error.message);
    this.frame.say(text, true);
  }

  // ------------------------------------------------------------------------------------------------------ drawing

  resize() {
    const w = this.root.clientWidth, h = this.root.clientHeight, dpr = window.devicePixelRatio || 1;
    this.dpr = dpr;
    for (const canvas of this.root.querySelectorAll(".dots, .marks")) {
      const width = Math.round(w * dpr), height = Math.round(h * dpr);
      // Setting a size clears the canvas, even when it is the same size.
      if (canvas.width === width && canvas.height === height) continue;
      Object.assign(canvas, { width, height });
      this.dotsAs = null;
    }
    this.timeline.draw();
    this.view.frame(this.sheet?.points.grid, w, h, parseFloat(getComputedStyle(this.root).paddingLeft), this.timeline.height);
    this.invalidate();
  }

  invalidate() {
    if (!this.request && this.root.isConnected) this.request = requestAnimationFrame((now) => this.draw(now));
  }

  draw(now) {
    this.request = 0;
    const { view, frame, sheet, painter, timing, dpr } = this, { grid } = view;
    if (!painter || !this.colours || !view.w || !view.h) return;
    const start = performance.now();
    view.advance(now);
    if (this.way) this.way = onward(this, now);
    // Few papers have room for larger dots, very many hide each other less with smaller and fainter ones.
    const few = Math.max(1, (6000 / grid.placed) ** 0.25), many = Math.min(1, (50_000 / grid.placed) ** 0.15), radius = clamp(1.4 * few * many * view.zoom ** 0.4, 0.8, 4.5);
    this.radius = this.contrast?.radius(radius) ?? radius;
    // Results stand out because the rest steps back, unless colour itself already tells what is close.
    const back = this.results.length && !this.contrast && !["similarity", "trust"].includes(this.data.colour) && grid.n > 60 ? 0.55 : 1;
    const [x, y] = view.onMap(view.w / 2, view.h / 2), strength = clamp(0.82 * many ** 1.1 + 0.03 * view.zoom, 0.5, 0.9);
    this.strength = strength * back;
    this.drawDots({ w: view.w, h: view.h, x, y, scale: view.scale }, dpr, this.radius, strength, this.theme.back);
    painter.canvas.style.opacity = back;
    this.glow.show(view);
    this.overview.show(view, sheet, this.allowed);
    const scene = this.scene(), { results } = scene;
    this.discs = this.marks.draw(scene);
    this.showPointed();
    this.digest.later(this);
    frame.tool("results").classList.toggle("away", results.some((row) => !view.shows(row)));
    Object.assign(this.root.dataset, { ready: "true", n: grid.n, renderer: painter.name,
      view: [view.x, view.y, view.zoom].map((value) => value.toFixed(4)).join(",") });
    timing.drawMs = performance.now() - start;
    timing.draws++;
    timing.firstPaintMs ??= performance.now() - this.made;
    if (this.undressed) setTimeout(() => { if (this.undressed && this.colours && this.root.isConnected) this.dress(); });
  }

  // Nothing where they would look the same: what is marked on top of a million dots costs as much as on a hundred.
  drawDots(view, ...looks) {
    const key = [...Object.values(view), ...looks].join();
    if (key === this.dotsAs) return;
    this.painter.draw(view, ...looks);
    this.dotsAs = key;
    this.timing.dots++;
  }

  // All that the marks are drawn from.
  scene() {
    const { view, sheet, theme, colours, radius, data, liked, trail, dpr, there, allowed, frame, lit, contrast, arrivals, digest: { sizes } } = this, marked = (rows) => (contrast ? [] : rows.filter(there));
    const selected = this.chosen, neighbours = selected === this.selected ? this.neighbours : [];
    return { view, sheet, theme, colours, radius, data, liked, trail, dpr, allowed, selected, chosen: marked(this.ringed), lit, sizes, contrast, arrivals,
      hollow: this.shown.flags, results: marked(this.results), neighbours: neighbours.filter(there), obstacles: frame.obstacles() };
  }

  showPointed() { if (this.painter && this.colours) showPointed(this); }

  // --------------------------------------------------------------------------------------- pointing and choosing

  // The ring should not wait for the server.
  get chosen() { return this.pressed === undefined ? this.selected : this.pressed; }

  // The points, and a mask of what is drawn plainly but for the years: those that are compared, or that pass.
  get shown() { return this.contrast?.points ?? this.sheet.points; }

  get whole() { return this.contrast?.sides ?? this.passing; }

  there = (row) => !this.flags || !(this.flags[row] & GONE);

  allowed = (row) => this.there(row) && (!this.mask || this.mask[row] > 0);

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
  draft(corners) { Object.assign(this, { trail: corners }).invalidate(); }

  sendArea() {
    if (!this.trail) return; // Escape took it away before the pointer was lifted
    const step = Math.ceil(this.trail.length / 200);
    this.trail = this.trail.filter((_, i) => i % step === 0);
    const polygon = this.trail.map((corner) => this.view.grid.outward(corner));
    this.component.setTriggerValue("event", { kind: "area", polygon });
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
    if (name === "picture") this.frame.offerPicture();
    else if (name === "lasso" || name === "box") this.use(this.tool === name ? null : name);
    else if (!view.grid?.n) return;
    else if (name === "fit") view.fly(view.fitted());
    else if (name === "results") view.fly(view.around(this.results, this.data.query));
    else view.zoomAt(view.middle.x, view.middle.y, name === "in" ? 1.6 : 1 / 1.6, "fly");
  }

  // Flies to a topic of a level, or to all papers.
  show(topic, level) {
    const rows = [], ids = this.sheet.points.topic[level];
    for (let row = 0; topic && row < ids.length; row++) if (ids[row] === topic.id && this.allowed(row)) rows.push(row);
    this.view.fly(topic ? this.view.around(rows) : this.view.fitted());
  }

  escape() {
    const drawn = this.trail;
    this.draft(null);
    if (this.tool) this.use(null);
    else if (this.chosen !== null || drawn) this.choose(null); // also before the page has answered a click
    else this.focus = null;
  }
}
