"""A page without a server beside the app: the ten best of a hundred questions, size, and the time until it stands.

    python benchmarks/site.py LIBRARY [FOLDER]

Writes the page of LIBRARY into FOLDER (default: a temporary one), opens it in Chromium from the disk with the network
off, and asks both the same: titles and sentences of the library's own papers, and what is near to fifty of them.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from explorer.export.site import write_site
from explorer.export.site.check import BEST, questions
from explorer.export.site.papers import page_keys
from explorer.library import Library
from explorer.search.question import Question

_ASK = """async ([text, paper]) => {
  const page = window.explorerPage, start = performance.now();
  const row = paper ? page.library.rows.get(paper) : null;
  const { results } = await page.answers.ask({ text, paper: row, filter: {}, area: [] }, 10, () => {});
  return [results.map(({ row }) => page.library.papers.key[row]), performance.now() - start];
}"""


def main(folder: Path, target: Path) -> None:
    """Write, open, ask, print."""
    with Library.open(folder, write=False) as library, sync_playwright() as playwright:
        start = time.process_time()
        written = write_site(library, target)
        print(f"{written.papers:,} papers, {written.bytes / 1e6:.1f} MB, {time.process_time() - start:.0f} s of CPU")
        print(f"computed while writing: {written.agreement} of the ten best over {written.questions} questions")
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        start = time.perf_counter()
        page.goto((target / "index.html").resolve().as_uri())
        for name, selector in (
            ("map and list", "#map >> .explorer-map[data-ready=true]"),
            ("words and vectors", "html[data-words]"), ("the model", "html[data-model]"),
        ):  # fmt: skip
            page.wait_for_selector(selector, state="attached", timeout=300_000)
            print(f"{name} after {time.perf_counter() - start:.1f} s")
        _compare(library, page)
        browser.close()


def _compare(library: Library, page: Page) -> None:
    papers = library.snapshot.papers(None)
    keys = dict(zip((paper.id for paper in papers), page_keys(papers), strict=True))
    asked = [(Question(text), [text, ""]) for text in questions(papers)]
    near = [(Question(like=(paper.id,)), ["", keys[paper.id]]) for paper in papers[:: max(1, len(papers) // 50)]]
    for name, pairs in (("questions", asked), ("papers", near)):
        shares, times = [], []
        for question, request in pairs:
            wanted = {keys[result.paper.id] for result in library.ask(question, BEST).results}
            given, took = page.evaluate(_ASK, request)
            shares.append(len(wanted & set(given)) / max(1, len(wanted)))
            times.append(took)
        print(f"{len(pairs)} {name}: overlap@10 {statistics.mean(shares):.3f}, least {min(shares)}, "
              f"{statistics.median(times):.0f} ms each in the page, longest {max(times):.0f}")  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary) / "page")
