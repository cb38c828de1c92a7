"""Semantic similarity explorer for scientific papers. `from explorer import Library, Question, Filter` is the API.

Importing this package starts nothing, writes nothing, and loads no model: names arrive when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.errors import ExplorerError as ExplorerError
    from explorer.filter import Filter as Filter
    from explorer.library import Library as Library
    from explorer.paper import Paper as Paper
    from explorer.search.question import Question as Question

__version__ = "0.1.0"
_HOMES = {
    "Library": "library", "Filter": "filter", "Question": "search.question", "Paper": "paper",
    "ExplorerError": "errors",
}  # fmt: skip


def _refuse_a_stranger() -> None:
    """Raise ImportError when `embeddings` is somebody else's: a name that many packages and files have."""
    spec, home = find_spec("embeddings"), Path(__file__).resolve().parents[1]
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    if origin is None or origin.parents[1] != home:
        raise ImportError(
            f"explorer needs the package embeddings that came with it, in {home}, but Python has "
            f"{f'that in {origin}' if origin else 'none'}. Rename that file or folder, run Explorer from another "
            "folder, or install it into a fresh environment: python -m venv"
        )


_refuse_a_stranger()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"explorer.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
