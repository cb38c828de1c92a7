// The density of papers as a soft light behind the dots, in the colours of the topics that are there.
// It refuses to know views: the picture covers the box of the points, and whoever shows it moves and scales it. Always
// true: it costs one pass over the points for each colouring and none for a frame; few papers make no light.

import { clamp } from "./grid.js";

const SIDE = 384, REACH = 4; // cells of the picture along each axis, and how far a paper shines, in cells
const FEWEST = 300; // papers: below, density is what one sees anyway
const COARSE = 6; // pixels across a cell, from which on each would be seen
const FULL = 2.5, GONE = 16; // zooms: up to the first the light is as it is, from the second on there is none

// One box blur along a line of cells; three of them are close to a Gaussian.
function smear(values, start, step, scratch) {
  const width = 2 * REACH + 1;
  let sum = 0;
  for (let i = -REACH; i < SIDE + REACH; i++) {
    if (i + REACH < SIDE) sum += values[start + (i + REACH) * step];
    if (i - REACH - 1 >= 0) sum -= values[start + (i - REACH - 1) * step];
    if (i >= 0 && i < SIDE) scratch[i] = sum / width;
  }
  for (let i = 0; i < SIDE; i++) values[start + i * step] = scratch[i];
}

function blurred(values) {
  const scratch = new Float32Array(SIDE);
  for (let turn = 0; turn < 3; turn++) {
    for (let line = 0; line < SIDE; line++) smear(values, line * SIDE, 1, scratch);
    for (let line = 0; line < SIDE; line++) smear(values, line, SIDE, scratch);
  }
  return values;
}

export class Glow {
  // `canvas` is shown behind the dots.
  constructor(canvas) { Object.assign(this, { canvas, box: null }); }

  // Takes what colouring() gave; rows that are not drawn plainly (code 0) give no light.
  colour({ xy, left, right, low, high, placed }, { codes, order, palette }, dark) {
    const { canvas } = this;
    this.box = placed < FEWEST ? null : boxOf(left, right, low, high);
    canvas.hidden = !this.box;
    if (!this.box) return;
    const { x, y, side } = this.box, parts = [0, 1, 2, 3].map(() => new Float32Array(SIDE * SIDE));
    for (const row of order) {
      if (!codes[row]) continue;
      const column = clamp(Math.floor(((xy[2 * row] - x) / side) * SIDE), 0, SIDE - 1);
      const line = clamp(Math.floor(((y - xy[2 * row + 1]) / side) * SIDE), 0, SIDE - 1), cell = line * SIDE + column;
      for (let part = 0; part < 3; part++) parts[part][cell] += palette[4 * codes[row] + part];
      parts[3][cell]++;
    }
    parts.forEach(blurred);
    const lit = parts[3].filter((density) => density > 1e-4).sort(), usual = lit[Math.floor(lit.length * 0.8)] || 1;
    const image = new ImageData(SIDE, SIDE), most = dark ? 130 : 105;
    for (let cell = 0; cell < SIDE * SIDE; cell++) {
      const density = parts[3][cell];
      if (density <= 1e-4) continue;
      for (let part = 0; part < 3; part++) image.data[4 * cell + part] = parts[part][cell] / density;
      image.data[4 * cell + 3] = most * (1 - Math.exp(-1.1 * density / usual));
    }
    Object.assign(canvas, { width: SIDE, height: SIDE });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // Where the picture lies and how strong it is, in a view.
  place(view) {
    const { x, y, side } = this.box, corner = view.project(x, y);
    return { ...corner, size: side * view.scale, strength: clamp((GONE - view.zoom) / (GONE - FULL), 0, 1) };
  }

  show(view) {
    if (!this.box) return;
    const { x, y, size, strength } = this.place(view), { style } = this.canvas, grain = size / SIDE;
    const transform = `translate(${x}px, ${y}px) scale(${grain})`;
    if (transform !== style.transform) {
      // Where no graphics card smooths it, that costs most of a frame; so small a grain is not seen in motion.
      style.imageRendering = grain < COARSE ? "pixelated" : "auto";
      clearTimeout(this.rest);
      this.rest = setTimeout(() => { style.imageRendering = "auto"; }, 500);
    }
    Object.assign(style, { transform, opacity: strength });
  }

  // Onto a picture that is taken away.
  draw(pen, view) {
    if (!this.box) return;
    const { x, y, size, strength } = this.place(view);
    pen.globalAlpha = strength;
    pen.drawImage(this.canvas, x, y, size, size);
    pen.globalAlpha = 1;
  }
}

// The square around the points, with room for the light of those at its rim; x and y are its top left corner.
function boxOf(left, right, low, high) {
  const side = Math.max(right - left, high - low, 1e-9) * (1 + (8 * REACH) / SIDE);
  return { x: (left + right - side) / 2, y: (low + high + side) / 2, side };
}
