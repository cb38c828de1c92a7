"""Modules of JavaScript → a classic script, as pages opened from a disk may load no modules.

Knows the forms of import and export that this house writes, and refuses others by name. Always true: every module is
run once, after those it imports; what a module does not export stays its own; equal files give equal scripts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from explorer.errors import ExplorerError

_IMPORT = re.compile(r'^import\s+(?:(\w+)|\*\s+as\s+(\w+)|\{([^}]*)\})\s+from\s+"([^"]+)";[^\S\n]*\n', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+function\*?|function\*?|class|const|let)\s+(\w+))", re.MULTILINE)
_SEVERAL = re.compile(r"^export\s+(?:const|let)\s+\w+\s*=\s*[^,;({\[]*,\s*\w+\s*=.*", re.MULTILINE)
_LEFT = re.compile(r"^(?:import\b[^(]|export\b).*", re.MULTILINE)


class Bundle:
    """The modules that `entry` needs, the entry last; `names` says what stands for each in the script."""

    def __init__(self, entry: Path, replaced: Callable[[Path], dict[str, tuple[Path, str]]]) -> None:
        """`replaced`: for a module, global names for which another module's export stands there ({"fetch": …})."""
        self._replaced = replaced
        self.names: dict[Path, str] = {}
        self._parts: list[str] = []
        self._add(entry.resolve(), ())

    @property
    def script(self) -> str:
        """The script."""
        return "\n".join(['"use strict";', "(() => {", *self._parts, "})();", ""])

    def _add(self, path: Path, above: tuple[Path, ...]) -> str:
        """The name of a module, which is put into the script, after those that it imports, if it is not there yet."""
        if path in above:
            raise ExplorerError(f"{path.name} imports itself by way of {' and '.join(p.name for p in above)}")
        if path not in self.names:
            text = path.read_text(encoding="utf-8")
            lines = [self._line(match, path, above) for match in _IMPORT.finditer(text)]
            stand_ins = [(name, *source) for name, source in self._replaced(path).items()]
            for name, source, export in stand_ins:
                lines.append(f"const {name} = {self._add(source.resolve(), (*above, path))}.{export};")
            self.names[path] = f"module{len(self.names)}"
            self._parts.append(_wrapped(self.names[path], path.name, _IMPORT.sub("", text), lines))
        return self.names[path]

    def _line(self, match: re.Match[str], path: Path, above: tuple[Path, ...]) -> str:
        """What stands in the script for an import."""
        whole, everything, named, target = match.groups()
        source = (path.parent / target).resolve()
        if source.suffix == ".css":
            return f"const {whole} = {json.dumps(source.read_text(encoding='utf-8'))};"
        if whole:
            raise ExplorerError(f"{path.name}: only sheets of style are imported as a whole, not {target}")
        module = self._add(source, (*above, path))
        return f"const {everything} = {module};" if everything else f"const {{ {_renamed(named)} }} = {module};"


def _renamed(names: str) -> str:
    return ", ".join(re.sub(r"\s+as\s+", ": ", name.strip()) for name in names.split(",") if name.strip())


def _wrapped(name: str, file: str, text: str, lines: list[str]) -> str:
    exports = _EXPORT.findall(text)
    body = _EXPORT.sub("", text)
    if left := _SEVERAL.search(text) or _LEFT.search(body):
        raise ExplorerError(f"{file}: this form of import or export cannot be put into a script: {left[0][:80]}")
    # The words above a module stay in its source; a page needs them not.
    body = re.sub(r"\A(?://.*\n)+", "", body).strip()
    inside = "\n".join([*lines, body, f"return {{ {', '.join(exports)} }};"])
    return f"const {name} = (() => {{ // {file}\n{inside}\n}})();"
