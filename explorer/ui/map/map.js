// The map in the browser: fetches the points once per version, draws them (WebGL2, or canvas 2D where that is missing),
// puts labels and marks on a second canvas, and reports clicks and drawn areas.
// It refuses to know what a paper is beyond title and year, how similarity is computed, or anything of Streamlit except
// the object given to mount(). Always true: rows are positions in the points file; map coordinates have y up; screen
// coordinates are CSS pixels from the map's top left corner; nothing is drawn unless something changed; text that came
// from data reaches the page through textContent or fillText only.

const MAGIC = 0x4d415031;
const NO_TOPIC = 65535;
const FAINT = 0, GREY = 1, FIRST = 2; // codes of colour: filtered out, nothing known, then the palette or the ramp
const CHUNK = 256; // titles per request, as the route serves them
const REACH = 12; // pixels from the pointer to the nearest point that still counts as pointing at it
const BADGES = 10; // results that carry their rank; two digits are the most that fit into a dot
const PALETTES = {
  light: ["#2f6bd0", "#e0681a", "#1c9256", "#c8285d", "#7a4fd0", "#0c93a6", "#b58607", "#d24fa8", "#5f7d17", "#8c5a3c",
    "#4aa3df", "#d83a34"],
  dark: ["#6ea2ff", "#ff9a4d", "#4fd08a", "#ff6f9c", "#b094ff", "#3fd0e0", "#e8c04a", "#f58fd6", "#a9cc52", "#d2a07e",
    "#9bd4ff", "#ff7d70"],
};
// From far or old to close or new: the end that matters stands out most from the background.
const RAMPS = { light: ["#c3cfdf", "#6fa8cf", "#3566ad", "#3a1562"],
  dark: ["#36445f", "#2f7c97", "#5cc39a", "#fbee74"] };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const at = (path) => new URL(path, document.baseURI).href;
const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));
const css = (rgb, alpha = 1) => `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]} / ${alpha})`;
const luminance = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b) / 255;
const hex = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
const touches = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function ramp(stops, t) {
  const place = clamp(t, 0, 1) * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(place));
  return mix(hex(stops[i]), hex(stops[i + 1]), place - i);
}

// ---------------------------------------------------------------------------------------------------- data, fetched

async function get(path) {
  const answer = await fetch(at(path));
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer;
}

function parsePoints(buffer) {
  const [magic, n, levels] = new Uint32Array(buffer, 0, 3);
  if (magic !== MAGIC) throw new Error("the points are in a format this page does not know");
  const padded = (bytes) => Math.ceil(bytes / 4) * 4;
  const xy = new Float32Array(buffer, 16, 2 * n);
  let offset = 16 + 8 * n;
  const year = new Int16Array(buffer, offset, n);
  const topic = [];
  for (offset += padded(2 * n); topic.length < levels; offset += padded(2 * n)) {
    topic.push(new Uint16Array(buffer, offset, n));
  }
  const grid = new Grid(xy);
  return { n, xy, year, topic, grid, spacing: grid.spacing() };
}

// Rows sorted by square cell, so that "what is near here" looks at a few cells instead of all points.
class Grid {
  constructor(xy) {
    const n = xy.length / 2;
    let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
    for (let i = 0; i < n; i++) {
      left = Math.min(left, xy[2 * i]); right = Math.max(right, xy[2 * i]);
      low = Math.min(low, xy[2 * i + 1]); high = Math.max(high, xy[2 * i + 1]);
    }
    Object.assign(this, { xy, left, right, low, high, side: clamp(Math.ceil(Math.sqrt(n / 3)), 1, 1024) });
    this.cell = Math.max(right - left, high - low, 1e-9) / this.side;
    const home = new Uint32Array(n), ends = new Uint32Array(this.side ** 2 + 1);
    for (let i = 0; i < n; i++) {
      home[i] = this.column(xy[2 * i] - left) + this.side * this.column(xy[2 * i + 1] - low);
      ends[home[i] + 1]++;
    }
    for (let c = 0; c < this.side ** 2; c++) ends[c + 1] += ends[c];
    const next = ends.slice();
    this.rows = new Uint32Array(n);
    for (let i = 0; i < n; i++) this.rows[next[home[i]]++] = i;
    this.ends = ends;
  }

  // The usual gap between a point and the next, in map units: half of the points lie closer together than that.
  spacing() {
    const { ends, rows, cell } = this, crowd = new Uint32Array(rows.length);
    for (let c = 0; c + 1 < ends.length; c++) crowd.fill(ends[c + 1] - ends[c], ends[c], ends[c + 1]);
    return crowd.length ? cell / Math.sqrt(crowd.sort()[crowd.length >> 1]) : 1;
  }

  column(offset) { return clamp(Math.floor(offset / this.cell), 0, this.side - 1); }

  // Calls visit(row) for each row within the rectangle, until visit returns true.
  visit(x0, y0, x1, y1, visit) {
    const { xy, side, ends, rows } = this;
    const a = this.column(x0 - this.left), b = this.column(x1 - this.left), d = this.column(y1 - this.low);
    for (let c = this.column(y0 - this.low); c <= d; c++) {
      for (let k = ends[c * side + a]; k < ends[c * side + b + 1]; k++) {
        const x = xy[2 * rows[k]], y = xy[2 * rows[k] + 1];
        if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && visit(rows[k])) return;
      }
    }
  }

  nearest(x, y, reach, allowed) {
    let best = null, closest = reach * reach;
    this.visit(x - reach, y - reach, x + reach, y + reach, (row) => {
      const gap = (this.xy[2 * row] - x) ** 2 + (this.xy[2 * row + 1] - y) ** 2;
      if (gap <= closest && allowed(row)) { best = row; closest = gap; }
    });
    return best;
  }
}

// One version of the map: points, topics, and the titles seen so far. Shared by all maps on the page.
class Sheet {
  constructor(version, points, levels) {
    Object.assign(this, { version, points, levels, chunks: new Map(), listeners: new Set(), lastView: null });
    this.colourLevel = levels.length - 1;
    // Two or three colours tell nothing; the next finer level does.
    while (this.colourLevel > 0 && levels[this.colourLevel].length < 4) this.colourLevel--;
    this.hues = spreadHues(levels[this.colourLevel] ?? []);
  }

  static open(version) {
    if (!Sheet.all.has(version)) {
      const coming = Promise.all([
        get(`explorer/map/${version}/points`).then((answer) => answer.arrayBuffer()),
        get(`explorer/map/${version}/topics`).then((answer) => answer.json()),
      ]).then(([buffer, { levels }]) => new Sheet(version, parsePoints(buffer), levels.map((level) => level.topics)));
      Sheet.all.set(version, coming);
      coming.catch(() => Sheet.all.delete(version)); // so that "Try again" tries again
      if (Sheet.all.size > 3) Sheet.all.delete(Sheet.all.keys().next().value);
    }
    return Sheet.all.get(version);
  }

