// A tree of the box's tokens, by how closely operators bind.
// It refuses to know what a term means. Always true: it is the tree of explorer/search/box/grammar.py in our own language:
// OR binds loosest, then AND and blanks, then NEAR; NOT and minus belong to what follows.

import { BadQuery } from "./lexer.js";

const LEVELS = [["or"], ["and", "side"], ["near"]], DEEPEST = 50, DEEPEST_TREE = 150;
const JOINERS = ["and", "or", "not", "near"], ENDS = ["end", ")"];
const EXAMPLES = { year: "2019..2022", authors: '"Noam Brown"', is: "retracted" };

// Nodes: { kind: "term", text, phrase, place, within }, { kind: "scoped", field, name, part, place }, { kind: "joined", or, parts,
// plain, near, place }, { kind: "negated", part }; null for no tokens.
export function tree(tokens, typed, service) {
  const parser = new Parser(tokens, typed, service);
  if (parser.token.kind === "end") return null;
  const node = parser.level(0);
  if (parser.token.kind !== "end") throw parser.error("a bracket is closed and not opened");
  if (depthOf(node) > DEEPEST_TREE) throw new BadQuery(`more than ${DEEPEST_TREE} operators are nested; ask in several questions`, typed);
  return node;
}

// How deep parts lie in parts, by a list: operators of a long question nest deeper than a function may call itself.
function depthOf(node) {
  let deepest = 0;
  for (const left = [[node, 1]]; left.length;) {
    const [{ part, parts = part ? [part] : [] }, depth] = left.pop();
    deepest = Math.max(deepest, depth);
    left.push(...parts.map((inner) => [inner, depth + 1]));
  }
  return deepest;
}

class Parser {
  constructor(tokens, typed, service) { Object.assign(this, { tokens, typed, service, place: 0, depth: 0 }); }

  get token() { return this.tokens[this.place]; }

  error(reason, token = this.token) { return new BadQuery(reason, this.typed, [token.start, token.kind === "end" ? token.start : token.end]); }

  take() { return this.tokens[this.place++]; }

  level(number) {
    if (number === LEVELS.length) return this.operand();
    let node = this.level(number + 1);
    for (let operator; LEVELS[number].includes(operator = this.operator());) {
      const sign = this.token;
      if (operator !== "side") this.take();
      const { kind } = this.token;
      if ((JOINERS.includes(kind) && kind !== "not") || ENDS.includes(kind)) throw this.error(`nothing stands after ${sign.text}`, sign);
      node = joined(operator, node, this.level(number + 1), sign);
    }
    return node;
  }

  operator() {
    const { kind } = this.token;
    return ENDS.includes(kind) ? null : ["and", "or", "near"].includes(kind) ? kind : "side";
  }

  operand() {
    const { token } = this;
    if (token.kind === "-" || token.kind === "not") {
      this.take();
      if (ENDS.includes(this.token.kind) || ["and", "or", "near"].includes(this.token.kind)) throw this.error(`nothing stands after ${token.text}`, token);
      return { kind: "negated", part: this.deeper(() => (token.kind === "-" ? this.operand() : this.level(LEVELS.length - 1)), token) };
    }
    if (JOINERS.includes(token.kind)) throw this.error(`nothing stands before ${token.text}`);
    if (token.kind === ")") throw this.error("nothing stands in the brackets");
    if (token.kind === "field") return this.field();
    return token.kind === "(" ? this.brackets() : this.term();
  }

  brackets() {
    const opened = this.take(), node = this.deeper(() => this.level(0), opened);
    if (this.token.kind !== ")") throw this.error("a bracket is opened and not closed", opened);
    this.take();
    // Brackets keep their parts together: nothing is joined with what stands inside.
    return node.kind === "joined" ? { kind: "joined", or: false, parts: [node], plain: false, near: "", place: [0, 0] } : node;
  }

  deeper(read, token) {
    if (++this.depth > DEEPEST) throw this.error(`more than ${DEEPEST} brackets are nested`, token);
    const node = read();
    this.depth--;
    return node;
  }

  field() {
    const field = this.take(), { kind, start, text } = this.token;
    if (!["word", "phrase", "("].includes(kind) || start > field.end || text === "") {
      throw this.error(`${field.text}: is followed by nothing; write ${field.text}:${EXAMPLES[field.field] ?? "name"}, or leave it out`, field);
    }
    const part = kind === "(" ? this.brackets() : this.term();
    return { kind: "scoped", field: field.field, name: field.text, part, place: [field.start, this.tokens[this.place - 1].end] };
  }

  term() {
    const { text, kind, start, end, within } = this.take();
    return { kind: "term", text, phrase: kind === "phrase", place: [start, end], within };
  }
}

// Two nodes as one; a chain of equal operators is a single node.
function joined(operator, left, right, sign) {
  const or = operator === "or", near = operator === "near" ? sign.text : "", plain = operator === "side", place = [sign.start, sign.end];
  const chain = left.kind === "joined" && left.parts.length > 1 && left.or === or && left.near === near && operator !== "near";
  return chain ? { kind: "joined", or, parts: [...left.parts, right], plain: left.plain && plain, near, place }
    : { kind: "joined", or, parts: [left, right], plain, near, place };
}
