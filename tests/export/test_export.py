import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from conftest import paper
from embeddings.encoder import ToyEncoder
from explorer.errors import ExplorerError
from explorer.export import bibtex, plain, tables
from explorer.export.shapes import floor_percent
from explorer.paper import Paper
from explorer.readers import read, read_bytes
from support.cost import examples


@pytest.fixture
def records(toy):
    toy.add(
        [
            paper(
                "An off-belief} title",
                'with "quotes", commas\nand lines',
                authors=["Hu, Hengyuan", "OpenAI"],
                year=2021,
                key="k 1",
            ),
            paper("Zweite Schrift: Größe", "größer = besser", doi="10.1000/abc", venue="Journal", key="k2"),
        ]
    )
    return tables.rows(toy.snapshot.papers(), toy.map, toy.topics)


def test_records_carry_place_and_a_topic_per_level(toy, records):
    records = [row.cells for row in records]
    assert [r["id"] for r in records] == ["k 1", "k2"]
    assert (records[0]["x"], records[0]["y"]) == pytest.approx(toy.map[0].tolist(), abs=1e-5)
    topics = [name for name in records[0] if name.startswith("topic_")]
    assert topics == [f"topic_{n}" for n in range(1, len(toy.topics.levels) + 1)]
    assert records[0]["topic_1"] in toy.topics.levels[-1].labels


def test_jsonl_comes_back_as_written(tmp_path, records):
    tables.write(tmp_path / "out.jsonl", records)
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()] == [
        row.cells for row in records
    ]


def test_csv_comes_back_as_written(tmp_path, records):
    tables.write(tmp_path / "out.csv", records)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        back = list(csv.DictReader(file))
    assert back[0]["abstract"] == 'with "quotes", commas\nand lines'
    assert back[0]["authors"] == "Hu, Hengyuan; OpenAI"
    assert float(back[1]["x"]) == records[1].place["x"]


def test_parquet_comes_back_as_written(tmp_path, records):
    tables.write(tmp_path / "out.parquet", records)
    back = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert back[0]["authors"] == ["Hu, Hengyuan", "OpenAI"]
    assert back[1]["year"] is None
    assert back[1]["x"] == pytest.approx(records[1].place["x"], abs=1e-6)


def test_bibtex_is_balanced_and_keys_are_unique(tmp_path, records):
    tables.write(tmp_path / "out.bib", [*records, records[0]])
    text = (tmp_path / "out.bib").read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert "@misc{k_1," in text
    assert "@misc{k_1_2," in text
    assert "@article{k2," in text
    assert "  title = {An off-belief title}," in text
    assert "  author = {Hu, Hengyuan and {OpenAI}}," in text


def test_bibtex_of_a_card_without_abstract():
    entry = bibtex.entry(replace(paper("T", "long text", key="a"), abstract=""))
    assert entry == "@misc{a,\n  title = {T},\n}\n"


def test_export_can_be_read_back_in(toy, tmp_path, records):
    from explorer.library import Library

    tables.write(tmp_path / "out.jsonl", records)
    with Library.open(tmp_path / "again", encoder=ToyEncoder()) as again:
        report = again.add(tmp_path / "out.jsonl")
        assert (report.added, report.problems) == (2, ())
        assert again.snapshot.papers()[0].authors == ("Hu, Hengyuan", "OpenAI")


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet", ".bib", ".ris"])
def test_every_export_is_a_file_that_can_be_added(tmp_path, records, ending):
    file = tmp_path / f"out{ending}"
    tables.write(file, records)
    first, second = read(file)
    assert first.title.startswith("An off-belief")
    assert first.abstract.split() == 'with "quotes", commas and lines'.split()
    assert (first.authors, first.year) == (("Hu, Hengyuan", "OpenAI"), 2021)
    assert (second.title, second.abstract) == ("Zweite Schrift: Größe", "größer = besser")
    assert (second.doi, second.venue) == ("10.1000/abc", "Journal")


