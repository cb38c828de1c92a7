"""Tables that are data: names of fields, words, letters and marks, in a .toml beside the module that reads them.

Holds no table itself. Always true: a table is text and numbers alone; what needs more is code in the module.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def tables_of(module: str) -> dict[str, Any]:
    """What the .toml beside the module at this path says: tables, lists and texts by name."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