  // The paper of a row, or null while its title is on the way; listeners hear when it has come.
  paper(row) {
    const chunk = Math.floor(row / CHUNK), known = this.chunks.get(chunk);
    if (known) return known[row % CHUNK] ?? null;
    if (!this.chunks.has(chunk)) {
      this.chunks.set(chunk, null);
      get(`explorer/map/${this.version}/titles/${chunk}`).then((answer) => answer.json()).then(
        (list) => { this.chunks.set(chunk, list); for (const hear of this.listeners) hear(); },
        () => setTimeout(() => this.chunks.delete(chunk), 5000), // a later look may succeed; never a busy loop
      );
    }
    return null;
  }

  // The colour of a topic at any level is that of its ancestor at the level that colours the points.
  hue(level, topic) {
    for (let l = level; l < this.colourLevel && topic; l++) {
      const { parent } = topic;
      topic = this.levels[l + 1].find((other) => other.id === parent);
    }
    return level <= this.colourLevel && topic ? this.hues.get(topic.id) ?? null : null;
  }
}
Sheet.all = new Map();

// Larger topics choose first; each takes the colour whose nearest bearer is farthest away, so neighbours differ.
function spreadHues(topics) {
  const hues = new Map(), placed = [];
  for (const topic of [...topics].sort((a, b) => b.size - a.size)) {
    const room = PALETTES.light.map((_, hue) => Math.min(Infinity, ...placed.filter((p) => p.hue === hue)
      .map((p) => Math.hypot(p.x - topic.x, p.y - topic.y))));
    const hue = room.indexOf(Math.max(...room));
    hues.set(topic.id, hue);
    placed.push({ x: topic.x, y: topic.y, hue });
  }
  return hues;
}

const columns = new Map(); // masks and similarities by address, the last few
async function column(path, n) {
  if (!columns.has(path)) {
    const coming = get(path).then((answer) => answer.arrayBuffer()).then((buffer) => new Uint8Array(buffer));
    columns.set(path, coming);
    coming.catch(() => columns.delete(path));
    if (columns.size > 6) columns.delete(columns.keys().next().value);
  }
  const values = await columns.get(path);
  if (values.length !== n) throw new Error(`${path} holds ${values.length} values for ${n} papers`);
  return values;
}

// ------------------------------------------------------------------------------------------- painters of the points

const VERTEX = `#version 300 es
layout(location=0) in vec2 place; layout(location=1) in uint code;
uniform vec2 centre, scale; uniform float size, alpha; uniform sampler2D palette;
out vec4 tint;
void main() {
  gl_Position = vec4((place - centre) * scale, 0, 1);
  gl_PointSize = size + 2.0;
  tint = texelFetch(palette, ivec2(int(code), 0), 0);
  tint.a *= alpha;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint; uniform float size; uniform vec4 rim; out vec4 colour;
void main() {
  float radius = size / 2.0, away = length(gl_PointCoord - 0.5) * (size + 2.0);
  float body = rim.a > 0.0 ? clamp(radius - away - 0.5, 0.0, 1.0) : 1.0;
  float alpha = tint.a * clamp(radius - away + 0.5, 0.0, 1.0);
  colour = vec4(mix(rim.rgb, tint.rgb, body) * alpha, alpha);
}`;

class GlPainter {
  constructor(canvas, lost, restored) {
    this.name = "webgl2";
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
    if (!this.gl) throw new Error("no WebGL2");
    canvas.addEventListener("webglcontextlost", (event) => { event.preventDefault(); lost(); });
    canvas.addEventListener("webglcontextrestored", () => { this.prepare(); restored(); });
    this.prepare();
  }

  prepare() {
    const { gl } = this, program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    const names = ["centre", "scale", "size", "alpha", "rim"];
    this.slots = Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(program, name)]));
    [this.places, this.codes, this.order] = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.n = 0;
  }

  load(points) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.bufferData(gl.ARRAY_BUFFER, points.xy, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.n = points.n;
  }

  colour(codes, order, palette) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.codes);
    gl.bufferData(gl.ARRAY_BUFFER, codes, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
  }

  draw({ w, h, dpr, x, y, scale, radius, alpha, rim }) {
    const { gl, slots } = this;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(slots.centre, x, y);
    gl.uniform2f(slots.scale, (2 * scale) / w, (2 * scale) / h);
    gl.uniform1f(slots.size, 2 * radius * dpr);
    gl.uniform1f(slots.alpha, alpha);
    gl.uniform4f(slots.rim, rim[0] / 255, rim[1] / 255, rim[2] / 255, radius > 4 ? 1 : 0);
    gl.drawElements(gl.POINTS, this.n, gl.UNSIGNED_INT, 0);
  }

  destroy() { this.gl.getExtension("WEBGL_lose_context")?.loseContext(); } // browsers allow only a few live contexts
}

class CanvasPainter {
  constructor(canvas) {
    this.name = "canvas2d";
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  load(points) { this.points = points; }

  colour(codes, order, palette) { Object.assign(this, { codes, order, palette }); }

  draw({ w, h, dpr, x, y, scale, radius, alpha, rim }) {
    const { context: c, codes, order, palette } = this, { xy } = this.points, edge = radius + 1;
    c.setTransform(dpr, 0, 0, dpr, 0, 0);
    c.clearRect(0, 0, w, h);
    c.lineWidth = 1;
    c.strokeStyle = css(rim);
    let code = -1;
    for (let k = 0; k < order.length; k++) {
      const row = order[k], px = w / 2 + (xy[2 * row] - x) * scale, py = h / 2 - (xy[2 * row + 1] - y) * scale;
      if (px < -edge || px > w + edge || py < -edge || py > h + edge) continue;
      if (codes[row] !== code) {
        code = codes[row];
        c.fillStyle = css(palette.subarray(4 * code, 4 * code + 3), (palette[4 * code + 3] / 255) * alpha);
      }
      if (radius < 2) { c.fillRect(px - radius, py - radius, 2 * radius, 2 * radius); continue; }
      c.beginPath();
      c.arc(px, py, radius, 0, 7);
      c.fill();
      if (radius > 4) c.stroke();
    }
  }

  destroy() {}
}

// ------------------------------------------------------------------------------------------------------------ labels

// Breaks text into lines of at most `width` pixels; what does not fit into `most` lines ends in an ellipsis.
function wrap(context, text, width, most) {
  const lines = [];
  let line = "";
  const words = text.split(/\s+/);
  for (let i = 0; i < words.length; i++) {
    const longer = line ? `${line} ${words[i]}` : words[i];
    if (!line || context.measureText(longer).width <= width) { line = longer; continue; }
    if (lines.length === most - 1) { line += " …"; break; }
    lines.push(line);
    line = words[i];
  }
  while (line.length > 3 && context.measureText(line).width > width + 8) {
    line = `${line.replace(/ ?…$/, "").slice(0, -1)}…`;
  }
  lines.push(line);
  return { lines, width: Math.max(...lines.map((l) => context.measureText(l).width)) };
}

// Places text boxes one after the other, each in the first of its spots that is free and inside the frame.
class Labels {
  constructor(context, frame, cache) { Object.assign(this, { context, frame, cache, taken: [] }); }

