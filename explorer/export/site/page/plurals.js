// Number: the singular and the plurals of a word, by the rules of English and of the Latin and Greek in it.
// It refuses to know texts. Always true: it gives the forms of explorer/language/plurals.py; a word is among its own.

const CLASSICAL = [["sis", "ses"], ["xis", "xes"], ["trix", "trices"], ["rion", "ria"], ["ulum", "ula"], ["nomenon", "nomena"]];

export class Plurals {
  // `lists`: pairs "child/children", words that are no plurals, and those in -ic that have one; isGrammar(word).
  constructor({ plurals, not_plurals: unlike, plurals_in_ics: ics }, isGrammar) {
    Object.assign(this, { unlike: new Set(unlike), ics: new Set(ics), isGrammar, irregular: new Map() });
    const put = (from, to) => this.irregular.set(from, [...(this.irregular.get(from) ?? []), to]);
    for (const [single, plural] of plurals.map((pair) => pair.split("/"))) { put(single, plural); put(plural, single); }
  }

  // A word with its plurals and its singulars.
  forms(word) {
    if (!/^[A-Za-z0-9]*[A-Za-z]$/.test(word) || this.isGrammar(word)) return [word];
    const all = [...this.plurals(word), ...this.singulars(word), ...(this.irregular.get(word) ?? [])].filter((form) => !this.isGrammar(form));
    return [...new Set([word, ...all])];
  }

  plurals(word) {
    if (word.length < 2 || this.unlike.has(word)) return [];
    for (const [single, plural] of CLASSICAL) {
      if (word.endsWith(single) && word.length > single.length + 1) return [word.slice(0, -single.length) + plural, ...(plural.endsWith("es") ? [] : [`${word}s`])];
    }
    if (word.endsWith("s") && !/(?:ss|us|is|as|os)$/.test(word)) return []; // a plural itself
    if (/(?:s|x|z|ch|sh)$/.test(word)) return [`${word}es`];
    if (word.endsWith("y") && !"aeiou".includes(word.at(-2))) return [`${word.slice(0, -1)}ies`];
    if (word.endsWith("ic") && !this.ics.has(word)) return []; // "robotics" is no plural of "robotic"
    return word.endsWith("o") ? [`${word}s`, `${word}es`] : [`${word}s`];
  }

  singulars(word) {
    if (!/[sa]$/.test(word) || word.endsWith("ss")) return [];
    const stems = [word.slice(0, -1), word.slice(0, -2), `${word.slice(0, -3)}y`, `${word.slice(0, -2)}is`];
    for (const [single, plural] of CLASSICAL) if (word.endsWith(plural)) stems.push(word.slice(0, -plural.length) + single);
    return stems.filter((stem) => stem.length > 1 && this.plurals(stem).includes(word));
  }
}
