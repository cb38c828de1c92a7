// Names of people: how they are written, and whether two spellings may be of the same person.
// It refuses to know papers. Always true: it decides as explorer/language/names.py does; a part of a word is no name; no
// person is identified, only whether the spellings fit.

import { fold as folded, unmarked } from "./tokens.js";

const UMLAUTS = { ä: "ae", ö: "oe", ü: "ue", Ä: "Ae", Ö: "Oe", Ü: "Ue", ø: "oe", Ø: "Oe", å: "aa", Å: "Aa" };
const INITIALS = 3; // letters of initials run together
const QUESTION = 12; // words of a question in which a name is looked for
const KEPT = 65536; // names remembered
const ascii = (text) => /^[\0-\x7f]*$/.test(text);
const upper = (text) => text === text.toUpperCase() && text !== text.toLowerCase();
const lower = (text) => text === text.toLowerCase() && text !== text.toUpperCase();
const meets = (a, b) => { for (const one of a) if (b.has(one)) return true; return false; };
const run = (text) => (ascii(text) ? text.toLowerCase().replace(/[^a-z0-9]+/g, "") : folded(unmarked(text)).replaceAll(" ", ""));

export const expanded = (text) => text.normalize("NFC").replace(/[äöüÄÖÜøØåÅ]/g, (letter) => UMLAUTS[letter]);

export class Names {
  // `lists`: particles, suffixes and surnames, as names.txt has them.
  constructor({ particles, suffixes, surnames }) {
    Object.assign(this, { particles: new Set(particles), suffixes: new Set(suffixes), surnames: new Set(surnames), known: new Map() });
  }

  // Whether `author` may be who is sought: a whole word of the name, or all of it in any usual way of writing.
  fits(sought, author) {
    const first = this.of(sought), second = this.of(author);
    if (first.words.length === 1) return meets(first.words[0], second.families) || second.words.some((word) => meets(first.words[0], word));
    if (!first.words.length || second.words.length < 2) return false;
    if (first.words.length === second.words.length && sameWords(first, second)) return true;
    return first.readings.some((a) => second.readings.some((b) => meets(a.family, b.family) && agree(a.forename, b.forename)));
  }

  // The same, and `author` has every word of the name that is more than an initial.
  inFull(sought, author) {
    const written = new Set(this.of(author).words.flatMap((word) => [...word]));
    return this.fits(sought, author) && this.of(sought).words.every((word) => meets(word, written) || Math.min(...[...word].map((one) => [...one].length)) === 1);
  }

