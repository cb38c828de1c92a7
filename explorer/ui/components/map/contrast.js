// Two sets of papers side by side on the map: whose dots are whose, and the topics in which the sets clearly differ.
// It refuses to know how that is tested and who asks. Always true: colour never tells alone: dots of the first set are
// discs and its topics have solid outlines, those of the second are rings and dashed; papers of both sets count for
// neither and are grey; only differences that are clear, counting all tests that were made, are outlined.

import { css, mix, sorted } from "./colour.js";
import { column } from "./data.js";

const FAINT = 0, GREY = 1, FIRST = 2, SECOND = 3; // codes of colour, as in colour.js
const CORE = 0.85; // of a topic's dots that its outline holds: the nearest to their middle
const LEAST = 3; // pixels of a dot's radius, below which a ring looks like a disc
const SIGNS = ["●", "○"];
const percent = (share) => (share > 0 && share < 0.01 ? "<1\u00a0%" : `${Math.round(100 * share)}\u00a0%`);

export class Contrast {
  // `said`: { level, topics: [{ topic, label, share, share_of_second, ratio, clear }], names, counts, tests }; `sides`: 1 for a
  // paper of the first set, 2 of the second, 3 of both, 0 of neither.
  constructor(said, sides, { points, levels }) {
    const ids = points.topic[said.level], there = new Set((levels[said.level] ?? []).map(({ id }) => id));
    const clear = said.topics.filter((each) => each.clear && there.has(each.topic));
    Object.assign(this, { said, sides, count: sides.reduce((sum, side) => sum + (side > 0), 0), points: { ...points, flags: sides.map((side) => side === 2) } });
    this.regions = clear.map((each) => ({ ...each, side: each.ratio >= 1 ? 0 : 1, shape: outline(points.grid.xy, ids, each.topic) }));
  }

  // As colouring() in colour.js gives them; `mask` is a column of what is drawn plainly.
  colours(theme, mask, there) {
    const codes = this.sides.map((side, row) => (!mask || mask[row] ? [FAINT, FIRST, SECOND, GREY][side] : FAINT)), palette = new Uint8Array(1024);
    palette.set([...theme.grey, 30, ...theme.grey, 150, ...tint(theme, 0), 255, ...tint(theme, 1), 255]);
    const order = sorted(codes, (code) => Math.min(code, FIRST)); // neither set lies on top of the other
    return { codes, palette, order: order.filter(there), unknown: false, mode: "contrast" };
  }

  radius(usual) { return Math.max(LEAST, usual); }

  // What stands in the key: [sign, words] of each set, and what the outlines mean; `lines` says it on a picture, shortly.
  get key() {
    const { names, counts, tests } = this.said, number = this.regions.length;
    const lines = [`solid outline: clearly more of ${SIGNS[0]}`, `dashed outline: clearly more of ${SIGNS[1]}`, "behind a name: its share of each set",
      `${number} of ${tests} differ (Fisher’s test, corrected)`];
    return { lines, sets: names.map((name, i) => [SIGNS[i], `${name} (${counts[i].toLocaleString()})`]),
      words: number ? `Outlined: ${number} of ${tests} topics, in which they differ clearly; solid where there is more of ${SIGNS[0]}, dashed where there is more of ${SIGNS[1]}. `
        + "Behind a name: the topic’s share of each set." : `In none of ${tests} topics do they differ clearly.`,
      test: `Fisher’s exact test, corrected for ${tests} ${tests === 1 ? "test" : "tests"}: a chance below 5 % that any outline is by chance.` };
  }
}

// The colour of a set: blue and orange, which are told apart with any sight of colours.
function tint(theme, side) { return mix(theme.hues[side], theme.text, side ? 0.2 : 0.05); }

