"""MiniLM's forward pass in torch for many texts: packed end to end, in half precision where the processor has it.

Imports torch, neither transformers nor sentence-transformers. Always true: nothing is padded; equal lists of texts give
bit-equal vectors on one machine, with however many threads; a precision that fails its self-test is not used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.minilm import MiniLM
from embeddings.processor import agree, half_precision, self_test_texts
from embeddings.vectors import Matrix
from embeddings.wordpieces import Pass, Pieces, WordPieces

# Word pieces of a pass, which a single thread makes: its widest array has 3 or 6 MB then. A processor of more cores has
# more use for many passes; 1,024 and 2,048 take the same time by themselves.
_BUDGET = 1024
_BUDGET_ON_GPU = 2048
OF_PHRASES = 256  # so that a hundred phrases are passes enough for all threads; they take no longer in all
_TOGETHER = 4096  # squares of the lengths of texts whose attention is computed at once: a text of 64 pieces is alone


class PackedMiniLM:
    """The model in `folder`, on the GPU if torch has one, else on the CPU."""

    def __init__(self, folder: Path, reference: MiniLM) -> None:
        import torch

        self._torch = torch
        self._folder = folder
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._threads = torch.get_num_threads()
        self._word_pieces = WordPieces(folder)
        half = torch.cuda.is_bf16_supported() if self._device == "cuda" else half_precision()
        if not (half and self._right_in_half(reference)):
            self._load("fp32")

    def _right_in_half(self, reference: MiniLM) -> bool:
        """Whether the model, loaded in half precision, passes the self-test."""
        try:
            self._load("bf16")
            return agree(self.encode(self_test_texts()), reference.encode(self_test_texts()))
        except RuntimeError:  # the processor's flags promised what the library does not do with it
            return False

    def encode(self, texts: Sequence[str], budget: int = _BUDGET) -> Matrix:
        """Vectors of `texts`, (n, 384) float32 rows of unit length up to rounding; `budget`: word pieces of a pass."""
        vectors = np.empty((len(texts), self._words.shape[1]), np.float32)

        def fill(part: Pass) -> None:
            with self._torch.inference_mode():
                vectors[part.rows] = self._forward(part.pieces)

        if self._device == "cuda":
            for part in self._word_pieces.passes(texts, _BUDGET_ON_GPU):
                fill(part)
        else:
            self._share_out(fill, list(self._word_pieces.passes(texts, budget)))
        return vectors

    def _share_out(self, fill: Callable[[Pass], None], passes: list[Pass]) -> None:
        """Passes side by side, each on a thread of its own, in place of each on all threads.

        Threads that share a pass meet after each of its steps, and wait by spinning. On two cores, busy with other
        programs, 24 abstracts took 16 s (5.4 s of CPU) with shared passes, 7 s (2.9 s) with passes of their own.
        """
        limit = self._torch.set_num_threads  # for the thread that calls it, and those that begin later
        try:
            with ThreadPoolExecutor(self._threads, "encode", initializer=limit, initargs=(1,)) as pool:
                list(pool.map(fill, reversed(passes)))  # the longest first: the threads end at about the same time
        finally:
            limit(self._threads)

    def _load(self, precision: str) -> None:
        from safetensors.torch import load_file

        self.precision = precision
        torch, weights = self._torch, load_file(self._folder / "model.safetensors", device=self._device)
        config = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
        self._heads, self._epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        self._kind = torch.bfloat16 if self.precision == "bf16" else torch.float32

        def pair(name: str, kind: Any) -> tuple[Any, Any]:
            return weights[f"{name}.weight"].to(kind), weights[f"{name}.bias"].to(kind)

        self._words, self._places, types = (
            weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        self._places = self._places + types[0]
        self._norm = pair("embeddings.LayerNorm", torch.float32)
        self._layers = []
        for number in range(int(config["num_hidden_layers"])):
            at = f"encoder.layer.{number}"
            query, *others = (pair(f"{at}.attention.self.{part}", torch.float32) for part in ("query", "key", "value"))
            scale = (query[0].shape[0] / self._heads) ** -0.5
            parts = [(query[0] * scale, query[1] * scale), *others]
            joined = [torch.cat(list(each)).to(self._kind) for each in zip(*parts, strict=True)]
            out, wide, narrow = (
                self._dense(*pair(f"{at}.{name}", self._kind), gelu=name.startswith("intermediate"))
                for name in ("attention.output.dense", "intermediate.dense", "output.dense")
            )
            norms = [pair(f"{at}.{name}.LayerNorm", torch.float32) for name in ("attention.output", "output")]
            self._layers.append((self._dense(*joined), out, norms[0], wide, narrow, norms[1]))

    def _dense(self, weight: Any, bias: Any, *, gelu: bool = False) -> Callable[[Any], Any]:
        """A dense layer, followed by GELU if `gelu`, as a function of the states.

        On x86 processors it is oneDNN's own, as torch's compiler uses it: the weights are arranged once, and bias and
        GELU are applied while the sums are at hand. That is 1.2 times as fast in half precision, 1.09 in single.
        """
        torch, functional, fused = self._torch, self._torch.nn.functional, self._torch.ops.mkldnn
        measured = torch.backends.mkldnn.is_available() and "AVX" in torch.backends.cpu.get_cpu_capability()
        if measured and self._device == "cpu" and hasattr(fused, "_linear_pointwise"):
            arranged = fused._reorder_linear_weight(weight)
            after: tuple[Any, ...] = ("gelu", [], "none") if gelu else ("none", [], "")
            return lambda states: fused._linear_pointwise(states, arranged, bias, *after)
        if gelu:
            return lambda states: functional.gelu(functional.linear(states, weight, bias))
        return lambda states: functional.linear(states, weight, bias)

    def _forward(self, pieces: list[Pieces]) -> Matrix:
        """Mean states of the texts, normalised: (n, 384)."""
        quick = self._kind == self._torch.bfloat16 and self._device == "cpu"
        vectors = self._means(pieces, self._exponentials if quick else self._attention)
        return vectors if np.isfinite(vectors).all() else self._means(pieces, self._attention)

    def _means(self, pieces: list[Pieces], attention: Callable[[Any, list[tuple[int, int]]], Any]) -> Matrix:
        torch, lengths = self._torch, [len(text) for text in pieces]
        norm = torch.nn.functional.layer_norm
        width = (self._words.shape[1],)
        ids = torch.tensor([piece for text in pieces for piece in text], device=self._device)
        places = torch.cat([torch.arange(length, device=self._device) for length in lengths])
        # The states between the layers stay in single precision: so of 800 abstracts 0.9925 of the ten nearest are
        # those of single precision, else 0.991; it takes 2 % more time.
        states = norm(self._words[ids] + self._places[places], width, *self._norm, self._epsilon)
        runs = [(length, len(list(group))) for length, group in groupby(lengths)]
        for qkv, out, out_norm, wide, narrow, last_norm in self._layers:
            context = attention(qkv(states.to(self._kind)), runs)
            states = norm(states.add_(out(context)), width, *out_norm, self._epsilon)
            inner = wide(states.to(self._kind))
            states = norm(states.add_(narrow(inner)), width, *last_norm, self._epsilon)
        starts = np.cumsum([0, *lengths[:-1]])
        means = np.add.reduceat(states.cpu().numpy(), starts, axis=0) / np.array(lengths)[:, None]
        return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12), np.float32)

    def _attention(self, qkv: Any, runs: list[tuple[int, int]]) -> Any:
        """Attention within each text; `runs` are (length, number) of texts of one length that lie together."""
        torch, width = self._torch, qkv.shape[1] // 3
        context = torch.empty((len(qkv), width), dtype=self._kind, device=self._device)
        start = 0
        for length, number in runs:
            texts = slice(start, start + number * length)
            query, key, value = qkv[texts].view(number, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            mixed = torch.nn.functional.scaled_dot_product_attention(query, key, value, scale=1.0)
            context[texts] = mixed.transpose(1, 2).reshape(-1, width)
            start = texts.stop
        return context

    def _exponentials(self, qkv: Any, runs: list[tuple[int, int]]) -> Any:
        """As `_attention`, by exponentials that nothing is subtracted from, divided by their sum at the end.

        A long text at a time, so that its exponentials stay in the cache: nearly twice as fast as torch's attention in
        half precision. Phrases of equal length together: a step takes longer to begin than to do for a single phrase.
        Where an exponential is beyond its range (of scores over 88) the states are not finite.
        """
        torch, width = self._torch, qkv.shape[1] // 3
        context = torch.empty((len(qkv), width), dtype=self._kind)
        start = 0
        for length, number in runs:
            most = max(1, _TOGETHER // length**2)
            for first in range(0, number, most):
                count = min(most, number - first)
                rows = slice(start + first * length, start + (first + count) * length)
                parts = qkv[rows].view(count, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4).contiguous()
                query, key, value = parts.view(3, count * self._heads, length, -1)
                weights = torch.bmm(query, key.transpose(1, 2)).exp_()
                mixed = torch.bmm(weights, value).div_(weights.sum(-1, keepdim=True))
                context[rows].view(count, length, self._heads, -1).copy_(
                    mixed.view(count, self._heads, length, -1).transpose(1, 2)
                )
            start += number * length
        return context


def accelerator() -> tuple[str, str]:
    """The version of torch, and the GPU that models run on; "" where there is none.

    Loads torch; raises ImportError or OSError where it cannot be loaded.
    """
    import torch

    if torch.cuda.is_available():
        return torch.__version__, torch.cuda.get_device_name(0)
    return torch.__version__, "Apple GPU" if torch.backends.mps.is_available() else ""
