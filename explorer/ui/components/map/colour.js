// Colours: the theme of the page, palettes, and which colour each point gets.
// It refuses to know canvases and pixels. Always true: a colour is [red, green, blue] of 0 to 255; a point has a code,
// an index into a palette of 256: filtered out, nothing known, then the topics' hues or the 254 steps of the ramp.

import { clamp } from "./grid.js";
import { apart } from "./vision.js";

const FAINT = 0, GREY = 1, FIRST = 2, STEPS = 253;
const NO_TOPIC = 65535;
const SHADE = 0.06, BESIDE = 0.1; // colours less apart are hard to tell; topics closer on the map count alike
const hex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
// Light and dark in turn, so that those who see fewer hues tell most of them apart; spreadHues() parts the rest.
const HUES = {
  light: ["#2358c4", "#ec7c1e", "#0f7d46", "#a3164c", "#5f2fb8", "#12a0b0", "#bf920c", "#e066bd", "#5a7010", "#6f4227",
    "#48a4e2", "#e2453c"],
  dark: ["#5b8cf5", "#ff9a3d", "#3fbf78", "#e0507f", "#9673f0", "#4fe0ea", "#f7d254", "#ffa5e2", "#a3c23f", "#b07d5a",
    "#a8dcff", "#ff7462"],
};
// From far or old to close or new: the end that matters stands out most from the background.
const RAMPS = { light: ["#c3cfdf", "#6fa8cf", "#3566ad", "#3a1562"],
  dark: ["#36445f", "#2f7c97", "#5cc39a", "#fbee74"] };

export const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));
export const css = (rgb, alpha = 1) => `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]} / ${alpha})`;

// Streamlit's colours as they are now; `pen`, a canvas context, turns any way of writing a colour into numbers.
export function readTheme(root, pen) {
  const style = getComputedStyle(root), read = (name, other) => {
    pen.fillStyle = other;
    pen.fillStyle = style.getPropertyValue(name).trim() || other;
    const text = pen.fillStyle;
    return text[0] === "#" ? hex(text) : text.match(/[\d.]+/g).slice(0, 3).map(Number);
  };
  const back = read("--st-background-color", "#ffffff"), text = read("--st-text-color", "#31333f");
  const dark = 0.299 * back[0] + 0.587 * back[1] + 0.114 * back[2] < 128, name = dark ? "dark" : "light";
  return { dark, back, text, accent: read("--st-primary-color", "#ff4b4b"), grey: mix(back, text, 0.42),
    font: style.getPropertyValue("--st-font").trim() || "sans-serif",
    rose: hex(dark ? "#ff8fb0" : "#c2255c"), hues: HUES[name].map(hex), ramp: RAMPS[name].map(hex) };
}

// How alike two of the hues are, in either theme, to whoever tells them apart least: 1 for the same.
const alike = HUES.light.map((_, first) => HUES.light.map((__, second) => Math.exp(
  -Math.min(...Object.values(HUES).map((hues) => apart(hex(hues[first]), hex(hues[second])))) / SHADE)));

// Larger topics choose first, then each again: the colour that is least like those of topics near by. What came after
// the map was drawn changes no colour: `drawn` counts the other papers.
// Maps of today come with their colours.
export function spreadHues(topics) {
  if (topics.every((topic) => topic.hue >= 0)) return new Map(topics.map((topic) => [topic.id, topic.hue]));
  const hues = new Map(), weight = (topic) => topic.drawn ?? topic.size;
  const order = [...topics].sort((a, b) => weight(b) - weight(a) || a.id - b.id);
  for (let round = 0; round < 3; round++) {
    for (const topic of order) {
      const cost = HUES.light.map(() => 0);
      for (const near of order) {
        if (near === topic || !hues.has(near.id)) continue;
        const away = (near.x - topic.x) ** 2 + (near.y - topic.y) ** 2 + BESIDE ** 2;
        cost.forEach((_, hue) => { cost[hue] += alike[hue][hues.get(near.id)] / away; });
      }
      hues.set(topic.id, cost.indexOf(Math.min(...cost)));
    }
  }
  return hues;
}

// A colour along a ramp, at 0 to 1.
export function ramp(stops, t) {
  const place = t * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[i], stops[i + 1], place - i);
}

// Whether a colour stands for a venue or a collection, which the key names.
export const isKind = (mode) => mode === "venue" || mode === "collection";

// A code for each point, the palette (256 times rgba), and the order of drawing: what matters most comes last, on top.
// `mode` is topic, year, similarity, trust, venue or collection; `mask` and `column` are columns or null, the latter of
// how close papers are or of the number of their kind; rows not `there` are left out.
export function colouring(sheet, theme, mode, mask, column, there) {
  const { n, year, trust, topic: levels, years: { low, high } } = sheet.points, topic = levels[sheet.colourLevel];
  const codes = new Uint8Array(n), palette = new Uint8Array(1024);
  const code = {
    topic: (i) => (topic && topic[i] !== NO_TOPIC ? FIRST + (sheet.hues.get(topic[i]) ?? -1) : GREY),
    year: (i) => (!year[i] ? GREY
      : FIRST + Math.round(STEPS * (high > low ? clamp((year[i] - low) / (high - low), 0, 1) : 1))),
    trust: (i) => (trust[i] > 100 ? GREY : FIRST + Math.round((STEPS * trust[i]) / 100)),
    similarity: (i) => FIRST + Math.round((column[i] * STEPS) / 255),
    kind: (i) => (column[i] ? FIRST + column[i] - 1 : GREY),
  }[isKind(mode) ? "kind" : mode];
  for (let i = 0; i < n; i++) codes[i] = mask && !mask[i] ? FAINT : code(i);
  palette.set([...theme.grey, 46], 4 * FAINT);
  palette.set([...theme.grey, 190], 4 * GREY);
  for (let i = 0; i <= STEPS; i++) {
    const rgb = mode === "topic" || isKind(mode) ? theme.hues[i % theme.hues.length] : ramp(theme.ramp, i / STEPS);
    palette.set([...rgb, 255], 4 * (FIRST + i));
  }
  const order = sorted(codes, mode === "similarity" ? (value) => value : (value) => Math.min(value, GREY));
  return { codes, palette, order: order.filter(there), unknown: codes.includes(GREY) };
}

// The same with all rows faint but those of one topic, which come last; `ids` is the topic of each row.
export function litUp({ codes, palette, order }, ids, id) {
  const lit = codes.map((code, row) => (ids[row] === id ? code : FAINT)), is = (row) => ids[row] === id, sorted = new Uint32Array(order.length);
  let at = 0;
  for (const row of order) if (!is(row)) sorted[at++] = row;
  for (const row of order) if (is(row)) sorted[at++] = row;
  return { codes: lit, palette, order: sorted };
}

// Rows by rising rank of their codes, in the order of rows where ranks are equal.
export function sorted(codes, rank) {
  const starts = new Uint32Array(257), order = new Uint32Array(codes.length);
  for (const code of codes) starts[rank(code) + 1]++;
  for (let i = 0; i < 256; i++) starts[i + 1] += starts[i];
  for (let row = 0; row < codes.length; row++) order[starts[rank(codes[row])]++] = row;
  return order;
}
