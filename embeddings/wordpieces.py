"""Texts to the word pieces of a BERT model, and to passes of one model run.

Knows the tokenizer of a model's folder, no weights. Always true: the pieces are those of sentence-transformers; passes
depend on the texts alone, not on their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

Pieces = list[int]


class Pass(NamedTuple):
    """Texts that go through the model together, shortest first."""

    rows: list[int]  # of the texts in the list they came in
    pieces: list[Pieces]


class WordPieces:
    """The tokenizer in `folder`, without padding; texts are cut where the model was trained to stop."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        longest = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    def passes(self, texts: Sequence[str], budget: int) -> Iterator[Pass]:
        """`texts` by length in passes of at most `budget` pieces, one text at least."""
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch([text.strip() for text in texts])]
        rows: list[int] = []
        size = 0
        for row in sorted(range(len(pieces)), key=lambda row: (len(pieces[row]), pieces[row])):
            if rows and size + len(pieces[row]) > budget:
                yield Pass(rows, [pieces[row] for row in rows])
                rows, size = [], 0
            rows.append(row)
            size += len(pieces[row])
        if rows:
            yield Pass(rows, [pieces[row] for row in rows])
