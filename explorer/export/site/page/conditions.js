// What a tree of the box means: the condition that papers must fulfil, the text they are ranked by, and remarks.
// It refuses to know papers. Always true: it is what explorer/search/box/conditions.py makes of the same tree; a condition
// is written as explorer/filter.py writes it in JSON: { phrase: [text, field?] }, prefix, pattern, { near: [parts, between,
// ordered] }, { all: parts }, { either: parts }, { not: part }, { years: [first, last] }, { field: [name, value] }.

import { BadQuery } from "./lexer.js";
import { fold } from "./tokens.js";

const ID = /^((?:(?:doi|pmid|arxiv):|https?:\/\/(?:dx\.)?doi\.org\/)?10\.\d{4,9}\/[^\s,;]+|(?:pmid:|arxiv:)\d[\d.]*\d)[,;]?$/u;
const TEXTS = ["", "title", "abstract", "text", "headings"], STATES = ["retracted", "concern", "corrected", "notice"];
const MARKS = { liked: "liked", hidden: "hidden", "to-read": "to read", unread: "to read" };
const CUT = /^([^\s*?$]*[\p{L}\p{N}_][^\s*?$]*[\p{L}\p{N}_]|[^\s*?$]*[^\0-\x7f])\*$/u;
const BEFORE = "([{<'`,;:!?", AFTER = ")]}>'`,;:!?.", PAIRS = { "(": ")", "[": "]", "{": "}", "<": ">" };
const HALVES = Object.fromEntries(Object.entries(PAIRS).map(([open, close]) => [close, open]));
const UNSAID = 15, MOST = 255, ORDERED = ["pre", "onear", "next", "p"];

export function meaning(node, typed, service) {
  const reader = new Reader(typed, service), condition = reader.condition(node, false, null, true);
  return { condition, words: reader.words, remarks: reader.remarks };
}

class Reader {
  constructor(typed, service) { Object.assign(this, { typed, service, words: [], aside: [] }); }

  get remarks() {
    const names = [...new Set(this.aside)];
    return names.length ? [`${names.join(", ")} ${names.length === 1 ? "is" : "are"} passed over: the library does not hold that`] : [];
  }

  // The condition of a node; null for what only ranks. `needed`: words without quotes are conditions; `scope`: the field.
  condition(node, needed, scope, wanted) {
    if (node.kind === "term") return this.term(node, needed, scope, wanted);
    if (node.kind === "negated") {
      if (node.part.kind === "negated") return this.condition(node.part.part, true, scope, wanted);
      const inner = this.condition(node.part, true, scope, false);
      return inner && (inner.not ?? { not: inner });
    }
    if (node.kind === "scoped") {
      if (node.field === "aside") { this.aside.push(this.shown(node.place)); return null; }
      return this.condition(node.part, true, node, wanted);
    }
    if (scope && !TEXTS.includes(scope.field) && node.plain && node.parts.every((part) => part.kind === "term" && !part.phrase)) {
      const text = node.parts.map((part) => part.text).join(" ");
      return this.term({ text, phrase: true, place: [node.parts[0].place[0], node.parts.at(-1).place[1]], within: null }, needed, scope, wanted);
    }
    return this.joined(node, needed || (node.parts.length > 1 && !node.plain), scope, wanted);
  }

  joined(node, needed, scope, wanted) {
    const parts = node.parts.map((part) => this.condition(part, needed, scope, wanted));
    if (node.near) return this.near(node, parts);
    const different = [...new Map(parts.filter(Boolean).map((part) => [JSON.stringify(part), part])).values()];
    return different.length < 2 ? different[0] ?? null : node.or ? { either: different } : { all: different };
  }

