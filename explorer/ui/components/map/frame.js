// The elements around the canvases: tools, tooltip, rings, legend, messages.
// It refuses to know points, views and Streamlit. Always true: text that came from data enters through textContent;
// places are pixels from the map's top left corner; what is not said to be shown is hidden.

import { css, isKind } from "./colour.js";
import { clamp } from "./grid.js";
import { HOW } from "./keyboard.js";

export const HEART = "M0 4.6C-1.5 3.3-5 1-5-1.8-5-4.6-1.6-5.2 0-2.6 1.6-5.2 5-4.6 5-1.8 5 1 1.5 3.3 0 4.6Z"; // 10 wide

export const SPARK = "M0-5 1.2-1.2 5 0 1.2 1.2 0 5-1.2 1.2-5 0-1.2-1.2Z"; // marks what is new

const FOLDED = "explorer panel folded"; // key of the browser's storage
const TOOLS = { // name → label and icon
  in: ["Zoom in", "M10 4v12M4 10h12"],
  out: ["Zoom out", "M4 10h12"],
  fit: ["Fit all papers", "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4"],
  results: ["Zoom to results", "M10 2v4M10 14v4M2 10h4M14 10h4M10 6a4 4 0 100 8 4 4 0 000-8z"],
  lasso: ["Select with a lasso: draw around papers", "M6 14C3 12 2 9 4 6s8-4 11-2 2 7-2 9-7 0-6 2 2 2 1 4"],
  box: ["Select with a box: drag over papers", "M4 4h12v12H4z"],
  picture: ["Save as a picture", "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 13v4h12v-4"],
};
// Constants only; data never passes through here.
const SKELETON = `<div class="stage" tabindex="0" role="application"
 aria-label="Map of papers. Arrow keys move from paper to paper, Enter selects, plus and minus zoom, 0 shows
 all, Shift with arrows moves the view, Escape clears."><canvas class="marks"></canvas><canvas class="glow"></canvas></div>
 ${["hovered", "focused", "listed"].map((name) => `<div class="ring ${name}" hidden></div>`).join("")}
 <ul class="reader" role="listbox" aria-label="Papers in view"></ul>
 <svg class="kin" aria-hidden="true" hidden><path class="halo"/><path/></svg>
 <div class="tip" hidden><span></span><small></small></div>
 <button type="button" class="fold"></button>
 <nav class="line" aria-label="Topics in view" hidden></nav>
 <section class="timeline" aria-label="Papers by year" hidden><button type="button" class="play" aria-label="Play the years" title="Play the years">▶</button>
 <input type="number" step="1" aria-label="First year shown">–<input type="number" step="1" aria-label="Last year shown"><output></output>
 <button type="button" class="all" hidden>All years</button><canvas title="Drag over years to show only their papers"></canvas></section>
 <div class="overview" title="Where the view is: press to go there"><canvas></canvas><i></i></div>
 <div class="tools" role="toolbar" aria-label="Map tools">${Object.entries(TOOLS).map(([name, [label, icon]]) => `
 <button type="button" data-tool="${name}" aria-label="${label}" title="${label}"><svg viewBox="0 0 20 20"
 aria-hidden="true" ${name === "box" ? 'stroke-dasharray="3 2.6"' : ""}><path d="${icon}"/></svg></button>`).join("")}
 </div>
 <form class="picture" aria-label="Save as a picture" hidden>
 <label>Format <select name="format"><option value="png">PNG</option><option value="svg">SVG</option></select></label>
 <label>Size <select name="scale"><option value="1">1 ×</option><option value="2" selected>2 ×</option><option value="3">3 ×</option>
 <option value="4">4 ×</option></select></label>
 <label>Background <select name="back"><option value="shown">as shown</option><option value="light">light</option>
 <option value="dark">dark</option><option value="clear">transparent</option></select></label>
 <button>Save</button><p role="status"></p></form>
 <div class="corner"><details class="trust" hidden><summary><span></span></summary><p></p></details>
 <details class="legend" hidden><summary></summary><div class="scale"><div class="bar"></div><div class="ends">
 <span></span><span></span></div></div><ul class="kinds" hidden></ul><div class="contrast" hidden></div><div class="grey"><i></i><span>year unknown</span></div>
 <div class="provisional" title="Came after the map was drawn, and was put among its neighbours"><i></i>
 <span>provisional place</span></div>
 <div class="liked"><svg viewBox="-6 -6 12 12" aria-hidden="true"><path d="${HEART}"/></svg><span>kept</span></div>
 <div class="arrived"><svg viewBox="-6 -6 12 12" aria-hidden="true"><path d="${SPARK}"/></svg><span></span></div>
 </details></div>
 <div class="note" role="status"><span></span><br><button type="button" hidden>Try again</button></div>
 <div class="live" role="status" aria-live="polite"></div>`;

