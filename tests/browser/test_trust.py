"""How far to believe the map, as it is told and shown: in the corner, under the pointer, by colours and lines."""

import re
import struct

import pytest
from playwright.sync_api import expect

from support.browser import NEEDED
from support.pages import at_rest, eventually, map_data, place_of, search, tip

pytestmark = NEEDED

ENDS = """svg => {
    const lines = svg.lastElementChild.getAttribute("d") ?? "", box = svg.getBoundingClientRect();
    return [...lines.matchAll(/M([-\\d.]+) ([-\\d.]+)L([-\\d.]+) ([-\\d.]+)/g)].map((found) => {
        const [x0, y0, x, y] = found.slice(1).map(Number);
        return [x0 + box.x, y0 + box.y, x + box.x, y + box.y];
    });
}"""


def kin(page):
    return page.locator(".explorer-map svg.kin").evaluate(ENDS)


def test_the_corner_says_how_far_to_believe_the_map(open_page):
    page = open_page()
    line = page.locator(".explorer-map .trust summary")
    expect(line).to_have_text(re.compile(r"^\d+ % of a paper’s 10 nearest lie near it on this map\.$"))
    line.click()
    more = page.locator(".explorer-map .trust p")
    expect(more).to_contain_text("among the 10 dots around it")
    expect(more).to_contain_text(re.compile(r"right in \d+ of 100 cases"))


def test_the_figure_that_comes_later_draws_no_map_anew(open_page):
    page = open_page()
    at_rest(page)
    draws = "root => root.explorerMap.stats().draws"
    before = page.locator(".explorer-map").evaluate(draws)
    page.locator(".explorer-map .trust p", has_text="right in").wait_for(state="attached")
    assert page.locator(".explorer-map").evaluate(draws) == before


def test_a_dot_under_the_pointer_has_lines_to_its_true_neighbours(open_page):
    page = open_page()
    at_rest(page)
    row = 4
    page.mouse.move(*place_of(page, row))
    lines = eventually(lambda: kin(page), lambda found: len(found) == 10)
    assert len(lines) == 10
    here = place_of(page, row)
    others = [place_of(page, other) for other in range(12) if other != row]
    assert all(line[:2] == pytest.approx(here, abs=1) for line in lines)
    assert all(min(abs(x - line[2]) + abs(y - line[3]) for x, y in others) < 1.5 for line in lines)
    assert re.search(r"\d+ of its 10 nearest are near it here", tip(page))
    page.mouse.move(5, 5)
    expect(page.locator(".explorer-map svg.kin")).to_be_hidden()


def test_a_card_under_the_pointer_has_them_too(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    at_rest(page)
    page.locator(".explorer-cards .results .card").nth(1).hover()
    assert len(eventually(lambda: kin(page), lambda found: len(found) == 10)) == 10


def test_trust_is_a_colour(open_page):
    page = open_page("/?colour=trust")
    legend = page.locator(".explorer-map .legend")
    expect(legend.locator("summary")).to_have_text("Nearest papers that are near here")
    expect(legend.locator(".ends")).to_have_text("noneall")
    assert map_data(page, "ready") == "true"


def test_a_paper_between_topics_is_marked_on_its_card_and_under_the_pointer(open_page):
    """The points come with row 4 in doubt, as a twentieth of a library is."""
    page = open_page()

    def doubtful(route):
        answer = route.fetch()
        points = bytearray(answer.body())
        levels = struct.unpack_from("<4I", points)[2]
        points[16 + 12 * 8 + 24 + 24 * levels + 4] |= 2
        route.fulfill(response=answer, body=bytes(points))

    page.route("**/points?*", doubtful)
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]')
    at_rest(page)
    page.mouse.move(*place_of(page, 4))
    eventually(lambda: tip(page), lambda words: "it may as well be of" in words)
    assert "it may as well be of" in tip(page)
    page.mouse.click(*place_of(page, 4))
    mark = page.locator(".card.chosen .doubt")
    expect(mark).to_contain_text("it may as well be of")
    expect(page.locator(".results .doubt")).to_have_count(0)
    page.goto(page.url.split("?")[0])
    page.wait_for_selector('.explorer-map[data-ready="true"]')
    search(page, "hidden information in card games")
    expect(page.locator(".results .doubt")).to_have_text("between topics")
