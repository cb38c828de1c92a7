"""An author among many on one paper is found by name as one alone is: end to end, on real papers."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from conftest import shared
from embeddings.toy import ToyEncoder
from explorer.filter import Filter
from explorer.library import Library
from explorer.paper import Paper, author_name
from explorer.search.question import Question

MANY = 15  # authors of a paper, from which on they were not found
ASKED = 40


def drawn(library: Library, chance: random.Random) -> list[tuple[Paper, str]]:
    """Forty authors who are on a single paper, with many others: at most three of a paper."""
    crowded = [paper for paper in library.snapshot.papers() if len(paper.authors) >= MANY]
    pairs = [(paper, name) for paper in crowded for name in chance.sample(paper.authors, min(6, len(paper.authors)))]
    chance.shuffle(pairs)
    forty: list[tuple[Paper, str]] = []
    for paper, name in pairs:
        written = library.snapshot.mask(Filter(author=author_name(name)))  # by the name in any form
        if np.count_nonzero(written) == 1 and sum(other is paper for other, _ in forty) < 3:
            forty.append((paper, name))
    return forty[:ASKED]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("corpus", ["conferences_10k", "biomed_10k"])
def test_of_forty_authors_among_many_thirty_nine_papers_come_first(corpus: str, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as library:
        library.add(Path(shared("corpora", f"{corpus}.jsonl.gz")))
        forty, first = drawn(library, random.Random(11)), 0
        for paper, name in forty:
            best = library.ask(Question(author_name(name)), 1).results[0]
            first += paper.id in {best.paper.id, *(copy.id for copy in best.copies)}
        assert len(forty) == ASKED and first >= ASKED - 1
