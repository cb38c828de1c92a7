"""Read-only apps over one folder behind a balancer, while builds are swapped in: no error, each answer of one state.

    python benchmarks/replicas.py FOLDER [--minutes 10] [--clients 16] [--builds 5] [--replicas 2] [--papers 300]

Makes a library of made papers with the toy encoder, so that building takes the time and not embedding. Clients ask over
HTTP, a quarter of them over the page's websocket, each connection handed to the next replica; meanwhile `explorer add`
adds papers, build after build. Required: no error, no refused connection; each answer is, to the last number, that of
the library as it was after exactly one of the builds; at the end every replica answers from the last. Prints how many
answers were of each state, and how long they took. Exit code 1 when something is wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clients import PageClient, serving

from embeddings.toy import ToyEncoder
from explorer.export.shapes import of_answer
from explorer.library import Library
from explorer.search.question import Question

WORDS = (
    "peat moss river delta wall lichen glacier forest meadow pollen sediment carbon nitrogen flood drought soil".split()
)
QUESTIONS = [f"{first} and {second}" for first, second in itertools.combinations(WORDS[:8], 2)]
_SHOWN = 10  # results on a page, and of a question


@dataclass
class Told:
    """What the clients met."""

    states: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--builds", type=int, default=5)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--papers", type=int, default=300)
    options = parser.parse_args()
    met = measure(
        options.folder, seconds=60 * options.minutes, clients=options.clients, builds=options.builds,
        replicas=options.replicas, papers=options.papers,
    )  # fmt: skip
    met.seconds.sort()
    print(f"{len(met.seconds):,} answers, of the states after each build: {dict(sorted(met.states.items()))}")
    print(f"median {statistics.median(met.seconds):.2f} s, longest {met.seconds[-1]:.2f} s; wrong: {len(met.wrong)}")
    print("\n".join(met.wrong[:10]))
    return 1 if met.wrong else 0


def measure(folder: Path, *, seconds: float, clients: int, builds: int, replicas: int, papers: int) -> Told:
    """Ask for so many seconds at least and until all builds are done and taken up; what the clients met."""
    files = [_file(folder / f"part-{number}.jsonl", number, papers) for number in range(builds + 1)]
    states = _distinct(list(_states(folder / "twin", files)))
    _add(files[0], folder / "library")
    met, over = Told(), threading.Event()
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(folder / "library", "--read-only"))[0] for _ in range(replicas)]
        for port in ports:
            PageClient(port).ask(q="warm up")  # the first page of a new server shows its front before it is asked
        balanced = stack.enter_context(balancer(ports))
        threads = [
            threading.Thread(target=_ask_pages if number % 4 == 3 else _ask, args=(balanced, states, met, over, number))
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        for number, file in enumerate(files[1:], 1):
            _wait(began + seconds * number / (builds + 1))
            _add(file, folder / "library")
        _wait(began + seconds)
        for port in ports:
            if not _takes_up(port, states[-1]):
                met.wrong.append(f"the replica at {port} does not answer from the last build")
        over.set()
        for thread in threads:
            thread.join()
    return met


def _file(path: Path, number: int, papers: int) -> Path:
    """Papers of which some are nearer to every question than those before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        for each in range(papers):
            a, b = (WORDS[(each * step + number) % len(WORDS)] for step in (1, 3))
            title = f"Of {a} and {b}: study{number}x{each}"
            record = {"id": f"p{number}-{each}", "title": title, "abstract": " ".join([a, b] * (3 + each % 5))}
            lines.write(json.dumps(record) + "\n")
        for place, question in enumerate(QUESTIONS):  # its title is the question: a new best paper for each
            record = {"id": f"q{number}-{place}", "title": f"{question} {'again ' * number}".strip()}
            lines.write(json.dumps({**record, "abstract": f"{question} and {question} study{number}"}) + "\n")
    return path


def _states(folder: Path, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The answer to each question after each build, as a library that nobody else reads gives it."""
    for file in files:
        with Library.open(folder, encoder=ToyEncoder()) as library:
            library.add(file)
        with Library.open(folder, write=False) as library:
            yield {text: json.loads(json.dumps(of_answer(library.ask(Question(text), _SHOWN)))) for text in QUESTIONS}
    shutil.rmtree(folder)


def _distinct(states: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions whose lists are others in each state, so that a list tells which it is of."""
    lists = {text: {_ids(state[text]) for state in states} for text in QUESTIONS}
    usable = [text for text in QUESTIONS if len(lists[text]) == len(states)]
    assert len(usable) > 5, "the builds change too little"
    return [{text: state[text] for text in usable} for state in states]


def _ids(answer: dict[str, Any]) -> tuple[str, ...]:
    return tuple(result["id"] for result in answer["results"])


def _add(file: Path, library: Path) -> None:
    command = [sys.executable, "-m", "explorer", "add", str(file), "--library", str(library), "--model", "toy"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    subprocess.run(command, env=environment, check=True, capture_output=True)


def _wait(until: float) -> None:
    time.sleep(max(0.0, until - time.monotonic()))


def _ask(port: int, states: Sequence[dict[str, Any]], met: Told, over: threading.Event, first: int) -> None:
    for text in itertools.islice(itertools.cycle(states[0]), first, None):
        if over.is_set():
            return
        began = time.monotonic()
        try:
            answer = _over_http(port, text)
        except Exception as error:
            met.wrong.append(f"{text}: {error!r}")
            continue
        met.seconds.append(time.monotonic() - began)
        _note(met, text, [number for number, state in enumerate(states) if state[text] == answer], answer)


def _over_http(port: int, text: str) -> dict[str, Any]:
    address = f"http://localhost:{port}/explorer/api/search?q={quote(text)}&k={_SHOWN}"
    with urllib.request.urlopen(address, timeout=120) as reply:
        answer: dict[str, Any] = json.load(reply)
    return {name: value for name, value in answer.items() if name not in ("offset", "next_offset")}


def _ask_pages(port: int, states: Sequence[dict[str, Any]], met: Told, over: threading.Event, first: int) -> None:
    """As `_ask`, over a page that is held open; a page shows ids."""
    try:
        page = PageClient(port)
        for text in itertools.islice(itertools.cycle(states[0]), first, None):
            if over.is_set():
                return page.close()
            shown = page.ask(q=text)
            met.seconds.append(shown.seconds)
            met.wrong += [f"{text}: {error}" for error in shown.errors]
            matching = [number for number, state in enumerate(states) if _ids(state[text]) == shown.ids]
            _note(met, text, matching, (shown.heading, shown.ids))
    except Exception as error:
        met.wrong.append(f"page of client {first}: {error!r}")


def _note(met: Told, text: str, matching: Sequence[int], answer: object) -> None:
    if len(matching) == 1:
        met.states[matching[0]] += 1
    else:
        met.wrong.append(f"{text}: an answer of the states {matching}: {answer}")


def _takes_up(port: int, state: dict[str, Any]) -> bool:
    """Whether a replica answers from the last build, within a minute."""
    for _ in range(600):
        if all(_over_http(port, text) == state[text] for text in list(state)[:3]):
            return True
        time.sleep(0.1)
    return False


@contextmanager
def balancer(ports: Sequence[int]) -> Iterator[int]:
    """The port of a balancer that hands each connection to the next of the servers at `ports`."""
    following = itertools.cycle(ports)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_hand_on, args=(client, next(following)), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def _hand_on(client: socket.socket, port: int) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as replica:
        back = threading.Thread(target=_pipe, args=(replica, client), daemon=True)
        back.start()
        _pipe(client, replica)
        back.join()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    sys.exit(main())