// Shows what the list compares, or stops; `said` with the address of `sides`, or null.
export async function compare(map, said) {
  const { sheet, frame } = map, n = sheet?.points.n;
  if (map.comparing?.sides === said?.sides) return;
  map.comparing = said;
  const sides = said && n ? await column(said.sides, n).catch((error) => map.fail("What is compared could not be shown on the map.", error)) : null;
  if (map.comparing !== said || map.sheet !== sheet || (!sides && !map.contrast)) return;
  Object.assign(map, { contrast: sides ? new Contrast(said, sides, sheet) : null, lit: null });
  map.root.dataset.contrast = map.contrast?.regions.map(({ side, label }) => SIGNS[side] + label).join("|") ?? "";
  frame.$(".live").textContent = map.contrast ? `Compared on the map. ${map.contrast.key.words}` : "";
  map.painter?.load(map.shown);
  map.brushed(true);
}

// Fills the part of the key that explains it.
export function explain(box, contrast, theme) {
  const shown = contrast && JSON.stringify([contrast.key, theme.dark]);
  box.hidden = !contrast;
  if (!contrast || box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  const { sets, words, test } = contrast.key, line = (text) => Object.assign(document.createElement("p"), { textContent: text });
  const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "Stop comparing",
    onclick: () => window.dispatchEvent(new CustomEvent("explorer:uncompare")) });
  box.replaceChildren(...sets.map(([sign, name], side) => {
    const made = document.createElement("p"), mark = Object.assign(document.createElement("b"), { textContent: sign });
    mark.style.color = css(tint(theme, side));
    made.append(mark, ` ${name}`);
    return made;
  }), line(words), line(test), stop);
}

// The corners around the core of a topic's dots, in map units; null for fewer than three.
export function outline(xy, ids, topic) {
  const places = [];
  for (let row = 0; row < ids.length; row++) if (ids[row] === topic && Number.isFinite(xy[2 * row])) places.push([xy[2 * row], xy[2 * row + 1]]);
  const [x, y] = [0, 1].map((axis) => places.map((place) => place[axis]).sort((a, b) => a - b)[places.length >> 1]);
  const away = ([a, b]) => (a - x) ** 2 + (b - y) ** 2;
  const core = places.sort((a, b) => away(a) - away(b)).slice(0, Math.max(3, Math.ceil(CORE * places.length)));
  return core.length < 3 ? null : hull(core);
}

// The convex hull, by Andrew's monotone chain.
function hull(places) {
  const sorted = [...places].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const place of list) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), place) <= 0) chain.pop();
      chain.push(place);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

// Draws the outlines of the topics that differ, with the pen of `marks`.
export function drawOutlines({ pen: c, view, theme, contrast }) {
  for (const { shape, side } of contrast.regions) {
    if (!shape) continue;
    c.beginPath();
    for (const corner of shape) { const { x, y } = view.project(...corner); c.lineTo(x, y); }
    c.closePath();
    Object.assign(c, { lineJoin: "round", fillStyle: css(tint(theme, side), 0.07), strokeStyle: css(theme.back, 0.8), lineWidth: 5 });
    c.fill();
    c.stroke();
    Object.assign(c, { strokeStyle: css(tint(theme, side)), lineWidth: 2.2 });
    c.setLineDash(side ? [8, 6] : []);
    c.stroke();
    c.setLineDash([]);
  }
}

// Writes the names of those topics, with their shares; the clearest first, as far as there is room.
export function nameRegions(marks) {
  const { contrast, view, theme, sheet, narrow } = marks, level = sheet.levels[contrast.said.level];
  contrast.regions.forEach(({ topic, label, side, share, share_of_second: other }, rank) => {
    const at = level.find(({ id }) => id === topic), { x, y } = view.project(at.x, at.y);
    if (x < view.aside || y < 0 || x > view.w || y > view.h) return;
    const spots = [0, 1, -1, 2, -2, 3, -3].map((line) => ({ x, y: y + line * 15, ax: 0.5, ay: 0.5 }));
    marks.labels.place(`c${contrast.said.sides}.${topic}`, `${SIGNS[side]} ${label}: ${percent(share)}\u00a0/ ${percent(other)}`, { weight: 700, size: rank < 5 ? 14 : 12,
      font: theme.font, lines: 4, width: narrow ? 110 : 150, colour: css(mix(tint(theme, side), theme.text, 0.35)), halo: css(theme.back, 0.92), wide: true },
    spots, { slide: true, must: rank < (narrow ? 2 : 5) });
  });
}
