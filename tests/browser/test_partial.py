"""In a real Chromium, a library whose import is under way: words alone, then some of its meaning and map."""

import random

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.library.blocks import SIZE
from support.browser import serving
from support.pages import map_data

COUNT = 4 * SIZE


class Stopped(Exception):
    pass


def interrupted(folder, done):
    """A library whose import ended when so many papers were embedded."""
    chance, words = random.Random(0), "ice sun moss fen tide rock dune lake storm river".split()

    def stop(step):
        if step.stage == "Embedding" and step.done >= done:
            raise Stopped

    papers = [
        paper(f"Paper{n} on {chance.choice(words)}", " ".join(chance.choices(words, k=9)), record=n, year=2000 + n % 20)
        for n in range(COUNT)
    ]
    with Library.open(folder, encoder=ToyEncoder()) as library, pytest.raises(Stopped):
        library.add(papers, progress=stop)


@pytest.mark.parametrize("done", [0, SIZE])
def test_the_page_lists_searches_and_draws_what_is_there_and_says_so(browser, tmp_path, done):
    interrupted(tmp_path / "library", done)
    with Library.open(tmp_path / "library", write=False) as library:
        embedded = int(library.snapshot.arrays.embedded.sum())
    assert (embedded > 0) == (done > 0)
    errors = []
    with serving(tmp_path / "library") as url:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.get_by_text(f"meaning: {embedded:,} of {COUNT:,} papers").wait_for(timeout=60_000)
        page.goto(f"{url}/?q=Paper77+storm")
        said = f"Meaning: {f'{embedded:,}' if embedded else 'none'} of {COUNT:,} papers"
        page.get_by_text(said).first.wait_for(timeout=60_000)
        card = page.locator(".results .card").first
        assert "Paper77 on" in card.text_content()
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        stats = page.locator(".explorer-map").evaluate("map => map.explorerMap.stats()")
        assert stats["n"] == COUNT
        waiting = page.locator(".results .card").filter(has_text="by its words:").count()
        assert int(map_data(page, "results")) == page.locator(".results .card").count() - waiting
        assert done or waiting == page.locator(".results .card").count()
    assert errors == []
