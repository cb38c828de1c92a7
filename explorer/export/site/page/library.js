// The papers of the page: what is known of each, which of them pass a filter or lie in an area, and their references.
// It refuses to know rankings and elements. Always true: rows count from 0 in the order of the map; all texts are plain.

import { Names } from "./names.js";
import { fold } from "./tokens.js";

const NO_TOPIC = 65535;
const MOST_LED = 20; // papers that may lead a list
const KINDS = 12; // venues that have a colour of their own

export class Library {
  // `map` holds points and topics, `papers` columns of facts, `box` what explorer/export/site/box.py says.
  constructor({ points, levels, about, trust, near }, papers, box) {
    Object.assign(this, { points, levels, about, trust, papers, box, count: papers.title.length, abstracts: null,
      untitled: new Set(papers.untitled), nearest: near, people: new Names(box.names) });
    this.rows = new Map(papers.key.map((key, row) => [key, row]));
    this.topicOf = topicsOf(points, this.count, levels.length);
  }

  year(row) { return this.papers.year[row] || null; }
  venue(row) { return this.papers.venues[this.papers.venue[row]]; }
  authors(row) { return this.papers.authors[row].split("\n").filter(Boolean); }
  abstract(row) { return this.abstracts?.[row] ?? ""; }

  // Rows nearest to a paper by meaning, best first.
  near(row) {
    const width = this.nearest.length / this.count;
    return [...this.nearest.subarray(row * width, (row + 1) * width)].filter((other) => other >= 0);
  }

  text(row) { return `${sentence(this.papers.title[row])} ${this.abstract(row)}`.trim(); }

  links(row) {
    const { doi, arxiv, pmid, url } = this.papers, named = [["DOI", "https://doi.org/", doi[row]], ["arXiv", "https://arxiv.org/abs/", arxiv[row]],
      ["PubMed", "https://pubmed.ncbi.nlm.nih.gov/", pmid[row]]];
    const links = Object.fromEntries(named.filter(([, , id]) => id).map(([name, address, id]) => [name, address + id]));
    return Object.keys(links).length || !url[row] ? links : { Link: url[row] };
  }

  // All authors in lower case, a name a line with a blank at each end; made at first use.
  get names() {
    this.spoken ??= this.papers.authors.map((names) => names.split("\n").map((name) => ` ${fold(name)} `));
    return this.spoken;
  }

  // Rows whose title is this text.
  titled(text) {
    this.titles ??= this.papers.title.map(fold);
    const wanted = fold(text), rows = [];
    if (wanted) this.titles.forEach((title, row) => { if (title === wanted) rows.push(row); });
    return rows.slice(0, MOST_LED);
  }

  // Rows of the paper that an identifier or link alone means.
  identified(text) {
    const typed = text.trim().replace(/^(?:https?:\/\/)?(?:dx\.)?(?:doi\.org|arxiv\.org\/abs|pubmed\.ncbi\.nlm\.nih\.gov)\//i, "")
      .replace(/^(?:doi|arxiv|pmid):\s*/i, "").replace(/\/$/, "").replace(/^(\d{4}\.\d{4,5})v\d+$/, "$1").toLowerCase();
    if (!/^(?:10\.\d+\/\S+|\d{4}\.\d{4,5}|[a-z.-]+\/\d{7}|\d{5,9})$/.test(typed)) return [];
    const { doi, arxiv, pmid } = this.papers, rows = [];
    for (let row = 0; row < this.count; row++) if ([doi, arxiv, pmid].some((ids) => ids[row].toLowerCase() === typed)) rows.push(row);
    return rows.slice(0, MOST_LED);
  }

  // Whether a paper has an author whom a name may mean; with `whole`, one whose name is written out like it.
  wrote(row, name, whole = false) {
    return this.authors(row).some((author) => (whole ? this.people.inFull(name, author) : this.people.fits(name, author)));
  }

  // The most common venues, and of each paper the number of its venue among them, counted from 1, or 0.
  get kinds() {
    if (this.common) return this.common;
    const { venue, venues } = this.papers, sizes = new Map();
    for (const number of venue) if (venues[number]) sizes.set(number, (sizes.get(number) ?? 0) + 1);
    const chosen = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, KINDS).map(([number]) => number), places = new Map(chosen.map((number, at) => [number, at + 1]));
    this.common = { names: chosen.map((number) => venues[number]), codes: Uint8Array.from(venue, (number) => places.get(number) ?? 0) };
    return this.common;
  }

