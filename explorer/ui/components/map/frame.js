// The elements around the canvases: tools, tooltip, rings, legend, messages.
// It refuses to know points, views and Streamlit. Always true: text that came from data enters through textContent;
// places are pixels from the map's top left corner; what is not said to be shown is hidden.

import { css } from "./colour.js";
import { clamp } from "./grid.js";

export const HEART = "M0 4.6C-1.5 3.3-5 1-5-1.8-5-4.6-1.6-5.2 0-2.6 1.6-5.2 5-4.6 5-1.8 5 1 1.5 3.3 0 4.6Z"; // 10 wide

const TOOLS = { // name → label and icon
  in: ["Zoom in", "M10 4v12M4 10h12"],
  out: ["Zoom out", "M4 10h12"],
  fit: ["Fit all papers", "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4"],
  results: ["Zoom to results", "M10 2v4M10 14v4M2 10h4M14 10h4M10 6a4 4 0 100 8 4 4 0 000-8z"],
  lasso: ["Select with a lasso: draw around papers", "M6 14C3 12 2 9 4 6s8-4 11-2 2 7-2 9-7 0-6 2 2 2 1 4"],
  box: ["Select with a box: drag over papers", "M4 4h12v12H4z"],
};
// Constants only; data never passes through here.
const SKELETON = `<div class="stage" tabindex="0" role="application"
 aria-label="Map of papers. Arrow keys move from paper to paper, Enter selects, plus and minus zoom, 0 shows
 all, Shift with arrows moves the view, Escape clears."><canvas class="marks"></canvas></div>
 ${["hovered", "focused", "listed"].map((name) => `<div class="ring ${name}" hidden></div>`).join("")}
 <div class="tip" hidden><span></span><small></small></div>
 <div class="tools" role="toolbar" aria-label="Map tools">${Object.entries(TOOLS).map(([name, [label, icon]]) => `
 <button type="button" data-tool="${name}" aria-label="${label}" title="${label}"><svg viewBox="0 0 20 20"
 aria-hidden="true" ${name === "box" ? 'stroke-dasharray="3 2.6"' : ""}><path d="${icon}"/></svg></button>`).join("")}
 </div>
 <details class="legend" hidden><summary></summary><div class="scale"><div class="bar"></div><div class="ends">
 <span></span><span></span></div></div><div class="grey"><i></i><span>year unknown</span></div>
 <div class="provisional" title="Came after the map was drawn, and was put among its neighbours"><i></i>
 <span>provisional place</span></div>
 <div class="liked"><svg viewBox="-6 -6 12 12" aria-hidden="true"><path d="${HEART}"/></svg><span>liked</span></div>
 </details>
 <div class="note" role="status"><span></span><br><button type="button" hidden>Try again</button></div>
 <div class="live" role="status" aria-live="polite"></div>`;

export class Frame {
  // press(name) is called for a tool, retry() for "Try again".
  constructor(root, press, retry) {
    root.innerHTML = SKELETON;
    this.$ = (selector) => root.querySelector(selector);
    Object.assign(this, { root, stage: this.$(".stage"), marks: this.$(".marks") });
    this.$(".legend").open = root.clientWidth >= 500;
    this.$(".note button").onclick = retry;
    for (const button of root.querySelectorAll(".tools button")) button.onclick = () => press(button.dataset.tool);
  }

  tool(name) { return this.$(`.tools [data-tool=${name}]`); }

  // Boxes that labels should keep clear of.
  obstacles() {
    return [".tools", ".legend"].map(this.$).filter((part) => part.offsetWidth).map((part) => ({ x: part.offsetLeft,
      y: part.offsetTop, w: part.offsetWidth, h: part.offsetHeight }));
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

  // Title, year and `remarks` beside a place; `paper` is null while it is on the way, `place` is null to hide.
  tip(paper, place, gap, remarks = []) {
    const tip = this.$(".tip"), { clientWidth: w, clientHeight: h } = this.root;
    tip.hidden = !place;
    if (!place) return;
    tip.querySelector("span").textContent = paper ? paper.title : "…";
    tip.querySelector("small").textContent = [paper?.year, ...remarks].filter(Boolean).join(" · ");
    const { offsetWidth: tw, offsetHeight: th } = tip, above = place.y - gap - th;
    const left = clamp(place.x - tw / 2, 4, Math.max(4, w - tw - 4));
    const top = above >= 4 ? above : clamp(place.y + gap, 4, Math.max(4, h - th - 4));
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  // `kinds`: whether there are papers with an unknown year, with a provisional place, and liked ones.
  legend(mode, { low, high, oldest }, theme, kinds) {
    const legend = this.$(".legend"), year = mode === "year", [left, right] = legend.querySelectorAll(".ends span");
    const scale = mode === "similarity" || (year && high);
    const show = (part, shown) => { this.$(`.legend .${part}`).hidden = !shown; };
    legend.hidden = !scale && !kinds.provisional && !kinds.liked;
    legend.querySelector("summary").textContent = !scale ? "Legend" : year ? "Year" : "Similarity";
    show("scale", scale);
    legend.querySelector(".bar").style.background = `linear-gradient(90deg, ${theme.ramp.map((c) => css(c)).join()})`;
    left.textContent = year ? `${oldest < low ? "≤ " : ""}${low}` : "far";
    right.textContent = year ? high : "close";
    show("grey", scale && year && kinds.unknown);
    show("provisional", kinds.provisional);
    show("liked", kinds.liked);
    this.$(".legend .grey i").style.background = css(theme.grey);
    this.$(".legend .liked svg").style.fill = css(theme.rose);
  }
}
