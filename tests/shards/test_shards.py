"""A corpus by shards is the library that a single machine makes of it, whatever is killed, damaged or done twice."""

import random
import shutil
import threading
from pathlib import Path

import pytest

from conftest import blocks_of, paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.library import Library
from explorer.paper import Paper
from explorer.shards import files, manifest
from explorer.shards.corpus import Corpus
from explorer.shards.division import divide
from explorer.shards.union import gather
from explorer.shards.vectors import Share, embed
from support.damage import flip
from support.papers import CountingEncoder
from support.shards import all_of, files_of, write_corpus

pytestmark = pytest.mark.usefixtures("small_blocks")  # 40 texts: of 200 papers eight blocks


SIZE = 30


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return Corpus(write_corpus(tmp_path_factory.mktemp("corpus"), 200), {})


@pytest.fixture(scope="module")
def _made(corpus, tmp_path_factory):
    """Shards of all kinds, with their vectors."""
    folder = tmp_path_factory.mktemp("made") / "shards"
    with blocks_of(40):
        divide(corpus, folder, size=SIZE, encoder=ToyEncoder())
    embed(folder, Share())
    return folder


@pytest.fixture
def embedded(_made, tmp_path):
    return Path(shutil.copytree(_made, tmp_path / "shards"))


@pytest.fixture
def divided(embedded):
    shutil.rmtree(embedded / "vectors")
    return embedded


@pytest.fixture(scope="module")
def expected(corpus, tmp_path_factory):
    """All of the library that a single machine makes."""
    folder = tmp_path_factory.mktemp("single")
    with blocks_of(40), Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(*corpus.arguments)
    return all_of(folder)


def test_the_library_is_that_of_a_single_machine(corpus, expected, divided, tmp_path):
    plan = manifest.plan_in(divided)
    assert (len(plan.papers), len(plan.texts), plan.bits) == (7, 8, 3)
    shares = [Share(number, 3) for number in (1, 2, 3)]
    random.Random(0).shuffle(shares)
    made = [embed(divided, share) for share in shares]
    assert sorted(each.shards for each in made) == [2, 3, 3]
    done = gather(divided, tmp_path / "gathered")
    assert all_of(tmp_path / "gathered") == expected
    assert len(expected["papers"]) == 201 and len(expected["problems"]) == 2
    assert (done.papers, done.vectors, done.embedded, done.report) == (201, 201, 0, None)
    assert sum(len(records) for records in expected["records"]) == 204  # what came twice is in it, too


class Batches(ToyEncoder):
    """Remembers which texts of papers were embedded together, in their order."""

    def __init__(self):
        self.batches = []

    def encode(self, texts):
        if any("Study" in text for text in texts):
            self.batches.append(tuple(texts))
        return super().encode(texts)


@pytest.mark.parametrize("size", [SIZE, 100, 1000])
def test_the_same_texts_are_embedded_together_as_on_a_single_machine(corpus, tmp_path, size):
    """Whatever the size of a shard, which holds one block, two or all."""
    jobs, alone = Batches(), Batches()
    plan = divide(corpus, tmp_path / "shards", size=size, encoder=ToyEncoder()).plan
    assert len(plan.texts) == {SIZE: 8, 100: 4, 1000: 1}[size]
    for number in (3, 1, 2):
        embed(tmp_path / "shards", Share(number, 3), encoder=jobs)
    with Library.open(tmp_path / "single", encoder=alone) as library:
        library.add(*corpus.arguments)
    assert sorted(jobs.batches) == sorted(batch for batch in alone.batches if len(batch) > 1)
    assert len(jobs.batches) == 8 and sum(map(len, jobs.batches)) == 201


def test_what_is_there_is_not_made_again(corpus, embedded, tmp_path):
    gather(embedded, tmp_path / "gathered")
    before, was = files_of(embedded), all_of(tmp_path / "gathered")
    times = {path: path.stat().st_mtime_ns for path in embedded.rglob("*-*.*")}
    assert divide(corpus, embedded, size=SIZE, encoder=ToyEncoder()).report is None
    counting = CountingEncoder()
    assert embed(embedded, Share(), encoder=counting).shards == 0
    assert gather(embedded, tmp_path / "gathered", encoder=counting).vectors == 0
    assert not [text for text in counting.encoded if "Study" in text]
    assert files_of(embedded) == before and all_of(tmp_path / "gathered") == was
    assert {path: path.stat().st_mtime_ns for path in embedded.rglob("*-*.*")} == times


def shards_of(folder, kind):
    return sorted((folder / kind).glob("0*"))


