"""Vectors of phrases that could name a topic: many short lists."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import paper
from embeddings.encoder import BundledEncoder
from embeddings.packed import PackedMiniLM
from explorer.library import Library, derivation

pytestmark = pytest.mark.slow  # it loads torch
PHRASES = ["motion planning", "graph neural networks", "simultaneous localization and mapping (SLAM)", "Kalman filter"]


def test_phrases_have_the_vectors_of_texts(tmp_path, real_encoder):
    with Library.open(tmp_path / "library", encoder=real_encoder) as library:
        fast, exact = library.encoder.encode_phrases(PHRASES), library.encoder.encode(PHRASES)
    np.testing.assert_allclose(np.linalg.norm(fast, axis=1), 1, atol=1e-6)
    assert (fast * exact).sum(axis=1).min() > 0.999
    assert (fast @ exact.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(("papers", "many"), [(5, True), (4, False)])
def test_phrases_of_many_papers_are_encoded_in_torch(tmp_path, monkeypatch, papers, many):
    """Numpy is there sooner, torch is four times as fast for thousands."""
    lists, encode = [], PackedMiniLM.encode
    monkeypatch.setattr(derivation, "_OF_MANY", 5)
    kept = lambda model, texts, *budget: lists.append(list(texts)) or encode(model, texts, *budget)  # noqa: E731
    monkeypatch.setattr(PackedMiniLM, "encode", kept)
    with Library.open(tmp_path / "library", encoder=BundledEncoder()) as library:
        titles = ["Motion planning", "Path planning of robots", "Speech recognition", "Acoustic models", "Soft robots"]
        library.add([paper(title, f"On {title}.", record=i, key=str(i)) for i, title in enumerate(titles[:papers])])
        assert library.topics.levels[0].labels
    assert (["topic"] in lists) == many  # what is asked first: whether the model is there
    assert any(phrase.startswith("Motion planning") for some in lists for phrase in some) == many
