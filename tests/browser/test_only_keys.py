"""What is pressed, chosen, brushed and compared on the map and in lists is reached by Tab and done by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from conftest import ROOT
from support.browser import NEEDED
from support.pages import at_rest, eventually, map_data, zoom_to_a_topic

pytestmark = NEEDED

_AT = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at;
}"""
# What could be pressed on the map, each by its words; a list of papers and what Tab passes over by design are left out.
_CONTROLS = """root => [...root.querySelectorAll('button, summary, input, select, a')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.reader'))
    .map((each) => each.ariaLabel ?? each.textContent.trim())"""


def tab_to(page, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is on what `selector` finds."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"selector => ({_AT})()?.matches?.(selector) ?? false", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def walked(page, most: int = 150) -> list[str]:
    """The words of all of the map that Tab comes to."""
    reached = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            f"""() => {{
                const at = ({_AT})();
                return at?.closest?.('.explorer-map') ? at.ariaLabel ?? at.textContent.trim() : null;
            }}"""
        )
        if name is None and reached:
            break
        reached.append(name)
    return reached


@pytest.mark.parametrize("path", ["/?colour=venue", "/?colour=year"])
def test_all_that_is_pressed_on_the_map_is_reached_by_tab(open_marked, path):
    page = open_marked(path, reduced_motion="reduce")
    at_rest(page)
    zoom_to_a_topic(page)
    page.evaluate("document.activeElement.blur()")
    wanted = page.locator(".explorer-map").evaluate(_CONTROLS)
    assert {"Zoom in", "Play the years", "All papers"} <= set(wanted)
    assert set(wanted) <= set(walked(page))


def test_years_play_and_stop_and_are_brushed(open_marked):
    page = open_marked("/")
    strip = page.locator(".timeline")
    tab_to(page, ".timeline .play")
    page.keyboard.press("Enter")
    span = eventually(lambda: strip.get_attribute("data-span"), bool)
    assert eventually(lambda: strip.get_attribute("data-span"), lambda now: now != span)
    page.keyboard.press("Space")
    expect(strip.locator(".play")).to_have_attribute("aria-label", "Play the years")
    stood = strip.get_attribute("data-span")
    tab_to(page, "[aria-label='Last year shown']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert strip.get_attribute("data-span") != stood
    tab_to(page, ".timeline .all")
    page.keyboard.press("Enter")
    expect(strip).to_have_attribute("data-span", "")


def test_the_line_of_topics_leads_back_to_all_papers(open_marked):
    page = open_marked("/", reduced_motion="reduce")
    at_rest(page)
    home = map_data(page, "view")
    zoom_to_a_topic(page)
    tab_to(page, ".explorer-map .line button")
    page.keyboard.press("Enter")
    assert eventually(lambda: map_data(page, "view"), lambda view: view == home) == home


def test_a_name_in_the_key_filters_and_the_filter_is_taken_off(open_marked):
    page = open_marked("/?colour=venue")
    tab_to(page, ".legend .kinds button")
    page.keyboard.press("Enter")
    expect(page.locator(".ways .chip bdi")).to_contain_text(["venue A Journal"])
    tab_to(page, ".ways .chip .cross")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-cards h2")).to_contain_text("41 papers")
    tab_to(page, ".legend summary")
    page.keyboard.press("Enter")
    expect(page.locator(".legend .kinds")).to_be_hidden()


def test_two_sets_are_compared_and_the_map_lets_go_of_them(open_marked):
    page = open_marked("/?to=2009")
    page.locator(".explorer-cards .about details").first.wait_for()
    tab_to(page, "[data-name=compare]")
    page.keyboard.press("Enter")
    tab_to(page, "[data-name='compare field']")
    page.keyboard.type("year:2010..")
    page.keyboard.press("Enter")
    key = page.locator(".explorer-map .legend .contrast")
    expect(key).to_be_visible()
    tab_to(page, ".contrasts button.title")
    assert eventually(lambda: map_data(page, "lit"), bool)  # the topic stands out while its line has the focus
    tab_to(page, "[data-name=uncompare]")
    page.keyboard.press("Enter")
    expect(key).to_be_hidden()
    assert map_data(page, "contrast") == ""


def test_filters_colours_and_the_ways_of_a_list_are_chosen(open_marked):
    page = open_marked("/")
    tab_to(page, "[data-testid='stPopoverButton'], [data-testid='stPopover'] button")
    page.keyboard.press("Enter")
    page.get_by_label("Author", exact=True).wait_for()
    tab_to(page, "input[aria-label=Author]", 250)
    page.keyboard.type("Writer")
    page.keyboard.press("Enter")
    expect(page.locator(".ways .chip bdi")).to_contain_text(["author Writer"])
    page.keyboard.press("Escape")
    tab_to(page, ".explorer-cards .ways .back")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-cards h2")).to_contain_text("41 papers")
    tab_to(page, "[data-name=density]")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-cards .results.lines")).to_be_visible()
    page.keyboard.press("Enter")
    tab_to(page, ".explorer-cards .inview .topic")
    label = page.evaluate(f"({_AT})().dataset.name").removeprefix("topic ")
    page.keyboard.press("Enter")
    expect(page.locator(".ways .chip bdi")).to_contain_text([f"topic {label}"])


def test_a_draft_is_compared_and_a_suggestion_copied_and_opened(browser, address):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/draft")
    page.get_by_test_id("stTextArea").locator("textarea").wait_for(timeout=60_000)
    tab_to(page, "textarea")
    page.keyboard.insert_text((ROOT / "tests" / "data" / "manuscripts" / "draft.txt").read_text(encoding="utf-8"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"({_AT})().textContent.trim() === 'Compare'"):
            break
    page.keyboard.press("Enter")
    page.get_by_text("papers it may have missed").first.wait_for(timeout=120_000)
    page.locator(".explorer-cards .card").first.wait_for()
    page.keyboard.press("j")
    first = page.locator(".explorer-cards .card").first
    expect(first.locator("button.title")).to_be_focused()
    for _ in range(8):
        if re.match(r"(copy|bibtex|key)", page.evaluate(f"({_AT})().dataset?.name ?? ''")):
            break
        page.keyboard.press("ArrowRight")
    assert page.evaluate(f"({_AT})().closest('.card') !== null")
    page.keyboard.press("o")
    expect(first.locator(".details")).to_be_visible()
    context.close()
