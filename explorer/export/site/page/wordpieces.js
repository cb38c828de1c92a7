// A text → the numbers of its word pieces, as BERT's uncased tokenizer cuts it (Devlin et al. 2019).
// It refuses to know vectors. Always true: the pieces are those of embeddings/wordpieces.py; a text is cut at 256 of
// them, the marks at both ends included, as the model was made.

const LONGEST = 256, LONGEST_WORD = 100;
const SPECIAL = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;
const DROPPED = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}]/gu;
const BLANK = /[\t\n\r\p{Zs}\u2028\u2029\u0085]+/u;
const HAN = /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const PUNCTUATION = /([!-/:-@[-`{-~]|\p{P})/u;

export class WordPieces {
  // `vocabulary`: the pieces in the order of their numbers; those that go on a word begin with ##.
  constructor(vocabulary) {
    this.numbers = new Map(vocabulary.map((piece, number) => [piece, number]));
  }

  // The numbers of the pieces of a text, with those of its beginning and end.
  numbered(text) {
    const made = [this.numbers.get("[CLS]")];
    for (const part of text.trim().split(SPECIAL)) {
      if (SPECIAL.test(part)) made.push(this.numbers.get(part));
      else for (const word of words(part)) made.push(...this.cut(word));
      if (made.length >= LONGEST) break;
    }
    return [...made.slice(0, LONGEST - 1), this.numbers.get("[SEP]")];
  }

  // The longest pieces of a word, from its beginning; a word that cannot be put together of pieces is unknown.
  cut(word) {
    const letters = [...word], made = [], unknown = [this.numbers.get("[UNK]")];
    if (letters.length > LONGEST_WORD) return unknown;
    for (let start = 0; start < letters.length;) {
      let end = letters.length, number;
      while (end > start && number === undefined) {
        number = this.numbers.get((start ? "##" : "") + letters.slice(start, end).join(""));
        if (number === undefined) end--;
      }
      if (number === undefined) return unknown;
      made.push(number);
      start = end;
    }
    return made;
  }

  // Whether the model can read a text, by the pieces of its words; see embeddings/legibility.py.
  reads(text) {
    const begin = [...text].slice(0, 600).join(""), letters = begin.match(/\p{L}/gu) ?? [];
    if (2 * letters.filter((letter) => !/[\0-\u024f\u1e00-\u1eff]/.test(letter)).length <= letters.length) return true;
    const pieces = words(begin).flatMap((word) => this.cut(word).map((number) => ({ word, unknown: number === this.numbers.get("[UNK]") })))
      .filter(({ word, unknown }) => unknown || /\p{L}/u.test(word));
    if (pieces.filter(({ unknown }) => unknown).length > 0.3 * pieces.length) return false;
    return letters.length < 4 || pieces.length < 0.65 * letters.length;
  }

  // Whether a word of general English: the whole of it is one piece.
  knows(word) { return this.numbers.has(word) && /^\p{L}+$/u.test(word); }
}

// The words and signs of a text in lower case, without accents.
export function words(text) {
  const bare = text.replace(DROPPED, "").replace(HAN, " $& ").normalize("NFD").replace(/\p{Mn}/gu, "");
  const plain = bare.replaceAll("Σ", "σ").toLowerCase(); // letter by letter: no last letter of a word is special
  return plain.split(BLANK).flatMap((word) => word.split(PUNCTUATION)).filter(Boolean);
}
