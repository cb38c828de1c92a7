"""A draft on the command line: what it does not cite, and what answers a long text passage by passage."""

import json

from support.command import explorer

DRAFT = """# Coordination

Agents that learn by self-play invent conventions, and fail with partners they have never met. We learn policies that
are grounded in beliefs about hidden cards, tested in Hanabi.

# Video

Unlabelled videos hold a wealth of behaviour. We infer the actions of players from few labels and let an agent imitate
people who play Minecraft online.
"""


def test_missing_in_json_and_in_words(seed_folder, tmp_path):
    (tmp_path / "draft.md").write_text(DRAFT)
    (tmp_path / "refs.bib").write_text(
        "@article{hu, title={Off-Belief Learning}, author={Hengyuan Hu}, year=2021}\n"
        "@article{no, title={A title nobody knows}, author={Moss, P.}}\n"
    )
    asked = ("missing", "draft.md", "--bib", "refs.bib", "-k", "3", "--library", seed_folder)
    done = explorer(*asked, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["heading"] for one in found["passages"]] == ["Coordination", "Video"]
    assert len(found["suggestions"]) == 3
    assert [one["given"] for one in found["cited"]["here"]] == ["Off-Belief Learning"]
    assert found["cited"]["elsewhere"] == [{"given": "A title nobody knows", "reason": ""}]
    assert "Off-Belief Learning" not in [one["title"] for one in found["suggestions"]]
    video = next(one for one in found["suggestions"] if one["title"].startswith("Pretraining on noisy"))
    assert video["passage"] == 2
    assert "Minecraft" in video["sentences"]["draft"]
    assert "Minecraft" in video["sentences"]["paper"]
    assert video["near_cited"]["title"] == "Off-Belief Learning"
    words = explorer(*asked, cwd=tmp_path).stdout
    assert "passage 2 Video: “Unlabelled videos hold" in words
    assert "cited, not in this library (1):\n  A title nobody knows" in words


def test_missing_from_stdin_and_what_is_wrong_with_it(seed_folder, tmp_path):
    done = explorer("missing", "-", "-k", "1", "--cited", "Off-Belief Learning", "--library", seed_folder, stdin=DRAFT)
    assert done.returncode == 0, done.stderr
    assert "Off-Belief Learning  [" in done.stdout
    plain = explorer("missing", "-", "-k", "1", "--library", seed_folder, stdin=DRAFT)
    assert "nothing is known of what the draft cites" in plain.stderr
    empty = explorer("missing", "-", "--library", seed_folder, stdin=" ")
    assert empty.returncode == 1
    assert "is empty" in empty.stderr
    (tmp_path / "empty.bib").write_text("% nothing\n")
    none = explorer("missing", "-", "--bib", "empty.bib", "--library", seed_folder, stdin=DRAFT, cwd=tmp_path)
    assert none.returncode == 1
    assert "empty.bib" in none.stderr


def test_a_long_text_is_searched_passage_by_passage(seed_folder, tmp_path):
    # Five times each: more than 250 words.
    long = "\n\n".join(part for part in DRAFT.split("\n\n# ") for _ in range(5))
    piped = explorer("search", "-", "-k", "4", "--library", seed_folder, "--json", stdin=long)
    assert piped.returncode == 0, piped.stderr
    results = json.loads(piped.stdout)["results"]
    assert len(results) == 4
    video = next(one for one in results if one["title"].startswith("Pretraining on noisy"))
    assert "Minecraft" in video["passages"][0]["text"]
    assert video["passages"][0]["similarity"] == video["similarity"]
    (tmp_path / "draft.md").write_text(DRAFT)
    told = explorer("search", "--file", tmp_path / "draft.md", "--library", seed_folder)
    assert "answers passage" in told.stdout
    assert "passage 1 Coordination: “Agents that learn" in told.stdout
    both = explorer("search", "x", "--file", tmp_path / "draft.md", "--library", seed_folder)
    assert (both.returncode, "not both" in both.stderr) == (2, True)
