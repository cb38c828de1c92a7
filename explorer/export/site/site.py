"""From a library to the files of its page: which papers, which arrays, which words; written by `folder`.

Knows the library and the modules of this room. Always true: hidden papers are left out unless a filter names a
collection or tag; rows of all files are those of the papers that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from embeddings import bundled
from explorer import __version__
from explorer.errors import ExplorerError
from explorer.export import map_arrays
from explorer.export.site.box import page_box
from explorer.export.site.bundle import Bundle
from explorer.export.site.check import agreement
from explorer.export.site.colophon import colophon
from explorer.export.site.folder import MARK, refuse_other, write_folder
from explorer.export.site.model import page_model
from explorer.export.site.pack import pack, script, squeezed
from explorer.export.site.papers import page_abstracts, page_facts
from explorer.export.site.vectors import page_meaning
from explorer.export.site.words import page_words
from explorer.filter import Filter
from explorer.identity.match import same_text
from explorer.index.build import BEARING
from explorer.index.partial import without_rows
from explorer.index.snapshot import Snapshot
from explorer.library import Library
from explorer.map.topics import Topics
from explorer.map.trust import in_order
from explorer.paper import Paper, embedding_text
from explorer.search.parse import Mode
from explorer.search.question import Question
from explorer.search.ranking import Corpus
from explorer.text import counted, fold

__all__ = ["MARK", "Options", "Written", "write_site"]

_PAGE = Path(__file__).with_name("page")
_COMPONENTS = Path(__file__).parents[2] / "ui" / "components"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a page shows: papers that pass `within`, abstracts or not, under a title."""

    within: Filter = field(default_factory=Filter)
    abstracts: bool = True
    title: str = "Papers"


@dataclass(frozen=True)
class Written:
    """What was written: papers, bytes on the disk, whether questions are read by meaning, and how far it agrees.

    `agreement` is the share of the app's ten best that are the page's, over so many `questions`; None without a model.
    """

    papers: int
    bytes: int
    model: bool
    agreement: float | None
    questions: int


def write_site(
    library: Library, folder: Path, options: Options | None = None, tell: Tell = lambda step: None
) -> Written:
    """Write the papers of `library` as a page into `folder`, which is made or, if it is an earlier page, replaced.

    `tell` hears what is done. Raises ExplorerError for a folder that holds anything else, and when no paper passes.
    """
    options = options or Options()
    refuse_other(folder)
    with library.snapshot.moment():
        mask = library.snapshot.mask(options.within)
        whole = library.snapshot.arrays
        rows = np.arange(len(whole.keys)) if mask is None else np.flatnonzero(mask)
        if not len(rows):
            raise ExplorerError("no paper passes the filter; nothing was written")
        papers = library.snapshot.papers(rows.tolist())
        arrays = whole if mask is None or mask.all() else _part(whole, ~mask, papers)
        tell("papers, words and vectors")
        corpus, copies = _corpus(library, arrays, papers), _copies(library, papers)
        model = library.encoder.stored == (bundled.NAME, bundled.REVISION) and bool(arrays.embedded.any())
        scale = library.ask(Question(papers[0].heading or "papers", mode=Mode.TEXT), 1)
        files = _data(arrays, papers, options)
        files["meaning"] = squeezed(pack(page_meaning(arrays, corpus, scale, copies, model=model)), text=False)
        share, number = None, 0
        if model:
            tell("the model")
            words, layers = page_model()
            files |= {
                "model-words": squeezed(pack(words), text=False),
                "model-layers": squeezed(pack(layers), text=False),
            }
            tell("a hundred questions, here and there")
            share, number = agreement(library, arrays, corpus, papers, copies, options.within)
    named = {f"data/{name}.js": script(name, data) for name, data in files.items()}
    facts = {
        "format": 1,
        "version": __version__,
        "date": _today(),
        "papers": len(papers),
        "agreement": share,
        "questions": number,
    }
    size = write_folder(folder, {**_page(len(papers), options, model=model), **named}, facts)
    return Written(len(papers), size, model, share, number)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _part(whole: Snapshot, gone: NDArray[np.bool_], papers: Sequence[Paper]) -> Snapshot:
    """The snapshot less the rows `gone` (n,), `papers` being the others; no label says a word that only those had.

    Such a topic is called by the title of its first paper.
    """
    part = without_rows(whole, gone)
    texts = [frozenset(fold(f"{paper.title} {paper.abstract}").split()) for paper in papers]
    levels = []
    for level in part.topics.levels:
        labels = list(level.labels)
        for number, label in enumerate(labels):
            members = np.flatnonzero(level.assignment == number).tolist()
            said = frozenset[str]().union(*(texts[row] for row in members))
            if not set(fold(label).split()) <= said:
                labels[number] = papers[members[0]].heading if members else ""
        levels.append(replace(level, labels=tuple(labels)))
    return replace(part, topics=Topics(tuple(levels)))


