"""Apps that run for the tests of a file, and pages of theirs that fail the test when their console holds an error."""

import shutil
from dataclasses import replace

import pytest

from conftest import ROOT
from support.browser import serving


@pytest.fixture(scope="module")
def address(_built_seeds, tmp_path_factory):
    folder = shutil.copytree(_built_seeds, tmp_path_factory.mktemp("browser") / "library")
    with serving(folder) as url:
        yield url


@pytest.fixture
def open_page(browser, address):
    """Open pages that fail the test at its end when their console holds an error."""
    errors, contexts = [], []

    def open_at(path="/", **settings):
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="module")
def marked_folder(tmp_path_factory):
    """A library: 40 papers, the first also as a preprint, and a newcomer whose place is provisional."""
    from conftest import paper
    from embeddings.toy import ToyEncoder
    from explorer.library import Library
    from explorer.paper import Source

    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda".split()
    text = " ".join(f"{word} is studied here with care" for word in words)

    def one(n, title=""):
        topic = words[n % len(words)]
        return paper(title or f"Paper {n} about {topic}", f"{topic} and {words[n % 3]}", record=n, year=2000 + n)

    folder = tmp_path_factory.mktemp("marked") / "library"
    work = {"title": "A work in two versions", "authors": ["Writer, A."], "collections": ["Thesis/One"]}
    preprint = paper(**work, abstract=text, arxiv="2206.11795", venue="arXiv", year=2001, url="javascript:alert(1)")
    article = paper(**work, abstract=text + " More.", doi="10.1000/x", venue="A Journal", year=2003)
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add([preprint, *(one(n) for n in range(2, 41))])
        library.add([replace(article, sources=(Source("journal.bib", 1, 1),))])
        library.add([one(77, "A newcomer")])
    return folder


@pytest.fixture(scope="module")
def marked(marked_folder):
    """A running app of that library."""
    with serving(marked_folder) as url:
        yield url


def unmark(folder):
    """Take off what the tests before have put on papers: each begins with the library as it was made."""
    from embeddings.toy import ToyEncoder
    from explorer.library import Library
    from explorer.store import Kind

    with Library.open(folder, encoder=ToyEncoder()) as library:
        ids = [paper.id for paper in library.snapshot.papers()]
        for kind in (Kind.COLLECTION, Kind.TAG):
            for label in library.marks.members(kind):
                library.marks.drop(kind, label, *ids)
        for paper_id, marks in zip(ids, library.marks.of(ids), strict=True):
            if marks.note:
                library.marks.note(paper_id, "")
        library.marks.forget_seen()


@pytest.fixture
def open_marked(browser, marked, marked_folder):
    """Open pages of that app; fails the test at its end when a console held an error."""
    unmark(marked_folder)
    errors, contexts = [], []

    def open_at(path="/", **settings):
        contexts.append(browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **settings}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(marked + path)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        page.locator(".explorer-cards .card").first.wait_for()
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []


def _script_page(browser):
    """An empty page at an address of its own, which serves the scripts as they lie in the repository."""
    page = browser.new_page()

    def serve(route):
        path = ROOT / "explorer" / "ui" / "components" / route.request.url.partition("scripts.test/")[2]
        script = path.suffix == ".js"
        route.fulfill(
            body=path.read_text() if script else "<!doctype html>",
            content_type="text/javascript" if script else "text/html",
        )

    page.route("http://scripts.test/**", serve)
    page.goto("http://scripts.test/")
    return page


@pytest.fixture(scope="module")
def blank(browser):
    """An empty page that serves the scripts."""
    page = _script_page(browser)
    yield page
    page.close()


@pytest.fixture
def timeless(browser):
    """Such a page whose time goes on only when the test says so, however long the machine takes meanwhile."""
    page = _script_page(browser)
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    yield page
    page.close()
