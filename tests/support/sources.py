"""The project's Python files, each read and parsed once. No test stands here."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


@cache
def statements_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file but expressions and what they are made of, from its outermost to its innermost."""
    nodes: list[ast.AST] = [tree_of(path)]
    for node in nodes:
        nodes += (child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLD_STATEMENTS))
    return tuple(nodes)


_HOLD_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)
