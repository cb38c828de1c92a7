"""Papers with their place on the map and their topics → JSON lines, CSV, Parquet, BibTeX, RIS, and vectors as .npy.

Knows formats, not tables or FAISS. Always true: one record a paper, in the order of the map; a file appears under its
name only when it is complete.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.explain.why import Explanation
from explorer.map.topics import Topics
from explorer.paper import Paper
from explorer.search.answer import Answer
from explorer.search.ranking import Result

Row = dict[str, object]


def rows(papers: Iterable[Paper], positions: NDArray[np.float32], topics: Topics) -> list[Row]:
    """One flat record a paper: its fields, `x`, `y`, and `topic_1` (coarsest) to `topic_L` (finest) as labels."""
    coarse_first = topics.levels[::-1]
    return [
        {
            **fields(paper),
            "x": round(float(position[0]), 6),
            "y": round(float(position[1]), 6),
            **{
                f"topic_{number}": level.labels[level.assignment[i]]
                for number, level in enumerate(coarse_first, start=1)
            },
        }
        for i, (paper, position) in enumerate(zip(papers, positions, strict=True))
    ]


def fields(paper: Paper) -> Row:
    """The fields of a paper that every format carries."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "openalex": paper.openalex,
        "url": paper.url,
        "keywords": list(paper.keywords),
        "collections": list(paper.collections),
    }


def result_record(result: Result) -> dict[str, object]:
    """A result as programs get it, from the command line and over HTTP alike."""
    paper = result.paper
    return {
        "id": paper.id,
        "title": paper.heading,
        "has_title": paper.has_title,
        "similarity": round(result.similarity, 6),
        "percentile": round(result.percentile, 4),
        "words": round(result.words, 4),
        **{name: value for name, value in fields(paper).items() if name not in {"id", "title", "abstract"}},
        "has_abstract": bool(paper.abstract),
    }


def answer_records(answer: Answer) -> list[dict[str, object]]:
    """The results of an answer as programs get them, each with how near it is and the near-copies it stands for."""
    return [
        {
            **result_record(result),
            "certainty": answer.levels[result.row].value,
            "near_copies": [paper.id for paper in answer.copies[result.row]],
        }
        for result in answer.results
    ]


def explanation_record(found: Explanation) -> dict[str, object]:
    """An explanation as programs get it: pairs of sentences, and terms with their number of papers."""
    return {
        "pairs": [
            {"similarity": round(pair.similarity, 4), "one": asdict(pair.one), "other": asdict(pair.other)}
            for pair in found.pairs
        ],
        "shared": [asdict(term) for term in found.shared],
        "only_one": [asdict(term) for term in found.only_one],
        "only_other": [asdict(term) for term in found.only_other],
    }


def floor_percent(percentile: float) -> str:
    """ "99.7%": rounded down, so that it never claims more than was measured."""
    return f"{int(percentile * 10) / 10:.1f}%" if percentile < 99.9 else f"{int(percentile * 1000) / 1000:.3f}%"


def write(path: Path, records: list[Row]) -> None:
    """Write records in the format that `path` ends in. Raises ExplorerError for any other ending."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExplorerError(f"cannot export to {path.name}: the name must end in {', '.join(WRITERS)}")
    _whole(path, lambda temporary: writer(temporary, records))


def write_vectors(path: Path, vectors: NDArray[np.float32]) -> None:
    """Write vectors (n, dimension) float32 as .npy, rows in the order of the records."""

    def save(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)

    _whole(path, save)


def _whole(path: Path, save: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        save(temporary)
        temporary.replace(path)
    except OSError as error:
        raise ExplorerError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _jsonl(path: Path, records: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _csv(path: Path, records: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(records[0]) if records else [])
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in record.items()} for record in records)


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, list) else value


def _parquet(path: Path, records: list[Row]) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    texts = arrow.list_(arrow.string())
    lists = dict.fromkeys(("authors", "keywords", "collections"), texts)
    types = {**lists, "year": arrow.int16(), "x": arrow.float32(), "y": arrow.float32()}
    names = list(records[0]) if records else []
    schema = arrow.schema([(name, types.get(name, arrow.string())) for name in names])
    parquet.write_table(arrow.Table.from_pylist(records, schema=schema), path)


def _bib(path: Path, records: list[Row]) -> None:
    used: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(bibtex(record, used) + "\n" for record in records)


def bibtex(record: Mapping[str, object], used: set[str] | None = None) -> str:
    """One BibTeX entry of a record; `used` holds the citation keys given so far, and gains this one."""
    used = set() if used is None else used
    base = re.sub(r"[^A-Za-z0-9:._/+-]+", "_", str(record["id"])).strip("_") or "paper"
    key, number = base, 1
    while key in used:
        number += 1
        key = f"{base}_{number}"
    used.add(key)
    venue = "journal" if record["venue"] else "howpublished"
    authors = [name if "," in name or " " in name else f"{{{name}}}" for name in _strings(record["authors"])]
    entry = {
        "title": record["title"],
        "author": " and ".join(authors),
        "year": record["year"],
        venue: record["venue"],
        "doi": record["doi"],
        "eprint": record["arxiv"],
        "archiveprefix": "arXiv" if record["arxiv"] else "",
        "pmid": record["pmid"],
        "pmcid": record["pmcid"],
        "url": record["url"],
        "keywords": ", ".join(_strings(record["keywords"])),
        "abstract": record["abstract"],
        **{name: value for name, value in record.items() if name in {"x", "y"} or name.startswith("topic_")},
    }
    lines = [f"  {name} = {{{_balanced(str(value))}}}," for name, value in entry.items() if value not in ("", None)]
    return "\n".join([f"@{'article' if record['venue'] else 'misc'}{{{key},", *lines, "}"]) + "\n"


def _ris(path: Path, records: list[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(ris(record) + "\n" for record in records)


def ris(record: Mapping[str, object]) -> str:
    """One RIS record, as reference managers read it."""
    arxiv = f"https://arxiv.org/abs/{record['arxiv']}" if record["arxiv"] else ""
    tags = [
        ("TY", "JOUR" if record["venue"] else "GEN"),
        ("ID", record["id"]),
        ("TI", record["title"]),
        *(("AU", name) for name in _strings(record["authors"])),
        ("PY", record["year"]),
        ("T2", record["venue"]),
        ("DO", record["doi"]),
        ("AN", record["pmid"]),
        ("C2", record["pmcid"]),
        ("UR", record["url"] or arxiv),
        *(("KW", word) for word in _strings(record["keywords"])),
        ("AB", record["abstract"]),
    ]
    lines = [f"{tag}  - {' '.join(str(value).split())}" for tag, value in tags if value not in ("", None)]
    return "\n".join([*lines, "ER  - "]) + "\n"


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _balanced(text: str) -> str:
    """`text` with every brace that has no partner left out: one such brace would swallow the rest of the file."""
    opened: list[int] = []
    lonely: set[int] = set()
    for place, char in enumerate(text):
        if char == "{":
            opened.append(place)
        elif char == "}" and opened:
            opened.pop()
        elif char == "}":
            lonely.add(place)
    lonely.update(opened)
    return "".join(char for place, char in enumerate(text) if place not in lonely)


WRITERS: dict[str, Callable[[Path, list[Row]], None]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
    ".bib": _bib,
    ".ris": _ris,
}