  block(x, y, w, h) { this.taken.push({ x, y, w, h }); }

  text(id, text, font, width, most) {
    const key = `${font}|${id}`;
    if (!this.cache.has(key)) { this.context.font = font; this.cache.set(key, wrap(this.context, text, width, most)); }
    return this.cache.get(key);
  }

  place(block, font, size, colour, halo, spots) {
    const w = block.width + 4, high = size * 1.2, h = block.lines.length * high + 2;
    for (const spot of spots) {
      const box = { w, h, x: spot.x - w * spot.ax, y: spot.y - h * spot.ay };
      // A box half outside is moved in rather than cut; its anchor is inside, so it moves by less than its own size.
      if (spot.slide) {
        box.x = clamp(box.x, 6, Math.max(6, this.frame.w - w - 6));
        box.y = clamp(box.y, 6, Math.max(6, this.frame.h - h - 6));
      }
      if (box.x < 2 || box.y < 2 || box.x + w > this.frame.w - 2 || box.y + h > this.frame.h - 2) continue;
      if (this.taken.some((other) => touches(box, other))) continue;
      this.taken.push(box);
      this.write(block.lines, box, font, high, colour, halo, spot.ax);
      return true;
    }
    return false;
  }

  write(lines, box, font, high, colour, halo, ax) {
    const c = this.context;
    Object.assign(c, { font, textAlign: ax === 0.5 ? "center" : ax === 0 ? "left" : "right", textBaseline: "middle",
      lineJoin: "round", lineWidth: 3.5, strokeStyle: halo, fillStyle: colour });
    const x = ax === 0.5 ? box.x + box.w / 2 : ax === 0 ? box.x + 2 : box.x + box.w - 2;
    for (const pen of ["strokeText", "fillText"]) lines.forEach((l, i) => c[pen](l, x, box.y + 1 + high * (i + 0.5)));
  }
}

// ---------------------------------------------------------------------------------------------------------- the map

const ICONS = {
  in: "M10 4v12M4 10h12", out: "M4 10h12", fit: "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4",
  results: "M10 2v4M10 14v4M2 10h4M14 10h4M10 6a4 4 0 100 8 4 4 0 000-8z",
  lasso: "M6 14C3 12 2 9 4 6s8-4 11-2 2 7-2 9-7 0-6 2 2 2 1 4", box: "M4 4h12v12H4z",
};
const TOOLS = [["in", "Zoom in"], ["out", "Zoom out"], ["fit", "Fit all papers"], ["results", "Zoom to results"],
  ["lasso", "Select with a lasso: draw around papers"], ["box", "Select with a box: drag over papers"]];
// Constants only; data never passes through here.
const SKELETON = `<div class="stage" tabindex="0" role="application"
 aria-label="Map of papers. Arrow keys move from paper to paper, Enter selects, plus and minus zoom, 0 shows
 all, Shift with arrows moves the view, Escape clears.">
 <canvas class="marks"></canvas></div>
 <div class="tip" hidden><span></span><small></small></div>
 <div class="tools" role="toolbar" aria-label="Map tools">${TOOLS.map(([name, label]) => `<button type="button"
 data-tool="${name}" aria-label="${label}" title="${label}"><svg viewBox="0 0 20 20" aria-hidden="true"
 ${name === "box" ? 'stroke-dasharray="3 2.6"' : ""}><path d="${ICONS[name]}"/></svg></button>`).join("")}</div>
 <details class="legend" hidden><summary></summary><div class="bar"></div><div class="ends"><span></span><span></span>
 </div><div class="grey"><i></i><span></span></div></details>
 <div class="note" role="status"><span></span><br><button type="button" hidden>Try again</button></div>
 <div class="live" role="status" aria-live="polite"></div>`;

class MapView {
  constructor(root) {
    this.root = root;
    root.innerHTML = SKELETON;
    this.$ = (selector) => root.querySelector(selector);
    this.stage = this.$(".stage");
    this.marks = this.$(".marks");
    this.pen = this.marks.getContext("2d");
    this.view = { x: 0, y: 0, zoom: 1 };
    this.pointers = new Map();
    this.texts = new Map();
    this.made = performance.now();
    this.timing = { drawMs: 0, draws: 0, firstPaintMs: null };
    Object.assign(this, { data: null, sheet: null, painter: null, mask: null, closeness: null, hover: null, focus: null,
      pressed: undefined, results: [], neighbours: [], selected: null, tool: null,
      trail: null, flight: null, frame: 0 });
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    this.hear = () => { this.showTip(); this.invalidate(); };
    this.followHash = () => { const view = readHash(); if (view && this.sheet) this.fly(view); };
    window.addEventListener("hashchange", this.followHash);
    this.path = window.location.pathname; // another page of the app must not be given this map's view
    this.rewrite = () => this.saveView();
    window.navigation?.addEventListener("currententrychange", this.rewrite);
    // A font that arrives late makes all measured widths wrong.
    document.fonts?.ready.then(() => { this.texts.clear(); this.invalidate(); });
    this.$(".legend").open = root.clientWidth >= 500;
    this.$(".note button").onclick = () => this.update(this.component);
    for (const button of root.querySelectorAll(".tools button")) button.onclick = () => this.press(button.dataset.tool);
    this.$(".tools [data-tool=results]").hidden = true;
    listen(this);
    root.explorerMap = {
      screenOf: (row) => { const p = this.onScreen(row), r = root.getBoundingClientRect(), edge = root.clientLeft;
        return { x: p.x + r.left + edge, y: p.y + r.top + edge }; },
      stats: () => ({ ...this.timing, renderer: this.painter?.name, n: this.points?.n }),
      loseContext: () => this.painter?.gl?.getExtension("WEBGL_lose_context"),
    };
  }

  get points() { return this.sheet?.points; }