export class Frame {
  // press(name) is called for a tool, retry() for "Try again", take(choice) for a picture, which it promises as a Blob,
  // choose(name) for a name in the key.
  constructor(root, press, retry, take, choose) {
    root.innerHTML = SKELETON;
    this.$ = (selector) => root.querySelector(selector);
    Object.assign(this, { root, choose, stage: this.$(".stage"), marks: this.$(".marks"), glow: this.$(".glow") });
    this.$(".legend").open = root.clientWidth >= 500;
    this.$(".note button").onclick = retry;
    this.$(".picture").onsubmit = (event) => { event.preventDefault(); this.savePicture(take); };
    this.$(".picture").onkeydown = ({ key }) => { if (key === "Escape") this.offerPicture(); };
    this.$(".fold").onclick = () => this.fold(document.documentElement.dataset.panel !== "folded");
    this.fold(localStorage.getItem(FOLDED) === "yes");
    window.addEventListener("explorer:unfold", () => { if (root.isConnected) this.fold(false); });
    window.addEventListener("explorer:to-map", () => { if (root.isConnected) this.stage.focus(); });
    for (const button of root.querySelectorAll(".tools button")) button.onclick = () => {
      press(button.dataset.tool);
      if (button.getAttribute("aria-pressed") !== "true" || button.dataset.tool === "picture") return;
      this.stage.focus(); // where the arrow keys draw
      this.$(".live").textContent = HOW;
    };
  }

  offerPicture() {
    const box = this.$(".picture");
    box.hidden = !box.hidden;
    this.tool("picture").setAttribute("aria-pressed", String(!box.hidden));
    if (box.hidden) this.tool("picture").focus();
    else box.querySelector("select").focus();
  }

