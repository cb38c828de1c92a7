// The stem of an English word, by the rules of Porter's second stemmer (Snowball's "english").
// It refuses to know texts. Always true: what it gives is what explorer/search/inversion.py gives for the same word, so
// that a word no paper holds still meets the words of its stem.

const EXCEPTIONS = new Map(Object.entries({ skis: "ski", skies: "sky", idly: "idl", gently: "gentl", ugly: "ugli", early: "earli",
  only: "onli", singly: "singl" }));
const INVARIANT = new Set(["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"]);
const AS_THEY_ARE = new Set(["inning", "evening", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"]);
const BEGINNINGS = /^(gener|commun|arsen|past|univers|later|emerg|organ|inter)/;
const DOUBLE = /(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;
const VOWEL = "aeiouy";
const LONGER = [["ization", "ize"], ["ational", "ate"], ["fulness", "ful"], ["ousness", "ous"], ["iveness", "ive"],
  ["tional", "tion"], ["biliti", "ble"], ["lessli", "less"], ["entli", "ent"], ["ation", "ate"], ["alism", "al"],
  ["aliti", "al"], ["ousli", "ous"], ["iviti", "ive"], ["fulli", "ful"], ["enci", "ence"], ["anci", "ance"],
  ["ogist", "og"], ["abli", "able"], ["izer", "ize"], ["ator", "ate"], ["alli", "al"], ["bli", "ble"]];
const SHORTER = [["ational", "ate"], ["tional", "tion"], ["alize", "al"], ["icate", "ic"], ["iciti", "ic"], ["ical", "ic"],
  ["ful", ""], ["ness", ""]];
const ENDINGS = ["ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion",
  "al", "er", "ic"];

const isVowel = (letter) => letter !== undefined && VOWEL.includes(letter);
const hasVowel = (part) => /[aeiouy]/.test(part);

// A word as folded → its stem; what is no word of letters a to z and digits is its own.
export function stem(word) {
  if (!/^[a-z0-9]+$/.test(word) || word.length <= 2) return word;
  if (EXCEPTIONS.has(word)) return EXCEPTIONS.get(word);
  if (INVARIANT.has(word)) return word;
  // Where y is a consonant it is written Y.
  let w = word.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const { first, second } = regions(w);
  w = plurals(w);
  if (AS_THEY_ARE.has(w)) return w.toLowerCase();
  w = participles(w, first);
  if (/[^aeiouy][yY]$/.test(w) && w.length > 2) w = `${w.slice(0, -1)}i`;
  w = derivations(w, first, second);
  return last(w, first, second).toLowerCase();
}

// Where the region behind the first vowel and its consonant begins, and that behind the next.
function regions(w) {
  const behind = (from) => {
    for (let i = from + 1; i < w.length; i++) if (isVowel(w[i - 1]) && !isVowel(w[i])) return i + 1;
    return w.length;
  };
  const special = BEGINNINGS.exec(w), first = special ? special[0].length : behind(0);
  return { first, second: behind(first) };
}

function plurals(w) {
  if (w.endsWith("sses")) return w.slice(0, -2);
  if (/(ied|ies)$/.test(w)) return w.length > 4 ? w.slice(0, -2) : w.slice(0, -1);
  if (/(us|ss)$/.test(w) || !w.endsWith("s")) return w;
  return hasVowel(w.slice(0, -2)) ? w.slice(0, -1) : w;
}

function participles(w, first) {
  const eed = /(eedly|eed)$/.exec(w);
  if (eed && /^(proc|exc|succ)$/.test(w.slice(0, eed.index))) return w;
  if (eed) return eed.index >= first ? `${w.slice(0, eed.index)}ee` : w;
  const found = /(ingly|edly|ing|ed)$/.exec(w);
  if (!found || !hasVowel(w.slice(0, found.index))) return w;
  const rest = w.slice(0, found.index);
  if (found[0] === "ing" && /^[^aeiouy][yY]$/.test(rest)) return `${rest[0]}ie`; // dying, lying, tying
  if (/(at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (DOUBLE.test(rest)) return /^[aeo]..$/.test(rest) ? rest : rest.slice(0, -1); // added, egged, offing
  return first >= rest.length && endsShort(rest) ? `${rest}e` : rest;
}

// Whether a word ends in a short syllable.
function endsShort(w) {
  return w.length === 2 ? isVowel(w[0]) && !isVowel(w[1]) : /([^aeiouy][aeiouy][^aeiouywxY]|past)$/.test(w);
}

function derivations(w, first, second) {
  w = replaced(w, first, LONGER, (stemmed, ending) => {
    if (ending === "ogi") return stemmed.endsWith("l") ? "og" : null;
    if (ending === "li") return /[cdeghkmnrt]$/.test(stemmed) ? "" : null;
    return null;
  }, ["ogi", "li"]);
  return replaced(w, first, SHORTER, (stemmed) => (stemmed.length >= second ? "" : null), ["ative"]);
}

// The longest ending of a list replaced, if it lies behind `from`; `others` are endings that `rule` decides on.
function replaced(w, from, list, rule, others) {
  const all = [...list, ...others.map((ending) => [ending, null])].sort((a, b) => b[0].length - a[0].length);
  const found = all.find(([ending]) => w.endsWith(ending));
  if (!found) return w;
  const [ending, made] = found, stemmed = w.slice(0, -ending.length);
  if (stemmed.length < from) return w;
  const put = made ?? rule(stemmed, ending);
  return put === null ? w : stemmed + put;
}

function last(w, first, second) {
  const ending = ENDINGS.find((one) => w.endsWith(one));
  if (ending) {
    const rest = w.slice(0, -ending.length);
    if (rest.length >= second && (ending !== "ion" || /[st]$/.test(rest))) w = rest;
  }
  if (w.endsWith("e")) {
    const rest = w.slice(0, -1);
    if (rest.length >= second || (rest.length >= first && !endsShort(rest))) return rest;
  } else if (w.endsWith("ll") && w.length - 1 >= second) return w.slice(0, -1);
  return w;
}
