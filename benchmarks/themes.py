"""How well long paragraphs of a draft are cut: abstracts joined without a break, and how many of their borders are met.

    python benchmarks/themes.py LIBRARY [--paragraphs 100] [--seed 7]

Each paragraph is five abstracts of the library: drawn at random, or one and its neighbours of rank 30, 60, 90 and 120.
Prints the share of borders that a cut meets, of cuts that meet one, and of words that lie in a passage which is mostly
of their own abstract, for parts equally long and for parts by theme.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explorer.drafts.passages import Encode, count_words, passages
from explorer.library import Library
from explorer.text import readable

_JOINED = 5
_LEAST = 40  # words of an abstract


def shares(abstracts: Sequence[str], encode: Encode | None) -> tuple[int, int, int, int, int]:
    """Borders, cuts, borders that a cut meets, words, and words in a passage that is mostly of their abstract."""
    text = " ".join(abstracts)
    starts = list(accumulate((len(abstract) + 1 for abstract in abstracts), initial=0))
    parts = passages(text, encode=encode)
    borders, cuts = set(starts[1:-1]), {part.start for part in parts[1:]}
    pure = 0
    for part in parts:
        words: Counter[int] = Counter()
        for number, start in enumerate(starts[:-1]):
            begin, end = max(start, part.start), min(starts[number + 1], part.end)
            words[number] += count_words(text[begin:end]) if begin < end else 0
        pure += max(words.values())
    return len(borders), len(cuts), len(borders & cuts), count_words(text), pure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--paragraphs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    with Library.open(options.library, write=False) as library:
        vectors = library.snapshot.arrays.index.vectors()
        drawn = random.permutation(len(vectors))[: _JOINED * options.paragraphs].reshape(-1, _JOINED)
        near = [np.argsort(-(vectors @ vectors[row]))[[0, 30, 60, 90, 120]] for row in drawn[:, 0]]
        for kind, groups in (("drawn at random", drawn), ("neighbours", near)):
            papers = [library.snapshot.papers(rows.tolist()) for rows in groups]
            texts = [[" ".join(readable(paper.abstract).split()) for paper in group] for group in papers]
            texts = [[text for text in group if count_words(text) >= _LEAST] for group in texts]
            for name, encode in (("equally long", None), ("by theme", library.encoder.encode_sentences)):
                borders, cuts, met, words, pure = np.sum([shares(group, encode) for group in texts], axis=0)
                print(
                    f"{kind:16} {name:13} borders met {met / borders:.0%}, cuts at a border {met / cuts:.0%}, "
                    f"words with their own {pure / words:.1%}, words a passage {words / (cuts + len(texts)):.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
