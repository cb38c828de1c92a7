// Which painter draws the dots: WebGL2's, or a plain canvas where that is missing or away.
// It refuses to know what is drawn. Always true: making it waits for nothing, as the graphics card takes its time over
// what it is asked; of all painters a single one draws.

import { CanvasPainter } from "./paint_2d.js";
import { GlPainter } from "./paint_gl.js";

const canvas = () => Object.assign(document.createElement("canvas"), { className: "dots" });

export class Painters {
  // use(painter) lets one draw.
  constructor(use) {
    Object.assign(this, { use, now: null, spare: null, first: null });
    const lost = () => { if (this.now === this.first) this.begin(this.plain()); };
    const restored = () => { if (this.now === this.spare) this.begin(this.first); };
    try {
      this.first = new GlPainter(canvas(), lost, restored);
    } catch (error) {
      this.first = this.without(error);
    }
  }

  // Draws while the graphics card is away, which may be for ever.
  plain() { return (this.spare ??= new CanvasPainter(canvas())); }

  without(error) {
    console.info("explorer map: drawing without WebGL2:", error.message);
    return this.plain();
  }

  // Lets one draw from now on, at first WebGL2's.
  begin(painter = this.now ?? this.first) {
    try {
      painter.settle?.();
    } catch (error) {
      painter = this.without(error);
    }
    this.now = painter;
    this.use(painter);
  }

  destroy() { for (const painter of new Set([this.first, this.spare])) painter?.destroy(); }
}
