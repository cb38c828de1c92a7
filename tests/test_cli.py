"""The command line as programs use it: separate processes, JSON on stdout, exit codes."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from conftest import ROOT, SEEDS


def explorer(*arguments, cwd=None, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "explorer", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=stdin,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        timeout=120,
    )


def test_add_reports_in_json_and_adds_once(tmp_path):
    done = explorer("add", *SEEDS, "--library", tmp_path / "lib", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"read": 13, "added": 12, "merged": 1, "without_abstract": 0, "problems": []}
    assert "Embedding 12 texts" in done.stderr
    again = explorer("add", *SEEDS, "--library", tmp_path / "lib", "--json")
    assert json.loads(again.stdout) == {"read": 13, "added": 0, "merged": 13, "without_abstract": 0, "problems": []}
    assert "Embedding" not in again.stderr
    info = json.loads(explorer("info", "--library", tmp_path / "lib", "--json").stdout)
    assert (info["papers"], info["vectors"], info["encoder"]) == (12, 12, "all-MiniLM-L6-v2")


def test_similar_in_json(seed_folder):
    done = explorer("similar", "No-Press Diplomacy", "-k", "3", "--library", seed_folder, "--json")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert results[0]["title"] == "Modeling Strong and Human-Like Gameplay with KL-Regularized Search"
    assert len(results) == 3
    assert {"id", "title", "similarity", "percentile", "year"} <= set(results[0])
    assert 0.6 < results[0]["similarity"] < 0.8
    assert explorer("similar", results[0]["id"], "--library", seed_folder, "--json").returncode == 0


def test_search_in_json_and_from_stdin(seed_folder):
    asked = explorer("search", "playing Minecraft from videos", "-k", "1", "--library", seed_folder, "--json")
    piped = explorer(
        "search", "-", "-k", "1", "--library", seed_folder, "--json", stdin="playing Minecraft from videos"
    )
    assert json.loads(asked.stdout) == json.loads(piped.stdout)
    assert json.loads(asked.stdout)[0]["title"].startswith("Pretraining on noisy")


def test_words_for_people(seed_folder):
    done = explorer("similar", "Off-Belief", "-k", "2", "--library", seed_folder)
    assert "Learned Belief Search" in done.stdout
    assert "of pairs" in done.stdout
    assert "12" in explorer("info", "--library", seed_folder).stdout
    assert "(" in explorer("topics", "--library", seed_folder).stdout


def test_export_and_vectors(seed_folder, tmp_path):
    done = explorer("export", "-o", tmp_path / "o.jsonl", "--vectors", tmp_path / "v.npy", "--library", seed_folder)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    vectors = np.load(tmp_path / "v.npy")
    assert (len(records), vectors.shape) == (12, (12, 384))
    press = next(i for i, r in enumerate(records) if r["title"].startswith("No-Press"))
    order = np.argsort(-(vectors @ vectors[press]))
    assert records[order[1]]["title"].startswith("Modeling Strong")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["search", "x", "--library", "none"], 2, "no library in none"),
        (["add", "missing.bib", "--library", "lib"], 2, "missing.bib"),
        (["similar", "x", "-k", "0"], 2, "whole number from 1 up"),
        (["search", "x", "--year", "soon"], 2, "no year or range"),
        (["search", "x", "--year", "².."], 2, "no year or range"),
        (["search", "x", "--year", "2020..2010"], 2, "no year or range"),
        (["search", "x", "--year", "99999999999999999999.."], 2, "no year or range"),
        (["search", "  "], 2, "the question is empty"),
        (["app", "--port", "99999"], 2, "is no port"),
        (["add", ""], 2, "no such file"),
        (["frobnicate"], 2, "invalid choice"),
        (["build", "--library", "none"], 2, "no library in none"),
    ],
)
def test_wrong_use_exits_2_and_makes_nothing(tmp_path, arguments, code, says):
    done = explorer(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_found_exits_1(seed_folder):
    nobody = explorer("search", "games", "--author", "nobody at all", "--library", seed_folder, "--json")
    assert (nobody.returncode, json.loads(nobody.stdout)) == (1, [])
    unknown = explorer("similar", "10.1/none", "--library", seed_folder)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "no paper with id, DOI or title '10.1/none'" in unknown.stderr


def test_several_candidates_are_an_error_that_lists_them(seed_folder):
    done = explorer("similar", "search", "--library", seed_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Learned Belief Search" in done.stderr
    assert "Safe Search" in done.stderr


def test_problems_in_the_input_exit_1_and_the_rest_is_in(tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"title": "Good one", "abstract": "text of it", "year": 2020}\nnot json\n')
    done = explorer("add", file, "--library", tmp_path / "lib", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["read"], report["added"]) == (1, 2, 1)
    assert (report["problems"][0]["file"], report["problems"][0]["line"]) == ("mixed.jsonl", 2)
    listed = json.loads(explorer("problems", "--library", tmp_path / "lib", "--json").stdout)
    assert listed == report["problems"]


def test_a_file_in_no_known_format_exits_1_without_traceback(tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    done = explorer("add", file, "--library", tmp_path / "lib")
    assert done.returncode == 1
    assert "photo.png" in done.stderr
    assert "Traceback" not in done.stderr


def test_similar_loads_no_torch(seed_folder):
    code = (
        "import sys; from explorer.__main__ import main; "
        f"code = main(['similar', 'No-Press', '--library', {str(seed_folder)!r}, '--json']); "
        "print(code, 'torch' in sys.modules, 'streamlit' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr.split() == ["0", "False", "False"], done.stderr
