"""Fixtures: the two encoders, libraries of their own for every test, the shared data where it is there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.encoder import SentenceEncoder
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.paper import Paper, Source, make_paper

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SEEDS = sorted((ROOT / "seeds").iterdir())
SHARED = ROOT.parent / "shared" / "data"

os.environ.setdefault("HF_HUB_OFFLINE", "1")
pytest_plugins = ["support.app", "support.browser"]


def shared(*parts: str) -> Path:
    """A file of the shared data; the test is skipped where it is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the shared data: {'/'.join(parts)}")
    return path


def paper(title: str, abstract: str = "", *, record: int = 1, key: str = "", **fields: object) -> Paper:
    """A paper as a reader would make it."""
    return make_paper(Source("made.jsonl", record, record, key), title=title, abstract=abstract, **fields)


@pytest.fixture(scope="session")
def real_encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture(scope="session")
def _built_seeds(tmp_path_factory: pytest.TempPathFactory, real_encoder: SentenceEncoder) -> Path:
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


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes records as a file of JSON lines."""

    def write_file(*records: dict[str, object], name: str = "list.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    return write_file