  // Called for each change of data or theme. Everything asynchronous checks that it has not been overtaken.
  async update(component) {
    const before = this.data, { data } = component;
    Object.assign(this, { component, data, pressed: undefined });
    if (before && (before.focus !== data.focus || before.selected !== data.selected)) this.trail = null;
    this.root.style.height = `${data.height}px`;
    this.readTheme();
    this.saveView();
    if (this.sheet?.version !== data.version || before?.force2d !== data.force2d) {
      if (!this.sheet) this.say("Loading map…");
      let sheet;
      try {
        sheet = await Sheet.open(data.version);
      } catch (error) {
        if (this.data === data) this.fail("The map could not be loaded.", error);
        return;
      }
      if (this.data !== data) return;
      this.enter(sheet);
    }
    this.showMarks(before);
    await this.fetchColumns(data);
  }

  enter(sheet) {
    const fresh = this.sheet?.version !== sheet.version, first = !this.sheet;
    this.sheet?.listeners.delete(this.hear);
    Object.assign(this, { sheet, mask: null, closeness: null, hover: null, focus: null, colouredAs: null });
    sheet.listeners.add(this.hear);
    this.texts.clear();
    this.years = yearRange(sheet.points.year);
    this.resize();
    if (fresh) this.view = (first && (readHash() ?? sheet.lastView)) || this.fitted();
    this.choosePainter();
    this.say(sheet.points.n ? "" : "No papers on the map yet.");
  }

  choosePainter() {
    this.painter?.destroy();
    this.painter?.canvas.remove();
    const canvas = () => { const c = document.createElement("canvas"); this.stage.prepend(c); return c; };
    const use = (painter) => {
      this.painter?.canvas.toggleAttribute("hidden", true);
      this.painter = painter;
      painter.canvas.hidden = false;
      this.resize();
      painter.load(this.points);
      this.recolour();
    };
    this.painter = null;
    if (!this.data.force2d) {
      const surface = canvas();
      try {
        let spare = null; // draws while the GPU is away, which may be for ever
        const gl = new GlPainter(surface, () => { spare ??= new CanvasPainter(canvas()); use(spare); }, () => use(gl));
        return use(gl);
      } catch (error) { console.info("explorer map: drawing without WebGL2:", error.message); surface.remove(); }
    }
    return use(new CanvasPainter(canvas()));
  }

  async fetchColumns(data) {
    const want = (path) => (path && this.points.n ? column(path, this.points.n) : null);
    const needed = data.colour === "similarity" ? data.similarity_url : null;
    let failed = null;
    const quiet = (coming) => Promise.resolve(coming).catch((error) => { failed = error; return null; });
    const [mask, closeness] = await Promise.all([quiet(want(data.mask_url)), quiet(want(needed))]);
    if (this.data !== data) return;
    if (failed) this.fail("Filters or colours of the map could not be loaded.", failed);
    else if (this.points.n) this.say("");
    Object.assign(this, { mask, closeness });
    // A rerun that only moves highlights must not touch a hundred thousand colours.
    const look = JSON.stringify([this.theme, data.colour, mask && data.mask_url, closeness && needed]);
    if (look !== this.colouredAs) this.recolour();
    this.colouredAs = look;
  }

