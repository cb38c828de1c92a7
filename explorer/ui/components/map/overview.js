// The small map in the corner that shows where the view is, and the line of topics that leads there.
// It refuses to know dots' marks and questions. Always true: the small map holds all points at any view; its frame is
// what the large one shows; a name of the line is a topic that most papers in view belong to.

import { clamp } from "./grid.js";

const MOST = 40_000, SAMPLE = 4000; // points drawn in the corner; rows looked at to name what is in view
const SHARE = 0.6; // of the papers in view that a topic of the line holds

export class Overview {
  // go(x, y) moves the view; fly(topic, level) shows a topic, or all papers for null.
  constructor(box, line, go, fly) {
    Object.assign(this, { box, line, fly, canvas: box.querySelector("canvas"), frame: box.querySelector("i"), shown: "" });
    const move = (event) => {
      if (!event.buttons || !this.fit) return;
      const { left, top } = box.getBoundingClientRect(), { x, y, scale } = this.fit;
      go((event.clientX - left - x) / scale, (y - (event.clientY - top)) / scale);
    };
    box.addEventListener("pointerdown", (event) => { box.setPointerCapture(event.pointerId); move(event); });
    box.addEventListener("pointermove", move);
  }

  // All points, in their colours.
  draw({ xy, left, right, low, high }, { codes, order, palette }, dpr) {
    const w = this.box.clientWidth, h = this.box.clientHeight, pen = this.canvas.getContext("2d"), margin = 7;
    if (!w) return;
    const scale = Math.min((w - 2 * margin) / Math.max(1e-9, right - left), (h - 2 * margin) / Math.max(1e-9, high - low));
    this.fit = { scale, x: w / 2 - ((left + right) / 2) * scale, y: h / 2 + ((low + high) / 2) * scale };
    const width = Math.round(w * dpr), height = Math.round(h * dpr);
    Object.assign(this.canvas, { width, height });
    const step = Math.max(1, Math.ceil(order.length / MOST)), size = Math.max(1, Math.round((order.length > 3000 ? 1 : 1.8) * dpr));
    const image = pen.createImageData(width, height), { data } = image;
    for (let i = 0; i < order.length; i += step) {
      const row = order[i], code = 4 * codes[row], alpha = code ? 0.75 : 0.25;
      const x0 = Math.round((this.fit.x + xy[2 * row] * scale) * dpr), y0 = Math.round((this.fit.y - xy[2 * row + 1] * scale) * dpr);
      if (!(x0 >= 0 && y0 >= 0)) continue; // without a place
      for (let y = y0; y < Math.min(height, y0 + size); y++) {
        for (let x = x0; x < Math.min(width, x0 + size); x++) {
          const at = 4 * (y * width + x), behind = (data[at + 3] / 255) * (1 - alpha), whole = alpha + behind;
          for (let part = 0; part < 3; part++) data[at + part] = (palette[code + part] * alpha + data[at + part] * behind) / whole;
          data[at + 3] = 255 * whole;
        }
      }
    }
    pen.putImageData(image, 0, 0);
  }

  show(view, sheet, allowed) {
    const { fit, box } = this, [x0, y0] = view.onMap(view.aside, 0), [x1, y1] = view.onMap(view.w, view.h);
    if (fit) {
      const w = box.clientWidth, h = box.clientHeight;
      const [a, b] = [x0, x1].map((x) => clamp(fit.x + x * fit.scale, 1, w - 1));
      const [c, d] = [y0, y1].map((y) => clamp(fit.y - y * fit.scale, 1, h - 1));
      this.frame.style.cssText = `left:${a}px; top:${c}px; width:${Math.max(3, b - a)}px; height:${Math.max(3, d - c)}px`;
    }
    const path = view.zoom > 1.3 ? this.path(view.grid, sheet, [x0, y1, x1, y0], allowed) : [];
    const shown = path.map(({ topic }) => topic.label).join(" › ");
    if (shown === this.shown) return;
    this.shown = shown;
    this.line.hidden = !path.length;
    this.line.replaceChildren(...[{ topic: null, level: 0 }, ...path].map(({ topic, level }) => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: topic?.label ?? "All papers" });
      made.title = topic?.second ? `also about “${topic.second}”` : "";
      made.onclick = () => this.fly(topic, level);
      return made;
    }));
  }

  // From the coarsest level down, the topics that hold most of what is in view.
  path(grid, { levels, points }, box, allowed) {
    const rows = [], path = [];
    grid.visit(...box, (row) => { if (allowed(row)) rows.push(row); return rows.length >= 20 * SAMPLE; });
    const step = Math.max(1, Math.ceil(rows.length / SAMPLE)), some = rows.filter((_, i) => i % step === 0);
    for (let level = levels.length - 1; level >= 0 && some.length; level--) {
      const counts = new Map();
      for (const row of some) counts.set(points.topic[level][row], (counts.get(points.topic[level][row]) ?? 0) + 1);
      const [id, count] = [...counts].sort((a, b) => b[1] - a[1])[0], topic = levels[level].find((one) => one.id === id);
      if (!topic || count < SHARE * some.length) break;
      if (topic.label !== path.at(-1)?.topic.label) path.push({ topic, level });
    }
    return path;
  }
}
