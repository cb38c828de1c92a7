"""Every page, light and dark, wide and on a phone, by axe-core: nothing that keeps a person out (WCAG 2.2 AA)."""

from itertools import combinations

import pytest

from support.axe import lasting_faults
from support.browser import NEEDED
from support.pages import at_rest, zoom_to_a_topic

pytestmark = NEEDED

PAGES = {
    "/": ".explorer-cards .card",
    "/?q=graph": ".explorer-cards .card",
    "/?to=2009": ".explorer-cards .about .terms, .explorer-cards .about .trend, .explorer-cards .about details",
    "/library": "[data-testid='stFileUploader']",
    "/draft": "[data-testid='stTextArea']",
    "/same": "h1, h2, h3",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_no_page_keeps_a_person_out(browser, marked, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, faulty = context.new_page(), {}
    try:
        for path, there in PAGES.items():
            page.goto(marked + path)
            page.locator(there).first.wait_for(timeout=60_000)
            faulty[path] = lasting_faults(page)
        page.goto(marked + "/?to=2009")
        page.get_by_text("Compare with …").click(timeout=60_000)
        page.get_by_label("What to compare these papers with").fill("year:2010..")
        page.get_by_role("button", name="Compare", exact=True).click()
        page.locator(".explorer-cards .contrasts").wait_for()
        faulty["two sets beside each other"] = lasting_faults(page)
    finally:
        context.close()
    assert {path: some for path, some in faulty.items() if some} == {}


# What lies in a line of text, or is given out by Streamlit, may be lower (WCAG 2.5.8).
SMALL = """() => {
    const hosts = [...document.querySelectorAll('*')].filter((e) => e.shadowRoot).map((e) => e.shadowRoot);
    const parts = ':is(.explorer-cards, .explorer-map) :is(button, summary, a, input, select)';
    const all = [document, ...hosts].flatMap((root) => [...root.querySelectorAll(parts)]);
    return all.filter((e) => e.offsetParent && !e.closest('.between, .record, .reader')).map((e) => {
        const { width, height } = e.getBoundingClientRect();
        return [e.className || e.textContent.slice(0, 30) || e.tagName, Math.round(width), Math.round(height)];
    }).filter(([, width, height]) => Math.min(width, height) < 24);
}"""


@pytest.mark.parametrize("path", ["/?q=graph", "/?to=2020", "/?colour=year"])
def test_what_is_clicked_is_24_pixels_high_and_wide(open_marked, path):
    page = open_marked(path)
    page.locator(".explorer-cards .results button.title").first.click()
    assert page.evaluate(SMALL) == []


def test_a_zoom_of_200_percent_cuts_and_covers_nothing(open_marked):
    page = open_marked("/?q=graph", viewport={"width": 700, "height": 450}, device_scale_factor=2)
    zoom_to_a_topic(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    boxes = page.locator(".explorer-map").evaluate(
        """root => ['.tools', '.timeline', '.fold', '.overview', '.line'].map((name) => root.querySelector(name))
            .filter((part) => part.offsetParent)
            .map((part) => { const b = part.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"""
    )
    colours = page.locator(".st-key-colourbar").bounding_box()
    boxes.append(
        [colours["x"], colours["y"], colours["x"] + colours["width"], colours["y"] + colours["height"]],
    )
    assert len(boxes) >= 4
    for left, top, right, bottom in boxes:
        assert left >= 0 and top >= 0 and right <= 700 and bottom <= 450
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_nothing_moves_for_who_wants_no_motion(open_marked):
    page = open_marked(reduced_motion="reduce")
    at_rest(page)
    stage = page.locator(".explorer-map")
    before = stage.evaluate("root => root.explorerMap.stats().draws")
    page.locator(".explorer-map [data-tool=in]").click()
    at_rest(page)
    assert stage.evaluate("root => root.explorerMap.stats().draws") - before <= 4  # a flight would draw dozens
    moving = """() => [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)]
        .flatMap((root) => [...root.querySelectorAll('.explorer-cards *, .explorer-map *, .st-key-panel')])
        .filter((e) => getComputedStyle(e).transitionDuration.split(', ').some((time) => time !== '0s')
            || getComputedStyle(e).animationName !== 'none').map((e) => e.className)"""
    assert page.evaluate(moving) == []
