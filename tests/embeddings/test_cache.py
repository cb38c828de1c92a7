"""The encoder with a memory: each vector is made once, and as the encoder behind it makes it."""

import numpy as np

from embeddings.cache import VectorCache
from embeddings.toy import ToyEncoder


class Counting(ToyEncoder):
    """Remembers what it was asked for."""

    def __init__(self):
        self.texts, self.queries = [], []

    def encode(self, texts):
        self.texts += texts
        return super().encode(texts)

    def encode_query(self, text):
        self.queries.append(text)
        return super().encode([text])[0]


def test_each_text_and_each_question_is_encoded_once_and_alike():
    encoder = Counting()
    cache = VectorCache(encoder)
    for texts in (["b", "a", "b"], ["a", "c"], ["c"]):
        np.testing.assert_array_equal(cache.encode(texts), ToyEncoder().encode(texts))
    for _ in range(2):
        np.testing.assert_array_equal(cache.encode_query("a"), ToyEncoder().encode_query("a"))
    assert encoder.texts == ["b", "a", "c"]
    assert encoder.queries == ["a"]  # a model may have another prompt for questions
    assert (cache.name, cache.revision) == ("toy", "1")


def test_only_the_latest_are_in_memory():
    encoder = Counting()
    cache = VectorCache(encoder, keep=2)
    for texts in (["a", "b", "c"], ["c", "a"], [], ["a", "a"]):
        assert len(cache.encode(texts)) == len(texts)
    assert encoder.texts == ["a", "b", "c", "a"]


def test_vectors_that_are_there_already_are_taken_over():
    encoder = Counting()
    cache = VectorCache(encoder, keep=None)
    cache.put({"a": np.ones(64, np.float32)})
    assert cache.encode(["a", "b"])[0].tolist() == [1.0] * 64
    assert encoder.texts == ["b"]


def test_a_folder_outlives_the_cache_and_belongs_to_one_model(tmp_path):
    texts = [f"text {n}" for n in range(5)]
    encoder = Counting()
    vectors = VectorCache(encoder, folder=tmp_path / "made").encode(texts)
    np.testing.assert_array_equal(VectorCache(encoder, folder=tmp_path / "made").encode(texts), vectors)
    assert encoder.texts == texts
    encoder.revision = "2"
    VectorCache(encoder, folder=tmp_path / "made").encode(texts)
    assert encoder.texts == texts * 2