  readTheme() {
    const style = getComputedStyle(this.root), read = (name, other) => {
      this.pen.fillStyle = other;
      this.pen.fillStyle = style.getPropertyValue(name).trim() || other;
      const text = this.pen.fillStyle;
      return text[0] === "#" ? hex(text) : text.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const back = read("--st-background-color", "#ffffff");
    const font = style.getPropertyValue("--st-font").trim() || "sans-serif";
    if (font !== this.theme?.font) this.texts.clear();
    this.theme = { back, text: read("--st-text-color", "#31333f"), accent: read("--st-primary-color", "#ff4b4b"), font,
      name: luminance(back) < 0.5 ? "dark" : "light" };
    this.theme.hues = PALETTES[this.theme.name].map(hex);
  }

  // Gives every point its code of colour and the order of drawing: what matters most comes last, on top.
  recolour() {
    const { points, sheet, mask, closeness, theme } = this, { n } = points;
    const mode = this.data.colour === "similarity" && !closeness ? "topic" : this.data.colour;
    const codes = new Uint8Array(n), palette = new Uint8Array(1024), [low, high] = this.years;
    const topic = points.topic[sheet.colourLevel];
    for (let i = 0; i < n; i++) {
      if (mask && !mask[i]) codes[i] = FAINT;
      else if (mode === "similarity") codes[i] = FIRST + Math.round((closeness[i] * 253) / 255);
      else if (mode === "year") {
        const share = high > low ? clamp((points.year[i] - low) / (high - low), 0, 1) : 1;
        codes[i] = points.year[i] ? FIRST + Math.round(share * 253) : GREY;
      } else codes[i] = topic && topic[i] !== NO_TOPIC ? FIRST + (sheet.hues.get(topic[i]) ?? -1) : GREY;
    }
    const grey = mix(theme.back, theme.text, 0.42);
    palette.set([...grey, 46], 4 * FAINT);
    palette.set([...grey, 190], 4 * GREY);
    for (let i = 0; i < 254; i++) {
      const rgb = mode === "topic" ? theme.hues[i % theme.hues.length] : ramp(RAMPS[theme.name], i / 253);
      palette.set([...rgb, 255], 4 * (FIRST + i));
    }
    const rank = mode === "similarity" ? (code) => code : (code) => Math.min(code, 1);
    Object.assign(this, { codes, palette });
    this.painter.colour(codes, countingSort(codes, rank), palette);
    this.showLegend(mode);
    this.invalidate();
  }

  showLegend(mode) {
    const legend = this.$(".legend"), stops = RAMPS[this.theme.name], [low, high, oldest] = this.years;
    const none = mode === "year" && this.codes.includes(GREY);
    legend.hidden = mode === "topic" || (mode === "year" && !high);
    legend.querySelector("summary").textContent = mode === "year" ? "Year" : "Similarity";
    legend.querySelector(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    const [left, right] = legend.querySelectorAll(".ends span");
    left.textContent = mode === "year" ? `${oldest < low ? "≤ " : ""}${low}` : "far";
    right.textContent = mode === "year" ? high : "close";
    legend.querySelector(".grey").hidden = !none;
    legend.querySelector(".grey i").style.background = css(mix(this.theme.back, this.theme.text, 0.42));
    legend.querySelector(".grey span").textContent = "year unknown";
  }

  // ------------------------------------------------------------------------------------------------------ the view

  resize() {
    const w = this.root.clientWidth, h = this.root.clientHeight, dpr = window.devicePixelRatio || 1;
    Object.assign(this, { w, h, dpr });
    for (const canvas of [this.marks, this.painter?.canvas]) {
      // Setting a size clears the canvas, even when it is the same size.
      if (canvas && (canvas.width !== Math.round(w * dpr) || canvas.height !== Math.round(h * dpr))) {
        Object.assign(canvas, { width: Math.round(w * dpr), height: Math.round(h * dpr) });
      }
    }
    if (this.points?.n && w && h) {
      const { left, right, low, high } = this.points.grid, margin = Math.min(48, w * 0.08);
      const span = Math.max(right - left, high - low) || 1;
      this.base = Math.min((w - 2 * margin) / Math.max(right - left, span / 1e3),
        (h - 2 * margin) / Math.max(high - low, span / 1e3));
      this.most = clamp(20 * Math.sqrt(this.points.n), 20, 4000); // beyond it, float32 positions would visibly jump
    }
    this.invalidate();
  }

  get scale() { return (this.base ?? 1) * this.view.zoom; }

  project(x, y) {
    return { x: this.w / 2 + (x - this.view.x) * this.scale, y: this.h / 2 - (y - this.view.y) * this.scale };
  }

  onScreen(row) { return this.project(this.points.xy[2 * row], this.points.xy[2 * row + 1]); }

  onMap(px, py) {
    return [this.view.x + (px - this.w / 2) / this.scale, this.view.y - (py - this.h / 2) / this.scale];
  }

  fitted() {
    const { left, right, low, high } = this.points.grid;
    return this.points.n ? { x: (left + right) / 2, y: (low + high) / 2, zoom: 1 } : { x: 0, y: 0, zoom: 1 };
  }

  // A view of the given rows with some context: usually not so close that fewer than a hundred papers would be seen.
  around(rows) {
    const places = rows.map((row) => [this.points.xy[2 * row], this.points.xy[2 * row + 1]]);
    if (this.data.query) places.push(this.data.query);
    const xs = places.map((p) => p[0]), ys = places.map((p) => p[1]);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    if (!this.base) return this.fitted(); // not laid out yet, as in a tab that is hidden
    const zoom = Math.min((this.w * 0.7) / (x1 - x0 || 1e-9), (this.h * 0.7) / (y1 - y0 || 1e-9)) / this.base;
    return this.bounded({ x: (x0 + x1) / 2, y: (y0 + y1) / 2,
      zoom: clamp(zoom, 0.5, Math.max(1, Math.sqrt((this.w * this.h) / 100) / (this.points.spacing * this.base))) });
  }

  // The centre stays among the points, so that the map cannot be lost.
  bounded({ x, y, zoom }) {
    const { left, right, low, high } = this.points.grid;
    return { x: clamp(x, left, right), y: clamp(y, low, high), zoom: clamp(zoom, 0.5, this.most) };
  }

  look(view) {
    if (!this.points?.n) return;
    this.view = this.bounded(view);
    this.saveView();
    this.invalidate();
  }

  fly(view) {
    if (!this.points?.n) return;
    const to = this.bounded(view);
    if (calm()) { this.look(to); return; }
    this.flight = { from: { ...this.view }, to, start: performance.now() };
    this.invalidate();
  }

  // Zooms so that the map under the pixel stays under it.
  zoomAt(px, py, factor, how = "look") {
    if (!this.points?.n) return;
    const zoom = clamp(this.view.zoom * factor, 0.5, this.most), [mx, my] = this.onMap(px, py), s = this.base * zoom;
    this[how]({ x: mx - (px - this.w / 2) / s, y: my + (py - this.h / 2) / s, zoom });
  }

  pan(dx, dy, how = "look") {
    this[how]({ ...this.view, x: this.view.x - dx / this.scale, y: this.view.y + dy / this.scale });
  }

  // Streamlit rewrites the address without the hash when query parameters change, so the view is written again after
  // each update and, where the browser tells, after each change of the address.
  saveView() {
    if (!this.sheet) return;
    this.sheet.lastView = this.view;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      const { x, y, zoom } = this.view, fit = this.points.n ? this.fitted() : this.view, { location, history } = window;
      const home = Math.hypot(x - fit.x, y - fit.y) * this.scale < 1 && Math.abs(zoom - 1) < 1e-3;
      if (location.pathname !== this.path || (home && !readHash())) return; // the first view needs no address
      const hash = home ? "" : `#map=${x.toFixed(5)},${y.toFixed(5)},${zoom.toFixed(4)}`;
      if (location.hash !== hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
    }, 250);
  }

  // ------------------------------------------------------------------------------------------------------- drawing

  invalidate() {
    if (!this.frame && this.root.isConnected) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  draw(now) {
    this.frame = 0;
    if (!this.painter || !this.w || !this.h) return;
    const start = performance.now();
    if (this.flight) this.advance(now);
    const { w, h, dpr, points, view } = this;
    // Dots are as large as an even spread over the map allows, and grow further once even crowded ones have room.
    const even = 0.24 * Math.sqrt((w * h) / Math.max(1, points.n)), near = points.spacing * this.scale;
    this.radius = clamp(Math.max(Math.max(even, 1.1) * view.zoom ** 0.15, 0.4 * near), 1.1, 9);
    // Results stand out because the rest steps back, unless colour itself already tells what is close.
    const back = this.results.length && this.data.colour !== "similarity" && points.n > 60 ? 0.55 : 1;
    const alpha = clamp(0.4 + 0.09 * even + 0.02 * near, 0.5, 0.92) * back;
    this.painter.draw({ w, h, dpr, x: view.x, y: view.y, scale: this.scale, radius: this.radius, alpha,
      rim: this.theme.back });
    this.drawMarks();
    this.showTip();
    Object.assign(this.root.dataset, { ready: "true", n: points.n, renderer: this.painter.name,
      view: [view.x, view.y, view.zoom].map((value) => value.toFixed(4)).join(",") });
    this.$(".tools [data-tool=results]").classList.toggle("away", this.results.some((row) => !this.visible(row)));
    this.timing.drawMs = performance.now() - start;
    this.timing.draws++;
    this.timing.firstPaintMs ??= performance.now() - this.made;
  }

  advance(now) {
    const { from, to, start } = this.flight, t = clamp((now - start) / 200, 0, 1), ease = t * (2 - t);
    const between = (a, b) => a + (b - a) * ease;
    if (t === 1) this.flight = null;
    // Zoom grows by factors, so it is eased as a power; plain easing would rush one end of the way.
    this.look({ x: between(from.x, to.x), y: between(from.y, to.y), zoom: from.zoom * (to.zoom / from.zoom) ** ease });
  }

  visible(row) {
    const p = this.onScreen(row);
    return p.x >= 0 && p.y >= 0 && p.x <= this.w && p.y <= this.h;
  }

  tint(row) { const i = 4 * this.codes[row]; return [...this.palette.subarray(i, i + 3)]; }

  drawMarks() {
    const { pen: c, data, theme, w, h } = this, labels = new Labels(c, { w, h }, this.texts);
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    c.clearRect(0, 0, w, h);
    if (!this.points.n) return;
    for (const part of [".tools", ".legend"]) {
      const { offsetLeft: x, offsetTop: y, offsetWidth: pw, offsetHeight: ph } = this.$(part);
      if (pw) labels.block(x - 2, y - 2, pw + 4, ph + 4);
    }
    const selected = this.pressed === undefined ? this.selected : this.pressed;
    this.shown = []; // the marks under the pointer win over plain points: { row, radius }
    if (selected !== null) this.drawSelected(selected, selected === this.selected ? this.neighbours : []);
    if (data.query) this.drawStar(...data.query);
    this.drawResults(labels);
    if (this.points.n <= 60) this.blockDots(labels);
    this.titleMarks(labels, selected);
    this.labelTopics(labels);
    this.titlePoints(labels);
    for (const row of new Set([this.hover, this.focus])) {
      if (row !== null && row !== selected) this.ring(row, this.radius + 4, css(theme.text), 2);
    }
    if (this.trail?.length > 1) this.drawTrail();
  }

  ring(row, radius, colour, width) {
    const { pen: c } = this, { x, y } = this.onScreen(row);
    for (const [style, line] of [[css(this.theme.back, 0.85), width + 2.5], [colour, width]]) {
      Object.assign(c, { strokeStyle: style, lineWidth: line });
      c.beginPath();
      c.arc(x, y, radius, 0, 7);
      c.stroke();
    }
  }

  dot(x, y, radius, fill, stroke, line) {
    const { pen: c } = this;
    c.beginPath();
    c.arc(x, y, radius, 0, 7);
    Object.assign(c, { fillStyle: fill, strokeStyle: stroke, lineWidth: line });
    c.fill();
    c.stroke();
  }

  drawSelected(row, neighbours) {
    const { pen: c, theme } = this, from = this.onScreen(row);
    Object.assign(c, { strokeStyle: css(theme.accent, 0.65), lineWidth: 1.2 });
    c.beginPath();
    for (const other of neighbours) {
      const to = this.onScreen(other);
      c.moveTo(from.x, from.y);
      c.lineTo(to.x, to.y);
    }
    c.stroke();
    for (const other of neighbours) {
      const { x, y } = this.onScreen(other), radius = Math.max(this.radius, 3.5);
      this.dot(x, y, radius, css(this.tint(other)), css(theme.back), 1);
      this.ring(other, radius + 2.5, css(theme.accent), 1.5);
      this.shown.push({ row: other, radius: radius + 3 });
    }
    const radius = Math.max(this.radius, 5);
    this.dot(from.x, from.y, radius, css(this.tint(row)), css(theme.back), 1);
    this.ring(row, radius + 4.5, css(theme.accent), 3.5);
    this.shown.push({ row, radius: radius + 6 });
  }

  // The first results carry their rank where the badges do not cover each other; the others are outlined dots.
  drawResults(labels) {
    const { theme, pen: c } = this, badges = [], places = this.results.map((row) => this.onScreen(row));
    const roomy = (p) => badges.every((b) => Math.hypot(b.x - p.x, b.y - p.y) > 17);
    places.forEach((p, rank) => { if (rank < BADGES && roomy(p)) badges.push({ ...p, rank }); });
    const ranks = new Set(badges.map((b) => b.rank));
    for (let rank = places.length - 1; rank >= 0; rank--) {
      const { x, y } = places[rank], row = this.results[rank], radius = clamp(this.radius + 2, 5, 9);
      if (!ranks.has(rank)) this.dot(x, y, radius, css(this.tint(row)), css(theme.text), 2);
      this.shown.unshift({ row, radius: ranks.has(rank) ? 10 : radius + 1 });
    }
    Object.assign(c, { textAlign: "center", textBaseline: "middle" });
    for (const { x, y, rank } of badges.reverse()) {
      this.dot(x, y, 9.5, css(theme.text), css(theme.back), 1.5);
      Object.assign(c, { font: `700 11px ${theme.font}`, fillStyle: css(theme.back) });
      c.fillText(String(rank + 1), x, y + 0.5);
      labels.block(x - 10, y - 10, 20, 20);
    }
  }

  drawStar(mapX, mapY) {
    const { pen: c, theme } = this, { x, y } = this.project(mapX, mapY);
    c.beginPath();
    for (let i = 0; i < 10; i++) {
      const radius = i % 2 ? 6 : 15, angle = (i * Math.PI) / 5 - Math.PI / 2;
      c.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    c.closePath();
    Object.assign(c, { fillStyle: css(theme.accent), strokeStyle: css(theme.back), lineWidth: 2, lineJoin: "round" });
    c.stroke();
    c.fill();
  }

  drawTrail() {
    const { pen: c, theme } = this;
    c.beginPath();
    for (const [x, y] of this.trail) { const p = this.project(x, y); c.lineTo(p.x, p.y); }
    c.closePath();
    Object.assign(c, { fillStyle: css(theme.accent, 0.1), strokeStyle: css(theme.accent), lineWidth: 1.5 });
    c.fill();
    c.setLineDash([5, 4]);
    c.stroke();
    c.setLineDash([]);
  }

  // In a small library dots are big and few: text beside a dot is readable, text on it is not.
  blockDots(labels) {
    for (let row = 0; row < this.points.n; row++) {
      const { x, y } = this.onScreen(row), r = this.radius;
      labels.block(x - r, y - r, 2 * r, 2 * r);
    }
  }

  title(labels, row, weight = 400) {
    const paper = this.sheet.paper(row), { theme } = this, font = `${weight} 12px ${theme.font}`;
    if (!paper) return false;
    const { x, y } = this.onScreen(row), gap = Math.max(this.radius, weight > 400 ? 9 : 0) + 4;
    const block = labels.text(`p${row}`, paper.title, font, 170, 2);
    return labels.place(block, font, 12, css(theme.text), css(theme.back, 0.9), [
      { x: x + gap, y, ax: 0, ay: 0.5 }, { x: x - gap, y, ax: 1, ay: 0.5 },
      { x, y: y + gap, ax: 0.5, ay: 0 }, { x, y: y - gap, ax: 0.5, ay: 1 },
    ]);
  }

  titleMarks(labels, selected) {
    if (this.w < 500) return; // on a phone the marks alone fill the map
    for (const row of new Set([selected, ...this.results.slice(0, 5)])) {
      if (row !== null && this.visible(row)) this.title(labels, row, 600);
    }
  }

  labelTopics(labels) {
    const { sheet, theme, w, h } = this, { left, right, low, high } = this.points.grid;
    // The finest level whose topics would still fit; it depends on zoom alone, or labels would change while panning.
    const seen = Math.min(1, (w * h) / Math.max(1, (right - left) * (high - low) * this.scale ** 2));
    const room = Math.max(6, (w * h) / 26000);
    let level = sheet.levels.findIndex((topics) => topics.length * seen <= room);
    if (level < 0) level = sheet.levels.length - 1;
    const size = level === sheet.levels.length - 1 ? 14 : level ? 13 : 12, font = `650 ${size}px ${theme.font}`;
    for (const topic of [...(sheet.levels[level] ?? [])].sort((a, b) => b.size - a.size)) {
      const { x, y } = this.project(topic.x, topic.y);
      if (x < 0 || y < 0 || x > w || y > h) continue;
      const hue = this.data.colour === "topic" ? sheet.hue(level, topic) : null;
      const colour = hue === null ? theme.text : mix(theme.hues[hue], theme.text, theme.name === "light" ? 0.5 : 0.35);
      const block = labels.text(`t${level}.${topic.id}`, topic.label, font, w < 500 ? 120 : 160, 3), lift = size * 1.8;
      labels.place(block, font, size, css(colour), css(theme.back, 0.85),
        [0, -lift, lift, -2 * lift, 2 * lift].map((dy) => ({ x, y: y + dy, ax: 0.5, ay: 0.5, slide: true })));
    }
  }

  titlePoints(labels) {
    const [x0, y1] = this.onMap(0, 0), [x1, y0] = this.onMap(this.w, this.h), rows = [];
    this.points.grid.visit(x0, y0, x1, y1, (row) => this.allowed(row) && rows.push(row) > 60);
    if (rows.length > (this.points.n > 60 && this.w < 500 ? 40 : 60)) return;
    const done = new Set(this.w < 500 ? [] : [this.selected, ...this.results.slice(0, 5)]);
    for (const row of rows.sort((a, b) => a - b)) if (!done.has(row)) this.title(labels, row);
  }

  // ------------------------------------------------------------------------------------------ pointing and choosing

  allowed(row) { return !this.mask || this.mask[row] > 0; }

  pick(px, py, reach = REACH) {
    if (!this.points?.n) return null;
    let best = null, closest = Infinity;
    for (const { row, radius } of this.shown ?? []) {
      const p = this.onScreen(row), gap = Math.hypot(p.x - px, p.y - py);
      if (gap <= radius && gap < closest) { best = row; closest = gap; }
    }
    const [x, y] = this.onMap(px, py);
    const far = Math.max(reach, this.radius) / this.scale;
    return best ?? this.points.grid.nearest(x, y, far, (row) => this.allowed(row));
  }

  point(row) {
    if (row === this.hover) return;
    this.hover = row;
    this.stage.classList.toggle("hand", row !== null && !this.tool);
    this.invalidate();
  }

  showTip() {
    const tip = this.$(".tip"), row = this.hover ?? this.focus;
    tip.hidden = row === null || !this.visible(row);
    if (tip.hidden) return;
    const paper = this.sheet.paper(row), { x, y } = this.onScreen(row), gap = this.radius + 10;
    tip.querySelector("span").textContent = paper ? paper.title : "…";
    tip.querySelector("small").textContent = paper?.year || "";
    const { offsetWidth: tw, offsetHeight: th } = tip;
    const left = clamp(x - tw / 2, 4, Math.max(4, this.w - tw - 4)), above = y - gap - th;
    const top = above >= 4 ? above : clamp(y + gap, 4, Math.max(4, this.h - th - 4));
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  choose(row) {
    this.pressed = row; // the ring should not wait for the server
    this.trail = null;
    this.component.setTriggerValue("clicked", { row });
    this.invalidate();
  }

  sendArea() {
    let corners = this.trail;
    const step = Math.ceil(corners.length / 200);
    if (step > 1) corners = corners.filter((_, i) => i % step === 0);
    this.trail = corners;
    this.component.setTriggerValue("area", { polygon: corners });
    this.use(null);
  }

  use(tool) {
    this.tool = tool;
    for (const name of ["lasso", "box"]) {
      this.$(`.tools [data-tool=${name}]`).setAttribute("aria-pressed", tool === name);
    }
    this.stage.classList.toggle("draw", !!tool);
    this.invalidate();
  }

  press(name) {
    if (name === "in" || name === "out") this.zoomAt(this.w / 2, this.h / 2, name === "in" ? 1.6 : 1 / 1.6, "fly");
    else if (name === "fit") this.fly(this.fitted());
    else if (name === "results") this.fly(this.around(this.results));
    else this.use(this.tool === name ? null : name);
  }

  // From the focused paper to the next one in a direction: near and straight ahead both count.
  step(dx, dy) {
    const { xy, n } = this.points, from = this.focus ?? this.selected;
    let best = null;
    if (from === null) best = this.pick(this.w / 2, this.h / 2, Math.max(this.w, this.h));
    else {
      let least = Infinity;
      for (let i = 0; i < n; i++) {
        const ax = xy[2 * i] - xy[2 * from], ay = xy[2 * i + 1] - xy[2 * from + 1];
        const ahead = ax * dx + ay * dy, aside = Math.abs(ax * dy) + Math.abs(ay * dx), cost = ahead + 3 * aside;
        if (ahead > 0 && aside <= 2 * ahead && cost < least && this.allowed(i)) { best = i; least = cost; }
      }
    }
    if (best === null) return;
    Object.assign(this, { focus: best, hover: null });
    const p = this.onScreen(best), edge = 30;
    if (p.x < edge || p.y < edge || p.x > this.w - edge || p.y > this.h - edge) {
      this.fly({ ...this.view, x: xy[2 * best], y: xy[2 * best + 1] });
    }
    this.announce(best);
    this.invalidate();
  }

  async announce(row, tries = 20) {
    const paper = this.sheet.paper(row);
    if (paper) this.$(".live").textContent = paper.year ? `${paper.title}, ${paper.year}` : paper.title;
    else if (tries && this.focus === row) setTimeout(() => this.announce(row, tries - 1), 150);
  }

  // ---------------------------------------------------------------------------------------------- words and ending

  showMarks(before) {
    const { data } = this, button = this.$(".tools [data-tool=results]");
    const there = (row) => row !== null && row < this.points.n;
    Object.assign(this, { results: data.results.filter(there), neighbours: data.neighbours.filter(there),
      selected: there(data.selected) ? data.selected : null });
    button.hidden = !this.results.length;
    Object.assign(this.root.dataset, { results: this.results.length, selected: this.selected ?? "" });
    if (this.results.length && (before ? before.focus !== data.focus : data.focus && !readHash())) {
      this.fly(this.around(this.results));
    }
    this.invalidate();
  }

  say(text) {
    this.$(".note").hidden = !text;
    this.$(".note span").textContent = text;
    this.$(".note button").hidden = true;
  }

  fail(text, error) {
    console.warn("explorer map:", error.message);
    this.say(text);
    this.$(".note button").hidden = false;
  }

  destroy() {
    clearTimeout(this.saving);
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
    window.removeEventListener("hashchange", this.followHash);
    window.navigation?.removeEventListener("currententrychange", this.rewrite);
    this.sheet?.listeners.delete(this.hear);
    this.painter?.destroy();
    views.delete(this.root);
  }
}

function yearRange(years) {
  const known = years.filter((year) => year > 0).sort();
  // The oldest two in a hundred share one colour: a single paper of 1931 must not turn all others into one shade.
  return known.length ? [known[Math.floor(known.length * 0.02)], known.at(-1), known[0]] : [0, 0, 0];
}

function countingSort(codes, rank) {
  const starts = new Uint32Array(257), order = new Uint32Array(codes.length);
  for (const code of codes) starts[rank(code) + 1]++;
  for (let i = 0; i < 256; i++) starts[i + 1] += starts[i];
  for (let row = 0; row < codes.length; row++) order[starts[rank(codes[row])]++] = row;
  return order;
}

function readHash() {
  const found = /^#map=(-?[\d.]+),(-?[\d.]+),([\d.]+)$/.exec(window.location.hash);
  const [x, y, zoom] = found ? found.slice(1).map(Number) : [];
  return found && [x, y, zoom].every(Number.isFinite) && zoom > 0 ? { x, y, zoom } : null;
}

// ------------------------------------------------------------------------------------- pointer, wheel and keyboard

function listen(map) {
  const { stage, pointers } = map;
  let gesture = null, lastTap = { time: -1e9 }, clearing = 0;
  const place = (event) => {
    const frame = stage.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const grip = () => { const [a, b] = [...pointers.values()]; return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2,
    span: Math.hypot(a.x - b.x, a.y - b.y) || 1 }; };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !map.points) return;
    stage.setPointerCapture(event.pointerId);
    const p = place(event);
    pointers.set(event.pointerId, p);
    map.flight = null;
    map.focus = null;
    if (pointers.size === 2) { map.trail = null; gesture = { kind: "pinch", last: grip() }; return; }
    gesture = { kind: map.tool ?? (event.shiftKey ? "box" : "pan"), start: p, last: p, moved: false,
      touch: event.pointerType === "touch" };
  });

  stage.addEventListener("pointermove", (event) => {
    const p = place(event);
    if (!gesture) { if (event.pointerType !== "touch") map.point(map.tool ? null : map.pick(p.x, p.y)); return; }
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, p);
    if (gesture.kind === "pinch") {
      if (pointers.size < 2) return;
      const now = grip(), { last } = gesture;
      map.pan(now.x - last.x, now.y - last.y);
      map.zoomAt(now.x, now.y, now.span / last.span);
      gesture.last = now;
      return;
    }
    if (!gesture.moved && Math.hypot(p.x - gesture.start.x, p.y - gesture.start.y) < (gesture.touch ? 9 : 4)) return;
    gesture.moved = true;
    map.point(null);
    if (gesture.kind === "pan") { stage.classList.add("drag"); map.pan(p.x - gesture.last.x, p.y - gesture.last.y); }
    else drawArea(map, gesture, p);
    gesture.last = p;
  });

  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    stage.classList.remove("drag");
    if (pointers.size) return; // one finger of a pinch is still down; it must not start to pan
    const done = gesture;
    gesture = null;
    if (!done || done.kind === "pinch") return;
    if (event.type === "pointercancel") { if (done.kind !== "pan") map.trail = null; map.invalidate(); }
    else if (!done.moved) { if (!map.tool) tap(place(event), event, done.touch); }
    else if (done.kind !== "pan") finishArea(map, done);
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointerleave", () => { if (!gesture) map.point(null); });

