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
