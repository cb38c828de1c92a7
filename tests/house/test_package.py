"""The wheel has every file that the code reads; licences and version stand wherever they are told."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from embeddings import bundled

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_file_beside_the_code_is_in_the_wheel():
    data = PROJECT["tool"]["setuptools"]["package-data"]
    left_out = []
    for path in [*(ROOT / "explorer").rglob("*"), *(ROOT / "embeddings").rglob("*")]:
        if path.is_dir() or path.suffix in {".py", ".pyc"}:
            continue
        package = next(folder for folder in path.parents if (folder / "__init__.py").exists())
        patterns = data.get(".".join(package.relative_to(ROOT).parts), [])
        if not any(fnmatch(path.relative_to(package).as_posix(), pattern) for pattern in patterns):
            left_out.append(path.relative_to(ROOT).as_posix())
    assert left_out == []


def test_the_notice_has_the_licence_of_the_model_and_of_each_library():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    extras = PROJECT["project"]["optional-dependencies"]
    for needed in [*PROJECT["project"]["dependencies"], *extras["mcp"], *extras["watch"]]:
        name = re.match(r"[\w-]+", needed)[0]
        assert re.search(rf"^  {name} .*\S|\b{name} \(the package: ", notice, re.MULTILINE), name
    assert bundled.SHA256 in notice
    assert "NOTICE" in PROJECT["project"]["license-files"]


def test_the_citation_is_of_this_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {PROJECT['project']['version']}\n" in citation
    assert f"\nlicense: {PROJECT['project']['license']}\n" in citation
