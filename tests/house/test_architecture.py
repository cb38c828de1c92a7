"""The walls of the house, read from the import lines."""

import ast
import subprocess
import sys
import time

from conftest import ROOT
from support.sources import statements_of, tree_of

# The floors of the house, the highest first: a room may import the rooms below its own floor, itself, and no other.
FLOORS = (
    ("app",),
    ("explorer.__main__",),
    ("explorer.cli",),
    ("explorer.ui",),
    ("explorer.server",),
    ("explorer.export",),
    ("explorer.evaluation",),
    ("explorer.libraries", "explorer.shards"),
    ("explorer.library",),
    ("explorer.drafts",),
    ("explorer.regions",),
    ("explorer.index",),
    ("explorer.search", "explorer.explain", "explorer.map"),
    ("explorer.language",),
    ("explorer.store", "explorer.readers"),
    ("explorer.identity",),
    ("explorer.paper",),
    ("explorer.authors", "explorer.notices"),
    ("explorer.placeholders", "explorer.boilerplate"),
    ("explorer.rights",),
    (
        "explorer.text",
        "explorer.doi",
        "explorer.arxiv",
        "explorer.dates",
        "explorer.tables",
        "explorer.filter",
        "explorer.errors",
    ),
    ("explorer.patterns",),
    ("embeddings",),
)
ALSO = {("explorer.explain", "explorer.search")}  # the words of explanations are those of the search
ONLY_IN = {
    "faiss": {"embeddings.codes", "embeddings.index"},
    "torch": {"embeddings.packed"},
    "sentence_transformers": {"embeddings.encoder"},
    "transformers": {"embeddings.encoder"},
    "sqlite3": {"explorer.store", "explorer.readers.io.sqlite"},
    "streamlit": {"app", "explorer.ui"},
    "starlette": {"explorer.server"},
    "mcp": {"explorer.server.mcp"},
    "pydantic": {"explorer.server.mcp"},
    "rapidfuzz": {"explorer.search.slips"},
    "Stemmer": {"explorer.language.stems"},
    "pytrec_eval": {"explorer.evaluation"},
    "pyarrow": {"explorer.export", "explorer.readers.formats.parquet", "explorer.shards"},
    "fsspec": {"explorer.shards.corpus"},
    "distributed": {"explorer.shards.cluster"},
    "openpyxl": {"explorer.readers.formats.spreadsheet"},
    "pypdfium2": {"explorer.drafts.manuscript.pdf"},
    "xlrd": {"explorer.readers.formats.spreadsheet"},
    "watchdog": {"explorer.cli.watcher"},
}
LAZY = {
    "distributed",
    "fsspec",
    "Stemmer",
    "faiss",
    "ftfy",
    "rapidfuzz",
    "torch",
    "sentence_transformers",
    "transformers",
    "openpyxl",
    "xlrd",
    "pypdfium2",
}

SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in [ROOT / "app.py", *(ROOT / "explorer").rglob("*.py"), *(ROOT / "embeddings").rglob("*.py")]
}


def imports(module):
    """(module, whether at the top level) of every import statement of a module."""
    top = {id(node) for node in tree_of(SOURCES[module]).body}
    for node in statements_of(SOURCES[module]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield node.module, id(node) in top
            if node.module in ("explorer", "embeddings"):
                yield from ((f"{node.module}.{alias.name}", id(node) in top) for alias in node.names)


def within(module, prefixes):
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def room(module):
    return max((room for floor in FLOORS for room in floor if within(module, {room})), key=len, default=None)


def floor(module):
    return next(number for number, floor in enumerate(FLOORS) if room(module) in floor)


def test_imports_point_downwards_only():
    for module in SOURCES.keys() - {"explorer"}:  # which has names of its rooms, fetched when they are asked for
        for name, _ in imports(module):
            if room(name):
                same = room(name) == room(module) or (room(module), room(name)) in ALSO
                assert same or floor(name) > floor(module), f"{module} must not import {name}"


def test_heavy_libraries_stay_in_their_rooms():
    for module in SOURCES:
        for name, at_top in imports(module):
            root = name.split(".")[0]
            if root in ONLY_IN:
                assert within(module, ONLY_IN[root]), f"{module} must not import {root}"
            assert not (root in LAZY and at_top), f"{module} must import {root} inside a function"


def test_modules_open_by_saying_what_they_hold():
    assert [module for module in SOURCES if not ast.get_docstring(tree_of(SOURCES[module]))] == []


def test_importing_explorer_is_free():
    code = (
        "import sys, time; t = time.process_time(); import explorer; s = time.process_time() - t; "
        "print(s, [m for m in ('torch', 'streamlit', 'faiss', 'numpy', 'sentence_transformers') if m in sys.modules])"
    )
    best, loaded = 9.0, ""
    for _ in range(3):
        time.sleep(0.05)
        printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
        seconds, loaded = printed.stdout.strip().split(" ", 1)
        best = min(best, float(seconds))
    assert best < 0.3
    assert loaded == "[]"
