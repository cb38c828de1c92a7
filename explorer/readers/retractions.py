"""The table of Retraction Watch, as Crossref publishes it: which papers were retracted, doubted or corrected, by id.

Holds `events`, which reads such a file. Knows nothing of libraries. Always true: an event names a DOI or a PubMed id; a
paper that was reinstated later is not retracted; a notice that has the id of its paper is no paper of its own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from explorer.doi import canonical_doi
from explorer.errors import UnreadableFile
from explorer.notices import DONE_BY, State
from explorer.readers.engine.fields import listed, normal
from explorer.readers.io.stream import Stream

_NATURES = (("reinstat", None), ("retract", State.RETRACTED), ("withdraw", State.RETRACTED), ("concern", State.CONCERN),
            ("correct", State.CORRECTED), ("errat", State.CORRECTED))  # fmt: skip
_COLUMNS = {
    "nature": "retractionnature", "date": "retractiondate", "reason": "reason", "doi": "originalpaperdoi",
    "pmid": "originalpaperpubmedid", "notice_doi": "retractiondoi", "notice_pmid": "retractionpubmedid",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """What befell the papers with these ids ("doi:…", "pmid:…"), by which notices, when, and why.

    `state` is None for a reinstatement; `date` is like "2019-03-01", or as written.
    """

    state: State | None
    papers: tuple[str, ...]
    notices: tuple[str, ...]
    date: str
    reason: str

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Id, word, id at the other end, date, reason: of the papers, and of notices with an id of their own."""
        if self.state is None:
            return
        notices = [notice for notice in self.notices if notice not in self.papers]
        for paper in self.papers:
            yield paper, self.state.value, notices[0] if notices else "", self.date, self.reason
        for notice in notices:
            yield notice, DONE_BY[self.state].value, self.papers[0], self.date, self.reason


def events(path: str | Path) -> list[Event]:
    """The events of a file, without those that a later reinstatement took back.

    Raises UnreadableFile when it is no such table.
    """
    stream = Stream(Path(path))
    try:
        every = list(_events(stream))
    except csv.Error as error:
        raise UnreadableFile(f"{stream.name}: is no table of Retraction Watch that can be read ({error})") from error
    back: dict[str, str] = {}
    for event in every:
        if event.state is None:
            for paper in event.papers:
                back[paper] = max(back.get(paper, ""), event.date)
    return [event for event in every if not _taken_back(event, back)]


def _taken_back(event: Event, back: Mapping[str, str]) -> bool:
    return event.state is None or (
        event.state is State.RETRACTED and any(paper in back and back[paper] >= event.date for paper in event.papers)
    )


def _events(stream: Stream) -> Iterator[Event]:
    lines = (line.text.replace("\r", " ").replace("\0", "") + "\n" for line in stream.lines())
    csv.field_size_limit(2**24)
    table = csv.reader(lines)
    names = next(table, [])
    normals = [normal(name) for name in names]
    places = {field: normals.index(name) for field, name in _COLUMNS.items() if name in normals}
    if "nature" not in places or not {"doi", "pmid"} & places.keys():
        raise UnreadableFile(
            f"{stream.name}: is no table of Retraction Watch, which has columns RetractionNature and OriginalPaperDOI; "
            f"its first row is {listed(names)}. Download retraction_watch.csv from Crossref"
        )
    for row in table:
        cells = {field: row[place].strip() for field, place in places.items() if place < len(row)}
        nature = cells.get("nature", "").casefold()
        state = next(((state,) for part, state in _NATURES if part in nature), None)
        papers = _ids(cells.get("doi", ""), cells.get("pmid", ""))
        if state is not None and papers:
            notices = _ids(cells.get("notice_doi", ""), cells.get("notice_pmid", ""))
            reason = "; ".join(part.strip(" +") for part in cells.get("reason", "").split(";") if part.strip(" +"))
            yield Event(state[0], papers, notices, _date(cells.get("date", "")), reason)


def _ids(doi: str, pmid: str) -> tuple[str, ...]:
    ids = [f"doi:{bare}"] if (bare := canonical_doi(doi)) else []
    return tuple([*ids, f"pmid:{number[1]}"] if (number := re.fullmatch(r"([1-9]\d{0,8})(?:\.0)?", pmid)) else ids)


def _date(text: str) -> str:
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text.split(" ")[0].split("T")[0], form).date().isoformat()
        except ValueError:
            continue
    return text
