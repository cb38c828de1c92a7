"""The scripts that touch no page, each imported alone in Chromium: cells, labels, views, a pen for SVG."""

from __future__ import annotations

import math
import random

import pytest

from support.browser import NEEDED
from support.pages import run

pytestmark = NEEDED


# ------------------------------------------------------------------------------------------------------- grid.js


@pytest.mark.parametrize("count", [0, 1, 2, 7, 500])
def test_near_rows_are_those_of_brute_force_nearest_first(blank, count):
    chance = random.Random(count)
    points = [(chance.uniform(-3, 9), chance.uniform(-1, 1)) for _ in range(count)]
    points[count // 2 :] = points[count // 2 :] + points[:2] if count > 2 else points[count // 2 :]  # two in one place
    flat = [value for point in points for value in point]
    reach = 0.7
    found = run(
        blank,
        "map/grid.js",
        """({ Grid }, { flat, places, reach }) => {
            const grid = new Grid(new Float64Array(flat));
            return places.map(([x, y]) => grid.near(x, y, reach, (row) => row % 3 !== 1));
        }""",
        {"flat": flat, "places": [[0, 0], [3, 0.5], [-3, -1], [20, 20]], "reach": reach},
    )
    for (x, y), rows in zip([(0, 0), (3, 0.5), (-3, -1), (20, 20)], found, strict=True):
        gaps = {row: math.hypot(px - x, py - y) for row, (px, py) in enumerate(points) if row % 3 != 1}
        assert rows == sorted((row for row, gap in gaps.items() if gap <= reach), key=lambda row: (gaps[row], row))


def test_every_row_of_a_rectangle_is_visited_once_and_visiting_can_end(blank):
    flat = [value for n in range(400) for value in (n % 20, n // 20)]
    seen, few = run(
        blank,
        "map/grid.js",
        """({ Grid }, flat) => {
            const grid = new Grid(new Float32Array(flat)), seen = [], few = [];
            grid.visit(4.5, 2.5, 8, 6, (row) => { seen.push(row); });
            grid.visit(-99, -99, 99, 99, (row) => few.push(row) === 3);
            return [seen, few];
        }""",
        flat,
    )
    assert sorted(seen) == [20 * y + x for y in range(3, 7) for x in range(5, 9)]
    assert len(few) == 3


def test_points_in_one_place_or_one_line_have_cells_of_some_size(blank):
    cells = run(
        blank,
        "map/grid.js",
        """({ Grid }) => [[], [1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 5, 0, 9, 0]].map((flat) => {
            const grid = new Grid(new Float32Array(flat));
            return [grid.n, grid.cell > 0, grid.spacing > 0, grid.near(1, 1, 1, () => true)];
        })""",
    )
    assert cells == [[0, True, True, []], [1, True, True, [0]], [3, True, True, [0, 1, 2]], [3, True, True, []]]


def test_strays_are_drawn_at_the_rim_and_an_area_around_them_reaches_them(blank):
    chance = random.Random(5)
    flat = [value for _ in range(2000) for value in (chance.uniform(0, 1), chance.uniform(0, 1))] + [40.0, 0.5]
    right, stray, plain, corners = run(
        blank,
        "map/grid.js",
        """({ Grid }, flat) => {
            const grid = new Grid(new Float32Array(flat));
            return [grid.right, grid.xy[4000], grid.xy[0], [grid.outward([1.2, 0.4]), grid.outward([0.5, 0.4])]];
        }""",
        flat,
    )
    assert 1 < right < 1.1
    assert stray == right
    assert plain == pytest.approx(flat[0])
    assert corners[0][0] > 40
    assert corners[1] == [0.5, 0.4]


# ------------------------------------------------------------------------------------------------------- view.js

VIEW = """({ View }, given) => {
    const grid = { n: 3, placed: 3, xy: [0, 0, 10, 0, 10, 5], left: 0, right: 10, low: 0, high: 5, spacing: 1,
        gap: () => 0 };
    const view = new View(() => {});
    view.frame(grid, 1000, 500);
    Object.assign(view, view.fitted());
    return (%s)(view, given);
}"""


def test_what_is_under_a_pixel_stays_there_while_zooming(blank):
    before, after, zoom = run(
        blank,
        "map/view.js",
        VIEW % "(view) => { const a = view.onMap(700, 120); view.zoomAt(700, 120, 3); "
        "return [a, view.onMap(700, 120), view.zoom]; }",
    )
    assert after == pytest.approx(before)
    assert zoom == pytest.approx(3)


def test_screen_and_map_are_each_the_others_inverse_and_y_goes_up(blank):
    back, bottom, top = run(
        blank,
        "map/view.js",
        VIEW % "(view) => { const p = view.project(3, 4); "
        "return [view.onMap(p.x, p.y), view.project(0, 0).y, view.project(0, 5).y]; }",
    )
    assert back == pytest.approx([3, 4])
    assert top < bottom


def test_the_first_view_shows_all_points_and_none_can_be_left_behind(blank):
    shown, place, farthest = run(
        blank,
        "map/view.js",
        VIEW % "(view) => { const shown = [0, 1, 2].map((row) => view.shows(row)); "
        "view.look({ x: 1e9, y: -1e9, zoom: 1e-9 }); return [shown, view.place, view.farthest]; }",
    )
    assert shown == [True, True, True]
    assert place == {"x": 10, "y": 0, "zoom": 0.5}
    assert farthest is True


def test_what_a_panel_covers_is_left_out_of_the_view(blank):
    left, right, middle = run(
        blank,
        "map/view.js",
        VIEW % "(view) => { view.frame(view.grid, 1000, 500, 400); Object.assign(view, view.fitted()); "
        "return [view.project(0, 0).x, view.project(10, 0).x, view.project(5, 2.5).x]; }",
    )
    assert left >= 400
    assert right <= 1000
    assert middle == 700


def test_the_wheel_glides_and_keeps_what_is_under_the_pointer(blank):
    gaps, zoom, farthest = run(
        blank,
        "map/view.js",
        VIEW
        % """(view) => {
            const at = view.onMap(620, 200), gaps = [];
            view.zoomAt(620, 200, 2, "glide");
            view.zoomAt(620, 200, 2, "glide");
            const { start } = view.flight;
            for (let time = 0; time <= 400; time += 20) {
                view.advance(start + time);
                const p = view.project(...at);
                gaps.push(Math.hypot(p.x - 620, p.y - 200));
            }
            const zoom = view.zoom;
            view.zoomAt(620, 200, 1e-6, "glide");
            return [gaps, zoom, view.farthest];
        }""",
    )
    assert max(gaps) < 1e-6
    assert zoom == pytest.approx(4)  # both turns count, though the second came before the first was done
    assert farthest is True  # where it will be, so that the next turn belongs to the page


def test_a_long_flight_draws_back_and_ends_where_it_should(blank):
    least, place, longer = run(
        blank,
        "map/view.js",
        VIEW
        % """(view) => {
            view.look({ x: 0, y: 0, zoom: 20 });
            view.fly({ x: 10, y: 5, zoom: 20 });
            const { start, time } = view.flight, zooms = [];
            for (let t = 0; t < 1; t += 0.05) { view.advance(start + t * time); zooms.push(view.zoom); }
            view.advance(start + time);
            const place = view.place;
            view.fly({ x: 9.9, y: 5, zoom: 20 });
            return [Math.min(...zooms), place, time > view.flight.time];
        }""",
    )
    assert least < 5
    assert place == pytest.approx({"x": 10, "y": 5, "zoom": 20})
    assert longer is True


@pytest.mark.parametrize(
    ("fragment", "place"),
    [
        ("#map=1.5,-2.25,3.0", {"x": 1.5, "y": -2.25, "zoom": 3}),
        ("#map=1,2,0", None),
        ("#map=1,2", None),
        ("#map=1..2,2,3", None),
        ("#other", None),
        ("", None),
    ],
)
def test_a_view_in_the_address_is_read_or_is_none(blank, fragment, place):
    found = run(
        blank,
        "map/view.js",
        """({ readAddress }, hash) => {
            history.replaceState(null, "", location.pathname + hash);
            const found = readAddress();
            history.replaceState(null, "", location.pathname);
            return found;
        }""",
        fragment,
    )
    assert found == place


# ------------------------------------------------------------------------------------------------------ labels.js

# A pen that writes every character ten pixels wide, and remembers what it wrote.
PEN = """class { measureText(text) { return { width: 10 * text.length }; } written = []; strokeText() {}
    fillText(text, x, y) { this.written.push(text); } }"""
LOOK = "{ weight: 400, size: 10, font: 'serif', colour: '#000', halo: '#fff', width: 100, lines: 2 }"


def labels(page, body):
    return run(
        page,
        "map/labels.js",
        f"""({{ Labels }}) => {{
            const pen = new ({PEN})(), labels = new Labels(pen), look = {LOOK};
            labels.begin(400, 200);
            ({body})(labels, look);
            return pen.written;
        }}""",
    )


def test_text_is_broken_into_lines_and_what_does_not_fit_is_told(blank):
    spot = "[{ x: 200, y: 100, ax: 0.5, ay: 0.5 }]"
    assert labels(blank, f"(labels, look) => labels.place('a', 'nine char words', look, {spot})") == [
        "nine char",
        "words",
    ]
    long = labels(blank, f"(labels, look) => labels.place('b', 'one two three four five six', look, {spot})")
    assert len(long) == 2
    assert long[1].endswith("…")


def test_no_label_is_written_over_another_unless_it_must(blank):
    spots = "[{ x: 200, y: 100, ax: 0.5, ay: 0.5 }]"
    both = "(labels, look) => { labels.place('a', 'first', look, %s); labels.place('b', 'second', look, %s%s); }"
    assert labels(blank, both % (spots, spots, "")) == ["first"]
    assert labels(blank, both % (spots, spots, ", { must: true }")) == ["first", "second"]
    elsewhere = "[{ x: 200, y: 100, ax: 0.5, ay: 0.5 }, { x: 200, y: 150, ax: 0.5, ay: 0.5 }]"
    assert labels(blank, both % (spots, elsewhere, "")) == ["first", "second"]


def test_a_label_outside_is_left_out_or_slides_in(blank):
    edge = "[{ x: 399, y: 100, ax: 0.5, ay: 0.5 }]"
    assert labels(blank, f"(labels, look) => labels.place('a', 'title', look, {edge})") == []
    assert labels(blank, f"(labels, look) => labels.place('a', 'title', look, {edge}, {{ slide: true }})") == ["title"]
    blocked = (
        f"(labels, look) => {{ labels.blockDisc({{ x: 380, y: 100 }}, 30); labels.place('a', 't', look, {edge}); }}"
    )
    assert labels(blank, blocked) == []


# --------------------------------------------------------------------------------------------------------- pen.js


def test_a_pen_for_svg_escapes_texts_and_writes_colours_that_every_program_reads(blank):
    text = run(
        blank,
        "map/pen.js",
        """({ SvgPen }) => {
            const pen = new SvgPen();
            pen.setTransform(2, 0, 0, 2, 0, 0);
            Object.assign(pen, { fillStyle: "rgb(255 0 16 / 0.5)",
                font: '650 14px "A & B", serif', textAlign: "center" });
            pen.fillText('a <b> & "c"', 10, 20);
            pen.beginPath(); pen.arc(5, 5, 3, 0, 7); pen.fill();
            const parsed = new DOMParser().parseFromString(pen.document(100, 50, "<t>"), "image/svg+xml");
            const text = parsed.querySelector("text");
            return [parsed.querySelector("parsererror") === null, text.textContent, text.getAttribute("fill"),
                text.getAttribute("fill-opacity"), text.getAttribute("x"), text.getAttribute("font-size"),
                text.getAttribute("text-anchor"), parsed.querySelector("title").textContent,
                parsed.querySelector("path").getAttribute("d").startsWith("M4 10A6 6")];
        }""",
    )
    assert text == [True, 'a <b> & "c"', "#ff0010", "0.5", "20", "28", "middle", "<t>", True]


def test_a_lit_topic_is_drawn_last_and_the_rest_is_faint(blank):
    lit = run(
        blank, "map/colour.js",
        """({ litUp }) => {
            const codes = Uint8Array.of(2, 3, 2, 0, 5), order = Uint32Array.of(4, 3, 2, 1, 0);
            const colours = { codes, palette: new Uint8Array(4), order };
            const lit = litUp(colours, Uint16Array.of(7, 8, 7, 7, 65535), 7);
            return [[...lit.codes], [...lit.order], [...codes]];
        }""",
    )  # fmt: skip
    assert lit == [[2, 0, 2, 0, 0], [4, 1, 3, 2, 0], [2, 3, 2, 0, 5]]


def test_topics_side_by_side_have_colours_that_differ_for_everyone(blank):
    """On a board of 6 by 5 topics no two neighbours have colours that somebody without one kind of cones confuses."""
    topics = [{"id": n, "x": n % 6 / 3, "y": n // 6 / 3, "size": 90 - n} for n in range(30)]
    hues, gaps = run(
        blank,
        "map/colour.js",
        """async ({ spreadHues, readTheme }, topics) => {
            const { apart } = await import(new URL("vision.js", new URL("map/", location.href)).href);
            const root = document.body.appendChild(document.createElement("div")), hues = spreadHues(topics);
            const pen = document.createElement("canvas").getContext("2d");
            const looks = ["#ffffff", "#111111"].map((back) => {
                root.style.setProperty("--st-background-color", back);
                return readTheme(root, pen).hues;
            });
            const gaps = topics.flatMap((one) => topics.filter((two) => one.id < two.id
                && Math.hypot(one.x - two.x, one.y - two.y) < 0.35).map((two) => Math.min(...looks.map(
                (colours) => apart(colours[hues.get(one.id)], colours[hues.get(two.id)])))));
            return [[...hues], gaps];
        }""",
        topics,
    )
    assert len(hues) == 30
    assert len({hue for _, hue in hues}) > 8
    assert min(gaps) > 0.06


def test_colours_stay_where_papers_come_that_the_map_was_not_drawn_from(blank):
    before = [{"id": n, "x": n % 4 / 2, "y": n // 4 / 2, "size": 50 + n, "drawn": 50 + n} for n in range(12)]
    after = [topic | {"size": 400 - 30 * topic["id"]} for topic in before]
    script = "({ spreadHues }, topics) => [...spreadHues(topics)]"
    assert run(blank, "map/colour.js", script, before) == run(blank, "map/colour.js", script, after)


def test_the_browser_spreads_colours_as_the_library_does_and_takes_those_that_there_are(blank):
    """Maps of earlier versions come without colours, and keep what the browser gave them when they are drawn anew."""
    import numpy as np

    from explorer.map.hues import coloured
    from explorer.map.peaks import peak
    from explorer.map.topics import Level, Topics

    chance = np.random.default_rng(4)
    for count in (4, 9, 15, 40):
        assignment = chance.permutation(np.repeat(np.arange(count), chance.integers(5, 60, count))).astype(np.int32)
        places = (
            chance.uniform(-1, 1, (count, 2))[assignment] + 0.1 * chance.normal(size=(len(assignment), 2))
        ).astype(np.float32)
        level = Level(tuple(map(str, range(count))), assignment, ())
        hues = coloured(Topics((level,)), places, np.ones(len(places), bool)).levels[0].hues
        topics = []
        for n in range(count):
            x, y = peak(places[assignment == n])
            topics.append({"id": n, "x": x, "y": y, "size": int((assignment == n).sum())})
        script = "({ spreadHues }, topics) => [...spreadHues(topics)]"
        assert dict(run(blank, "map/colour.js", script, topics)) == dict(enumerate(hues))
        fixed = [topic | {"hue": 3} for topic in topics]
        assert {hue for _, hue in run(blank, "map/colour.js", script, fixed)} == {3}


def test_black_and_white_are_one_apart_and_red_and_green_closer_without_a_cone(blank):
    same, most, red_green = run(
        blank,
        "map/vision.js",
        """({ apart }) => [[[9, 99, 200], [9, 99, 200]], [[0, 0, 0], [255, 255, 255]],
            [[190, 90, 0], [110, 115, 0]]].map(
            ([a, b]) => apart(a, b))""",
    )
    assert same == 0
    assert most == pytest.approx(1, abs=0.01)
    assert red_green < 0.06
