"""Text to unit vectors: the encoder protocol, the bundled model, and any model of sentence-transformers.

The only importer of sentence_transformers, and only when a model that is not the bundled one gets its first text:
knowing an encoder's name and revision costs nothing. Always true: vectors are float32 unit rows of one dimension; equal
lists of texts give bit-equal vectors; (name, revision) says which vectors may be compared, in whatever precision.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from embeddings import bundled
from embeddings.bundled import EncoderError as EncoderError
from embeddings.minilm import MiniLM
from embeddings.packed import PackedMiniLM
from embeddings.processor import agree, half_precision, self_test_texts
from embeddings.toy import ToyEncoder
from embeddings.vectors import Matrix, unit_rows

DEFAULT_MODEL = bundled.NAME
# Texts in one pass of sentence-transformers. Measured on two AVX-512 cores with 250 real abstracts: 8 → 28, 16 → 29,
# 32 → 26, 64 → 23 abstracts/s.
_PASS = 16
# Characters of a list of texts up to which numpy is there before torch is imported: some twenty abstracts.
_FEW = 24_000


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Model name or path, as the user gave it."""

    @property
    def revision(self) -> str:
        """Changes whenever the same text would get another vector."""

    def precision(self, texts: Sequence[str]) -> str:
        """What `encode` computes the vectors of `texts` in, "fp32" or "bf16"; those of one revision are comparable."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts: (len(texts), dimension) float32 unit rows."""

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question: (dimension,) float32, unit length."""


class BundledEncoder:
    """all-MiniLM-L6-v2 as it is bundled: a question and a few texts in numpy, many texts packed in torch."""

    revision = bundled.REVISION

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        self.name = name

    @property
    def folder(self) -> Path:
        """Where the model's files lie."""
        return bundled.folder()

    def precision(self, texts: Sequence[str]) -> str:
        """As `Encoder.precision`; loads torch when the texts are many."""
        return "fp32" if _few(texts) else self.packed.precision

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts, (n, 384) float32 unit rows: a pure function of the list."""
        return unit_rows((self._numpy if _few(texts) else self.packed).encode(texts))

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question, (384,) float32, within 1e-5 of that of sentence-transformers; torch is not loaded."""
        return np.asarray(self._numpy.encode([text])[0])

    @cached_property
    def _numpy(self) -> MiniLM:
        bundled.weights()
        return MiniLM(bundled.folder())

    @cached_property
    def packed(self) -> PackedMiniLM:
        """The model in torch: seconds until it is there, then a quarter of the processor time of numpy."""
        return PackedMiniLM(bundled.folder(), self._numpy)


def _few(texts: Sequence[str]) -> bool:
    return sum(map(len, texts)) <= _FEW


class SentenceEncoder:
    """A sentence-transformers model on the CPU or a GPU, by hub name or folder."""

    def __init__(self, model: str) -> None:
        self.name = model

    def precision(self, texts: Sequence[str]) -> str:
        """As `Encoder.precision`; loads the model when the texts are many."""
        return "fp32" if _few(texts) or self._half is None else "bf16"

    @cached_property
    def folder(self) -> Path | None:
        """Where the weights lie, None when sentence-transformers is to fetch them from the hub."""
        path = Path(self.name).expanduser()
        if path.is_dir():
            return path
        if path.is_absolute() or self.name.startswith((".", "~")):
            raise EncoderError(f"no model folder at {self.name}; give a sentence-transformers folder or a hub name")
        return None

    @cached_property
    def revision(self) -> str:
        """Digest of the weights of a local model; of a hub model, its commit."""
        if self.folder is None:
            return _hub_revision(self._model) or "hub"
        digest = hashlib.sha256()
        for path in sorted(p for p in self.folder.rglob("*") if p.suffix in {".safetensors", ".bin", ".json"}):
            digest.update(path.relative_to(self.folder).as_posix().encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts, (n, dimension) float32 unit rows; the model's "document" prompt is honoured."""
        half = None if _few(texts) else self._half
        return self._run((half or self._model).encode_document, list(texts))

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question, (dimension,) float32; the model's "query" prompt is honoured."""
        return np.asarray(self._run(self._model.encode_query, [text])[0])

    def _run(self, encode: Any, texts: list[str]) -> Matrix:
        vectors = encode(texts, batch_size=_PASS, show_progress_bar=False, convert_to_tensor=True).float().cpu()
        try:
            return unit_rows(vectors.numpy())
        except ValueError as error:
            raise EncoderError(f"model {self.name} gave unusable vectors: {error}") from error

    @cached_property
    def _half(self) -> Any | None:
        """The model in half precision for many texts, None where the hardware or the model is not made for it."""
        on_gpu = self._model.device.type == "cuda"
        if not (on_gpu or half_precision()):
            return None
        half = deepcopy(self._model).bfloat16()
        texts = self_test_texts()
        right = self._run(self._model.encode_document, texts)
        try:
            return half if agree(self._run(half.encode_document, texts), right) else None
        except (EncoderError, RuntimeError):  # NaN, or a layer without a form in half precision
            return None

    @cached_property
    def _model(self) -> Any:
        if self.folder is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a local model must not wait for a network
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self.folder or self.name))
        except Exception as error:  # the library raises OSError, ValueError, hub errors … for a model it cannot load
            raise EncoderError(
                f"cannot load the model {self.name}: {error}\nUse --model with a sentence-transformers name the hub "
                f"has, a folder on this disk, or leave it out for the bundled {DEFAULT_MODEL}"
            ) from error


def _hub_revision(model: Any) -> str:
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", "") or "")[:12]


def encoder_named(name: str) -> Encoder:
    """The encoder a library was made with, or the user asks for, by its name."""
    if name == ToyEncoder.name:
        return ToyEncoder()
    bundled_names = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
    return BundledEncoder(name) if name in bundled_names else SentenceEncoder(name)


def describe(encoder: Encoder) -> str:
    """ "name@revision", the key under which vectors are kept and compared."""
    return f"{encoder.name}@{encoder.revision}"
