// Where the map looks: the centre and the zoom, flights between views, and the page's address that keeps the view.
// It refuses to know what is drawn. Always true: map units have y up, screen units are CSS pixels from the map's top
// left corner; zoom 1 shows all points; the centre stays among the points, so that the map cannot be lost.

import { clamp } from "./grid.js";

const FARTHEST = 0.5, FLIGHT = 200; // ms

export class View {
  // `moved` is called whenever the view has changed or begins to fly.
  constructor(moved) {
    const { pathname } = window.location; // another page of the app must not be given this map's view
    Object.assign(this, { moved, pathname, grid: null, flight: null,
      x: 0, y: 0, zoom: 1, w: 0, h: 0, base: 0, most: 20 });
  }

  // Takes the size of the frame and the points; the view keeps its centre and zoom.
  frame(grid, w, h) {
    Object.assign(this, { grid, w, h });
    if (!this.ready) return;
    const { left, right, low, high } = grid, wide = right - left, tall = high - low, margin = Math.min(48, w * 0.08);
    const least = (Math.max(wide, tall) || 1) / 1e3; // points in one line or one place must not fill the frame
    this.base = Math.min((w - 2 * margin) / Math.max(wide, least), (h - 2 * margin) / Math.max(tall, least));
    this.most = clamp(20 * Math.sqrt(grid.n), 20, 4000); // beyond it, float32 positions would visibly jump
  }

  get ready() { return !!this.grid?.n && this.w > 0 && this.h > 0; }
  get scale() { return (this.base || 1) * this.zoom; }
  get place() { return { x: this.x, y: this.y, zoom: this.zoom }; }
  get farthest() { return this.zoom <= FARTHEST; }

  project(x, y) { return { x: this.w / 2 + (x - this.x) * this.scale, y: this.h / 2 - (y - this.y) * this.scale }; }

  onScreen(row) { return this.project(this.grid.xy[2 * row], this.grid.xy[2 * row + 1]); }

  onMap(px, py) { return [this.x + (px - this.w / 2) / this.scale, this.y - (py - this.h / 2) / this.scale]; }

  shows(row, edge = 0) {
    const { x, y } = this.onScreen(row);
    return x >= edge && y >= edge && x <= this.w - edge && y <= this.h - edge;
  }

  fitted() {
    const { left, right, low, high, n } = this.grid;
    return n ? { x: (left + right) / 2, y: (low + high) / 2, zoom: 1 } : { x: 0, y: 0, zoom: 1 };
  }

  // A view of the given rows with some context: usually not so close that fewer than a hundred papers would be seen.
  // `also` is a place to show with them, or null.
  around(rows, also) {
    if (!this.base) return this.fitted(); // not laid out yet, as in a tab that is hidden
    const { xy, spacing } = this.grid, places = rows.map((row) => [xy[2 * row], xy[2 * row + 1]]);
    if (also) places.push(also);
    const xs = places.map((p) => p[0]), ys = places.map((p) => p[1]);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const zoom = Math.min((this.w * 0.7) / (x1 - x0 || 1e-9), (this.h * 0.7) / (y1 - y0 || 1e-9)) / this.base;
    const closest = Math.sqrt((this.w * this.h) / 100) / (spacing * this.base);
    return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, zoom: clamp(zoom, FARTHEST, Math.max(1, closest)) };
  }

  bounded({ x, y, zoom }) {
    const { left, right, low, high } = this.grid;
    return { x: clamp(x, left, right), y: clamp(y, low, high), zoom: clamp(zoom, FARTHEST, this.most) };
  }

  look(place) {
    if (!this.grid?.n) return;
    Object.assign(this, this.bounded(place));
    this.moved();
  }

  fly(place) {
    if (!this.grid?.n) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.look(place); return; }
    this.flight = { from: this.place, to: this.bounded(place), start: performance.now() };
    this.moved();
  }

  advance(now) {
    if (!this.flight) return;
    const { from, to, start } = this.flight, t = clamp((now - start) / FLIGHT, 0, 1), ease = t * (2 - t);
    if (t === 1) this.flight = null;
    // Zoom grows by factors, so it is eased as a power; plain easing would rush one end of the way.
    this.look({ x: from.x + (to.x - from.x) * ease, y: from.y + (to.y - from.y) * ease,
      zoom: from.zoom * (to.zoom / from.zoom) ** ease });
  }

  // Zooms so that the map under the pixel stays under it.
  zoomAt(px, py, factor, how = "look") {
    const zoom = clamp(this.zoom * factor, FARTHEST, this.most), [mx, my] = this.onMap(px, py);
    const scale = (this.base || 1) * zoom;
    this[how]({ x: mx - (px - this.w / 2) / scale, y: my + (py - this.h / 2) / scale, zoom });
  }

  pan(dx, dy, how = "look") {
    this[how]({ x: this.x - dx / this.scale, y: this.y + dy / this.scale, zoom: this.zoom });
  }

  // Streamlit rewrites the address without the hash when query parameters change, so the view is written again after
  // each update and, where the browser tells, after each change of the address.
  save() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      const { x, y, zoom } = this, fit = this.grid.n ? this.fitted() : this, { location, history } = window;
      const home = Math.hypot(x - fit.x, y - fit.y) * this.scale < 1 && Math.abs(zoom - 1) < 1e-3;
      if (location.pathname !== this.pathname || (home && !readAddress())) return; // the first view needs no address
      const hash = home ? "" : `#map=${x.toFixed(5)},${y.toFixed(5)},${zoom.toFixed(4)}`;
      if (location.hash !== hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
    }, 250);
  }
}

// The view that the page's address asks for, or null.
export function readAddress() {
  const found = /^#map=(-?[\d.]+),(-?[\d.]+),([\d.]+)$/.exec(window.location.hash);
  const [x, y, zoom] = found ? found.slice(1).map(Number) : [];
  return found && [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : null;
}
