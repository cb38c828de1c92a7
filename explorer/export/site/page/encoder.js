// A text's word pieces → its unit vector: MiniLM's six layers in plain JavaScript, with weights of one byte.
// It refuses to know texts, papers and files. Always true: what it computes is embeddings/minilm.py with the weights
// rounded as explorer/export/site/model.py rounds them, in single precision; between two steps the page may draw.

const AT_ONCE = 4; // tokens that go through a matrix together
// Coefficients of erf, Abramowitz and Stegun 1964, formula 7.1.26.
const ERF = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429], ERF_P = 0.3275911;

export class Encoder {
  // `model` holds the arrays that model.py names; `pause` is awaited between steps, so that nothing freezes.
  constructor(model, pause = async () => {}) {
    Object.assign(this, { model, pause, width: model.places.length / model.places_scales.length });
    this.layers = Array.from({ length: model.layers[0] }, (_, layer) => (name) => model[`${layer}.${name}`]);
  }

  // The vector of a text from its pieces' numbers, (384,); `tell` hears the share that is done.
  async encode(pieces, tell = () => {}) {
    let states = this.embedded(pieces), done = 0;
    const steps = this.layers.length * Math.ceil(pieces.length / AT_ONCE) * 4;
    const step = async (by) => { done += by; tell(done / steps); await this.pause(); };
    for (const layer of this.layers) states = await this.through(layer, states, pieces.length, step);
    return unit(mean(states, pieces.length));
  }

  embedded(pieces) {
    const { width, model } = this, states = new Float32Array(pieces.length * width);
    pieces.forEach((piece, at) => {
      const scale = model.words_scales[piece], there = model.places_scales[at];
      for (let i = 0; i < width; i++) {
        states[at * width + i] = model.words[piece * width + i] * scale + model.places[at * width + i] * there;
      }
    });
    return normalised(states, model.gain, model.shift, width);
  }

  async through(layer, states, count, step) {
    const { width } = this, rows = (name) => layer(`${name}.bias`).length;
    const dense = (input, name) => product(input, layer(name), layer(`${name}.scales`), layer(`${name}.bias`), count, rows(name), step);
    const context = attention(await dense(states, "qkv"), count, width, this.model.heads[0]);
    const out = added(await dense(context, "out"), states);
    states = normalised(out, layer("out.gain"), layer("out.shift"), width);
    const last = added(await dense(gelu(await dense(states, "wide")), "narrow"), states);
    return normalised(last, layer("narrow.gain"), layer("narrow.shift"), width);
  }
}

// states (count, depth) times the transposed weights (rows, depth), whose rows have a scale each, plus bias.
async function product(states, weights, scales, bias, count, rows, step) {
  const depth = states.length / count, made = new Float32Array(count * rows), block = new Float64Array(AT_ONCE * depth);
  const sums = new Float64Array(AT_ONCE * rows);
  for (let first = 0; first < count; first += AT_ONCE) {
    const tokens = Math.min(AT_ONCE, count - first);
    block.fill(0);
    block.set(states.subarray(first * depth, (first + tokens) * depth));
    fourByTwo(block, weights, depth, rows, sums);
    for (let r = 0; r < rows; r++) {
      for (let t = 0; t < tokens; t++) made[(first + t) * rows + r] = sums[AT_ONCE * r + t] * scales[r] + bias[r];
    }
    await step(1);
  }
  return made;
}

// Four tokens by two rows at a time: eight sums stay in registers, and a number that was read serves several of them.
function fourByTwo(block, weights, depth, rows, sums) {
  const second = depth, third = 2 * depth, fourth = 3 * depth;
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
    const at = AT_ONCE * r;
    sums[at] = a; sums[at + 1] = b; sums[at + 2] = c; sums[at + 3] = d;
    sums[at + 4] = e; sums[at + 5] = f; sums[at + 6] = g; sums[at + 7] = h;
  }
}

// Scaled dot-product attention within one text; `qkv` (count, 3 · width) holds queries, keys and values side by side.
function attention(qkv, count, width, heads) {
  const size = width / heads, stride = 3 * width, made = new Float32Array(count * width), shares = new Float64Array(count);
  const least = 1 / Math.sqrt(size);
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < count; t++) {
      const query = t * stride + head * size;
      let top = -Infinity, total = 0;
      for (let other = 0; other < count; other++) {
        const key = other * stride + width + head * size;
        let sum = 0;
        for (let i = 0; i < size; i++) sum += qkv[query + i] * qkv[key + i];
        shares[other] = sum * least;
        if (shares[other] > top) top = shares[other];
      }
      for (let other = 0; other < count; other++) total += shares[other] = Math.exp(shares[other] - top);
      for (let other = 0; other < count; other++) {
        const value = other * stride + 2 * width + head * size, share = shares[other] / total;
        for (let i = 0; i < size; i++) made[t * width + head * size + i] += share * qkv[value + i];
      }
    }
  }
  return made;
}

function added(values, others) {
  for (let i = 0; i < values.length; i++) values[i] += others[i];
  return values;
}

// Layer norm of each row, in place.
function normalised(states, gain, shift, width) {
  for (let start = 0; start < states.length; start += width) {
    let sum = 0, squares = 0;
    for (let i = start; i < start + width; i++) sum += states[i];
    const middle = sum / width;
    for (let i = start; i < start + width; i++) squares += (states[i] - middle) ** 2;
    const factor = 1 / Math.sqrt(squares / width + 1e-12);
    for (let i = 0; i < width; i++) states[start + i] = (states[start + i] - middle) * factor * gain[i] + shift[i];
  }
  return states;
}

// x Φ(x), in place.
function gelu(values) {
  for (let i = 0; i < values.length; i++) {
    const x = values[i], size = Math.abs(x) * Math.SQRT1_2, t = 1 / (1 + ERF_P * size);
    const tail = 0.5 * t * (ERF[0] + t * (ERF[1] + t * (ERF[2] + t * (ERF[3] + t * ERF[4])))) * Math.exp(-size * size);
    values[i] = x * (x < 0 ? tail : 1 - tail);
  }
  return values;
}

function mean(states, count) {
  const width = states.length / count, made = new Float32Array(width);
  for (let at = 0; at < states.length; at++) made[at % width] += states[at] / count;
  return made;
}

export function unit(vector) {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.max(Math.sqrt(squares), 1e-12);
  return vector.map((value) => value / length);
}
