"""MiniLM's forward pass in numpy: the vector of a question before torch could have been imported.

Knows one architecture, the BERT encoder with mean pooling of all-MiniLM-L6-v2 (Wang et al. 2020, MiniLM; Reimers and
Gurevych 2019, Sentence-BERT), and reads its official files. Always true: vectors differ from those of
sentence-transformers by less than 1e-5 in every component; texts are packed end to end, so nothing is padded; the
vector of a text does not depend on the texts beside it by more than the rounding of the matrix product, nor at all on
the number of threads.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix
from embeddings.wordpieces import Pass, Pieces, WordPieces

Array = NDArray[np.float32]

_BUDGET = 256  # word pieces of a pass, which a single thread makes: its widest array has 1.5 MB then
# log(Φ(x) / Φ(-x)) = x p(x²), Φ the normal distribution; p, its highest power first, was fitted so that x Φ(x) is right
# to 7e-8 everywhere.
_LOGIT = (
    3.627885603e-9,
    -2.675677856e-7,
    7.948164022e-6,
    -1.105469386e-4,
    -6.605284845e-5,
    7.266829749e-2,
    1.595768537,
)
_BLOCK = 65536  # numbers that GELU takes at a time, so that all its steps find them in the cache


class MiniLM:
    """The model in `folder`, read with safetensors and tokenizers; torch and transformers are never imported."""

    def __init__(self, folder: Path, weights: Any = None) -> None:
        """`weights` gives tensors by their names (`get_tensor`), where it is not the file in `folder` that does."""
        from safetensors import safe_open

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._word_pieces = WordPieces(folder)
        with nullcontext(weights) if weights else safe_open(folder / "model.safetensors", "numpy") as tensors:
            self._words, self._places, self._type, *norm = _embeddings(tensors)
            self._norm = (norm[0], norm[1])
            self._layers = [_Layer(tensors, layer) for layer in range(int(config["num_hidden_layers"]))]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of `texts`, (n, 384) float32 unit rows; texts are cut at 256 tokens, as the model was made."""
        vectors = np.empty((len(texts), self._words.shape[1]), np.float32)
        passes = list(self._word_pieces.passes(texts, _BUDGET))

        def fill(part: Pass) -> None:
            vectors[part.rows] = self._forward(part.pieces)

        with _one_thread:
            if len(passes) < 2:
                for part in passes:
                    fill(part)
            else:
                with ThreadPoolExecutor(min(len(passes), os.cpu_count() or 1)) as pool:
                    list(pool.map(fill, reversed(passes)))  # the longest first: the threads end at about the same time
        return vectors

    def _forward(self, pieces: list[Pieces]) -> Matrix:
        bounds = np.cumsum([0, *map(len, pieces)])
        ids = np.concatenate([np.asarray(text) for text in pieces])
        places = np.concatenate([np.arange(len(text)) for text in pieces])
        states = self._words[ids] + self._places[places] + self._type
        states = _normalised(states, *self._norm, self._epsilon)
        spans = [list(map(len, group)) for _, group in groupby(pieces, len)]
        for layer in self._layers:
            states = layer.forward(states, spans, self._heads, self._epsilon)
        means = np.add.reduceat(states, bounds[:-1], axis=0) / np.diff(bounds)[:, None]
        return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12), np.float32)


class _Layer:
    """One transformer layer: self-attention and two dense layers, each with its residual and norm."""

    def __init__(self, weights: Any, number: int) -> None:
        def pair(name: str) -> tuple[Array, Array]:
            at = f"encoder.layer.{number}.{name}"
            return weights.get_tensor(f"{at}.weight"), weights.get_tensor(f"{at}.bias")

        parts = [pair(f"attention.self.{part}") for part in ("query", "key", "value")]
        self._qkv = np.concatenate([weight for weight, _ in parts]), np.concatenate([bias for _, bias in parts])
        self._out, self._out_norm = pair("attention.output.dense"), pair("attention.output.LayerNorm")
        self._wide, self._narrow = pair("intermediate.dense"), pair("output.dense")
        self._norm = pair("output.LayerNorm")

    def forward(self, states: Array, spans: list[list[int]], heads: int, epsilon: float) -> Array:
        """The states (tokens, 384) after this layer; `spans` are the lengths of the texts, equal ones together."""
        parts, context, first = _dense(states, *self._qkv), np.empty_like(states), 0
        for lengths in spans:
            last = first + sum(lengths)
            context[first:last] = _attention(parts[first:last], len(lengths), heads)
            first = last
        states = _normalised(states + _dense(context, *self._out), *self._out_norm, epsilon)
        wide = _gelu(_dense(states, *self._wide))
        return _normalised(states + _dense(wide, *self._narrow), *self._norm, epsilon)


def _embeddings(weights: Any) -> list[Array]:
    """Vectors of words, of places and of the one segment; gain and shift of their norm."""
    words, places, types = (
        weights.get_tensor(f"embeddings.{name}_embeddings.weight") for name in ("word", "position", "token_type")
    )
    norm = [weights.get_tensor(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
    return [words, places, types[0], *norm]


def _dense(states: Array, weight: Array, bias: Array) -> Array:
    product = states @ weight.T
    product += bias
    return product


def _attention(parts: Array, texts: int, heads: int) -> Array:
    """Scaled dot-product attention (Vaswani et al. 2017) of texts of one length: queries, keys and values side by side,
    (tokens, 3 · 384), to (tokens, 384)."""
    width = parts.shape[1] // 3
    query, key, value = parts.reshape(texts, -1, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
    scores = query @ key.swapaxes(2, 3)
    scores *= 1 / math.sqrt(width // heads)
    scores -= scores.max(axis=3, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=3, keepdims=True)
    return np.asarray((scores @ value).swapaxes(1, 2).reshape(-1, width))


def _normalised(states: Array, gain: Array, shift: Array, epsilon: float) -> Array:
    """Layer norm (Ba et al. 2016) of each row."""
    states = states - states.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", states, states)[:, None] / np.float32(states.shape[1])
    states *= gain / np.sqrt(variance + np.float32(epsilon))
    states += shift
    return states


def _gelu(values: Array) -> Array:
    """x Φ(x), the exact GELU (Hendrycks and Gimpel 2016) up to rounding, in place of `values`."""
    numbers = values.reshape(-1)
    squares, sums = np.empty((2, min(_BLOCK, len(numbers))), np.float32)
    first, second, *others = (np.float32(-factor) for factor in _LOGIT)
    with np.errstate(over="ignore"):  # far left of zero: x / inf is 0
        for start in range(0, len(numbers), _BLOCK):
            block = numbers[start : start + _BLOCK]
            square, power = squares[: len(block)], sums[: len(block)]
            np.multiply(block, block, out=square)
            np.multiply(square, first, out=power)
            power += second
            for factor in others:
                power *= square
                power += factor
            power *= block
            np.exp(power, out=power)
            power += 1
            block /= power
    return values


class _OneThread:
    """Keeps the matrix products of numpy on one thread while it is entered, by any number of threads.

    A question is too small to gain by more, and on a busy machine the second thread of OpenBLAS waits by spinning: with
    nine processes on two cores, 16 texts took 0.8 s of CPU with one thread, 4.2 s with two.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limits: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

                self._limits = threadpool_limits(1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limits.restore_original_limits()


_one_thread = _OneThread()
