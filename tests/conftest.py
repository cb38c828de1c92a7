"""What all tests share: the two encoders, libraries of their own, the shared data, and the two lanes.

Always true: a test that needs a browser or the real model is `slow`, which `make check` leaves out; `make check` writes
into memory where there is room (PYTEST_DEBUG_TEMPROOT=DIR names another place); no test reaches beyond this machine;
without EXPLORER_SHARED the tests of the shared data are skipped and counted in one line at the end, with it a missing
file fails.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from embeddings.encoder import BundledEncoder
from embeddings.toy import ToyEncoder
from explorer.library import Library, blocks
from explorer.paper import Paper, Source, make_paper
from support import cost

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SEEDS = sorted((ROOT / "seeds").iterdir())
SHARED = os.environ.get("EXPLORER_SHARED", "")
NEEDS_SHARED = "needs the shared data"
IN_MEMORY, ROOM = Path("/dev/shm"), 2**31  # `make check` writes there: a disk is waited for at each of 30,000 commits
SLOW_FIXTURES = {"browser", "playwright", "real_encoder"}

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# A busy machine is no fault of a test: how long inputs take to make says nothing.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
pytest_plugins = ["support.app", "support.browser"]


# ------------------------------------------------------------------------------------------------------- the lanes


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", metavar="SEED", help="run the files, and the tests of each file, in a random order")


def pytest_configure(config: pytest.Config) -> None:
    cost.quick = config.option.markexpr == "not slow"
    if cost.quick and IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    if seed := config.getoption("shuffle"):
        chance = random.Random(seed)
        file_order = {path: chance.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: (file_order[item.path], chance.random()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    before = "torch" in sys.modules
    result = yield
    if not before and "torch" in sys.modules and item.config.option.markexpr == "not slow":
        pytest.exit(f"{item.nodeid} loads torch: mark it as slow", returncode=1)
    return result


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> object:
    """Every connection beyond this machine fails, in the thread of whoever tries."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert address[0] in ("127.0.0.1", "::1", "localhost"), f"a test reaches for {address}"
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


# -------------------------------------------------------------------------------------------------- the shared data


def shared(*parts: str) -> Path:
    """A file of the shared data: skips without EXPLORER_SHARED; with it, fails where the file is missing."""
    if not SHARED:
        pytest.skip(NEEDS_SHARED)
    path = Path(SHARED, "data", *parts)
    assert path.exists(), f"{path} is missing"
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if count := sum(NEEDS_SHARED in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(
            f"{count} tests skipped that need the shared data; EXPLORER_SHARED=DIR runs them, where DIR holds data/"
        )


# ------------------------------------------------------------------------------------------- papers and libraries


def paper(title: str, abstract: str = "", *, record: int = 1, key: str = "", **fields: object) -> Paper:
    """A paper as a reader would make it."""
    return make_paper(Source("made.jsonl", record, record, key), title=title, abstract=abstract, **fields)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes records as a file of JSON lines."""

    def write_file(*records: dict[str, object], name: str = "list.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return write_file


@contextmanager
def blocks_of(size: int) -> Iterator[int]:
    """So many texts are embedded together inside: with few of them a few papers make several blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SIZE", size)
        yield size


@pytest.fixture
def small_blocks() -> Iterator[int]:
    """The number of texts in a block, for the time of a test."""
    with blocks_of(40) as size:
        yield size


@pytest.fixture(scope="session")
def real_encoder() -> BundledEncoder:
    return BundledEncoder()


@pytest.fixture(scope="session")
def _built_seeds(tmp_path_factory: pytest.TempPathFactory, real_encoder: BundledEncoder) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "library"
    with Library.open(folder, encoder=real_encoder) as library:
        library.add(*SEEDS)
    return folder


@pytest.fixture
def seed_folder(_built_seeds: Path, tmp_path: Path) -> Path:
    """A copy of the library of the 12 seed papers, made with the real model."""
    return Path(shutil.copytree(_built_seeds, tmp_path / "seeds"))


@pytest.fixture
def toy(tmp_path: Path) -> Library:
    """An empty library whose similarities can be worked out by hand."""
    library = Library.open(tmp_path / "toy", encoder=ToyEncoder())
    yield library
    library.close()


ToyWith = Callable[[Iterable[Paper]], Library]


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def toy_with(_made: Path, tmp_path: Path) -> Iterator[ToyWith]:
    """Opens a library like `toy` that holds these papers: made once, each test gets a copy."""
    libraries: list[Library] = []

    def opened(papers: Iterable[Paper]) -> Library:
        papers = list(papers)
        folder = _made / sha256(repr(papers).encode()).hexdigest()
        if not folder.exists():
            with Library.open(folder.with_suffix(".new"), encoder=ToyEncoder()) as library:
                library.add(papers)
            folder.with_suffix(".new").rename(folder)
        libraries.append(Library.open(Path(shutil.copytree(folder, tmp_path / "toy")), encoder=ToyEncoder()))
        return libraries[-1]

    yield opened
    for library in libraries:
        library.close()
