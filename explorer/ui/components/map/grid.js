// Points sorted into square cells, so that "what is near here" looks at a few cells instead of all points.
// It refuses to know pixels, papers and colours. Always true: rows are positions in the points file; `xy` holds x and y
// in turn, in map units with y up, a few strays moved to the rim of all others; visit() tells every row of the rectangle once; a row without a place (NaN) is nowhere.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const STRAYS = 0.002, ENOUGH = 1000; // the share at each end of an axis that may be strays, and papers that tell so
const RIM = 0.03; // of the width: how far outside all others strays are drawn

export class Grid {
  constructor(raw) {
    const n = raw.length / 2, there = (i) => !Number.isNaN(raw[2 * i]), xy = raw.slice();
    this.far = [0, 1].map((axis) => drawnIn(xy, axis));
    let placed = 0, left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
    for (let i = 0; i < n; i++) {
      if (!there(i)) continue;
      placed++;
      left = Math.min(left, xy[2 * i]); right = Math.max(right, xy[2 * i]);
      low = Math.min(low, xy[2 * i + 1]); high = Math.max(high, xy[2 * i + 1]);
    }
    if (!placed) left = right = low = high = 0;
    const side = clamp(Math.ceil(Math.sqrt(placed / 3)), 1, 1024);
    Object.assign(this, { n, placed, xy, left, right, low, high, side });
    this.cell = Math.max(right - left, high - low, 1e-9) / this.side;
    const home = new Uint32Array(n), ends = new Uint32Array(this.side ** 2 + 1);
    for (let i = 0; i < n; i++) {
      if (!there(i)) continue;
      home[i] = this.column(xy[2 * i] - left) + this.side * this.column(xy[2 * i + 1] - low);
      ends[home[i] + 1]++;
    }
    for (let c = 0; c < this.side ** 2; c++) ends[c + 1] += ends[c];
    const next = ends.slice();
    this.rows = new Uint32Array(placed);
    for (let i = 0; i < n; i++) if (there(i)) this.rows[next[home[i]]++] = i;
    this.ends = ends;
    // The usual gap between a point and the next, in map units: half of the points lie closer together than that.
    const crowd = new Uint32Array(placed);
    for (let c = 0; c + 1 < ends.length; c++) crowd.fill(ends[c + 1] - ends[c], ends[c], ends[c + 1]);
    this.spacing = placed ? this.cell / Math.sqrt(crowd.sort()[placed >> 1]) : 1;
  }

  // A corner of a drawn area, so that it holds the strays at the rim that it is drawn around: they lie farther out.
  outward(corner) {
    const ends = [[this.left, this.right], [this.low, this.high]];
    return corner.map((value, axis) => {
      const [least, most] = this.far[axis];
      return value < ends[axis][0] ? Math.min(value, least - 1) : value > ends[axis][1] ? Math.max(value, most + 1) : value;
    });
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

  // How far the nearest row is from a place; Infinity where no row has a place.
  gap(x, y) {
    const wide = 2 * (this.cell * this.side + Math.hypot(x - this.left, y - this.low));
    for (let reach = this.cell, least = Infinity; this.placed; reach *= 2) {
      this.visit(x - reach, y - reach, x + reach, y + reach, (row) => { least = Math.min(least, Math.hypot(this.xy[2 * row] - x, this.xy[2 * row + 1] - y)); });
      if (least <= reach || reach > wide) return least;
    }
    return Infinity;
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

// Moves what lies far outside all others to the rim, so that a few strays do not make the map small for all; the least
// and the most that there were.
function drawnIn(xy, axis) {
  const values = xy.filter((value, i) => i % 2 === axis && !Number.isNaN(value)).sort(), n = values.length;
  if (!n) return [0, 0];
  const at = (share) => values[Math.round(share * (n - 1))], low = at(STRAYS), high = at(1 - STRAYS);
  const margin = RIM * (high - low);
  for (let i = axis; n >= ENOUGH && i < xy.length; i += 2) xy[i] = clamp(xy[i], low - margin, high + margin);
  return [values[0], values[n - 1]];
}
