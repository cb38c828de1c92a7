"""Every page, light and dark, wide and on a phone, by axe-core: nothing that keeps a person out (WCAG 2.2 AA)."""

import time
from importlib.resources import files

import pytest

from support.browser import NEEDED

pytestmark = NEEDED

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "/": ".explorer-cards .card",
    "/?q=graph": ".explorer-cards .card",
    "/?to=2009": ".explorer-cards .about .terms, .explorer-cards .about .trend, .explorer-cards .about details",
    "/library": "[data-testid='stFileUploader']",
    "/draft": "[data-testid='stTextArea']",
    "/same": "h1, h2, h3",
}


def faults(page):
    """What axe-core calls serious or critical, with the places."""
    violations = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]} {' '.join(reason['message'] for reason in node['any'])}"
        for fault in violations
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def lasting_faults(page):
    """The faults of a page at rest: what Streamlit draws anew is faint, and fades in."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    ends = time.monotonic() + 10
    while (seen := faults(page)) and time.monotonic() < ends:
        page.wait_for_timeout(200)
    return seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_no_page_keeps_a_person_out(browser, marked, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, faulty = context.new_page(), {}
    try:
        for path, there in PAGES.items():
            page.goto(marked + path)
            page.locator(there).first.wait_for(timeout=60_000)
            faulty[path] = lasting_faults(page)
    finally:
        context.close()
    assert {path: some for path, some in faulty.items() if some} == {}
