"""Feeds broken files to every reader and looks for what no file may do.

    python benchmarks/fuzz.py [--seconds 600] [--format ris] [--save FOLDER] [--seed NUMBER]

Begins with the small files in tests/data/fuzz/, changes bytes, lines and structures, and reads the outcome. No file may
raise anything but UnreadableFile, give anything but papers and problems numbered 1, 2, 3, take 5 seconds of computing
or 300 MB. With atheris (pip install atheris) changes that reach new code are kept and changed further; without, they
are blind. Each failure is saved once. Cut it down and put it into tests/data/fuzz/<format>/: tests/test_fuzz.py reads
all files there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None

with atheris.instrument_imports(include=["explorer"]) if atheris and "--child" in sys.argv else nullcontext():
    from explorer.errors import UnreadableFile
    from explorer.paper import Paper, Problem
    from explorer.readers import READERS, read

SEEDS = Path(__file__).parents[1] / "tests" / "data" / "fuzz"
SHARED_MEMORY = Path("/dev/shm")  # files there cost no disk
SECONDS = 5.0  # of computing for one file; most take a millisecond
MEMORY = 300 * 2**20  # bytes one small file may make this process grow by
LONGEST = 2**16  # bytes of a changed file, or as many as the longest seed has
_ROOM = 4 * 2**30  # bytes of address space for a child: a file that asks for more gets a MemoryError
_HANGS = 60  # seconds until a child that no signal reaches is ended
# What file formats are made of, and what has broken parsers before.
_TOKENS = [
    token.encode() if isinstance(token, str) else token
    for token in (
        '"', "'", "{", "}", "[", "]", "<", ">", "</", "/>", "(", ")", ",", ";", ":", "|", "=", "\\", "$", "$$", "#",
        "%", "&", "&amp;", "&#0;", "&#x110000;", "&undefined;", "<![CDATA[", "]]>", "<!--", "<?xml version='1.1'?>",
        "<x:y>", '<!DOCTYPE a [<!ENTITY b "c">]>', "\n", "\r", "\r\n", "\n\n", "\t", " ", "\0", "\x0b", "\x1a",
        "\x85", "\u2028", "\u202e", "\ufeff", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\x81", b"\xc3", b"\x1b$B",
        b"\x1f\x8b", "BZh9", "PK\x03\x04", "SQLite format 3\0", "null", "true", "NaN", "Infinity", "1e999", "-1",
        "9" * 400, "0000", "1" * 5000, "TY  - JOUR\n", "ER  - \n", "AB  - ", "      ", "@article{",
        "@string{a = b}\n", "@comment{", "# a #", "%0 Book\n", "PMID- 1\n", "FN x\n", "PT J\n", "EF\n", "RT Book\n",
        "<1>\n", "Record #1 of 2\n", "sep=;\n", "<record>", "</record>", "title", "abstract", '"title": ', '{"a":',
        "[[", "Abstract:", "{Title}: ", " and ", "10.5555/", "arXiv:",
    )
]  # fmt: skip


# --------------------------------------------------------------------------------------------------- what is wrong


class TooSlow(BaseException):
    """One file took too long; no reader can catch this by accident."""


def fault(path: Path) -> str:
    """What is wrong with the way a file is read, or an empty string; what is raised passes through."""
    signal.signal(signal.SIGPROF, _stop)
    before = _memory()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        found = _order(path)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    grown = _memory() - before
    return found or (f"took {grown >> 20} MB" if grown > MEMORY else "")


def _order(path: Path) -> str:
    last: dict[str, int] = {}  # of each file: a changed file may have become an archive of several
    try:
        for item in read(path):
            if not isinstance(item, (Paper, Problem)):
                return f"gave {type(item).__name__}"
            source = item if isinstance(item, Problem) else item.sources[0]
            before = last.get(source.file, 0)
            if source.record != before + 1 and (source.record or isinstance(item, Paper)):
                return f"record {source.record} came after record {before}"
            last[source.file] = source.record or before
            if wrong := _unsound(item):
                return wrong
    except UnreadableFile as error:
        return "" if str(error).strip() else "UnreadableFile without a word"
    return ""


def _unsound(item: Paper | Problem) -> str:
    for field in fields(item):
        value = getattr(item, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and re.search("[\0\ud800-\udfff]", text):
                return f"{field.name} holds a NUL or half a character"
    if isinstance(item, Problem):
        return "" if item.reason.strip() else "a problem without a reason"
    if not item.title and not item.abstract:
        return "a paper without title and abstract"
    return "" if item.year is None or 1500 <= item.year <= 2100 else f"year {item.year}"


def _stop(*_: object) -> None:
    raise TooSlow


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# --------------------------------------------------------------------------------------------------------- changes


def changed(data: bytes, chance: random.Random, others: list[bytes], longest: int = LONGEST) -> bytes:
    """`data` with one to four things wrong with it."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_CHANGES)(data, chance, others)[:longest]
    return data


