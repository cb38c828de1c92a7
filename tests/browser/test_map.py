"""The map in a real Chromium: rings, height, wheel, papers in one place, the star, provisional places."""

import re

import pytest
from playwright.sync_api import expect

from support.browser import CHROMIUM, FLAGS
from support.pages import at_rest, card_of, click_dot, eventually, map_data, pixel, place_of, ring, search, tip


def test_the_map_is_drawn_without_webgl(playwright, address):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    assert map_data(page, "renderer") == "canvas2d"
    click_dot(page, 5)
    page.locator(".explorer-cards .chosen").wait_for()
    browser.close()


def test_a_card_under_the_pointer_is_ringed_on_the_map(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    at_rest(page)
    card = page.locator(".explorer-cards .results .card").nth(2)
    draws = "root => root.explorerMap.stats().draws"
    before = page.locator(".explorer-map").evaluate(draws)
    card.hover()
    wanted = place_of(page, int(card.evaluate("card => card.dataset.row")))
    place = eventually(lambda: ring(page, "listed"), lambda place: place == pytest.approx(wanted, abs=0.5))
    assert place == pytest.approx(wanted, abs=0.5)
    assert page.locator(".explorer-map").evaluate(draws) == before  # the ring costs no drawing
    page.mouse.move(5, 5)
    assert eventually(lambda: ring(page, "listed"), lambda place: place is None) is None
    # Rows that are not on the map, and messages without a row, are no error.
    for detail in ("{row: 99}", "{row: null}", "null"):
        page.evaluate(f"window.dispatchEvent(new CustomEvent('explorer:hover', {{detail: {detail}}}))")
        assert ring(page, "listed") is None


@pytest.mark.parametrize(("width", "height", "tall"), [(1400, 900, 840), (1400, 500, 440), (420, 800, 416)])
def test_the_map_is_as_high_as_the_window_allows(open_page, width, height, tall):
    page = open_page(viewport={"width": width, "height": height})
    assert page.locator(".explorer-map").bounding_box()["height"] == pytest.approx(tall, abs=1)
    if width > 640:
        page.set_viewport_size({"width": width, "height": height + 200})
        wanted = pytest.approx(height + 200 - 60, abs=1)
        the_map, dots = page.locator(".explorer-map"), page.locator(".explorer-map canvas.dots")
        grown = eventually(lambda: the_map.bounding_box()["height"], lambda tall: tall == wanted)
        assert grown == wanted
        tall = eventually(lambda: dots.evaluate("canvas => canvas.height"), lambda tall: abs(tall - grown) <= 3)
        assert tall == pytest.approx(grown, abs=3)


def test_the_wheel_zooms_until_the_end_and_then_belongs_to_the_page(open_page):
    page = open_page()
    wheel = """(stage, [delta, ctrl]) => !stage.dispatchEvent(new WheelEvent("wheel",
        {deltaY: delta, ctrlKey: ctrl, cancelable: true, clientX: 900, clientY: 400}))"""
    stage = page.locator(".explorer-map .stage")
    assert stage.evaluate(wheel, [240, False]) is True
    for _ in range(8):
        stage.evaluate(wheel, [240, False])
    expect(page.locator(".explorer-map")).to_have_attribute("data-view", re.compile(r",0\.5000$"))
    assert stage.evaluate(wheel, [240, False]) is False
    assert stage.evaluate(wheel, [240, True]) is True  # else the browser would zoom the page
    assert stage.evaluate(wheel, [-240, False]) is True


def test_papers_in_one_place_take_turns(browser, address):
    """Papers 0, 1 and 2 lie within two pixels of one another; each click at the spot selects the next."""
    import numpy as np

    def pile_up(route):
        body = bytearray(route.fetch().body())
        xy = np.frombuffer(body, "<f4", 24, offset=16).reshape(12, 2)  # header of four words, then the places
        xy[1:3] = xy[0] + [[0, 0], [np.ptp(xy) / 1000, 0]]
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.route("**/points?*", pile_up)
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    seen = []
    for _ in range(4):
        before, clicked = map_data(page, "selected"), page.evaluate("performance.now()")
        page.mouse.click(*place_of(page, 0))
        seen.append(eventually(lambda: map_data(page, "selected"), lambda row, before=before: row != before))
        page.wait_for_function("then => performance.now() > then + 400", arg=clicked)  # two quick clicks are a zoom
    page.close()
    assert sorted(seen[:3]) == ["0", "1", "2"]
    assert seen[3] == seen[0]


def test_labels_and_badges_leave_the_star_alone(browser, address):
    """The middle of the star keeps the theme's colour, though the first results lie under it."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    search(page, "playing Minecraft from videos")
    page.locator('.explorer-map [data-tool="fit"]').click()
    at_rest(page)
    found = page.locator(".explorer-map").evaluate(
        """root => {
            const canvas = root.querySelector("canvas.marks"), { width, height } = canvas;
            const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            const probe = document.createElement("canvas").getContext("2d");
            probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-primary-color");
            probe.fillRect(0, 0, 1, 1);
            const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
            let count = 0;
            for (let i = 0; i < pixels.length; i += 4)
                count += pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b && pixels[i + 3] === 255;
            return count / devicePixelRatio ** 2;
        }"""
    )
    page.close()
    assert found > 150  # a star of radius 17 less its outline and the dots of papers on it; badges would leave half


# ------------------------------------------------------------------------------------------------------- marks


@pytest.mark.parametrize("flags", [[], ["--disable-3d-apis"]], ids=["webgl2", "canvas2d"])
def test_a_provisional_place_is_drawn_as_a_ring(playwright, marked, flags):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(marked)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .card").first.wait_for()
    centres = {}
    for title in ("A newcomer", "Paper 5 about zeta"):
        row = int(card_of(page, title).get_attribute("data-row"))
        page.locator('.explorer-map [data-tool="fit"]').click()
        at_rest(page)
        page.mouse.move(*place_of(page, row))
        for _ in range(12):
            page.mouse.wheel(0, -240)
        page.mouse.move(5, 5)
        at_rest(page)
        centres[title] = pixel(page, *place_of(page, row))
    browser.close()
    assert min(centres["A newcomer"]) > 215  # nearly the white of the page
    assert min(centres["Paper 5 about zeta"]) < 160


def test_a_provisional_place_is_told(open_marked):
    page = open_marked()
    row = int(card_of(page, "A newcomer").get_attribute("data-row"))
    assert page.locator(".explorer-map .legend .provisional").is_visible()
    page.mouse.move(*place_of(page, row))
    for _ in range(8):  # nearer, until no other lies under the pointer
        page.mouse.wheel(0, -240)
    at_rest(page)
    page.mouse.move(*place_of(page, row))
    told = "A newcomer\n2077 · provisional place"
    assert eventually(lambda: tip(page), lambda text: text.startswith(told)).startswith(told)


def test_marks_are_drawn_without_drawing_the_dots_anew(open_page):
    page = open_page()
    at_rest(page)
    the_map = page.locator(".explorer-map")
    count = "root => [root.explorerMap.stats().draws, root.explorerMap.stats().dots]"
    box = the_map.bounding_box()
    x, y = box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"]
    the_map.locator('[data-tool="box"]').click()
    at_rest(page)
    draws, dots = the_map.evaluate(count)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)  # a box grows on top of the dots
    after = eventually(lambda: the_map.evaluate(count), lambda now: now[0] > draws)
    assert after[0] > draws
    assert after[1] == dots
    page.keyboard.press("Escape")
    page.mouse.up()
    the_map.locator('[data-tool="in"]').click()
    assert eventually(lambda: the_map.evaluate(count), lambda now: now[1] > dots)[1] > dots
