// A pen that writes SVG where a canvas would be painted on: it takes what the map's marks and dots ask of a 2D context.
// It refuses to know what is drawn. Always true: text enters as text, escaped; colours are hex with an opacity of their
// own, which every program for drawings reads; widths of text are those that the browser measures.

const escaped = (text) => text.replace(/[&<>"]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[mark]);
const short = (value) => String(Math.round(value * 100) / 100);

export class SvgPen {
  constructor() {
    Object.assign(this, { parts: [], path: "", dash: [], scale: 1, dx: 0, dy: 0, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1,
      globalAlpha: 1, font: "10px sans-serif", textAlign: "left", textBaseline: "middle", lineJoin: "miter",
      ruler: document.createElement("canvas").getContext("2d") });
  }

  setTransform(scale, _b, _c, _d, dx, dy) { Object.assign(this, { scale, dx, dy }); }
  clearRect() {}
  setLineDash(dash) { this.dash = dash; }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${this.at(x, y)}`; }
  lineTo(x, y) { this.path += `${this.path ? "L" : "M"}${this.at(x, y)}`; }
  closePath() { this.path += "Z"; }

  arc(x, y, radius) {
    const r = short(radius * this.scale);
    this.path += `M${this.at(x - radius, y)}A${r} ${r} 0 1 1 ${this.at(x + radius, y)}A${r} ${r} 0 1 1 ${this.at(x - radius, y)}Z`;
  }

  at(x, y) { return `${short(x * this.scale + this.dx)} ${short(y * this.scale + this.dy)}`; }

  // The current path, or one of those that carry their `d`.
  shape(named, looks) {
    const moved = named ? ` transform="translate(${short(this.dx)} ${short(this.dy)}) scale(${short(this.scale)})"` : "";
    if (named || this.path) this.parts.push(`<path d="${named?.d ?? this.path}"${moved} ${looks}/>`);
  }

  fill(named) { this.shape(named, this.filled()); }
  stroke(named) { this.shape(named, `fill="none" ${this.stroked()}`); }

  fillRect(x, y, w, h) {
    const [left, top] = this.at(x, y).split(" ");
    this.parts.push(`<rect x="${left}" y="${top}" width="${short(w * this.scale)}" height="${short(h * this.scale)}" ${this.filled()}/>`);
  }

  measureText(text) { this.ruler.font = this.font; return this.ruler.measureText(text); }

  fillText(text, x, y) { this.text(text, x, y, this.filled()); }
  strokeText(text, x, y) { this.text(text, x, y, `fill="none" ${this.stroked()}`); }

  text(text, x, y, looks) {
    const [, weight, size, family] = /^(\d+) ([\d.]+)px (.*)$/.exec(this.font) ?? [null, 400, 12, "sans-serif"];
    const [left, top] = this.at(x, y + 0.35 * size).split(" "), anchor = { center: "middle", right: "end" }[this.textAlign] ?? "start";
    this.parts.push(`<text x="${left}" y="${top}" font-family="${escaped(family)}" font-size="${short(size * this.scale)}" `
      + `font-weight="${weight}" text-anchor="${anchor}" ${looks}>${escaped(text)}</text>`);
  }

  drawImage(canvas, x, y, w, h) {
    const [left, top] = this.at(x, y).split(" ");
    this.parts.push(`<image x="${left}" y="${top}" width="${short(w * this.scale)}" height="${short(h * this.scale)}" `
      + `opacity="${short(this.globalAlpha)}" href="${canvas.toDataURL()}"/>`);
  }

  filled() { return this.paint("fill", this.fillStyle); }

  stroked() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    return `${this.paint("stroke", this.strokeStyle)} stroke-width="${short(this.lineWidth * this.scale)}" stroke-linejoin="${this.lineJoin}"${dash}`;
  }

  paint(kind, colour) {
    const [r, g, b, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    if (colour === "transparent") return `${kind}="none"`;
    const hex = colour[0] === "#" ? colour : `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
    const opacity = (colour[0] === "#" ? 1 : alpha) * this.globalAlpha;
    return `${kind}="${hex}"${opacity < 1 ? ` ${kind}-opacity="${short(opacity)}"` : ""}`;
  }

  document(w, h, title) {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><title>${escaped(title)}</title>`
      + `${this.parts.join("\n")}</svg>`;
  }
}
