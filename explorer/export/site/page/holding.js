// Which papers of the page fulfil a condition of the box: words, phrases, beginnings, patterns, what stands near what, fields.
// It refuses to know how a condition was typed. Always true: it decides as explorer/library/mask.py does; texts are cut into
// words at the first condition that asks for any; what the page does not hold (collections, tags, files) raises BadQuery.

import { BadQuery } from "./lexer.js";
import { expanded } from "./names.js";
import { stem } from "./stems.js";
import { fold, isPair, sought, unmarked } from "./tokens.js";

const ABSTRACT = 2 ** 14, LAST = 2 ** 16 - 1; // places of an abstract's first word, and of all that are too far behind
const ABSENT = { collection: "collections", tag: "tags", source: "files" };

export class Holding {
  // `tokenizer` as in tokens.js, `names` as in names.js, `plurals` as in plurals.js.
  constructor(library, tokenizer, names, plurals) { Object.assign(this, { library, tokenizer, names, plurals, texts: null, writers: null }); }

  // A byte a paper, 1 for those that fulfil `condition`.
  mask(condition) {
    const [[kind, value]] = Object.entries(condition), { count } = this.library, where = (test) => Uint8Array.from({ length: count }, (_, row) => (test(row) ? 1 : 0));
    if (kind === "all" || kind === "either") {
      const masks = value.map((part) => this.mask(part)), joins = kind === "all" ? (row) => masks.every((mask) => mask[row]) : (row) => masks.some((mask) => mask[row]);
      return where(joins);
    }
    if (kind === "not") { const mask = this.mask(value); return mask.map((one) => 1 - one); }
    if (kind === "years") return this.years(value, where);
    if (kind === "field") return this.field(...value, where);
    if (kind === "near") { const rows = new Set(this.near(value).keys()); return where((row) => rows.has(row)); }
    return this.words(kind, value[0], value[1] ?? "", where);
  }

  years([first, last], where) {
    if (first === null && last === null) return where(() => true);
    return where((row) => { const year = this.library.year(row); return year !== null && (first === null || year >= first) && (last === null || year <= last); });
  }

  field(name, value, where) {
    const { library } = this, wanted = fold(value);
    if (ABSENT[name]) throw new BadQuery(`this page holds no ${ABSENT[name]} to filter by; leave the field out`);
    if (name === "author") return where((row) => library.authors(row).some((author) => this.names.fits(value, author)));
    if (name === "venue") {
      this.venues ??= library.papers.venues.map(fold);
      return where((row) => this.venues[library.papers.venue[row]].includes(wanted));
    }
    if (name === "id") { const rows = new Set(library.identified(value)); return where((row) => rows.has(row)); }
    if (name === "is") return where((row) => this.states(row).has(value));
    return this.topic(value, wanted, where);
  }

  states(row) {
    const said = this.library.papers.status[row] ?? "";
    return new Set([/retract/i.test(said) && "retracted", /concern/i.test(said) && "concern", /correct/i.test(said) && "corrected", /notice/i.test(said) && "notice"].filter(Boolean));
  }

  topic(name, wanted, where) {
    const { library } = this, all = library.levels.flatMap(({ topics }, level) => topics.map(({ id, label }) => ({ level, id, label: fold(label) })));
    const called = all.filter(({ label }) => label === wanted), meant = called.length ? called : all.filter(({ label }) => label.includes(wanted));
    if (!meant.length) {
      const nearest = (library.nearestTopics(name) ?? []).map((label) => `“${label}”`).join(", ");
      throw new BadQuery(`no topic is called “${name}”${nearest ? `; nearest to that name: ${nearest}` : ""}`);
    }
    return where((row) => meant.some(({ level, id }) => library.topicOf[level][row] === id));
  }

  // ------------------------------------------------------------------------------------------------------- words

  // What of a text may stand where: [place, test of a word's number]; null for no words.
  phrase(kind, text, shelf) {
    if (kind === "pattern") {
      const words = (unmarked(text).match(/[\p{L}\p{N}_?*]+/gu) ?? []).map((word) => word.toLowerCase());
      return words.map((word, place) => [place, shelf.numbers(/[?*]/.test(word) ? matching(word) : this.formsOf(word, shelf))]);
    }
    const words = sought(this.tokenizer.read(text)), last = words.at(-1)?.[1];
    if (shelf.names) {
      const respelled = sought(this.tokenizer.read(expanded(text))), spelled = respelled.length === words.length ? respelled : words;
      return words.map(([place, word], i) => [place, shelf.numbers(kind === "prefix" && i === words.length - 1
        ? (one) => one.startsWith(word) || one.startsWith(spelled[i][1]) : new Set([word, spelled[i][1]]))]);
    }
    return words.map(([place, word]) => [place, shelf.numbers(kind === "prefix" && word === last && !isPair(word) ? (one) => one.startsWith(word) : this.formsOf(word, shelf))]);
  }

