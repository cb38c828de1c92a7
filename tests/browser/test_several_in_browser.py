"""Several libraries in a real Chromium: the switch, a single list over all, links and Back; nothing is mixed up."""

import json
import urllib.request

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from support.browser import NEEDED, serving
from support.pages import eventually, search

pytestmark = [NEEDED, pytest.mark.slow]
SIZES = {"papers": 40, "thesis": 25}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two libraries; the second holds the first five papers of the first, too."""
    where, words = tmp_path_factory.mktemp("several"), "peat moss bog fen heath marsh gull tern".split()
    made = [
        paper(f"Paper {n} of {words[n % 8]}", f"All about {words[n % 8]} and {words[n % 3]}, number {n}.", key=f"k{n}",
              record=n + 1, year=1990 + n % 30, authors=[f"Writer{n}, Ann"])
        for n in range(60)
    ]  # fmt: skip
    for name, its in (("papers", made[:40]), ("thesis", made[:5] + made[40:])):
        with Library.open(where / name, encoder=ToyEncoder()) as library:
            library.add(its)
    return [where / name for name in SIZES]


@pytest.fixture(scope="module")
def served(folders):
    with serving(folders[0], "--library", str(folders[1])) as url:
        yield url


@pytest.fixture
def open_at(browser, served):
    """Opens pages; fails at its end when a console held an error."""
    errors, contexts = [], []

    def opened(path="/", width=1400, base=served, **settings):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **settings))
        page = contexts[-1].new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(base + path)
        page.get_by_test_id("stApp").wait_for(timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def until(condition):
    """Wait until something holds."""
    assert eventually(condition, bool)


def url(page):
    return page.evaluate("location.href")


def switch(page):
    return page.locator(".st-key-switch").get_by_test_id("stSelectbox")


def choose(page, words):
    switch(page).locator("input").click()
    page.get_by_role("option", name=words).click()


def heading(page):
    return page.locator(".explorer-cards h2").first.inner_text()


def ready(page):
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)


def test_the_switch_changes_the_library_wholly_and_the_address_says_which(open_at, served):
    page = open_at()
    ready(page)
    until(lambda: "40 papers" in heading(page))
    search(page, "peat bog")
    page.locator(".card").first.wait_for()
    choose(page, "thesis · 25 papers")
    until(lambda: "library=thesis" in url(page))
    until(lambda: all(title.split()[1] in _numbers("thesis") for title in _titles(page)))
    assert "q=peat" in url(page)
    linked = open_at(url(page).removeprefix(served))
    until(lambda: _titles(linked) == _titles(page) != [])
    page.go_back()
    until(lambda: "library=thesis" not in url(page))
    until(lambda: any(title.split()[1] not in _numbers("thesis") for title in _titles(page)))


def _numbers(name):
    return {str(n) for n in (range(40) if name == "papers" else (*range(5), *range(40, 60)))}


def _titles(page):
    return page.locator(".explorer-cards .card .title").all_inner_texts()


def test_all_libraries_in_a_single_list_that_says_where_each_lies(open_at):
    page = open_at("/?library=all&q=moss+gull")
    page.locator(".card").first.wait_for(timeout=60_000)
    facts = page.locator(".card .facts").all_inner_texts()
    assert any("in papers" in each for each in facts)
    assert all("in papers" in each or "in thesis" in each for each in facts)
    assert page.locator(".explorer-map").count() == 0
    assert "Of 60 papers in 2 libraries" in page.locator(".explorer-cards").inner_text()
    page.get_by_role("button", name="thesis", exact=True).click()
    until(lambda: all("thesis" in each for each in page.locator(".card .facts").all_inner_texts()))
    title = page.locator(".card .title").first
    words = title.inner_text()
    title.click()
    page.get_by_role("group", name="Why it is near").locator(".terms, .quiet, .label").first.wait_for()
    page.get_by_role("button", name="Open in its library").click()
    until(lambda: "library=thesis" in url(page) and "paper=" in url(page))
    ready(page)
    until(lambda: words in page.locator(".explorer-cards").inner_text())


def test_two_sessions_are_not_mixed_up(open_at):
    pages = {name: open_at(f"/?library={name}") for name in SIZES}
    for page in pages.values():
        ready(page)
    for words in ("peat bog", "fen moss", "gull tern", "heath"):
        for page in pages.values():
            search(page, words)
        for name, page in pages.items():
            until(lambda page=page, words=words: words in heading(page))
            assert {title.split()[1] for title in _titles(page)} <= _numbers(name)


def test_the_pages_beside_explore_keep_the_library(open_at):
    page = open_at("/?library=thesis")
    ready(page)
    page.get_by_role("link", name="Library").first.click()
    until(lambda: "library=thesis" in url(page) and "/library" in url(page))
    page.get_by_text("thesis").first.wait_for()
    until(lambda: "25" in page.locator(".st-key-librarypage").inner_text())
    page.get_by_role("link", name="Explore").first.click()
    until(lambda: "library=thesis" in url(page))
    until(lambda: "25 papers" in heading(page))


def test_routes_take_the_name_and_refuse_what_is_none(served):
    def get(path):
        try:
            with urllib.request.urlopen(f"{served}/explorer/api/{path}") as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    status, answer = get("search?q=gull&k=60&library=all")
    assert (status, len(answer["results"])) == (200, 60)
    assert {each["library"] for each in answer["results"]} == set(SIZES)
    assert len(get("search?q=gull&k=60&library=thesis")[1]["results"]) == 25
    assert len(get("search?q=gull&k=60")[1]["results"]) == 40
    assert get("search?q=gull&library=../papers") == (
        404, {"error": "no library is open as '../papers'; there are: papers, thesis"},
    )  # fmt: skip
    assert get("explain?a=k1&b=k2&library=all")[0] == 404
    assert len(get("similar?q=thesis:k44&library=all&k=5")[1]["results"]) == 5


def test_below_a_path_read_only_and_on_a_phone(open_at, folders):
    with serving(folders[0], "--library", str(folders[1]), "--read-only", path="/user/me") as below:
        page = open_at("/?library=thesis", width=420, base=below)
        ready(page)
        until(lambda: "25 papers" in heading(page))
        assert page.evaluate("document.documentElement.scrollWidth") <= 420
        choose(page, "All 2 libraries")
        until(lambda: "library=all" in url(page))
        page.get_by_text("There is no map of all").wait_for()
        assert str(folders[0].parent) not in page.content()
        page.close()


def test_a_single_library_has_no_switch_and_no_name_in_its_address(open_at, folders):
    with serving(folders[0]) as alone:
        page = open_at("/", base=alone)
        ready(page)
        until(lambda: "40 papers" in heading(page))
        search(page, "peat")
        page.locator(".card").first.wait_for()
        assert page.locator(".st-key-switch").count() == 0
        assert "library=" not in url(page)
        page.close()
