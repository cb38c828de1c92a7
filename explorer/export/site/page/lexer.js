// Tokens of the search box: words, phrases, brackets, operators and fields, each with its place in the text.
// It refuses to know what tokens mean together. Always true: it reads what explorer/search/box/lexer.py reads of our own
// language (and arXiv's names of fields); a text in the language of a service is named as such and not cut into tokens.

const KINDS = { AND: "and", OR: "or", NOT: "not" };
const LETTER = "[\\p{L}\\p{Nl}\\p{No}]", WORD = "[\\p{L}\\p{N}_]", DASHES = "-–—−‐‑‒―﹣－";
const sticky = (source, flags = "") => new RegExp(source, `uy${flags}`);
const MINUS = sticky(`[${DASHES}](?=${LETTER}|\\p{Nd}+${LETTER}|["(]|\\.${LETTER})`);
const SIGN = sticky('(AND|OR|NOT|ANDNOT)(?![^\\s()"\\[])');
const NEAR = sticky('(?:near|w|pre|onear|next|n|p)\\/\\d{1,4}(?![^\\s()"\\[{])', "i");
const WITHIN = sticky("~(\\d{1,3})(?![A-Za-z0-9_~])");
const TYPED_TWICE = sticky('(?:&&|\\|\\|)(?=[\\s("])');
const ODDS = sticky("OR\\s*[=:]?\\s*\\d+[.,·]\\d"); // an odds ratio
const ELSEWHERE = /(?<!\S)\(?#\d{1,3}(?=\s+(?:AND|OR|NOT)\b)|(?<!\S)(?:[aA][nN][dD]|[oO][rR])\/\d{1,3}(?:[-,]\d{1,3})*(?=[\s)]|$)/u;
const JOINED = sticky(`${WORD}|[${DASHES}/]${WORD}`);
const INNER_SIGN = /(?<!\S)(?:AND|OR|NOT)(?!\S)/u;
const CAPITALS = /^(?:OF|THE|IN|FOR|ON|WITH|TO|BY|A|AN|FROM)$/;
const AROUND = 24; // characters shown on each side of a place

// A question that does not parse.
export class BadQuery extends Error {
  constructor(reason, typed = "", place = null) { super(place ? `${reason}: ${marked(typed, ...place)}` : reason); }
}

function marked(typed, start, end) {
  const before = [...typed.slice(0, start)], after = [...typed.slice(end)]; // by signs, of which some are two letters long
  return `“${before.length > AROUND ? "…" : ""}${before.slice(-AROUND).join("")}▸${typed.slice(start, end)}◂${after.slice(0, AROUND).join("")}${
    after.length > AROUND ? "…" : ""}”`;
}

const at = (pattern, text, place) => { pattern.lastIndex = place; return pattern.exec(text); };
const isLetterOrDigit = (char) => char !== undefined && /^[\p{L}\p{N}]$/u.test(char);

// The text with plain blanks, quotes and widths, as long as before.
export function plain(typed) {
  return typed.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/[“”„‟«»‹›″＂「」『』《》〈〉〝〞〟❝❞]/g, '"')
    .replace(/[‘’‚‛′＇]/g, "'").replace(/[\u2000-\u200b\u00a0\u202f\u205f\u3000\u2028\u2029\ufeff\t\n\r]/g, " ");
}

// Where quoted phrases begin and end, and the place of a quote that is not closed.
function quotesOf(text) {
  const spans = new Map();
  for (let place = 0, start; (start = text.indexOf('"', place)) >= 0;) {
    place = start + 1;
    const doubled = text.startsWith('""', start) && !text.startsWith('"""', start);
    if (start && /\p{Nd}/u.test(text[start - 1]) && !doubled) continue; // inches
    const inner = doubled && isLetterOrDigit(text[start + 2]) ? start + 2 : start + 1, end = text.indexOf('"', inner);
    if (end < 0) return { spans, open: start };
    place = inner === start + 2 && text.startsWith('""', end) ? end + 2 : end + 1;
    spans.set(start, place);
  }
  return { spans, open: null };
}