DAMAGES = {
    "flipped": lambda path: flip(path, path.stat().st_size // 2),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["papers", "texts", "vectors"])
def test_a_damaged_shard_is_made_again_and_no_other_is_written(corpus, embedded, kind, damage):
    before = files_of(embedded)
    paths = shards_of(embedded, kind)
    hurt = {paths[1], paths[2], paths[-1]}
    times = {path: path.stat().st_mtime_ns for path in embedded.rglob("0*") if path not in hurt}
    for path in hurt:
        DAMAGES[damage](path)
    assert files_of(embedded) != before
    divide(corpus, embedded, size=SIZE, encoder=ToyEncoder())
    assert embed(embedded, Share()).shards == (3 if kind == "vectors" else 0)
    assert files_of(embedded) == before
    assert {path: path.stat().st_mtime_ns for path in embedded.rglob("0*") if path not in hurt} == times


@pytest.mark.parametrize("damage", DAMAGES)
def test_gather_names_the_shards_that_are_missing_and_the_command_that_makes_them(embedded, tmp_path, damage):
    for number in (2, 5):
        DAMAGES[damage](shards_of(embedded, "vectors")[number] if damage != "gone" else next(
            path for path in shards_of(embedded, "vectors") if path.name.startswith(f"{number:05}")
        ))  # fmt: skip
    with pytest.raises(LibraryError) as error:
        gather(embedded, tmp_path / "gathered")
    said = str(error.value)
    assert "2 of 8 shards are missing or damaged: 00002, 00005." in said
    assert f"explorer embed {embedded} --shard 3/8" in said
    assert not (tmp_path / "gathered").exists()
    assert embed(embedded, Share(3, 8)).shards == embed(embedded, Share(6, 8)).shards == 1
    assert gather(embedded, tmp_path / "gathered").vectors == 201


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_texts_are_refused_by_embed(divided, damage):
    DAMAGES[damage](shards_of(divided, "texts")[0])
    with pytest.raises(LibraryError, match=r"texts/00000-\w+.parquet is missing or damaged; the same explorer shard"):
        embed(divided, Share())


@pytest.mark.parametrize("name", ["plan.json", "begun.json", "papers.jsonl", "vectors/precision.json"])
def test_damage_to_what_is_said_of_shards_is_seen(corpus, embedded, name):
    before = files_of(embedded)
    path = embedded / name
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1))
    if name == "begun.json":
        with pytest.raises(LibraryError, match=r"begun.json is damaged; delete .* divide the corpus again"):
            divide(corpus, embedded, size=SIZE, encoder=ToyEncoder())
        return
    if name == "plan.json":
        with pytest.raises(LibraryError, match=r"plan.json is damaged; whole shards stay; .* explorer shard .* --out"):
            embed(embedded, Share())
    if name == "vectors/precision.json":
        shards_of(embedded, "vectors")[0].unlink()
        with pytest.raises(LibraryError, match=r"precision.json is damaged; delete it"):
            embed(embedded, Share())
        path.unlink()
    divide(corpus, embedded, size=SIZE, encoder=ToyEncoder())
    embed(embedded, Share())
    assert files_of(embedded) == before


class Killed(BaseException):
    """Ends a step where it is, as a signal does."""


