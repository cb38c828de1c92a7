"""Papers and encoders whose similarities can be worked out in one's head. No test stands here."""

from __future__ import annotations

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.paper import Paper

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma tau".split()


def record(number: int, **fields: object) -> dict[str, object]:
    """A record as a file of JSON lines holds it; numbers that are near share words."""
    words = [WORDS[(number * 3 + step) % len(WORDS)] for step in range(4)]
    title = f"Paper about {words[0]}{number} and {words[1]}"
    made = {"id": f"k{number}", "title": title, "abstract": " ".join(words) * 3, "year": 2000 + number}
    return {**made, "authors": [f"Writer{number}, A."], **fields}


class CountingEncoder(ToyEncoder):
    """The toy encoder, and a list of the papers' texts it has encoded; names of topics have no full stop."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts):
        self.encoded += [text for text in texts if "." in text]
        return super().encode(texts)


def related(count: int, **fields: object) -> list[Paper]:
    """Papers whose toy similarity is worked out by their words: i and i + 1 share most of theirs."""
    return [
        paper(
            f"Paper number{i}",
            " ".join(WORDS[(i + step) % 10] for step in range(4)),
            record=i + 1,
            key=f"k{i}",
            authors=[f"Author{i % 3}, A."],
            year=2000 + i % 10,
            venue="Odd" if i % 2 else "Even",
            **fields,
        )
        for i in range(count)
    ]


def ids(library: Library) -> list[str]:
    return [paper.id for paper in library.snapshot.papers()]
