// The map as a picture to take away, PNG or SVG: what is in view, with title, key and where it comes from.
// It refuses to know how marks, dots and light are drawn: the same code draws them here and on the page. Always true:
// the picture holds what no panel covers; nothing of the page around it; an SVG has its texts as texts.

import { css, isKind, readTheme } from "./colour.js";
import { Marks } from "./marks.js";
import { CanvasPainter } from "./paint_2d.js";
import { SvgPen } from "./pen.js";
import { View } from "./view.js";

const MOST_SHAPES = 20_000; // dots that an SVG holds as shapes; more of them are an image in it
const MARGIN = 16, LINE = 19; // pixels
const PAPERS = { light: { "--st-background-color": "#ffffff", "--st-text-color": "#23252b", "--st-primary-color": "#2459c9" },
  dark: { "--st-background-color": "#101216", "--st-text-color": "#eceef2", "--st-primary-color": "#7ea6ff" } };

// `choice` is { format: png or svg, scale: 1 to 4, back: shown, light, dark or clear }; the picture as a Blob.
export async function picture(map, choice) {
  const { canvas, pen, w, h } = draw(map, choice);
  if (!canvas) return new Blob([pen.document(w, h, map.data.title)], { type: "image/svg+xml" });
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("it is too large; take a smaller size")))));
}

function draw(map, { format, scale, back }) {
  const theme = themed(map, back), view = new View(() => {}), { w, h, free, x, y, zoom, base } = map.view;
  Object.assign(view, { grid: map.view.grid, w: free, h, x, y, zoom, base, most: map.view.most });
  const key = keyOf(map, theme), columns = Math.max(1, Math.floor((free - MARGIN) / 290));
  const height = h + LINE * (2 + Math.ceil(key.length / columns) + (key.length ? 0.5 : 0)) + MARGIN;
  const svg = format === "svg", factor = svg ? 1 : scale, canvas = svg ? null : sized(free, height, factor);
  const pen = svg ? new SvgPen() : canvas.getContext("2d");
  pen.setTransform(factor, 0, 0, factor, 0, 0);
  if (back !== "clear") { pen.fillStyle = css(theme.back); pen.fillRect(0, 0, free, height); }
  pen.clearRect = () => {}; // painters begin with an empty canvas
  const colours = map.colouredFor(theme);
  map.glow.draw(pen, view);
  dots(map, pen, view, colours, theme, factor, svg);
  new Marks({ getContext: () => pen }).draw({ ...map.scene(), view, theme, colours, dpr: factor, trail: null, obstacles: [] });
  pen.setTransform(factor, 0, 0, factor, 0, 0);
  caption(pen, map, theme, key, columns, free, h);
  return { canvas, pen, w: free, h: height };
}

// Puts a picture of the view in the place of the map, whose own canvases printers leave blank.
export function forPaper(map) {
  map.root.querySelector(".paper")?.remove();
  const canvas = draw(map, { format: "png", scale: 2, back: "light" }).canvas;
  canvas.className = "paper";
  map.root.append(canvas);
}

function themed(map, back) {
  if (back === "shown" || back === "clear") return map.theme;
  const probe = document.createElement("div");
  for (const [name, value] of Object.entries(PAPERS[back])) probe.style.setProperty(name, value);
  probe.style.setProperty("--st-font", map.theme.font);
  map.root.append(probe);
  const theme = readTheme(probe, document.createElement("canvas").getContext("2d"));
  probe.remove();
  return theme;
}

function sized(w, h, factor) {
  return Object.assign(document.createElement("canvas"), { width: Math.round(w * factor), height: Math.round(h * factor) });
}

// Paints the dots as the page's painter does, onto the picture or, where they are too many for shapes, onto an image.
function dots(map, pen, view, colours, theme, factor, asImage) {
  const many = asImage && colours.order.length > MOST_SHAPES, sheet = many ? sized(view.w, view.h, 2) : null;
  const painter = new CanvasPainter({ getContext: () => (sheet ? sheet.getContext("2d") : pen) });
  painter.round = true; // a dot of the screen's few pixels is a square on it, and would be one on paper
  painter.load(map.shown);
  painter.colour(colours);
  const [x, y] = view.onMap(view.w / 2, view.h / 2);
  painter.draw({ w: view.w, h: view.h, x, y, scale: view.scale }, sheet ? 2 : factor, map.radius, map.strength, theme.back);
  if (sheet) pen.drawImage(sheet, 0, 0, view.w, view.h);
}

// What the colours mean: topics by size with their colours, or the ends of a ramp.
function keyOf({ sheet, data, colours, contrast }, theme) {
  if (contrast) {
    const { palette } = contrast.colours(theme, null, () => true), { sets, lines } = contrast.key;
    return [...sets.map((set, side) => ({ colour: palette.subarray(8 + 4 * side, 11 + 4 * side), words: set.join(" ") })), ...lines.map((each) => ({ colour: theme.back, words: each }))];
  }
  if (colours.mode === "topic") {
    return [...(sheet.levels[sheet.colourLevel] ?? [])].sort((a, b) => b.size - a.size).slice(0, 24)
      .map((topic) => ({ colour: theme.hues[sheet.hues.get(topic.id)], words: `${topic.label} (${topic.size.toLocaleString()})` }));
  }
  if (isKind(colours.mode)) return data.kinds.map((words, number) => ({ colour: theme.hues[number % theme.hues.length], words }));
  const { years } = sheet.points, { colour: mode } = data;
  const [first, last] = { year: [`${years.low} and before`, String(years.high)], trust: ["none of its nearest papers near here", "all of them"] }[mode] ?? ["far", "close"];
  return [{ colour: theme.ramp[0], words: first }, { colour: theme.ramp.at(-1), words: last }];
}

function caption(pen, { data, sheet, theme: { font } }, theme, key, columns, w, top) {
  const write = (words, x, y, weight, size, colour, width) => {
    Object.assign(pen, { font: `${weight} ${size}px ${font}`, textAlign: "left", textBaseline: "middle", fillStyle: css(colour) });
    let text = words;
    while (text.length > 4 && pen.measureText(text).width > width) text = `${text.slice(0, -2).trimEnd()}…`;
    pen.fillText(text, x, y);
  };
  write(data.title, MARGIN, top + LINE * 0.7, 650, 15, theme.text, w - 2 * MARGIN);
  key.forEach(({ colour, words }, i) => {
    const x = MARGIN + (i % columns) * ((w - MARGIN) / columns), y = top + LINE * (1.9 + Math.floor(i / columns));
    pen.beginPath();
    pen.arc(x + 5, y, 4.5, 0, 7);
    pen.fillStyle = css(colour);
    pen.fill();
    write(words, x + 15, y, 400, 12, theme.text, (w - MARGIN) / columns - 24);
  });
  const rows = Math.ceil(key.length / columns);
  write(sheet.about, MARGIN, top + LINE * (2.2 + rows), 400, 11, theme.grey, w - 2 * MARGIN);
}
