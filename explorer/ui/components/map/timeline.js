// Bars under the map: papers a year, in the colours of their topics, and the span of years that is brushed on them.
// It refuses to know where papers lie or how dots are drawn. Always true: a brush asks the server nothing; the first bar
// holds all older papers, too; a paper without a year is in no bar, and out of every span.

import { css, isKind, ramp } from "./colour.js";
import { clamp } from "./grid.js";

const FEWEST = 3; // different years, below which bars tell nothing
const STEP = 700; // ms from span to span when it plays
const WINDOW = 3; // years that play when none are brushed
const NONE = 65535;
const TICKS = 11; // pixels below the bars, for years
const GAP = 0.12; // of a bar's width, between bars

export class Timeline {
  // changed() is called when the span does: [first, last] in years, or null for all.
  constructor(box, changed) {
    Object.assign(this, { box, changed, span: null, bars: null, playing: 0, from: null });
    this.$ = (selector) => box.querySelector(selector);
    const canvas = this.$("canvas");
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.stop();
      this.from = this.yearAt(event);
      this.brush(this.from, this.from);
    });
    canvas.addEventListener("pointermove", (event) => { if (this.from !== null) this.brush(this.from, this.yearAt(event)); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.from = null; });
    for (const input of this.inputs) input.addEventListener("change", () => {
      this.stop();
      const [a, b] = this.inputs.map((each, i) => clamp(Math.round(Number(each.value)) || [this.low, this.high][i], this.low, this.high));
      if (a > this.low || b < this.high) this.brush(a, b);
      else this.set(null);
    });
    this.$(".play").onclick = () => (this.playing ? this.stop() : this.play());
    this.$(".all").onclick = () => { this.stop(); this.set(null); };
    box.addEventListener("keydown", ({ key }) => { if (key === "Escape") { this.stop(); this.set(null); } });
  }

  get inputs() { return [...this.box.querySelectorAll("input")]; }

  get low() { return this.years.low; }

  // The first year of all: its papers are in the first bar.
  get oldest() { return Math.min(this.years.low, this.years.oldest || this.years.low); }

  get high() { return this.years.high; }

  // Pixels at the foot of the map that it covers.
  get height() { return this.box.hidden ? 0 : this.box.offsetHeight + 10; }

  // Whether the papers have years enough to be shown.
  get tells() { return this.bars?.filter((bar) => bar.count).length >= FEWEST; }

  // Counts the papers that pass, without regard to the span; `hue` gives the colour of a row's topic, null for none;
  // with `shaded` each bar has the colour of its year.
  count({ points }, theme, passes, hue, shaded = false) {
    const { n, year, years } = points, same = this.years?.low === years.low && this.years?.high === years.high;
    this.years = years;
    Object.assign(this, { theme, shaded });
    const bars = Array.from({ length: years.high ? years.high - years.low + 1 : 0 }, () => ({ count: 0, hues: new Map() }));
    for (let row = 0; row < n; row++) {
      if (!year[row] || !passes(row)) continue;
      const bar = bars[Math.max(0, year[row] - years.low)], shade = hue(row);
      bar.count++;
      bar.hues.set(shade, (bar.hues.get(shade) ?? 0) + 1);
    }
    this.bars = bars;
    this.box.hidden = !this.tells;
    if (!same || this.box.hidden) Object.assign(this, { span: null });
    for (const [i, input] of this.inputs.entries()) Object.assign(input, { min: this.oldest, max: years.high, value: (this.span ?? [this.oldest, years.high])[i] });
    this.draw();
  }

  brush(a, b) { this.set([Math.min(a, b), Math.max(a, b)]); }

  set(span) {
    this.inputs.forEach((input, i) => { input.value = (span ?? [this.oldest, this.high])[i]; });
    if (this.span?.join() === span?.join()) return;
    this.span = span;
    this.draw();
    this.changed();
  }

  // Whether a year is in the span.
  holds(year) {
    if (!this.span) return true;
    const [first, last] = this.span;
    return year > 0 && year <= last && (year >= first || first === this.low);
  }

  play() {
    const width = this.span ? this.span[1] - this.span[0] : WINDOW - 1, whole = this.high - this.low;
    if (width >= whole) return;
    const start = this.span && this.span[1] < this.high ? this.span[0] : this.low;
    this.set([start, start + width]);
    this.playing = setInterval(() => {
      if (!this.box.isConnected || this.span === null || this.span[1] >= this.high) this.stop();
      else this.set(this.span.map((year) => year + 1));
    }, STEP);
    this.sayPlaying();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.sayPlaying();
  }

  sayPlaying() {
    const words = this.playing ? "Stop" : "Play the years";
    Object.assign(this.$(".play"), { textContent: this.playing ? "■" : "▶", title: words });
    this.$(".play").setAttribute("aria-label", words);
  }

  yearAt({ offsetX }) {
    return clamp(this.low + Math.floor((offsetX / this.$("canvas").clientWidth) * this.bars.length), this.low, this.high);
  }

  draw() {
    const canvas = this.$("canvas"), { clientWidth: w, clientHeight: h } = canvas, dpr = window.devicePixelRatio || 1;
    if (!this.bars || !w || this.box.hidden) return;
    Object.assign(canvas, { width: Math.round(w * dpr), height: Math.round(h * dpr) });
    const pen = canvas.getContext("2d"), { theme } = this, wide = w / this.bars.length, most = Math.max(...this.bars.map((bar) => bar.count));
    pen.scale(dpr, dpr);
    this.bars.forEach(({ count, hues }, i) => {
      const plain = this.shaded ? ramp(theme.ramp, i / Math.max(1, this.bars.length - 1)) : theme.grey;
      let y = h - TICKS, held = this.holds(this.low + i);
      for (const [hue, share] of [...hues].sort(([a], [b]) => (a ?? 99) - (b ?? 99))) {
        const tall = (share / most) * (h - 2 - TICKS);
        pen.fillStyle = css(hue === null ? plain : theme.hues[hue % theme.hues.length], held ? 0.85 : 0.2);
        pen.fillRect((i + GAP / 2) * wide, y - tall, (1 - GAP) * wide, tall);
        y -= tall;
      }
      if (count && y > h - 1 - TICKS) pen.fillRect((i + GAP / 2) * wide, h - 1 - TICKS, (1 - GAP) * wide, 1);
    });
    this.ticks(pen, wide, h);
    const held = this.bars.reduce((sum, bar, i) => sum + (this.holds(this.low + i) ? bar.count : 0), 0);
    this.$("output").textContent = `${held.toLocaleString()} ${held === 1 ? "paper" : "papers"}`;
    this.$(".all").hidden = !this.span;
    this.box.dataset.span = this.span?.join("-") ?? "";
  }

  // Years below the bars, as many as there is room for.
  ticks(pen, wide, h) {
    const every = [1, 2, 5, 10, 20, 50, 100].find((years) => years * wide >= 44) ?? 200;
    pen.fillStyle = css(this.theme.text, 0.7);
    pen.font = `10px ${this.theme.font}`;
    pen.textAlign = "center";
    for (let year = Math.ceil(this.low / every) * every; year <= this.high; year += every) {
      // The first bar holds all older papers, too.
      pen.fillText(year === this.low && this.oldest < year ? `≤ ${year}` : year, clamp((year - this.low + 0.5) * wide, 17, wide * this.bars.length - 12), h - 1.5);
    }
  }
}

// A column of what passes: what a mask lets through and the span holds; null when all do.
export function inSpan(mask, timeline, years) {
  if (!timeline.span) return mask;
  return Uint8Array.from(years, (year, row) => (!mask || mask[row]) && timeline.holds(year) ? 255 : 0);
}

// The topic's hue of each row, for bars.
export function hueOf({ points, colourLevel, hues }, mode, column) {
  if (mode === "contrast") return (row) => [null, 0, 1, null][column[row]];
  if (isKind(mode)) return (row) => (column[row] ? column[row] - 1 : null);
  const ids = points.topic[colourLevel];
  return (row) => (mode === "topic" && ids && ids[row] !== NONE ? hues.get(ids[row]) ?? null : null);
}
