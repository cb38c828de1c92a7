// The ranking of all papers for a question: meaning and words, relevance feedback, and the scores of neighbours.
// It refuses to know texts and screens. Always true: it ranks as explorer/search/ranking.py does, on vectors of a byte a
// number; ties go to the earlier row; a filter never changes an order.

const DEPTH = 300, WORDS = 0.5, FEEDBACK = 3, PULL = 0.5, SHARE = 0.25, FEW = 30; // see Weights there
const ACCIDENTAL = 0.4, MIDDLE = 1.5;

// The vectors of the papers, and the rows nearest to each, best first, -1 for none, of which the first bear on its score.
export class Corpus {
  constructor({ vectors, scales, dimension, bearing, embedded }, neighbours) {
    Object.assign(this, { vectors, scales, neighbours, dimension: dimension[0], bearing: bearing[0], embedded, count: scales.length });
    this.width = neighbours.length / this.count;
  }

  // Cosines of all papers with a vector.
  similarities(vector) {
    const { vectors, scales, dimension } = this, made = new Float32Array(this.count), exact = Float64Array.from(vector);
    for (let row = 0, at = 0; row < made.length; row++, at += dimension) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) sum += vectors[at + i] * exact[i];
      made[row] = sum * scales[row];
    }
    return made;
  }

  vector(row) {
    const { vectors, scales, dimension } = this;
    return Float32Array.from(vectors.subarray(row * dimension, (row + 1) * dimension), (value) => value * scales[row]);
  }

  mean(rows) {
    const sum = new Float32Array(this.dimension);
    for (const row of rows) this.vector(row).forEach((value, i) => { sum[i] += value / rows.length; });
    return sum;
  }
}

// `probe` is { vector or null, words, bound, name, exclude }. Gives of all papers `scores`, `cosines` and `words`, their
// share of the best holder's words; who is excluded scores -Infinity.
export function rank(corpus, probe) {
  const { count } = corpus, out = new Set(probe.exclude ?? []), others = (row) => !out.has(row);
  const embedded = probe.vector ? (row) => others(row) && corpus.embedded[row] > 0 : () => false;
  const cosines = probe.vector ? corpus.similarities(probe.vector) : new Float32Array(count);
  const holders = topRows(probe.words, DEPTH, others), byWords = standardised(probe.words, at(probe.words, holders));
  const scores = probe.vector ? withFeedback(corpus, probe, cosines, holders, byWords, embedded) : byWords;
  const best = Math.max(0, ...at(probe.words, holders)), most = Math.max(best, ACCIDENTAL * probe.bound, 1e-9);
  const final = smoothed(corpus, scores, embedded, others);
  out.forEach((row) => { final[row] = -Infinity; });
  return { scores: final, cosines, words: probe.words.map((score) => score / most) };
}

function withFeedback(corpus, probe, cosines, holders, byWords, embedded) {
  const { count } = corpus, weight = (WORDS * count) / (count + FEW);
  const nearest = topRows(cosines, DEPTH, embedded);
  const heads = [...new Set([...nearest, ...holders])].filter(embedded).sort((a, b) => a - b);
  const joined = (similarities, head) => {
    const byMeaning = vectorScores(similarities, head, probe.name);
    return byWords.map((score, row) => (1 - weight) * byMeaning[row] + weight * score);
  };
  const first = joined(cosines, at(cosines, nearest));
  const best = heads.sort((a, b) => first[b] - first[a] || a - b).slice(0, FEEDBACK);
  const moved = corpus.similarities(pulled(corpus, probe.vector, best));
  const scores = joined(moved, at(moved, heads).sort((a, b) => b - a).slice(0, DEPTH));
  // Both are on the scale of their best, so words can stand for what is not there.
  return corpus.embedded.every((there) => there) ? scores : scores.map((score, row) => (corpus.embedded[row] ? score : byWords[row]));
}

// Cosines on the scale of the best; for names what is below the best counts little the less for it.
function vectorScores(cosines, head, name) {
  const scores = standardised(cosines, head);
  if (!name || !head.length) return scores;
  const floor = standardised(Float32Array.of(Math.min(...head)), head)[0] - 1;
  return scores.map((score) => (score < floor ? floor + (score - floor) / 10 : score));
}

// Scores on the scale of the best of them: their mean is 0, their deviation 1.
export function standardised(scores, head) {
  if (!head.length) return new Float32Array(scores.length);
  let mean = 0, squares = 0;
  for (const value of head) mean += value / head.length;
  for (const value of head) squares += (value - mean) ** 2 / head.length;
  const deviation = Math.sqrt(squares);
  return scores.map((score) => (score - mean) / (deviation > 1e-6 ? deviation : 1));
}

// The query's vector moved towards the best papers, the first most (Rocchio 1971).
function pulled(corpus, vector, best) {
  const towards = new Float64Array(corpus.dimension);
  best.forEach((row, place) => corpus.vector(row).forEach((value, i) => { towards[i] += value / (place + 1); }));
  const length = Math.max(Math.hypot(...towards), 1e-9), moved = towards.map((value, i) => vector[i] + (PULL * value) / length);
  const all = Math.max(Math.hypot(...moved), 1e-9);
  return moved.map((value) => value / all);
}

// Scores averaged with those of the papers' neighbours.
function smoothed(corpus, scores, embedded, others) {
  const { neighbours, bearing, width } = corpus, made = Float32Array.from(scores);
  for (let row = 0; row < made.length; row++) {
    if (!embedded(row)) continue;
    let sum = 0, number = 0;
    for (let i = row * width; i < row * width + bearing; i++) {
      const near = neighbours[i];
      if (near < 0 || !embedded(near) || !others(near)) continue;
      sum += scores[near];
      number++;
    }
    if (number) made[row] = (1 - SHARE) * scores[row] + (SHARE * sum) / number;
  }
  return made;
}

const at = (values, rows) => Array.from(rows, (row) => values[row]);

// Rows of the highest scores among those `allowed`, best first, ties to the earlier row.
export function topRows(scores, count, allowed = () => true) {
  let rows = [];
  for (let row = 0; row < scores.length; row++) if (allowed(row)) rows.push(row);
  if (rows.length > count) {
    const least = Float32Array.from(rows, (row) => scores[row]).sort()[rows.length - count];
    rows = rows.filter((row) => scores[row] >= least);
  }
  return rows.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);
}

// Scores on a scale from 0 to 100.
export const relevance = (score) => 100 / (1 + Math.exp(Math.min(50, Math.max(-50, MIDDLE - score))));
