"""The command line in processes of its own: the entry point, a reader that has had enough, what is loaded."""

import json
import os
import subprocess
import sys

from conftest import ROOT


def test_similar_loads_no_torch(seed_folder):
    code = (
        "import sys; from explorer.__main__ import main; "
        f"code = main(['similar', 'No-Press', '--library', {str(seed_folder)!r}, '--json']); "
        "print(code, 'torch' in sys.modules, 'streamlit' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr.split() == ["0", "False", "False"], done.stderr


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
