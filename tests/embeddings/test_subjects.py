"""The subjects people ask about at large, and their vectors as they lie beside the list."""

import numpy as np
import pytest

from embeddings.encoder import BundledEncoder
from embeddings.subjects import subject_vectors, subjects
from embeddings.toy import ToyEncoder


def test_subjects_are_plain_words_each_once():
    assert len(subjects()) == len(set(subjects())) > 250
    assert all(line == line.strip() and 0 < len(line) < 60 for line in subjects())


def test_those_of_the_bundled_model_lie_there_in_the_order_of_the_list():
    encoder = BundledEncoder()
    kept = subject_vectors(encoder)
    assert kept.shape == (len(subjects()), 384) and kept.dtype == np.float32
    some = [0, 57, 141, len(subjects()) - 1]
    made = encoder.encode([subjects()[at] for at in some])
    assert np.einsum("ij,ij->i", kept[some], made) == pytest.approx(np.ones(4), abs=1e-3)


def test_another_model_makes_its_own():
    encoder = ToyEncoder()
    assert np.array_equal(subject_vectors(encoder), encoder.encode(subjects()))
    assert subject_vectors(ToyEncoder()) is subject_vectors(encoder)  # once, however often a library is built
