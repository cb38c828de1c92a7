// Colours: the theme of the page, palettes, and which colour each point gets.
// It refuses to know canvases and pixels. Always true: a colour is [red, green, blue] of 0 to 255; a point has a code,
// an index into a palette of 256: filtered out, nothing known, then the topics' hues or the 254 steps of the ramp.

import { clamp } from "./grid.js";

const FAINT = 0, GREY = 1, FIRST = 2, STEPS = 253;
const NO_TOPIC = 65535;
const HUES = {
  light: ["#2f6bd0", "#e0681a", "#1c9256", "#c8285d", "#7a4fd0", "#0c93a6", "#b58607", "#d24fa8", "#5f7d17", "#8c5a3c",
    "#4aa3df", "#d83a34"],
  dark: ["#6ea2ff", "#ff9a4d", "#4fd08a", "#ff6f9c", "#b094ff", "#3fd0e0", "#e8c04a", "#f58fd6", "#a9cc52", "#d2a07e",
    "#9bd4ff", "#ff7d70"],
};
// From far or old to close or new: the end that matters stands out most from the background.
const RAMPS = { light: ["#c3cfdf", "#6fa8cf", "#3566ad", "#3a1562"],
  dark: ["#36445f", "#2f7c97", "#5cc39a", "#fbee74"] };

export const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));
export const css = (rgb, alpha = 1) => `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]} / ${alpha})`;
const hex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));

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

// Larger topics choose first; each takes the colour whose nearest bearer is farthest away, so neighbours differ.
export function spreadHues(topics) {
  const hues = new Map(), placed = [];
  for (const topic of [...topics].sort((a, b) => b.size - a.size)) {
    const room = HUES.light.map((_, hue) => Math.min(Infinity, ...placed.filter((p) => p.hue === hue)
      .map((p) => Math.hypot(p.x - topic.x, p.y - topic.y))));
    const hue = room.indexOf(Math.max(...room));
    hues.set(topic.id, hue);
    placed.push({ x: topic.x, y: topic.y, hue });
  }
  return hues;
}

function ramp(stops, t) {
  const place = t * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[i], stops[i + 1], place - i);
}

// A code for each point, the palette (256 times rgba), and the order of drawing: what matters most comes last, on top.
// `mode` is topic, year or similarity; `mask` and `closeness` are columns or null; rows not `there` are left out.
export function colouring(sheet, theme, mode, mask, closeness, there) {
  const { n, year, topic: levels, years: { low, high } } = sheet.points, topic = levels[sheet.colourLevel];
  const codes = new Uint8Array(n), palette = new Uint8Array(1024);
  const code = {
    topic: (i) => (topic && topic[i] !== NO_TOPIC ? FIRST + (sheet.hues.get(topic[i]) ?? -1) : GREY),
    year: (i) => (!year[i] ? GREY
      : FIRST + Math.round(STEPS * (high > low ? clamp((year[i] - low) / (high - low), 0, 1) : 1))),
    similarity: (i) => FIRST + Math.round((closeness[i] * STEPS) / 255),
  }[mode];
  for (let i = 0; i < n; i++) codes[i] = mask && !mask[i] ? FAINT : code(i);
  palette.set([...theme.grey, 46], 4 * FAINT);
  palette.set([...theme.grey, 190], 4 * GREY);
  for (let i = 0; i <= STEPS; i++) {
    const rgb = mode === "topic" ? theme.hues[i % theme.hues.length] : ramp(theme.ramp, i / STEPS);
    palette.set([...rgb, 255], 4 * (FIRST + i));
  }
  const order = sorted(codes, mode === "similarity" ? (value) => value : (value) => Math.min(value, GREY));
  return { codes, palette, order: order.filter(there), unknown: codes.includes(GREY) };
}

// Rows by rising rank of their codes, in the order of rows where ranks are equal.
function sorted(codes, rank) {
  const starts = new Uint32Array(257), order = new Uint32Array(codes.length);
  for (const code of codes) starts[rank(code) + 1]++;
  for (let i = 0; i < 256; i++) starts[i + 1] += starts[i];
  for (let row = 0; row < codes.length; row++) order[starts[rank(codes[row])]++] = row;
  return order;
}
