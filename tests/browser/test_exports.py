"""What can be taken away, in a real Chromium: a list as a file and as references, the map as a picture and on paper."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support.browser import NEEDED
from support.pages import at_rest, beside_the_panel, search, titles

pytestmark = NEEDED


def test_a_list_is_taken_away_whole_and_in_its_order(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="BibTeX", exact=True).click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert started.value.suggested_filename == "10-papers-nearest-to-hidden-information-in-card-games.bib"
    assert text.count("@misc{") == 10
    places = [place for title in titles(page) if (place := text.find(title)) >= 0]  # some have no title of their own
    assert len(places) >= 7
    assert places == sorted(places)
    page.get_by_text("Exported as BibTeX").wait_for()


def test_the_whole_library_is_copied_as_references_and_the_fold_ends_with_its_list(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.locator("summary", has_text="Export").click()
    page.get_by_role("button", name="Copy as list").click()
    page.get_by_text("Copied as a list of references").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == 12
    assert any("No-Press Diplomacy from Scratch." in line for line in lines)
    search(page, "poker")
    assert page.get_by_role("button", name="Copy as list").is_hidden()


def test_a_list_that_is_gone_is_a_sentence(browser, address):
    page = browser.new_page()  # whose console may tell of the 404
    page.goto(address)
    reason = '{"error": "this list is not at hand any more; run the query again"}'
    page.route("**/papers/*.csv", lambda route: route.fulfill(status=404, body=reason))
    page.locator("summary", has_text="Export").click()
    page.get_by_role("button", name="CSV").click()
    page.get_by_text("Nothing was exported: this list is not at hand any more; run the query again").wait_for()
    page.close()


def test_the_map_is_a_png_with_title_key_and_origin(open_page):
    page = open_page()
    sizes = {}
    for scale in ("1", "3"):
        picture = saved(page, "png", scale, "light")
        data = Path(picture.path()).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        sizes[scale] = struct.unpack(">2I", data[16:24])
    assert sizes["3"] == pytest.approx([3 * length for length in sizes["1"]], abs=3)
    free = beside_the_panel(page)
    assert sizes["1"][0] == pytest.approx(free["width"] + 24, abs=2)
    assert sizes["1"][1] > free["height"] + 30  # title, key and origin stand below the map


def test_the_map_is_an_svg_whose_texts_are_texts(open_page):
    page = open_page()
    search(page, "poker")
    at_rest(page)
    root = ElementTree.parse(saved(page, "svg", "1", "dark").path()).getroot()
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "10 papers nearest to “poker”" in texts
    assert {str(rank) for rank in range(1, 11)} <= set(texts)
    origin = next(text for text in texts if text.startswith("Explorer "))
    assert "12 papers, digest " in origin
    assert "all-MiniLM-L6-v2" in origin
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) >= 12  # the dots


def test_paper_gets_a_picture_of_the_map_instead_of_blank_canvases(open_page):
    page = open_page()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    paper = page.locator(".explorer-map .paper")
    assert paper.bounding_box()["height"] > 300
    colours = paper.evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), seen = new Set();
            for (let i = 0; i < data.length; i += 4)
                seen.add(data[i] >> 4 << 8 | data[i + 1] >> 4 << 4 | data[i + 2] >> 4);
            return seen.size;
        }"""
    )
    assert colours > 10
    assert page.locator(".explorer-cards .card").last.is_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".explorer-map .paper").count() == 0


def saved(page, style, scale, back):
    page.get_by_role("button", name="Save as a picture").click()
    box = page.locator(".explorer-map .picture")
    for name, value in (("format", style), ("scale", scale), ("back", back)):
        box.locator(f"select[name={name}]").select_option(value)
    with page.expect_download() as started:
        box.get_by_role("button", name="Save").click()
    assert started.value.suggested_filename == f"map.{style}"
    return started.value
