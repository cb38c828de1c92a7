"""Where the figures of a library come from, and the paragraph that says so."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from conftest import paper
from embeddings import bundled
from embeddings.encoder import ToyEncoder
from explorer.errors import LibraryError
from explorer.export.provenance import methods, provenance
from explorer.library import Library
from support.command import explorer


def library(folder, papers):
    opened = Library.open(folder, encoder=ToyEncoder())
    opened.add(papers)
    return opened


PAPERS = [paper(f"Title {number}", f"abstract of river {number} and lake {number % 7}") for number in range(40)]


def test_the_same_papers_have_the_same_digest_in_any_order_and_folder_and_others_another(tmp_path):
    with library(tmp_path / "a", PAPERS) as first, library(tmp_path / "b", PAPERS[::-1]) as second:
        digest = provenance(first).digest
        assert len(digest) == 64
        assert provenance(second).digest == digest
        second.records.remove(second.snapshot.papers()[0].id)
        fewer = provenance(second)
        assert (fewer.papers, fewer.digest == digest) == (39, False)
        second.records.undo()
        assert provenance(second).digest == digest
        second.redraw(3)
        again = provenance(second)
        assert (again.digest, again.seed, provenance(first).seed) == (digest, 3, 0)
    changed = [*PAPERS[:-1], paper("Title 39", "abstract of river 39 and another lake")]
    with library(tmp_path / "c", changed) as third:
        assert provenance(third).digest != digest


def test_the_paragraph_says_what_was_done_to_this_library(tmp_path):
    with library(tmp_path / "a", PAPERS) as opened:
        made, text = provenance(opened), methods(opened)
        assert text.startswith("40 papers were explored with Explorer ")
        assert f"as {made.dimension} numbers by the model {made.model} " in text
        assert f"digest {made.digest[:12]} " in text
        assert "a t-SNE layout of the graph of the 15 papers nearest to each" in text
        assert "seed" not in text
        assert ", ".join(map(str, made.topics[:-1])) in text
        assert "come from Ward’s method" in text  # so few are not grouped by k-means before
        assert "by hand" not in text
        opened.marks.rename_topic(opened.topics.levels[-1].labels[0], "waters")
        assert "but for 1 named by hand" in methods(opened)
        opened.redraw(5)
        assert "and the seed 5" in methods(opened)
    with library(tmp_path / "few", PAPERS[:5]) as opened:
        assert "5 papers were" in methods(opened)
        assert "t-SNE" not in methods(opened)


def test_a_library_without_papers_has_none(tmp_path):
    with Library.open(tmp_path / "empty", encoder=ToyEncoder()) as opened, pytest.raises(LibraryError, match="add"):
        methods(opened)


def test_the_command_gives_both(seed_folder):
    made = json.loads(explorer("info", "--json", "--library", seed_folder).stdout)["provenance"]
    weights = bundled.folder() / "model.safetensors"
    assert made["sha256"] == sha256(Path(weights).read_bytes()).hexdigest()
    assert made["papers"] == 12
    assert re.fullmatch(
        r"12 papers were explored with Explorer .*\n", explorer("info", "--methods", "--library", seed_folder).stdout
    )
