// Where the map looks: zooming never ends in an empty frame.

import assert from "node:assert/strict";
import test from "node:test";

import { Grid } from "../../../explorer/ui/components/map/grid.js";
import { View } from "../../../explorer/ui/components/map/view.js";

globalThis.window = { location: { pathname: "/" } };

function viewOf(places) {
  const view = new View(() => {});
  view.frame(new Grid(Float32Array.from(places.flat())), 1000, 600);
  Object.assign(view, view.fitted());
  return view;
}

test("the gap to the nearest paper is found near by, far off and outside of all", () => {
  const places = Array.from({ length: 400 }, (_, i) => [Math.sin(i * 12.9898) * 5, Math.cos(i * 78.233) * 3]), grid = new Grid(Float32Array.from([...places, [NaN, NaN]].flat()));
  for (const [x, y] of [[0, 0], [4.9, -2.9], [1.234, 2.1], [-40, 30], places[7]]) {
    const least = Math.min(...places.map((place) => Math.hypot(place[0] - x, place[1] - y)));
    assert.ok(Math.abs(grid.gap(x, y) - least) < 1e-5, `${x}, ${y}`);
  }
  assert.equal(new Grid(Float32Array.of(NaN, NaN)).gap(0, 0), Infinity);
});

test("zooming in stops while a paper is in view, zooms to a paper as far as before, and never zooms out by itself", () => {
  const places = [[0, 0], [10, 0], [10, 6], [0, 6], [5, 3]], view = viewOf(places), inView = () => places.filter((_, row) => view.shows(row)).length;
  for (let turn = 0; turn < 40; turn++) view.zoomAt(350, 250, 2);
  assert.ok(view.zoom > 1 && inView() > 0);
  const { zoom } = view, { x, y } = view.onScreen(4);
  view.zoomAt(100, 100, 1.5);
  assert.ok(view.zoom >= zoom);
  for (let turn = 0; turn < 40; turn++) view.zoomAt(view.onScreen(4).x, view.onScreen(4).y, 2);
  assert.equal(view.zoom, view.most);
  assert.ok(Math.hypot(view.onScreen(4).x - x, view.onScreen(4).y - y) < 400);
});
