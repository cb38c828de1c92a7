"""The map by keys alone in a real Chromium: every action of it, and its papers as a list in step with it."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

from support import node
from support.browser import NEEDED
from support.pages import at_rest, eventually, map_data, place_of, ring, run

pytestmark = NEEDED
KEYBOARD = "../../../ui/components/map/keyboard.js"


@pytest.fixture
def page(open_marked):
    """The map at rest, with the focus on it."""
    page = open_marked(reduced_motion="reduce")
    at_rest(page)
    page.locator(".explorer-map .stage").focus()
    return page


def view(page):
    """Centre and zoom."""
    at_rest(page)
    return [float(value) for value in map_data(page, "view").split(",")]


def listed(page):
    return page.locator(".explorer-map .reader li").evaluate_all("all => all.map((one) => Number(one.dataset.row))")


def test_an_arrow_leads_to_a_paper_in_its_direction_and_enter_selects_it(page):
    live = page.locator(".explorer-map .live")
    page.keyboard.press("ArrowRight")
    assert eventually(live.inner_text, bool)
    here = eventually(lambda: ring(page, "focused"), bool)
    for key, way in {"ArrowRight": (1, 0), "ArrowDown": (0, 1), "ArrowLeft": (-1, 0), "ArrowUp": (0, -1)}.items():
        before = here
        said = live.inner_text()
        page.keyboard.press(key)
        here = eventually(lambda: ring(page, "focused"), bool)
        if here == before:
            continue  # nothing lies in that direction
        dx, dy = here[0] - before[0], here[1] - before[1]
        ahead, aside = dx * way[0] + dy * way[1], abs(dx * way[1]) + abs(dy * way[0])
        assert ahead > 0 and aside <= 2 * ahead + 1
        assert eventually(live.inner_text, lambda text, said=said: text != said)
    page.keyboard.press("Enter")
    page.locator(".explorer-cards .chosen").wait_for()
    selected = int(eventually(lambda: map_data(page, "selected"), bool))
    assert math.dist(place_of(page, selected), here) < 3
    page.locator(".explorer-map .stage").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".explorer-cards .chosen")).to_have_count(0)


def test_signs_zoom_and_arrows_with_shift_move_the_view(page):
    home = view(page)
    page.keyboard.press("+")
    near = view(page)
    assert near[2] == pytest.approx(1.6 * home[2], rel=0.01)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    moved = view(page)
    assert moved[0] > near[0] and moved[1] > near[1] and moved[2] == near[2]
    page.keyboard.press("-")
    assert view(page)[2] == pytest.approx(home[2], rel=0.01)
    page.keyboard.press("0")
    assert view(page) == pytest.approx(home, abs=1e-3)


@pytest.mark.parametrize("tool", ["box", "lasso"])
def test_an_area_is_drawn_by_two_corners(page, tool):
    page.locator(f".explorer-map [data-tool={tool}]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-map .stage")).to_be_focused()
    live = page.locator(".explorer-map .live")
    expect(live).to_contain_text("Enter sets it")
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # of no size yet: nothing is taken
    for _ in range(24):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    expect(live).to_have_text("41 papers")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.get_by_text("papers in the area").first.wait_for()
    expect(page.locator(f".explorer-map [data-tool={tool}]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    page.get_by_text("41 papers, by topic").first.wait_for()


def test_escape_ends_drawing_and_no_corner_stays(page):
    page.locator(".explorer-map [data-tool=box]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".explorer-map [data-tool=box]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("ArrowRight")  # again from paper to paper
    assert eventually(lambda: ring(page, "focused"), bool)


def test_the_list_for_screen_readers_is_in_step_with_the_map(page):
    rows = eventually(lambda: listed(page), lambda rows: len(rows) == 20)
    centre = run_centre(page)
    away = [math.dist(place_of(page, row), centre) for row in rows]
    assert away == pytest.approx(sorted(away), abs=0.5)
    page.keyboard.press("Tab")  # from the map into its list
    first = page.locator(".explorer-map .reader li").first
    expect(first).to_be_focused()
    expect(first).not_to_have_text("…")
    assert ring(page, "focused") == pytest.approx(place_of(page, rows[0]), abs=2)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".explorer-map .reader li").nth(1)).to_be_focused()
    assert ring(page, "focused") == pytest.approx(place_of(page, rows[1]), abs=2)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".explorer-map .reader li").last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.explorer-map[data-selected="{rows[0]}"]')
    page.locator(".explorer-map .stage").focus()
    for _ in range(4):
        page.keyboard.press("+")
    at_rest(page)
    closer = eventually(lambda: listed(page), lambda now: now and now != rows)
    assert closer != rows


def run_centre(page):
    """The middle of the map that the panel leaves free, in the page's pixels."""
    return page.locator(".explorer-map").evaluate(
        """root => {
            const box = root.getBoundingClientRect(), aside = parseFloat(getComputedStyle(root).paddingLeft);
            const foot = root.querySelector('.timeline');
            const below = foot.hidden ? 0 : box.bottom - foot.getBoundingClientRect().top + 8;
            return [box.x + aside + (box.width - aside) / 2, box.y + (box.height - below) / 2];
        }"""
    )


