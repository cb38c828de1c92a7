"""Regular expressions that are compiled when they are first used, so that importing their modules costs nothing.

Knows no text. Always true: after the first use it is as quick as what `re.compile` gives; compiling all that a question
never needs took a cold process 30 ms.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "split", "sub", "subn")


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """The regular expression `text`. What is wrong in it raises re.error at its first use."""
    return cast(re.Pattern[str], _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._source = text, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
