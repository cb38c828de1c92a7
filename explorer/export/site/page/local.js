// What the app's server would answer to the map and the cards, answered from the page itself.
// It refuses to know how anything is drawn. Always true: what it does not hold it answers with status 404, as a server.

const TITLES = 256; // of a chunk, as the map asks for them
const SHORT = 30; // characters of a name under the pointer
const columns = new Map(); // name → bytes, one a paper
const SHELVES = { map: null, values: (name) => columns.get(name)?.buffer, api: null };
let made = 0;

// Says who answers: `library` for the map, `explain` for why a paper is near, by its key.
export function serve(library, explain) {
  SHELVES.map = (path) => {
    const [, what, chunk] = /^[^/]+\/(points|topics|titles)(?:\/(\d+))?$/.exec(path) ?? [];
    if (what === "points") return library.points.slice().buffer;
    if (what === "topics") return { levels: library.levels, about: library.about, trust: library.trust };
    return what === "titles" ? titles(library, Number(chunk)) : undefined;
  };
  SHELVES.api = (path, query) => explain(query.get("b"));
}

// Puts a byte a paper where the map can fetch it; its address, or null for nothing.
export function publish(values) {
  if (!values) return null;
  made += 1;
  columns.set(String(made), values.slice());
  if (columns.size > 12) columns.delete(columns.keys().next().value);
  return `explorer/values/${made}`;
}

// In the place of fetch.
export async function answer(address) {
  const url = new URL(address), [, shelf, path] = /\/explorer\/(map|values|api)\/(.*)$/.exec(url.pathname) ?? [];
  const content = shelf && SHELVES[shelf]?.(path, url.searchParams);
  return { ok: content !== undefined && content !== null, status: content ? 200 : 404, json: async () => content ?? { error: "it is not part of this page" },
    arrayBuffer: async () => content };
}

function titles(library, chunk) {
  const { papers } = library, rows = Array.from({ length: Math.max(0, Math.min(TITLES, library.count - chunk * TITLES)) }, (_, i) => chunk * TITLES + i);
  return rows.map((row) => {
    const status = papers.status[row], title = status ? `${status.toUpperCase()} · ${papers.title[row]}` : papers.title[row];
    return { id: papers.key[row], title, year: library.year(row), by: by(library, row), near: library.near(row) };
  });
}

function by(library, row) {
  const names = library.authors(row).map((name) => name.slice(0, SHORT)), venue = library.venue(row);
  const people = names.length > 2 ? `${names[0]} et al.` : names.join(" and ");
  return [people, venue.length <= 2 * SHORT ? venue : `${venue.slice(0, 2 * SHORT - 1)}…`].filter(Boolean).join(" · ");
}
