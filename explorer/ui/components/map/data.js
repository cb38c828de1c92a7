// What the server holds for the map: points, topics, titles, and columns of one value a paper, fetched and decoded.
// It refuses to know how anything is drawn. Always true: an address that holds a version or a digest is fetched once;
// a failed fetch may be tried again; array i of a point file speaks of row i.

import { spreadHues } from "./colour.js";
import { Grid } from "./grid.js";

const MAGIC = 0x4d415034; // grows with the format, as in map_arrays.py
const FORMAT = MAGIC & 15; // part of addresses: what a browser keeps of an earlier version is not of this format
export const LIKED = 1; // bits of the column of marks, as in map_arrays.py
export const GONE = 2;
const CHUNK = 256; // titles per request, as the route serves them

async function get(path) {
  const answer = await fetch(new URL(path, document.baseURI).href);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer;
}

// The promise kept under a key; a failed one is forgotten, and of the others only the last few stay.
function remember(store, key, most, make) {
  if (!store.has(key)) {
    const coming = make();
    store.set(key, coming);
    coming.catch(() => store.delete(key));
    if (store.size > most) store.delete(store.keys().next().value);
  }
  return store.get(key);
}

function parsePoints(buffer) {
  const [magic, n, levels] = new Uint32Array(buffer, 0, 3);
  if (magic !== MAGIC) throw new Error("the points are in a format this page does not know");
  const block = Math.ceil(n / 2) * 4, after = 16 + 8 * n; // 16-bit blocks are padded to four bytes
  const year = new Int16Array(buffer, after, n);
  const topic = Array.from({ length: levels }, (_, level) => new Uint16Array(buffer, after + block * (level + 1), n));
  const bytes = (turn) => new Uint8Array(buffer, after + block * (levels + 1) + turn * Math.ceil(n / 4) * 4, n);
  const bits = bytes(0), trust = bytes(1), typical = bytes(2);
  const flags = bits.map((one) => one & 1), doubts = bits.map((one) => one >> 1); // 1: the place is provisional; bit l: see doubtful()
  const grid = new Grid(new Float32Array(buffer, 16, 2 * n));
  return { n, year, topic, flags, trust, typical, doubts, provisional: flags.some((flag) => flag), years: yearRange(year), grid };
}

// The oldest two in a hundred share one colour: a single paper of 1931 must not turn all others into one shade.
function yearRange(years) {
  const known = years.filter((year) => year > 0).sort();
  return { low: known[Math.floor(known.length * 0.02)] ?? 0, high: known.at(-1) ?? 0, oldest: known[0] ?? 0 };
}

const sheets = new Map(), columns = new Map();

// One version of the map, with the titles seen so far. Shared by all maps on the page.
export class Sheet {
  constructor(version, points, levels, { about, trust, keys }) {
    Object.assign(this, { version, points, levels, about, trust, keys, chunks: new Map(), listeners: new Set(), lastView: null });
    this.colourLevel = levels.length - 1;
    // Two or three colours tell nothing; the next finer level does.
    while (this.colourLevel > 0 && levels[this.colourLevel].length < 4) this.colourLevel--;
    this.hues = spreadHues(levels[this.colourLevel] ?? []);
  }

  static open(version) {
    return remember(sheets, version, 3, async () => {
      const path = `explorer/map/${version}`;
      const [buffer, found] = await Promise.all([get(`${path}/points?${FORMAT}`).then((answer) => answer.arrayBuffer()),
        get(`${path}/topics?${FORMAT}`).then((answer) => answer.json())]);
      const sheet = new Sheet(version, parsePoints(buffer), found.levels.map((level) => level.topics), found);
      setTimeout(() => get(`${path}/trust?${FORMAT}`).then((answer) => answer.json()).then(
        (trust) => { sheet.trust = trust; for (const hear of sheet.listeners) hear("trust"); }, () => {}), 1500); // the map first
      return sheet;
    });
  }

  // The paper of a row, or null while its title is on the way; listeners hear when it has come.
  paper(row) {
    const chunk = Math.floor(row / CHUNK), known = this.chunks.get(chunk);
    if (known) return known[row % CHUNK] ?? null;
    if (!this.chunks.has(chunk)) {
      this.chunks.set(chunk, null);
      get(`explorer/map/${this.version}/titles/${chunk}?${FORMAT}`).then((answer) => answer.json()).then(
        (list) => { this.chunks.set(chunk, list); for (const hear of this.listeners) hear("titles"); },
        () => setTimeout(() => this.chunks.delete(chunk), 5000), // a later look may succeed; never a busy loop
      );
    }
    return null;
  }

  // Whether a topic is one that is pointed at, a part of it or what it is a part of.
  within(level, topic, at) {
    const up = (from, to, id) => {
      for (let l = from; l < to && id !== null && id !== undefined; l++) id = this.levels[l].find((one) => one.id === id)?.parent;
      return id;
    };
    return up(Math.min(level, at.level), Math.max(level, at.level), level < at.level ? topic.id : at.id) === (level < at.level ? at.id : topic.id);
  }

  // Whether a paper may as well be of another topic of a level.
  doubtful(row, level) { return !!(this.points.doubts[row] & (1 << level)); }

  // In words, that a paper may as well be of another finest topic, and of which, once its nearest papers are known.
  doubt(row) {
    if (!this.doubtful(row, 0)) return "";
    const ids = this.points.topic[0], counts = new Map(), name = (id) => this.levels[0].find((topic) => topic.id === id)?.label;
    for (const near of this.paper(row)?.near ?? []) if (ids[near] !== ids[row]) counts.set(ids[near], (counts.get(ids[near]) ?? 0) + 1);
    const other = name([...counts].sort((a, b) => b[1] - a[1])[0]?.[0]);
    return `In “${name(ids[row])}”; it may as well be of ${other ? `“${other}”` : "another topic"}`;
  }

  // The colour of a topic at any level is that of its ancestor at the level that colours the points.
  hue(level, topic) {
    for (let l = level; l < this.colourLevel && topic; l++) {
      const { parent } = topic;
      topic = this.levels[l + 1].find((other) => other.id === parent);
    }
    return level <= this.colourLevel && topic ? this.hues.get(topic.id) ?? null : null;
  }
}

const fetched = (path) => remember(columns, path, 8, async () => new Uint8Array(await (await get(path)).arrayBuffer()));

// Fetches columns before the number of papers is known, so that the first picture shows no paper that is filtered out.
export const ahead = (paths) => Promise.allSettled(paths.filter(Boolean).map(fetched));

// A mask, marks or similarities: uint8, one for each of n papers; null without a path.
export async function column(path, n) {
  if (!path || !n) return null;
  const values = await fetched(path);
  if (values.length !== n) throw new Error(`${path} holds ${values.length} values for ${n} papers`);
  return values;
}
