"""A real app in a real browser, under which the library is replaced: what is asked next is asked of the new one."""

import json
import shutil
import urllib.request
from urllib.parse import quote

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from support.browser import NEEDED, serving
from support.pages import eventually, search, titles
from support.papers import WORDS

pytestmark = [pytest.mark.slow, NEEDED]


def fill(folder, first, count=9):
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add([paper(f"{WORDS[n]} {n}", WORDS[n % 5], key=f"s{n}") for n in range(first, first + count)])


def names(url, text):
    with urllib.request.urlopen(f"{url}/explorer/api/search?q={quote(text)}&k=100", timeout=60) as answer:
        return {record["id"] for record in json.load(answer)["results"]}


def test_the_library_is_replaced_under_an_open_page(browser, tmp_path):
    folder, aside = tmp_path / "library", tmp_path / "aside"
    fill(folder, 0)
    with serving(folder) as url:
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.goto(url)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        search(page, "alpha")
        assert "alpha 0" in titles(page) and names(url, "alpha") == {f"s{n}" for n in range(9)}
        folder.rename(aside)
        fill(tmp_path / "new", 9, 7)
        (tmp_path / "new").rename(folder)
        assert names(url, "alpha") == {f"s{n}" for n in range(9, 16)}
        search(page, "iota")
        page.get_by_text(f"Another library lies in {folder} now").wait_for()
        assert set(titles(page)) <= {f"{WORDS[n]} {n}" for n in range(9, 16)}
        drawn = page.locator(".explorer-map")
        assert eventually(lambda: drawn.evaluate("root => root.explorerMap.stats().n"), lambda n: n == 7) == 7
        shutil.rmtree(folder)
        page.reload()
        page.get_by_text("Bring your papers").wait_for()
        aside.rename(folder)
        page.goto(url)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        search(page, "alpha")
        assert "alpha 0" in titles(page) and names(url, "alpha") == {f"s{n}" for n in range(9)}
        page.context.close()
