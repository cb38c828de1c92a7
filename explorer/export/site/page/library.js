// The papers of the page: what is known of each, which of them pass a filter or lie in an area, and their references.
// It refuses to know rankings and elements. Always true: rows count from 0 in the order of the map; all texts are plain.

import { fold } from "./tokens.js";

const NO_TOPIC = 65535;
const MOST_LED = 20; // papers that may lead a list
const PARTICLES = new Set("van von der den de del della di da dos du la le el al bin ibn ter ten zu".split(" "));

export class Library {
  // `map` holds points and topics, `papers` columns of facts.
  constructor({ points, levels, about, trust, near }, papers) {
    Object.assign(this, { points, levels, about, trust, papers, count: papers.title.length, abstracts: null,
      untitled: new Set(papers.untitled), nearest: near });
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

  // Whether a paper has an author whom a name may mean.
  wrote(row, name) {
    const sought = fold(name).split(" ").filter(Boolean);
    return this.names[row].some((author) => fits(sought, author.split(" ").filter(Boolean)));
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

// Whether a text is written as a person's name in full is.
export function mayBeName(text) {
  const words = text.trim().split(/[\s,]+/).filter(Boolean);
  const capital = words.filter((word) => /^\p{Lu}/u.test(word) && !(word === word.toUpperCase() && word.length > 3));
  const spelled = words.every((word) => /^[\p{L}][\p{L}.'’‐-]*$/u.test(word));
  return spelled && words.length >= 2 && words.length <= 5 && capital.length >= 2
    && words.every((word) => capital.includes(word) || PARTICLES.has(word.toLowerCase()));
}

// Whether the words of a name may mean an author's: each stands there, or one is the other's initial, not all of them.
function fits(sought, author) {
  const whole = sought.filter((word) => word.length > 1 && author.includes(word));
  return sought.length > 0 && whole.length > 0 && sought.every((word) => author.some((own) => own === word
    || ((own.length === 1 || word.length === 1) && own[0] === word[0])));
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
