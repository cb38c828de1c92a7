import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from pyarrow import parquet

from conftest import paper
from embeddings.encoder import ToyEncoder
from explorer.errors import ExplorerError
from explorer.export import bibtex, tables
from explorer.export.shapes import floor_percent
from explorer.readers import read


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
