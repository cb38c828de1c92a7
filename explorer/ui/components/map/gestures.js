// What pointer, wheel and keys mean on the map: pan, zoom, point, choose, draw an area.
// It refuses to know what is drawn and what a choice leads to. Always true: a choice is told at once, waiting for no
// second click; a finger left over from a pinch does nothing; the wheel is the page's where the map is at its end.

import { clamp } from "./grid.js";
import { corner, step } from "./keyboard.js";
import { pick, pickNext } from "./pointing.js";
import { follow } from "./reader.js";

const REACH = { mouse: 12, touch: 20 }; // pixels from the pointer to the nearest point that still counts as pointed at
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

export function listen(map, stage) {
  const { view } = map, pointers = new Map();
  let gesture = null, lastTap = { time: -1e9 }, clearing = 0;
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const grip = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, span: apart(a, b) || 1 };
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !map.sheet) return;
    stage.setPointerCapture(event.pointerId);
    const p = place(event), touch = event.pointerType === "touch";
    pointers.set(event.pointerId, p);
    view.flight = null;
    map.focus = null;
    if (pointers.size === 2) { map.trail = null; gesture = { kind: "pinch", last: grip() }; return; }
    gesture = { kind: map.tool ?? (event.shiftKey ? "box" : "pan"), path: [p], last: p, moved: false, touch };
  });

  stage.addEventListener("pointermove", (event) => {
    const p = place(event);
    if (!gesture && event.pointerType !== "touch") map.point(map.tool ? null : pick(map, p, REACH.mouse));
    if (!gesture || !pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, p);
    const { kind, last, path } = gesture;
    if (kind === "pinch") {
      if (pointers.size < 2) return;
      gesture.last = grip();
      view.pan(gesture.last.x - last.x, gesture.last.y - last.y);
      view.zoomAt(gesture.last.x, gesture.last.y, gesture.last.span / last.span);
      return;
    }
    if (!gesture.moved && apart(p, path[0]) < (gesture.touch ? 9 : 4)) return;
    gesture.moved = true;
    map.point(null);
    stage.classList.toggle("drag", kind === "pan");
    if (kind === "pan") view.pan(p.x - last.x, p.y - last.y);
    else if (kind === "box") gesture.path = [path[0], { x: p.x, y: path[0].y }, p, { x: path[0].x, y: p.y }];
    else if (apart(p, path.at(-1)) >= 3) path.push(p);
    if (kind !== "pan") map.draft(gesture.path.map((q) => view.onMap(q.x, q.y)));
    gesture.last = p;
  });

  function lift(event) {
    if (!pointers.delete(event.pointerId)) return;
    stage.classList.remove("drag");
    if (pointers.size) return; // one finger of a pinch is still down; it must not start to pan
    const { kind, moved, path, last, touch } = gesture ?? {}, cancelled = event.type === "pointercancel";
    gesture = null;
    const drawn = kind === "box" ? Math.min(Math.abs(last.x - path[0].x), Math.abs(last.y - path[0].y)) > 3
      : kind === "lasso" && path.length > 4;
    if (!moved && !cancelled && kind !== "pinch" && !map.tool) tap(place(event), event.timeStamp, touch);
    else if (drawn && !cancelled) map.sendArea();
    else if (kind === "box" || kind === "lasso") map.draft(null);
  }
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointerleave", () => { if (!gesture) map.point(null); });

  function tap(p, time, touch) {
    const twice = time - lastTap.time < 320 && apart(p, lastTap) < 24;
    clearTimeout(clearing);
    lastTap = twice ? { time: -1e9 } : { time, ...p };
    if (twice) { view.zoomAt(p.x, p.y, 2, "fly"); return; }
    const row = pickNext(map, p, touch ? REACH.touch : REACH.mouse);
    if (touch) map.point(row);
    // Into empty space: wait whether a second click makes it a zoom, which should not clear anything.
    if (row === null) clearing = setTimeout(() => map.choose(null), 330);
    else map.choose(row);
  }

  stage.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && view.farthest && !event.ctrlKey) return; // with Ctrl it would zoom the page instead
    event.preventDefault();
    const p = place(event), amount = clamp(event.deltaY * (event.deltaMode ? 24 : 1), -240, 240);
    view.zoomAt(p.x, p.y, Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.0016)), "glide");
    map.point(null);
  }, { passive: false });

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !view.grid?.n) return;
    const arrow = ARROWS[event.key], tool = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
    const enter = event.key === "Enter" || event.key === " ";
    if (!map.tool) map.corners = null;
    if (map.tool && (arrow || enter)) corner(map, arrow ?? null, event.shiftKey);
    else if (arrow && event.shiftKey) view.pan(-80 * arrow[0], 80 * arrow[1], "fly");
    else if (arrow) step(map, ...arrow);
    else if (tool) map.press(tool);
    else if (event.key === "Escape") map.escape();
    else if (!enter) return;
    else if (map.focus !== null) map.choose(map.focus);
    event.preventDefault();
    event.stopPropagation();
  });
  follow(map);
  stage.addEventListener("blur", () => { map.focus = null; map.showPointed(); });
}
