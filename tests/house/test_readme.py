"""What the README and the pages of docs/ say can be done, can be done: commands, Python, named and linked files."""

import re
import shlex
import shutil

import click
import pytest

from conftest import ROOT
from explorer.cli.main import explorer as commands
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import LIKED, Kind
from support.command import explorer

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]}
PAGES |= {f"docs/{path.name}": path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
COMMANDS = list(
    dict.fromkeys(
        part.strip()
        for name, page in PAGES.items()
        if name != "docs/cli.md"  # forms, not commands; compared with the commands themselves
        for line in page.splitlines()
        if line.startswith("    explorer ")
        for part in line.split("#")[0].split(";")
    )
)


def test_the_first_lines_are_the_two_commands():
    lines = [line.strip() for line in README.splitlines() if line.startswith("    make ")]
    assert lines[0].startswith("make app ")
    assert lines[1].startswith("make test ")


@pytest.fixture
def used_folder(seed_folder, tmp_path, real_encoder):
    """The seeds, and one paper more that somebody liked, and that is new in a saved search."""
    file = tmp_path / "one.jsonl"
    file.write_text('{"title": "Peat", "abstract": "About bogs.", "doi": "10.1000/182"}\n')
    with Library.open(seed_folder, encoder=real_encoder) as library:
        library.saved.put("peat", Question("peat and bogs"))
        library.add(file)
        library.marks.put(Kind.COLLECTION, LIKED, "10.1000/182")
    return seed_folder


LASTING = [command for command in COMMANDS if shlex.split(command)[1] in ("app", "watch")]  # until they are ended


@pytest.mark.parametrize("command", LASTING)
def test_commands_that_last_have_the_options_that_they_are_written_with(command):
    """That they do what they say has tests of its own."""
    name, *arguments = shlex.split(command)[1:]
    context = click.Context(commands, info_name="explorer", **commands.context_settings)
    commands.commands[name].make_context(name, arguments, parent=context)


@pytest.mark.parametrize(
    "command",
    [c for c in COMMANDS if c not in (*LASTING, "explorer evaluate --set FOLDER") and "--model" not in c],
)
def test_commands_run(command, used_folder, tmp_path, monkeypatch):
    (tmp_path / "refs.bib").write_text("@article{one, title={One}, abstract={About one thing}, year=2020}\n")
    (tmp_path / "draft.md").write_text(
        "# Peat\n\nWe measure how much carbon the peat of raised bogs holds, and for how long."
    )
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "two.ris").write_text("TY  - JOUR\nTI  - Two\nAB  - About another.\nER  - \n")
    monkeypatch.setenv("EXPLORER_LIBRARY", str(used_folder))
    for name in ("papers", "thesis") if "--library" in command else ():
        shutil.copytree(used_folder, tmp_path / name)
    done = explorer(*shlex.split(command.replace(" ID", " 10.1000/182"))[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["README.md", "docs/api.md"])
def test_the_python_examples_run(page, seed_folder, tmp_path, monkeypatch, capsys):
    with Library.open(seed_folder) as library:
        file = tmp_path / "one.jsonl"
        file.write_text('{"title": "Agents that watch videos, and bogs", "year": 2020, "doi": "10.1000/182"}\n')
        library.add(file)
    monkeypatch.chdir(seed_folder.parent)
    seed_folder.rename(seed_folder.parent / "library")
    (seed_folder.parent / "refs.bib").write_text("@article{one, title={One}, abstract={About one thing}, year=2020}\n")
    for code in re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL):
        exec(compile(code, page, "exec"), {})
    assert "Agents that watch videos" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES)
def test_linked_files_exist(page):
    for path in re.findall(r"(?:\]\(|src=\")([\w./-]+)", PAGES[page]):
        assert ((ROOT / page).parent / path).exists(), path


def test_named_files_exist_and_the_reading_path_is_short():
    """Every file that the page on architecture names is there; those of its reading path have 5,000 lines at most."""
    page = PAGES["docs/architecture.md"]
    head, path = page.split("## A reading path")
    files = [ROOT / name for name in re.findall(r"`((?:explorer|embeddings)/[\w/]+\.py)`", path)]
    assert len(files) > 30
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) <= 5000
    for name in re.findall(r"`((?:explorer|embeddings|tests)/[\w/]+\.py)`", head + PAGES["CONTRIBUTING.md"]):
        assert (ROOT / name).is_file(), name
