// What is asked, in the page's address behind #, so that a link opens the same; the map keeps its view there, too.
// It refuses to know papers. Always true: what the address does not say is empty.

const FIELDS = ["q", "mode", "paper", "from", "to", "author", "venue", "topic", "colour", "area"];

export function read() {
  const query = new URLSearchParams(window.location.hash.slice(1)), text = (name) => query.get(name) ?? "";
  const year = (name) => (/^\d{1,4}$/.test(text(name)) ? Number(text(name)) : null);
  const area = text("area").split(";").map((corner) => corner.split(",").map(Number)).filter((corner) => corner.length === 2 && corner.every(Number.isFinite));
  return { text: text("q"), plain: text("mode") === "text", paper: text("paper"), colour: ["year", "similarity", "trust", "venue"].includes(text("colour")) ? text("colour") : "topic",
    filter: { from: year("from"), to: year("to"), author: text("author"), venue: text("venue"), topic: text("topic") },
    area: area.length > 2 ? area : [] };
}

// Writes what is asked; `replace` makes no step that "Back" would return to.
export function write({ text, plain, paper, colour, filter, area }, replace = false) {
  const values = { q: text, mode: text && plain ? "text" : "", paper, ...filter, colour: colour === "topic" ? "" : colour, area: area.map((corner) => corner.map((value) => value.toFixed(4)).join(",")).join(";") };
  const parts = FIELDS.filter((name) => values[name]).map((name) => `${name}=${encodeURIComponent(values[name])}`);
  const view = /(?:^#|&)(map=[^&]*)/.exec(window.location.hash)?.[1];
  if (view) parts.push(view);
  const hash = `#${parts.join("&")}`;
  if (hash === (window.location.hash || "#")) return;
  window.history[replace ? "replaceState" : "pushState"](null, "", hash);
}