def _slice(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + int(chance.expovariate(1 / 40)) + 1)


def _insert(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_TOKENS) + data[at:]


def _replace(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    start, end = _slice(data, chance)
    return data[:start] + chance.choice(_TOKENS) + data[end:]


def _drop(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    start, end = _slice(data, chance)
    return data[:start] + data[end:]


def _cut_off(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    return data[: chance.randint(0, len(data))]


def _repeat(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    start, end = _slice(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 10, 100, 2000)) + data[end:]


def _flip(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    turned = bytearray(data)
    for _ in range(chance.randint(1, 8) if turned else 0):
        turned[chance.randrange(len(turned))] = chance.randrange(256)
    return bytes(turned)


def _lines(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines.insert(second, lines[first])
        case _:
            del lines[first]
    return b"\n".join(lines)


def _splice(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    other = chance.choice(others or [data])
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _recode(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "cp1252", "gb18030", "cp437", "utf-7"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _line_ends(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    return data.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b" ", b"", b"\r\r\n", "\u2028".encode())))


def _numbers(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    runs = list(re.finditer(rb"\d+", data))
    if not runs:
        return data
    run = chance.choice(runs)
    return data[: run.start()] + chance.choice((b"0", b"-1", b"9" * 400, b"1e400", b"2.5", b"")) + data[run.end() :]


_CHANGES = (_insert, _insert, _replace, _drop, _cut_off, _repeat, _flip, _lines, _splice, _recode, _line_ends, _numbers)


# ------------------------------------------------------------------------------------------------------- one format


class Hunt:
    """Reads changed files of one format until the time is up, and saves each failure once."""

    def __init__(self, name: str, save: Path, seconds: float, seed: int) -> None:
        self.name, self.save = name, save
        self.until = time.monotonic() + seconds
        self.chance = random.Random(seed)
        self.seeds = [path.read_bytes() for path in seeds(name)]
        self.longest = max(LONGEST, *map(len, self.seeds))
        self.count = self.failures = 0
        self._known: set[str] = set()
        suffixes = [reader.suffixes for reader in READERS if reader.name == name]
        suffix = next((suffix for some in suffixes for suffix in some), seeds(name)[0].suffix)
        folder = tempfile.mkdtemp(prefix="explorer-fuzz-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        tempfile.tempdir = folder  # for what readers unpack, too
        self._path = Path(folder) / f"input{suffix}"

    def run(self) -> None:
        """Hunt; with atheris this ends the process."""
        for data in self.seeds:
            self.try_one(data)
        if atheris:
            self._guided()
        while True:
            self.try_one(self._changed(self.chance.choice(self.seeds), self.chance))

    def _guided(self) -> None:
        corpus = self._path.parent / "corpus"
        corpus.mkdir()
        for number, data in enumerate(self.seeds):
            (corpus / str(number)).write_bytes(data)
        options = {
            "seed": self.chance.randrange(1, 2**31), "max_len": self.longest, "timeout": _HANGS, "verbosity": 0,
            "len_control": 100, "rss_limit_mb": 0, "artifact_prefix": f"{self.save}/{self.name}-",
            "print_final_stats": 0,
        }  # fmt: skip
        arguments = [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)]
        atheris.Setup(arguments, self.try_one, custom_mutator=self._mutated)
        atheris.Fuzz()

    def _mutated(self, data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.4:
            return bytes(atheris.Mutate(data, longest))
        return self._changed(data, chance)[:longest]

    def _changed(self, data: bytes, chance: random.Random) -> bytes:
        return changed(data, chance, self.seeds, self.longest)

    def try_one(self, data: bytes) -> None:
        """Read one file; at the end of the time print the sum and end."""
        if time.monotonic() > self.until:
            print(f"{self.name}: {self.count:,} files, {self.failures} failures", flush=True)
            shutil.rmtree(self._path.parent, ignore_errors=True)
            os._exit(1 if self.failures else 0)
        self.count += 1
        self._path.write_bytes(data)
        os.utime(self._path, (1e9, 1e9))  # old, or the reader of databases waits for its writer to pause
        try:
            found = fault(self._path)
            place = found
        except (Exception, TooSlow) as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/explorer/" in frame.filename]
            where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
            place = f"{type(error).__name__} at {where}"
            found = f"{place}\n{traceback.format_exc()}"
        if found and re.sub(r"\d+", "", place) + place * ("at" in place) not in self._known:
            self._known.add(re.sub(r"\d+", "", place) + place * ("at" in place))
            self._keep(data, found)

    def _keep(self, data: bytes, found: str) -> None:
        self.failures += 1
        name = f"{self.name.replace(' ', '_')}-{hashlib.sha1(data).hexdigest()[:12]}{self._path.suffix}"
        (self.save / name).write_bytes(data)
        (self.save / f"{name}.why").write_text(found, encoding="utf-8", errors="replace")
        print(f"{self.name}: {found.splitlines()[0]}, saved as {self.save / name}", flush=True)


def seeds(name: str) -> list[Path]:
    """The small files a format is hunted from."""
    return sorted((SEEDS / name.replace(" ", "_")).glob("*"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600, help="in all; each format gets an equal share")
    parser.add_argument("--format", action="append", help="only this one; may be repeated")
    parser.add_argument("--save", type=Path, default=Path("fuzz-failures"), help="folder for files that fail")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.save.mkdir(parents=True, exist_ok=True)
    names = asked.format or list(dict.fromkeys(reader.name for reader in READERS))
    if asked.child:
        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
        Hunt(names[0], asked.save, asked.seconds, asked.seed).run()
    print(f"seed {asked.seed}, {'guided by atheris' if atheris else 'blind (atheris is not installed)'}", flush=True)
    failed = [name for name in names if not _hunted(name, asked, asked.seconds / len(names))]
    sys.exit(f"failures in {', '.join(failed)}, see {asked.save}" if failed else 0)


def _hunted(name: str, asked: argparse.Namespace, seconds: float) -> bool:
    if not seeds(name):
        print(f"{name}: no seeds in {SEEDS / name.replace(' ', '_')}", flush=True)
        return False
    command = [sys.executable, __file__, "--child", "--format", name, "--save", str(asked.save)]
    # What the children say comes from the fuzzing engine too; only our own lines are passed on.
    ran = subprocess.run(
        [*command, "--seconds", str(seconds), "--seed", str(asked.seed)],
        capture_output=True,
        text=True,
        errors="replace",
    )
    print("\n".join(line for line in ran.stdout.splitlines() if line.startswith(f"{name}: ")), flush=True)
    if ran.returncode not in (0, 1):
        print(f"{name}: ended with {ran.returncode}\n{ran.stderr[-2000:]}", flush=True)
    return ran.returncode == 0


if __name__ == "__main__":
    main()
