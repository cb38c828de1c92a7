"""How words on the command line are read, completed, and refused."""

import json
import subprocess
import sys

import pytest

from conftest import ROOT
from explorer.cli import options
from explorer.cli.main import explorer, main
from explorer.filter import FIELDS, Filter
from explorer.library import Library
from explorer.search.question import Order


def read(*words):
    """What a command would get, by name."""
    with explorer.make_context("explorer", list(words)) as context:
        name, command, rest = explorer.resolve_command(context, [*context._protected_args, *context.args])
        with command.make_context(name, rest, parent=context) as inner:
            return inner.params


def test_arguments_and_options_in_any_order():
    expected = read("search", "video", "games", "-k", "3", "--json", "--order", "newest")
    assert (expected["text"], expected["k"], expected["as_json"], expected["order"]) == (
        "video games", 3, True, "newest",
    )  # fmt: skip
    assert read("search", "-k3", "--json", "video", "--order=newest", "games") == expected
    assert read("search", "--js", "--ord", "newest", "-k", "3", "--", "video", "games") == expected


def test_a_text_may_begin_with_a_minus_when_it_holds_a_blank():
    assert read("search", "-survey of robots", "--json")["text"] == "-survey of robots"
    assert read("search", "-survey a=b", "-5")["text"] == "-survey a=b -5"
    assert read("search", "--", "-survey", "--json")["text"] == "-survey --json"
    assert read("note", "x", "-- to read again")["text"] == "-- to read again"
    assert read("similar", "x", "--text=-survey robots")["text"] == "-survey robots"
    assert read("export", "-omy file.bib")["output"].name == "my file.bib"
    assert read("similar", "x", "--text", "-survey of robots")["text"] == "-survey of robots"


def test_several_values_end_at_the_next_option():
    assert read("missing", "d.md", "--cited", "a", "b", "-k", "3")["cited"] == ("a", "b")
    assert read("missing", "--cited", "a", "b", "--bib", "x.bib", "d.md")["draft"] == "d.md"
    assert read("missing", "--cited", "a", "-k", "3", "d.md", "--cited=b c")["cited"] == ("a", "b c")
    likes = read("similar", "x", "--like", "a", "b", "--like", "c")
    assert (likes["papers"], likes["like"]) == (("x", "b"), ("a", "c"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["search", "x", "--author", "--json"], "'--author' requires an argument"),
        (["search", "x", "--author"], "'--author' requires an argument"),
        (["missing", "d.md", "--cited", "-k", "3"], "'--cited' requires an argument"),
        (["search", "x", "--frob"], "No such option"),
        (["search", "x", "-survey"], "No such option"),
        (["read", "x", "--column", "a", "--co"], "requires an argument"),
        (["export", "--author", "x"], "Missing option '-o'"),
        (["join", "x"], "Missing argument 'OTHER'"),
        (["undo", "x"], "unexpected extra argument"),
        (["split", "first"], "not a valid integer"),
        (["evaluate", "--method", "best"], "is not one of"),
        ([], "Usage: explorer"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_ends_with_2(words, says, capsys):
    assert main(words) == 2
    printed = capsys.readouterr()
    assert (printed.out, says in printed.err) == ("", True), printed.err


def test_values_have_types():
    assert read("export", "-o", "x.bib", "--year", "2018..")["year"] == (2018, None)
    assert read("search", "x", "--year", "..2010")["year"] == (None, 2010)
    assert read("search", "x", "--year", "2018")["year"] == (2018, 2018)
    columns = read("read", "t.csv", "--column", "title=A", "--column", "year=2")["columns"]
    assert columns == {"title": "A", "year": "2"}


def test_a_question_is_made_of_its_options(seed_folder, monkeypatch, capsys):
    questions = []
    ask = Library.ask
    monkeypatch.setattr(Library, "ask", lambda self, asked, k: questions.append((asked, k)) or ask(self, asked, k))
    words = ["No-Press", "--like", "Off-Belief", "--unlike", "Safe Search", "--text", "planning", "--order", "spread"]
    assert main(["similar", *words, "-k", "2", "--library", str(seed_folder), "--json"]) == 0
    [(question, k)] = questions
    assert (question.text, question.within, question.order, k) == ("planning", Filter(), Order.SPREAD, 2)
    with Library.open(seed_folder, write=False) as library:
        titles = [library.snapshot.paper(name).title for name in (*question.like, *question.unlike)]
    assert [title.split()[0] for title in titles] == ["No-Press", "Off-Belief", "Safe"]
    assert len(json.loads(capsys.readouterr().out)["results"]) == 2


def test_a_filter_is_made_of_its_options(monkeypatch):
    seen = []
    monkeypatch.setattr(options, "Filter", lambda year, **fields: seen.append((year, fields)) or Filter())
    assert main(["export", "-o", "x.none", "--year", "2018..", "--tag", "t", "--source", "a.bib"]) == 2
    [(year, fields)] = seen
    assert year == (2018, None)
    assert fields == dict.fromkeys(FIELDS, "") | {"source": "a.bib", "tag": "t"}


def test_the_folder_comes_from_the_option_the_environment_or_the_name(monkeypatch, tmp_path):
    monkeypatch.delenv("EXPLORER_LIBRARY", raising=False)
    assert str(read("info")["folder"]) == "library"
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path))
    assert read("info")["folder"] == tmp_path
    assert str(read("info", "--library", "mine")["folder"]) == "mine"


def test_completion(monkeypatch, capsysbinary):
    def completions(line):
        """What bash is told when TAB is pressed at the end of `line`."""
        monkeypatch.setenv("_EXPLORER_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        assert main() == 0
        return capsysbinary.readouterr().out.decode().split()

    assert completions("explorer sa") == ["plain,save", "plain,saved"]
    assert completions("explorer search x --or") == ["plain,--order"]
    assert completions("explorer search x --order n") == ["plain,newest"]
    assert completions("explorer add ") == ["file,"]
    assert completions("explorer info --library ") == ["file,"]
    monkeypatch.setattr(sys, "stdin", None)  # ids and texts on stdin are not read for it
    assert "plain,--json" in completions("explorer similar - --")
    assert "plain,--json" in completions("explorer search - --")


def test_a_page_of_help_loads_nothing_heavy():
    code = (
        "import sys; from explorer.__main__ import main; codes = [main(['--help']), main(['search', '--help'])]; "
        "heavy = [name for name in ('numpy', 'faiss', 'sqlite3', 'torch', 'streamlit') if name in sys.modules]; "
        "print(codes, heavy, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr == "[0, 0] []\n"


def test_main_may_run_many_times(toy, capsys):
    """In one process, one command after the other, wrong ones between."""
    folder = str(toy.folder)
    toy.close()
    for _ in range(3):
        assert main(["info", "--library", folder, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["papers"] == 0
        assert main(["info", "--library", folder, "--frob"]) == 2
        assert main(["similar", "x", "--library", f"{folder}/none"]) == 2