  // That parts stand close together.
  near(node, parts) {
    const [, sign, number] = /^([a-z]+?)\/?(\d*)$/.exec(node.near.toLowerCase()), between = number ? Number(number) : ORDERED.includes(sign) ? 0 : UNSAID;
    if (between > MOST) throw new BadQuery(`the number behind ${sign.toUpperCase()} goes from 0 to ${MOST}`, this.typed, node.place);
    const stands = (part) => !!part && (part.either?.every(stands) ?? part.near?.[0].every(stands) ?? (
      ["phrase", "prefix", "pattern"].some((kind) => part[kind] && part[kind][1] !== "authors")));
    if (!parts.every(stands)) throw new BadQuery(`beside ${node.near} stand words, phrases in quotes, or several of these in brackets with OR`, this.typed, node.place);
    return { near: [parts, between, ORDERED.includes(sign)] };
  }

  shown(place) {
    const text = this.typed.slice(...place).split(/\s+/).filter(Boolean).join(" ");
    return `“${text.length <= 60 ? text : `${text.slice(0, 60)}…`}”`;
  }

  term(term, needed, scope, wanted) {
    const kind = scope?.field ?? "";
    if (!TEXTS.includes(kind)) return this.value(term, scope);
    const named = !scope && needed && !term.phrase ? ID.exec(term.text) : null;
    if (named) return { field: ["id", named[1]] };
    const clean = term.phrase ? term.text : bare(term.text), condition = term.within === null ? this.holds(term, clean, kind) : this.spread(term, clean, kind);
    if (!condition) {
      if (scope || (needed && this.service === "")) throw this.error(`no word to look for stands in ${this.shown(term.place)}`, term);
      return null;
    }
    const counts = needed || term.phrase || "prefix" in condition;
    if (wanted && fold(clean)) {
      const ranking = clean.split(/\s+/).filter((word) => word && !/[?*$][\p{L}\p{N}_]|^\*$/u.test(word)).map((word) => word.replace(/\*$/, ""));
      this.words.push(...(counts ? ranking : [term.text]));
    }
    return counts ? condition : null;
  }

  // What holds words, of which some may be cut short or have signs that stand for letters.
  holds(term, text, kind) {
    if (!fold(text.replaceAll("*", ""))) return null;
    const clean = text.replace(/[? ]+$/, ""), signs = [...clean].filter((char) => "*?".includes(char)), words = clean.split(/\s+/).filter(Boolean);
    if (!signs.length) return made("phrase", clean, kind);
    if (signs.join("") === "*" && CUT.test(words.at(-1))) return fitting(clean, kind);
    const short = (word) => /[*?]/.test(word) && word.replace(/[^\p{L}\p{N}]/gu, "").length < 2;
    return words.some(short) ? made("phrase", clean.replaceAll("*", "").split(/\s+/).filter(Boolean).join(" "), kind) : fitting(clean, kind); // "A* search": a star of its own
  }

  // What holds the words of a phrase in any order, with some more among them.
  spread(term, clean, kind) {
    const parts = clean.split(/\s+/).filter(Boolean).map((word) => this.holds(term, word, kind)).filter(Boolean);
    return parts.length < 2 ? parts[0] ?? null : { near: [parts, term.within, false] };
  }

  // What a field that is no text must be.
  value(term, scope) {
    let text = term.phrase ? term.text : term.text.replace(/^[,;]+|[,;]+$/g, "");
    if (scope.field === "year") return this.years(text, term);
    if (scope.field === "authors") {
      text = text.replaceAll("_", " ").replace(/[.,]+$/, "").trim();
      const words = text.split(/\s+/), cut = text.endsWith("*") ? CUT.exec(words.at(-1)) : null;
      if (cut) return { prefix: [[...words.slice(0, -1), cut[1]].join(" "), "authors"] };
    }
    if (!text.replace(/^[ "*]+|[ "*]+$/g, "")) throw this.error(`${scope.name}: is followed by nothing; write ${scope.name}:name, or leave it out`, term);
    if (scope.field === "is") return this.state(text.toLowerCase(), term);
    return { field: [scope.field === "authors" ? "author" : scope.field, scope.field === "venue" ? text.replace(/\*+$/, "") : text] };
  }