def test_an_end_at_any_write_loses_nothing(corpus, expected, tmp_path, monkeypatch):
    """Before each file is renamed to its place, the step ends; the same commands go on."""
    folder, replace, left = tmp_path / "shards", files.replace, [0]

    def until_killed(path, data):
        left[0] -= 1
        if left[0] < 0:
            path.parent.mkdir(exist_ok=True)
            (path.parent / f".{path.name}.x.part").write_bytes(data[: len(data) // 2])
            raise Killed
        replace(path, data)

    def steps():
        divide(corpus, folder, size=SIZE, encoder=ToyEncoder())
        embed(folder, Share())
        gather(folder, tmp_path / "gathered")

    monkeypatch.setattr(files, "replace", until_killed)
    monkeypatch.setattr(manifest, "replace", until_killed)
    ends = 0
    while True:
        left[0] = ends % 3  # each attempt comes nought, one or two files further
        try:
            steps()
            break
        except Killed:
            ends += 1
    assert ends > 10
    assert all_of(tmp_path / "gathered") == expected
    assert not list(folder.rglob("*.part"))


def test_an_end_at_any_step_loses_nothing(corpus, expected, tmp_path):
    """At each progress that is told, of reading, merging, dividing, embedding, taking over or building."""
    folder, stages = tmp_path / "shards", []

    def until(call):
        told = [0]

        def tell(step):
            told[0] += 1
            if told[0] == call:
                stages.append(step.stage)
                raise Killed

        return tell

    def killed(run):
        call = 0
        while True:
            call += 1
            try:
                return run(until(call))
            except Killed:
                pass

    killed(lambda tell: divide(corpus, folder, size=SIZE, encoder=ToyEncoder(), progress=tell))
    killed(lambda tell: embed(folder, Share(), tell))
    killed(lambda tell: gather(folder, tmp_path / "gathered", progress=tell))
    assert {"Reading", "Merging", "Dividing", "Embedding", "Checking", "Taking over", "Indexing"} <= set(stages)
    assert all_of(tmp_path / "gathered") == expected


def test_two_jobs_on_a_shard_at_once(corpus, expected, divided, tmp_path):
    """Both have begun before either writes."""
    meeting = threading.Barrier(2, timeout=60)

    class Meeting(ToyEncoder):
        def encode(self, texts):
            if not meeting.broken and meeting.n_waiting < 2:
                meeting.wait()
            return super().encode(texts)

    ended = []
    jobs = [
        threading.Thread(target=lambda: ended.append(embed(divided, Share(1, 8), encoder=Meeting()))) for _ in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert [each.shards for each in ended] == [1, 1]
    assert len(shards_of(divided, "vectors")) == 1
    embed(divided, Share())
    gather(divided, tmp_path / "gathered")
    assert all_of(tmp_path / "gathered") == expected


def test_two_that_divide_at_once_are_refused(corpus, divided):
    with (
        Library.open(divided / "merged", encoder=ToyEncoder()),
        pytest.raises(LibraryError, match="another explorer is writing"),
    ):
        divide(corpus, divided, size=SIZE, encoder=ToyEncoder())


class Half(ToyEncoder):
    def precision(self, texts):
        return "bf16"


class Newer(ToyEncoder):
    revision = "2"


def test_a_mismatch_is_refused_with_the_next_step(corpus, divided, tmp_path):
    embed(divided, Share(1, 8))
    with pytest.raises(
        LibraryError, match=r"are for the model toy \(revision 1\), and here it is toy \(revision 2\); in"
    ):
        embed(divided, Share(), encoder=Newer())
    with pytest.raises(
        LibraryError, match=r"are computed in fp32, .* this machine computes in bf16; run the job on a ma"
    ):
        embed(divided, Share(), encoder=Half())
    with pytest.raises(
        LibraryError, match=r"for the model toy \(revision 1\), not toy \(revision 2\); take another --out"
    ):
        divide(corpus, divided, size=SIZE, encoder=Newer())
    with pytest.raises(
        LibraryError, match="begun with --papers-per-shard 30, not 31; give that, or take another --out"
    ):
        divide(corpus, divided, size=31, encoder=ToyEncoder())
    with pytest.raises(LibraryError, match=r"holds the shards of .*first.jsonl, .*; take another --out"):
        divide(Corpus(corpus.arguments[:1], {}), divided, size=SIZE, encoder=ToyEncoder())
    embed(divided, Share())
    with Library.open(tmp_path / "theirs", encoder=Newer()) as library:
        library.add([paper("A paper of theirs")])
    with pytest.raises(LibraryError, match=r"made with the model toy \(revision 2\), the shards .* another --library"):
        gather(divided, tmp_path / "theirs")
    path = divided / "plan.json"
    text = path.read_text(encoding="utf-8")
    content = files.unsealed(text)
    path.write_text(files.sealed({**content, "format": 2}), encoding="utf-8")
    with pytest.raises(LibraryError, match="is of format 2, and this version of the explorer reads format 1; use the"):
        embed(divided, Share())


def test_a_corpus_that_has_changed_is_refused(write, tmp_path):
    file = write({"title": "A paper of gamma"})
    corpus = Corpus((str(file),), {})
    divide(corpus, tmp_path / "shards", encoder=ToyEncoder())
    write({"title": "A paper of gamma"}, {"title": "A second of delta"})
    with pytest.raises(LibraryError, match=r"list.jsonl has changed since .* was begun; take another --out, or delete"):
        divide(corpus, tmp_path / "shards", encoder=ToyEncoder())


def test_before_anything_is_divided(tmp_path):
    for run in (lambda: embed(tmp_path / "none", Share()), lambda: gather(tmp_path / "none", tmp_path / "library")):
        with pytest.raises(
            LibraryError, match="none holds no finished shards; make them, or go on, with: explorer shard"
        ):
            run()


@pytest.mark.parametrize("keeps_merged", [True, False])
def test_a_library_that_is_there_takes_the_shards_in_as_an_import(corpus, embedded, tmp_path, keeps_merged):
    had = [record for _, record in corpus.records() if isinstance(record, Paper) and record.id in ("k9", "k120")]
    own = [
        *had,
        paper("Study5 of gamma and delta", doi="10.5555/5"),
        paper("A paper of its own", "alpha beta gamma.", key="o"),
    ]
    for name in ("gathered", "single"):
        with Library.open(tmp_path / name, encoder=ToyEncoder()) as library:
            library.add(own)
    if not keeps_merged:
        shutil.rmtree(embedded / "merged")
    counting = CountingEncoder()
    done = gather(embedded, tmp_path / "gathered", encoder=counting)
    with Library.open(tmp_path / "single", encoder=ToyEncoder()) as library:
        expected = library.add(*corpus.arguments)
    assert done.report == expected
    assert all_of(tmp_path / "gathered") == all_of(tmp_path / "single")
    # What is one with a paper of the library has a text of its own; all the rest was taken over.
    assert done.embedded == len([text for text in counting.encoded if "Study" in text]) <= 1
    assert done.vectors == 201 - len(had) - done.embedded


def test_without_the_merged_papers_they_are_merged_again(corpus, expected, embedded, tmp_path):
    shutil.rmtree(embedded / "merged")
    gather(embedded, tmp_path / "gathered")
    assert all_of(tmp_path / "gathered") == expected
