"""The walls of the house, read from the import lines."""

import ast
import subprocess
import sys
import time

import pytest

from conftest import ROOT

# Who may import whom inside the project: module prefix → prefixes it may name.
ALLOWED = {
    "embeddings": {"embeddings"},
    "explorer.errors": set(),
    "explorer.text": set(),
    "explorer.paper": {"explorer.text"},
    "explorer.readers": {"explorer.paper", "explorer.text", "explorer.errors", "explorer.readers"},
    "explorer.identity": {"explorer.paper", "explorer.text"},
    "explorer.store": {"explorer.identity", "explorer.paper", "explorer.text", "explorer.errors", "explorer.store"},
    "explorer.report": {"explorer.paper", "explorer.store"},
    "explorer.search": {"explorer.paper", "embeddings.index"},
    "explorer.news": {"explorer.search", "explorer.store"},
    "explorer.parts": {"explorer.errors", "explorer.search", "embeddings.index"},
    "explorer.layout": set(),
    "explorer.passages": {"explorer.sentences"},
    "explorer.sentences": set(),
    "explorer.certainty": set(),
    "explorer.variety": set(),
    "explorer.arranging": {
        "explorer.certainty", "explorer.identity", "explorer.paper", "explorer.search", "explorer.variety",
    },
    "explorer.explain": {"explorer.keywords", "explorer.sentences", "explorer.words"},
    "explorer.topics": {"explorer.labels"},
    "explorer.labels": {"explorer.words"},
    "explorer.words": set(),
    "explorer.bm25": {"explorer.keywords"},
    "explorer.derived": {
        "explorer.bm25", "explorer.errors", "explorer.keywords", "explorer.topics", "embeddings.index",
    },
    "explorer.keywords": {"explorer.text", "explorer.words"},
    "explorer.evaluation": {
        "embeddings.encoder", "embeddings.index", "explorer.bm25", "explorer.building", "explorer.errors",
        "explorer.paper", "explorer.search",
    },
    "explorer.preservation": set(),
    "explorer.self_check": {
        "embeddings.encoder", "embeddings.vectors", "explorer.evaluation", "explorer.library", "explorer.paper",
        "explorer.preservation", "explorer.report", "explorer.store",
    },
    "explorer.query": {"explorer.errors", "explorer.store"},
    "explorer.building": {
        "explorer.derived", "explorer.layout", "explorer.search", "explorer.topics", "embeddings.index",
    },
    "explorer.export": {
        "explorer.arranging", "explorer.errors", "explorer.explain", "explorer.paper", "explorer.search",
        "explorer.topics",
    },
    "explorer.library": {
        "embeddings.encoder", "explorer.bm25", "explorer.building", "explorer.derived", "explorer.errors",
        "explorer.keywords", "explorer.library.saving", "explorer.paper", "explorer.readers", "explorer.report",
        "explorer.store",
    },
    "explorer.library.asking": {
        "explorer.arranging", "explorer.certainty", "explorer.citing", "explorer.derived", "explorer.drafting",
        "explorer.errors", "explorer.explain", "explorer.keywords", "explorer.library.reading", "explorer.missing",
        "explorer.paper", "explorer.parts", "explorer.query", "explorer.search", "explorer.store", "explorer.text",
        "explorer.variety",
    },
    "explorer.library.reading": {
        "embeddings.encoder", "embeddings.remembered", "explorer.derived", "explorer.errors", "explorer.identity",
        "explorer.paper", "explorer.report", "explorer.store", "explorer.text", "explorer.topics",
    },
    "explorer.library.saving": {
        "explorer.errors", "explorer.library.asking", "explorer.news", "explorer.query", "explorer.search",
        "explorer.store",
    },
    "explorer.answering": {"explorer.search"},
    "explorer.citing": {
        "explorer.identity", "explorer.missing", "explorer.paper", "explorer.store", "explorer.text",
    },
    "explorer.drafting": {
        "explorer.answering", "explorer.errors", "explorer.missing", "explorer.paper", "explorer.passages",
        "explorer.search", "explorer.sentences", "explorer.text",
    },
    "explorer.missing": {"explorer.paper", "explorer.passages", "explorer.search"},
    "explorer.manuscript": {
        "explorer.errors", "explorer.identity", "explorer.manuscript", "explorer.paper", "explorer.readers",
        "explorer.text",
    },
    "explorer.api": {
        "explorer.arranging", "explorer.errors", "explorer.export", "explorer.library", "explorer.search",
        "explorer.store", "explorer.text",
    },
    "explorer.ui": {"explorer", "embeddings.encoder"},
    "explorer.printing": {
        "explorer.arranging", "explorer.certainty", "explorer.explain", "explorer.export", "explorer.paper",
        "explorer.report", "explorer.search",
    },
    "explorer.draft_printing": {
        "explorer.export", "explorer.missing", "explorer.paper", "explorer.passages", "explorer.printing",
    },
    "explorer.commands": {"explorer", "embeddings.encoder"},
    "explorer.commands_saved": {
        "explorer.export", "explorer.library", "explorer.news", "explorer.printing", "explorer.store",
    },
    "explorer.__main__": {"explorer.__version__", "explorer.commands", "explorer.errors", "embeddings.encoder"},
    "explorer": {"explorer.errors", "explorer.library", "explorer.paper", "explorer.store"},
    "app": {"explorer.api", "explorer.ui"},
}  # fmt: skip
ONLY_IN = {
    "faiss": {"embeddings.index"},
    "torch": {"embeddings.encoder"},
    "sentence_transformers": {"embeddings.encoder"},
    "transformers": {"embeddings.encoder"},
    "sqlite3": {"explorer.store", "explorer.readers.sqlite"},
    "streamlit": {"app", "explorer.ui"},
    "starlette": {"explorer.api"},
    "tantivy": {"explorer.keywords"},
    "pytrec_eval": {"explorer.evaluation"},
    "pyarrow": {"explorer.export", "explorer.readers.parquet"},
    "openpyxl": {"explorer.readers.spreadsheet"},
    "pypdfium2": {"explorer.manuscript.pdf"},
    "xlrd": {"explorer.readers.spreadsheet"},
}
LAZY = {"tantivy", "torch", "sentence_transformers", "transformers", "openpyxl", "xlrd", "pypdfium2"}

SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in [ROOT / "app.py", *(ROOT / "explorer").rglob("*.py"), *(ROOT / "embeddings").rglob("*.py")]
}


def imports(path):
    """(module, whether at the top level) of every import statement of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module, id(node) in top
            if node.module in ("explorer", "embeddings"):
                yield from ((f"{node.module}.{alias.name}", id(node) in top) for alias in node.names)


def within(module, prefixes):
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def rule(module):
    return ALLOWED[max((prefix for prefix in ALLOWED if within(module, {prefix})), key=len)]


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_imports_point_downwards_only(module):
    for name, _ in imports(SOURCES[module]):
        if within(name, {"explorer", "embeddings"}) and name not in ("explorer", "embeddings"):
            assert within(name, rule(module)), f"{module} must not import {name}"


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_heavy_libraries_stay_in_their_rooms(module):
    for name, at_top in imports(SOURCES[module]):
        root = name.split(".")[0]
        if root in ONLY_IN:
            assert within(module, ONLY_IN[root]), f"{module} must not import {root}"
        assert not (root in LAZY and at_top), f"{module} must import {root} inside a function"


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_modules_open_by_saying_what_they_hold(module):
    document = ast.get_docstring(ast.parse(SOURCES[module].read_text(encoding="utf-8")))
    assert document, f"{module} has no opening lines"


def test_importing_explorer_is_free():
    code = (
        "import sys, time; t = time.perf_counter(); import explorer; s = time.perf_counter() - t; "
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
