"""A draft in a real Chromium: from files to suggestions and their export."""

import shutil
from contextlib import closing

import pytest

from conftest import ROOT
from support.browser import serving
from support.pages import eventually, upload


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 420)], ids=["light, desktop", "dark, phone"])
def test_a_draft_and_its_bibliography_give_suggestions(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    if width < 640:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Draft").click()
    if width < 640:
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()  # the menu covers the page
    page.get_by_text("Nothing leaves this machine").wait_for()
    drafts = ROOT / "tests" / "data" / "manuscripts" / "latex"
    files = [drafts / "main.tex", drafts / "chapters" / "search.tex", drafts / "refs.bib"]
    upload(page, files, page.get_by_role("button", name="Another draft"))
    page.get_by_text("papers it may have missed").wait_for(timeout=120_000)
    page.get_by_text("9 papers it may have missed").wait_for()
    page.get_by_text("4 passages; cites 5 papers: 3 in this library, 2 not").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    # Each passage stands once above its papers, and unfolds; each paper has the two sentences.
    heads = page.locator(".explorer-cards .passage h3").all_inner_texts()
    assert "3 · Search at decision time" in heads
    assert len(heads) == len(set(heads))
    found = page.locator(".explorer-cards .card").filter(has_text="Learned Belief Search: Efficiently")
    matched = "A learned model of these beliefs would make the search cheap."
    found.locator(".match").filter(has_text=matched).wait_for(timeout=60_000)  # the papers are there before
    folded = page.locator(".explorer-cards .passage details").first
    folded.locator("summary").click()
    folded.get_by_text("at a loss of only 3 %.").wait_for()

    # A mark is kept; a suggestion opens on Explore; the way back finds the draft again, without comparing anew.
    found.get_by_role("button", name="Copy BibTeX").focus()
    found.get_by_role("button", name="Open Learned Belief Search").click()
    page.locator(".explorer-cards .chosen .title").wait_for(timeout=30_000)
    assert "paper=" in page.url
    page.go_back()
    page.get_by_text("9 papers it may have missed").wait_for(timeout=10_000)

    with page.expect_download() as download:
        page.get_by_role("button", name="Export suggestions").click()
    text = download.value.path().read_text()
    assert text.count("@") == 9
    assert "Learned Belief Search" in text
    assert "Off-Belief Learning" not in text
    page.get_by_role("button", name="Another draft").click()
    page.get_by_text("Nothing leaves this machine").wait_for()


TEXT = (ROOT / "tests" / "data" / "manuscripts" / "draft.txt").read_text()


@pytest.fixture
def pasted(browser, address):
    """A page Draft that has compared a text; fails the test at its end when a script of it has failed."""
    errors, context = [], browser.new_context(viewport={"width": 1400, "height": 900})
    context.on("weberror", lambda error: errors.append(str(error.error)))  # not the 404 of Streamlit below /draft
    page = context.new_page()
    page.goto(f"{address}/draft")
    page.get_by_test_id("stTextArea").locator("textarea").fill(TEXT)
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("9 papers it may have missed").wait_for(timeout=120_000)
    page.locator(".match").filter(has_text="Paper").first.wait_for(timeout=60_000)
    yield page
    context.close()
    assert errors == []


def test_a_draft_survives_a_reload_in_its_tab_and_in_no_other(pasted, address):
    page = pasted
    page.locator("label").filter(has_text="Also show papers it cites already").click()
    page.get_by_text("The draft cites it already").first.wait_for()
    name = page.evaluate("sessionStorage.getItem('explorer tab')")
    assert len(name) == 36
    assert page.url == f"{address}/draft"  # nothing of it stands in the address
    for _ in range(2):
        page.reload()
        page.get_by_text("9 papers it may have missed").wait_for(timeout=10_000)  # nothing is compared anew
        page.get_by_text("The draft cites it already").first.wait_for()
    assert page.evaluate("sessionStorage.getItem('explorer tab')") == name

    # A second tab begins without one, and so does a duplicate, which has a copy of the first one's storage.
    second = page.context.new_page()
    second.goto(page.url)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    for tab in (second, opened.value):
        tab.wait_for_function("name => ![null, name].includes(sessionStorage.getItem('explorer tab'))", arg=name)
        tab.get_by_text("Nothing leaves this machine").wait_for()
        tab.get_by_test_id("stTextArea").locator("textarea").fill("Of all tabs this one has no draft yet, only words.")
    assert opened.value.get_by_text("it may have missed").count() == 0

    page.get_by_role("button", name="Another draft").click()
    page.get_by_text("Nothing leaves this machine").wait_for()
    page.reload()
    page.get_by_text("Nothing leaves this machine").wait_for()
    page.locator(".st-key-tab, .stBidiComponent").first.wait_for(state="attached")
    assert page.get_by_text("it may have missed").count() == 0


def test_suggestions_stand_on_the_map_and_are_copied_in_a_click(pasted, address):
    page = pasted
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = page.locator(".explorer-cards .card").filter(has_text="Learned Belief Search: Efficiently")
    clipboard = "navigator.clipboard.readText()"
    card.get_by_role("button", name="Copy key").click()
    card.get_by_text("Copied").wait_for()
    key = page.evaluate(clipboard)
    card.get_by_role("button", name="Copy BibTeX").click()
    page.wait_for_function(f"async () => (await {clipboard}).startsWith('@')")
    assert page.evaluate(clipboard).startswith(("@misc{" + key + ",", "@article{" + key + ","))
    with page.expect_download() as download:
        page.get_by_role("button", name="Export suggestions").click()
    assert "{" + key + "," in download.value.path().read_text()

    page.get_by_role("button", name="Show these on the map").click()
    for _ in range(2):
        page.locator("h2").filter(has_text="9 papers suggested for your draft").wait_for(timeout=30_000)
        page.wait_for_selector('.explorer-map[data-ringed="9"]', timeout=60_000)
        assert page.locator(".explorer-cards .results .card").count() == 9
        assert page.url.split("#")[0] == f"{address}/?list=draft"
        page.reload()
    page.locator("h2").filter(has_text="9 papers suggested").wait_for(timeout=30_000)
    page.get_by_role("button", name="← All papers").click()
    page.wait_for_selector('.explorer-map[data-ringed="0"]')
    page.get_by_text("12 papers, by topic").wait_for()


def test_a_draft_survives_a_lost_connection_whose_session_is_gone(browser, _built_seeds, tmp_path, monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL", "0")  # two minutes without a connection, at once
    folder = shutil.copytree(_built_seeds, tmp_path / "library")
    with serving(folder) as url, closing(browser.new_context()) as context:
        page, sockets = context.new_page(), []
        page.route_web_socket("**/_stcore/stream*", lambda socket: sockets.append((socket, socket.connect_to_server())))
        page.goto(f"{url}/draft")
        page.get_by_test_id("stTextArea").locator("textarea").fill(TEXT)
        page.get_by_role("button", name="Compare").click()
        page.get_by_text("9 papers it may have missed").wait_for(timeout=120_000)
        page.locator(".match").first.wait_for(timeout=60_000)
        for socket, server in list(sockets):
            server.close()
            socket.close(code=1001)
        eventually(lambda: (page.wait_for_timeout(50), len(sockets))[1], lambda number: number == 2)  # it connects anew
        page.locator("label").filter(has_text="Also show papers it cites already").click()
        page.get_by_text("The draft cites it already").first.wait_for(timeout=60_000)  # a new session knows the draft
        assert page.get_by_text("9 papers it may have missed").count() == 1
