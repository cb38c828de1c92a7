"""Drawings of the map on the command line: listed, undone, shown again; and when a redraw pays."""

import json

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.cli.main import main
from explorer.library import Library


@pytest.fixture
def folder(tmp_path, monkeypatch):
    words = "moss fen tide rock dune lake storm river".split()
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as library:
        library.add([paper(f"On {words[n % 8]} {n}", words[n % 8] * 3, record=n, key=f"k{n}") for n in range(30)])
        library.add([paper("A newcomer on moss", "moss fen", record=99, key="new")])
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "library"))
    return tmp_path / "library"


def listed(capsys):
    capsys.readouterr()
    assert not main(["drawings", "--json"])
    return json.loads(capsys.readouterr().out)


def test_drawings_are_listed_undone_and_shown_again(folder, capsys):
    assert [(each["shown"], each["papers"]) for each in listed(capsys)] == [(True, 30)]
    assert not main(["info"])
    assert "1 paper has a provisional place on the map" in capsys.readouterr().out
    assert not main(["info", "--json"])
    drift = json.loads(capsys.readouterr().out)["drift"]
    assert drift["placed"] == 1 and drift["pays"] is False
    assert not main(["build", "--redraw"])
    latest, old = listed(capsys)
    assert (latest["shown"], old["shown"], latest["papers"]) == (True, False, 31)
    assert not main(["drawings", "--undo"])
    captured = capsys.readouterr()
    assert f"the map is drawing {old['number']} again" in captured.err
    assert [line[0] for line in captured.out.splitlines()] == [" ", "*"]
    assert not main(["drawings", "--show", str(latest["number"])])
    assert [each["shown"] for each in listed(capsys)] == [True, False]
    capsys.readouterr()
    assert not main(["info", "--json"])
    assert json.loads(capsys.readouterr().out)["drift"] is None


def test_what_cannot_be_shown_says_so(folder, capsys):
    assert main(["drawings", "--undo"]) == 2
    assert "no earlier drawing to go back to" in capsys.readouterr().err
    assert main(["drawings", "--show", "77"]) == 2
    assert "no drawing 77" in capsys.readouterr().err
    assert main(["drawings", "--undo", "--show", "1"]) == 2
    assert main(["drawings", "--show", "0", "--library", str(folder.parent / "none")]) == 2
