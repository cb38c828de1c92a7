"""A page without a server beside the app: the ten best of a hundred questions, size, and the time until it stands.

    python benchmarks/site.py LIBRARY [FOLDER]

Writes the page of LIBRARY into FOLDER (default: a temporary one), opens it in Chromium from the disk with the network
off, and asks both the same: titles and sentences of the library's own papers, a hundred questions with operators,
fields, years and names made from its titles (seed 11), and what is near to fifty of them.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from explorer.export.site import write_site
from explorer.export.site.check import BEST, QUESTIONS, questions
from explorer.export.site.papers import page_keys
from explorer.language.lexicon import FUNCTIONS
from explorer.language.sentences import sentences
from explorer.library import Library
from explorer.paper import Paper
from explorer.search.question import Question
from explorer.text import readable

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


FORMS = (
    '"{a} {b}" {c}',
    "title:{a} OR abs:{d}",
    'author:"{by}" {a}',
    "{a} {b} {by}",
    "{a} {b} year:2018..2021",
    "{a} {b} -{c}",
    "{cut}* AND {d} OR {b}",
    "{a} NEAR/9 {b}",
    "({a} OR {d}) AND ({b} OR {e})",
    "{a} {b} venue:{venue}",
    "{a} {b} without {d}",
    '"{a} {b} {c}"~6',
)


def with_operators(papers: Sequence[Paper]) -> list[str]:
    """A hundred questions in the language of the box, of words of titles, authors and venues; none without such."""
    chance, made, words = random.Random(11), list[str](), {paper.id: _words(paper) for paper in papers}
    firsts = [paper for paper in papers if len(words[paper.id]) >= 3 and paper.authors]
    whole = any(paper.venue for paper in firsts)
    forms = [form for form in FORMS if whole or "{venue}" not in form]
    seconds = [paper for paper in papers if len(words[paper.id]) >= 2]
    while firsts and len(made) < QUESTIONS:
        form = forms[len(made) % len(forms)]
        first, second = chance.choice(firsts), chance.choice(seconds)
        if "{venue}" in form and not first.venue:
            continue
        a, b, c, d, e = (*words[first.id][:3], *words[second.id][:2])
        venue = first.venue.split()[0] if first.venue else ""
        made.append(form.format(a=a, b=b, c=c, d=d, e=e, cut=a[:5], by=first.authors[0], venue=venue))
    return made


def _words(paper: Paper) -> list[str]:
    words = [word.lower() for word in paper.title.split() if word.isalpha() and len(word) > 4]
    return [word for word in words if word not in FUNCTIONS]


def plain(papers: Sequence[Paper]) -> list[str]:
    """A hundred questions; of few papers also further sentences of theirs, as far as they reach."""
    made = questions(papers)
    abstracts = [readable(paper.abstract) for paper in papers]
    more = [span.of(abstract) for abstract in abstracts for span in sentences(abstract)]
    return [*made, *[text for text in more if text not in made][: QUESTIONS - len(made)]]


def _compare(library: Library, page: Page) -> None:
    papers = library.snapshot.papers(None)
    keys = dict(zip((paper.id for paper in papers), page_keys(papers), strict=True))
    asked = [(Question(text), [text, ""]) for text in plain(papers)]
    near = [(Question(like=(paper.id,)), ["", keys[paper.id]]) for paper in papers[:: max(1, len(papers) // 50)]]
    typed = [(Question(text), [text, ""]) for text in with_operators(papers)]
    for name, pairs in (("questions", asked), ("questions with operators", typed), ("papers", near)):
        if not pairs:
            print(f"no {name}: no paper has an author and a title of three words")
            continue
        shares, times = [], []
        for question, request in pairs:
            wanted = {keys[result.paper.id] for result in library.ask(question, BEST).results}
            given, took = page.evaluate(_ASK, request)
            shares.append(len(wanted & set(given)) / len(wanted) if wanted else float(not given))
            times.append(took)
        print(f"{len(pairs)} {name}: overlap@10 {statistics.mean(shares):.3f}, least {min(shares)}, "
              f"{statistics.median(times):.0f} ms each in the page, longest {max(times):.0f}")  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary) / "page")
