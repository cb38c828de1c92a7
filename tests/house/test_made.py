"""Made papers of the benchmarks: the same each time, unit length, near to what they are made of."""

import gzip
import json
import sys

import numpy as np
import pytest

from conftest import ROOT
from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import made

    return made


def test_made_papers(made, tmp_path):
    dice = np.random.default_rng(0)
    real = unit_rows(dice.normal(size=(8, 32))[dice.integers(0, 8, 300)] + 0.5 * dice.normal(size=(300, 32)))
    near = VectorIndex.build(real).neighbours(15)[0]
    makers = made.makers(near, 700)
    vectors = made.made_vectors(real, near, makers)
    assert (vectors == made.made_vectors(real, near, made.makers(near, 700))).all()
    assert vectors.shape == (700, 32) and np.bincount(makers.of).max() <= np.bincount(makers.of).min() + 1
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    own = np.flatnonzero(makers.copied < 0)
    close = np.einsum("ij,ij->i", vectors[own], real[makers.of[own]]).mean()
    assert close > np.einsum("ij,ij->i", vectors[own], real[makers.of[own][::-1]]).mean() + 0.1

    file = tmp_path / "corpus.jsonl.gz"
    with gzip.open(file, "wt") as out:
        for number in range(300):
            print(json.dumps({"title": f"Title {number}", "abstract": f"First {number}. Last {number}"}), file=out)
    texts = list(made.texts(file, makers))
    assert [key for key, *_ in texts] == list(range(700))
    assert len({title for _, title, *_ in texts}) == 700
    assert str(makers.of[0]) in texts[0][2]
    assert [title for _, title, *_ in made.texts(file, None)] == [f"Title {number}" for number in range(300)]
    realism = made.Realism.of(real, near)
    assert realism.first > realism.fifth > realism.fifteenth and len(realism.cells) == 5


def test_growth_is_measured_step_by_step(made, tmp_path, monkeypatch):
    import growth

    from explorer.index import build, disk, extension, words
    from explorer.library import builder

    for owner, name in ((words, "write"), (disk, "save"), (build, "measured"), (extension, "recall")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(VectorIndex, "neighbours", VectorIndex.neighbours)
    monkeypatch.setattr(builder, "_FEWEST", builder._FEWEST)
    dice = np.random.default_rng(1)
    np.save(tmp_path / "vectors.npy", dice.normal(size=(60, 384)).astype(np.float32))
    with gzip.open(tmp_path / "corpus.jsonl.gz", "wt") as out:
        for number in range(60):
            print(json.dumps({"title": f"Vole {number}", "abstract": f"In bog {number}. In fen {number}"}), file=out)
    growth.measure(tmp_path / "corpus.jsonl.gz", tmp_path / "vectors.npy", tmp_path / "kept", 90, 5)
    figures = json.loads((tmp_path / "kept" / "growth_90.json").read_text())
    assert figures["papers"] == 90 and figures["added"]["papers"] == 5
    steps = {"Reading", "Embedding", "neighbours", "recall measured", "Drawing the map", "Finding topics", "words"}
    assert steps <= set(figures) and all(figures[name]["peak"] > 0 for name in steps)