  formsOf(word, { names }) { return new Set(names ? [word] : this.plurals.forms(word)); }

  // Papers that hold words in a `place`, or anywhere.
  words(kind, text, place, where) {
    const rows = new Uint8Array(this.library.count);
    let said = false;
    for (const shelf of [...(place === "authors" ? [] : [this.read()]), ...(["", "authors"].includes(place) ? [this.written()] : [])]) {
      const phrase = this.phrase(kind, text, shelf);
      said ||= phrase.length > 0;
      if (!phrase.length) continue;
      for (let row = 0; row < rows.length; row++) {
        if (rows[row]) continue;
        const starts = shelf.standing(row, phrase), there = !place || place === "text" || place === "authors" ? starts
          : starts.filter((start) => start < ABSTRACT === (place === "title"));
        if (there.length) rows[row] = 1;
      }
    }
    return said ? rows : where(() => kind !== "pattern");
  }

  // The words of titles and abstracts with their places.
  read() {
    this.texts ??= new Shelf(this.library.count, (row) => {
      const title = this.library.untitled.has(row) ? { words: [], places: [] } : this.tokenizer.placed(this.library.papers.title[row]);
      const abstract = this.tokenizer.placed(this.library.abstract(row));
      return { words: [...title.words, ...abstract.words], places: [...title.places, ...abstract.places.map((place) => Math.min(ABSTRACT + place, LAST))] };
    });
    return this.texts;
  }

  // The words of names with their places: as written, turned round, and in further spellings; a phrase crosses no name.
  written() {
    const known = new Map();
    const of = (author) => { if (!known.has(author)) known.set(author, this.nameWords(author)); return known.get(author); };
    this.writers ??= new Shelf(this.library.count, (row) => {
      const words = [], places = [];
      let start = 0;
      for (const author of this.library.authors(row)) {
        const name = of(author);
        words.push(...name.words);
        places.push(...name.places.map((place) => start + place));
        start += (name.places.at(-1) ?? 0) + 2;
      }
      return { words, places };
    }, true);
    return this.writers;
  }

  nameWords(author) {
    const read = this.tokenizer.read(author), respelled = this.tokenizer.read(expanded(author)), name = this.names.of(author);
    const more = new Map(read.words.length ? [[0, [...new Set([...name.families, ...name.words.flatMap((word) => [...word])])].sort()]] : []);
    if (respelled.words.length === read.words.length) respelled.words.forEach((word, i) => more.set(respelled.places[i], [...(more.get(respelled.places[i]) ?? []), word]));
    const words = [], places = [], here = new Set(read.words);
    read.words.forEach((word, at) => {
      words.push(word);
      places.push(read.places[at]);
      if (at + 1 < read.words.length && read.places[at + 1] === read.places[at]) return;
      for (const variant of more.get(read.places[at]) ?? []) if (!here.has(variant)) { words.push(variant); places.push(read.places[at]); here.add(variant); }
    });
    if (read.words.length > 1) { // turned round: "Noam Brown" for "Brown, Noam", "Brown Noam" for "Noam Brown"
      const comma = author.includes(","), before = this.tokenizer.read(author.split(",")[0]).words.length;
      const turned = comma ? read.words.slice(before) : read.words.slice(-1), rest = read.words.slice(0, read.words.length - turned.length);
      const first = read.places.at(-1) + 2;
      words.push(...turned, ...rest);
      places.push(...read.words.map((_, i) => first + i));
    }
    return { words, places };
  }

  // Number of papers in whose text words of these stems stand side by side.
  together(stems) {
    const shelf = this.read(), phrase = stems.map((root, place) => [place, shelf.numbers((word) => stem(word) === root)]);
    let papers = 0;
    for (let row = 0; row < this.library.count; row++) papers += shelf.standing(row, phrase).length > 0;
    return papers;
  }

  // -------------------------------------------------------------------------------------------------------- near

  // Where a condition stands: row → stretches { first, last, own: words that belong to it, loose: more may stand inside }.
  stretches(condition) {
    const [[kind, value]] = Object.entries(condition);
    if (kind === "near") return this.near(value);
    if (kind === "either") return value.map((part) => this.stretches(part)).reduce(merged, new Map());
    const [text, field = ""] = value, shelf = this.read(), phrase = this.phrase(kind, text, shelf), rows = new Map();
    if (!phrase.length || field === "authors") return rows;
    const words = kind === "pattern" ? [] : sought(this.tokenizer.read(text)), width = phrase.at(-1)[0] + (words.length && isPair(words.at(-1)[1]) ? 1 : 0);
    for (let row = 0; row < this.library.count; row++) {
      const starts = shelf.standing(row, phrase).filter((first) => first + width < LAST && (!["title", "abstract"].includes(field) || first < ABSTRACT === (field === "title")));
      if (starts.length) rows.set(row, starts.map((first) => ({ first, last: first + width, own: width + 1, loose: false })));
    }
    return rows;
  }

