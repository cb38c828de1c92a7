"""The panel follows the map without asking the server: what is in view, by topic; a topic is lit."""

import re

from playwright.sync_api import expect

from support.browser import NEEDED
from support.pages import at_rest, beside_the_panel, eventually, map_data, search

pytestmark = NEEDED

IN_VIEW = """(root, { x, y, width, height, n }) => Array.from({ length: n }, (_, row) => row).filter((row) => {
    const p = root.explorerMap.screenOf(row);
    return p.x >= x && p.y >= y && p.x <= x + width && p.y <= y + height;
})"""


def number(text):
    return int(re.sub(r"\D", "", text))


def rows_in_view(page, count):
    """Rows of the dots that lie in the part of the map that no panel covers, found by their places on the screen."""
    box = beside_the_panel(page) | {"n": count}
    box |= {"x": box["x"] - 24, "width": box["width"] + 24}
    return page.locator(".explorer-map").evaluate(IN_VIEW, box)


def heading(page):
    return page.locator(".inview h3").first.inner_text()


def zoomed_in(page, times=3):
    free = beside_the_panel(page)
    page.mouse.move(free["x"] + free["width"] * 0.55, free["y"] + free["height"] * 0.45)
    for _ in range(times):
        page.mouse.wheel(0, -240)
    at_rest(page)


def sizes(page):
    return [number(text.rpartition("of")[2]) for text in page.locator(".field .size").all_inner_texts()]


def test_the_panel_counts_what_is_in_view_and_asks_nobody(open_marked):
    page = open_marked()
    expect(page.locator(".inview h3").first).to_have_text(
        re.compile(r"^All in view · 2001 – 2077$|^All in view · 2002 – 2077$")
    )
    assert sum(sizes(page)) == 41
    page.reload()  # listens to the socket from its start
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    expect(page.locator(".inview h3").first).to_contain_text("All in view")
    assert sent  # so that a silent page would be seen
    sent.clear()
    zoomed_in(page)
    seen = rows_in_view(page, 41)
    assert 0 < len(seen) < 41
    wanted = f"{len(seen)} paper{'s' if len(seen) > 1 else ''} in view"
    assert eventually(lambda: heading(page), lambda text: text.startswith(wanted)).startswith(wanted)
    assert sent == []


def test_a_topic_has_one_number_on_chip_and_list(open_marked):
    page = open_marked()
    expect(page.locator(".inview h3").first).to_contain_text("All in view")
    for place in range(2):
        chip = page.locator(".field").nth(place)
        name, size = chip.locator(".name").inner_text(), sizes(page)[place]
        chip.click()
        expect(page.locator(".explorer-cards h2")).to_have_text(f"{size} papers in “{name}”")
        assert eventually(lambda: heading(page), lambda text: text.startswith("All in view")).startswith("All in view")
        assert page.locator(".results .card").count() == size
        page.get_by_role("button", name="All papers").first.click()
        expect(page.locator(".explorer-cards h2")).to_have_text("41 papers, by topic")
        eventually(lambda: sum(sizes(page)), lambda total: total == 41)


def test_a_topic_under_the_pointer_is_lit_on_the_map(open_marked):
    page = open_marked()
    chip = page.locator(".field").first
    expect(page.locator(".inview h3").first).to_contain_text("All in view")
    at_rest(page)
    chip.hover()
    assert re.fullmatch(r"\d+\.\d+", eventually(lambda: map_data(page, "lit"), bool))
    page.mouse.move(5, 5)
    assert eventually(lambda: map_data(page, "lit"), lambda lit: not lit) == ""


def test_results_out_of_view_are_marked_in_the_list(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    at_rest(page)
    expect(page.locator(".results .number.away")).to_have_count(0)
    zoomed_in(page, 9)
    shown = set(rows_in_view(page, 12))
    rows = [int(card.get_attribute("data-row")) for card in page.locator(".results .card").all()]
    away = [row for row in rows if row not in shown]
    assert away
    expect(page.locator(".results .number.away")).to_have_count(len(away))


def test_what_is_around_results_is_folded_and_opens(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    expect(page.locator(".inview")).to_be_hidden()
    page.locator(".around summary").click()
    expect(page.locator(".inview h3").first).to_contain_text("in view")
    first = page.locator(".inview .briefs .title").first
    title = eventually(first.inner_text, lambda text: text != "…")
    first.click()
    expect(page.locator(".explorer-cards .chosen .title")).to_have_text(title)
