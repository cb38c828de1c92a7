"""A Dask cluster embeds: workers in processes and folders of their own, killed, late, of another model, all lost."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import ROOT
from support.shards import all_of, write_corpus

pytest.importorskip("distributed", reason="needs distributed (the extra cluster)")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# What a worker loads before it works, twice: the toy encoder takes its time, so that there is something to interrupt.
SLOW = """
import time
from embeddings.toy import ToyEncoder

if not hasattr(ToyEncoder, "at_once"):
    ToyEncoder.at_once = ToyEncoder.encode

def slow(self, texts):
    time.sleep(0.4)
    return self.at_once(texts)

ToyEncoder.encode = slow
"""
OTHER = "from embeddings.toy import ToyEncoder\nToyEncoder.revision = '2'\n"


def begun(*words, cwd=None):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": path, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
    return subprocess.Popen(
        command, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process, code=0):
    printed = process.communicate(timeout=600)[0]
    assert process.returncode == code, printed
    return printed


def until(condition, process):
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)


class Cluster:
    """A scheduler and its workers, each of which lies in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []

    def scheduler(self):
        place = self.folder / f"scheduler-{len(self.processes)}.json"
        process = begun("-m", "dask", "scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1",
                        "--scheduler-file", place)  # fmt: skip
        self.processes.append(process)
        until(place.exists, process)
        self.address = json.loads(place.read_text(encoding="utf-8"))["address"]
        return process

    def worker(self, preload=SLOW):
        folder = self.folder / f"worker-{len(self.processes)}"
        folder.mkdir()
        (folder / "before.py").write_text(preload, encoding="utf-8")
        process = begun("-m", "dask", "worker", self.address, "--nthreads", 1, "--no-nanny", "--no-dashboard",
                        "--preload", folder / "before.py", "--local-directory", folder, cwd=folder)  # fmt: skip
        self.processes.append(process)
        return process

    def close(self):
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(tmp_path):
    (tmp_path / "nodes").mkdir()
    made = Cluster(tmp_path / "nodes")
    yield made
    made.close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus"), 1500)


@pytest.fixture(scope="module")
def expected(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("single")
    ended(begun("-m", "explorer", "add", *corpus, "--library", folder, "--model", "toy"), 1)
    return all_of(folder)


def add(corpus, folder, where):
    words = ["-m", "explorer", "add", *corpus, "--library", folder, "--model", "toy", "--cluster", where]
    return begun(*words)


def same(folder, expected):
    found = all_of(folder)
    assert {name: found[name] == expected[name] for name in expected} == dict.fromkeys(expected, True)
    assert not (folder / "shards").exists()


def test_workers_of_this_machine(corpus, expected, tmp_path):
    printed = ended(add(corpus, tmp_path / "library", "local:2"), 1)
    assert "1501 added" in printed.replace(",", "") and "cluster: http://127.0.0.1:" in printed
    same(tmp_path / "library", expected)


def test_a_worker_is_killed_and_others_come_late(corpus, expected, tmp_path, cluster):
    cluster.scheduler()
    first = cluster.worker()
    process = add(corpus, tmp_path / "library", cluster.address)
    until(lambda: (tmp_path / "library" / "shards" / "plan.json").exists(), process)
    time.sleep(2)  # it is at its first shard, or waits for a worker that is about to come
    first.send_signal(signal.SIGKILL)
    cluster.worker()
    cluster.worker()
    ended(process, 1)
    same(tmp_path / "library", expected)


def test_the_scheduler_is_lost_and_the_same_command_goes_on(corpus, expected, tmp_path, cluster):
    scheduler = cluster.scheduler()
    cluster.worker()
    process = add(corpus, tmp_path / "library", cluster.address)
    until(lambda: any((tmp_path / "library" / "shards" / "vectors").glob("*.npz")), process)
    scheduler.send_signal(signal.SIGKILL)
    printed = ended(process, 2)
    assert "Embedding 1501 texts" in printed and "What has come back stays; the same command goes on" in printed
    cluster.scheduler()
    cluster.worker()
    printed = ended(add(corpus, tmp_path / "library", cluster.address), 1)
    assert "Embedding" in printed and "Embedding 1501 texts" not in printed
    assert "1,501 added, 0 already here" in printed and "a.jsonl, line" in printed  # what the first would have told
    same(tmp_path / "library", expected)


def test_a_worker_with_another_model_is_refused(corpus, tmp_path, cluster):
    cluster.scheduler()
    cluster.worker(OTHER)
    printed = ended(add(corpus, tmp_path / "library", cluster.address), 2)
    assert "a worker has the model toy in revision 2, and the library is of 1; install the same model" in printed


def test_a_cluster_that_is_not_there(corpus, tmp_path):
    for where in ("tcp://127.0.0.1:9", "local:x"):
        printed = ended(add(corpus, tmp_path / "library", where), 2)
        assert f"the cluster at {where} cannot be reached (" in printed and "Write local, local:4" in printed
    printed = ended(begun("-m", "explorer", "add", *corpus, "--cluster", "local", "--sync"), 2)
    assert "--cluster adds; use it without --sync and --dry-run" in printed