  near([parts, between, ordered]) {
    const all = parts.map((part) => this.stretches(part)), rows = new Map();
    for (const row of all[0].keys()) {
      const some = all.map((each) => each.get(row));
      if (some.some((each) => !each)) continue;
      const longest = between + some.reduce((sum, each) => sum + Math.max(...each.map(({ first, last }) => last - first)) + 1, 0);
      let made = some[0];
      for (const each of some.slice(1)) made = distinct(made.flatMap((a) => each.flatMap((b) => pair(a, b, longest, ordered))));
      made = made.filter(({ first, last, own }) => some.length < 2 || last - first + 1 - own <= between);
      if (made.length) rows.set(row, made.map(({ first, last, loose }) => ({ first, last, own: last - first + 1, loose })));
    }
    return rows;
  }
}

// Two stretches at different words as one, if it is no longer than `longest` words.
function pair(a, b, longest, ordered) {
  const first = Math.min(a.first, b.first), last = Math.max(a.last, b.last);
  const apart = a.last < b.first || (!ordered && (b.last < a.first || interlocked(a, b)));
  return apart && last - first < longest ? [{ first, last, own: a.own + b.own, loose: true }] : [];
}

// Whether either lies among the words of the second, neither on its first word nor on its last.
function interlocked(a, b) {
  const edges = a.first !== b.first && a.last !== b.last && a.first !== b.last && a.last !== b.first;
  return (a.loose && a.first < b.first && b.last < a.last) || (b.loose && b.first < a.first && a.last < b.last)
    || (a.loose && b.loose && edges && a.first < b.last && b.first < a.last);
}

const distinct = (list) => [...new Map(list.map((one) => [`${one.first} ${one.last} ${one.own} ${one.loose}`, one])).values()];

function merged(all, rows) {
  for (const [row, some] of rows) all.set(row, distinct([...(all.get(row) ?? []), ...some]));
  return all;
}

// A test of words that fit one in which "?" is a single letter and "*" any number of them.
function matching(word) {
  const any = "[\\p{L}\\p{N}_]", [first, ...parts] = word.split(/\*+/).map((part) => part.replaceAll("?", any)), last = parts.pop();
  // What stands between two stars is taken where it comes first and never again: else many stars take for ever.
  const middle = parts.map((part, i) => `(?=(${any}*?${part}))\\${i + 1}`).join(""), pattern = new RegExp(`^${first}${middle}${last === undefined ? "" : `${any}*${last}`}$`, "u");
  return (one) => pattern.test(one);
}

// Words as numbers, paper by paper, with their places.
class Shelf {
  // read(row) gives { words, places }.
  constructor(count, read, names = false) {
    const vocabulary = new Map(), words = [], places = [];
    this.starts = new Uint32Array(count + 1);
    for (let row = 0; row < count; row++) {
      const one = read(row);
      for (const word of one.words) {
        if (!vocabulary.has(word)) vocabulary.set(word, vocabulary.size);
        words.push(vocabulary.get(word));
      }
      for (const place of one.places) places.push(place);
      this.starts[row + 1] = words.length;
    }
    Object.assign(this, { names, vocabulary, spelled: [...vocabulary.keys()], words: Uint32Array.from(words), places: Uint16Array.from(places) });
  }

  // A bit for each word that is in a set or passes a test.
  numbers(wanted) {
    const bits = new Uint8Array(this.spelled.length);
    if (wanted instanceof Set) { for (const word of wanted) if (this.vocabulary.has(word)) bits[this.vocabulary.get(word)] = 1; } else this.spelled.forEach((word, number) => { if (wanted(word)) bits[number] = 1; });
    return bits;
  }

  // Places where a phrase begins in a paper, ascending.
  standing(row, phrase) {
    let starts = null;
    for (const [offset, bits] of phrase) {
      const here = [];
      for (let i = this.starts[row]; i < this.starts[row + 1]; i++) if (bits[this.words[i]]) here.push(this.places[i] - offset);
      starts = starts ? starts.filter((start) => here.includes(start)) : [...new Set(here)];
      if (!starts.length) return starts;
    }
    return starts.sort((a, b) => a - b);
  }
}
