"""The rules of the house, read from its files: lengths, members, names, words, no path of anyone's machine.

Always true: the numbers of words here only ever get smaller.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from conftest import ROOT
from support.sources import statements_of, text_of

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_MEMBERS = 12

# Words that name no idea of the field, and how often the code still says them.
WORDS = {
    "found": 39, "one": 589, "given": 108, "other": 159, "known": 97,
    "told": 17, "said": 30, "asked": 33, "held": 13, "kept": 50,
}  # fmt: skip
NOUNS = {"ranking", "packing", "drawing"}  # that end in -ing


def files(
    *endings: str, under: tuple[str, ...] = ("explorer", "embeddings", "tests", "benchmarks", "docs")
) -> list[Path]:
    inside = (path for folder in under for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in chain([ROOT / "app.py"], inside) if path.suffix in endings)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PRODUCT = files(".py", under=("explorer", "embeddings"))
PYTHON = files(".py")


def test_no_file_is_too_long():
    lengths = {name_of(path): text_of(path).count("\n") for path in files(".py", ".js", ".css")}
    assert {name for name, lines in lengths.items() if lines > MOST_LINES} == set()


def test_no_function_is_too_long():
    functions = (
        (f"{name_of(path)}:{node.name}", node.end_lineno - node.lineno + 1)
        for path in PYTHON
        for node in statements_of(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    assert [name for name, lines in functions if lines > MOST_LINES_OF_A_FUNCTION] == []


def public_members(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each class with its public methods and properties; fields are no members."""
    for node in statements_of(path):
        if isinstance(node, ast.ClassDef):
            methods = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
            yield node.name, [name for name in methods if not name.startswith("_")]


def test_no_class_has_too_many_members():
    classes = (found for path in PRODUCT for found in public_members(path))
    assert {name for name, members in classes if len(members) > MOST_MEMBERS} == set()


def test_no_module_is_named_by_a_gerund():
    assert {path.stem for path in PRODUCT if path.stem.endswith("ing")} <= NOUNS


@pytest.mark.parametrize("word", WORDS)
def test_words_that_name_nothing_get_fewer(word):
    count = sum(len(re.findall(rf"\b{word}\b", text_of(path))) for path in PRODUCT)
    assert count <= WORDS[word], f"{word!r} stands {count} times in the code: name what is meant"


def test_no_test_imports_a_test():
    for path in files(".py", under=("tests",)):
        for node in statements_of(path):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.split(".")[-1].startswith("test_"), f"{name_of(path)} imports {name}"
                assert name.split(".")[0] != "tests", f"{name_of(path)} imports {name}"


def test_no_path_of_a_machine_stands_in_a_file():
    endings = (".py", ".js", ".css", ".md", ".toml", ".txt", ".sh")
    places = re.compile(r"(?<![\w.<])/(?:home|work|Users|root)/(?!me/)\w")
    texts = [*files(*endings), *ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile", ROOT / ".ci" / "run"]
    assert [name_of(path) for path in texts if places.search(path.read_text(encoding="utf-8", errors="replace"))] == []


def test_every_text_that_is_read_or_written_names_its_encoding():
    """The encoding of a machine is none to count on: Western Windows has cp1252."""

    def guesses(call: ast.Call) -> bool:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        words = {word.arg for word in call.keywords}
        place = {"read_text": 0, "write_text": 1}.get(name)
        if place is not None:
            return "encoding" not in words and None not in words and len(call.args) <= place
        modes = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        modes += [
            word.value.value for word in call.keywords if word.arg == "mode" and isinstance(word.value, ast.Constant)
        ]
        text = any(re.fullmatch(r"[rwax+]*t?[+]?", mode) for mode in modes)
        return name == "open" and text and not any("b" in mode for mode in modes) and "encoding" not in words

    calls = (
        (path, node) for path in PRODUCT for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.Call)
    )
    assert [f"{name_of(path)}:{node.lineno}" for path, node in calls if guesses(node)] == []
