"""Two readers behind a proxy that names them, in a real Chromium: each has marks of his own and sees no others."""

import shutil
from contextlib import ExitStack, contextmanager
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from embeddings.encoder import BundledEncoder
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import LIKED, Kind
from support.browser import NEEDED, serving
from support.pages import card_of, carried_out, search
from support.proxy import proxy

pytestmark = [NEEDED, pytest.mark.slow]
OWNED, ASKED = "No-Press Diplomacy from Scratch", "the owner's question"


@pytest.fixture(scope="module")
def folder(_built_seeds, real_encoder: BundledEncoder, tmp_path_factory):
    folder = shutil.copytree(_built_seeds, tmp_path_factory.mktemp("visited") / "library")
    with Library.open(folder, encoder=real_encoder) as library:
        (paper,) = library.snapshot.ids([OWNED])
        library.marks.put(Kind.COLLECTION, LIKED, paper)
        library.marks.put(Kind.COLLECTION, "Week 3", paper)
        library.marks.note(paper, "what the owner thinks of it")
        library.saved.put(ASKED, Question("poker"))
    return folder


@contextmanager
def served(folder):
    """The address of the app for each of two readers, and for nobody in particular."""
    options = ("--read-only", "--user-header", "X-Remote-User", "--trusted-proxy", "127.0.0.1")
    with ExitStack() as stack:
        url = stack.enter_context(serving(folder, *options))
        ada, bob = (stack.enter_context(proxy(url, X_Remote_User=name)) for name in ("ada", "bob"))
        yield {"ada": ada, "bob": bob, "": url}


@contextmanager
def opened(browser, url, errors=None, **settings):
    context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **settings})
    page = context.new_page()
    page.on(
        "console", lambda message: errors.append(message.text) if errors is not None and message.type == "error" else 0
    )
    page.goto(url)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .card").first.wait_for()
    yield page
    context.close()


def liked(page):
    return page.locator('.explorer-cards .results .toggle.like[aria-pressed="true"]')


def test_two_readers_mark_reload_restart_and_see_only_their_own(browser, folder):
    before = sha256((folder / "library.sqlite").read_bytes()).hexdigest()
    with served(folder) as urls:
        titles = {}
        for name, number in (("ada", 0), ("bob", 1)):
            with opened(browser, urls[name]) as page:
                expect(liked(page)).to_have_count(0)
                assert page.get_by_text(ASKED).count() == page.get_by_text("Week 3").count() == 0
                search(page, "poker")
                page.locator(".explorer-cards .results .toggle.like").nth(number).click()
                expect(liked(page)).to_have_count(1)
                carried_out(page)
                titles[name] = page.locator(".results .card .title").nth(number).inner_text()
                page.locator(".st-key-savebox button").first.click()
                page.get_by_label("Name", exact=True).fill(f"{name}'s question")
                page.get_by_role("button", name="Save this search").click()
                page.get_by_text(f"Saved as {name}").first.wait_for()
        assert titles["ada"] != titles["bob"]
        check(browser, urls, titles)
    with served(folder) as urls, opened(browser, urls["ada"]) as page:  # another process
        page.get_by_text("ada's question").first.wait_for()
        expect(page.locator(".explorer-map")).to_have_attribute("data-liked", "1")
        assert page.get_by_text("bob's question").count() == 0
    assert sha256((folder / "library.sqlite").read_bytes()).hexdigest() == before
    assert len(list((folder / "visitors").glob("*.sqlite"))) == 2


def check(browser, urls, titles):
    """Each sees what he has marked, and nothing that anybody else has."""
    for name, others in (("ada", "bob"), ("bob", "ada")):
        with opened(browser, urls[name]) as page:
            page.get_by_text(f"{name}'s question").first.wait_for()
            assert page.get_by_text(f"{others}'s question").count() == page.get_by_text(ASKED).count() == 0
            expect(page.locator(".explorer-map")).to_have_attribute("data-liked", "1")
            page.goto(f"{urls[name]}/?collection=liked")
            page.get_by_text("1 paper in “liked”").first.wait_for()
            expect(page.locator(".results .card .title")).to_have_text([titles[name]])
            page.goto(f"{urls[name]}/library")
            page.get_by_text(f"You are {name}").wait_for()
            assert page.locator("input[type=file]").count() == 0
            assert page.get_by_role("link", name="Same paper?").count() == 0
            assert not {"Undo it", "Rename the topic", "Draw the map anew"} & {
                *page.get_by_role("button").all_inner_texts()
            }
    with opened(browser, urls[""]) as page:  # without a name: none, as ever
        assert page.locator(".toggle:not(.plus):not(.minus)").count() == 0
        assert page.locator(".st-key-savebox").count() == 0


def test_hiding_noting_and_seeing_are_a_readers_own(browser, folder):
    with served(folder) as urls:
        with opened(browser, urls["ada"]) as page:
            title = page.locator(".results .card .title").first.inner_text()
            card_of(page, title).locator(".toggle.hide").click()
            carried_out(page)
            expect(page.locator(".results .card .title", has_text=title)).to_have_count(0)
        with opened(browser, urls["bob"]) as page:
            expect(page.locator(".results .card .title", has_text=title).first).to_be_visible()
            page.locator(".results .card .title", has_text=title).first.click()
            note = page.get_by_label("Note", exact=True)
            note.fill("Bob's thoughts")
            note.blur()
            carried_out(page)
        with opened(browser, urls["ada"]) as page:
            page.goto(f"{urls['ada']}/?collection=hidden")
            page.locator(".results .card .title", has_text=title).first.click()
            expect(page.get_by_label("Note", exact=True)).to_have_value("")


def test_it_fits_a_narrow_window_and_the_dark(browser, folder, tmp_path):
    errors = []
    with served(folder) as urls:
        for scheme in ("light", "dark"):
            settings = {"viewport": {"width": 420, "height": 800}, "color_scheme": scheme}
            with opened(browser, urls["ada"], errors, **settings) as page:
                page.locator(".explorer-cards .results .toggle.like").first.wait_for()
                page.screenshot(path=tmp_path / f"explore-{scheme}.png")
                page.goto(f"{urls['ada']}/library")
                page.get_by_text("You are ada").wait_for()
                page.screenshot(path=tmp_path / f"library-{scheme}.png", full_page=True)
                assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert [each for each in errors if "Opener-Policy" not in each and "404" not in each] == []
