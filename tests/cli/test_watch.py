"""`explorer watch`: files that change are read again by themselves, and the news of saved searches written."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from conftest import ROOT, paper
from embeddings.encoder import ToyEncoder
from explorer import interruption
from explorer.cli.watcher import Watcher
from explorer.export.news import markdown
from explorer.library import Library
from explorer.search.question import Question
from support.command import explorer
from support.pages import eventually
from support.zotero import ATTENTION, Zotero


def record(key, title, abstract):
    return f"@article{{{key},\n title = {{{title}}},\n abstract = {{{abstract}}},\n doi = {{10.1000/{key}}}\n}}\n"


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library"
    with Library.open(folder, encoder=ToyEncoder()) as opened:
        opened.add([paper(f"Paper {n}", f"words of kind {n} on rivers, number {n * 7}") for n in range(40)])
        opened.saved.put("craft", Question("playing minecraft from videos"))
    return folder


@contextmanager
def watching(*arguments, end=signal.SIGINT):
    """The command in a process of its own, which Ctrl-C ends; its lines so far."""
    command = [sys.executable, "-X", "faulthandler", "-u", "-m", "explorer", "watch", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        assert process.stdout.readline().startswith("watching ")
        yield process
    finally:
        process.send_signal(end)
        try:
            rest = process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # which says where it stands
            raise AssertionError(process.communicate()[0]) from None
    assert (process.returncode, rest.splitlines()[-1]) == (0, "the watch has ended; what was read stays")


def titles(folder):
    with Library.open(folder, write=False) as opened:
        return [each.title for each in opened.snapshot.papers()][40:]


@pytest.mark.slow
@pytest.mark.parametrize("every", [(), ("--every", "1")], ids=["messages", "looks"])
def test_a_file_that_comes_grows_and_changes_is_read_and_the_news_are_written(library, tmp_path, every):
    exports, news = tmp_path / "exports", tmp_path / "news.md"
    exports.mkdir()
    (exports / "first.bib").write_text(record("a", "A paper on lakes", "lakes and their fish"))
    with watching(exports, "--news", news, "--library", library, *every):
        assert eventually(lambda: titles(library), lambda found: found) == ["A paper on lakes"]
        assert eventually(news.exists, bool)
        with (exports / "second.bib").open("w") as file:  # as a slow program writes it
            text = record("b", "Playing Minecraft *from* videos", "playing minecraft from videos of players")
            for start in range(0, len(text), 40):
                file.write(text[start : start + 40])
                file.flush()
                time.sleep(0.3)
        fresh = eventually(news.read_text, lambda text: "Minecraft" in text)
        assert fresh.startswith("## craft (1 new since ")
        assert r"Playing Minecraft \*from\* videos" in fresh
        assert "[DOI](https://doi.org/10.1000/b)" in fresh
        imports = json.loads(explorer("info", "--json", "--library", library).stdout)["imports"]
        assert len(imports) == 3  # the forty, the first file, the second: none while it grew
        (exports / "first.bib").write_text(record("a", "A paper on lakes and seas", "lakes and their fish"))
        wanted = "A paper on lakes and seas"
        assert wanted in eventually(lambda: titles(library), lambda found: wanted in found)


@pytest.mark.slow
def test_a_zotero_folder_is_read_once_a_change_while_zotero_has_it_open(library, tmp_path):
    zotero = Zotero(tmp_path / "Zotero")
    zotero.add("preprint", ATTENTION)
    before = zotero.state()
    with watching(tmp_path / "Zotero", "--library", library):
        assert eventually(lambda: titles(library), lambda found: found) == [ATTENTION["title"]]
        time.sleep(4)  # what reads the folder changes nothing in it that would be read again
        imports = json.loads(explorer("info", "--json", "--library", library).stdout)["imports"]
        assert len(imports) == 2
        assert zotero.state() == before
        zotero.add("preprint", {"title": "A second preprint", "abstractNote": "on mountains"})
        assert len(eventually(lambda: titles(library), lambda found: len(found) == 2)) == 2


@pytest.mark.slow
def test_it_waits_for_whoever_writes_and_passes_over_what_cannot_be_read(library, tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "bad.xlsx").write_bytes(b"\0\1\2 no table")
    with watching(exports, "--library", library, end=signal.SIGTERM):
        with Library.open(library) as writer:
            (exports / "good.bib").write_text(record("a", "A paper on lakes", "lakes and their fish"))
            time.sleep(3)
            writer.saved.put("rivers", Question("rivers"))
        assert eventually(lambda: titles(library), lambda found: found) == ["A paper on lakes"]


def test_what_only_reads_is_no_change_and_a_database_changes_by_its_log(tmp_path):
    file = tmp_path / "a.bib"
    file.write_text("one")
    with Watcher([tmp_path], 0.1) as watcher:
        assert watcher.changed() == [tmp_path]
        file.read_text()
        before = time.monotonic()
        (tmp_path / "a.bib-wal").write_text("log")
        assert watcher.changed() == [tmp_path]
        assert time.monotonic() - before >= 2  # at rest


class Untidy:
    """Python drops what is raised while it tidies this up."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wish_to_end_while_python_tidies_up_is_remembered(tmp_path):
    with interruption.heard(signal.SIGINT), Watcher([tmp_path / "absent"], 0.1) as watcher:
        assert not interruption.wanted()
        Untidy()
        assert interruption.wanted()
        assert watcher.changed() == []
    assert not interruption.wanted()


def test_a_wish_to_end_is_an_interruption_and_afterwards_all_is_as_before():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruption.heard(signal.SIGTERM):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
    assert signal.getsignal(signal.SIGTERM) is before


def test_wrong_uses_are_told(library, tmp_path):
    done = explorer("watch", tmp_path / "absent", "--library", library)
    assert (done.returncode, "give a file or folder that is there" in done.stderr) == (2, True)
    done = explorer("watch", tmp_path, "--library", library)
    assert (done.returncode, "Take another --library" in done.stderr) == (2, True)
    (tmp_path / "x").mkdir()
    done = explorer("watch", tmp_path / "x", "--news", tmp_path / "x" / "in" / "news.json", "--library", library)
    assert (done.returncode, "would be read again" in done.stderr) == (2, True)
    done = explorer("watch", tmp_path / "x", "--news", tmp_path / "news.txt", "--library", library)
    assert (done.returncode, "neither .md nor .json" in done.stderr) == (2, True)


def test_news_in_markdown_show_text_as_it_is(tmp_path):
    with Library.open(tmp_path, encoder=ToyEncoder()) as opened:
        opened.add([paper(f"Paper {n}", f"rivers of kind {n}") for n in range(30)])
        opened.saved.put("a *bold* [name](x)", Question("lakes with fish"))
        opened.add([paper("<b>Lakes</b> with _fish_", "lakes with fish", doi="10.1016/S0022(98)00001-2")])
        text = markdown(opened.saved.news())
    assert text.startswith(r"## a \*bold\* \[name\](x) (1 new since ")
    assert r"\<b\>Lakes\</b\>" in text
    assert r"with \_fish\_" in text
    assert "(https://doi.org/10.1016/s0022%2898%2900001-2)" in text