// Whose language a text is written in, without what is in quotes: "" for ours. `signs` are the patterns of the services.
function serviceOf(bare, { signs, tags }) {
  const isTag = (tag) => tags.includes(tag.replace(/\s*:\s*~\s*\d{1,4}\s*$/, "").toLowerCase().split(/\s+/).filter(Boolean).join(" "));
  if ([...bare.matchAll(/\[([^[\]]*)\]/g)].some(([, tag]) => isTag(tag))) return "PubMed";
  for (const { name, source, flags, only } of signs) {
    for (const match of bare.matchAll(new RegExp(source, `g${flags}`))) if (!only || only.includes(match.groups.name)) return name;
  }
  return "";
}

// The service of a text ("" for ours, "arXiv") with its tokens { kind, text, start, end, field, within }, which end with one
// of kind "end". Raises BadQuery.
export function tokens(typed, tables) { return new Lexer(typed, tables).run(); }

class Lexer {
  constructor(typed, tables) {
    const text = plain(typed), { spans, open } = quotesOf(text), blank = [...Array(text.length).keys()].map((i) => text[i]);
    for (const [start, end] of spans) blank.fill("x", start + 1, end - 1);
    Object.assign(this, { typed, tables, text, spans, open, bare: blank.join(""), ends: new Set(spans.values()), made: [] });
    this.service = serviceOf(this.bare, tables);
    const words = this.bare.match(new RegExp(`${LETTER}+`, "gu")) ?? [], { bare } = this;
    const shouted = words.length > 3 && bare === bare.toUpperCase() && bare !== bare.toLowerCase() && words.some((word) => CAPITALS.test(word));
    this.operators = !(shouted && this.service === "");
    const names = [...Object.keys(tables.fields), ...tables.refused].sort((a, b) => b.length - a.length);
    this.fieldAt = sticky(`(${names.join("|")}):`, "i");
    this.brackets();
  }

  run() {
    const { service, text } = this;
    if (service && service !== "arXiv") return { service, tokens: [] };
    let place = 0;
    while (place < text.length) place = text[place] === " " ? place + 1 : this.next(place);
    this.made.push({ kind: "end", text: "", start: place, end: place, field: "", within: null });
    this.refuse();
    return { service, tokens: this.made };
  }

  refuse() {
    const { typed, text, bare, service, open, loose } = this, elsewhere = service === "" ? ELSEWHERE.exec(bare) : null;
    if (elsewhere) {
      throw new BadQuery(`${elsewhere[0].replace(/^[ (]+|[ (]+$/g, "")} stands for a line of a search history, which is not here; write what that line says`,
        typed, [elsewhere.index, elsewhere.index + elsewhere[0].length]);
    }
    if (open !== null) throw new BadQuery(`a quote is opened before “${[...typed.slice(open + 1).trim()].slice(0, 40).join("")}” and not closed; close it, or leave it out`, typed, [open, open + 1]);
    if (loose.length && this.made.slice(0, -1).some(({ kind }) => kind !== "word")) {
      throw new BadQuery(`a bracket is ${text[loose[0]] === "(" ? "opened and not closed" : "closed and not opened"}`, typed, [loose[0], loose[0] + 1]);
    }
  }

  // Places of the brackets that group, and of those that lack their second half.
  brackets() {
    const groups = new Set(), loose = [], stack = [];
    for (let place = 0; place < this.bare.length; place++) {
      if (this.bare[place] === "(") stack.push(place);
      else if (this.bare[place] === ")") {
        if (!stack.length) { if (!this.isListMark(place)) loose.push(place); continue; }
        const start = stack.pop();
        if (this.groupsTerms(start, place)) groups.add(start).add(place);
      }
    }
    Object.assign(this, { groups, loose: [...loose, ...stack.filter((place) => !this.isFace(place))].sort((a, b) => a - b) });
  }

