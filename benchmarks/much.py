"""Much of everything: 100,000 tags, 2,000 collections, 5,000 saved searches and a title of 100,000 letters.

    python benchmarks/much.py LIBRARY

Fills a copy of the library and prints how long its pages take in headless Chromium, from the address until list and map
are drawn, and from a click until what it asks for is. Two seconds are the aim.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from clients import PageClient, serving
from playwright.sync_api import Page, sync_playwright

from app import CHROMIUM, FLAGS
from explorer.library import Library
from explorer.paper import Source, make_paper
from explorer.search.question import Question
from explorer.store import Kind

TAGS, COLLECTIONS, SEARCHES, LETTERS = 100_000, 2_000, 5_000, 100_000
ROUNDS = 3


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="explorer-much-")) / "library"
    shutil.copytree(sys.argv[1], folder)
    fill(folder)
    with serving(folder) as (port, _), sync_playwright() as playwright:
        PageClient(port).ask(q="warm up")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        address = f"http://localhost:{port}"
        tell("overview", lambda: draw(page, address))
        tell("question", lambda: draw(page, f"{address}/?q=attention"))
        tell("the long title's paper", lambda: draw(page, f"{address}/?paper=long"))
        tell("page Library", lambda: draw(page, f"{address}/library", "text=Source files", ready=False))
        draw(page, f"{address}/?q=attention")
        tell("filters unfolded", lambda: unfold(page))
        tell("a mark set", lambda: mark(page))
        browser.close()
    shutil.rmtree(folder.parent)


def fill(folder: Path) -> None:
    long = " ".join(f"word{number}" for number in range(LETTERS // 10))[:LETTERS]
    with Library.open(folder) as library:
        library.add([make_paper(Source("long.jsonl", 1, 1, "long"), title=long, abstract="A paper with a long title.")])
        library.saved.put("first", Question("attention"))
        store = library._store
        [first] = store.saved.all()
        keys, known = (
            [key for key, _ in store.papers.titles()],
            store.saved.known(library.snapshot.arrays.keys[-1].item()),
        )
        with store.transaction():
            for kind, count in ((Kind.TAG, TAGS), (Kind.COLLECTION, COLLECTIONS)):
                for number in range(count):
                    store.marks.put(kind, f"{kind.value} number {number:06}", [keys[number % len(keys)]])
            for number in range(SEARCHES):
                store.saved.put(replace(first, name=f"search number {number:05}"), known, ())


def draw(page: Page, address: str, sign: str = ".explorer-cards", *, ready: bool = True) -> float:
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(sign, timeout=120_000, state="attached")
    if ready:
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=120_000)
        page.wait_for_selector(".explorer-cards[data-count]", timeout=120_000, state="attached")
    return time.monotonic() - began


def unfold(page: Page) -> float:
    began = time.monotonic()
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Clear filters").wait_for(timeout=60_000)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seconds = time.monotonic() - began
    page.keyboard.press("Escape")
    return seconds


def mark(page: Page) -> float:
    began = time.monotonic()
    page.locator(".explorer-cards .toggle.like").first.click()
    page.locator('.explorer-cards[data-waiting="0"]').wait_for(timeout=60_000, state="attached")
    return time.monotonic() - began


def tell(what: str, measure: Callable[[], float]) -> None:
    seconds = [measure() for _ in range(ROUNDS)]
    print(f"{what:26} {', '.join(f'{one:.2f}' for one in seconds)} s", flush=True)


if __name__ == "__main__":
    main()
