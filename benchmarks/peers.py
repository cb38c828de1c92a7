"""The map in the browser beside plotly's scattergl, pydeck and Embedding Atlas: the same points, one run.

    python benchmarks/peers.py --results RESULTS.json [--peers PYTHON] [--atlas FOLDER] [--papers 10000 100000 1000000]

PYTHON is an interpreter that has plotly, pydeck and pandas; FOLDER is the unpacked npm package embedding-atlas. What
cannot run is "not run". Each page is served from this machine, uncompressed, and opened in headless Chromium, 1400 by
900 pixels: time until points are seen, bytes, time from a call that highlights 20 points to the second frame after it,
time from each of 40 steps of a drag
to the second frame after it. What RESULTS.json holds already is not run again. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import PAGES, Content, points

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-background-networking", "--no-first-run", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
]  # fmt: skip
MIDDLE = {"x": 550, "y": 300, "width": 300, "height": 300}
ROWS = ("first paint", "bytes", "highlight", "median frame", "95th frame")
RECORD = """
() => { const frame = () => new Promise(requestAnimationFrame); window.steps = []; window.step = null;
  window.addEventListener("pointermove", () => { const began = performance.now();
    window.step = frame().then(frame).then(() => window.steps.push(performance.now() - began)); }, { capture: true }); }
"""
HIGHLIGHT = """
async () => { const began = performance.now(); await window.highlight(); await new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done))); return performance.now() - began; }
"""


@contextmanager
def serving(content: Content) -> Iterator[tuple[str, list[int]]]:
    """The address of a server on this machine, and the bytes of each answer that it gave."""
    sent: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = content.get(self.path.partition("?")[0], ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            sent.append(len(body))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", sent
    finally:
        server.shutdown()


def inked(page: Page) -> int:
    """Pixels in the middle of the page that are not of its background."""
    image = np.asarray(Image.open(io.BytesIO(page.screenshot(clip=MIDDLE, timeout=120_000))).convert("RGB"), np.int16)
    pixels = image.reshape(-1, 3)
    values, counts = np.unique(pixels, axis=0, return_counts=True)
    return int((np.abs(pixels - values[counts.argmax()]).sum(axis=1) > 24).sum())


def opened(browser: Browser, address: str, wait: float) -> tuple[Page, float]:
    """The page with its points in sight, and the seconds until they were."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.on("pageerror", lambda error: print("  ", str(error)[:300], file=sys.stderr))
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    while inked(page) < 2000:
        if time.perf_counter() - began > wait:
            raise TimeoutError(f"no points in {wait:.0f} s")
    return page, time.perf_counter() - began


def measure(browser: Browser, content: Content, wait: float = 120) -> dict[str, float]:
    with serving(content) as (address, sent):
        page, first = opened(browser, address, wait)
        try:
            page.wait_for_timeout(1500)
            size = sum(sent)
            page.wait_for_function("() => window.highlight", timeout=60_000)
            highlights = [float(page.evaluate(HIGHLIGHT)) for _ in range(3)]
            frames = pan(page)
        finally:
            page.context.close()
    return {
        "first paint": first,
        "bytes": size,
        "highlight": float(np.median(highlights)) / 1000,
        "median frame": float(np.median(frames)) / 1000,
        "95th frame": float(np.quantile(frames, 0.95)) / 1000,
    }


def pan(page: Page) -> NDArray[np.float64]:
    """Milliseconds from each step of a drag to the second frame after it."""
    page.mouse.move(700, 450)
    page.mouse.down()
    page.evaluate(RECORD)
    for step in range(1, 41):
        page.mouse.move(700 + 6 * step, 450 + 3 * step)
        page.evaluate("() => window.step")
    page.mouse.up()
    return np.array(page.evaluate("() => window.steps"), np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--atlas", type=Path)
    parser.add_argument("--papers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments = parser.parse_args()
    known = json.loads(arguments.results.read_text(encoding="utf-8")) if arguments.results.exists() else {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        for count in arguments.papers:
            places, groups = points(count)
            np.savez(Path(folder) / "points.npz", places=places, groups=groups)
            for name, page in PAGES.items():
                figures = known.setdefault(str(count), {})
                if isinstance(figures.get(name), dict):
                    continue
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                try:
                    content = page(places, groups, Path(folder) / "points.npz", arguments.peers, arguments.atlas)
                    figures[name] = measure(browser, content)
                except (Exception, subprocess.SubprocessError) as error:
                    figures[name] = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
                browser.close()
                print(count, name, figures[name], file=sys.stderr, flush=True)
                arguments.results.write_text(json.dumps(known, indent=1), encoding="utf-8")
    show(known)


def show(known: dict[str, dict[str, dict[str, float] | str]]) -> None:
    print("| points | page | first paint | bytes | highlight | median frame | 95th frame |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for count, figures in known.items():
        for name, value in figures.items():
            cells = [f"not run: {value}", "", "", "", ""]
            if isinstance(value, dict):
                size = f"{value['bytes'] / 1e6:.1f} MB"
                cells = [size if row == "bytes" else f"{1000 * value[row]:.0f} ms" for row in ROWS]
            print("|", " | ".join([f"{int(count):,}", name, *cells]), "|")


if __name__ == "__main__":
    main()
