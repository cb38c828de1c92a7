"""The command line as programs use it: JSON on stdout, words for people, exit codes."""

import csv
import io
import json

import numpy as np
import pytest

from conftest import SEEDS
from support.command import explorer


@pytest.mark.slow
def test_add_reports_in_json_and_adds_once(tmp_path):
    done = explorer("add", *SEEDS, "--library", tmp_path / "lib", "--json")
    assert done.returncode == 0, done.stderr
    counts = {"read": 13, "updated": 0, "removed": 0, "without_abstract": 0, "problems": [], "unread": []}
    assert json.loads(done.stdout) == {**counts, "added": 12, "merged": 1, "repeats": 1, "unchanged": 0}
    assert "Embedding 12 texts" in done.stderr
    again = explorer("add", *SEEDS, "--library", tmp_path / "lib", "--json")
    assert json.loads(again.stdout) == {**counts, "added": 0, "merged": 0, "repeats": 0, "unchanged": 13}
    assert "Embedding" not in again.stderr
    info = json.loads(explorer("info", "--library", tmp_path / "lib", "--json").stdout)
    assert (info["papers"], info["vectors"], info["encoder"]) == (12, 12, "all-MiniLM-L6-v2")


def test_similar_in_json(seed_folder):
    done = explorer("similar", "No-Press Diplomacy", "-k", "3", "--library", seed_folder, "--json")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert results[0]["title"] == "Modeling Strong and Human-Like Gameplay with KL-Regularized Search"
    assert len(results) == 3
    assert {"id", "title", "similarity", "percentile", "relevance", "year"} <= set(results[0])
    assert sorted((result["relevance"] for result in results), reverse=True) == [one["relevance"] for one in results]
    assert 0.6 < results[0]["similarity"] < 0.8
    assert explorer("similar", results[0]["id"], "--library", seed_folder, "--json").returncode == 0


def test_similar_to_several_papers_and_a_text(seed_folder):
    asked = ("similar", "--library", seed_folder, "-k", "12", "--json")
    mixed = json.loads(
        explorer(*asked, "Safe Search", "--like", "Abstracting", "--unlike", "o1 System", "--text", "planning").stdout
    )["results"]
    assert len(mixed) == 9
    assert not {"Safe", "Abstracting", "OpenAI"} & {record["title"].split()[0] for record in mixed}
    assert mixed[0]["title"].startswith("The Update Equivalence")
    piped = json.loads(explorer(*asked, "-", stdin="Safe Search\nAbstracting\n").stdout)
    assert piped == json.loads(explorer(*asked, "Safe Search", "Abstracting").stdout)
    nothing = explorer(*asked, "--unlike", "Safe Search")
    assert nothing.returncode == 2
    assert "add a liked paper or a text" in nothing.stderr


def test_search_in_json_and_from_stdin(seed_folder):
    asked = explorer("search", "playing Minecraft from videos", "-k", "1", "--library", seed_folder, "--json")
    piped = explorer(
        "search", "-", "-k", "1", "--library", seed_folder, "--json", stdin="playing Minecraft from videos"
    )
    assert json.loads(asked.stdout) == json.loads(piped.stdout)
    assert json.loads(asked.stdout)["results"][0]["title"].startswith("Pretraining on noisy")


def test_words_for_people(seed_folder):
    done = explorer("similar", "Off-Belief", "-k", "2", "--library", seed_folder)
    assert "Learned Belief Search" in done.stdout
    assert done.stdout.startswith("relevance")
    assert "12" in explorer("info", "--library", seed_folder).stdout
    assert "(" in explorer("topics", "--library", seed_folder).stdout
    finest = json.loads(explorer("topics", "--json", "--library", seed_folder).stdout)[0]
    assert sum(topic["papers"] for topic in finest) == 12 and {"second", "doubtful"} <= set(finest[0])


