"""How fast a big file of the arXiv metadata layout is read, and in how much memory.

    python benchmarks/reading.py CORPUS [RECORDS]

Makes a file of RECORDS (by default 1,000,000) records in the layout of arXiv's metadata dump from CORPUS (JSON lines
with title, abstract, authors, year), tiled with other ids. Then, in one run: `json.loads` alone, `read`, and again
`json.loads`; seconds are of this process's processor, memory is the peak so far at each fifth.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from explorer.paper import Paper
from explorer.readers import read


def main() -> None:
    corpus, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    if len(sys.argv) > 3:
        make(corpus, Path(sys.argv[3]), count)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arxiv-metadata.json"
        subprocess.run([sys.executable, __file__, corpus, str(count), file], check=True)  # its memory is not ours
        print(f"{count:,} records, {file.stat().st_size / 1e6:,.0f} MB; memory before {peak()} MB")
        before = only_json(file)
        began = time.process_time()
        papers = lost = 0
        for item in read(file):
            papers += isinstance(item, Paper)
            lost += not isinstance(item, Paper)
            if (papers + lost) % (count // 5) == 0:
                print(f"  {papers + lost:,} read, peak {peak()} MB")
        reading = time.process_time() - began
        alone = (before + only_json(file)) / 2
        print(f"read: {papers:,} papers, {lost} problems, {count / reading:,.0f} records/s of processor time")
        print(f"json.loads alone: {count / alone:,.0f} records/s; reading takes {reading / alone:.1f} times as long")


def only_json(file: Path) -> float:
    began = time.process_time()
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
    return time.process_time() - began


def make(corpus: Path, file: Path, count: int) -> None:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines]
    with file.open("w", encoding="utf-8") as out:
        for number in range(count):
            out.write(json.dumps(as_in_the_dump(papers[number % len(papers)], number)) + "\n")


def as_in_the_dump(paper: dict[str, object], number: int) -> dict[str, object]:
    authors = paper.get("authors")
    names = [str(name) for name in authors] if isinstance(authors, list) else []
    year = paper.get("year") or 2010
    return {
        "id": f"{7 + number // 100_000 % 14:02d}{number % 12 + 1:02d}.{number % 100_000:05d}",
        "submitter": names[0] if names else None,
        "authors": ", ".join(names),
        "title": paper["title"],
        "comments": "12 pages, 3 figures",
        "journal-ref": None,
        "doi": f"10.1000/x.{number}",
        "report-no": None,
        "categories": paper.get("area") or "cs.LG",
        "license": None,
        "abstract": "  " + str(paper["abstract"]).replace(". ", ".\n") + "\n",
        "versions": [{"version": "v1", "created": f"Mon, 2 Apr {year} 19:18:42 GMT"}],
        "update_date": f"{year}-11-26",
        "authors_parsed": [[name.rpartition(" ")[2], name.rpartition(" ")[0], ""] for name in names],
    }


def peak() -> int:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
