// Operators that are not in capitals: "or", "not", "without", "|" between what is a condition without doubt.
// It refuses to know trees. Always true: it reads as explorer/search/box/small.py does.

import { NO_NEGATION } from "./prose.js";

const KINDS = {
  and: "and", "&": "and", "+": "and", "∧": "and", or: "or", "|": "or", "∨": "or", "and/or": "or",
  not: "not", without: "not", "w/o": "not", except: "not", excluding: "not",
};
const OPERATORS = ["and", "or", "not", "near"], BEFORE = ["word", "phrase", ")"], AFTER = ["word", "phrase", "(", "field", "-", "not"];
const LITTLE = new Set("a an the any using use of".split(" ")); // between "without" and what is unwanted
const IDIOMS = ["with or without", "with and without", "whether or not"];

const low = ({ text }) => text.toLowerCase();
const kindOf = (token) => (token.kind === "word" && Object.hasOwn(KINDS, low(token)) ? KINDS[low(token)] : null);
const isCut = ({ kind, text }) => kind === "word" && text.endsWith("*") && [...text].length > 2;
const isOfField = (before, token) => before?.kind === "field" && before.end === token.start;

// The tokens with what was meant as an operator as such.
export function withOperators(typed) {
  if (!typed.some((token) => !["word", "(", ")", "end"].includes(token.kind) || isCut(token))) return typed;
  const strict = typed.some(({ kind }) => OPERATORS.includes(kind)), tokens = strict ? withoutIdioms(typed) : typed, inside = inFields(tokens), made = [];
  tokens.forEach((token, place) => {
    const kind = kindOf(token), sure = strict || inside.has(place), last = made.at(-1), after = tokens[place + 1];
    if (!kind || isOfField(last, token)) made.push(token);
    else if (kind === "not") made.push(negation(made, token, tokens.slice(place + 1), sure));
    else {
      const joins = sure ? last && BEFORE.includes(last.kind) && AFTER.includes(after.kind) : last && endsCondition(made) && beginsCondition(tokens, place + 1);
      made.push(joins ? { ...token, kind } : token);
    }
  });
  return withoutLittle(made);
}

function negation(before, token, rest, strict) {
  const after = rest.find((each) => each.kind !== "word" || !LITTLE.has(low(each))), skipped = rest[0] !== after;
  const means = after.kind === "word" && !after.text.endsWith("*") ? strict && !NO_NEGATION.has(low(after)) && !kindOf(after)
    : ["phrase", "(", "field", "word"].includes(after.kind);
  if (!means || (skipped && low(token) === "not")) return token;
  if (before.at(-1)?.kind === "word" && low(before.at(-1)) === "but") before.pop();
  return { ...token, kind: "not" };
}

function withoutLittle(tokens) {
  const left = [];
  for (const token of tokens) {
    const last = left.at(-1), small = last?.kind === "not" && last.text !== "NOT" && Object.hasOwn(KINDS, low(last));
    if (!(small && token.kind === "word" && LITTLE.has(low(token)))) left.push(token);
  }
  return left;
}

function endsCondition(tokens) {
  const last = tokens.at(-1);
  return ["phrase", ")"].includes(last.kind) || isCut(last) || isOfField(tokens.at(-2), last);
}

function beginsCondition(tokens, place) {
  if (kindOf(tokens[place]) === "not") return beginsCondition(tokens, place + 1);
  return ["phrase", "(", "field", "-", "not"].includes(tokens[place].kind) || isCut(tokens[place]);
}

function withoutIdioms(tokens) {
  const left = [];
  for (let place = 0; place < tokens.length; place++) {
    const three = tokens.slice(place, place + 3);
    if (three.every(({ kind }) => kind === "word") && IDIOMS.includes(three.map(low).join(" "))) place += 3;
    left.push(tokens[place]);
  }
  return left;
}

// Places of the tokens within the brackets of a field: title:(graph or tree).
function inFields(tokens) {
  const inside = new Set();
  let depth = 0;
  tokens.forEach((token, place) => {
    if (token.kind === "(" && (depth || isOfField(tokens[place - 1], token))) depth++;
    if (token.kind === ")" && depth) depth--;
    if (depth) inside.add(place);
  });
  return inside;
}
