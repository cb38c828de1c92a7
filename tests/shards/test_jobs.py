"""Real jobs, each a process: killed at any moment, on full disks, with the real model."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from conftest import ROOT, blocks_of
from embeddings.encoder import DEFAULT_MODEL
from explorer.library import Library
from explorer.shards.corpus import Corpus
from explorer.shards.division import divide
from support.papers import record
from support.rights import on_small_disks
from support.shards import all_of, write_corpus

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
JOBS = 8


def begun(*words):
    """A command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "explorer", *map(str, words)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process, code=0):
    printed = process.communicate(timeout=1200)[0]
    assert process.returncode == code, printed
    return printed


def test_killed_in_each_step_and_begun_again_equals_a_single_build(tmp_path):
    corpus, shards = write_corpus(tmp_path / "corpus", 1100), tmp_path / "shards"
    ended(begun("add", *corpus, "--library", tmp_path / "single", "--model", "toy"), 1)
    steps = [
        ["shard", *corpus, "--out", shards, "--model", "toy", "--papers-per-shard", 100],
        ["embed", shards, "--shard", "1/2"],
        ["embed", shards, "--shard", "2/2"],
        ["gather", shards, "--library", tmp_path / "gathered"],
    ]
    chance = random.Random(time.time_ns())
    moments = []
    for step in steps:
        began = time.monotonic()
        tried = begun(*[f"{word}-tried" if word == shards else word for word in step]) if step is steps[0] else None
        if tried:
            ended(tried, 1)
        length = max(time.monotonic() - began, 4.0)  # of the others as long as a process takes to begin, and more
        for _ in range(4):
            process, moment = begun(*step), chance.uniform(0.2, 1.0) * length
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            moments.append(f"{step[0]} after {moment:.1f} s: {process.returncode}")
        printed = begun(*step).communicate(timeout=600)[0]
        assert "Traceback" not in printed, (printed, moments)
    found, expected = all_of(tmp_path / "gathered"), all_of(tmp_path / "single")
    assert {name: found[name] == expected[name] for name in expected} == dict.fromkeys(expected, True), moments
    assert len(found["papers"]) == 1101
    assert any("-9" in moment for moment in moments)


@pytest.mark.parametrize("damage", ["none", "killed"])
def test_eight_jobs_with_the_real_model_equal_a_single_build(tmp_path, real_encoder, damage):
    """400 texts in blocks of 40: papers, vectors to the last bit, neighbours, map, topics and answers."""
    words = (ROOT / "seeds").joinpath("003_4fb6813f9c0b5c43.txt").read_text(encoding="utf-8").split()
    chance, file = random.Random(0), tmp_path / "papers.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(400):
            text = " ".join(chance.choices(words, k=chance.randint(5, 60)))
            lines.write(json.dumps({"id": f"k{number}", "title": f"Paper {number}", "abstract": text}) + "\n")
    shards = tmp_path / "shards"
    with blocks_of(40):
        plan = divide(Corpus((str(file),), {}), shards, size=50, encoder=real_encoder).plan
        assert (plan.encoder, len(plan.texts)) == (DEFAULT_MODEL, JOBS)
        if damage == "none":
            with Library.open(tmp_path / "single", encoder=real_encoder) as library:
                library.add(file)
    if damage == "killed":  # a job that is killed leaves nothing, or a whole shard
        process = begun("embed", shards, "--shard", f"1/{JOBS}")
        while process.poll() is None and not (shards / "vectors" / "precision.json").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert all(path.name.endswith((".npz", ".json", ".part")) for path in (shards / "vectors").iterdir())
        assert "1 " in ended(begun("embed", shards, "--shard", f"1/{JOBS}"))
        assert len(list((shards / "vectors").glob("00000-*.npz"))) == 1
        return
    for first in range(1, JOBS + 1, 2):
        pair = [begun("embed", shards, "--shard", f"{number}/{JOBS}") for number in (first, first + 1)]
        assert all("1 shard made" in ended(process) for process in pair)
    assert "400 vectors taken over" in ended(begun("gather", shards, "--library", tmp_path / "gathered"))
    found, expected = all_of(tmp_path / "gathered"), all_of(tmp_path / "single")
    assert {name: found[name] == expected[name] for name in expected} == dict.fromkeys(expected, True)


_ON_A_DISK = """
run() {{ {python} -m explorer "$@" 2>&1; echo "code $?"; }}
all() {{
  run shard {file} --out {disk}/shards --model toy --papers-per-shard 256
  run embed {disk}/shards --shard 1/2
  run embed {disk}/shards --shard 2/2
  run gather {disk}/shards --library {disk}/library
}}
mount -t tmpfs -o size={size}k tmpfs {disk}
echo first; all
mount -o remount,size=64m {disk}
echo second; all
{python} -m explorer info --json --library {disk}/library
"""


@pytest.mark.parametrize("size", [60, 700, 1100, 1600, 2600])
def test_a_full_disk_is_told_and_with_more_room_the_same_commands_go_on(tmp_path, write, size):
    disk = tmp_path / "disk"
    disk.mkdir()
    file = write(*map(record, range(600)))
    script = _ON_A_DISK.format(python=f"PYTHONPATH={ROOT} {sys.executable}", file=file, disk=disk, size=size)
    printed = on_small_disks(disk, script)
    first, second = printed.partition("second\n")[::2]
    assert "Traceback" not in printed and "code 13" not in printed, printed  # 135: killed for a page without room
    assert "full" in first or "room" in first, printed
    assert second.count("code 0") == 4 and '"papers": 600' in second and '"vectors": 600' in second, printed