  function tap(p, event, touch) {
    const twice = event.timeStamp - lastTap.time < 320 && Math.hypot(p.x - lastTap.x, p.y - lastTap.y) < 24;
    clearTimeout(clearing);
    lastTap = twice ? { time: -1e9 } : { time: event.timeStamp, ...p };
    if (twice) { map.zoomAt(p.x, p.y, 2, "fly"); return; }
    const row = map.pick(p.x, p.y, touch ? 20 : REACH);
    if (touch) map.point(row);
    // Into empty space: wait whether a second click makes it a zoom, which should not clear anything.
    if (row === null) clearing = setTimeout(() => map.choose(null), 330);
    else map.choose(row);
  }

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const p = place(event), amount = clamp(event.deltaY * (event.deltaMode ? 24 : 1), -240, 240);
    map.flight = null;
    map.zoomAt(p.x, p.y, Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.0016)));
    map.point(null);
  }, { passive: false });

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !map.points?.n) return;
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) map.pan(-80 * arrow[0], 80 * arrow[1], "fly");
    else if (arrow) map.step(...arrow);
    else if (event.key === "Enter" || event.key === " ") { if (map.focus !== null) map.choose(map.focus); }
    else if (event.key === "+" || event.key === "=") map.press("in");
    else if (event.key === "-") map.press("out");
    else if (event.key === "0") map.press("fit");
    else if (event.key === "Escape") escape(map);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  stage.addEventListener("blur", () => { map.focus = null; map.invalidate(); });
}