def test_vectors_come_in_the_order_of_the_records(toy, tmp_path, records):
    tables.write_vectors(tmp_path / "v.npy", toy.snapshot.arrays.index.vectors())
    vectors = np.load(tmp_path / "v.npy")
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, 64)
    np.testing.assert_allclose(
        vectors[1], toy.encoder.encode_query("Zweite Schrift: Größe. größer = besser"), atol=1e-6
    )


def test_another_ending_is_refused(tmp_path, records):
    with pytest.raises(ExplorerError, match=r"must end in \.jsonl, \.csv, \.parquet, \.bib"):
        tables.write(tmp_path / "out.docx", records)


def test_a_percentile_never_claims_more_than_was_measured():
    assert [floor_percent(p) for p in (0.0, 12.39, 99.78, 99.9997)] == ["0.0%", "12.3%", "99.7%", "99.999%"]


def test_a_reference_stands_on_one_line_and_holds_what_is_there():
    full = paper("A title\nof two lines", "text", authors=["Brown, Noam", "Sandholm, T."], year=2019, venue="Science",
                 doi="10.1000/x")  # fmt: skip
    assert (
        plain.entry(full) == "Noam Brown, T. Sandholm (2019). A title of two lines. Science. https://doi.org/10.1000/x"
    )
    assert plain.entry(paper("Why?", "text", authors=[f"A{n} B" for n in range(200)])).startswith(
        "A0 B, A1 B, A2 B, et al. Why?"
    )
    assert "\n" not in plain.entry(paper("", "A sentence without a title.\nAnother."))


PIECES = st.lists(
    st.sampled_from(
        ["\\", "{", "}", "\\{", "\\}", "@string{x = {y}}", "@article{a,", "\n@article{b,\n title={x}\n}", "\n@string{",
         "\n}\n", "@comment{", "@", '"', "%", "% x\n", "$", "\\begin{", "{\\'e", "a # b", "},\n", "word "]
    ),
    max_size=4,
).map("".join)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(PIECES, PIECES), min_size=1, max_size=4))
def test_bibtex_of_hostile_records_reads_back_record_by_record(texts):
    used = set()
    papers = [
        Paper(title=f"Title {n} {title}", abstract=f"Abstract {n} {text}", authors=("Smith, A",), venue=title, id=title)
        for n, (title, text) in enumerate(texts)
    ]
    written = "\n".join(bibtex.entry(paper, used) for paper in papers)
    back = list(read_bytes(written.encode(), "out.bib"))
    assert len(back) == len(papers)
    for n, read_back in enumerate(back):
        assert read_back.title.startswith(f"Title {n}")
        assert read_back.abstract.startswith(f"Abstract {n}")


def test_a_backslash_at_the_end_is_read_back():
    written = bibtex.entry(Paper(title="Ends so \\", abstract="a \\\\", id="k"))
    assert [paper.title for paper in read_bytes(written.encode(), "out.bib")] == ["Ends so \\"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_begins_a_formula(tmp_path, begin):
    row = tables.Row(
        Paper(title=f"{begin}1+1", abstract=f"{begin}A1", authors=(f"{begin}cmd", "B"), id="k"), {"x": -1.5, "y": 2.0}
    )
    tables.write(tmp_path / "out.csv", [row])
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert (cells["title"], cells["abstract"], cells["authors"]) == (f"'{begin}1+1", f"'{begin}A1", f"'{begin}cmd; B")
    assert cells["x"] == "-1.5"  # a number is no formula


@pytest.mark.parametrize(
    "cell", ["@string{x", "@string{ab = {x}}\n@article{k, title={q}}", "a\n@article{k,\n title={q}\n}"]
)
@pytest.mark.parametrize("dialect", ["excel", "excel-tab"])
def test_a_table_that_holds_bibtex_in_its_cells_stays_a_table(cell, dialect):
    text = io.StringIO()
    csv.writer(text, dialect).writerows([["title", "abstract"], ["First", cell], ["Second", cell]])
    for name in ("out.csv", "out.txt"):
        assert [paper.title for paper in read_bytes(text.getvalue().encode(), name)] == ["First", "Second"]
