"""A page without a server in a real Chromium, from the disk and with the network off."""

import contextlib
import functools
import http.server
import re
import threading
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from explorer.export.site import write_site
from explorer.library import Library
from support.axe import lasting_faults
from support.pages import at_rest
from support.papers import related

READY = "#map >> .explorer-map[data-ready=true]"


@pytest.fixture(scope="module")
def seed_page(_built_seeds, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "seeds"
    with Library.open(_built_seeds, write=False) as library:
        write_site(library, folder)
    return folder


@pytest.fixture
def open_site(browser):
    """Opens an address; whatever it asks for but files, and whatever goes wrong in it, fails the test."""
    wrong, contexts = [], []

    def opened(address, width=1400, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=address.startswith("file:")
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((address[:5], "blob:")) else wrong.append(request.url),
        )
        page.goto(address)
        page.wait_for_selector(READY, timeout=60_000)
        ready = "html[data-model]" if address.startswith("file:") else "html[data-words]"
        page.wait_for_selector(ready, state="attached", timeout=120_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page, text):
    page.fill("#q", text)
    answered(page, lambda: page.press("#q", "Enter"))


def answered(page, act):
    """What is done, and the list that follows from it."""
    before = page.evaluate("document.documentElement.dataset.answered")
    act()
    done = "before => document.documentElement.dataset.answered !== before && explorerPage.answered !== null"
    page.wait_for_function(done, arg=before, timeout=60_000)


def titles(page):
    return page.locator("#list >> .results .card .title").all_text_contents()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_a_question_is_answered_and_a_paper_opened_without_a_network(open_site, seed_page, width, scheme):
    page = open_site((seed_page / "index.html").as_uri(), width, scheme)
    expect(page.locator("#list >> h2")).to_contain_text("12 papers")
    ask(page, "playing Minecraft from videos")
    found = page.locator("#list >> .results .card").first
    expect(found).to_contain_text("Pretraining on noisy")
    assert "q=playing" in page.url
    found.locator("button.title").click()
    expect(found.locator(".abstract")).to_contain_text("unlabeled")
    found.locator("button.similar").click()
    expect(page.locator("#list >> .chosen .title")).to_contain_text("Pretraining on noisy")
    expect(page.locator("#list >> .sub").first).to_have_text("Nearest papers")
    assert page.locator("#map >> .explorer-map").get_attribute("data-selected") != ""
    assert page.locator("#list").bounding_box()["y"] >= -1
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)"
    assert dark == (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_no_state_of_the_page_keeps_a_person_out(open_site, seed_page, width, scheme):
    page = open_site((seed_page / "index.html").as_uri(), width, scheme)
    faulty = {"overview": lasting_faults(page)}
    page.locator(".filters summary").click()
    ask(page, "title:learning AND game*")
    faulty["a strategy, filters unfolded"] = lasting_faults(page)
    page.locator("#list >> .results .card button.title").first.click()
    faulty["a card unfolded"] = lasting_faults(page)
    page.locator("[data-colour=venue]").evaluate("button => button.click()")
    page.locator("#about").click()
    faulty["the colophon, colours by venue"] = lasting_faults(page)
    assert {state: some for state, some in faulty.items() if some} == {}


def test_a_link_opens_the_same_question_filter_and_paper(open_site, seed_page):
    page = open_site((seed_page / "index.html").as_uri())
    ask(page, "poker")
    page.locator(".filters summary").click()
    answered(page, lambda: page.select_option("#topic", index=1))
    expect(page.locator(".filters summary")).to_have_text("Filters (1)")
    found = titles(page)
    expect(page.locator("#list >> .ways .chip")).to_have_count(1)
    page.locator("[data-colour=year]").click()
    again = open_site(page.url)
    expect(again.locator("#q")).to_have_value("poker")
    expect(again.locator("#list >> h2")).to_contain_text("nearest to “poker”")
    assert titles(again) == found
    assert again.locator("[data-colour=year]").get_attribute("aria-pressed") == "true"
    again.locator("#list >> .results .card button.title").first.click()
    again.locator("#list >> button.similar").first.click()
    expect(again.locator("#list >> .chosen")).to_be_visible()
    assert re.search(r"&paper=[0-9a-f]{8}", again.url)
    again.go_back()
    expect(again.locator("#list >> h2")).to_contain_text("nearest to “poker”")
    again.locator("#list >> .ways .cross").click()
    expect(again.locator(".filters summary")).to_have_text("Filters")


def test_a_link_with_a_topic_that_is_gone_says_so_and_names_the_nearest(open_site, seed_page):
    page = open_site((seed_page / "index.html").as_uri())
    label = page.evaluate("explorerPage.library.levels[0].topics[0].label")
    again = open_site(f"{(seed_page / 'index.html').as_uri()}#topic={quote(f'{label} of old')}")
    note = again.locator("#list >> .note").first
    expect(note).to_contain_text(f"No topic is called “{label} of old”, or none is since the map was drawn anew")
    expect(note).to_contain_text(f"nearest to that name: “{label}”")


def test_a_dot_a_topic_and_a_title_lead_to_papers(open_site, seed_page):
    page = open_site((seed_page / "index.html").as_uri())
    title = page.evaluate("explorerPage.library.papers.title[4]")
    ask(page, title)
    assert titles(page)[0] == title
    expect(page.locator("#list >> .note")).to_contain_text("Read as the title of a paper")
    ask(page, '"exact phrase" -poker')
    expect(page.locator("#list >> h2")).to_have_text("No paper passes")
    expect(page.locator("#list >> .note")).to_contain_text('Read as "exact phrase" AND NOT "poker"')
    expect(page.get_by_text("0 papers in view")).to_be_visible()  # and nothing that zooming out would help
    expect(page.get_by_text("Zoom out, or press 0")).to_have_count(0)
    answered(page, page.get_by_role("button", name="Read it as plain words").click)
    expect(page.locator("#list >> h2")).to_contain_text("papers nearest to")
    assert "mode=text" in page.url
    answered(page, page.get_by_role("button", name="Read its operators, fields and quotes").click)
    expect(page.locator("#list >> h2")).to_have_text("No paper passes")
    page.fill("#q", "(poker AND")
    page.press("#q", "Enter")
    expect(page.locator("p.line")).to_contain_text("a bracket is opened and not closed")
    ask(page, "poker[tiab]")
    expect(page.locator("#list >> .note")).to_contain_text("language of PubMed, which this page does not read")
    ask(page, "title:learning AND game*")
    expect(page.locator("#list >> .note")).to_contain_text('Read as title:"learning" AND game*, ranked by')
    assert titles(page)
    assert all("Learning" in title for title in titles(page))
    ask(page, "poker")
    at_rest(page)
    place = page.evaluate("explorerPage.map.querySelector('.explorer-map').explorerMap.screenOf(3)")
    page.mouse.click(place["x"], place["y"])
    expect(page.locator("#list >> .chosen .title")).to_be_visible()
    page.locator("#about").click()
    expect(page.locator("#colophon")).to_contain_text("all-MiniLM-L6-v2")


def test_an_area_is_listed_stands_in_the_address_and_is_left_again(open_site, seed_page):
    page = open_site((seed_page / "index.html").as_uri())
    box = page.locator("#map").bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["width"] * 0.5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["width"] - 160, box["height"] - 20, steps=5)
    answered(page, page.mouse.up)
    page.keyboard.up("Shift")
    heading = page.locator("#list >> h2").text_content()
    assert re.fullmatch(r"\d+ papers? in the area", heading)
    inside = titles(page)
    again = open_site(page.url)
    expect(again.locator("#list >> h2")).to_have_text(heading)
    assert titles(again) == inside
    again.locator("[data-colour=similarity]").click()
    expect(again.locator("p.line")).to_contain_text("Search or open a paper")
    again.locator("#list >> button.back").click()
    expect(again.locator("#list >> h2")).to_contain_text("12 papers")
    ask(again, "card games")
    assert again.evaluate("explorerPage.highlights.similarity_url") is not None


def test_from_a_host_that_says_utf8_the_bytes_are_the_same(open_site, seed_page):
    class Utf8(http.server.SimpleHTTPRequestHandler):
        extensions_map = {".js": "text/javascript; charset=utf-8", ".html": "text/html", ".css": "text/css"}  # noqa: RUF012

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Utf8, directory=seed_page)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with contextlib.closing(open_site(f"http://127.0.0.1:{server.server_port}/index.html")) as page:
            assert page.evaluate("document.documentElement.dataset.model ?? null") is None
            ask(page, "playing Minecraft from videos")
            assert page.evaluate("document.documentElement.dataset.model") == "true"
            assert "Pretraining on noisy" in titles(page)[0]
        server.shutdown()


def test_a_page_of_another_model_answers_by_words_and_says_so(open_site, toy, tmp_path):
    toy.add(related(20))
    write_site(toy, tmp_path / "page")
    page = open_site((tmp_path / "page" / "index.html").as_uri())
    ask(page, "number7")
    assert titles(page)[0] == "Paper number7"
    expect(page.locator("#list >> .note")).to_contain_text("Ranked by its words only")
