// Points sorted into square cells, so that "what is near here" looks at a few cells instead of all points.
// It refuses to know pixels, papers and colours. Always true: rows are positions in the points file; `xy` holds x and y
// in turn, in map units with y up; visit() tells every row of the rectangle once.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class Grid {
  constructor(xy) {
    const n = xy.length / 2;
    let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
    for (let i = 0; i < n; i++) {
      left = Math.min(left, xy[2 * i]); right = Math.max(right, xy[2 * i]);
      low = Math.min(low, xy[2 * i + 1]); high = Math.max(high, xy[2 * i + 1]);
    }
    Object.assign(this, { n, xy, left, right, low, high, side: clamp(Math.ceil(Math.sqrt(n / 3)), 1, 1024) });
    this.cell = Math.max(right - left, high - low, 1e-9) / this.side;
    const home = new Uint32Array(n), ends = new Uint32Array(this.side ** 2 + 1);
    for (let i = 0; i < n; i++) {
      home[i] = this.column(xy[2 * i] - left) + this.side * this.column(xy[2 * i + 1] - low);
      ends[home[i] + 1]++;
    }
    for (let c = 0; c < this.side ** 2; c++) ends[c + 1] += ends[c];
    const next = ends.slice();
    this.rows = new Uint32Array(n);
    for (let i = 0; i < n; i++) this.rows[next[home[i]]++] = i;
    this.ends = ends;
    // The usual gap between a point and the next, in map units: half of the points lie closer together than that.
    const crowd = new Uint32Array(n);
    for (let c = 0; c + 1 < ends.length; c++) crowd.fill(ends[c + 1] - ends[c], ends[c], ends[c + 1]);
    this.spacing = n ? this.cell / Math.sqrt(crowd.sort()[n >> 1]) : 1;
  }

  column(offset) { return clamp(Math.floor(offset / this.cell), 0, this.side - 1); }

  // Calls visit(row) for each row within the rectangle, until visit returns true.
  visit(x0, y0, x1, y1, visit) {
    const { xy, side, ends, rows } = this;
    const a = this.column(x0 - this.left), b = this.column(x1 - this.left), d = this.column(y1 - this.low);
    for (let c = this.column(y0 - this.low); c <= d; c++) {
      for (let k = ends[c * side + a]; k < ends[c * side + b + 1]; k++) {
        const x = xy[2 * rows[k]], y = xy[2 * rows[k] + 1];
        if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && visit(rows[k])) return;
      }
    }
  }

  // Rows no farther than `reach` from a place, nearest first.
  near(x, y, reach, allowed) {
    const found = [];
    this.visit(x - reach, y - reach, x + reach, y + reach, (row) => {
      const gap = Math.hypot(this.xy[2 * row] - x, this.xy[2 * row + 1] - y);
      if (gap <= reach && allowed(row)) found.push({ row, gap });
    });
    return found.sort((a, b) => a.gap - b.gap || a.row - b.row).map(({ row }) => row);
  }
}
