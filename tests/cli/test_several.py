"""Several libraries on the command line: a single list that tells where each paper lies."""

import csv
import io
import json

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from support.command import explorer


@pytest.fixture
def two(tmp_path):
    """Two libraries that share a paper."""
    papers = [paper(f"Birds of {word}", f"All about {word}", key=word, year=2001) for word in ("sea", "wood", "sky")]
    for name, its in (("a", papers[:2]), ("b", papers[1:])):
        with Library.open(tmp_path / name, encoder=ToyEncoder()) as library:
            library.add(its)
    return "--library", tmp_path / "a", "--library", tmp_path / "b"


def test_each_result_says_which_libraries_hold_it(two):
    results = json.loads(explorer("search", "birds", *two, "--json").stdout)["results"]
    assert {result["id"]: result["library"] for result in results} == {"sea": "a", "wood": "a", "sky": "b"}
    (wood,) = (result for result in results if result["id"] == "wood")
    assert wood["libraries"] == [{"library": "a", "id": "wood"}, {"library": "b", "id": "wood"}]
    table = explorer("search", "birds", *two).stdout
    assert "library" in table.splitlines()[0]
    assert "a, b" in table


def test_a_table_as_csv(two):
    rows = list(csv.DictReader(io.StringIO(explorer("search", "birds", *two, "--csv").stdout)))
    assert {row["id"]: (row["library"], row["libraries"]) for row in rows} == {
        "sea": ("a", "a:sea"), "wood": ("a", "a:wood; b:wood"), "sky": ("b", "b:sky"),
    }  # fmt: skip
    alone = list(csv.DictReader(io.StringIO(explorer("search", "birds", *two[:2], "--csv").stdout)))
    assert {row["id"] for row in alone} == {"sea", "wood"}
    assert "library" not in alone[0]
    assert explorer("search", "birds", *two, "--csv", "--json").returncode == 2


def test_near_to_a_paper_of_either(two):
    for name in ("sky", "b:sky", "Birds of sky"):
        done = explorer("similar", name, *two, "--json")
        assert [each["id"] for each in json.loads(done.stdout)["results"]] == ["sea", "wood"], done.stderr
    lost = explorer("similar", "nowhere", *two)
    assert (lost.returncode, "'nowhere' in any of: a, b" in lost.stderr) == (1, True)


def test_what_takes_a_single_library_says_so(two):
    done = explorer("topics", *two)
    assert (done.returncode, "takes a single library" in done.stderr) == (2, True)
    assert "single library" in explorer("search", *two, "--file", "draft.txt").stderr


def test_another_model_is_refused(two, tmp_path):
    stranger = ToyEncoder()
    stranger.name = "stranger"
    with Library.open(tmp_path / "c", encoder=stranger) as library:
        library.add([paper("Another", "of another model")])
    done = explorer("search", "birds", *two, "--library", tmp_path / "c")
    assert done.returncode == 2
    assert "a with toy, c with stranger" in done.stderr