  isListMark(place) {
    const { bare } = this, before = bare.slice(Math.max(0, place - 2), place)[0] ?? "";
    const number = place > 0 && isLetterOrDigit(bare[place - 1]) && (place === 1 ? false : " (".includes(before));
    return this.isFace(place) || number || (place === 1 && isLetterOrDigit(bare[0]));
  }

  isFace(place) { return place > 0 && ":;=8".includes(this.bare[place - 1]); }

  groupsTerms(start, end) {
    const { bare } = this;
    let begin = start;
    while (begin && !" ()".includes(bare[begin - 1])) begin--;
    const word = bare.slice(begin, start), isSign = /^(?:AND|OR|NOT|ANDNOT|NEAR|SAME)$/.test(word) || at(NEAR, word, 0)?.[0] === word;
    const joined = (word && isLetterOrDigit(word.at(-1)) && !isSign) || (at(JOINED, bare, end + 1) && !at(SIGN, bare, end + 1));
    return !joined || bare.slice(start, end).includes('"') || INNER_SIGN.test(bare.slice(start + 1, end));
  }

  add(kind, start, end, { text = this.text.slice(start, end), field = "", within = null } = {}) {
    this.made.push({ kind, text, start, end, field, within });
    return end;
  }

  // Adds the token at a place; its end.
  next(place) {
    const { text, spans } = this;
    if (spans.has(place)) {
      const end = spans.get(place), loose = at(WITHIN, text, end), inner = text.slice(place, end).replace(/^"+|"+$/g, "").trim();
      return this.add("phrase", place, end + (loose?.[0].length ?? 0), { text: inner, within: loose ? Number(loose[1]) : null });
    }
    if (this.groups.has(place)) return this.add(text[place], place, place + 1);
    return this.sign(place) ?? this.minus(place) ?? this.field(place) ?? this.word(place);
  }

  atStart(place) { return !place || this.text[place - 1] === " " || this.groups.has(place - 1) || this.ends.has(place); }

  sign(place) {
    const { text } = this;
    if (!this.operators || !this.atStart(place)) return null;
    const near = at(NEAR, text, place), twice = near ? null : at(TYPED_TWICE, text, place);
    if (near) return this.add("near", place, place + near[0].length);
    if (twice) return this.add(twice[0] === "&&" ? "and" : "or", place, place + 2);
    const match = at(SIGN, text, place);
    if (!match || (this.service === "" && at(ODDS, text, place))) return null;
    if (match[1] !== "ANDNOT") return this.add(KINDS[match[1]], place, place + match[0].length);
    this.add("and", place, place + 3);
    return this.add("not", place + 3, place + 6);
  }

  minus(place) { return this.atStart(place) && at(MINUS, this.text, place) ? this.add("-", place, place + 1) : null; }

  field(place) {
    const { text, typed, made, tables: { fields, refused } } = this, last = made.at(-1), afterMinus = last?.kind === "-" && last.end === place;
    const match = this.atStart(place) || afterMinus ? at(this.fieldAt, text, place) : null;
    if (!match) return null;
    const name = match[1].toLowerCase(), end = place + match[0].length, rest = text.slice(end);
    if (!rest || rest[0] === " ") {
      if (place && rest.trim()) return null; // "the death of the author: on reading"
    } else if (refused.includes(name)) {
      throw new BadQuery(`${match[0]} is no filter here; there are ${FIELDS_SHOWN.map((one) => `${one}:`).join(", ")}`, typed, [place, end]);
    }
    return refused.includes(name) ? null : this.add("field", place, end, { text: name, field: fields[name] });
  }

  word(place) {
    const { text, spans, groups } = this;
    let end = place + 1;
    while (end < text.length && text[end] !== " " && !spans.has(end) && !groups.has(end)) end++;
    return this.add("word", place, end);
  }
}

const FIELDS_SHOWN = ["year", "author", "title", "abstract", "text", "venue", "topic", "doi", "is"];
