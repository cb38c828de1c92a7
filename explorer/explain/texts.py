"""The two texts that are explained, cut into sentences.

Knows characters only. Always true: spans count characters of `Text.body`; a title is a sentence of its own, the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.explain.thresholds import THRESHOLDS
from explorer.language.sentences import sentences

# What publishers hang on an abstract: "© 2019, Springer Nature B.V." is in every paper of theirs.
_IMPRINT = re.compile(r"(?:©|\(c\)\s*(?=\d{4})|Copyright\s*(?=©|\(c\)|\d{4})).{0,200}\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and where it stands: characters `start` to before `end` of the body; both -1 for the title."""

    text: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Text:
    """A title (may be empty), a body, and their sentences."""

    title: str
    body: str
    sentences: tuple[Sentence, ...]

    @property
    def prose(self) -> str:
        """The body without the imprint at its end, of a very long body the beginning."""
        return _prose(self.body)


def text_of(title: str, body: str) -> Text:
    """A readable title and body with their sentences, at most 40."""
    heading = [Sentence(title)] if title else []
    spans = [Sentence(span.of(body), span.start, span.end) for span in sentences(_prose(body))]
    return Text(title, body, tuple([*heading, *spans][: THRESHOLDS.sentences]))


_LONGEST = 50_000  # characters that are looked at: 40 sentences have 8,000, the longest abstracts 20,000


def _prose(body: str) -> str:
    body = body[:_LONGEST]
    imprint = _IMPRINT.search(body)
    return body[: imprint.start()] if imprint else body
