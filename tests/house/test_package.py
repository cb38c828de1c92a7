"""The wheel has every file that the code reads: tables, styles, scripts, word lists."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_beside_the_code_is_in_the_wheel():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    left_out = []
    for path in [*(ROOT / "explorer").rglob("*"), *(ROOT / "embeddings").rglob("*")]:
        if path.is_dir() or path.suffix in {".py", ".pyc"}:
            continue
        package = next(folder for folder in path.parents if (folder / "__init__.py").exists())
        patterns = data.get(".".join(package.relative_to(ROOT).parts), [])
        if not any(fnmatch(path.relative_to(package).as_posix(), pattern) for pattern in patterns):
            left_out.append(path.relative_to(ROOT).as_posix())
    assert left_out == []
