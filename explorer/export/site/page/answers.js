// One question to the papers of the page, answered: read, ranked, copies folded, judged.
// It refuses to know elements and the address. Always true: it answers as explorer/library/search.py does where it reads
// a text as the app would; what it does not read (quotes, fields, AND, OR, NOT, minus signs) it says.

import { mayBeName } from "./library.js";
import { rank, relevance, topRows } from "./ranking.js";

const NEARBY = 10; // nearest papers that place a question on the map
const JUDGED = 10;
const HELD = 0.8, PARTLY = 0.5, SHORT = 3, OFF = 0.15; // see explorer/search/certainty.py
const UNREAD = [[/["“”]/, "quotes"], [/(?:^|\s)-\p{L}/u, "minus signs"], [/\s(?:AND|OR|NOT)\s/, "AND, OR and NOT"],
  [/(?:^|\s)(?:author|title|abstract|year|venue|topic|in|tag|file|doi|is|text):\S/i, "fields"], [/\p{L}\*/u, "*"]];

export class Answers {
  // `meaning` holds scale, percentiles and copies; `read` gives the vector of a text, or null where there is no model.
  constructor(library, words, corpus, meaning, read) {
    Object.assign(this, { library, words, corpus, meaning, read });
    this.copies = new Map();
    for (const [first, second] of meaning.copies) {
      for (const [one, other] of [[first, second], [second, first]]) this.copies.set(one, [...(this.copies.get(one) ?? []), other]);
    }
  }

  // The best `count` papers for { text, paper (a row or null), filter, area }: { results, passing, place, remarks,
  // similarities, verdict }. `tell` hears how far the reading of a long text is.
  async ask({ text, paper, filter, area }, count, tell) {
    const passing = this.library.passing(filter, paper === null ? area : []);
    if (paper !== null) return this.answer(this.probeOf(paper), "", passing, count, []);
    if (!text) return this.typical(passing, count);
    const [named] = this.library.identified(text);
    if (named !== undefined) return this.answer({ ...this.probeOf(named), exclude: [] }, "", passing, count, [named], ["Read as an identifier or link of a paper."]);
    const remarks = [...unread(text)], leading = this.library.titled(text);
    if (leading.length) remarks.push(leading.length > 1 ? `Read as the title of ${leading.length} papers.` : "Read as the title of a paper.");
    const vector = await this.read(text, tell);
    if (!vector) remarks.push("Ranked by its words only: this page holds no model that reads it.");
    const answered = this.answer({ vector, ...this.words.query(text) }, text, passing, count, leading, remarks);
    return { ...answered, place: vector && !leading.length ? this.placed(answered.similarities) : null };
  }

  // The paper of a row as a question.
  probeOf(row) {
    const vector = this.corpus.embedded[row] ? this.corpus.vector(row) : null, { scores, ...rest } = this.words.query(this.library.text(row));
    return { vector, words: scores, ...rest, exclude: [row] };
  }

  answer(probe, text, passing, count, leading, remarks = []) {
    const { library } = this, { scores, cosines, words } = rank(this.corpus, { ...probe, words: probe.words ?? probe.scores });
    const allowed = (row) => (!passing || passing[row] > 0) && scores[row] > -Infinity;
    if (!leading.length && text && mayBeName(text)) {
      leading = topRows(scores, library.count, allowed).filter((row) => library.wrote(row, text)).slice(0, 20);
      if (leading.length) remarks.push("Read as a name, too: what such an author wrote leads the list.");
    }
    const led = leading.filter(allowed), first = new Set(led);
    const order = [...led, ...topRows(scores, count + 2 * JUDGED, (row) => allowed(row) && !first.has(row))];
    const evidence = text ? this.words.evidence(text) : [], pool = this.folded(order).map(({ row, copies }) => this.judged(
      { row, copies, score: scores[row], similarity: cosines[row], words: words[row] }, evidence, text, !!probe.vector));
    return { results: pool.slice(0, count), more: pool.length > count, passing, remarks, place: null,
      similarities: probe.vector ? cosines : null, verdict: this.verdict(pool.slice(0, JUDGED), !!probe.vector), evidence };
  }

  // Rows without the near-copies of an earlier one, which stand beside it.
  folded(order) {
    const first = new Map();
    for (const row of order) {
      const copies = this.copies.get(row) ?? [], of = copies.map((copy) => first.get(copy)).find((entry) => entry);
      if (of) { of.copies.push(row); first.set(row, of); } else first.set(row, { row, copies: [] });
    }
    return [...new Set(first.values())];
  }

  judged(result, evidence, text, read) {
    const { row } = result, byMeaning = read && this.corpus.embedded[row] > 0, total = evidence.reduce((sum, { weight }) => sum + weight, 0);
    const share = (holds) => (total > 0 ? evidence.reduce((sum, word) => sum + (holds(word) ? word.weight : 0), 0) / total : 0);
    const held = share(({ held, named }) => held.has(row) || named.has(row));
    const named = held >= HELD && evidence.length > 0 && (this.areNames(evidence, text) || this.byOne(row, share));
    return { ...result, held, embedded: byMeaning, relevance: relevance(result.score), holds: held >= HELD,
      level: byMeaning ? this.level(result.similarity, held, evidence.length, named) : levelByWords(evidence.length ? held : result.words) };
  }

  level(similarity, held, count, named) {
    const { reach, close, spread } = this.meaning.scale, related = similarity >= reach - OFF * spread;
    if (similarity >= close || named || (related && held >= HELD)) return "close";
    return similarity >= reach || (related && held >= PARTLY && count > 0 && count <= SHORT) ? "weak" : "nothing";
  }

  // Whether a single author's name holds the words.
  byOne(row, share) {
    return this.library.names[row].some((name) => share(({ root, word }) => name.includes(` ${word} `) || name.includes(` ${root} `)) >= HELD);
  }

  // Whether all words are names or acronyms: in capitals, or no words of general English.
  areNames(evidence, text) {
    const capitals = new Set((text.match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word) => (word.match(/\p{Lu}/gu) ?? []).length > 1).map((word) => word.toLowerCase()));
    return evidence.every(({ word }) => capitals.has(word) || (this.general && !this.general(word)));
  }

  verdict(pool, read) {
    const level = ["close", "weak", "nothing"].find((one) => pool.some((result) => result.level === one)) ?? "nothing";
    if (level === "close" || !pool.length) return "";
    const begin = level === "weak" ? "Weak" : "Nothing close";
    if (!read) return `${begin}: by words alone, the best match has ${percent(Math.max(...pool.map(({ held }) => held)))} of what the question says.`;
    const closest = Math.max(0, ...pool.map(({ similarity }) => similarity)) / this.meaning.scale.usual;
    const tail = level === "nothing" ? "; unrelated questions do that by chance" : "";
    return `${begin}: the best match reaches ${percent(closest)} of the similarity that neighbouring papers usually have here${tail}.`;
  }

  // The papers that pass by how near they are to their middle; all where nothing is left out.
  typical(passing, count) {
    const rows = [];
    for (let row = 0; row < this.corpus.count; row++) if ((!passing || passing[row]) && this.corpus.embedded[row]) rows.push(row);
    const similarities = rows.length ? this.corpus.similarities(this.corpus.mean(rows)) : new Float32Array(this.corpus.count);
    const results = topRows(similarities, count, (row) => !passing || passing[row] > 0).map((row) => ({ row, copies: [], level: null }));
    return { results, more: false, passing, remarks: [], place: null, similarities: null, verdict: "", evidence: [] };
  }

  // Where a question stands on the map: the weighted median of its nearest papers.
  placed(similarities) {
    const rows = topRows(similarities, NEARBY, (row) => this.corpus.embedded[row] > 0), places = rows.map((row) => this.library.place(row));
    const weights = rows.map((row) => Math.max(similarities[row], 1e-3) ** 2);
    const mean = (shares) => {
      const total = Math.max(shares.reduce((sum, share) => sum + share, 0), 1e-300);
      return [0, 1].map((axis) => places.reduce((sum, place, i) => sum + shares[i] * place[axis], 0) / total);
    };
    if (!rows.length) return null;
    let middle = mean(weights);
    for (let turn = 0; turn < 20; turn++) {
      middle = mean(weights.map((weight, i) => weight / Math.max(Math.hypot(places[i][0] - middle[0], places[i][1] - middle[1]), 1e-6)));
    }
    return middle;
  }

  // Percent of random pairs of papers that are less similar.
  percentile(similarity) {
    const { values, ranks } = this.meaning.pairs;
    let low = 0, high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < similarity) low = middle + 1;
      else high = middle;
    }
    return ranks[Math.max(0, low - 1)] ?? 0;
  }
}

const levelByWords = (share) => (share >= HELD ? "close" : share >= PARTLY ? "weak" : "nothing");
const percent = (share) => `${Math.round(100 * share)}%`;

// What of a text the app would read as a condition and this page reads as words.
function* unread(text) {
  const signs = UNREAD.filter(([pattern]) => pattern.test(text)).map(([, name]) => name);
  if (signs.length) yield `This page does not read ${signs.join(", ")}: all words count alike. Filters narrow the list.`;
}
