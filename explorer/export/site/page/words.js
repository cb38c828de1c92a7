// How well every paper holds the words of a text: BM25 over the words that came with the page.
// It refuses to know vectors and screens. Always true: it scores as explorer/search/bm25.py does; names of authors have
// no length: an author among many scores as one alone.

import { stem } from "./stems.js";
import { Tokenizer } from "./tokens.js";

const K1 = 1.2, B = 0.75, REPEATED = 0.5;
const MOST = 64; // words of a query, the rarest
const NAME = 3; // a query of so few words is a name
const CALLED = 8; // words of the longest query in which a word of grammar may be a name

export class WordIndex {
  // `file` holds what explorer/export/site/words.py names; `names`: authors as one folded text, a name a line.
  constructor(file, names) {
    this.papers = file.lengths.length;
    this.tokenizer = new Tokenizer(file.functions);
    this.text = new Entries(file.stems, file.sizes, file.deltas, file.counts);
    this.names = new Entries(file.names, file.name_sizes, file.name_deltas, file.name_counts);
    this.spoken = names;
    let total = 0;
    for (const length of file.lengths) total += length;
    const mean = Math.max(total / Math.max(1, this.papers), 1e-9);
    this.norms = Float32Array.from(file.lengths, (length) => K1 * (1 - B + (B * length) / mean));
  }

  // The words of a query that count: those that count in any text, and those of grammar that are names here.
  wordsOf(text) {
    const { words, counts } = this.tokenizer.read(text);
    const chosen = words.filter((_, at) => counts[at] || this.isName(words, at));
    return chosen.length ? chosen : words;
  }

  isName(words, at) {
    if (words[at].length === 1 || words.length > CALLED) return false;
    const pairs = [words.slice(Math.max(0, at - 1), at + 1), words.slice(at, at + 2)];
    return pairs.some((pair) => pair.length === 2 && pair.every((word) => word.length > 1) && this.spoken.includes(` ${pair.join(" ")} `));
  }

  rarity(holders) { return holders ? Math.log1p((this.papers - holders + 0.5) / (holders + 0.5)) : 0; }

  // Scores of all papers (n,), the bound that none reaches, and whether so few words stand in any paper that a name is
  // sought.
  query(text) {
    const repeats = new Map(), spelled = new Map();
    for (const word of this.wordsOf(text)) {
      const root = stem(word);
      repeats.set(root, (repeats.get(root) ?? 0) + 1);
      spelled.set(root, (spelled.get(root) ?? new Set()).add(word));
    }
    const all = [...repeats].map(([root, times]) => {
      const held = this.text.of([root]), named = this.names.of(spelled.get(root));
      const rarity = this.rarity(Math.max(held.rows.length, named.rows.length));
      return { root, held, named, rarity, weight: times ** REPEATED * rarity };
    });
    const words = all.filter(({ rarity }) => rarity > 0)
      .sort((a, b) => b.rarity - a.rarity || (a.root < b.root ? -1 : 1)).slice(0, MOST);
    let bound = 0;
    for (const { weight } of words) bound += (K1 + 1) * weight;
    return { scores: this.scores(words), bound, name: words.length > 0 && words.length <= NAME };
  }

  scores(words) {
    const total = new Float32Array(this.papers), shared = words.length > 1 && words.length <= NAME;
    const shares = shared ? new Float32Array(this.papers) : null;
    let whole = 0;
    for (const { held, named, weight } of words) {
      const holds = shared ? new Set() : null;
      held.rows.forEach((row, i) => {
        total[row] += (weight * (K1 + 1) * held.counts[i]) / (held.counts[i] + this.norms[row]);
        holds?.add(row);
      });
      named.rows.forEach((row, i) => {
        total[row] += (weight * (K1 + 1) * named.counts[i]) / (named.counts[i] + K1);
        holds?.add(row);
      });
      holds?.forEach((row) => { shares[row] += weight; });
      whole += weight;
    }
    return shared ? total.map((score, row) => (score * shares[row]) / whole) : total;
  }

  // What the words of a text say of papers: each word's root once, years left out, with its weight and who holds it.
  evidence(text) {
    const words = this.wordsOf(text), roots = new Map(words.map((word) => [stem(word), word]));
    return [...roots].filter(([root]) => !/^(?:1[5-9]|20)\d\d$/.test(root)).map(([root, word]) => {
      const held = this.text.of([root]).rows, named = this.names.of([root, word]).rows;
      const holders = Math.min(Math.max(held.length, named.length), this.papers);
      const weight = Math.log1p((this.papers - holders + 0.5) / (holders + 0.5));
      return { root, word, weight, held: new Set(held), named: new Set(named), papers: held.length };
    });
  }
}

// Words with the papers that hold them and how often.
class Entries {
  constructor(words, sizes, deltas, counts) {
    this.numbers = new Map(words.map((word, number) => [word, number]));
    this.starts = new Uint32Array(sizes.length + 1);
    sizes.forEach((size, i) => { this.starts[i + 1] = this.starts[i] + size; });
    this.rows = new Uint32Array(this.starts.at(-1));
    this.counts = counts;
    let at = 0;
    for (let word = 0; word < sizes.length; word++) {
      let row = -1;
      for (let entry = this.starts[word]; entry < this.starts[word + 1]; entry++) {
        let gap = 0, shift = 0;
        do { gap |= (deltas[at] & 127) << shift; shift += 7; } while (deltas[at++] & 128);
        this.rows[entry] = row += gap + 1;
      }
    }
  }

  // Rows that hold any of some words, each once, and how often together.
  of(words) {
    const numbers = [...new Set(words)].map((word) => this.numbers.get(word)).filter((number) => number !== undefined);
    const parts = numbers.map((number) => [this.starts[number], this.starts[number + 1]]);
    if (parts.length === 1) return { rows: this.rows.subarray(...parts[0]), counts: this.counts.subarray(...parts[0]) };
    const sums = new Map();
    for (const [first, end] of parts) {
      for (let i = first; i < end; i++) sums.set(this.rows[i], (sums.get(this.rows[i]) ?? 0) + this.counts[i]);
    }
    const rows = [...sums.keys()].sort((a, b) => a - b);
    return { rows, counts: rows.map((row) => sums.get(row)) };
  }
}