  years(typed, term) {
    const text = typed.trim().replace(/^"+|"+$/g, "").replace(/(?<=\d{4})\+$/, ".."), compared = /^([<>]=?)(\d{4})$/.exec(text);
    if (compared) {
      const [, sign, year] = compared, number = Number(year);
      return { years: sign[0] === ">" ? [number + (sign === ">" ? 1 : 0), null] : [null, number - (sign === "<" ? 1 : 0)] };
    }
    const [, low, dots, high] = /^(\d{4})?\s*(\.\.|-|–|\/)?\s*(\d{4})?$/.exec(text.replace(/(?<=\d{4})\/\d\d?(?:\/\d\d?)?/g, "")) ?? [];
    if (!(low || high) || (high && !dots) || (low && high && low > high)) {
      throw this.error(`year:${text} is no year or range; write year:2019, year:2018..2021, year:2018.. or year:..2010`, term);
    }
    const first = low ? Number(low) : null;
    return { years: [first, dots ? (high ? Number(high) : null) : first] };
  }

  state(name, term) {
    if (MARKS[name]) return { field: ["collection", MARKS[name]] };
    if (STATES.includes(name) || name === "concerning") return { field: ["is", name === "concerning" ? "concern" : name] };
    throw this.error(`is:${name} is no state of a paper; there are ${STATES.map((state) => `is:${state}`).join(", ")}`, term);
  }

  error(reason, term) { return new BadQuery(reason, this.typed, term.place); }
}

const made = (kind, text, field) => ({ [kind]: field ? [text, field] : [text] });

function fitting(text, kind) {
  const words = text.split(/\s+/).filter(Boolean), last = CUT.exec(words.at(-1));
  if (text.split("*").length === 2 && !text.includes("?") && last) return made("prefix", [...words.slice(0, -1), last[1]].join(" "), kind);
  return made(/[?*]/.test(text) ? "pattern" : "phrase", text, kind);
}

// A word without the punctuation around it; the signs that belong to it stay: C++, .NET, C#, muon*.
export function bare(word) {
  let first = 0, last = word.length;
  while (first < last && BEFORE.includes(word[first]) && !(PAIRS[word[first]] && word.includes(PAIRS[word[first]]))) first++;
  while (first < last && AFTER.includes(word[last - 1]) && !(HALVES[word[last - 1]] && word.includes(HALVES[word[last - 1]]))) last--;
  return word.slice(first, last);
}

const OPEN = { collection: "in", source: "file", id: "doi" };

// A condition written out, all brackets set; empty for none.
export function written(part, outer = true) {
  if (!part) return "";
  const [[kind, value]] = Object.entries(part);
  if (kind === "all" || kind === "either") {
    const text = value.map((inner) => written(inner, false)).join(kind === "all" ? " AND " : " OR ");
    return outer || value.length === 1 ? text : `(${text})`;
  }
  if (kind === "not") return `NOT ${written(value, false)}`;
  if (kind === "years") return `year:${value[0] === value[1] ? value[0] : `${value[0] ?? ""}..${value[1] ?? ""}`}`;
  if (kind === "field") return `${OPEN[value[0]] ?? value[0]}:${/^[\p{L}\p{N}_-]+$/u.test(value[1]) ? value[1] : `"${value[1]}"`}`;
  if (kind === "near") return near(value, outer);
  const scope = value[1] === "authors" ? "author" : value[1], text = kind === "prefix" ? `${value[0]}*` : value[0];
  const shown = kind === "prefix" && !text.includes(" ") ? text : `"${text}"`;
  return scope ? `${scope}:${shown}` : shown;
}

function near([parts, between, ordered], outer) {
  if (parts.length === 2) {
    const text = parts.map((part) => written(part, false)).join(` ${ordered ? "PRE" : "NEAR"}/${between} `);
    return outer ? text : `(${text})`;
  }
  const texts = parts.map((part) => (part.prefix ? `${part.prefix[0]}*` : (part.phrase ?? part.pattern)?.[0])).filter(Boolean);
  return `"${texts.join(" ")}"~${between}`;
}
