"""Bars of papers by year under the map, in a real Chromium: brushed by pointer and keys, played, without a rerun."""

import re

from playwright.sync_api import expect

from support.browser import NEEDED
from support.pages import eventually

pytestmark = NEEDED


def count(page):
    return int(page.locator(".timeline output").inner_text().split(" ")[0].replace(",", ""))


def test_years_are_brushed_without_a_rerun(open_marked):
    page = open_marked("/")
    strip = page.locator(".timeline")
    expect(strip).to_be_visible()
    whole = count(page)
    token = page.locator(".explorer-cards").evaluate("host => host.stamp = host.firstChild && Math.random()")
    box = strip.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(strip).to_have_attribute("data-span", re.compile(r"\d{4}-\d{4}"))
    some = count(page)
    assert 0 < some < whole
    assert page.locator(".explorer-cards").evaluate("host => host.stamp") == token
    assert "from=" not in page.url

    # Keys move either end; Escape shows all years again.
    first = strip.get_by_label("First year shown")
    first.focus()
    before = strip.get_attribute("data-span")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert strip.get_attribute("data-span") != before
    page.keyboard.press("Escape")
    expect(strip).to_have_attribute("data-span", "")
    assert count(page) == whole


def test_what_is_out_of_the_span_is_neither_counted_nor_pointed_at(open_marked):
    page = open_marked("/")
    strip = page.locator(".timeline")
    expect(strip).to_be_visible()
    last = strip.get_by_label("Last year shown")
    last.fill("2009")
    last.press("Enter")
    shown = count(page)
    assert eventually(
        lambda: page.locator(".inview h3").first.inner_text(), lambda words: str(shown) in words or "All" in words
    )
    # A year that cannot be is none.
    last.fill("99999")
    last.press("Enter")
    expect(strip).to_have_attribute("data-span", "")
    points = page.locator(".explorer-map").evaluate("root => root.explorerMap.stats().n")
    assert shown < points


def test_the_years_play_and_stop(open_marked):
    page = open_marked("/")
    strip = page.locator(".timeline")
    expect(strip).to_be_visible()
    # In the page itself: on a busy machine the years could be over before a test says stop.
    spans = strip.evaluate(
        """async (strip) => {
            const wait = (ms) => new Promise((done) => setTimeout(done, ms)), spans = [];
            const press = () => strip.querySelector(".play").click(), seen = () => spans.push(strip.dataset.span);
            press();
            seen();
            while (strip.dataset.span === spans[0]) await wait(20);
            press();
            seen();
            await wait(1600);
            seen();
            return spans;
        }"""
    )
    assert spans[0] != spans[1]
    assert spans[1] == spans[2]
    expect(strip.get_by_role("button", name="Play the years")).to_be_visible()
    strip.get_by_role("button", name="All years").click()
    expect(strip).to_have_attribute("data-span", "")
