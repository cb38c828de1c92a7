// Names on the map: where they go beside each other, what they do while the view moves.

import assert from "node:assert/strict";
import test from "node:test";

import { Labels } from "../../../explorer/ui/components/map/labels.js";
import { arranged, shared } from "../../../explorer/ui/components/map/places.js";

const HIGH = 20;
// A pen that writes each letter as wide as half its size, and remembers what it wrote where.
class Pen {
  written = [];
  measureText(text) { return { width: (text.length * parseInt(this.font.split(" ")[1], 10)) / 2 }; }
  strokeText() {}
  fillText(text, x, y) { this.written.push({ text, x, y, font: this.font }); }
}
const look = (size, cost) => ({ weight: 700, size, font: "x", lines: 3, width: 400, colour: "", halo: "", cost });
const name = (text, x, y) => ({ id: text, text, x, y, looks: [look(HIGH, 0), look(HIGH, 0.2), look(12, 1)] });

function drawn(labels, names, drop = 0, scale = 1) {
  labels.begin(1000, 600);
  labels.context.written = [];
  labels.arrange(names, drop, scale);
  return new Map(labels.context.written.map((one) => [one.text, one]));
}

test("a name alone is at its place in its first look, and beside what lies there, near by", () => {
  const labels = new Labels(new Pen()), { x, y, font } = drawn(labels, [name("alone", 500, 300)]).get("alone");
  assert.deepEqual([x, Math.round(y), font], [500, 300, "700 20px x"]);
  labels.begin(1000, 600);
  labels.block(480, 290, 40, 20);
  labels.context.written = [];
  labels.arrange([name("alone", 500, 300)], 0, 1);
  const [{ x: aside, y: below }] = labels.context.written;
  assert.ok(Math.hypot(aside - 500, below - 300) > 10 && Math.hypot(aside - 500, below - 300) < 60);
});

test("names in one crowd share no pixel, and each is nearest to its own place", () => {
  const places = [[480, 290], [540, 300], [500, 330], [470, 320], [530, 345]], texts = ["alpha beta", "gamma delta", "epsilon", "zeta eta", "theta iota"];
  const names = texts.map((text, i) => name(text, ...places[i])), found = drawn(new Labels(new Pen()), names);
  const boxes = names.map(({ text }) => {
    const { x, y, font } = found.get(text), size = parseInt(font.split(" ")[1], 10), w = (text.length * size) / 2;
    return { x: x - w / 2, y: y - size / 2, w, h: size };
  });
  boxes.forEach((box, i) => boxes.slice(0, i).forEach((other) => assert.equal(shared(box, other), 0)));
  names.forEach(({ text, x, y }) => assert.ok(Math.hypot(found.get(text).x - x, found.get(text).y - y) < 80, text));
});

test("every name has a box, also where there is no room, and what costs least in the end is taken", () => {
  const box = (x, cost, small = 0) => ({ x, y: 0, w: 10, h: 10, cost, small });
  const of = (...boxes) => ({ ways: boxes, box: (way) => way });
  const [first, second] = arranged([of(box(0, 0), box(3, 1)), of(box(0, 0))], []);
  assert.deepEqual([first.x, second.x], [3, 0]);
  assert.ok(first.over > 0 && second.over > 0);
});

test("a name is smaller rather than cut", () => {
  const text = "several long words of which three lines are full at once", looks = [{ ...look(HIGH, 0), width: 150, lines: 3 }, { ...look(12, 1.2), width: 150, lines: 3 }];
  const found = drawn(new Labels(new Pen()), [{ id: 1, text, x: 500, y: 300, looks }]);
  assert.equal([...found.keys()].join(" "), text);
});

test("a name that only lies under tools is left out", () => {
  const labels = new Labels(new Pen());
  labels.begin(1000, 600);
  labels.block(0, 200, 600, 400);
  labels.arrange([name("far below the tools", 200, 580), name("at their edge", 560, 210)], 0, 1);
  assert.deepEqual(labels.context.written.map(({ text }) => text), ["at their edge"]);
});

test("few boxes are made where there is room", () => {
  const labels = new Labels(new Pen()), { box } = labels;
  let made = 0;
  labels.box = (...given) => { made += 1; return box.apply(labels, given); };
  drawn(labels, Array.from({ length: 12 }, (_, i) => name(`number ${i}`, 100 + 200 * (i % 4), 100 + 180 * Math.floor(i / 4))));
  assert.ok(made < 12 * 120, `${made}`);
});

test("with too little room a phone drops the least of the names", () => {
  const names = Array.from({ length: 12 }, (_, i) => name(`a long name of number ${i}`, 500 + i, 300)), found = drawn(new Labels(new Pen()), names, 40);
  assert.ok(found.size > 1 && found.size < 12);
  assert.ok(found.has(names[0].text));
});

test("while the view moves names stay beside their places, and find new ones once it rests", async () => {
  let rested = 0;
  const labels = new Labels(new Pen(), () => { rested += 1; }), at = (shift) => [name("left", 400 + shift, 300), name("right", 440 + shift, 300)];
  const before = drawn(labels, at(0)), off = (found, shift) => ["left", "right"].map((text) => [Math.round(found.get(text).x - shift), Math.round(found.get(text).y), found.get(text).font]);
  labels.begin(1000, 600);
  labels.block(520, 200, 60, 200);
  labels.context.written = [];
  labels.arrange(at(100), 0, 1);
  const moved = new Map(labels.context.written.map((one) => [one.text, one]));
  assert.deepEqual(off(moved, 100), off(before, 0));
  await new Promise((done) => setTimeout(done, 300));
  assert.equal(rested, 1);
  labels.begin(1000, 600);
  labels.block(520, 200, 60, 200);
  labels.context.written = [];
  labels.arrange(at(100), 0, 1);
  assert.notDeepEqual(off(new Map(labels.context.written.map((one) => [one.text, one])), 100), off(before, 0));
});

test("without anyone to draw anew, as in a picture, names are laid out at each call", () => {
  const labels = new Labels(new Pen());
  drawn(labels, [name("one", 500, 300)]);
  assert.equal(drawn(labels, [name("one", 700, 300)]).get("one").x, 700);
  assert.equal(labels.waiting, undefined);
});
