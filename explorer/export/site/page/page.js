// The page: what is asked (address, box, filters, map, cards) becomes an answer, and the answer list and map.
// It refuses to know how anything is ranked or drawn. Always true: map and list stand before words, vectors and model are
// there; an answer that a newer question has overtaken changes nothing; nothing is fetched but the files beside the page.

import { mount as mountCards } from "../../../ui/components/cards/cards.js";
import cardsSheet from "../../../ui/components/cards/cards.css";
import { mount as mountMap } from "../../../ui/components/map/map.js";
import mapSheet from "../../../ui/components/map/map.css";
import * as address from "./address.js";
import { Answers } from "./answers.js";
import { Encoder } from "./encoder.js";
import { card, sharedWords } from "./entries.js";
import { bytesOf, inflated } from "./files.js";
import { BadQuery } from "./lexer.js";
import { Library } from "./library.js";
import { publish, serve } from "./local.js";
import { unpack } from "./pack.js";
import { Corpus } from "./ranking.js";
import { WordPieces } from "./wordpieces.js";
import { WordIndex } from "./words.js";

const PAGE = 30, AREA = 200, OVERVIEW = 60, RINGED = 200; // cards at first, of an area and of an overview; papers ringed
const LONG = 32; // pieces of a text whose reading takes long enough for a line to say so
const BREATH = 30; // ms after which the page may draw
const $ = (selector) => document.querySelector(selector);
const load = async (name) => unpack(await inflated(await bytesOf(name)));

