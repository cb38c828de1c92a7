// A text's word pieces → its unit vector: MiniLM's six layers with weights of one byte.
// It refuses to know texts, papers and files. Always true: what it computes is embeddings/minilm.py with the weights
// rounded as explorer/export/site/model.py rounds them, in single precision; between two steps the page may draw;
// a head's width is a multiple of four.

import { Products } from "./products.js";

const FOUR = 4;
// Coefficients of erf, Abramowitz and Stegun 1964, formula 7.1.26.
const ERF = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429], ERF_P = 0.3275911;

export class Encoder {
  // `model` holds the arrays that model.py names; `pause` is awaited between steps, so that nothing freezes.
  constructor(model, pause = async () => {}, products = new Products()) {
    Object.assign(this, { model, pause, products, width: model.places.length / model.places_scales.length });
    this.layers = Array.from({ length: model.layers[0] }, (_, layer) => (name) => model[`${layer}.${name}`]);
  }

  // The vector of a text from its pieces' numbers, (384,); `tell` hears the share that is done.
  async encode(pieces, tell = () => {}) {
    let states = this.embedded(pieces), done = 0;
    const steps = this.layers.length * Math.ceil(pieces.length / this.products.atOnce) * 4;
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
    const { width } = this;
    const dense = (input, name) => this.product(input, layer(name), layer(`${name}.scales`), layer(`${name}.bias`), count, step);
    const context = attention(await dense(states, "qkv"), count, width, this.model.heads[0]);
    const out = added(await dense(context, "out"), states);
    states = normalised(out, layer("out.gain"), layer("out.shift"), width);
    const last = added(await dense(gelu(await dense(states, "wide")), "narrow"), states);
    return normalised(last, layer("narrow.gain"), layer("narrow.shift"), width);
  }

  // states (count, depth) times the transposed weights (rows, depth), whose rows have a scale each, plus bias.
  async product(states, weights, scales, bias, count, step) {
    const { atOnce } = this.products, depth = states.length / count, rows = bias.length, made = new Float32Array(count * rows);
    for (let first = 0; first < count; first += atOnce) {
      const tokens = Math.min(atOnce, count - first);
      const { sums, place } = this.products.of(states.subarray(first * depth, (first + tokens) * depth), weights, rows);
      for (let t = 0, at = first * rows; t < tokens; t++) {
        for (let r = 0; r < rows; r++, at++) made[at] = sums[place(t, r)] * scales[r] + bias[r];
      }
      await step(1);
    }
    return made;
  }
}

// Scaled dot-product attention within one text; `qkv` (count, 3 · width) holds queries, keys and values side by side. Four
// keys at a time, then four parts of the values: their sums stay in registers.
function attention(qkv, count, width, heads) {
  const size = width / heads, stride = 3 * width, padded = Math.ceil(count / FOUR) * FOUR, least = 1 / Math.sqrt(size);
  const made = new Float32Array(count * width), shares = new Float64Array(padded), query = new Float64Array(size);
  const keys = new Float64Array(padded * size), values = new Float64Array(size * count); // the values part by part
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < count; t++) {
      for (let i = 0, at = t * stride + width + head * size; i < size; i++, at++) {
        keys[t * size + i] = qkv[at];
        values[i * count + t] = qkv[at + width];
      }
    }
    for (let t = 0; t < count; t++) {
      for (let i = 0; i < size; i++) query[i] = qkv[t * stride + head * size + i] * least;
      alike(query, keys, shares, padded, size);
      spread(shares, count);
      weighed(shares, values, made, t * width + head * size, count, size);
    }
  }
  return made;
}

function alike(query, keys, shares, padded, size) {
  for (let other = 0; other < padded; other += FOUR) {
    const one = other * size, two = one + size, three = two + size, four = three + size;
    let a = 0, b = 0, c = 0, d = 0;
    for (let i = 0; i < size; i++) {
      const q = query[i];
      a += q * keys[one + i];
      b += q * keys[two + i];
      c += q * keys[three + i];
      d += q * keys[four + i];
    }
    shares[other] = a; shares[other + 1] = b; shares[other + 2] = c; shares[other + 3] = d;
  }
}

// Softmax of the first `count`, in place.
function spread(shares, count) {
  let top = -Infinity, whole = 0;
  for (let i = 0; i < count; i++) if (shares[i] > top) top = shares[i];
  for (let i = 0; i < count; i++) whole += shares[i] = Math.exp(shares[i] - top);
  for (let i = 0; i < count; i++) shares[i] /= whole;
}

function weighed(shares, values, made, into, count, size) {
  for (let part = 0; part < size; part += FOUR) {
    const one = part * count, two = one + count, three = two + count, four = three + count;
    let a = 0, b = 0, c = 0, d = 0;
    for (let i = 0; i < count; i++) {
      const share = shares[i];
      a += share * values[one + i];
      b += share * values[two + i];
      c += share * values[three + i];
      d += share * values[four + i];
    }
    made[into + part] = a; made[into + part + 1] = b; made[into + part + 2] = c; made[into + part + 3] = d;
  }
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
