// Where the map looks: the centre and the zoom, flights between views, and the page's address that keeps the view.
// It refuses to know what is drawn. Always true: map units have y up, screen units are CSS pixels from the map's top
// left corner; the centre is that of what no panel covers; zoom 1 shows all points; the centre stays among the points.

import { clamp } from "./grid.js";

const FARTHEST = 0.5;
const SEEN = 0.4; // of the frame: how far the nearest paper may be from where one zooms in
const QUICKEST = 200, SLOWEST = 900; // ms of a flight, by its length
const GLIDE = 130; // ms in which the wheel's last turn comes to rest
const CURVE = 1.4; // how much a long flight draws back: van Wijk and Nuij, Smooth and efficient zooming and panning, 2003

export class View {
  // `moved` is called whenever the view has changed or begins to fly.
  constructor(moved) {
    const { pathname } = window.location; // another page of the app must not be given this map's view
    Object.assign(this, { moved, pathname, grid: null, flight: null,
      x: 0, y: 0, zoom: 1, w: 0, h: 0, aside: 0, below: 0, base: 0, most: 20 });
  }

  // Takes the size of the frame, the pixels at its left and at its foot that panels cover, and the points; the view keeps
  // its centre and zoom.
  frame(grid, w, h, aside = 0, below = 0) {
    Object.assign(this, { grid, w, h, aside: aside < w / 2 ? aside : 0, below: below < h / 3 ? below : 0 });
    if (!this.ready) return;
    const { left, right, low, high } = grid, wide = right - left, tall = high - low, margin = Math.min(36, w * 0.05);
    const least = (Math.max(wide, tall) || 1) / 1e3; // points in one line or one place must not fill the frame
    this.base = Math.min((this.free - 2 * margin) / Math.max(wide, least), (this.tall - 2 * margin) / Math.max(tall, least));
    this.most = clamp(20 * Math.sqrt(grid.placed), 20, 4000); // beyond it, float32 positions would visibly jump
  }

  get ready() { return !!this.grid?.n && this.w > 0 && this.h > 0; }
  get free() { return this.w - this.aside; } // pixels across that no panel covers
  get tall() { return this.h - this.below; } // and down
  get middle() { return { x: this.aside + this.free / 2, y: this.tall / 2 }; }
  get scale() { return (this.base || 1) * this.zoom; }
  get place() { return { x: this.x, y: this.y, zoom: this.zoom }; }
  get farthest() { return (this.flight?.to.zoom ?? this.zoom) <= FARTHEST; }

  project(x, y) {
    const { scale } = this;
    return { x: this.aside + this.free / 2 + (x - this.x) * scale, y: this.tall / 2 - (y - this.y) * scale };
  }

  onScreen(row) { return this.project(this.grid.xy[2 * row], this.grid.xy[2 * row + 1]); }

  onMap(px, py) { return [this.x + (px - this.middle.x) / this.scale, this.y - (py - this.tall / 2) / this.scale]; }

  shows(row, edge = 0) {
    const { x, y } = this.onScreen(row);
    return x >= this.aside + edge && y >= edge && x <= this.w - edge && y <= this.tall - edge;
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
    const zoom = Math.min((this.free * 0.7) / (x1 - x0 || 1e-9), (this.tall * 0.7) / (y1 - y0 || 1e-9)) / this.base;
    const closest = Math.sqrt((this.free * this.tall) / 100) / (spacing * this.base);
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
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.flight = null; this.look(place); return; }
    const from = this.place, to = this.bounded(place), way = path(from, to, this.free / (this.base || 1));
    this.flight = { to, way, start: performance.now(), time: clamp(110 * way.length, QUICKEST, SLOWEST) };
    this.moved();
  }

  advance(now) {
    if (!this.flight) return;
    const { to, way, start, time, grip, from } = this.flight, t = clamp((now - start) / time, 0, 1);
    if (t === 1) this.flight = null;
    if (grip) this.look(this.gripped(grip, from * (to.zoom / from) ** (t * (2 - t))));
    else this.look(t === 1 ? to : way.at(t * t * (3 - 2 * t)));
  }

  // Zooms so that the map under the pixel stays under it; `how` is look, fly or glide, which the wheel does.
  zoomAt(px, py, factor, how = "look") {
    const zoom = clamp((how === "glide" ? this.flight?.to.zoom ?? this.zoom : this.zoom) * factor, FARTHEST, this.most);
    const grip = { px, py, at: this.onMap(px, py) }, to = this.gripped(grip, Math.min(zoom, Math.max(this.zoom, this.closest(grip.at))));
    if (how !== "glide" || matchMedia("(prefers-reduced-motion: reduce)").matches) { this[how === "glide" ? "look" : how](to); return; }
    this.flight = { to, grip, from: this.zoom, start: performance.now(), time: GLIDE };
    this.moved();
  }

  // The zoom beyond which the paper nearest to a place would leave the frame: an empty frame tells nobody anything.
  closest([x, y]) { return (SEEN * Math.min(this.free, this.tall)) / (Math.max(this.grid.gap(x, y), 1e-12) * this.base); }

  // The place at a zoom that leaves a place of the map under its pixel.
  gripped({ px, py, at }, zoom) {
    const scale = (this.base || 1) * zoom;
    return { x: at[0] - (px - this.middle.x) / scale, y: at[1] + (py - this.tall / 2) / scale, zoom };
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
      const others = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith("map="));
      const parts = home ? others : [...others, `map=${x.toFixed(5)},${y.toFixed(5)},${zoom.toFixed(4)}`];
      const hash = parts.length ? `#${parts.join("&")}` : "";
      if (location.hash !== hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
    }, 250);
  }
}

// The way from one view to another on which zoom and place change evenly for the eye; `wide` is what zoom 1 shows. Its
// length is 0 for none, some 2 to the next zoom, more the farther it is.
function path(from, to, wide) {
  const away = Math.hypot(to.x - from.x, to.y - from.y), a = wide / from.zoom, b = wide / to.zoom, c2 = CURVE * CURVE;
  if (away < 1e-6 * Math.min(a, b)) {
    return { length: Math.abs(Math.log(a / b)) / CURVE, at: (t) => ({ x: to.x, y: to.y, zoom: from.zoom * (to.zoom / from.zoom) ** t }) };
  }
  const turn = (sign, width) => {
    const value = (b * b - a * a + sign * c2 * c2 * away * away) / (2 * width * c2 * away);
    return Math.log(Math.sqrt(value * value + 1) - value);
  };
  const start = turn(1, a), length = (turn(-1, b) - start) / CURVE;
  return { length, at: (t) => {
    const bend = CURVE * length * t + start;
    const share = (a / (c2 * away)) * (Math.cosh(start) * Math.tanh(bend) - Math.sinh(start));
    return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y),
      zoom: (from.zoom * Math.cosh(bend)) / Math.cosh(start) };
  } };
}

// The view that the page's address asks for, or null.
export function readAddress() {
  const found = /[#&]map=(-?[\d.]+),(-?[\d.]+),([\d.]+)(?=&|$)/.exec(window.location.hash);
  const [x, y, zoom] = found ? found.slice(1).map(Number) : [];
  return found && [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : null;
}