  // Whether a text is written as a person's name in full is: two to five words, capitals in front, no digits.
  mayBe(text) {
    const words = text.trim().split(/[\s,]+/).filter(Boolean);
    const capital = words.filter((word) => /^\p{Lu}/u.test(word) && !(upper(word) && [...word].length > INITIALS));
    const spelled = words.every((word) => /^[\p{L}\p{Nl}\p{No}](?:[\p{L}\p{Nl}\p{No}]|[.'’‐-])*$/u.test(word));
    return spelled && words.length >= 2 && words.length <= 5 && capital.length >= 2 && words.every((word) => capital.includes(word) || this.particles.has(word.toLowerCase()));
  }

  // What in a question is written as a person's name in full, the longest first: runs of two to four of its words.
  within(text) {
    const words = text.split(/\s+/).filter(Boolean), runs = [];
    if (words.length > QUESTION) return [];
    for (const length of [4, 3, 2]) for (let at = 0; at + length <= words.length; at++) runs.push(words.slice(at, at + length).join(" ").replace(/^[,;:?!()"“”]+|[,;:?!()"“”]+$/g, ""));
    return runs.filter((one) => this.mayBe(one) && (one[1] === "." || (one.match(/[\p{L}\p{Nl}\p{No}]{2,}(?![.])/gu) ?? []).length > 1));
  }

  // The readings of a name as written: { readings: [{ family, forename }], words, families }.
  of(name) {
    if (this.known.has(name)) return this.known.get(name);
    let parts = name.split(",").map(wordsOf).map((part) => (part.length > 2 && this.suffixes.has(part.at(-1).toLowerCase()) ? part.slice(0, -1) : part)).filter((part) => part.length);
    if (parts.length > 1 && parts.at(-1).every((word) => this.suffixes.has(word.toLowerCase()))) parts = parts.slice(0, -1);
    const words = parts.flat(), mixed = !words.every((word) => word.length === 1 || upper(word));
    const readings = this.ways(parts, words, mixed).map(([family, forename]) => ({ family: joined(family), forename: this.forenames(forename, mixed) }));
    const made = { readings, words: words.map((word) => joined([word])), families: new Set(readings.flatMap(({ family }) => [...family])) };
    this.known.set(name, made);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value);
    return made;
  }

  // The words as [family, forenames] in every way that is usual.
  ways(parts, words, mixed) {
    if (parts.length > 1) {
      const forename = parts.slice(1).flat();
      let behind = forename.length;
      while (behind > 1 && this.particles.has(forename[behind - 1].toLowerCase())) behind--; // "Berg, J. van der"
      return [[[...forename.slice(behind), ...parts[0]], forename.slice(0, behind)]];
    }
    if (words.length < 2) return words.length ? [[words, []]] : [];
    const initials = (word) => this.initials(word, mixed), particle = (word) => this.particles.has(word.toLowerCase());
    let end = words.length, start = words.length - 1;
    while (end > 1 && initials(words[end - 1])) end--; // "Li M", "van der Berg JH"
    if (end < words.length && !initials(words[0])) {
      const ways = [[words.slice(0, end), words.slice(end)]];
      return this.surnames.has(words.at(-1).toLowerCase()) ? [...ways, [words.slice(-1), words.slice(0, -1)]] : ways;
    }
    while (start > 0 && particle(words[start - 1])) start--;
    const ways = [[words.slice(start), words.slice(0, start)]];
    if (start > 0 && start < words.length - 1 && !lower(words[start])) ways.push([words.slice(-1), words.slice(0, -1)]); // "Anh Van Nguyen"
    if (start === words.length - 1 && start > 1 && !words.some(initials)) ways.push([words.slice(-2), words.slice(0, -2)]); // "María García López"
    if (this.surnames.has(words[0].toLowerCase())) ways.push([words.slice(0, 1), words.slice(1)]);
    return ways;
  }

  // Whether a word is initials: single letters, or up to three capitals of a name that is not all in capitals.
  initials(word, mixed) {
    if (word.split("-").every((piece) => [...piece].length === 1)) return /^(?:[\0-\x7f]|\p{Lu}|\p{Ll})/u.test(word);
    if (word.length > INITIALS || !ascii(word)) return false;
    return (upper(word) && mixed) || (lower(word) && !/[aeiouy]/.test(word) && !this.surnames.has(word));
  }

  forenames(words, mixed) {
    return words.flatMap((word) => {
      const parts = word.split("-").filter(Boolean).map(run);
      if (!this.initials(word, mixed)) return [{ spellings: joined([word]), letters: parts.map((part) => part.slice(0, 1)).join(""), parts }];
      const letters = parts.flatMap((part) => [...part]);
      if (this.surnames.has(word.toLowerCase()) && word.length > 1) { // "LI Ming", where it is no initials
        return [{ spellings: word.includes("-") ? new Set() : joined([word]), letters: letters[0], parts: [parts[0]] }];
      }
      return letters.map((letter) => ({ spellings: new Set(), letters: letter, parts: [letter] }));
    });
  }
}

// Words of a part of a name; a hyphen stays in a word, dots and apostrophes go.
function wordsOf(part) {
  return part.replace(/\.?\s*[-‐‑–]\s*/g, "-").replace(/['’ʼ`]/g, "").split(/[\s.()[\]*†‡]+/).map((word) => word.replace(/^-+|-+$/g, "")).filter((word) => /[\p{L}\p{N}_]/u.test(word));
}

// The spellings of words run together, folded; ä also as ae.
function joined(words) {
  const whole = words.join("");
  return new Set(ascii(whole) ? [run(whole)] : [run(whole), run(expanded(whole))]);
}

// Whether forenames may be of the same person: the first fits, and of the others none contradicts.
function agree(one, two) {
  if (!one.length || !two.length || meets(allJoined(one), allJoined(two))) return true;
  const apart = [...one, ...two].some(({ spellings }) => !spellings.size); // initials of the parts: "J.-P." and "Jean-Pierre"
  const [first, second] = apart ? [split(one), split(two)] : [one, two];
  if (!fit(first[0], second[0])) return false;
  const [fewer, more] = [first.slice(1), second.slice(1)].sort((a, b) => a.length - b.length);
  let at = 0;
  return fewer.every((forename) => { while (at < more.length) if (fit(forename, more[at++])) return true; return false; });
}

function fit(first, second) {
  if (first.spellings.size && second.spellings.size) return meets(first.spellings, second.spellings);
  return first.letters.startsWith(second.letters) || second.letters.startsWith(first.letters);
}

function split(forenames) {
  return forenames.flatMap((forename) => (forename.parts.length > 1
    ? forename.parts.map((part) => ({ spellings: forename.spellings.size ? new Set([part]) : forename.spellings, letters: part.slice(0, 1), parts: [part] })) : [forename]));
}

// The forenames as a single word, where all are written out: "Xiao Ming" is "Xiaoming".
function allJoined(forenames) {
  return new Set(forenames.some(({ spellings }) => !spellings.size) ? [] : [forenames.flatMap(({ parts }) => parts).join("")]);
}

// Whether two names are the same words in any order.
function sameWords(first, second) {
  const left = [...second.words];
  return first.words.every((spellings) => {
    const at = left.findIndex((word) => meets(spellings, word));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
