"""The command line in processes of its own: the entry point, a reader that has had enough, what is loaded."""

import json
import os
import subprocess
import sys

import pytest

from conftest import ROOT

HEAVY = "torch transformers sentence_transformers streamlit pandas pyarrow scipy faiss ftfy numpy.ma openpyxl".split()


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["similar", "No-Press", "--json"], ["tokenizers", "safetensors", "rich", *HEAVY]),
        (["similar", "No-Press"], ["tokenizers", "safetensors", *HEAVY]),
        (["search", "playing games with people", "--json"], ["rich", *HEAVY]),
        (["search", "playing games with people"], HEAVY),
    ],
)
def test_a_question_loads_nothing_heavy(seed_folder, arguments, heavy):
    code = (
        "import sys; from explorer.__main__ import main; "
        f"code = main([*{arguments!r}, '--library', {str(seed_folder)!r}]); "
        f"print(code, *sys.modules.keys() & {heavy!r}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr.split() == ["0"], done.stderr


def run(arguments, **more):
    command = [sys.executable, "-m", "explorer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def test_the_entry_point_ends_with_the_exit_code_and_keeps_stdout_for_results(tmp_path):
    file = tmp_path / "refs.ris"
    file.write_text("TY  - JOUR\nTI  - On peat\nER  - \nTY  - JOUR\nER  - \n")
    done = run(["read", file, "--json"], cwd=tmp_path)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, json.loads(out)["records"], err) == (0, 2, "")
    wrong = run(["search", "x", "--library", "none"], cwd=tmp_path)
    out, err = wrong.communicate(timeout=60)
    assert (wrong.returncode, out) == (2, "")
    assert "no library in none" in err


def test_a_reader_that_has_had_enough_ends_it_quietly(tmp_path):
    """As in `explorer read … | head -1`: more is printed than a pipe holds, and nobody reads it."""
    file = tmp_path / "refs.jsonl"
    file.write_text("not json\n" * 3000)
    command = run(["read", file, "--json"])
    command.stdout.close()
    assert command.stderr.read() == ""
    assert command.wait(60) == 0


def test_an_interruption_at_any_moment_ends_with_130(tmp_path):
    """Also while a string is executed, as on the way into torch: then Python itself would end by the signal."""
    (tmp_path / "interrupted.py").write_text(
        "import sys\nfrom explorer.cli import main as command_line\n"
        "command_line.explorer.make_context = lambda *arguments: exec('raise KeyboardInterrupt')\n"
        "sys.exit(command_line.main(['info']))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 130
    assert "the same command goes on from there" in done.stderr
