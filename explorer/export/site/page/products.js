// Sums of products of tokens and rows of weights: by vector instructions of WebAssembly, or in plain JavaScript.
// It refuses to know what the numbers mean. Always true: the instructions are assembled here, so that nothing is fetched
// and a page opened from a disk has them; where a browser or a host refuses them, plain JavaScript gives the same sums.

export const LANES = 4; // tokens, and numbers, that go through together

// Numbers as WebAssembly writes them (LEB128), and its instructions by what they do.
function number(value) {
  const bytes = [];
  for (let left = value, more = true; more; left >>= 7) {
    more = left > 63 || left < -64;
    bytes.push((left & 127) | (more ? 128 : 0));
  }
  return bytes;
}
const unsigned = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)]);
const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
const get = (local) => [0x20, local], put = (local, value) => [...value, 0x21, local];
const constant = (value) => [0x41, ...number(value)];
const plus = (one, two) => [...one, ...two, 0x6a], times = (one, two) => [...one, ...two, 0x6c];
const vector = (code) => [0xfd, ...unsigned(code)];
const NONE = [...vector(0x0c), ...Array(16).fill(0)];
const load = (at, offset = 0) => [...at, ...vector(0x00), 2, ...unsigned(offset)];
const eightBytes = (at) => [...at, ...vector(0x01), 0, 0];
const store = (at, value, offset = 0) => [...at, ...value, ...vector(0x0b), 2, ...unsigned(offset)];
const real = (value, half) => [...value, ...vector(half), ...vector(0xfa)];
const gain = (sum, one, two) => put(sum, [...get(sum), ...one, ...two, ...vector(0xe6), ...vector(0xe4)]);
const lane = (local, at) => [...get(local), ...vector(0x1f), at];
const total = (local) => [...lane(local, 0), ...lane(local, 1), 0x92, ...lane(local, 2), ...lane(local, 3), 0x92, 0x92];
const write = (at, offset, value) => [...at, ...value, 0x38, 2, ...unsigned(offset)];
// Again while `local`, moved on by `by`, is below `end`.
const loop = (local, end, by, body) => [0x03, 0x40, ...body, ...put(local, plus(get(local), by)), ...get(local), ...end, 0x49, 0x0d, 0, 0x0b];

// What run(weights, their end, states, their end, sums, bytes of a row of reals, room for two such rows) does: two rows of
// whole numbers become reals, then meet four tokens at a time; eight sums a block.
function instructions() {
  const [WEIGHTS, LAST, STATES, END, SUMS, WIDE, ROOM, AT, FROM, INTO, U, V, X, FIRST] = Array(14).keys();
  const widened = loop(AT, get(LAST), constant(8), [
    ...put(X, eightBytes(get(AT))), ...store(get(INTO), real(get(X), 0xa7)), ...store(get(INTO), real(get(X), 0xa8), 16),
    ...put(INTO, plus(get(INTO), constant(32))),
  ]);
  const token = (t) => [...put(X, load(plus(get(FROM), times(get(WIDE), constant(t))))),
    ...gain(FIRST + t, get(X), get(U)), ...gain(FIRST + LANES + t, get(X), get(V))];
  const across = loop(AT, plus(get(ROOM), get(WIDE)), constant(16), [
    ...put(U, load(get(AT))), ...put(V, load(plus(get(AT), get(WIDE)))), ...[0, 1, 2, 3].flatMap(token),
    ...put(FROM, plus(get(FROM), constant(16))),
  ]);
  const eight = [...Array(2 * LANES).keys()];
  const block = [...put(AT, get(ROOM)), ...eight.flatMap((sum) => put(FIRST + sum, NONE)), ...across,
    ...eight.flatMap((sum) => write(get(SUMS), 4 * sum, total(FIRST + sum))), ...put(SUMS, plus(get(SUMS), constant(8 * LANES)))];
  const locals = [2, 3, 0x7f, 11, 0x7b]; // three whole numbers, eleven vectors
  return [...locals, ...put(AT, get(WEIGHTS)), ...put(INTO, get(ROOM)), ...widened, ...put(FROM, get(STATES)),
    ...loop(FROM, get(END), times(get(WIDE), constant(LANES - 1)), block), 0x0b];
}

// The module: one function of seven whole numbers, and the memory it works in.
function compiled() {
  const section = (id, bytes) => [id, ...sized(bytes)], name = (text) => sized([...text].map((letter) => letter.charCodeAt(0)));
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(1, [1, 0x60, ...sized(Array(7).fill(0x7f)), 0]), ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]), ...section(7, [2, ...name("run"), 0, 0, ...name("memory"), 2, 0]), ...section(10, [1, ...sized(instructions())])];
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports;
}

export class Products {
  constructor(plain = false) {
    try { this.made = plain ? null : compiled(); } catch { this.made = null; }
    this.atOnce = this.made ? 8 * LANES : LANES;
  }

  // states (at most `atOnce`, depth) times the transposed weights (rows, depth), whole numbers, an even number of rows,
  // by vector instructions of columns a multiple of eight: { sums, place }, the one of a token and a row at place(token, row).
  of(states, weights, rows) {
    const depth = weights.length / rows, blocks = Math.ceil(states.length / depth / LANES);
    const sums = this.made ? this.quick(states, weights, rows, depth, blocks) : plainly(states, weights, rows, depth);
    return { sums, place: (token, row) => 2 * LANES * ((row >> 1) * blocks + (token >> 2)) + LANES * (row & 1) + (token & 3) };
  }

  quick(states, weights, rows, depth, blocks) {
    const { memory, run } = this.made, wide = 4 * depth, from = 2 * wide, at = from + blocks * LANES * wide, into = at + weights.length;
    const lacking = into + 4 * blocks * LANES * rows - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / 65536));
    new Int8Array(memory.buffer, at).set(weights);
    const given = new Float32Array(memory.buffer, from, blocks * LANES * depth);
    given.set(states);
    given.fill(0, states.length);
    for (let row = 0; row < rows; row += 2) {
      run(at + row * depth, at + (row + 2) * depth, from, at, into + 4 * row * blocks * LANES, wide, 0);
    }
    return new Float32Array(memory.buffer, into, blocks * LANES * rows);
  }
}

// Four tokens by two rows at a time: eight sums stay in registers, and a number that was read serves several of them.
function plainly(states, weights, rows, depth) {
  const block = new Float64Array(LANES * depth), sums = new Float64Array(LANES * rows), second = depth, third = 2 * depth, fourth = 3 * depth;
  block.set(states);
  for (let r = 0; r < rows; r += 2) {
    const one = r * depth, other = one + depth;
    let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    for (let i = 0; i < depth; i++) {
      const u = weights[one + i], v = weights[other + i];
      const p = block[i], q = block[second + i], x = block[third + i], y = block[fourth + i];
      a += p * u;
      b += q * u;
      c += x * u;
      d += y * u;
      e += p * v;
      f += q * v;
      g += x * v;
      h += y * v;
    }
    sums.set([a, b, c, d, e, f, g, h], LANES * r);
  }
  return sums;
}
