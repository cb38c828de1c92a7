"""What is new since the last visit, or came with the latest import: said, listed, and marked on the map."""

import json
import time

import pytest
from playwright.sync_api import expect

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from support.browser import NEEDED, serving

pytestmark = NEEDED


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """An app whose library got 30 papers and, two seconds later, 4 more."""
    folder = tmp_path_factory.mktemp("grown") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add([paper(f"Paper {n}", f"alpha {n % 7} beta", record=n, year=2000 + n) for n in range(30)])
        time.sleep(2.1)
        library.add([paper(f"Newcomer {n}", f"gamma {n} beta", record=100 + n, year=2025) for n in range(4)])
    with serving(folder) as url:
        yield url


@pytest.fixture
def tab(browser, grown):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page(), grown
    context.close()


def opened(page, url):
    page.goto(url)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    return page.locator(".explorer-cards .arrivals button")


def test_what_came_since_the_last_visit_is_said_marked_and_listed(tab):
    page, url = tab
    latest = opened(page, url)
    expect(latest).to_contain_text("4 papers came with the latest import")  # nobody was here before
    expect(page.locator(".explorer-map .legend .arrived")).to_be_hidden()

    # This browser was here between the two imports.
    visits = json.loads(page.evaluate("localStorage.getItem('explorer visits')"))
    [(library, _)] = visits.items()
    between = page.evaluate("(first) => new Date(Date.parse(first) + 1000).toISOString()", library)
    page.evaluate("(value) => localStorage.setItem('explorer visits', value)", json.dumps({library: between}))
    page.evaluate("sessionStorage.clear()")
    new = opened(page, url)
    expect(new).to_contain_text("4 papers new since your last visit")
    expect(page.locator(".explorer-map .legend .arrived")).to_contain_text("new since your last visit (4)")
    expect(page.locator(".explorer-cards .card .fresh")).to_have_count(4)  # in the list of all 34
    new.press("Enter")
    expect(page.locator(".ways .chip bdi")).to_contain_text(["new since"])
    expect(page.locator(".explorer-cards .results .title")).to_have_count(4)
    expect(page.locator(".explorer-cards .results .title").first).to_contain_text("Newcomer")
    expect(page.locator('.explorer-map[data-ringed="4"]')).to_be_visible()
    page.reload()  # it stands in the address
    expect(page.locator(".explorer-cards .results .title")).to_have_count(4)
    page.locator(".ways .chip .cross").click()
    expect(page.locator(".explorer-cards h2")).to_contain_text("34 papers")
    expect(page.locator(".explorer-cards .arrivals button")).to_contain_text("4 papers new")  # still the same visit
