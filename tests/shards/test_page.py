"""What docs/scale.md shows can be done as it stands there."""

import re
import shlex

from conftest import ROOT
from support.command import explorer
from support.papers import record

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_three_commands_of_the_page(tmp_path, write):
    (tmp_path / "works").mkdir()
    write(*map(record, range(20)), name="works/a.jsonl")
    lines = re.search(r"```sh\n(explorer shard .*?)```", PAGE, re.DOTALL)[1].splitlines()
    assert [line.split()[1] for line in lines] == ["shard", "embed", "gather"]
    for line, more in zip(lines, (["--model", "toy"], [], []), strict=True):
        words = shlex.split(line.split("#")[0].replace("3/200", "1/1"))[1:]
        ended = explorer(*words, *more, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr
    assert "20 papers in papers; 20 vectors taken over" in ended.stdout


def test_all_that_the_page_names_in_the_folder_is_there(tmp_path, write):
    corpus = write(*map(record, range(20)))
    explorer("shard", corpus, "--out", tmp_path / "shards", "--model", "toy")
    explorer("embed", tmp_path / "shards")
    rows = re.findall(r"^\| `([\w./-]+)`", PAGE, re.MULTILINE)
    patterns = {re.sub("SUM|KEY", "*", row) for row in rows if "/" in row or "json" in row}
    assert len(patterns) == 9
    for pattern in patterns:
        assert list((tmp_path / "shards").glob(pattern.rstrip("/"))), pattern
    named = {path.name for path in (tmp_path / "shards").iterdir()}
    assert named == {pattern.split("/")[0] for pattern in patterns}
