"""The bundled model's three roads, numpy, torch packed and sentence-transformers, give the same vectors."""

import math
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings import bundled, minilm, packed
from embeddings.encoder import BundledEncoder, SentenceEncoder
from embeddings.minilm import MiniLM
from embeddings.packed import PackedMiniLM
from embeddings.processor import agree, flags, half_precision, self_test_texts

WORDS = (
    "neural networks of p53-dependent β-catenin, Schrödinger's C++ 鲁迅 state-of-the-art ﬁne naïve H2O 10.1/x "
    "<b> $\\alpha$ the"
).split()


def made_texts(count: int, seed: int = 0) -> list[str]:
    """Texts of 0 to 400 words, most of them short."""
    dice = random.Random(seed)
    return [
        "",
        "  ",
        "\x00",
        "a" * 3000,
        *(" ".join(dice.choices(WORDS, k=int(400 * dice.random() ** 3))) for _ in range(count)),
    ]


@pytest.fixture(scope="module")
def in_numpy() -> MiniLM:
    return MiniLM(bundled.folder())


@pytest.mark.slow
def test_numpy_and_packed_torch_give_the_vectors_of_sentence_transformers(in_numpy, monkeypatch):
    texts = made_texts(200)
    right = SentenceEncoder(str(bundled.folder())).encode_query
    expected = np.stack([right(text) for text in texts])
    assert np.abs(in_numpy.encode(texts) - expected).max() < 1e-5
    monkeypatch.setattr(packed, "half_precision", lambda: False)
    single = PackedMiniLM(bundled.folder(), in_numpy)
    assert single.precision == "fp32"
    assert np.abs(single.encode(texts) - expected).max() < 1e-5


@pytest.mark.parametrize("count", [1, 1000, 3 * 65536 + 7])
def test_gelu_is_exact_up_to_rounding(count):
    values = np.concatenate([np.linspace(-12, 12, count), [-3e4, -40.0, 0.0, 40.0, 3e4]]).astype(np.float32)
    exact = [value * 0.5 * math.erfc(-value / math.sqrt(2)) for value in values.tolist()]
    np.testing.assert_allclose(minilm._gelu(values.reshape(1, -1).copy())[0], exact, rtol=3e-7, atol=3e-7)


def test_the_number_of_threads_changes_no_bit(in_numpy, monkeypatch):
    texts = made_texts(30, seed=3)
    vectors = in_numpy.encode(texts)
    for count in (1, 7):
        monkeypatch.setattr(minilm.os, "cpu_count", lambda count=count: count)
        np.testing.assert_array_equal(in_numpy.encode(texts), vectors)


@pytest.mark.slow
def test_many_texts_are_the_same_bits_in_any_order_and_near_in_half_precision(in_numpy):
    texts = made_texts(60, seed=1)
    model = PackedMiniLM(bundled.folder(), in_numpy)
    vectors = model.encode(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    np.testing.assert_array_equal(model.encode([texts[row] for row in order]), vectors[order])
    assert np.einsum("ij,ij->i", vectors, in_numpy.encode(texts)).min() > 0.999


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1, 30])
def test_attention_by_plain_exponentials_is_that_of_torch_also_beyond_their_range(in_numpy, monkeypatch, scale):
    model, texts = PackedMiniLM(bundled.folder(), in_numpy), made_texts(20, seed=4)
    if model.precision != "bf16":
        pytest.skip("this processor computes in single precision")
    first, *rest = model._layers
    monkeypatch.setattr(model, "_layers", [(lambda states: first[0](states) * scale, *first[1:]), *rest])
    vectors = model.encode(texts)
    monkeypatch.setattr(model, "_exponentials", model._attention)
    assert np.einsum("ij,ij->i", vectors, model.encode(texts)).min() > 0.999


@pytest.mark.slow
def test_attention_of_many_phrases_at_once_is_that_of_each_alone(in_numpy, monkeypatch):
    """Of three times as many as go together, so that a rest is left; in half precision, which alone uses it."""
    model = PackedMiniLM(bundled.folder(), in_numpy)
    monkeypatch.setattr(model, "_kind", model._torch.bfloat16)
    length, number = 9, 3 * packed._TOGETHER // 81
    states = model._torch.randn(length * number, 3 * 384).bfloat16()
    together = model._exponentials(states, [(length, number)])
    monkeypatch.setattr(packed, "_TOGETHER", 1)
    assert (together - model._exponentials(states, [(length, number)])).abs().max() < 0.02


@pytest.mark.slow
def test_the_bits_do_not_depend_on_the_number_of_threads_and_the_program_keeps_its_own(in_numpy):
    import torch

    texts, before = made_texts(60, seed=3), torch.get_num_threads()
    vectors = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            vectors.append(PackedMiniLM(bundled.folder(), in_numpy).encode(texts))
            with ThreadPoolExecutor(1) as later:
                assert later.submit(torch.get_num_threads).result() == torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(*vectors)


@pytest.mark.slow
def test_a_precision_that_fails_its_self_test_is_not_used(in_numpy, monkeypatch):
    monkeypatch.setattr(packed, "half_precision", lambda: True)
    monkeypatch.setattr(packed, "agree", lambda *_: False)
    assert PackedMiniLM(bundled.folder(), in_numpy).precision == "fp32"


@pytest.mark.slow
def test_any_model_in_half_precision_keeps_its_meaning(monkeypatch):
    monkeypatch.setattr("embeddings.encoder.half_precision", lambda: True)
    monkeypatch.setattr("embeddings.encoder._FEW", 0)
    encoder = SentenceEncoder(str(bundled.folder()))
    texts = self_test_texts()
    assert encoder.precision(texts) == "bf16"
    vectors, single = encoder.encode(texts), np.stack([encoder.encode_query(text) for text in texts])
    assert agree(vectors, single)
    assert (vectors != single).any()


def test_the_self_test_notices_nan_noise_and_another_neighbour():
    right = np.eye(12, dtype=np.float32) + 0.01 * np.arange(144, dtype=np.float32).reshape(12, 12) / 144
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    assert agree(right, right)
    assert not agree(np.full_like(right, np.nan), right)
    assert not agree(right[::-1], right)
    assert len(self_test_texts()) == 12


def test_a_few_texts_and_a_question_need_no_torch():
    code = (
        "import sys; from embeddings.encoder import BundledEncoder; e = BundledEncoder(); "
        "e.encode_query('graphs'); e.encode(['one paper', 'another']); print(e.precision(['x']), "
        "*('torch' in name or 'transformers' in name for name in sys.modules if name in ('torch', 'transformers')))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert printed == ["fp32"]


def test_the_vector_of_few_texts_depends_on_the_list_alone():
    encoder, texts = BundledEncoder(), made_texts(4, seed=2)
    np.testing.assert_array_equal(encoder.encode(texts[:6]), encoder.encode(texts[:6]))
    assert encoder.precision(texts[:2]) == "fp32"


def test_the_precision_follows_the_flags_and_the_caps(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n")
    assert flags(cpuinfo) == {"fpu", "avx2", "avx512_bf16"}
    assert half_precision(cpuinfo, {})
    assert half_precision(cpuinfo, {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"})
    assert not half_precision(cpuinfo, {"ONEDNN_MAX_CPU_ISA": "avx2"})
    assert not half_precision(cpuinfo, {"DNNL_MAX_CPU_ISA": "AVX512_CORE_VNNI"})
    cpuinfo.write_text("flags : fpu avx2 avx512f\n")
    assert not half_precision(cpuinfo, {})
    assert not half_precision(tmp_path / "none", {})
