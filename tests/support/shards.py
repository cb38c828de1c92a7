"""A corpus that tries what shards may get wrong, and all that a library is, to be compared. No test stands here."""

from __future__ import annotations

import json
from pathlib import Path

from explorer.library import Library
from explorer.library.insides import Insides
from support.papers import WORDS


def write_corpus(folder: Path, papers: int = 300) -> tuple[str, ...]:
    """A file, a folder of two, and a file that cannot be read: with copies, merges across files, a bad record."""
    folder.mkdir(parents=True, exist_ok=True)
    records = [_record(number) for number in range(papers)]
    third = papers // 3
    _write(folder / "first.jsonl", records[:third])
    # The same work with a longer abstract; copies; a line that is no record; half a letter, as files have it.
    again = [{**records[5], "abstract": f"{records[5]['abstract']} and more of it than before."}, records[7]]
    _write(folder / "more" / "a.jsonl", [*again, *records[third : 2 * third]], "{ no record\n")
    _write(folder / "more" / "b.jsonl", [*records[2 * third :], records[2 * third], _record(papers, "half \ud83d")])
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    return tuple(str(folder / name) for name in ("first.jsonl", "more", "broken.pdf"))


def _record(number: int, extra: str = "") -> dict[str, object]:
    words = [WORDS[(number * 3 + step) % len(WORDS)] for step in range(4 + number % 30)]
    return {
        "id": f"k{number}", "doi": f"10.5555/{number}", "title": f"Study{number} of {words[0]} and {words[1]} {extra}",
        "abstract": " ".join([*words, f"a{number}", f"b{number % 17}"]), "year": 1990 + number % 30,
        "authors": [f"Writer{number}, A."],
    }  # fmt: skip


def _write(path: Path, records: list[dict[str, object]], rest: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records) + rest)


def all_of(folder: Path) -> dict[str, object]:
    """All that a library is but the time of its imports: papers, records, vectors, neighbours, map, topics, answers."""
    with Library.open(folder, write=False) as library:
        arrays, inside = library.snapshot.arrays, Insides.of(library)
        keys = arrays.keys.tolist()
        return {
            "keys": keys,
            "papers": library.snapshot.papers(),
            "records": inside.store.records.of(keys),
            "problems": library.records.problems(),
            "precisions": library.records.info().precisions,
            "vectors": arrays.index.vectors().tobytes(),
            "neighbours": arrays.graph.tobytes(),
            "map": library.map.tobytes(),
            "topics": [(level.labels, level.assignment.tolist()) for level in library.topics.levels],
            "answer": [(result.paper.id, result.similarity) for result in library.search("alpha gamma study", k=20)],
        }


def files_of(folder: Path) -> dict[str, bytes]:
    """The bytes of the shards and what is said of them, by name; not the library that papers are merged in."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "merged" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
