// The scripts of a page without a server, each by itself; what they share with Python is compared in test_page.py.

import assert from "node:assert/strict";
import test from "node:test";

import { card } from "../../../explorer/export/site/page/entries.js";
import { Encoder, unit } from "../../../explorer/export/site/page/encoder.js";
import { Library } from "../../../explorer/export/site/page/library.js";
import { unpack } from "../../../explorer/export/site/page/pack.js";
import { Products } from "../../../explorer/export/site/page/products.js";
import { WordPieces, words } from "../../../explorer/export/site/page/wordpieces.js";

const BOX = { names: { particles: ["van", "der"], suffixes: [], surnames: ["li"] } };
const VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing", "##s", "un", "##play", "中", "-", "cafe"];

test("a word is cut into the longest pieces it has, and is unknown as a whole without them", () => {
  const pieces = new WordPieces(VOCABULARY), named = (text) => pieces.numbered(text).map((number) => VOCABULARY[number]);
  assert.deepEqual(named("Playing plays unplay"), ["[CLS]", "play", "##ing", "play", "##s", "un", "##play", "[SEP]"]);
  assert.deepEqual(named("playz"), ["[CLS]", "[UNK]", "[SEP]"]);
  assert.deepEqual(named("Café中-[MASK]"), ["[CLS]", "cafe", "中", "-", "[MASK]", "[SEP]"]);
});

test("a long text is cut where the model was made to stop", () => {
  const numbers = new WordPieces(VOCABULARY).numbered("play ".repeat(400));
  assert.equal(numbers.length, 256);
  assert.equal(VOCABULARY[numbers.at(-1)], "[SEP]");
});

test("control characters go, accents go, signs stand alone", () => {
  assert.deepEqual(words("Naï\u0000ve\u200b x²\tÉ—a"), ["naive", "x²", "e", "—", "a"]);
});

test("arrays come back wherever the bytes of the file begin", () => {
  const head = [{ name: "a", kind: "i1", start: 128, length: 2 }, { name: "b", kind: "json", start: 136, length: 5 }];
  const text = new TextEncoder().encode(JSON.stringify(head)), whole = new Uint8Array(3 + 144), file = whole.subarray(3);
  new DataView(whole.buffer, 3).setUint32(0, text.length, true);
  file.set(text, 4);
  file.set([1, 255], 128);
  file.set(new TextEncoder().encode('"abc"'), 136);
  const { a, b } = unpack(file);
  assert.deepEqual([...a], [1, -1]);
  assert.equal(b, "abc");
});

test("a unit vector has length one, and nothing stays nothing", () => {
  assert.deepEqual([...unit(Float64Array.of(3, 4))], [0.6, 0.8]);
  assert.deepEqual([...unit(Float64Array.of(0, 0))], [0, 0]);
});

test("vector instructions and plain JavaScript give the sums of products, for tokens that fill no block and again", () => {
  const products = new Products(), plain = new Products(true);
  assert.ok(products.made && !plain.made);
  for (const [tokens, rows, depth] of [[1, 2, 8], [4, 6, 16], [3, 4, 384], [32, 10, 48], [7, 2, 8]]) {
    const states = Float32Array.from({ length: tokens * depth }, (_, i) => Math.sin(i * 7 + depth));
    const weights = Int8Array.from({ length: rows * depth }, (_, i) => (i * 37) % 255 - 127);
    const { sums, place } = products.of(states, weights, rows);
    for (let first = 0; first < tokens; first += plain.atOnce) {
      const few = states.subarray(first * depth, (first + plain.atOnce) * depth), slow = plain.of(few, weights, rows);
      for (let t = 0; t * depth < few.length; t++) {
        for (let r = 0; r < rows; r++) {
          const wanted = few.subarray(t * depth, (t + 1) * depth).reduce((sum, value, i) => sum + value * weights[r * depth + i], 0);
          assert.ok(Math.abs(sums[place(first + t, r)] - wanted) < 0.01, `${[tokens, rows, depth, first + t, r]}`);
          assert.ok(Math.abs(slow.sums[slow.place(t, r)] - wanted) < 1e-6);
        }
      }
    }
  }
});

