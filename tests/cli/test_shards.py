"""explorer shard, embed and gather as people and programs meet them."""

import json
import subprocess
import sys

import pytest

from conftest import ROOT
from explorer.cli.main import main
from support.papers import record


@pytest.fixture
def corpus(write):
    return write(*map(record, range(30)), {"id": "empty"})


def test_three_commands_make_the_library_of_one(corpus, tmp_path, capsys):
    shards, library = str(tmp_path / "shards"), ["--library", str(tmp_path / "gathered")]
    assert main(["shard", str(corpus), "--out", shards, "--model", "toy", "--papers-per-shard", "10"]) == 1
    printed = capsys.readouterr()
    assert "30 added, 0 already here, 1 could not be read, of 31 records" in printed.out
    assert "list.jsonl, line 31: no title and no abstract" in printed.err
    assert f"4 shards of papers, 1 shard of 30 texts in {shards}" in printed.out
    assert f"Next: explorer embed {shards}" in printed.err

    assert main(["gather", shards, *library]) == 2
    assert f"1 of 1 shards are missing or damaged: 00000. Make them with: explorer embed {shards}" in (
        capsys.readouterr().err
    )
    assert main(["embed", shards, "--shard", "2/2"]) == 0
    assert "0 shards made with 0 vectors, 0 there already" in capsys.readouterr().out
    assert main(["embed", shards, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"shards": 1, "vectors": 30, "there": 0}
    assert main(["gather", shards, *library]) == 0
    assert f"30 papers in {library[1]}; 30 vectors taken over\n" in capsys.readouterr().out
    assert main(["info", *library, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["on_map"] == 30
    assert main(["problems", *library]) == 0
    assert "list.jsonl" in capsys.readouterr().out


def test_json_of_shard_says_how_much_there_is(corpus, tmp_path, capsys):
    words = ["shard", str(corpus), "--out", str(tmp_path / "shards"), "--model", "toy", "--json"]
    assert main(words) == 1
    first = json.loads(capsys.readouterr().out)
    assert (first["papers"], first["texts"]) == ({"shards": 1, "records": 31}, {"shards": 1, "texts": 30})
    assert (first["model"], first["report"]["added"]) == ("toy", 30)
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out) == {**first, "report": None}


@pytest.mark.parametrize("share", ["0/8", "9/8", "3", "a/b", "-1/8", "1/0"])
def test_a_share_that_is_none_is_refused(tmp_path, capsys, share):
    assert main(["embed", str(tmp_path), f"--shard={share}"]) == 2
    assert "is no share; write NUMBER/OF, from 1/8 to 8/8 for eight jobs" in capsys.readouterr().err


def test_a_folder_without_shards_says_what_makes_them(tmp_path, capsys):
    for words in (["embed", str(tmp_path)], ["gather", str(tmp_path), "--library", str(tmp_path / "library")]):
        assert main(words) == 2
        assert "holds no finished shards; make them, or go on, with: explorer shard" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["local"], "dask.distributed, which is not installed; give: pip install distributed"),
        (["tcp://127.0.0.1:9"], "dask.distributed, which is not installed; give: pip install distributed"),
        (["local:0"], "the cluster at local:0 cannot be reached ('0' is no number of workers). Write local, local:4"),
        (["local", "--sync"], "--cluster adds; use it without --sync and --dry-run"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused_before_anything_is_read(
    corpus, tmp_path, capsys, monkeypatch, words, says
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert (
        main(["add", str(corpus), "--library", str(tmp_path / "library"), "--model", "toy", "--cluster", *words]) == 2
    )
    assert says in capsys.readouterr().err
    assert not (tmp_path / "library").exists()


def test_no_other_command_loads_anything_of_it(corpus, tmp_path):
    library = str(tmp_path / "library")
    code = (
        "import sys; from explorer.__main__ import main; "
        f"codes = [main(['add', {str(corpus)!r}, '--library', {library!r}, '--model', 'toy']), "
        f"main(['info', '--library', {library!r}]), main(['shard', '--help'])]; "
        "heavy = ('explorer.shards', 'fsspec', 'pyarrow', 'distributed'); "
        "print(codes, [name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.stdout.endswith("\n[1, 0, 0] []\n"), done.stdout + done.stderr
