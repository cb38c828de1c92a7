"""The map in the window of a real Chromium: its free part, the panel that folds, Back, rings, nothing jumps."""

import pytest
from playwright.sync_api import expect

from support.browser import NEEDED
from support.pages import at_rest, beside_the_panel, eventually, map_data, search

pytestmark = NEEDED

SHIFT = """() => { window.shift = 0; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: "layout-shift" }); }"""


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1024, 768), (1920, 1080)])
def test_the_panel_leaves_most_of_the_window_to_the_map_and_folds_away(open_page, width, height):
    page = open_page(viewport={"width": width, "height": height})
    free = beside_the_panel(page)
    assert free["width"] * free["height"] >= 0.5 * width * height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Hide the panel").click()
    whole = eventually(lambda: beside_the_panel(page), lambda box: box["width"] > width - 30)
    assert whole["width"] > width - 30
    expect(page.locator(".explorer-cards h2")).to_be_hidden()
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.get_by_role("button", name="Show the panel").click()
    expect(page.locator(".explorer-cards h2")).to_be_visible()


def test_back_brings_the_view_of_the_map_back(open_page):
    page = open_page()
    free = beside_the_panel(page)
    page.mouse.move(free["x"] + free["width"] / 2, free["y"] + 200)
    page.mouse.wheel(0, -300)
    at_rest(page)
    view = map_data(page, "view")
    page.wait_for_function("view => location.hash.endsWith(`,${view.split(',')[2]}`)", arg=view)
    search(page, "poker")
    assert eventually(lambda: map_data(page, "view"), lambda now: now != view) != view
    at_rest(page)
    page.wait_for_function("zoom => location.hash.endsWith(`,${zoom}`)", arg=map_data(page, "view").split(",")[2])
    page.go_back()
    assert eventually(lambda: map_data(page, "view"), lambda now: now == view) == view


def test_what_a_filter_leaves_is_ringed_and_shown(open_page):
    page = open_page("/?author=Sokota")
    expect(page.locator(".explorer-map")).to_have_attribute("data-ringed", "3")
    at_rest(page)
    view = map_data(page, "view")
    page.get_by_role("button", name="Fit all papers").click()
    at_rest(page)
    assert map_data(page, "view") != view


def test_nothing_jumps_when_a_question_is_asked(open_page):
    page = open_page()
    page.wait_for_timeout(500)  # the fonts
    page.evaluate(SHIFT)
    search(page, "hidden information in card games")
    at_rest(page)
    assert page.evaluate("window.shift") <= 0.01
