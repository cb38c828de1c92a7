"""Real kills: `explorer add` ended with SIGKILL at any moment, then run again, equals an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from conftest import ROOT
from explorer.library import Library

PAPERS = 400
MANY = 1100  # eight blocks, and partial snapshots in between
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return made(tmp_path_factory, PAPERS)


@pytest.fixture(scope="module")
def large_corpus(tmp_path_factory):
    return made(tmp_path_factory, MANY)


def made(tmp_path_factory, papers):
    """Papers of very different lengths, so that batches are cut by length as with real ones."""
    chance = random.Random(0)
    words = (ROOT / "seeds").joinpath("003_4fb6813f9c0b5c43.txt").read_text(encoding="utf-8").split()
    file = tmp_path_factory.mktemp("kill") / "papers.jsonl"
    with file.open("w") as out:
        for number in range(papers):
            text = " ".join(chance.choices(words, k=chance.randint(5, 60)))
            out.write(json.dumps({"id": f"k{number}", "title": f"Paper {number}", "abstract": text}) + "\n")
    return file


def add(corpus, library, *options):
    command = [sys.executable, "-m", "explorer", "add", str(corpus), "--library", str(library), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def state(folder):
    with Library.open(folder, write=False) as library:
        papers = [(p.id, p.title, p.abstract) for p in library.snapshot.papers()]
        return papers, library.snapshot.arrays.index.vectors().tobytes(), library.map.tobytes(), library.topics.levels


def stored(folder):
    """Papers and vectors in the store right now; (0, 0) before there is one."""
    if not (folder / "library.sqlite").exists():
        return 0, 0
    try:
        with Library.open(folder, write=False) as library:
            info = library.records.info()
    except Exception:  # killed before the tables were there
        return 0, 0
    return info.papers, info.vectors


def test_killed_five_times_and_added_again_equals_an_undisturbed_run(corpus, tmp_path):
    check_kills(tmp_path, PAPERS, corpus)


def test_kills_amid_partial_snapshots_equal_an_undisturbed_run(large_corpus, tmp_path):
    check_kills(tmp_path, MANY, large_corpus, "--model", "toy")


def test_kills_in_the_steps_that_only_large_libraries_have(tmp_path):
    """Neighbours found nearly, vectors row by row, codes: whole after every kill, in the end as undisturbed."""
    command = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "--large", "--forked", "20"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    in_time = int(done.stdout.rsplit("20 kills, ", 1)[1].split()[0])
    assert in_time >= 10, done.stdout


def check_kills(tmp_path, papers, corpus, *options):
    def add_to(library):
        return add(corpus, library, *options)

    calm, harried = tmp_path / "calm", tmp_path / "harried"
    started = time.monotonic()
    assert add_to(calm).wait(240) == 0
    length = time.monotonic() - started

    chance = random.Random(time.time_ns())
    moments = sorted(chance.uniform(0.05, 1.0) for _ in range(5))
    before = (0, 0)
    for moment in moments:
        process = add_to(harried)
        time.sleep(length * moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        after = stored(harried)
        assert after >= before, f"killed after {moment:.2f} of the run: {before} became {after}"
        before = after
    final = add_to(harried)
    assert (final.wait(240), "another explorer" in final.stderr.read()) == (0, False)

    wanted, found = state(calm), state(harried)
    assert found[0] == wanted[0], f"papers differ; killed at {moments}"
    assert found[1] == wanted[1], f"vectors differ; killed at {moments}"
    assert found[2] == wanted[2], f"map differs; killed at {moments}"
    assert len(found[0]) == papers
    for one, other in zip(found[3], wanted[3], strict=True):
        assert one.labels == other.labels
        np.testing.assert_array_equal(one.assignment, other.assignment)


def test_ctrl_c_says_how_to_go_on(corpus, tmp_path):
    process = add(corpus, tmp_path / "lib")
    said = ""
    while "Embedding" not in said:
        line = process.stderr.readline()
        assert line, f"ended before embedding: {said}"
        said += line
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]
    if process.returncode != 0:  # 0: it was done before the signal came
        assert process.returncode == 130
        assert "goes on from there" in rest
        assert "Traceback" not in rest
    assert add(corpus, tmp_path / "lib").wait(240) == 0
    assert stored(tmp_path / "lib") == (PAPERS, PAPERS)
