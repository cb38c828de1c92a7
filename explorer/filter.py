"""The filter: what a paper must fulfil to be among the results.

Holds values, and their JSON for keeping. Knows no tables. Always true: an empty filter is false and lets every paper
pass; what `as_json` writes `of_json` reads.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Filter:
    """What a paper must fulfil: years inclusive, either end open; parts of names without case and accents.

    A collection may be the user's own or a folder of the source, which includes the folders in it.
    """

    year: tuple[int | None, int | None] = (None, None)
    author: str = ""
    venue: str = ""
    topic: str = ""
    source: str = ""
    collection: str = ""
    tag: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def as_json(self) -> str:
        """The filter as JSON: what is set of it."""
        empty = Filter()
        return json.dumps({name: value for name, value in asdict(self).items() if value != getattr(empty, name)})

    @classmethod
    def of_json(cls, text: str) -> Filter:
        """The filter that `as_json` wrote."""
        given = json.loads(text)
        low, high = given.pop("year", (None, None))
        return cls((low, high), **given)
