import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from embeddings import bundled
from embeddings.encoder import BundledEncoder, EncoderError, SentenceEncoder, encoder_named
from embeddings.toy import ToyEncoder


def test_the_bundled_model_gives_unit_vectors_of_384(real_encoder):
    vectors = real_encoder.encode(["Graph neural networks.", "A recipe for soup."])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_meaning_counts_more_than_words(real_encoder):
    vectors = real_encoder.encode(
        [
            "Networks that recognise objects in photographs.",
            "Deep image classification.",
            "Photographs of old railway networks and the objects of conductors.",
        ]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_known_vector_of_the_official_weights(real_encoder):
    # The first numbers of the published model for this sentence (sbert.net's own example).
    vector = real_encoder.encode_query("This is an example sentence")
    np.testing.assert_allclose(vector[:3], [0.06765689, 0.06349581, 0.0487131], atol=2e-4)


def test_equal_batches_give_equal_bits(real_encoder):
    texts = ["one two three " * n for n in range(1, 20)]
    assert (real_encoder.encode(texts) == real_encoder.encode(texts)).all()


def test_text_beyond_128_tokens_still_counts(real_encoder):
    # The tokenizer file of the bundled model cuts at 128; the model's own limit is 256.
    text = "word " * 150
    assert not np.allclose(real_encoder.encode_query(text), real_encoder.encode_query(text + "quantum gravity " * 10))


def test_prompts_of_a_model_are_honoured(tmp_path, real_encoder):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled.folder()))
    model.prompts = {"query": "query: ", "document": "passage: "}
    model.save(str(tmp_path / "model"))
    prompted = SentenceEncoder(str(tmp_path / "model"))
    np.testing.assert_allclose(prompted.encode_query("cats"), real_encoder.encode_query("query: cats"), atol=1e-5)
    np.testing.assert_allclose(prompted.encode(["cats"])[0], real_encoder.encode(["passage: cats"])[0], atol=1e-5)
    assert prompted.revision != real_encoder.revision


def test_a_missing_folder_is_named():
    with pytest.raises(EncoderError, match=r"no model folder at \./nowhere"):
        SentenceEncoder("./nowhere").encode(["x"])


def test_changed_weights_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with patch("embeddings.bundled.folder", lambda: tmp_path), pytest.raises(EncoderError, match="sha256"):
        BundledEncoder().encode_query("x")


def test_name_and_revision_load_no_torch():
    code = (
        "import sys; from embeddings.encoder import BundledEncoder; e = BundledEncoder(); "
        "print(e.name, e.revision, 'torch' in sys.modules, 'sentence_transformers' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert printed == ["all-MiniLM-L6-v2", "53aa51172d14", "False", "False"]


def test_toy_vectors_can_be_worked_out_by_hand():
    toy = encoder_named("toy")
    vector = toy.encode_query("cat cat dog")
    assert vector[ToyEncoder.axis("cat")] == pytest.approx(2 / 5**0.5)
    assert vector[ToyEncoder.axis("dog")] == pytest.approx(1 / 5**0.5)
    assert Path(toy.name).name == "toy"
