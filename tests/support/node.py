"""Node, which runs the scripts of pages as a browser would; a test that needs it skips where it is missing. No test
stands here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

PAGE = ROOT / "explorer" / "export" / "site" / "page"
NODE = shutil.which("node") or shutil.which("nodejs")
NEEDED = pytest.mark.skipif(
    NODE is None and not os.environ.get("EXPLORER_REQUIRE_NODE"), reason="no node on this machine"
)
# Opens the page in the folder `page` as the browser does, but for the model: `library`, `corpus`, `index`, `answers`.
OPENED = """
  const read = (name) => inScript(new Uint8Array(fs.readFileSync(`${page}/data/${name}.js`)));
  const load = async (name) => unpack(await inflated(read(name)));
  const names = ["map", "papers", "abstracts", "words", "meaning"];
  const [map, facts, { abstracts }, words, meaning] = await Promise.all(names.map(load));
  const library = Object.assign(new Library(map, facts.papers, facts.box), { abstracts });
  const corpus = new Corpus(meaning, map.near);
  const index = new WordIndex(words, library.names.flat().join("\\n"));
  const answers = new Answers(library, index, corpus, meaning, async () => null);
"""
OPENING = {
    "pack.js": "unpack", "files.js": "inflated, inScript", "library.js": "Library", "ranking.js": "Corpus",
    "words.js": "WordIndex", "answers.js": "Answers", "lexer.js": "BadQuery",
}  # fmt: skip
"""What `OPENED` needs, for `evaluated`."""


def evaluated(imports: dict[str, str], expression: str, folder: Path, **data: Any) -> Any:
    """What an expression gives: `imports` are names by the script of the page they come from, `data` what it reads."""
    given = folder / "given.json"
    given.write_text(json.dumps(data), encoding="utf-8")
    lines = [f"import {{ {names} }} from {json.dumps((PAGE / file).as_uri())};" for file, names in imports.items()]
    lines += [
        'import fs from "node:fs";',
        f"const {{ {', '.join(data)} }} = JSON.parse(fs.readFileSync({json.dumps(str(given))}));",
    ]
    lines += [f"const made = await (async () => {expression})();", "process.stdout.write(JSON.stringify(made));"]
    script = folder / "asked.mjs"
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run([str(NODE), str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
