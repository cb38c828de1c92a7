// What the map shows now, in numbers, for the panel beside it: papers and topics in view, their years, typical and newest
// papers.
// It refuses to know how that is written. Always true: it costs the server nothing; a topic's size is the number of
// papers that a click on it leaves, wherever they lie; it is found out when the view rests, and at most every PAUSE.

import { css } from "./colour.js";
import { levelOf } from "./marks.js";

const PAUSE = 120; // ms
const BINS = 24; // of years
const TOPICS = 40, PAPERS = 3; // topics that are named, papers that stand for what is in view
const ALL = 8; // papers in view, up to which each is named
const NONE = 65535;

export class Digest {
  constructor() { Object.assign(this, { timer: 0, sizes: null, years: null, last: null }); }

  // Counts anew what passes: { sizes, doubts: a number a topic, years: BINS numbers a topic }, by level.
  count({ sheet, allowed }) {
    const { points, levels } = sheet, { n, year, topic, years: { low, high } } = points, bins = Math.max(1, Math.min(BINS, high - low + 1));
    this.bins = bins;
    this.sizes = levels.map((level) => new Uint32Array(1 + Math.max(-1, ...level.map(({ id }) => id))));
    this.doubts = this.sizes.map((sizes) => new Uint32Array(sizes.length));
    this.years = this.sizes.map((sizes) => new Uint32Array(sizes.length * bins));
    this.all = 0;
    for (let row = 0; row < n; row++) {
      if (!allowed(row)) continue;
      this.all++;
      const bin = year[row] && Math.min(bins - 1, Math.max(0, Math.floor(((year[row] - low) * bins) / (high - low + 1))));
      for (let level = 0; level < levels.length; level++) {
        const id = topic[level][row];
        if (id === NONE) continue;
        this.sizes[level][id]++;
        if (sheet.doubtful(row, level)) this.doubts[level][id]++;
        if (year[row]) this.years[level][id * bins + bin]++;
      }
    }
  }

  // Tells what is in view once it has rested a little.
  later(map) {
    if (!this.timer) this.timer = setTimeout(() => { this.timer = 0; this.tell(map); }, PAUSE);
  }

  stop() { clearTimeout(this.timer); }

  tell(map, again = false) {
    if (!map.sheet || !map.view.ready || !map.root.isConnected) return;
    if (!this.sizes) this.count(map);
    const detail = this.look(map), seen = JSON.stringify(detail);
    if (seen === this.last && !again) return;
    this.last = seen;
    window.dispatchEvent(new CustomEvent("explorer:view", { detail: { ...detail, trust: map.sheet.points.trust, doubt: (row) => map.sheet.doubt(row) } }));
  }

  look(map) {
    const { view, sheet, allowed, there } = map, { year } = sheet.points, inside = new Uint32Array(view.grid.placed);
    let held = 0, low = Infinity, high = -Infinity;
    const [x0, y1] = view.onMap(view.aside, 0), [x1, y0] = view.onMap(view.w, view.tall);
    view.grid.visit(x0, y0, x1, y1, (row) => { if (allowed(row)) inside[held++] = row; });
    const rows = inside.subarray(0, held);
    for (const row of rows) if (year[row]) { low = Math.min(low, year[row]); high = Math.max(high, year[row]); }
    const { level, counts } = this.topicsOf(rows, sheet, levelOf(view, sheet.levels)), of = sheet.trust.of;
    const years = high >= low ? [low, high] : [];
    const topics = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]), { typical, newest } = standing(rows, sheet, level, topics, years[1]);
    const told = (row) => ({ row, ...sheet.paper(row), near: undefined });
    return { count: rows.length, all: this.all, years, level, of, marked: map.results.length, results: map.results.filter((row) => there(row) && view.shows(row)),
      topics: topics.slice(0, TOPICS).map(([id, count]) => this.told(map, level, id, count)), more: Math.max(0, topics.length - TOPICS),
      typical: typical.map(told), newest: newest.map(told) };
  }

  // The level of the names on the map, or the next finer one that tells the papers in view apart; papers a topic.
  topicsOf(rows, { points, levels }, level) {
    for (let l = level; l >= 0; l--) {
      const ids = points.topic[l], papers = new Uint32Array(NONE + 1);
      for (const row of rows) papers[ids[row]]++;
      const counts = new Map();
      for (const { id } of levels[l]) if (papers[id]) counts.set(id, papers[id]);
      if (counts.size > 1 || l === 0) return { level: l, counts };
    }
    return { level: 0, counts: new Map() };
  }

  told({ sheet, theme, data }, level, id, count) {
    const topic = sheet.levels[level].find((one) => one.id === id), hue = data.colour === "topic" && topic ? sheet.hue(level, topic) : null;
    return { id, level, label: topic?.label ?? "", second: topic?.second ?? "", doubtful: this.doubts[level][id], count, size: this.sizes[level][id], colour: css(hue === null ? theme.grey : theme.hues[hue]),
      years: [...this.years[level].subarray(id * this.bins, (id + 1) * this.bins)] };
  }
}

// The rows that stand for what is in view: of the largest topics the most typical paper of their largest part, and the
// most typical of the newest two years, of parts of their own. `topics` are [id, papers], the largest first.
function standing(rows, { points: { topic, typical: worth, year } }, level, topics, latest) {
  if (rows.length <= ALL) return { typical: [...rows].sort((a, b) => worth[b] - worth[a]), newest: [] };
  const parts = new Map(), ids = topic[0] ?? new Uint16Array(year.length); // of the finest level: papers, and the most typical one
  for (const row of rows) {
    const part = parts.get(ids[row]);
    if (!part) parts.set(ids[row], { count: 1, row });
    else {
      part.count++;
      if (worth[row] > worth[part.row]) part.row = row;
    }
  }
  const largest = [...parts.values()].sort((a, b) => b.count - a.count), typical = [];
  for (const [id] of topics.slice(0, PAPERS)) typical.push(largest.find(({ row }) => topic[level][row] === id).row);
  for (const { row } of largest) if (typical.length < PAPERS && !typical.includes(row)) typical.push(row);
  const best = new Map(); // of each part: where in `rows` its most typical new paper stands
  rows.forEach((row, at) => {
    if (!latest || year[row] < latest - 1 || typical.includes(row)) return;
    if (!(worth[row] <= worth[rows[best.get(ids[row])]])) best.set(ids[row], at);
  });
  const newest = [...best.values()].sort((a, b) => worth[rows[b]] - worth[rows[a]] || a - b).slice(0, PAPERS).map((at) => rows[at]);
  return { typical, newest: newest.sort((a, b) => year[b] - year[a]) };
}
