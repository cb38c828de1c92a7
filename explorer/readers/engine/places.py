"""Tables of formats: where a format keeps each field of a paper, in a .toml beside the format's module.

Holds no table itself. Always true: a table is text alone; what needs more than paths is code in the module.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def places_of(module: str) -> dict[str, Any]:
    """What the .toml beside the module at this path says: tables by name, or fields, each with its paths or names."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
