// The elements around the canvases: tools, tooltip, rings, legend, messages.
// It refuses to know points, views and Streamlit. Always true: text that came from data enters through textContent;
// places are pixels from the map's top left corner; what is not said to be shown is hidden.

import { css } from "./colour.js";
import { clamp } from "./grid.js";

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
 <details class="legend" hidden><summary></summary><div class="bar"></div><div class="ends"><span></span><span></span>
 </div><div class="grey"><i></i><span>year unknown</span></div></details>
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

  // Title and year beside a place; `paper` is null while it is on the way, `place` is null to hide.
  tip(paper, place, gap) {
    const tip = this.$(".tip"), { clientWidth: w, clientHeight: h } = this.root;
    tip.hidden = !place;
    if (!place) return;
    tip.querySelector("span").textContent = paper ? paper.title : "…";
    tip.querySelector("small").textContent = paper?.year || "";
    const { offsetWidth: tw, offsetHeight: th } = tip, above = place.y - gap - th;
    const left = clamp(place.x - tw / 2, 4, Math.max(4, w - tw - 4));
    const top = above >= 4 ? above : clamp(place.y + gap, 4, Math.max(4, h - th - 4));
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  legend(mode, { low, high, oldest }, theme, unknown) {
    const legend = this.$(".legend"), year = mode === "year", [left, right] = legend.querySelectorAll(".ends span");
    legend.hidden = mode === "topic" || (year && !high);
    legend.querySelector("summary").textContent = year ? "Year" : "Similarity";
    legend.querySelector(".bar").style.background = `linear-gradient(90deg, ${theme.ramp.map((c) => css(c)).join()})`;
    left.textContent = year ? `${oldest < low ? "≤ " : ""}${low}` : "far";
    right.textContent = year ? high : "close";
    legend.querySelector(".grey").hidden = !year || !unknown;
    legend.querySelector(".grey i").style.background = css(theme.grey);
  }
}
