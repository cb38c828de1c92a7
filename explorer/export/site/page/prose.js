// What is no language of a box: sentences, pasted abstracts, titles; and what a sentence wants to be without.
// It refuses to know operators. Always true: it reads as explorer/search/box/prose.py does; what is left of a sentence is
// the sentence without the phrases that name what is unwanted.

export const PASTED = 30; // words above which a text may be a pasted abstract
const GRAMMAR = 0.2; // share of words of grammar among a text's bare words
const MOST = 3; // words of what is unwanted
const FILLERS = "using|use of|the use of|usage of|requiring|relying on|depending on|depend on|rely on|based on|need for|needing|the need for|the need of|need of"
  + "|require|use|need|involving|involve|any|a|an|the|explicit|having|with|by|access to";
const WITHOUT = new RegExp("(?<![^\\s,;])[,;]?\\s*(?:(?:(?:that|which|who)\\s+)?(?:do|does|did|is|are|was|were|be)\\s+not|but\\s+not|(?:and|but|with)\\s+no|(?<!(?<![\\p{L}\\p{N}_])with or )(?<!(?<![\\p{L}\\p{N}_])with and )without|w/o|lacking"
  + "|devoid\\s+of|free\\s+(?:of|from)|in\\s+the\\s+absence\\s+of|excluding|except(?:ing)?(?:\\s+for)?|(?:other|rather)\\s+than|instead\\s+of|not)\\s+"
  + `((?:(?:${FILLERS})\\s+)*)(?<rest>(?=[\\p{L}\\p{N}_*+#/.'-]))`, "diug");
export const NO_NEGATION = new Set(("only just yet all necessarily even so too merely simply always every because what to enough known clear understood possible well").split(" "));
const OR = /\s+n?or\s+/iuy;
const WORD = /[^\s,;:.?!()[\]"]+(?:\.[^\s,;:.?!()[\]"]+)*/gu;
const LESS = /(?<!\S)(?:(?<free>[\p{L}\p{Nl}\p{No}][\p{L}\p{N}_+#]*)[-‐–](?:free|less)(?!\S)|non[-‐–\s](?<non>[\p{L}\p{Nl}\p{No}][\p{L}\p{N}_+#]*)(?!\S)|(?:(?<=[,;]\s)|(?<![\s\S]))(?:no|not)\s+(?<no>[\p{L}\p{Nl}\p{No}][\p{L}\p{N}_+#]*)(?=\s+\S))/giu;
const blanks = (text) => text.split(" ").length - 1;

// Whether a text of these tokens is a pasted text, in which quotes, minus signs and capitals mean nothing.
export function isProse(tokens, isGrammar) {
  const words = tokens.filter(({ kind }) => kind === "word").map(({ text }) => text);
  const spoken = tokens.reduce((sum, { kind, text }) => sum + (kind === "word" || kind === "phrase" ? blanks(text) + 1 : 0), 0);
  if (spoken <= PASTED || words.length <= Math.floor(PASTED / 2)) return false;
  return words.filter((word) => isGrammar(word.replace(/^[.,;:()]+|[.,;:()]+$/g, "").toLowerCase())).length > GRAMMAR * words.length;
}

// A sentence less what it wants to be without, and what that is: "SLAM without lidar" → { text: "SLAM", names: ["lidar"] }.
export function unwanted(typed, isGrammar) {
  const names = [];
  let text = typed, place = blanks(text) < 2 * PASTED ? 0 : text.length; // a longer text describes, it does not ask
  for (;;) {
    WITHOUT.lastIndex = place;
    const match = WITHOUT.exec(text);
    if (!match) return { text: text.split(/\s+/).filter(Boolean).join(" "), names };
    const [start] = match.indices.groups.rest, before = text.slice(0, match.index).replace(/[ ,;]+$/, "");
    let { name, end } = nameAt(text, start, isGrammar);
    if (!name || !/[\p{L}\p{N}_]/u.test(before + text.slice(end))) { place = start; continue; }
    for (let more; name; { name, end } = more.name ? more : { name: "", end }) {
      names.push(name);
      OR.lastIndex = end;
      more = OR.exec(text) ? nameAt(text, OR.lastIndex, isGrammar) : { name: "" };
    }
    text = `${before}${text.slice(end)}`;
    place = before.length;
  }
}

// What is named at a place, up to a word of grammar, a mark or three words; and where it ends.
function nameAt(text, start, isGrammar) {
  const words = [];
  let end = start;
  WORD.lastIndex = start;
  for (let match; (match = WORD.exec(text));) {
    if (match.index > end && text.slice(end, match.index).trim()) break;
    const word = match[0].toLowerCase();
    if (isGrammar(word) || (!words.length && NO_NEGATION.has(word)) || words.length === MOST) break;
    words.push(match[0]);
    end = WORD.lastIndex;
  }
  return { name: words.join(" "), end };
}

// What a sentence may want to be without, or name: "lidar-free SLAM" does, "model-free control" does not. Each as typed, in two
// words as papers write it where it is a name, and what would be unwanted.
export function maybeUnwanted(text) {
  return [...text.matchAll(LESS)].map((match) => {
    const [kind, name] = Object.entries(match.groups).find(([, value]) => value !== undefined);
    return { typed: match[0], pair: kind === "free" ? [name, "free"] : [kind, name], name };
  });
}

// What to say of names that a sentence wants to be without.
export function leftOut(names) {
  const signs = names.map((name) => (name.includes(" ") ? `-"${name}"` : `-${name}`)).join(" ");
  return `${names.map((name) => `“${name}”`).join(" and ")} does not count, as the question is to be without it; to leave such papers out, write ${signs}`;
}
