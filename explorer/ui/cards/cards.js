// The list beside the map: what was asked, the selected paper, results or topics, as cards.
// Holds DOM building and two kinds of message (to Python: open, close, topic, more; to the map: which row is hovered).
// Refuses to know searches, libraries and the map's insides.
// Always true: text of papers enters the page through textContent only; links are http(s), checked in Python and here;
// what was unfolded stays unfolded over a rerun.

const unfolded = new WeakMap(); // host → Set of paper ids

export function mount({ parentElement, data, setTriggerValue }) {
  const host = parentElement.querySelector(".explorer-cards");
  if (!unfolded.has(host)) unfolded.set(host, new Set());
  const context = { send: setTriggerValue, open: unfolded.get(host) };
  const parts = [heading(data, context)];
  if (data.selected) parts.push(card(data.selected, context, { chosen: true }));
  if (data.subheading) parts.push(make("h3", "sub", data.subheading));
  if (data.topics.length) parts.push(topics(data.topics, context));
  if (data.results.length) {
    const list = make("ol", "results");
    data.results.forEach((paper, i) => list.append(make("li", "", card(paper, context, { number: i + 1 }))));
    parts.push(list);
  }
  if (data.more) parts.push(button("more", data.more, () => setTriggerValue("more", { shown: data.results.length })));
  const focused = parentElement.activeElement?.dataset?.name;
  const scrolled = host.dataset.of === data.token ? host.scrollTop : 0;
  host.replaceChildren(...parts);
  host.dataset.of = data.token;
  host.dataset.count = String(data.results.length);
  host.scrollTop = scrolled;
  if (focused) [...host.querySelectorAll("[data-name]")].find((e) => e.dataset.name === focused)?.focus();
}

function heading(data, { send }) {
  const box = make("header", "");
  if (data.back) box.append(button("back", `← ${data.back}`, () => send("close", { closed: true })));
  const title = make("h2", "", data.heading);
  title.setAttribute("aria-live", "polite");
  box.append(title);
  if (data.note) box.append(make("p", "note", data.note));
  return box;
}

function card(paper, context, { number, chosen = false }) {
  const box = make("article", chosen ? "card chosen" : "card");
  box.dataset.id = paper.id;
  box.dataset.row = paper.row;
  if (number) box.append(make("span", "number", String(number)));
  const body = make("div", "body");
  const title = chosen ? make("h3", "title", paper.title) : titleButton(paper, body, context);
  if (!paper.has_title) title.append(make("span", "made", "no title in the source"));
  body.append(title);
  const authors = paper.authors.length > 4 && !chosen
    ? `${paper.authors.slice(0, 3).join(", ")} and ${paper.authors.length - 3} more`
    : paper.authors.join(", ");
  const facts = [shorten(authors, 240), paper.venue, paper.year].filter(Boolean).join(" · ");
  if (facts) body.append(make("p", "facts", facts));
  if (paper.similarity !== null) body.append(closeness(paper));
  if (chosen || context.open.has(paper.id)) body.append(details(paper, context, chosen));
  box.append(body);
  for (const [event, row] of [["mouseenter", paper.row], ["mouseleave", null], ["focusin", paper.row], ["focusout", null]])
    box.addEventListener(event, () => window.dispatchEvent(new CustomEvent("explorer:hover", { detail: { row } })));
  return box;
}

function titleButton(paper, body, context) {
  const title = button("title", paper.title, () => {
    const shown = body.querySelector(".details");
    if (shown) shown.remove();
    else body.append(details(paper, context, false));
    context.open[shown ? "delete" : "add"](paper.id);
    title.setAttribute("aria-expanded", String(!shown));
  });
  title.dataset.name = `title ${paper.id}`;
  title.setAttribute("aria-expanded", String(context.open.has(paper.id)));
  return title;
}

function closeness(paper) {
  const box = make("p", "closeness");
  const meter = make("span", "meter");
  const fill = make("span", "fill");
  fill.style.width = `${Math.max(0, Math.min(1, paper.similarity)) * 100}%`;
  meter.append(fill);
  meter.setAttribute("aria-hidden", "true");
  box.append(meter, make("strong", "", paper.similarity.toFixed(2)), make("span", "", ` closer than ${paper.percentile} of pairs`));
  box.title = "Cosine similarity, and how it ranks among random pairs of papers of this library";
  return box;
}

function details(paper, { send }, chosen) {
  const box = make("div", "details");
  if (chosen && paper.authors.length > 12) {
    // The facts line holds the first names; a list of 260 would push the abstract off the screen.
    const all = make("details", "authors", make("summary", "", `all ${paper.authors.length} authors`));
    all.append(make("p", "", paper.authors.join(", ")));
    box.append(all);
  }
  box.append(make("p", paper.abstract ? "abstract" : "abstract missing", paper.abstract || "No abstract: placed by its title alone."));
  const actions = make("div", "actions");
  if (!chosen) actions.append(button("similar", "Similar to this", () => send("open", { id: paper.id })));
  for (const [name, address] of Object.entries(paper.links)) actions.append(link(name, address));
  const copy = button("copy", "Copy BibTeX", async () => {
    copy.textContent = (await copied(paper.bibtex)) ? "Copied" : "Could not copy";
    setTimeout(() => (copy.textContent = "Copy BibTeX"), 1500);
  });
  actions.append(copy);
  box.append(actions, make("p", "sources", paper.sources));
  return box;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function topics(list, { send }) {
  const box = make("ul", "topics");
  for (const { label, size } of list) {
    const item = button("topic", label, () => send("topic", { label }));
    item.append(make("span", "size", size.toLocaleString()));
    box.append(make("li", "", item));
  }
  return box;
}

function link(name, address) {
  const made = make("a", "", name);
  if (/^https?:\/\//i.test(address)) made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

function button(kind, text, act) {
  const made = make("button", kind, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function make(tag, kind, content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (content !== undefined) made.append(content); // a string becomes a text node
  made.dir = tag === "button" || tag === "p" || tag === "h3" ? "auto" : "";
  return made;
}

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length).replace(/,?\s\S*$/, "")} …` : text;
}
