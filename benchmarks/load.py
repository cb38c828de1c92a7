"""Many people at an app: clients over the websocket and pages in a browser, ten minutes, on a copy of a library.

    python benchmarks/load.py LIBRARY [--minutes 10] [--clients 27] [--pages 3] [--pause 5] [--add FILE] [--servers 2]

Required: each is shown the answers to its own questions only, the same as over HTTP; the server's memory at the end is
at most 5 % above that after two minutes, and so it is when all pages are closed; fifty questions of one client leave
another's map whole. With --add the papers of FILE are added amid it by `explorer add`: then an answer may be that of
before or of after, or lie between, but has more in common with these than with those to any other question, and memory
may grow by what the new papers take. With --servers 2 a second process serves half of the clients from the same folder.
Prints how long answers took, memory a session, and the browsers' share of the processor. Exit code 1 when one fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from clients import PageClient, over_http, serving
from playwright.sync_api import Page, sync_playwright

from app import CHROMIUM, FLAGS, QUESTIONS

_SHOWN = 10  # results on a page
_MORE = (
    "attention", "policy gradients", "protein structure", "fairness", "object detection", "machine translation",
    "causal inference", "knowledge graphs", "recommendation", "time series", "federated learning", "point clouds",
    "question answering", "generative models", "neural rendering", "multi-agent games", "active learning",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=27)
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument("--pause", type=float, default=5)
    parser.add_argument("--add", type=Path)
    parser.add_argument("--servers", type=int, default=1)
    arguments = parser.parse_args()
    folder = Path(shutil.copytree(arguments.library, tempfile.mkdtemp(prefix="explorer-load-") + "/library"))
    wrong: list[str] = []
    with ExitStack() as stack:
        served = [stack.enter_context(serving(folder)) for _ in range(arguments.servers)]
        ports, servers = [port for port, _ in served], [server for _, server in served]
        for port in ports:
            PageClient(port).ask(q="warm up")
        expected = Expected(ports[0], arguments.add is not None)
        wrong += neighbours(ports[0])
        before, began, seconds = resident(servers[0]), time.monotonic(), list[float]()
        end = began + 60 * arguments.minutes
        busy = sum(map(cpu_of, servers)), cpu_of(os.getpid())
        clients = [
            threading.Thread(
                target=client, args=(ports[n % len(ports)], n, end, arguments.pause, expected, seconds, wrong)
            )
            for n in range(arguments.clients)
        ]
        for thread in clients:
            thread.start()
        memory = measured(servers[0], began, end)
        writing = threading.Thread(target=add, args=(arguments.add, folder, wrong))
        writing.start()
        with pages(arguments.pages, ports[0]) as opened:
            drawn = browse(opened, end, arguments.pause, expected, wrong)
            used = (
                sum(map(cpu_of, servers)) - busy[0],
                cpu_of(os.getpid(), browsers=True),
                cpu_of(os.getpid()) - busy[1],
            )
            for thread in (*clients, writing):
                thread.join()
            at_end = resident(servers[0])
        time.sleep(20)  # sessions of closed pages are given up by then
        PageClient(ports[0]).ask(q="warm up")
        closed = resident(servers[0])
        wrong += expected.mixed_up(ports)
    after_two = memory[0] if memory else at_end
    if arguments.add is None:
        wrong += [f"{when}: {size:.0f} MB, after two minutes {after_two:.0f}" for when, size in
                  (("at the end", at_end), ("all closed", closed)) if size > 1.05 * after_two]  # fmt: skip
    sessions = (arguments.clients + arguments.servers - 1) // arguments.servers + arguments.pages
    print(f"memory a session: {(at_end - before) / max(sessions, 1):.1f} MB, of {before:.0f} before they came")
    tell(seconds, drawn, used, (after_two, at_end, closed), wrong)
    shutil.rmtree(folder.parent)
    return int(bool(wrong))


class Expected:
    """The answers over HTTP to each question; answers that are compared when the papers have come, if any come."""

    def __init__(self, port: int, papers_come: bool) -> None:
        self.texts = [*QUESTIONS, *_MORE]
        self._before = {text: over_http(port, text, _SHOWN) for text in self.texts}
        self._papers_come = papers_come
        self._later: list[tuple[str, tuple[str, ...]]] = []

    def accepts(self, text: str, ids: tuple[str, ...]) -> bool:
        """Whether these are the results of `text`, as far as can be said now."""
        if self._papers_come:
            self._later.append((text, ids))
            return len(ids) == _SHOWN
        return ids == self._before[text]

    def mixed_up(self, ports: list[int]) -> list[str]:
        """What is wrong with answers while papers came, and where processes differ at the end."""
        if not self._papers_come:
            return []
        after = [{text: over_http(port, text, _SHOWN) for text in self.texts} for port in ports]
        differ = [f"{text!r}: processes differ" for text in self.texts for own in after if own[text] != after[0][text]]
        same = sum(ids in (self._before[text], after[0][text]) for text, ids in self._later)
        print(f"{len(self._later)} answers while papers came, {same} as before or after, the rest lies between")
        return differ + [f"{text!r}: {ids}" for text, ids in self._later if self._nearest(ids, after[0]) != text]

    def _nearest(self, ids: tuple[str, ...], after: dict[str, tuple[str, ...]]) -> str:
        """The question whose answers have most in common with `ids`."""
        return max(self.texts, key=lambda text: len({*ids} & {*self._before[text], *after[text]}))


def add(file: Path | None, folder: Path, wrong: list[str]) -> None:
    """Add the papers of a file by the command line."""
    if file is None:
        return
    began = time.monotonic()
    command = [sys.executable, "-m", "explorer", "add", "--library", str(folder), str(file)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    print(f"import: {time.monotonic() - began:.0f} s", flush=True)
    wrong += [f"import: {done.stderr[-300:]}"] if done.returncode else []


def client(
    port: int, number: int, end: float, pause: float, expected: Expected, seconds: list[float], wrong: list[str]
) -> None:
    """A client that asks its own questions in its own order."""
    chance, page = random.Random(number), PageClient(port)
    while time.monotonic() < end:
        text = chance.choice(expected.texts)
        try:
            shown = page.ask(q=text)
        except Exception as error:
            wrong.append(f"client {number}, {text!r}: {type(error).__name__}: {error}")
            page = PageClient(port)
            continue
        seconds.append(shown.seconds)
        if f"“{text}”" not in shown.heading or not expected.accepts(text, shown.ids) or shown.errors:
            wrong.append(f"client {number}, {text!r}: {shown}")
        time.sleep(chance.uniform(0.5, 1.5) * pause)
    page.close()


def neighbours(port: int) -> list[str]:
    """Fifty questions of a client, and whether what another's map was drawn from is still there."""
    first, second = PageClient(port), PageClient(port)
    first.ask(q="attention", colour="similarity", **{"from": "2015"})
    paths = set(re.findall(r"explorer/(?:values|map)/[\w\-]+(?:/papers/\w+)?", first.raw))
    for number in range(50):
        second.ask(
            q=f"{QUESTIONS[number % len(QUESTIONS)]} {number}", colour="similarity", **{"from": str(1970 + number)}
        )
    gone = []
    for path in sorted(path for path in paths if "/values/" in path or "/papers/" in path):
        address = f"http://localhost:{port}/{path}" + (".bib" if "/papers/" in path else "")
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except urllib.error.HTTPError as error:
            gone.append(f"after fifty questions of another client: {path}: {error}")
    first.close()
    second.close()
    print(f"{len(paths)} paths of a map after fifty questions of another client, {len(gone)} gone", flush=True)
    return gone


