// What the list draws: a paper's facts and how near it is, as the cards of the app take them.
// It refuses to know elements and rankings. Always true: every value is plain text or a number.

const LEVELS = { close: "close", weak: "weak", nothing: "not close" };

export function card(library, answers, result, target) {
  const { row } = result, { papers } = library;
  const facts = { id: papers.key[row], row, title: papers.title[row], has_title: !library.untitled.has(row),
    authors: library.authors(row), status: papers.status[row] ?? "", year: library.year(row), venue: library.venue(row),
    abstract: library.abstract(row), links: library.links(row), bibtex: bibtex(library, row) };
  const unmarked = { sources: "", keywords: [], made_of: "", records: [], fresh: false, collections: [], tags: [], note: "",
    folders: [], seen: false, copies: "", figure: null };
  return { ...facts, ...unmarked, ...(result.level ? closeness(answers, result, target) : {}) };
}

function closeness(answers, result, target) {
  const { scale } = answers.meaning, { similarity, level, embedded } = result, copies = result.copies.length;
  const byWords = embedded && level === "close" && similarity < scale.close;
  const shared = { figure: result.relevance.toFixed(0), share: result.relevance / 100, words: result.holds,
    copies: copies ? `and ${copies} near-${copies === 1 ? "copy" : "copies"}` : "" };
  if (!embedded) return { ...shared, rank: `by its words: ${LEVELS[level]}`, why: "Only the words that it has of the question are compared, and not its meaning." };
  const why = `Relevance, 0 to 100, is what the list is sorted by: meaning, words and the papers around it together. `
    + `Cosine similarity with ${target} is ${similarity.toFixed(2)}, closer than ${floored(answers.percentile(similarity))} of random `
    + `pairs of papers here. Nearest neighbours usually have ${scale.usual.toFixed(2)}; from ${scale.close.toFixed(2)} on, or when it `
    + `holds the words, a paper counts as close; up to ${scale.reach.toFixed(2)} is chance.`;
  return { ...shared, rank: byWords ? "close by its words" : LEVELS[level], why };
}

const floored = (percentile) => (percentile < 99.9 ? `${(Math.floor(percentile * 10) / 10).toFixed(1)}%` : `${(Math.floor(percentile * 1000) / 1000).toFixed(3)}%`);

// The words of a question that a paper holds, the rarest first, as the cards show them.
export function sharedWords(evidence, row) {
  const shared = evidence.filter(({ held, named }) => held.has(row) || named.has(row)).sort((a, b) => b.weight - a.weight);
  return { shared: shared.slice(0, 8).map(({ word, papers }) => ({ text: word, papers })), only_one: [], only_other: [], pairs: null };
}

// A paper's entry of BibTeX. Its braces are balanced.
function bibtex(library, row) {
  const { papers } = library, venue = library.venue(row), authors = library.authors(row);
  const fields = { title: papers.title[row], author: authors.map((name) => (/[, ]/.test(name) ? name : `{${name}}`)).join(" and "),
    year: library.year(row), [venue ? "journal" : "howpublished"]: venue, doi: papers.doi[row], eprint: papers.arxiv[row],
    archiveprefix: papers.arxiv[row] && "arXiv", pmid: papers.pmid[row], url: papers.url[row] };
  const word = /[a-z]{4,}/i.exec(papers.title[row].normalize("NFD"))?.[0] ?? "paper", family = /[a-z]+$/i.exec((authors[0] ?? "").normalize("NFD"))?.[0] ?? "";
  const lines = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `  ${name} = {${safe(String(value))}},`);
  return `@${venue ? "article" : "misc"}{${`${family}${library.year(row) ?? ""}${word}`.toLowerCase()},\n${lines.join("\n")}\n}\n`;
}

function safe(text) {
  let depth = 0;
  const balanced = [...text].every((letter) => (depth += letter === "{" ? 1 : letter === "}" ? -1 : 0) >= 0) && depth === 0;
  return (balanced ? text : text.replace(/[{}]/g, "")).replace(/\\+$/, "").replace(/@(?=\s*[A-Za-z][\w-]*\s*\{)/g, "{@}");
}