// Lets the browser draw and listen when a step took long.
const channel = new MessageChannel();
let breathed = 0;
async function breathe() {
  if (performance.now() - breathed < BREATH) return;
  await new Promise((done) => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
  breathed = performance.now();
}

class Page {
  constructor(library) {
    Object.assign(this, { library, asked: address.read(), shown: PAGE, focus: 0, turn: 0, answers: null, answered: null, reads: false, model: null });
    const shadow = (host, kind, sheet) => {
      const root = host.attachShadow({ mode: "open" }), style = document.createElement("style");
      style.textContent = sheet;
      root.append(style, Object.assign(document.createElement("div"), { className: kind }));
      return root;
    };
    // Of what they have in common the page knows words alone: no place is kept for more.
    this.list = shadow($("#list"), "explorer-cards", `${cardsSheet}\n.why { min-height: 0; }`);
    this.map = shadow($("#map"), "explorer-map", mapSheet);
    this.list.querySelector("div").dataset.testid = "cards";
    serve(library, (key) => this.why(key));
    this.fill();
    this.listen();
    this.show(this.asked);
    this.answer();
  }

  // ------------------------------------------------------------------------------------------------ what comes later

  async equip() {
    const [{ abstracts }, words, meaning] = await Promise.all([load("abstracts"), load("words"), load("meaning")]);
    this.library.abstracts = abstracts;
    const corpus = new Corpus(meaning, this.library.nearest), index = new WordIndex(words, this.library.names.flat().join("\n"));
    this.answers = new Answers(this.library, index, corpus, meaning, (text, tell) => this.vector(text, tell));
    document.documentElement.dataset.words = "true";
    this.reads = meaning.model;
    this.answer();
    // From a disk the model costs nothing; from a host it is two thirds of the page, and comes when somebody wants to ask.
    if (location.protocol === "file:") await this.opened();
    else $("#q").addEventListener("focus", () => this.opened(), { once: true });
  }

  // The model, or null where the page has none; loaded once.
  opened() {
    this.model ??= this.reads ? this.load() : Promise.resolve(null);
    return this.model.then((model) => {
      document.documentElement.dataset.model = String(model !== null);
      return model;
    });
  }

  async load() {
    const parts = await Promise.all(["model-words", "model-layers"].map(load)), model = Object.assign({}, ...parts);
    const pieces = new WordPieces(model.pieces);
    this.answers.general = (word) => pieces.knows(word);
    return { pieces, encoder: new Encoder(model, breathe) };
  }

  // The vector of a text; null where the page has no model, or one that cannot read it.
  async vector(text, tell) {
    if (!this.reads) return null;
    tell("Loading the language model …");
    const { pieces, encoder } = await this.opened(), numbers = pieces.numbered(text);
    if (!pieces.reads(text)) return null;
    if (numbers.length <= LONG) tell("");
    return encoder.encode(numbers, (share) => numbers.length > LONG && tell(`Reading the question … ${Math.round(100 * share)} %`));
  }

  // --------------------------------------------------------------------------------------------------- asking

  ask(change, { replace = false } = {}) {
    this.asked = { ...this.asked, ...change };
    Object.assign(this, { shown: PAGE, focus: this.focus + 1 });
    address.write(this.asked, replace);
    this.show(this.asked);
    this.answer();
  }

  async answer() {
    const turn = ++this.turn, { asked, answers, library } = this, row = library.rows.get(asked.paper) ?? null;
    const wanted = row !== null || asked.text || asked.area.length;
    this.offer(false);
    if (!wanted || !answers) {
      this.answered = null;
      this.say(wanted ? "Loading words and vectors …" : "");
      return this.draw(this.overview(row));
    }
    const tell = (words) => { if (turn === this.turn) this.say(words); return words ? new Promise((done) => setTimeout(done)) : null; };
    try {
      const answered = await answers.ask({ ...asked, paper: row }, asked.area.length && row === null ? AREA : this.shown, tell);
      if (turn !== this.turn) return undefined;
      this.answered = answered;
      this.say("");
      this.offer(row === null && (answered.strategy || asked.plain));
      return this.draw(this.viewOf(answered, row));
    } catch (error) {
      if (turn !== this.turn) return undefined;
      const misread = error instanceof BadQuery;
      this.answered = null;
      this.say(misread ? error.message : `The question could not be answered: ${error.message}`, true);
      this.offer(misread);
      return this.draw(this.overview(row));
    }
  }

  say(words, wrong = false) {
    const line = $(".line");
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("wrong", wrong);
  }

  // A way to the opposite reading of a text with operators, fields or quotes.
  offer(shown) {
    Object.assign($("#plain"), { hidden: !shown, textContent: this.asked.plain ? "Read its operators, fields and quotes" : "Read it as plain words" });
  }

  why(key) {
    return this.answered ? sharedWords(this.evidence ??= this.answered.evidence, this.library.rows.get(key)) : null;
  }

  // -------------------------------------------------------------------------------------------- what is to be seen

  viewOf(answered, row) {
    const { asked: { text, area }, library, answers } = this, { results, passing } = answered, count = results.length;
    const target = row !== null ? "the paper" : "the question";
    this.evidence = row === null ? answered.evidence : answers.words.evidence(library.text(row));
    const view = { results: results.map((result) => card(library, answers, result, target)), passing, place: answered.place,
      similarities: answered.similarities, note: [...answered.remarks, answered.verdict].filter(Boolean).join(" "),
      more: answered.more ? "Show more" : "", query: "", back: "" };
    if (row !== null) {
      const back = area.length ? "Back to the area" : text ? `Back to “${text.slice(0, 60)}”` : "Back to the whole map";
      return { ...view, heading: "Selected paper", back, selected: card(library, answers, { row, copies: [], level: null }, ""),
        subheading: count ? "Nearest papers" : "No other paper passes the filters" };
    }
    if (area.length) {
      const inside = passing ? passing.reduce((sum, one) => sum + one, 0) : 0;
      return { ...view, heading: inside ? `${papers(inside)} in the area` : "No papers in this area", back: "Back", query: text, more: "",
        note: inside ? `The ${inside > AREA ? "first " : ""}${papers(count)}, ${text ? `nearest to “${text.slice(0, 60)}” first` : "the most typical first"}. ${view.note}` : "" };
    }
    const near = results[0]?.level ? "nearest to" : "with"; // conditions alone, to which nothing is near
    return { ...view, query: text, heading: count ? `${papers(count)} ${near} “${text}”` : "No paper passes",
      note: count ? view.note : `${this.gone()}${view.note} Widen or clear the filters, or leave out quotes and -words.`.trim() };
  }

  // That the filter names a topic which is not on this page, as the map was drawn anew or the link is misspelt.
  gone() {
    const { topic } = this.asked.filter, nearest = topic ? this.library.nearestTopics(topic) : null;
    if (!nearest) return "";
    const names = nearest.map((label) => `“${label}”`).join(", ");
    return `No topic is called “${topic}”, or none is since the map was drawn anew${names ? `; nearest to that name: ${names}` : ""}. `;
  }

  overview(row) {
    const { library, asked: { filter } } = this, passing = library.passing(filter), rows = [];
    for (let i = 0; i < library.count; i++) if (!passing || passing[i]) rows.push(i);
    const topics = library.topics(passing), filtered = Object.values(filter).some(Boolean);
    const listed = filter.topic || rows.length <= OVERVIEW || !topics.length ? rows.slice(0, OVERVIEW) : [];
    const first = listed.length && listed.length < rows.length ? `The first ${listed.length} are listed. ` : "";
    const chosen = row === null ? null : card(library, null, { row, copies: [], level: null }, "");
    const named = filter.topic ? ` in “${filter.topic}”` : filtered ? " pass the filters" : ", by topic";
    return { results: chosen ? [] : listed.map((one) => card(library, null, { row: one, copies: [], level: null }, "")), selected: chosen, topics: chosen ? [] : topics,
      heading: chosen ? "Selected paper" : `${papers(rows.length)}${named}`, back: chosen || filtered ? "All papers" : "", passing,
      note: rows.length ? `${first}Search above, click a dot, or choose a topic.` : `${this.gone()}Widen or clear the filters to see more.`,
      ringed: filtered && rows.length <= RINGED ? rows : [], place: null, similarities: null, more: "", query: "" };
  }

  draw(view) {
    this.view = view;
    const { focus, asked, library } = this, { selected = null, results } = view, there = (row) => library.hasPlace(row);
    const rows = results.map(({ row }) => row).filter(there), unplaced = library.unplaced;
    const shelf = { toggles: [], names: { collection: [], tag: [] }, shelf: [], shows_hidden: true, further: 0, gather: 0, done: 0, notice: null,
      saved: [], searches: 0, facets: [], arrivals: [], about: false, filters: this.chips(), basket: { liked: [], unliked: [], note: "", number: 0 }, picks: false, beside_map: true, exports: null, forget: "" };
    mountCards({ parentElement: this.list, setTriggerValue: (_, event) => this.heard(event), data: { ...shelf, topics: [],
      subheading: "", ...view, selected, token: `${view.heading}|${selected?.row ?? ""}` } });
    const overview = !!view.topics, similar = asked.colour === "similarity" && view.similarities, kinds = asked.colour === "venue" ? library.kinds : null;
    this.highlights = { version: "site", results: overview ? [] : rows, neighbours: selected ? rows.slice(0, PAGE) : [],
      selected: selected && there(selected.row) ? selected.row : null, query: view.place, asking: [], ringed: (view.ringed ?? []).filter(there), colour: asked.colour,
      mask_url: publish(view.passing), marks_url: publish(unplaced), similarity_url: similar ? publish(this.colours(view.similarities)) : null, kinds_url: publish(kinds?.codes), kinds: kinds?.names ?? [],
      focus, title: view.heading };
    if (asked.colour === "similarity" && !similar) this.say("Search or open a paper: the colours then show how similar each paper is to it.");
    this.drawMap();
    // On a phone the list lies below the map, and what was pressed may lie far below its beginning.
    const top = $("#list").getBoundingClientRect().top;
    if (this.drawn !== asked.paper && top < 0) $("#list").scrollIntoView();
    this.drawn = asked.paper;
    document.documentElement.dataset.answered = String(this.turn);
  }

  // The filters that are set, each in words.
  chips() {
    const words = { from: (year) => `from ${year}`, to: (year) => `to ${year}`, author: (name) => `author ${name}` };
    return Object.entries(this.asked.filter).filter(([, value]) => value).map(([name, value]) => ({ name, words: words[name]?.(value) ?? value }));
  }

  drawMap() {
    mountMap({ parentElement: this.map, data: this.highlights, setTriggerValue: (_, event) => this.heard(event) });
  }

  // Ranks among random pairs spread the middle and hide the top: the square shows both.
  colours(similarities) {
    return Uint8Array.from(similarities, (similarity) => 255 * (this.answers.percentile(similarity) / 100) ** 2);
  }

  // ------------------------------------------------------------------------------------------------------ events

  heard({ kind, paper, row, name, polygon }) {
    const { asked, library } = this;
    if (kind === "open") this.ask({ paper });
    else if (kind === "click") this.ask({ paper: library.papers.key[row] });
    else if (kind === "clear") this.ask({ paper: "", area: [] });
    else if (kind === "area") this.ask({ paper: "", area: polygon });
    else if (kind === "venue") this.ask({ filter: { ...asked.filter, venue: name } });
    else if (kind === "topic") this.ask({ filter: { ...asked.filter, topic: name } });
    else if (kind === "unfilter") this.ask({ filter: { ...asked.filter, [name]: "" } });
    else if (kind === "close") this.ask(asked.paper ? { paper: "" } : asked.area.length ? { area: [] } : { filter: {} });
    else if (kind === "more") { this.shown += PAGE; this.answer(); }
  }

  listen() {
    $(".search").addEventListener("submit", (event) => { event.preventDefault(); this.typed(); });
    $("#q").addEventListener("search", () => this.typed());
    $("#q").addEventListener("change", () => this.typed());
    for (const name of ["from", "to", "author", "topic", "venue"]) {
      $(`#${name}`).addEventListener("change", ({ target: { value } }) => {
        const number = name === "from" || name === "to";
        this.ask({ filter: { ...this.asked.filter, [name]: number ? Number(value) || null : value.trim() } });
      });
    }
    $("#plain").addEventListener("click", () => this.ask({ plain: !this.asked.plain }));
    $("#clear").addEventListener("click", () => this.ask({ filter: {} }));
    for (const button of document.querySelectorAll("[data-colour]")) button.addEventListener("click", () => this.ask({ colour: button.dataset.colour }, { replace: true }));
    $("#about").addEventListener("click", () => $("#colophon").showModal());
    window.addEventListener("popstate", () => { this.asked = address.read(); this.focus++; this.show(this.asked); this.answer(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawMap());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      $("#q").focus();
    });
  }

  typed() {
    const text = $("#q").value.trim();
    if (text !== this.asked.text) this.ask({ text, paper: "", plain: false });
  }

  // Puts what is asked into the fields.
  show({ text, filter, colour }) {
    $("#q").value = text;
    for (const name of ["from", "to", "author", "topic", "venue"]) $(`#${name}`).value = filter[name] ?? "";
    const set = Object.values(filter).filter(Boolean).length;
    $(".filters summary").textContent = set ? `Filters (${set})` : "Filters";
    for (const button of document.querySelectorAll("[data-colour]")) button.setAttribute("aria-pressed", String(button.dataset.colour === colour));
  }

  fill() {
    const { library } = this, sizes = new Map(), { venue, venues } = library.papers;
    for (const number of venue) sizes.set(number, (sizes.get(number) ?? 0) + 1);
    const often = [...sizes].filter(([number]) => venues[number]).sort((a, b) => b[1] - a[1]).map(([number]) => venues[number]);
    const labels = new Set(library.levels.toReversed().flatMap(({ topics }) => topics.map(({ label }) => label)));
    $("[data-colour=venue]").hidden = library.kinds.names.length < 2;
    for (const [field, names] of [["#venue", often], ["#topic", labels]]) $(field).append(...Array.from(names, (name) => new Option(name, name)));
  }
}

const papers = (count) => `${count.toLocaleString("en")} ${count === 1 ? "paper" : "papers"}`;

export async function start() {
  try {
    const [map, facts] = await Promise.all(["map", "papers"].map(load)), page = new Page(new Library(map, facts.papers, facts.box));
    window.explorerPage = page; // for tests and benchmarks
    await page.equip();
  } catch (error) {
    $(".line").textContent = `This page could not be opened: ${error.message}`;
    $(".line").classList.add("wrong");
    throw error;
  }
}
