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
const ODDS = sticky("OR\\s*[=:]?\\s*(?!10\\.\\d{4,9}\\/|\\d{4}\\.\\d{4,5}(?!\\d))\\d+[.,·]\\d"); // an odds ratio
const BANG = sticky(`[!¬](?=["(]|${LETTER})`), WEIGHT = sticky("\\^\\d{1,3}(?:\\.\\d{1,3})?(?![^\\s()])");
const SAME_AS = sticky('(title|abstract|author|venue|journal)=(?=["(A-Za-z0-9_])', "i");
const YEAR_IS = sticky("year\\s?([<>]=?|=)\\s?(\\d{4})(?![A-Za-z0-9_.-])", "i");
const IN_SQUARE = /[[{]([^[\]{}]*\s(?:AND|OR|NOT)\s[^[\]{}]*)[\]}]/gu;
// A name of several words that no quotes hold together: author:J. Smith, author:Smith, J.
const INITIALED = sticky(`(?:${LETTER}\\.[ -]?){1,3}${LETTER}(?:${WORD}|['’-])+|${LETTER}(?:${WORD}|['’-])+,[ ]?${LETTER}\\.(?:[ -]?${LETTER}\\.){0,2}(?!${WORD})`);
const NEGATED = new RegExp(`^(?:[${DASHES}!¬](?=${LETTER}|["(])|NOT\\s)`, "u");
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
    Object.assign(this, { typed, tables, text: plain(typed), made: [] });
    this.quote();
    this.service = serviceOf(this.bare, tables);
    const round = [...Array(this.text.length).keys()].map((i) => this.text[i]); // square and curly brackets around operators
    if (this.service === "" || this.service === "arXiv") {
      for (const { index, 0: { length } } of this.bare.matchAll(IN_SQUARE)) [round[index], round[index + length - 1]] = ["(", ")"];
      this.text = round.join("");
      this.quote();
    }
    const words = this.bare.match(new RegExp(`${LETTER}+`, "gu")) ?? [], { bare } = this;
    const shouted = words.length > 3 && bare === bare.toUpperCase() && bare !== bare.toLowerCase() && words.some((word) => CAPITALS.test(word));
    this.operators = !(shouted && this.service === "");
    const names = [...Object.keys(tables.fields), ...tables.refused].sort((a, b) => b.length - a.length);
    this.fieldAt = sticky(`(${names.join("|")}):`, "i");
    this.brackets();
  }

  // Finds the phrases in quotes; `bare` is the text without what is in them.
  quote() {
    const { text } = this, { spans, open } = quotesOf(text), blank = [...Array(text.length).keys()].map((i) => text[i]);
    for (const [start, end] of spans) blank.fill("x", start + 1, end - 1);
    Object.assign(this, { spans, open, bare: blank.join(""), ends: new Set(spans.values()) });
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
    const { typed, text, bare, service, open, loose, tables: { elsewhere, others } } = this;
    const strategy = this.made.slice(0, -1).some(({ kind }) => kind !== "word");
    for (const { source, reason } of [...elsewhere, ...(service === "" && strategy ? others : [])]) {
      const hit = new RegExp(source, "u").exec(source[0] === '"' ? text : bare);
      if (hit) throw new BadQuery(`${hit[0].replace(/^[ (]+|[ (]+$/g, "")} ${reason}`, typed, [hit.index, hit.index + hit[0].length]);
    }
    if (open !== null) throw new BadQuery(`a quote is opened before “${[...typed.slice(open + 1).trim()].slice(0, 40).join("")}” and not closed; close it, or leave it out`, typed, [open, open + 1]);
    if (loose.length && strategy) {
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
    const weight = this.ends.has(place) || this.groups.has(place - 1) ? at(WEIGHT, text, place) : null;
    if (weight) return place + weight[0].length;
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

  minus(place) {
    const { text, made } = this;
    if (!this.atStart(place)) return null;
    const bang = at(BANG, text, place) && ('"('.includes(text[place + 1]) || ["and", "or"].includes(made.at(-1)?.kind)); // "!Kung" is a name
    return bang || at(MINUS, text, place) ? this.add("-", place, place + 1) : null;
  }

  field(place) {
    const { text, typed, made, tables: { fields, refused } } = this, last = made.at(-1), afterMinus = last?.kind === "-" && last.end === place;
    if (!this.atStart(place) && !afterMinus) return null;
    const year = at(YEAR_IS, text, place);
    if (year) {
      const end = place + year[0].length;
      this.add("field", place, end - 4, { text: "year", field: "year" });
      return this.add("word", end - 4, end, { text: (year[1] === "=" ? "" : year[1]) + year[2] });
    }
    const match = at(this.fieldAt, text, place) ?? at(SAME_AS, text, place);
    if (!match) return null;
    const name = match[1].toLowerCase(), end = place + match[0].length, rest = text.slice(end);
    if (!rest || rest[0] === " ") {
      if (place && rest.trim()) return null; // "the death of the author: on reading"
    } else if (refused.includes(name)) {
      throw new BadQuery(`${match[0]} is no filter here; there are ${FIELDS_SHOWN.map((one) => `${one}:`).join(", ")}`, typed, [place, end]);
    }
    const negated = refused.includes(name) ? null : NEGATED.exec(rest);
    if (negated) throw new BadQuery(`a minus stands before the field, not behind it; write -${match[0]}…`, typed, [place, end + negated[0].length]);
    if (refused.includes(name)) return null;
    this.add("field", place, end, { text: name, field: fields[name] });
    const person = fields[name] === "authors" ? at(INITIALED, text, end)?.[0].trimEnd() : null;
    return person ? this.add("word", end, end + person.length, { text: person }) : end;
  }

  word(place) {
    const { text, spans, groups } = this;
    let end = place + 1;
    while (end < text.length && text[end] !== " " && !spans.has(end) && !groups.has(end)) end++;
    return this.add("word", place, end);
  }
}

const FIELDS_SHOWN = ["year", "author", "title", "abstract", "text", "venue", "topic", "doi", "is"];