  // A byte a paper, 1 for those that pass { from, to, author, venue, topic } and lie in `area`; null when all do.
  passing({ from, to, author, venue, topic } = {}, area = []) {
    const tests = [];
    if (from) tests.push((row) => this.year(row) >= from);
    if (to) tests.push((row) => this.year(row) !== null && this.year(row) <= to);
    if (venue) tests.push((row) => this.venue(row) === venue);
    if (author) tests.push((row) => this.wrote(row, author));
    if (topic) tests.push((row) => this.levels.some(({ topics }, level) => topics.some(({ id, label }) => label === topic && this.topicOf[level][row] === id)));
    if (area.length) tests.push((row) => inside(...this.place(row), area));
    return tests.length ? Uint8Array.from({ length: this.count }, (_, row) => (tests.every((test) => test(row)) ? 1 : 0)) : null;
  }

  place(row) {
    this.places ??= new Float32Array(this.points.buffer, this.points.byteOffset + 16, 2 * this.count);
    return [this.places[2 * row], this.places[2 * row + 1]];
  }

  // A paper without a vector has no place.
  hasPlace(row) { return !Number.isNaN(this.place(row)[0]); }

  // A byte a paper, 2 for what is not drawn; null where all are.
  get unplaced() {
    this.marks ??= Uint8Array.from({ length: this.count }, (_, row) => (this.hasPlace(row) ? 0 : 2));
    return this.marks.includes(2) ? this.marks : null;
  }

  // Labels of the three topics that share most words with a name that none has; null where one has it.
  nearestTopics(name) {
    const of = (text) => new Set(fold(text).split(" ")), wanted = of(name), labels = this.levels.flatMap(({ topics }) => topics.map(({ label }) => label));
    if (labels.includes(name)) return null;
    const worth = (label) => { const own = of(label), both = [...own].filter((word) => wanted.has(word)).length; return both / (own.size + wanted.size - both); };
    return [...new Set(labels)].map((label) => ({ label, worth: worth(label) })).filter((one) => one.worth > 0).sort((a, b) => b.worth - a.worth).slice(0, 3)
      .map(({ label }) => label);
  }

  // The coarsest topics that tell these papers apart, the largest first: { label, size }.
  topics(passing) {
    for (let level = this.levels.length - 1; level >= 0; level--) {
      const sizes = new Map();
      for (let row = 0; row < this.count; row++) {
        const topic = this.topicOf[level][row];
        if (topic !== NO_TOPIC && (!passing || passing[row])) sizes.set(topic, (sizes.get(topic) ?? 0) + 1);
      }
      if (sizes.size > 1) {
        const labels = new Map(this.levels[level].topics.map(({ id, label }) => [id, label]));
        return [...sizes].map(([id, size]) => ({ label: labels.get(id), size })).sort((a, b) => b.size - a.size);
      }
    }
    return [];
  }
}

function topicsOf(points, count, levels) {
  const block = Math.ceil(count / 2) * 4, start = points.byteOffset + 16 + 8 * count + block;
  return Array.from({ length: levels }, (_, level) => new Uint16Array(points.buffer, start + block * level, count));
}

// Whether a point lies in a polygon, by the parity of edges crossed to the right.
export function inside(x, y, polygon) {
  let within = false;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    if (y1 !== y2 && y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) within = !within;
  });
  return within;
}

const sentence = (title) => (!title || /[.!?]$/.test(title) ? title : `${title}.`);
