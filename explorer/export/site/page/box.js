// The door of the search box: what is typed becomes a text to rank by, a condition, and how it was read, in words.
// It refuses to know papers. Always true: it reads as explorer/search/parse.py does; what is written in the language of a
// service (PubMed, Scopus, Web of Science, Ovid, Embase) it does not read, and says so.

import { meaning, written } from "./conditions.js";
import { tree } from "./grammar.js";
import { BadQuery, tokens } from "./lexer.js";
import { isProse, leftOut, unwanted } from "./prose.js";
import { withOperators } from "./small.js";

const BLANKS = /[\x1c-\x1f\x85\ufeff]/g; // blanks, though not all who read them agree
const spaced = (text) => text.split(/\s+/).filter(Boolean).join(" ");

export class Box {
  // `tables` as explorer/export/site/box.py writes them; isGrammar(word) of a word in small letters.
  constructor(tables, isGrammar) { Object.assign(this, { tables, isGrammar }); }

  // { text, condition (see conditions.js, or null), service, remarks, strategy: whether it has operators, fields or quotes }.
  // Raises BadQuery for a text that has their signs and does not parse.
  parse(question) {
    const typed = question.replace(BLANKS, " "), words = spaced(typed), plain = { text: words, condition: null, service: "", remarks: [], strategy: false };
    const read = this.cut(typed, words);
    if (!read) return plain;
    const { service, tokens: parts } = read;
    if (service && service !== "arXiv") {
      return { ...plain, service, remarks: [`This is written in the language of ${service}, which this page does not read: its words count alike, its operators and fields not at all. `
        + "Write it with AND, OR, NOT, quotes and author:, title:, year:"] };
    }
    if (isProse(parts.slice(0, -1), this.isGrammar)) return plain;
    const node = tree(parts, typed, service);
    if (!node) return plain;
    const { condition, words: ranking, remarks } = meaning(node, typed, service);
    if (condition) return { text: ranking.join(" "), condition, service, remarks, strategy: true };
    if (service) throw new BadQuery(`nothing to look for is left: ${remarks.join("; ")}`);
    const { text, names } = unwanted(words, this.isGrammar);
    return names.length ? { ...plain, text, remarks: [leftOut(names)] } : plain;
  }

  // The tokens; null for a long text in sentences whose signs mean nothing.
  cut(typed, words) {
    try {
      const { service, tokens: parts } = tokens(typed, this.tables);
      return { service, tokens: service === "" || service === "arXiv" ? withOperators(parts) : parts };
    } catch (error) {
      if (!(error instanceof BadQuery) || !isProse(words.split(" ").map((text) => ({ kind: "word", text })), this.isGrammar)) throw error;
      return null;
    }
  }
}

// How a strategy was read, for people.
export function sentence({ strategy, condition, text, service }) {
  if (!strategy) return "";
  return `Read${service ? ` by ${service}’s rules` : ""} as ${written(condition)}, ${text ? `ranked by “${text.length > 120 ? `${text.slice(0, 120)} …` : text}”` : "the most typical first"}.`;
}