def test_every_tool_is_reached_by_tab_and_pressed_by_enter(page):
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                if (!at?.closest?.('.explorer-map')) return null;
                return at.dataset.tool ?? at.ariaLabel ?? at.className ?? at.tagName;
            }"""
        )
        if name is None and reached:
            break
        reached.append(name)
    wanted = {"in", "out", "fit", "lasso", "box", "picture", "Hide the panel", "Play the years", "First year shown"}
    assert wanted <= set(reached)
    home = view(page)
    page.locator(".explorer-map [data-tool=in]").focus()
    page.keyboard.press("Enter")
    assert view(page)[2] > home[2]
    page.locator(".explorer-map [data-tool=fit]").focus()
    page.keyboard.press("Enter")
    assert view(page)[2] == pytest.approx(home[2])
    page.locator(".explorer-map [data-tool=picture]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-map .picture select").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".explorer-map [data-tool=picture]")).to_be_focused()
    page.locator(".explorer-map .fold").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-cards h2")).to_be_hidden()
    page.locator(".explorer-map .stage").focus()
    page.keyboard.press("j")  # to a card, which brings the panel back
    expect(page.locator(".explorer-cards h2")).to_be_visible()


def test_of_many_rows_the_nearest_are_listed_and_results_come_first(blank):
    listed, nearest = run(
        blank,
        "map/reader.js",
        """({ rowsInView }) => {
            const n = 3000, xy = new Float64Array(2 * n);
            let seed = 7;
            const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
            for (let i = 0; i < 2 * n; i++) xy[i] = chance() * 2 - 1;
            const view = { aside: 0, w: 2, tall: 2, x: 0, y: 0, onMap: (px, py) => [px - 1, 1 - py], shows: () => true,
                grid: { xy, visit: (x0, y0, x1, y1, see) => { for (let row = 0; row < n; row++) see(row); } } };
            const allowed = (row) => row % 3 !== 0, away = (row) => Math.hypot(xy[2 * row], xy[2 * row + 1]);
            const order = [...Array(n).keys()].filter(allowed).sort((a, b) => away(a) - away(b));
            return [rowsInView({ view, results: [5, 6, 7], allowed }, 20), order.slice(0, 30)];
        }""",
    )
    assert listed[:2] == [5, 7]  # 6 is not allowed
    assert listed[2:] == [row for row in nearest if row not in (5, 7)][:18]


MAP = """
    const live = { textContent: "" }, xy = given.flat(), sent = [];
    const visit = (x0, y0, x1, y1, see) => given.forEach(([x, y], row) => {
        if (x >= x0 && x <= x1 && y >= y0 && y <= y1) see(row);
    });
    const view = { w: 1000, tall: 500, aside: 100, middle: { x: 550, y: 250 }, shows: () => true,
        grid: { xy, n: given.length, visit }, onMap: (px, py) => [px, -py],
        onScreen: (row) => ({ x: given[row][0], y: -given[row][1] }) };
    const points = { flags: [], trust: [] }, paper = (row) => ({ title: `paper ${row}` });
    const sheet = { paper, points, doubt: () => "", trust: {} };
    const map = { view, sheet, focus: null, selected: 0, discs: [], radius: 1, corners: null, flags: null,
        allowed: (row) => row !== 3, showPointed: () => {}, draft: (box) => { map.trail = box; },
        sendArea: () => sent.push(map.trail), frame: { $: () => live } };
"""


@node.NEEDED
def test_a_step_takes_what_is_near_and_straight_ahead(tmp_path):
    places = [[0, 0], [10, 1], [4, 3.5], [2, 0], [-5, 0], [0, 7]]  # the fourth is not allowed
    expression = f"""{{ {MAP}
        const ways = [[1, 0], [-1, 0], [0, 1], [0, -1]];
        return ways.map((way) => {{ map.focus = 0; step(map, ...way); return [map.focus, live.textContent]; }});
    }}"""
    made = node.evaluated({KEYBOARD: "step"}, expression, tmp_path, given=places)
    assert [row for row, _ in made] == [1, 4, 5, 0]  # nothing lies below
    assert made[0][1].startswith("paper 1")


@node.NEEDED
def test_two_corners_make_an_area_inside_of_what_the_panel_leaves_free(tmp_path):
    expression = f"""{{ {MAP}
        map.selected = null;
        for (let i = 0; i < 60; i++) corner(map, [-1, 1], true);
        const first = map.trail[2];
        corner(map, null);
        corner(map, null); // of no size yet
        const none = sent.length;
        for (let i = 0; i < 60; i++) corner(map, [1, -1], true);
        const counted = live.textContent;
        corner(map, null);
        return [first, none, counted, sent, map.corners];
    }}"""
    places = [[200, -100], [900, -400], [50, -50], [300, -300]]
    first, none, counted, sent, corners = node.evaluated({KEYBOARD: "corner"}, expression, tmp_path, given=places)
    assert first == [105, -5]  # the mark of a single corner, in the upper left
    assert none == 0
    assert counted == "2 papers"  # one lies under the panel, one is not allowed
    assert sent == [[[100, 0], [1000, 0], [1000, -500], [100, -500]]]
    assert corners is None
