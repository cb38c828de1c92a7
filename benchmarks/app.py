"""Times of the app as a user feels them, in headless Chromium: first paint, Enter → results, click → neighbours.

    python benchmarks/app.py LIBRARY [ROUNDS]

Starts the app in a process of its own on the library, ends it again, and prints medians with minimum and maximum.
First paint is measured from the start of the process until the map is drawn, with a fresh browser profile.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-background-networking", "--disable-sync", "--no-first-run"]
QUESTIONS = [
    "robots that learn from video", "bayesian optimisation of hyperparameters", "translation without parallel text",
    "grasping unknown objects", "generalisation bounds for deep networks", "3D reconstruction from one image",
    "speech recognition for rare languages", "adversarial examples", "graph neural networks", "quadruped locomotion",
]  # fmt: skip
# Resolves when the list has new content and two frames have been drawn after it.
DRAWN = """
(before) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('nothing new was drawn in 20 s')), 20000);
  const roots = () => [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean);
  const list = () => roots().map(root => root.querySelector('.explorer-cards')).find(Boolean);
  const look = () => list()?.dataset.of !== before && list()?.dataset.count !== '0'
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))
    : setTimeout(look, 4);
  look();
})
"""


def main() -> None:
    library = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tell("cold start to first paint", [first_paint(browser, library) for _ in range(3)])
        process, url, _ = start(library)
        try:
            page = opened(browser, url)
            search(page, "warm up")  # waits for the model
            tell("warm page load to map", [load(browser, url) for _ in range(5)])
            tell("Enter to drawn results", [search(page, QUESTIONS[i % len(QUESTIONS)]) for i in range(rounds)])
            tell("click on a dot to drawn neighbours", [click(page, row * 7) for row in range(1, rounds + 1)])
        finally:
            process.terminate()
            process.wait(20)
        browser.close()


def start(library: Path) -> tuple[subprocess.Popen[bytes], str, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "explorer", "app", "--library", str(library), "--port", str(port), "--headless"]
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
            return process, f"http://localhost:{port}", began
        except OSError:
            time.sleep(0.02)


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(url, wait_until="commit")
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    return page


def first_paint(browser: Browser, library: Path) -> float:
    process, url, began = start(library)
    try:
        opened(browser, url).context.close()
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def load(browser: Browser, url: str) -> float:
    began = time.perf_counter()
    opened(browser, url).context.close()
    return time.perf_counter() - began


def search(page: Page, text: str) -> float:
    box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
    box.fill(text)
    return timed(page, lambda: box.press("Enter"))


def click(page: Page, row: int) -> float:
    page.locator('.explorer-map [data-tool="fit"]').click()
    page.locator('.explorer-map [role="application"]').press("Escape")  # so that every click changes the selection
    page.wait_for_timeout(1500)
    place = page.locator(".explorer-map").evaluate("(root, row) => root.explorerMap.screenOf(row)", row)
    page.mouse.move(place["x"], place["y"])
    page.wait_for_timeout(200)
    return timed(page, lambda: page.mouse.click(place["x"], place["y"]))


def timed(page: Page, act: object) -> float:
    """Seconds from the input event to the second frame after the list changed, on the page's own clock."""
    before = page.locator(".explorer-cards").get_attribute("data-of") or ""
    page.evaluate(
        "() => { for (const kind of ['keydown', 'pointerdown'])"
        " window.addEventListener(kind, () => { window.began = performance.now() }, {capture: true, once: true}); }"
    )
    act()  # type: ignore[operator]
    drawn = float(page.evaluate(DRAWN, before))
    return (drawn - float(page.evaluate("window.began"))) / 1000


def tell(what: str, seconds: list[float]) -> None:
    print(
        f"{what:36} median {statistics.median(seconds):.3f} s, "
        f"{min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} rounds"
    )


if __name__ == "__main__":
    main()