function escape(map) {
  const drawn = map.trail;
  map.trail = null;
  if (map.tool) map.use(null);
  else if (map.selected !== null || drawn) map.choose(null);
  else map.focus = null;
  map.invalidate();
}

function drawArea(map, gesture, p) {
  if (gesture.kind === "box") {
    const { start } = gesture;
    map.trail = [[start.x, start.y], [p.x, start.y], [p.x, p.y], [start.x, p.y]].map((corner) => map.onMap(...corner));
  } else {
    gesture.path ??= [gesture.start];
    const last = gesture.path.at(-1);
    if (Math.hypot(p.x - last.x, p.y - last.y) >= 3) gesture.path.push(p);
    map.trail = gesture.path.map((q) => map.onMap(q.x, q.y));
  }
  map.invalidate();
}

function finishArea(map, { kind, start, last, path = [] }) {
  const real = kind === "box" ? Math.abs(last.x - start.x) > 3 && Math.abs(last.y - start.y) > 3 : path.length > 4;
  if (real) map.sendArea();
  else { map.trail = null; map.invalidate(); }
}

// ------------------------------------------------------------------------------------------------------------ mount

const views = new WeakMap(); // root element → its MapView

export function mount(component) {
  const root = component.parentElement.querySelector(".explorer-map");
  if (!views.has(root)) views.set(root, new MapView(root));
  const view = views.get(root);
  view.update(component);
  // Streamlit also cleans up after a call that a newer one has overtaken; the map ends only with its element.
  return () => setTimeout(() => { if (!root.isConnected) view.destroy(); }, 50);
}