def test_a_topic_is_renamed_and_called_by_its_own_name_again(seed_folder):
    folder = seed_folder
    label = json.loads(explorer("topics", "--json", "--library", folder).stdout)[-1][0]["label"]
    done = explorer("rename", label, "--topic", "--to", "Pets", "--library", folder)
    assert (done.returncode, done.stderr) == (0, f"the topic {label!r} is called 'Pets' now\n")
    assert "Pets (" in explorer("topics", "--library", folder).stdout
    wrong = explorer("search", "games", "--topic", "Pet shops", "--library", folder)
    assert wrong.returncode == 2 and "no topic is called 'Pet shops'" in wrong.stderr
    assert explorer("rename", "Pets", "--topic", "--delete", "--library", folder).returncode == 0
    assert label in explorer("topics", "--library", folder).stdout
    assert explorer("rename", "x", "--topic", "--tag", "--to", "y", "--library", folder).returncode == 2


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
        (["frobnicate"], 2, "No such command"),
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
    assert (nobody.returncode, json.loads(nobody.stdout)["results"]) == (1, [])
    none = explorer("export", "-o", seed_folder / "none.bib", "--author", "nobody at all", "--library", seed_folder)
    assert (none.returncode, "nothing was written" in none.stderr) == (1, True)
    assert not (seed_folder / "none.bib").exists()
    unknown = explorer("similar", "10.1/none", "--library", seed_folder)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "no paper with id, DOI or title '10.1/none'" in unknown.stderr