def _corpus(library: Library, arrays: Snapshot, papers: Sequence[Paper]) -> Corpus:
    """What is ranked, as the app ranks it."""
    legible = np.fromiter((library.encoder.reads(embedding_text(paper)) for paper in papers), bool, len(papers))
    embedded = arrays.embedded & legible
    neighbours = arrays.neighbours[:, :BEARING]
    return Corpus(arrays.index, neighbours, arrays.pair_similarities, None if embedded.all() else embedded)


def _copies(library: Library, papers: Sequence[Paper]) -> list[list[int]]:
    """Pairs of rows that are the same text, and were not declared two papers."""
    rows = {paper.id: row for row, paper in enumerate(papers)}
    pairs = [(pair.one, pair.other) for pair in library.records.review()]
    return [[rows[a.id], rows[b.id]] for a, b in pairs if a.id in rows and b.id in rows and same_text(a, b)]


def _data(arrays: Snapshot, papers: Sequence[Paper], options: Options) -> dict[str, bytes]:
    """The files of the papers, but for their meaning."""
    years = np.array([paper.year or 0 for paper in papers], np.int16)
    about = f"Explorer {__version__} · {counted(len(papers), 'paper')} · {_today()}"
    shown: dict[str, Any] = {
        "points": np.frombuffer(map_arrays.points_of(arrays, years), np.uint8),
        "near": arrays.neighbours.astype(np.int32), "levels": map_arrays.topics_of(arrays), "about": about,
        "trust": map_arrays.trust_of(arrays, in_order(arrays.index.vectors(), arrays.positions)),
    }  # fmt: skip
    abstracts = page_abstracts(papers) if options.abstracts else {"abstracts": []}
    return {
        "map": squeezed(pack(shown)), "papers": squeezed(pack({"papers": page_facts(papers), "box": page_box()})),
        "abstracts": squeezed(pack(abstracts)), "words": squeezed(pack(page_words(arrays))),
    }  # fmt: skip


def _page(count: int, options: Options, *, model: bool) -> dict[str, bytes]:
    """The page itself: HTML, style and script."""
    local, fetch = _PAGE / "local.js", {"fetch": (_PAGE / "local.js", "answer")}
    bundle = Bundle(_PAGE / "main.js", lambda path: fetch if _COMPONENTS in path.parents and path != local else {})
    papers = counted(count, "paper")
    text = colophon(papers, __version__, _today(), model=model, abstracts=options.abstracts)
    icon = "data:image/svg+xml," + quote(
        (_COMPONENTS.parent / "shell" / "icon.svg").read_text(encoding="utf-8").strip()
    )
    html = Template((_PAGE / "page.html").read_text(encoding="utf-8")).substitute(
        icon=icon, title=escape(options.title), papers=escape(papers), version=__version__, colophon=text
    )
    return {
        "index.html": html.encode(),
        "LICENSE.txt": (_PAGE / "LICENSE.txt").read_bytes(),
        "page.css": (_PAGE / "page.css").read_bytes(),
        "page.js": bundle.script.encode(),
    }
