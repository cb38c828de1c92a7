// The words of a text as the word index has them: what a word is, and whether a ranking counts it.
// It refuses to know papers and stems. Always true: what it gives is what explorer/language/tokens.py gives for a text
// without markup; words of grammar come as lists with the page, by language.

const HAN = "々〇\\u3041-\\u309a\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const HANGUL = "\\uac00-\\ud7a3";
const ASIAN = "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e81-\\u0ece\\u1000-\\u1049\\u1050-\\u109f\\u1780-\\u17d3\\u17d7\\u17dc\\u17dd";
const JOINED = `[${HAN}]+|[${HANGUL}]+|[${ASIAN}]+`;
const MARK = "\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ecd\\u102b-\\u1038\\u103a-\\u103e\\u17b4-\\u17d1\\u17d3\\u3099\\u309a";
const UNIT = new RegExp(`[^${MARK}](?:[\\u1039\\u17d2].|[${MARK}])*|.`, "gsu");
const SIGNS = "\\u0900-\\u0903\\u093a-\\u094f\\u0955-\\u0957\\u0962\\u0963\\u0981-\\u0983\\u09bc-\\u09cd\\u0a01-\\u0a03\\u0a3c-\\u0a4d"
  + "\\u0a81-\\u0a83\\u0abc-\\u0acd\\u0b01-\\u0b03\\u0b3c-\\u0b4d\\u0b82\\u0bbe-\\u0bcd\\u0c00-\\u0c04\\u0c3c-\\u0c56"
  + "\\u0c81-\\u0c83\\u0cbc-\\u0cd6\\u0d00-\\u0d03\\u0d3b-\\u0d4d\\u0d81-\\u0d83\\u0dca-\\u0ddf\\u0f71-\\u0f84\\u200c\\u200d";
const LETTER = `(?:(?![${HAN}${HANGUL}${ASIAN}])[\\p{L}\\p{N}]|[${SIGNS}])`;
const SYMBOLS = "\\+\\+(?![A-Za-z])|#(?![\\p{L}\\p{N}_])|\\+(?![\\p{L}\\p{N}_])|(?<=\\p{Nd})\\+(?=[A-Z])";
const DOT = "((?<![\\p{L}\\p{N}_.])\\.(?=[A-Za-z]{2}))?";
const WORD = new RegExp(`${DOT}(${LETTER}+)(${SYMBOLS})?|(${JOINED})`, "gu");
const PAIR = new RegExp(`^(?:${JOINED})$`, "u");
const PLAIN = /^[\0-\x7f]*$/, SYMBOLIC = /[A-Za-z0-9][+#]|(?<![A-Za-z0-9_.])\.[A-Za-z]{2}/, ALNUM = /[a-z0-9]+/g;
const POSSESSIVE = /(?<=[\p{L}\p{N}_])['’]s(?![\p{L}\p{N}_])/gu;
const PUNCTUATION = /[“”„‘‚–—‐‑−…•·≥≤×→«»]/g;
const STROKES = new Map(Object.entries({ ø: "o", Ø: "O", ł: "l", Ł: "L", đ: "d", Đ: "D", ð: "d", ħ: "h", ı: "i", æ: "ae", Æ: "AE",
  œ: "oe", Œ: "OE", þ: "th", Þ: "Th" }));
const ACCENTS = /(?<=[\0-\u077f\u1e00-\u1fff])[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+/gu;
const RUNNING = 2, CROWD = 0.05; // different words of grammar that tell a language, and their share of a text

// Text without the accents of alphabets whose accents may be left out, wide and raised letters as usual.
export function unmarked(text) {
  return text.replace(/[øØłŁđĐðħıæÆœŒþÞ]/g, (letter) => STROKES.get(letter)).normalize("NFKD").replace(ACCENTS, "").normalize("NFC");
}

const folded = (word) => word.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");

// A text in lower case, its words alone: to compare titles and names.
export function fold(text) {
  return (folded(unmarked(text)).match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

export class Tokenizer {
  // `functions`: words of grammar by language, English as "en".
  constructor(functions) {
    this.languages = Object.entries(functions).map(([language, words]) => [language, new Set(words)]);
    this.english = new Set(functions.en);
    this.all = new Set(Object.values(functions).flat());
  }

  // The `words` of a text as folded, which of them a ranking `counts`, and at which of its places each stands.
  read(text) {
    const plain = text.replace(POSSESSIVE, "").replace(PUNCTUATION, " ").replaceAll("’", "'"), words = [], counts = [], places = [];
    const grammar = new Map();
    let place = 0;
    for (const [, dot, word, symbols, joined] of unmarked(plain).matchAll(WORD)) {
      if (joined) { place = cut(joined, words, counts, places, place); continue; }
      const low = folded(word);
      if (this.all.has(low)) grammar.set(words.length, word);
      words.push(low);
      places.push(place);
      if (dot || symbols) { words.push(`${dot ?? ""}${low}${symbols ?? ""}`); places.push(place); }
      place++;
    }
    while (counts.length < words.length) counts.push(true);
    if (grammar.size) this.leaveOut(grammar, words, counts, plain === plain.toUpperCase() && plain !== plain.toLowerCase());
    return { words, counts, places };
  }

  // Words and places alone: seven times as fast where a text is plain.
  placed(text) {
    const plain = text.replace(POSSESSIVE, "");
    if (!PLAIN.test(plain) || SYMBOLIC.test(plain)) return this.read(text);
    const words = plain.toLowerCase().match(ALNUM) ?? [];
    return { words, places: words.map((_, place) => place) };
  }

  leaveOut(grammar, words, counts, loud) {
    const foreign = this.writtenIn([...grammar.values()], words.length);
    for (const [at, word] of grammar) {
      const acronym = word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase() && !loud;
      counts[at] = acronym || !(this.english.has(words[at]) || foreign.has(words[at]));
    }
  }

  // The words of grammar of the other languages in which a text of `size` words is written.
  writtenIn(grammar, size) {
    const written = new Set();
    for (const [language, own] of this.languages) {
      if (language === "en") continue;
      const here = grammar.filter((word) => !this.english.has(word) && own.has(word));
      if (new Set(here).size >= RUNNING && here.length >= CROWD * size) for (const word of own) written.add(word);
    }
    return written;
  }
}

// Puts the characters of a run without blanks, and their pairs, behind `words`; pairs count, a lone character too. The place behind.
function cut(run, words, counts, places, place) {
  const units = run.match(UNIT) ?? [];
  while (counts.length < words.length) counts.push(true);
  units.forEach((unit, at) => {
    words.push(unit);
    counts.push(units.length === 1);
    places.push(place + at);
    if (at + 1 < units.length) { words.push(unit + units[at + 1]); counts.push(true); places.push(place + at); }
  });
  return place + units.length;
}

// Whether a token is two characters of a script without blanks.
export const isPair = (word) => PAIR.test(word) && word.match(UNIT).length === 2;

// What stands where in a phrase: [place from 0, word], of several words at a place the most telling.
export function sought({ words, places }) {
  const best = new Map();
  words.forEach((word, i) => { if (word.length > (best.get(places[i])?.length ?? 0)) best.set(places[i], word); });
  // The last character of a run lies in the pair before it.
  const phrase = [...best].filter(([place, word]) => !(best.get(place - 1)?.endsWith(word) && isPair(best.get(place - 1))));
  return phrase.map(([place, word]) => [place - phrase[0][0], word]);
}