def test_several_candidates_are_an_error_that_lists_them(seed_folder):
    done = explorer("similar", "search", "--library", seed_folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Learned Belief Search" in done.stderr
    assert "Safe Search" in done.stderr


@pytest.mark.slow
def test_problems_in_the_input_exit_1_and_the_rest_is_in(tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"title": "Good one", "abstract": "text of it", "year": 2020}\nnot json\n')
    done = explorer("add", file, "--library", tmp_path / "lib", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["read"], report["added"]) == (1, 2, 1)
    assert (report["problems"][0]["file"], report["problems"][0]["line"]) == ("mixed.jsonl", 2)
    listed = json.loads(explorer("problems", "--library", tmp_path / "lib", "--json").stdout)
    assert listed == report["problems"]


def test_a_first_import_can_be_tried_out(tmp_path):
    (tmp_path / "a.csv").write_text("title,abstract\nOn peat,The bogs.\n")
    done = explorer("add", tmp_path / "a.csv", "--dry-run", "--library", tmp_path / "lib")
    assert (done.returncode, done.stdout) == (0, "would be: 1 added, 0 already here, of 1 record\n")
    assert not (tmp_path / "lib").exists()


def test_of_several_files_those_that_can_be_read_are_and_the_rest_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("title,abstract\nOn peat,The bogs.\n")
    (tmp_path / "page.ris").write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    done = explorer("add", tmp_path / "a.csv", tmp_path / "page.ris", "--model", "toy", "--library", tmp_path / "lib")
    assert done.returncode == 1
    assert "page.ris: looks like a web page" in done.stderr
    assert done.stdout == "1 added, 0 already here, of 1 record; not read: page.ris\n"
    again = explorer("add", tmp_path / "none.csv", tmp_path / "a.csv", "--sync", "--library", tmp_path / "lib")
    assert (again.returncode, again.stdout) == (1, "0 added, 1 already here, of 1 record; not read: none.csv\n")
    assert "none.csv" in again.stderr
    listed = explorer("problems", "--json", "--library", tmp_path / "lib")
    assert [problem["file"] for problem in json.loads(listed.stdout)] == ["none.csv"]
    none = explorer(
        "add", tmp_path / "page.ris", tmp_path / "page.ris", "--model", "toy", "--library", tmp_path / "empty"
    )
    assert none.returncode == 1
    assert "page.ris: looks like a web page" in none.stderr


def test_a_file_in_no_known_format_exits_1_without_traceback(tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    done = explorer("add", file, "--library", tmp_path / "lib")
    assert done.returncode == 1
    assert "photo.png" in done.stderr
    assert "Traceback" not in done.stderr


def test_read_tells_what_a_file_holds_without_a_library(tmp_path):
    file = tmp_path / "refs.ris"
    file.write_text(
        "TY  - JOUR\nTI  - On peat\nAB  - The bogs.\nER  - \nTY  - JOUR\nER  - \nTY  - JOUR\nTI  - On moss\nER  - \n"
    )
    done = explorer("read", file, "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (found["format"], found["records"], found["with_abstract"]) == ("ris", 3, 1)
    assert [(p["file"], p["record"]) for p in found["problems"]] == [("refs.ris", 2)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refs.ris"]
    words = explorer("read", file)
    assert words.stdout.startswith("RIS: 3 records, 1 with an abstract, 1 unreadable")
    assert "On peat" in words.stdout


def test_read_of_what_is_no_list_says_so_in_json_too(tmp_path):
    file = tmp_path / "page.ris"
    file.write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    done = explorer("read", file, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert (found["format"], found["records"], found["with_abstract"]) == ("", 0, 0)
    assert "web page" in found["problems"][0]["reason"]
    assert "web page" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_column_can_be_named(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("Heading,Body\nOn peat,The bogs.\n")
    given = ("--column", "title=Heading", "--column", "abstract=Body")
    found = json.loads(explorer("read", file, "--json", *given).stdout)
    assert (found["records"], found["with_abstract"]) == (1, 1)
    wrong = explorer("read", file, "--column", "title")
    assert wrong.returncode == 2
    assert "FIELD=NAME" in wrong.stderr


def test_the_life_of_a_library(seed_folder, tmp_path):
    """Update, sync, remove, undo, marks and notes, as somebody at a terminal would."""

    def run(*arguments, code=0, stdin=None):
        done = explorer(*arguments, "--library", seed_folder, stdin=stdin)
        assert done.returncode == code, done.stderr
        return done

    press = json.loads(run("search", "diplomacy without press", "-k", "1", "--json").stdout)["results"][0]["id"]
    run("mark", "liked", press)
    run("mark", "method", "-", "--tag", stdin=f"{press}\n")
    run("note", press, "read again")
    assert run("note", press).stdout == "read again\n"
    marks = json.loads(run("collections", "--json").stdout)
    assert marks == [
        {"kind": "collection", "name": "liked", "papers": 1},
        {"kind": "tag", "name": "method", "papers": 1},
    ]
    only = json.loads(run("search", "games", "--collection", "liked", "--json").stdout)["results"]
    assert [result["id"] for result in only] == [press]
    run("export", "-o", tmp_path / "liked.bib", "--tag", "method")
    assert (tmp_path / "liked.bib").read_text().count("@") == 1

    extra = tmp_path / "extra.jsonl"
    lines = [
        json.dumps({"id": f"e{i}", "title": f"Essay {i} on bogs", "abstract": f"Peat number {i}."}) for i in range(3)
    ]
    extra.write_text("\n".join(lines))
    assert "3 added" in run("add", extra).stdout
    extra.write_text("\n".join(lines[:2]))
    assert "would be: 0 added, 2 already here, 1 removed" in run("add", extra, "--sync", "--dry-run").stdout
    assert json.loads(run("info", "--json").stdout)["papers"] == 15
    assert "1 removed" in run("add", extra, "--sync").stdout
    assert "undone: sync of extra.jsonl" in run("undo").stdout
    assert json.loads(run("info", "--json").stdout)["papers"] == 15
    assert "removed e1: Essay 1 on bogs" in run("remove", "e1").stdout
    run("similar", "e1", code=1)
    run("undo")
    run("similar", "e1")
    assert "nothing to undo" in run("undo", code=2).stderr

    merged = json.loads(run("merges", "--json").stdout)
    assert [len(one["records"]) for one in merged] == [2]  # the o1 card is in both seeds
    number = merged[0]["records"][1]["record"]
    assert "a paper of its own now" in run("split", number).stdout
    assert json.loads(run("info", "--json").stdout)["papers"] == 16
    assert json.loads(run("merges", "--json").stdout) == []
    pairs = [{pair["one"]["id"], pair["other"]["id"]} for pair in json.loads(run("review", "--json").stdout)["pairs"]]
    assert pairs == [{"e1", "e2"}]  # who split the card needs not be asked about it again


def test_saved_searches_for_cron(seed_folder, tmp_path):
    at = ("--library", seed_folder)
    made = explorer("save", "minecraft", "agents that play Minecraft", "--year", "2000..", *at)
    assert made.returncode == 0, made.stderr
    quiet = explorer("news", *at)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (1, "", "")
    record = {
        "id": "craft1",
        "title": "Digging for diamonds: an agent that plays Minecraft from pixels",
        "abstract": "We train an agent to play Minecraft by watching videos of people who play it.",
        "year": 2024,
    }
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(record))
    added = explorer("add", more, *at)
    assert "1 saved search has new papers; see: explorer news" in added.stderr
    (listed,) = json.loads(explorer("saved", "--json", *at).stdout)
    assert (listed["name"], listed["new"], listed["filter"]) == ("minecraft", 1, {"year": [2000, None]})
    kept = explorer("news", "--keep", *at)
    assert kept.returncode == 0
    assert kept.stdout.startswith("minecraft (1 new since 20")
    assert "craft1  Digging for diamonds" in kept.stdout
    (told,) = json.loads(explorer("news", "minecraft", "--json", *at).stdout)
    assert [one["id"] for one in told["new"]] == ["craft1"]
    assert explorer("news", "--json", *at).stdout.strip() == "[]"
    assert "minecraft: “agents that play Minecraft”, filtered, 0 new" in explorer("saved", *at).stdout
    assert explorer("news", "nothing", *at).returncode == 2
    assert explorer("saved", "--forget", "minecraft", *at).returncode == 0
    assert explorer("saved", *at).stdout == ""


def test_evaluate_measures_the_library_itself(seed_folder):
    done = explorer("evaluate", "--json", "--library", seed_folder)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    by_name = {(one["task"], one["method"], one["name"]): one for one in found["figures"]}
    assert by_name["title to abstract", "default", "mrr"]["value"] > 80
    assert by_name["title to abstract", "default", "mrr"]["sample"] == 10  # two have no title or no abstract
    assert by_name["index", "vectors", "recall@10"]["value"] == 100
    assert "Embedding" in done.stderr
    words = explorer("evaluate", "--library", seed_folder)
    assert "title to abstract: a paper is sought by its title" in words.stdout
    assert "left out: citations" in words.stderr


def test_nothing_close_is_told_beside_the_results(seed_folder):
    def run(*arguments, **options):
        return explorer(*arguments, "--library", seed_folder, **options)

    done = run("search", "asdf", "qwerty")
    assert done.returncode == 0 and done.stdout.count("not close") == 10
    assert done.stderr.startswith("Nothing close:")
    done = run("search", "asdf", "qwerty", "-k", "2", "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["verdict"]["level"] == "nothing" and answer["verdict"]["closeness"] < 0.57
    assert [result["level"] for result in answer["results"]] == ["nothing", "nothing"]
    weak = run("search", "asdf", "qwerty", "-k", "2", "--json", "--weak")  # as scripts of before say
    assert (weak.returncode, weak.stdout) == (0, done.stdout)
    strict = run("search", "asdf", "qwerty", "-k", "2", "--json", "--strict")
    assert (strict.returncode, strict.stdout) == (1, done.stdout)
    long = run("search", "-", "--json", "--strict", stdin="a recipe for bread with salt and flour and yeast. " * 30)
    assert long.returncode == 1 and json.loads(long.stdout)["verdict"]["level"] == "nothing"
    done = run("search", "Hanabi", "-k", "2", "--order", "spread", "--json", "--strict")
    assert done.returncode == 0
    first = json.loads(done.stdout)["results"][0]
    assert first["level"] == first["certainty"] == "close" and first["near_copies"] == []
    assert "relevance does not sort this list" in run("search", "games", "--order", "spread").stderr
    assert run("search", "Hanabi", "--order", "oldest").returncode == 2
    assert "close" in run("search", "Hanabi").stdout
    similar = run("similar", first["id"], "--order", "newest")
    assert similar.returncode == 0 and "relevance" in similar.stdout


def test_no_cell_of_a_table_is_a_formula(tmp_path):
    (tmp_path / "a.csv").write_text('title,abstract\n"=HYPERLINK(""http://evil.example"")",On peat and bogs.\n')
    explorer("add", tmp_path / "a.csv", "--model", "toy", "--library", tmp_path / "lib")
    done = explorer("search", "peat", "--csv", "--library", tmp_path / "lib")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["title"] == '\'=HYPERLINK("http://evil.example")'
