"""Headless Chromium on the page Explore: what tests do there and what they read off it. No test stands here."""

import base64


def search(page, text):
    box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
    box.fill(text)
    box.press("Enter")
    page.get_by_text(f"nearest to “{text}”").wait_for(timeout=60_000)


def titles(page):
    return page.locator(".explorer-cards .results .title").all_inner_texts()


def map_data(page, name):
    return page.locator(".explorer-map").get_attribute(f"data-{name}")


def click_dot(page, row):
    page.wait_for_timeout(300)  # the map may be flying to the results
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


def reload(page):
    page.wait_for_timeout(1000)  # the change is on its way
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
