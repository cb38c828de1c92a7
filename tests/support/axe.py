"""axe-core on a page that is open: what keeps a person out (WCAG 2.2 AA). No test stands here."""

import time
from importlib.resources import files

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def faults(page):
    """What axe-core calls serious or critical, with the places."""
    violations = page.evaluate("rules => axe.run(document, { runOnly: rules, preload: false })", RULES)["violations"]
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
