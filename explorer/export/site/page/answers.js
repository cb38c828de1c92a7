// One question to the papers of the page, answered: read, ranked, copies folded, judged.
// It refuses to know elements and the address. Always true: it answers as explorer/library/search.py does where it reads
// a text as the app would; how it has read operators, fields and quotes it says.

import { Box, sentence } from "./box.js";
import { Holding } from "./holding.js";
import { Plurals } from "./plurals.js";
import { PASTED, leftOut, maybeUnwanted } from "./prose.js";
import { rank, relevance, topRows } from "./ranking.js";
import { stem } from "./stems.js";

const NEARBY = 10; // nearest papers that place a question on the map
const JUDGED = 10;
const HELD = 0.8, PARTLY = 0.5, SHORT = 3, OFF = 0.15; // see explorer/search/certainty.py
const MOST_LED = 20, NAMESAKES = 3000; // see explorer/library/lookup.py
const NAMED = 2e-5; // share of papers from which "model-free" is a name, see explorer/library/unwanted.py
const spaced = (text) => text.split(/\s+/).filter(Boolean).join(" ");

export class Answers {
  // `meaning` holds scale, percentiles and copies; `read` gives the vector of a text, or null where there is no model.
  constructor(library, words, corpus, meaning, read) {
    Object.assign(this, { library, words, corpus, meaning, read });
    const { tokenizer } = words, isGrammar = (word) => tokenizer.all.has(word), { box } = library;
    this.box = new Box(box, isGrammar);
    this.holding = new Holding(library, tokenizer, library.people, new Plurals(box.plurals, isGrammar));
    this.copies = new Map();
    for (const [first, second] of meaning.copies) {
      for (const [one, other] of [[first, second], [second, first]]) this.copies.set(one, [...(this.copies.get(one) ?? []), other]);
    }
  }

  // The best `count` papers for { text, plain: its operators are words, paper (a row or null), filter, area }: { results,
  // passing, place, remarks, similarities, verdict, strategy }. `tell` hears how far the reading of a long text is.
  // Raises BadQuery.
  async ask({ text, plain = false, paper, filter, area }, count, tell) {
    let passing = this.library.passing(filter, paper === null ? area : []);
    if (paper !== null) return this.answer(this.probeOf(paper), "", passing, count, []);
    if (!text) return this.typical(passing, count);
    const [named] = this.library.identified(text);
    if (named !== undefined) return this.answer({ ...this.probeOf(named), exclude: [] }, "", passing, count, [named], ["Read as an identifier or link of a paper."]);
    const leading = this.library.titled(text), simple = { text: spaced(text), condition: null, remarks: [], strategy: false };
    if (leading.length) simple.remarks.push(leading.length > 1 ? `Read as the title of ${leading.length} papers` : "Read as the title of a paper");
    const query = leading.length || plain ? simple : this.without(this.box.parse(text)), { strategy } = query;
    if (query.condition) {
      if (!this.holding.texts) await tell("Looking through the words of all papers …");
      const held = this.holding.mask(query.condition);
      passing = passing ? passing.map((one, row) => one & held[row]) : held;
    }
    const remarks = [sentence(query), ...query.remarks.map((remark) => `${remark}.`)].filter(Boolean);
    if (!this.library.abstracts?.length && /"(?:phrase|prefix|pattern|near)":/.test(JSON.stringify(query.condition))) remarks.push("This page holds no abstracts: words are looked for in titles and names alone.");
    if (!query.text) return { ...this.typical(passing, count), remarks, strategy };
    const vector = await this.read(query.text, tell);
    if (!vector) remarks.push("Ranked by its words only: this page holds no model that reads it.");
    const answered = this.answer({ vector, ...this.words.query(query.text) }, query.text, passing, count, leading, remarks, !query.condition);
    return { ...answered, strategy, place: vector && !leading.length ? this.placed(answered.similarities) : null };
  }

  // A question less what it wants to be without, where papers do not use its words as a name: "lidar-free SLAM".
  without(query) {
    if (query.condition || query.remarks.length || query.text.split(" ").length - 1 > PASTED) return query;
    const names = [], lowered = (word) => stem(word.toLowerCase());
    let { text } = query;
    for (const { typed, pair, name } of maybeUnwanted(text)) {
      const rest = spaced(text.replace(typed, () => " "));
      const known = () => Math.max(this.words.text.of([lowered(name)]).rows.length, this.words.names.of([lowered(name)]).rows.length) > 0;
      if (!rest || !known() || this.holding.together(pair.map(lowered)) > NAMED * this.library.count) continue;
      text = rest;
      names.push(name);
    }
    return names.length ? { ...query, text, remarks: [leftOut(names)] } : query;
  }

  // Of a question that is or holds a name, the best rows by an author of this name, and what to say of it.
  writers(text, scores, allowed) {
    const { library, words } = this, whole = library.people.mayBe(text);
    for (const name of whole ? [text] : library.people.within(text)) {
      const { rows } = words.names.of([...library.people.of(name).families]);
      if (!rows.length || rows.length > NAMESAKES) continue;
      const its = new Set([...rows].filter((row) => allowed(row) && library.wrote(row, name, !whole)));
      if (!its.size) continue;
      const remark = `${whole ? "Read as a name" : `“${name}” is read as a name`}, too: what such an author wrote leads the list; author:“${name}” leaves all else out.`;
      return { rows: topRows(scores, MOST_LED, (row) => its.has(row)), remark };
    }
    return { rows: [], remark: "" };
  }

  // The paper of a row as a question.
  probeOf(row) {
    const vector = this.corpus.embedded[row] ? this.corpus.vector(row) : null, { scores, ...rest } = this.words.query(this.library.text(row));
    return { vector, words: scores, ...rest, exclude: [row] };
  }

  // `names`: the text may be or hold the name of an author.
  answer(probe, text, passing, count, named, remarks = [], names = false) {
    const { library } = this, { scores, cosines, words } = rank(this.corpus, { ...probe, words: probe.words ?? probe.scores });
    const allowed = (row) => (!passing || passing[row] > 0) && scores[row] > -Infinity;
    const meant = names && !named.length ? this.writers(text, scores, allowed) : { rows: [], remark: "" }, writers = new Set(meant.rows);
    if (meant.remark) remarks.push(meant.remark);
    const led = [...named, ...meant.rows].filter(allowed), first = new Set(led);
    const order = [...led, ...topRows(scores, count + 2 * JUDGED, (row) => allowed(row) && !first.has(row))];
    const evidence = text ? this.words.evidence(text) : [], pool = this.folded(order).map(({ row, copies }) => this.judged(
      { row, copies, score: scores[row], similarity: cosines[row], words: words[row] }, evidence, text, !!probe.vector, writers.has(row)));
    return { results: pool.slice(0, count), more: pool.length > count, passing, remarks, place: null,
      similarities: probe.vector ? cosines : null, verdict: writers.size ? "" : this.verdict(pool.slice(0, JUDGED), !!probe.vector), evidence };
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

  judged(result, evidence, text, read, writer) {
    const { row } = result, byMeaning = read && this.corpus.embedded[row] > 0, total = evidence.reduce((sum, { weight }) => sum + weight, 0);
    const share = (holds) => (total > 0 ? evidence.reduce((sum, word) => sum + (holds(word) ? word.weight : 0), 0) / total : 0);
    const held = share(({ held, named }) => held.has(row) || named.has(row));
    const named = writer || (held >= HELD && evidence.length > 0 && (this.areNames(evidence, text) || this.byOne(row, share)));
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
