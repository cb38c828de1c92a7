"""Headless Chromium on the page Explore: what tests do there and what they read off it. No test stands here."""

import base64
import time
from contextlib import suppress

from playwright.sync_api import TimeoutError, expect

expect.set_options(timeout=30_000)  # as the other waits of Playwright: a condition that holds earlier costs nothing


def search(page, text):
    box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
    box.fill(text)
    box.press("Enter")
    page.get_by_text(f"nearest to “{text}”").wait_for(timeout=60_000)


def titles(page):
    return page.locator(".explorer-cards .results .title").all_inner_texts()


def map_data(page, name):
    return page.locator(".explorer-map").get_attribute(f"data-{name}")


# Five frames in which the map draws nothing: it neither flies nor waits for an answer that was there before.
_AT_REST = """async (root) => {
    const draws = () => root.explorerMap.stats().draws, frame = () => new Promise(requestAnimationFrame);
    for (let quiet = 0, seen = draws(); quiet < 5; seen = draws()) {
        await frame();
        quiet = draws() === seen ? quiet + 1 : 0;
    }
}"""


def at_rest(page):
    """Waits until the map has come to where it flies, if it does."""
    page.locator(".explorer-map").evaluate(_AT_REST)


def zoom_to_a_topic(page):
    """Zooms in until most of what is in view is of a topic, so that the line of topics is there."""
    line = page.locator(".explorer-map .line button").first
    for _ in range(16):
        page.locator(".explorer-map .stage").press("+")
        at_rest(page)
        if line.is_visible():
            break
    expect(line).to_be_visible()


def eventually(read, holds):
    """What `read` gives once it `holds`; after thirty seconds what it gives then, for the assertion to show."""
    end = time.monotonic() + 30
    while not holds(value := read()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def upload(page, files, sign):
    """Put files into the page's uploader until the locator `sign` shows that they came.

    When a run of the script begins while a browser asks where to upload to, Streamlit loses its answer; a person who
    is that quick puts them in again, too.
    """
    for _ in range(3):
        page.locator("input[type=file]").set_input_files(files)
        with suppress(TimeoutError):
            return sign.wait_for(timeout=20_000)
    raise AssertionError(f"{files} were never taken")


def beside_the_panel(page):
    """The box of the map that the panel leaves free, in the page's pixels."""
    return page.locator(".explorer-map").evaluate(
        """root => {
            const box = root.getBoundingClientRect(), aside = parseFloat(getComputedStyle(root).paddingLeft) + 24;
            return { x: box.x + aside, y: box.y, width: box.width - aside, height: box.height };
        }"""
    )


def tip(page):
    return page.locator(".explorer-map .tip").inner_text()


def click_dot(page, row):
    at_rest(page)
    place = page.locator(".explorer-map").evaluate("(root, row) => root.explorerMap.screenOf(row)", row)
    page.mouse.move(place["x"] - 1, place["y"])
    page.mouse.click(place["x"], place["y"])
    page.wait_for_selector(f'.explorer-map[data-selected="{row}"]', timeout=30_000)


def sign(page, title, kind):
    return page.locator(".results .card").filter(has_text=title).locator(f".toggle.{kind}")


def basket(page):
    return [text.removesuffix("×").strip() for text in page.locator(".basket .chip").all_inner_texts()]


def ring(page, name):
    """Centre of a ring on the map, in the page's pixels; None while it is hidden."""
    return page.locator(f".explorer-map .ring.{name}").evaluate(
        "e => { const b = e.getBoundingClientRect(); return e.hidden ? null : [b.x + b.width / 2, b.y + b.height / 2] }"
    )


def place_of(page, row):
    place = page.locator(".explorer-map").evaluate("(root, row) => root.explorerMap.screenOf(row)", row)
    return [place["x"], place["y"]]


def card_of(page, title):
    return page.locator(".explorer-cards .card").filter(has=page.get_by_text(title, exact=True))


def toggle(page, title, kind):
    return card_of(page, title).locator(f".toggle.{kind}")


def carried_out(page):
    """Waits until the server has confirmed every change of a mark."""
    expect(page.locator(".explorer-cards")).to_have_attribute("data-waiting", "0", timeout=30_000)


def reload(page):
    carried_out(page)
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .card").first.wait_for()


def pixel(page, x, y):
    """Red, green and blue of a pixel of the page as it is seen."""
    png = base64.b64encode(page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})).decode()
    return page.evaluate(
        """async (png) => {
            const image = new Image(), pen = document.createElement("canvas").getContext("2d");
            image.src = `data:image/png;base64,${png}`;
            await image.decode();
            pen.drawImage(image, 0, 0);
            return [...pen.getImageData(1, 1, 1, 1).data].slice(0, 3);
        }""",
        png,
    )


def run(page, module, body, argument=None):
    """What the function `body` of (the names of `module`, argument) gives."""
    return page.evaluate(f"async ([path, given]) => ({body})(await import(path), given)", [f"/{module}", argument])
