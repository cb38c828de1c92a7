"""The scripts that touch no page, each imported alone in Chromium: cells, labels, views, what waits to be confirmed."""

from __future__ import annotations

import math
import random

import pytest

from conftest import ROOT
from support.browser import NEEDED

pytestmark = NEEDED
COMPONENTS = ROOT / "explorer" / "ui" / "components"


@pytest.fixture(scope="module")
def blank(browser):
    """An empty page at an address of its own, which serves the scripts as they lie in the repository."""
    page = browser.new_page()

    def serve(route):
        path = COMPONENTS / route.request.url.partition("scripts.test/")[2]
        script = path.suffix == ".js"
        route.fulfill(
            body=path.read_text() if script else "<!doctype html>",
            content_type="text/javascript" if script else "text/html",
        )

    page.route("http://scripts.test/**", serve)
    page.goto("http://scripts.test/")
    yield page
    page.close()


def run(page, module, body, argument=None):
    """What the function `body` of (the names of `module`, argument) gives."""
    return page.evaluate(f"async ([path, given]) => ({body})(await import(path), given)", [f"/{module}", argument])


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


# ------------------------------------------------------------------------------------------------------- view.js

VIEW = """({ View }, given) => {
    const grid = { n: 3, xy: [0, 0, 10, 0, 10, 5], left: 0, right: 10, low: 0, high: 5, spacing: 1 };
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


# ------------------------------------------------------------------------------------------------------ ledger.js

LEDGER = """({ Ledger }) => {
    const sent = [], ledger = new Ledger(), paper = { id: "p", tags: ["old"], collections: [], note: "before" };
    const copy = (message) => ({ ...message, changes: message.changes.map((change) => ({ ...change })) });
    ledger.send = (kind, message) => sent.push(copy(message));
    return (%s)(ledger, sent, paper);
}"""
TAG = '{ id: "p", kind: "tag", name: "new", on: true }'


def test_a_change_shows_at_once_and_is_gone_when_it_is_confirmed(blank):
    shown, waiting, after = run(
        blank,
        "cards/ledger.js",
        LEDGER
        % f"""(ledger, sent, paper) => {{
            ledger.change({TAG});
            ledger.change({{ id: "p", kind: "tag", name: "old", on: false }});
            ledger.change({{ id: "p", kind: "note", name: "", text: "mine" }});
            const shown = [[...ledger.names(paper, "tag")], ledger.note(paper), ledger.saving(paper)];
            ledger.confirm(sent[0].number);
            const waiting = ledger.waiting.size;
            ledger.confirm(sent.at(-1).number);
            return [shown, waiting, [[...ledger.names(paper, "tag")], ledger.note(paper), ledger.saving(paper)]];
        }}""",
    )
    assert shown == [["new"], "mine", True]
    assert waiting == 3  # each message carries all that wait, so the first one's number confirms none of them
    assert after == [["old"], "before", False]


def test_numbers_of_messages_grow_and_each_carries_all_that_waits(blank):
    sent = run(
        blank,
        "cards/ledger.js",
        LEDGER
        % f"""(ledger, sent) => {{
            ledger.change({TAG});
            ledger.change({{ id: "q", kind: "collection", name: "liked", on: true }});
            ledger.tell({{ undo: true }});
            ledger.confirm(sent.at(-1).number);
            return sent;
        }}""",
    )
    numbers = [message["number"] for message in sent]
    assert numbers == sorted(set(numbers))
    assert [len(message["changes"]) for message in sent] == [1, 2, 2]
    assert sent[2]["undo"] is True


def test_a_message_that_is_lost_is_sent_anew_until_it_is_confirmed(blank):
    blank.clock.install()
    try:
        blank.evaluate(
            f"""async () => {{
                const {{ Ledger }} = await import("/cards/ledger.js");
                Object.assign(window, {{ ledger: new Ledger(), sent: [] }});
                ledger.send = (kind, message) => sent.push(message.number);
                ledger.change({TAG});
            }}"""
        )
        blank.clock.run_for(2400)
        assert blank.evaluate("sent.length") == 1
        blank.clock.run_for(200)
        assert blank.evaluate("sent.length") == 2
        blank.evaluate("ledger.confirm(sent.at(-1))")
        blank.clock.run_for(60_000)
        assert blank.evaluate("sent.length") == 2
        blank.evaluate(f"ledger.change({TAG})")
        blank.clock.run_for(600_000)
        assert blank.evaluate("sent.length") == 2 + 1 + 6  # it gives up after six tries
    finally:
        blank.reload()


def test_what_can_wait_goes_with_the_next_message_or_alone_after_a_lull(blank):
    blank.clock.install()
    blank.evaluate(
        """async () => {
            const { Ledger } = await import("/cards/ledger.js");
            Object.assign(window, { ledger: new Ledger(), sent: [] });
            ledger.send = (kind, message) => sent.push(message.changes.length);
            ledger.later({ id: "p", kind: "seen", name: "", on: true });
            ledger.later({ id: "q", kind: "seen", name: "", on: true });
        }"""
    )
    assert blank.evaluate("sent") == []
    blank.clock.run_for(4100)
    assert blank.evaluate("sent") == [2]
