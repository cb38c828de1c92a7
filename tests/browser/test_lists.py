"""Lists in a real Chromium: filters to take off, lines in place of cards, a paper with its neighbours in sight."""

import pytest
from playwright.sync_api import expect

from support.browser import NEEDED
from support.pages import beside_the_panel, click_dot, eventually, search, titles

pytestmark = NEEDED


def test_each_filter_is_taken_off_alone(open_marked):
    page = open_marked("/?from=2003&to=2009&author=Writer")
    chips = page.locator(".ways .chip bdi")
    expect(chips).to_have_text(["from 2003", "to 2009", "author Writer"])
    expect(page.locator(".explorer-cards h2")).to_have_text("1 paper passes the filters")
    page.get_by_role("button", name="Remove the filter author Writer").click()
    expect(chips).to_have_text(["from 2003", "to 2009"])
    expect(page.locator(".explorer-cards h2")).to_have_text(
        "8 papers pass the filters"
    )  # the work in two versions, too
    page.get_by_role("button", name="Remove the filter from 2003").click()
    page.get_by_role("button", name="Remove the filter to 2009").click()
    expect(page.locator(".explorer-cards h2")).to_have_text("41 papers, by topic")
    assert "from=" not in page.url and "author=" not in page.url


@pytest.mark.parametrize("pause", [0, 20, 60, 120, 250])
def test_filters_taken_off_faster_than_the_page_answers_stay_off(open_marked, pause):
    """A second cross pressed before the first is answered: neither brings the other's filter back."""
    page = open_marked("/?from=2003&to=2009&author=Writer")
    chips = page.locator(".ways .chip bdi")
    expect(chips).to_have_text(["from 2003", "to 2009", "author Writer"])
    page.locator(".explorer-cards").evaluate(
        """async (host, pause) => {
            for (const name of ["from", "to", "author"]) {
                host.querySelector(`[data-name="filter ${name}"]`).click();
                if (pause) await new Promise((done) => setTimeout(done, pause));
            }
        }""",
        pause,
    )
    expect(chips).to_have_count(0)
    expect(page.locator(".explorer-cards h2")).to_have_text("41 papers, by topic")
    assert not any(name in page.url for name in ("from=", "to=", "author="))


def test_a_filter_taken_off_can_be_set_again_at_once(open_marked):
    page = open_marked("/?author=Writer")
    chips = page.locator(".ways .chip bdi")
    expect(chips).to_have_text(["author Writer"])
    page.get_by_role("button", name="Remove the filter author").click()
    expect(chips).to_have_count(0)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Author").fill("Writer")
    page.get_by_label("Author").press("Enter")
    expect(chips).to_have_text(["author Writer"])
    page.wait_for_timeout(3000)  # longer than a lost message is waited for
    expect(chips).to_have_text(["author Writer"])


def test_the_nearest_papers_of_a_paper_are_in_sight(open_page):
    page = open_page()
    click_dot(page, 5)
    chosen = page.locator(".explorer-cards .chosen")
    expect(chosen.locator(".abstract")).to_be_visible()
    first = page.locator(".explorer-cards .results .card").first
    first.wait_for()
    box, panel = first.bounding_box(), page.locator(".st-key-panel").bounding_box()
    assert box["y"] + box["height"] < panel["y"] + panel["height"]
    expect(chosen.locator(".organiser")).to_be_hidden()
    chosen.get_by_role("button", name="Show all").click()
    expect(chosen.locator(".organiser")).to_be_visible()
    chosen.get_by_role("button", name="Show less").click()
    expect(chosen.locator(".organiser")).to_be_hidden()


def test_a_list_becomes_lines_and_stays_so(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    cards, tall = titles(page), page.locator(".results .card").first.bounding_box()["height"]
    page.get_by_role("button", name="Table", exact=True).click()
    lines = page.locator(".results .card.line")
    expect(lines).to_have_count(10)
    assert titles(page) == cards
    assert lines.first.bounding_box()["height"] < tall / 2
    free = eventually(lambda: beside_the_panel(page), lambda box: box["width"] < 820)
    assert free["width"] * free["height"] >= 0.5 * 1400 * 900
    lines.nth(1).locator(".title").click()
    expect(lines.nth(1).locator(".abstract")).to_be_visible()
    page.reload()
    expect(lines).to_have_count(10)
    page.get_by_role("button", name="Cards", exact=True).click()
    expect(lines).to_have_count(0)


def test_keeping_a_paper_and_asking_for_more_like_it_have_names_of_their_own(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    card = page.locator(".results .card").first
    names = [button.get_attribute("aria-label") for button in card.locator(".toggle").all()]
    assert names == ["More like this", "Less like this", "Keep", "To read", "Hide"]
    card.get_by_role("button", name="Keep").click()
    expect(card.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".basket")).to_have_count(0)
