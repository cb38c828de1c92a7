"""The journey of a file in a real Chromium: upload, preview, import, undo."""

import pytest

from support.app import TABLE
from support.browser import NEEDED, serving
from support.pages import upload


@NEEDED
@pytest.mark.parametrize("width", [1400, 420])
def test_the_journey_of_a_file(browser, folder, tmp_path, width):
    """Upload, preview, import, leave the page, come back, undo; without an error in the console."""
    file = tmp_path / "deltas.csv"
    file.write_text(TABLE)
    with serving(folder) as url:
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if width < 900 else "light"
        )
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.get_by_text("Bring your papers").wait_for(timeout=60_000)
        upload(page, file, page.get_by_text("3 records, 1 without an abstract"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("3 added, ").first.wait_for(timeout=60_000)
        page.reload()
        page.get_by_text("3 added, ").first.wait_for(timeout=60_000)
        page.get_by_role("button", name="Undo this import").click()
        page.get_by_text("removes the 3 papers added by deltas.csv").wait_for()
        page.get_by_role("button", name="Undo it").click()
        page.get_by_text("Undone: the papers are as they were before").wait_for(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
        assert errors == []