# ------------------------------------------------------------------------------------------------------- browsers


@contextmanager
def pages(count: int, port: int) -> Iterator[list[Page]]:
    if not count:
        yield []
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = [browser.new_context(viewport={"width": 1400, "height": 900}).new_page() for _ in range(count)]
        for page in opened:
            page.goto(f"http://localhost:{port}", wait_until="commit")
            page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=120_000)
        yield opened
        browser.close()


def browse(opened: list[Page], end: float, pause: float, expected: Expected, wrong: list[str]) -> list[float]:
    """Asks questions in turn on the pages; seconds until each list was drawn."""
    chance, seconds = random.Random(0), list[float]()
    while time.monotonic() < end:
        if not opened:
            time.sleep(min(pause, max(0.0, end - time.monotonic())))
        for number, page in enumerate(opened):
            text, began = chance.choice(expected.texts), time.monotonic()
            box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
            try:
                box.fill(text)
                box.press("Enter")
                page.get_by_text(f"nearest to “{text}”").wait_for(timeout=120_000)
                seconds.append(time.monotonic() - began)
            except Exception as error:
                wrong.append(f"page {number}, {text!r}: {type(error).__name__}: {str(error)[:200]}")
            time.sleep(pause / len(opened))
    return seconds


# -------------------------------------------------------------------------------------------------------- measures


def measured(server: int, began: float, end: float) -> list[float]:
    """The server's memory after two minutes, once it is measured."""
    memory: list[float] = []

    def measure() -> None:
        time.sleep(max(0.0, min(began + 120, end - 5) - time.monotonic()))
        memory.append(resident(server))

    threading.Thread(target=measure, daemon=True).start()
    return memory


def resident(process: int) -> float:
    """Megabytes of a process in memory that are its own."""
    status = Path(f"/proc/{process}/status").read_text()
    return sum(int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("RssAnon", "RssShmem")) / 1024


def cpu_of(root: int, *, browsers: bool = False) -> float:
    """Seconds of the processor that a process and those below it took, or the browsers among them."""
    parents, names, times = dict[int, int](), dict[int, str](), dict[int, float]()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (path / "stat").read_text().rpartition(") ")
        except OSError:
            continue
        fields, number = rest.split(), int(path.name)
        parents[number], names[number] = int(fields[1]), head.partition("(")[2]
        times[number] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def below(number: int) -> bool:
        while number > 1 and number != root:
            number = parents.get(number, 0)
        return number == root

    own = [number for number in times if below(number) and (not browsers or "chrom" in names[number])]
    return sum(times[number] for number in own)


def tell(
    seconds: list[float], drawn: list[float], used: tuple[float, ...], memory: tuple[float, ...], wrong: list[str]
) -> None:
    for name, times in (("client", seconds), ("page", drawn)):
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            print(f"{name}: {len(times)} answers, p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s")
    server, browsers, rest = used
    whole = server + rest
    print(f"processor: server {server / whole:.0%}, browsers {browsers / whole:.0%}, of {whole:.0f} s")
    print("memory: after two minutes {:.0f} MB, at the end {:.0f}, all closed {:.0f}".format(*memory))
    print(f"{len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    print(json.dumps({"seconds": len(seconds), "wrong": len(wrong)}))


if __name__ == "__main__":
    sys.exit(main())
