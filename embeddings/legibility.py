"""Whether a model can read a text, seen from the vocabulary of its tokenizer.

Holds one tokenizer file; loads no model and no torch. Always true: a text in ASCII is legible; without a tokenizer file
every text is; a text of which most is in words that the model does not have, or in single letters, is not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from embeddings.encoder import Encoder

_UNKNOWN = ("[UNK]", "<unk>", "<UNK>")
# Share of unknown tokens: with the bundled model Thai and Amharic have 1, Chinese 0.5 to 1, what it reads has 0.
_MOST_UNKNOWN = 0.3
# Tokens a letter: English and its neighbours have 0.2 to 0.45, what a model knows by single letters only 0.7 to 2.7.
# Too few letters tell nothing.
_MOST_PIECES, _LEAST_LETTERS = 0.65, 4
_READ = 600  # characters that tell


class Legibility:
    """What the tokenizer in a file can read; None reads everything."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._tokenizer: Any = None

    @classmethod
    def of(cls, encoder: Encoder) -> Legibility:
        """That of an encoder whose files are known; of the rest, everything counts as legible."""
        folder = getattr(encoder, "folder", None)
        return _of_file(folder / "tokenizer.json") if isinstance(folder, Path) else cls()

    def reads(self, text: str) -> bool:
        """Whether the model can read `text`, its first 600 characters at least."""
        if text.isascii() or self._file is None or not self._file.is_file():
            return True
        text = text[:_READ].encode("utf-8", "replace").decode()
        letters = sum(map(str.isalpha, text))
        foreign = sum(letter.isalpha() and not _is_latin(letter) for letter in text)
        if 2 * foreign <= letters:
            return True
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._file))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
        tokens = self._tokenizer.encode(text, add_special_tokens=False).tokens
        tokens = [token for token in tokens if token in _UNKNOWN or any(map(str.isalpha, token))]
        unknown = sum(token in _UNKNOWN for token in tokens)
        if unknown > _MOST_UNKNOWN * len(tokens):
            return False
        return letters < _LEAST_LETTERS or len(tokens) < _MOST_PIECES * letters


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"


@cache
def _of_file(file: Path) -> Legibility:
    return Legibility(file)
