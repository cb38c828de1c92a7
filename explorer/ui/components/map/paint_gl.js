// Draws the points with WebGL2: one call a frame, whatever their number.
// It refuses to know what a colour means. Always true: draw() needs settle(), load() and colour() before it, and again after
// the graphics card has been away; what it draws is what paint_2d.js draws.

const VERTEX = `#version 300 es
layout(location=0) in vec2 place; layout(location=1) in uint code; layout(location=2) in uint flag;
uniform vec2 centre, scale; uniform float size, alpha; uniform sampler2D palette;
out vec4 tint; out float hole;
void main() {
  gl_Position = vec4((place - centre) * scale, 0, 1);
  gl_PointSize = size + 2.0;
  tint = texelFetch(palette, ivec2(int(code), 0), 0);
  tint.a *= alpha;
  hole = flag > 0u ? size / 2.0 - max(1.1, 0.2 * size) : 0.0; // a place that is provisional is a ring
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint; in float hole; uniform float size; uniform vec4 rim; out vec4 colour;
void main() {
  float radius = size / 2.0, away = length(gl_PointCoord - 0.5) * (size + 2.0);
  float body = rim.a > 0.0 ? clamp(radius - away - 0.5, 0.0, 1.0) : 1.0;
  float alpha = tint.a * clamp(radius - away + 0.5, 0.0, 1.0);
  if (hole > 0.0) alpha *= 1.0 - 0.9 * clamp(hole - away + 0.5, 0.0, 1.0);
  colour = vec4(mix(rim.rgb, tint.rgb, body) * alpha, alpha);
}`;

export class GlPainter {
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
    Object.assign(this, { program, slots: null });
  }

  // Waits until the graphics card is ready; throws where it cannot draw.
  settle() {
    const { gl, program } = this;
    if (this.slots) return;
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    const names = ["centre", "scale", "size", "alpha", "rim"];
    this.slots = Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(program, name)]));
    for (const name of ["places", "codes", "order", "flags"]) this[name] = gl.createBuffer();
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.n = 0;
  }

  load({ grid, flags }) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.bufferData(gl.ARRAY_BUFFER, grid.xy, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.flags);
    gl.bufferData(gl.ARRAY_BUFFER, flags, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribIPointer(2, 1, gl.UNSIGNED_BYTE, 0, 0);
  }

  colour({ codes, order, palette }) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.codes);
    gl.bufferData(gl.ARRAY_BUFFER, codes, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    this.n = order.length;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, palette);
  }

  draw({ w, h, x, y, scale }, dpr, radius, alpha, rim) {
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
