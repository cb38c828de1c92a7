// Draws the points on a plain canvas, where WebGL2 is missing or away.
// It refuses to know what a colour means. Always true: it has the same methods as the painter in paint_gl.js, and draws
// the same picture; points outside the frame cost a comparison only.

import { css } from "./colour.js";

export class CanvasPainter {
  constructor(canvas) { Object.assign(this, { name: "canvas2d", canvas, context: canvas.getContext("2d") }); }

  load({ grid, flags }) { Object.assign(this, { xy: grid.xy, flags }); }

  colour({ codes, order, palette }) { Object.assign(this, { codes, order, palette }); }

  draw({ w, h, x, y, scale }, dpr, radius, alpha, rim) {
    const { context: c, codes, order, palette, xy } = this, edge = radius + 1;
    c.setTransform(dpr, 0, 0, dpr, 0, 0);
    c.clearRect(0, 0, w, h);
    c.lineWidth = 1;
    c.strokeStyle = css(rim);
    let code = -1;
    for (const row of order) {
      const px = w / 2 + (xy[2 * row] - x) * scale, py = h / 2 - (xy[2 * row + 1] - y) * scale;
      if (px < -edge || px > w + edge || py < -edge || py > h + edge) continue;
      if (codes[row] !== code) {
        code = codes[row];
        c.fillStyle = css(palette.subarray(4 * code, 4 * code + 3), (palette[4 * code + 3] / 255) * alpha);
      }
      if (this.flags[row]) { // a ring, as a place that is provisional
        const line = Math.max(1.1 / dpr, 0.34 * radius);
        Object.assign(c, { strokeStyle: c.fillStyle, lineWidth: line });
        c.beginPath();
        c.arc(px, py, radius - line / 2, 0, 7);
        c.stroke();
        Object.assign(c, { strokeStyle: css(rim), lineWidth: 1 });
        continue;
      }
      if (radius < 2 && !this.round) { c.fillRect(px - radius, py - radius, 2 * radius, 2 * radius); continue; }
      c.beginPath();
      c.arc(px, py, radius, 0, 7);
      c.fill();
      if (radius > 4) c.stroke();
    }
  }

  destroy() {}
}