// One layer of width 4 whose matrices are nothing: what goes in is only normalised, which can be done by hand.
test("a layer of zeros leaves the norms of the embeddings, and tells how far it is", async () => {
  const flat = (length, value = 0) => new Float32Array(length).fill(value), none = (length) => new Int8Array(length);
  const model = { heads: [1], layers: [1], gain: flat(4, 1), shift: flat(4), words: Int8Array.of(0, 0, 0, 0, 2, -2, 2, -2), words_scales: flat(2, 0.5),
    places: none(16), places_scales: flat(4, 1) };
  for (const [name, rows, depth] of [["qkv", 12, 4], ["out", 4, 4], ["wide", 16, 4], ["narrow", 4, 16]]) {
    Object.assign(model, { [`0.${name}`]: none(rows * depth), [`0.${name}.scales`]: flat(rows, 1), [`0.${name}.bias`]: flat(rows) });
  }
  for (const name of ["out", "narrow"]) Object.assign(model, { [`0.${name}.gain`]: flat(4, 1), [`0.${name}.shift`]: flat(4) });
  const shares = [], vector = await new Encoder(model, async () => {}, new Products(true)).encode([1, 1, 1], (share) => shares.push(share));
  assert.ok([...vector].every((value, i) => Math.abs(value - (i % 2 ? -0.5 : 0.5)) < 1e-6));
  assert.equal(shares.at(-1), 1);
});

test("the references of a card end where they should, and lead to public places only", () => {
  const columns = { key: ["k"], title: ["Braces } and @article{x"], untitled: [], authors: ["Ada Lovelace\nOpenAI"], year: [1843], venues: ["Notes"],
    venue: [0], status: {}, doi: ["10.1000/182"], arxiv: [""], pmid: [""], url: [""] };
  const points = new Uint8Array(32), library = new Library({ points, levels: [], near: new Int32Array(0) }, columns, BOX);
  const { bibtex, links, sources, collections } = card(library, null, { row: 0, copies: [], level: null }, "");
  assert.match(bibtex, /^@article\{lovelace1843braces,\n {2}title = \{Braces {2}and @articlex\},\n {2}author = \{Ada Lovelace and \{OpenAI\}\},/);
  assert.equal(bibtex.split("{").length, bibtex.split("}").length);
  assert.deepEqual(links, { DOI: "https://doi.org/10.1000/182" });
  assert.deepEqual([sources, collections], ["", []]);
});

test("a topic that is not there has nearest ones by its words, one that is there has none", () => {
  const levels = [["robot navigation", "Robot arms", "peat bogs"], ["robots", "peat bogs"]].map((labels) => ({ topics: labels.map((label, id) => ({ id, label })) }));
  const library = new Library({ points: new Uint8Array(16), levels, near: new Int32Array(0) }, { key: [], title: [], untitled: [] }, BOX);
  assert.equal(library.nearestTopics("peat bogs"), null);
  assert.deepEqual(library.nearestTopics("visual navigation of a robot"), ["robot navigation", "Robot arms"]);
  assert.deepEqual(library.nearestTopics("quantum gravity"), []);
});

test("a name of an author may be written with initials, but a part of a word is none", () => {
  const columns = { key: ["a", "b"], title: ["", ""], untitled: [], authors: ["Noam Brown", "Xiaoming Li"], year: [0, 0], venues: [""], venue: [0, 0], status: {} };
  const library = new Library({ points: new Uint8Array(48), levels: [], near: new Int32Array(0) }, columns, BOX);
  assert.deepEqual(["Brown", "N. Brown", "Brown, Noam", "Noam", "Ming Li", "Nora Brown", "B"].map((name) => library.wrote(0, name)), [true, true, true, true, false, false, false]);
  assert.equal(library.wrote(1, "Ming Li"), false);
  const { people } = library;
  assert.ok(people.mayBe("Noam Brown") && people.mayBe("J. van der Berg") && !people.mayBe("deep learning") && !people.mayBe("GPT BERT"));
  assert.deepEqual(people.within("what Noam Brown wrote of poker"), ["Noam Brown"]);
});
