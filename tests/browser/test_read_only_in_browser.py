"""An app that only reads, in a real Chromium: what is left of its controls, and that all reading works."""

import shutil

import pytest
from playwright.sync_api import expect

from conftest import ROOT
from embeddings.encoder import BundledEncoder
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import LIKED, Kind
from support.browser import NEEDED, serving
from support.pages import click_dot, search, titles

pytestmark = [NEEDED, pytest.mark.slow]
NOTE = "what the owner thinks of it"


@pytest.fixture(scope="module")
def reading(_built_seeds, real_encoder: BundledEncoder, tmp_path_factory):
    folder = shutil.copytree(_built_seeds, tmp_path_factory.mktemp("reading") / "library")
    with Library.open(folder, encoder=real_encoder) as library:
        (paper,) = library.snapshot.ids(["No-Press Diplomacy from Scratch"])
        library.marks.put(Kind.COLLECTION, "Week 3", paper)
        library.marks.put(Kind.COLLECTION, LIKED, paper)
        library.marks.note(paper, NOTE)
        library.saved.put("the owner's question", Question("poker"))
    with serving(folder, "--read-only") as url:
        yield url, folder


def test_all_can_be_read_and_nothing_written(browser, reading):
    url, folder = reading
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    errors, received = [], []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(data)))
    page.goto(url)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    expect(page.locator(".explorer-cards .card").first).to_be_visible()
    assert page.locator(".toggle:not(.plus):not(.minus)").count() == 0
    assert page.get_by_text("the owner's question").count() == 0
    assert page.locator(".st-key-savebox").count() == 0

    search(page, "superhuman diplomacy without human data")
    page.get_by_role("button", name="No-Press Diplomacy from Scratch").click()
    page.locator(".explorer-cards .why .term").first.wait_for(timeout=60_000)
    click_dot(page, int(page.locator(".results .card").nth(1).evaluate("card => card.dataset.row")))
    page.locator(".explorer-cards .chosen").wait_for()
    page.locator(".results .card").first.locator(".toggle.plus").click()  # the basket is of the tab
    page.locator(".basket .chip").first.wait_for()
    assert titles(page)
    for field in ("Note", "Add a tag", "Add to a collection"):
        assert page.get_by_label(field, exact=True).count() == 0

    page.get_by_role("link", name="Library").click()
    page.get_by_text("its owner alone can change it").wait_for()
    assert page.locator("input[type=file], .stButton button, .stTextInput input").count() == 0
    assert page.get_by_role("link", name="Same paper?").count() == 0
    page.goto(f"{url}/same")  # as ever where there is no such page: the first
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    everything = b"".join(data if isinstance(data, bytes) else data.encode() for data in received)
    assert NOTE.encode() not in everything and str(folder).encode() not in everything
    assert b"the owner's question" not in everything
    assert [each for each in errors if "404" not in each and "does not seem to exist" not in each] == []
    context.close()


def test_a_paper_is_not_noted_as_seen(browser, reading, real_encoder):
    url, folder = reading
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .card button.title").first.click()
    page.locator(".explorer-cards .abstract").first.wait_for()
    page.reload()
    page.locator(".explorer-cards .card").first.wait_for()
    page.close()
    with Library.open(folder, write=False, encoder=real_encoder) as library:
        assert library.marks.count_seen() == 0


def test_without_a_library_there_is_nothing_to_read(tmp_path):
    import subprocess
    import sys

    command = [
        sys.executable,
        "-m",
        "explorer",
        "app",
        "--read-only",
        "--library",
        str(tmp_path / "none"),
        "--headless",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no library in" in done.stderr and "explorer add FILE" in done.stderr