  async savePicture(take) {
    const box = this.$(".picture"), choice = Object.fromEntries(new FormData(box)), status = box.querySelector("p");
    status.textContent = "Drawing …";
    try {
      const href = URL.createObjectURL(await take({ ...choice, scale: Number(choice.scale) }));
      Object.assign(document.createElement("a"), { href, download: `map.${choice.format}` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
      status.textContent = "";
      this.offerPicture();
    } catch (error) {
      status.textContent = `The picture could not be drawn: ${error.message}`;
    }
  }

  // Puts the panel beside the map away, or brings it back; remembered by the browser.
  fold(away) {
    const words = away ? "Show the panel" : "Hide the panel";
    document.documentElement.dataset.panel = away ? "folded" : "";
    localStorage.setItem(FOLDED, away ? "yes" : "no");
    Object.assign(this.$(".fold"), { textContent: away ? "›" : "‹", title: words });
    this.$(".fold").setAttribute("aria-label", words);
    document.documentElement.dispatchEvent(new CustomEvent("explorer:panel"));
  }

  tool(name) { return this.$(`.tools [data-tool=${name}]`); }

  // Boxes that labels should keep clear of.
  obstacles() {
    const { offsetWidth: w } = this.root, bar = { x: w - 370, y: 0, w: 370, h: 52 }; // where the page chooses the colours
    return [...(w > 640 ? [bar] : []), ...[".tools", ".corner", ".overview", ".line", ".timeline"].map(this.$).filter((part) => part.offsetWidth).map((part) => ({ x: part.offsetLeft,
      y: part.offsetTop, w: part.offsetWidth, h: part.offsetHeight }))];
  }

  say(text, retry = false) {
    this.$(".note").hidden = !text;
    this.$(".note span").textContent = text;
    this.$(".note button").hidden = !retry;
  }

  ring(name, place, radius) {
    const ring = this.$(`.ring.${name}`);
    ring.hidden = !place;
    if (place) ring.style.cssText = `--size: ${2 * radius}px; translate: ${place.x - radius}px ${place.y - radius}px`;
  }

  // Lines from a place to others, a small ring at the end of each; `from` is null to hide.
  kin(from, places) {
    const svg = this.$(".kin");
    svg.hidden = !from || !places.length; // an SVG element has no property of that name
    svg.toggleAttribute("hidden", svg.hidden);
    if (svg.hidden) return;
    const lines = places.map(({ x, y }) => `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${x.toFixed(1)} ${y.toFixed(1)}`
      + `m4 0a4 4 0 1 1-8 0a4 4 0 1 1 8 0`).join("");
    for (const path of svg.children) path.setAttribute("d", lines);
  }

  // How far to believe the map as a whole, in a sentence and, unfolded, in more; hidden where nobody knows.
  trust({ share, of, near, order }) {
    const box = this.$(".trust");
    box.hidden = share === null;
    const whole = `${Math.round(share)} % of a paper’s ${of} nearest lie near it on this map.`, summary = box.querySelector("summary");
    summary.firstChild.textContent = whole;
    summary.dataset.short = `Trust ${Math.round(share)} %`; // where there is no room; the sentence begins what unfolds
    box.querySelector("p").textContent = `${whole} Nearest by meaning; near: among the ${near} dots around it. ${order === null ? ""
      : `Which of two papers is nearer to a third, the map has right in ${Math.round(order)} of 100 cases (by chance 50). `}`
      + "Lists compare meanings, not places. Point at a dot for lines to its nearest papers; colour by trust to see where the map is right.";
  }

  // Title, year and `remarks` beside a place; `paper` is null while it is on the way, `place` is null to hide.
  tip(paper, place, gap, remarks = []) {
    const tip = this.$(".tip"), { clientWidth: w, clientHeight: h } = this.root;
    tip.hidden = !place;
    if (!place) return;
    tip.querySelector("span").textContent = paper ? paper.title : "…";
    tip.querySelector("small").textContent = [paper?.by, paper?.year, ...remarks].filter(Boolean).join(" · ");
    const { offsetWidth: tw, offsetHeight: th } = tip, above = place.y - gap - th;
    const left = clamp(place.x - tw / 2, 4, Math.max(4, w - tw - 4));
    const top = above >= 4 ? above : clamp(place.y + gap, 4, Math.max(4, h - th - 4));
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  // `kinds`: whether there are papers with an unknown year, with a provisional place, and liked ones; what is said of new ones; the names of kinds.
  legend(mode, { low, high, oldest }, theme, kinds) {
    const legend = this.$(".legend"), year = mode === "year", [left, right] = legend.querySelectorAll(".ends span");
    const trust = mode === "trust", compared = mode === "contrast", named = isKind(mode) && kinds.names.length > 0, scale = mode === "similarity" || trust || (year && high);
    const show = (part, shown) => { this.$(`.legend .${part}`).hidden = !shown; };
    legend.hidden = !compared && !scale && !named && !kinds.provisional && !kinds.liked && !kinds.arrived;
    this.key(named ? kinds.names : [], theme);
    legend.querySelector("summary").textContent = compared ? "Compared" : named ? (mode === "venue" ? "Venue" : "Collection") : !scale ? "Legend" : year ? "Year" : trust ? "Nearest papers that are near here" : "Similarity";
    show("scale", scale);
    legend.querySelector(".bar").style.background = `linear-gradient(90deg, ${theme.ramp.map((c) => css(c)).join()})`;
    left.textContent = year ? `${oldest < low ? "≤ " : ""}${low}` : trust ? "none" : "far";
    right.textContent = year ? high : trust ? "all" : "close";
    show("grey", (named || (scale && (year || trust))) && kinds.unknown);
    legend.querySelector(".grey span").textContent = named ? "none of these" : trust ? "unknown" : "year unknown";
    show("provisional", kinds.provisional && !compared); // rings mean something else then
    show("liked", kinds.liked);
    show("arrived", !!kinds.arrived);
    legend.querySelector(".arrived span").textContent = kinds.arrived ?? "";
    this.$(".legend .grey i").style.background = css(theme.grey);
    this.$(".legend .liked svg").style.fill = css(theme.rose);
  }

  // Names with their colours; a click shows only the papers of one. Made anew only where something changed, or the
  // button that has the focus would lose it.
  key(names, theme) {
    const list = this.$(".legend .kinds"), shown = JSON.stringify([names, theme.dark]);
    list.hidden = !names.length;
    if (list.dataset.shown === shown) return;
    list.dataset.shown = shown;
    list.replaceChildren(...names.map((name, number) => {
      const line = document.createElement("li"), swatch = document.createElement("i"), words = document.createElement("span");
      const button = Object.assign(document.createElement("button"), { type: "button", title: `Only ${name}`, onclick: () => this.choose(name) });
      swatch.style.background = css(theme.hues[number % theme.hues.length]);
      words.textContent = name;
      button.append(swatch, words);
      line.append(button);
      return line;
    }));
  }
}
