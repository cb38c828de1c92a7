"""JSON of services and programs: each is known by its keys, and gives the fields a person would read in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import shared
from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, read, recognise
from explorer.readers.engine.html import plain
from explorer.readers.formats import json_formats
from explorer.readers.formats.json_indexes import abstract_of
from explorer.readers.io.stream import Stream
from support.cost import bytes_at_most, examples
from support.files import Write, papers


def counted(path: Path) -> tuple[int, int]:
    items = list(read(path))
    found = [item for item in items if isinstance(item, Paper)]
    lost = [item for item in items if isinstance(item, Problem) and item.record]
    return len(found) + len(lost), sum(bool(paper.abstract) for paper in found)


# ---------------------------------------------------------------------------------------------------- shared files


@pytest.mark.parametrize(
    ("name", "format", "records", "abstracts"),
    [
        ("arxiv_jsonl/arxiv-metadata-oai-snapshot.json", "arxiv_jsonl", 200, 200),
        ("openalex/synergy_Sep_2021_works_0_25.json", "openalex", 25, 25),
        ("openalex/zotero_OpenAlex_JSON_7.json", "openalex", 1, 1),
        ("crossref/colrev_10.1177_02683962211048201.json", "crossref", 1, 1),
        ("crossref/crossref-works.2018-01-21.badsample.json", "crossref", 14, 2),
        ("s2/s2api_test_search_paper.json", "s2", 100, 0),
        ("s2/goldstandard_60_papers.jsonl", "s2", 60, 57),
        ("json_other/colrev_google_scholar.json", "json_other", 7, 7),
        ("json_other/example_doaj_articles.json", "json_other", 5, 5),
        ("csljson/citationjs_data.json", "json", 1, 0),
        ("hostile/rtl_emoji_latex.jsonl", "jsonl", 9, 9),
        ("hostile/lone_surrogate.jsonl", "jsonl", 2, 2),
        ("hostile/line_5MB.jsonl", "jsonl", 2, 2),
        ("hostile/lying_size.jsonl.gz", "jsonl", 1, 1),
        # One more than the manifest: the line with a trailing comma is a lost record.
        ("hostile/wrong_types.jsonl", "jsonl", 5, 3),
        # 627 have a description of some kind; that of the others is no abstract, or empty.
        ("datacite/datacite_1k_records.jsonl.gz", "datacite", 1000, 520),
    ],
)
def test_shared_files(name: str, format: str, records: int, abstracts: int) -> None:
    path = shared("imports", *name.split("/"))
    assert recognise(path) == format
    assert counted(path) == (records, abstracts)


def test_arxiv_snapshot_field_by_field() -> None:
    paper = papers(shared("imports", "arxiv_jsonl", "arxiv-metadata-oai-snapshot.json"))[0]
    assert paper.title == "Calculation of prompt diphoton production cross sections at Tevatron and LHC energies"
    assert paper.abstract.startswith(
        "A fully differential calculation in perturbative quantum chromodynamics is presented"
    )
    assert "\n" not in paper.abstract
    assert paper.authors == ("Balázs, C.", "Berger, E. L.", "Nadolsky, P. M.", "Yuan, C.-P.")
    assert (paper.year, paper.arxiv, paper.doi) == (2007, "0704.0001", "10.1103/physrevd.76.013009")
    assert (paper.venue, paper.keywords) == ("Phys.Rev.D76:013009,2007", ("hep-ph",))


def test_openalex_field_by_field() -> None:
    paper = papers(shared("imports", "openalex", "synergy_Sep_2021_works_0_25.json"))[0]
    assert paper.title.startswith("Contextual control of the extinction of conditioned fear")
    assert paper.abstract.startswith(
        "Four conditioned suppression experiments examined the influence of contextual stimuli"
    )
    assert paper.authors == ("Mark E. Bouton", "David A. King")
    assert (paper.year, paper.venue) == (1983, "Journal of experimental psychology")
    assert (paper.doi, paper.pmid, paper.openalex) == ("10.1037/0097-7403.9.3.248", "6886630", "W1979978981")
    [other] = papers(shared("imports", "openalex", "zotero_OpenAlex_JSON_7.json"))
    assert (other.arxiv, other.keywords, other.id) == ("1201.0490", ("Python", "Robust Learning"), "W2101234009")


def test_crossref_reply_field_by_field() -> None:
    [paper] = papers(shared("imports", "crossref", "colrev_10.1177_02683962211048201.json"))
    assert paper.title == "Artificial intelligence and the conduct of literature reviews"
    assert paper.abstract.startswith("Artificial intelligence (AI) is beginning to transform traditional research")
    assert paper.authors == ("Wagner, Gerit", "Lukyanenko, Roman", "Paré, Guy")
    assert (paper.year, paper.venue) == (2021, "Journal of Information Technology")


def test_doaj_field_by_field() -> None:
    paper = papers(shared("imports", "json_other", "example_doaj_articles.json"))[0]
    assert (paper.year, paper.venue, paper.doi) == (2016, "Materials & Design", "10.1016/j.matdes.2016.06.110")
    assert paper.authors[0] == "Xinfeng Li"


# -------------------------------------------------------------------------------------------------------- services


SERVICES: list[tuple[object, str, dict[str, object]]] = [
    (
        {"status": "ok", "message": {"items": [{"DOI": "10.1000/a", "indexed": {}, "title": ["T"], "abstract":
         "<jats:sec><jats:title>Aims</jats:title><jats:p>See H<jats:sub>2</jats:sub>O.</jats:p></jats:sec>"}]}},
        "crossref", {"abstract": "Aims: See H₂O.", "doi": "10.1000/a"},
    ),
    (
        [{"id": "k", "type": "article-journal", "title": "T", "issued": {"date-parts": [["1999"]]},
          "author": [{"family": "Waals", "given": "J. D.", "non-dropping-particle": "van der"}],
          "note": "PMID: 12\nPMCID: PMC345\narXiv:1501.00001v2"}],
        "csljson", {"authors": ("van der Waals, J. D.",), "year": 1999, "pmid": "12", "pmcid": "PMC345",
                    "arxiv": "1501.00001", "id": "k"},
    ),
    (
        {"total": 1, "data": [{"paperId": "p", "title": "T", "externalIds": {"ArXiv": "2206.11795", "PubMedCentral":
         "345"}, "publicationVenue": {"name": "Whole Name"}, "venue": "W.N.", "authors": [{"name": "A B"}]}]},
        "s2", {"arxiv": "2206.11795", "pmcid": "PMC345", "venue": "Whole Name", "authors": ("A B",)},
    ),
    (
        {"data": [{"id": "10.1000/a", "attributes": {"titles": [{"title": "T"}], "creators": [{"name": "(:Unav)"},
         {"name": "Y, X", "familyName": "Y", "givenName": "X"}], "descriptions": [{"descriptionType": "Abstract",
         "description": "A<br>b"}], "publicationYear": 2001}}]},
        "datacite", {"abstract": "A\nb", "authors": ("Y, X",), "year": 2001, "doi": "10.1000/a"},
    ),
    (
        {"resultList": {"result": [{"id": "1", "pmid": "1", "title": "T", "authorString": "Guo W, de Souza AB.",
         "abstractText": "<h4>Background</h4>One. <h4>Methods</h4>Two.", "isOpenAccess": "Y"}]}},
        "json_other", {"authors": ("Guo, W", "de Souza, AB"), "abstract": "Background: One.\nMethods: Two."},
    ),
    (
        {"hits": {"hits": [{"id": "7", "metadata": {"titles": [{"title": "T"}], "abstracts": [{"value": "A"}],
         "authors": [{"full_name": "Y, X"}], "arxiv_eprints": [{"value": "2206.11795"}]}}]}},
        "json_other", {"abstract": "A", "authors": ("Y, X",), "arxiv": "2206.11795"},
    ),
    (
        {"response": {"docs": [{"bibcode": "2001ApJ", "title": ["T"], "identifier": ["arXiv:2206.11795"]}]}},
        "json_other", {"arxiv": "2206.11795", "id": "2001ApJ"},
    ),
    (
        {"messages": [{"status": "ok"}], "collection": [{"rel_doi": "10.1000/a", "rel_title": "T", "rel_abs": "A",
         "rel_authors": [{"author_name": "X Y"}], "rel_site": "medRxiv"}]},
        "json_other", {"abstract": "A", "authors": ("X Y",), "venue": "medRxiv"},
    ),
    (
        {"notes": [{"id": "i", "forum": "f", "invitations": ["x"], "content": {"title": {"value": "T"},
         "abstract": {"value": "A"}, "venue": {"value": "ICLR 2024"}}}]},
        "json_other", {"abstract": "A", "venue": "ICLR 2024", "url": "https://openreview.net/forum?id=f"},
    ),
    (
        {"items": [{"itemType": "journalArticle", "citationKey": "ck", "title": "T", "creators": [{"creatorType":
         "editor", "name": "No"}, {"creatorType": "author", "firstName": "F", "lastName": "L"}]}]},
        "json_other", {"id": "ck", "authors": ("L, F",)},
    ),
    (
        {"result": {"uids": ["1"], "1": {"uid": "1", "title": "T", "fulljournalname": "J", "pubdate": "2001 Jan",
         "articleids": [{"idtype": "pubmed", "value": "1"}]}}},
        "json_other", {"year": 2001, "venue": "J", "pmid": "1"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "format_name", "fields"), SERVICES)
def test_answers_of_services(write_json: Write, content: object, format_name: str, fields: dict[str, object]) -> None:
    path = write_json(content)
    assert recognise(path) == format_name
    [paper] = papers(path)
    assert paper.title == "T"
    assert {name: getattr(paper, name) for name in fields} == fields


def test_zotero_notes_are_told_and_are_no_records(write_json: Write) -> None:
    entries = [
        {"key": "A", "data": {"itemType": "note", "note": "x"}},
        {"key": "B", "data": {"itemType": "book", "title": "T"}},
    ]
    path = write_json(entries)
    assert counted(path) == (1, 0)
    assert [item.reason for item in read(path) if isinstance(item, Problem)] == ["a note was passed over"]


def test_inverted_index_is_put_together_whatever_the_positions() -> None:
    index: dict[str, object] = {"world": [1], "Hello": [0, 10**30], "never": [-1], "odd": "2", "half": [1.5]}
    assert abstract_of(index) == "Hello world Hello"
    assert abstract_of(json.dumps({"IndexLength": 1, "InvertedIndex": {"One": [0]}})) == "One"
    assert [abstract_of(value) for value in (None, [], "x", "{broken", {})] == [""] * 5


# ---------------------------------------------------------------------------------------------------------- layout


@pytest.mark.parametrize(
    ("content", "titles"),
    [
        ('{"data":[{"title":"A","abstract":"x"},{"title":"B"}]}\n{"data":[{"title":"C"}]}\n', ["A", "B", "C"]),
        ('[{"title":"A"},{"title":"B"}]\n[{"title":"C"}]\n', ["A", "B", "C"]),
        ('{"k1":{"title":"A","year":1},"k2":{"title":"B","year":2}}', ["A", "B"]),
        ('{"title":"My list","items":[{"title":"A","abstract":"b"}]}', ["A"]),
        ('{"title": "A"},\n{"title": "B"},\n', ["A", "B"]),
        ('[\n  {\n    "title": "A"\n  ,\n  {\n    "title": "B"\n  },\n  {\n    "title": "C"\n  }\n]\n', ["B", "C"]),
        ('{"n":3,"data":[\n{"title": "A", "abstract": "x},\n{"title": "B"},\n{"title":"C"}]}\n', ["B", "C"]),
        ('{"data":[\n{"title": "A", "abstract": "x"}},\n{"title": "B","abstract":"y"}]}', ["A", "B"]),
        ('{"message":{"items":[{"title":"A"},{"title":"B"},{"title":[1}]},"x":[{"title":"no"}]}', ["A", "B"]),
    ],
)
def test_where_records_are_found(write_json: Write, content: str, titles: list[str]) -> None:
    assert [paper.title for paper in papers(write_json(content))] == titles


@pytest.mark.slow
def test_wrapper_longer_than_the_limit_is_read_piece_by_piece(
    write_json: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "200_000")
    records = [{"title": f"T{number}", "abstract": "words and more " * 300} for number in range(2000)]
    path = write_json({"status": "ok", "message": {"total-results": 2000, "items": records}})
    assert path.stat().st_size > 8_000_000
    with bytes_at_most(8_000_000):
        assert sum(isinstance(item, Paper) for item in read(path)) == 2000


def test_nested_lists_without_end_are_refused_plainly() -> None:
    with pytest.raises(UnreadableFile, match="holds no records"):
        read(shared("imports", "hostile", "deep_json.json"))


def test_what_is_no_record_is_told_with_its_line() -> None:
    found = [item for item in read(shared("imports", "hostile", "wrong_types.jsonl")) if isinstance(item, Problem)]
    told = {(item.record, item.line) for item in found if "year" not in item.reason}
    assert told == {(1, 1), (3, 7), (0, 2), (0, 4), (0, 5), (0, 6), (0, 9)}


# ---------------------------------------------------------------------------------------------------------- markup


@pytest.mark.parametrize(
    ("text", "read_aloud"),
    [
        ("p<0.05 and a<b and c>d", "p<0.05 and a<b and c>d"),
        ("<i>E. coli</i> &amp; <b>others</b>", "E. coli & others"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\nTwo"),
        ("<jats:title>Abstract</jats:title><jats:p>Text</jats:p>", "Text"),
        ("AT&T and R&D;", "AT&T and R&D;"),
    ],
)
def test_tags_in_text(text: str, read_aloud: str) -> None:
    assert plain(text) == read_aloud


# -------------------------------------------------------------------------------------------------------- anything


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    "title abstract authors author DOI id type issued indexed authorships ids externalIds paperId attributes titles "
    "metadata bibjson content forum data items results message hits abstract_inverted_index authors_parsed versions "
    "creators itemType passages info uid pmid isOpenAccess lens_id bibcode rel_title dc:title".split()
)


@pytest.mark.slow
@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.dictionaries(_NAMES, _VALUES, max_size=6), min_size=1, max_size=4))
def test_records_of_any_shape_never_raise_and_are_counted(
    tmp_path_factory: pytest.TempPathFactory, records: object
) -> None:
    path = tmp_path_factory.mktemp("json") / "any.jsonl"
    assert isinstance(records, list)
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    for reader in json_formats.READERS[:1]:
        numbers = [
            item.sources[0].record if isinstance(item, Paper) else item.record for item in reader.read(Stream(path))
        ]
        assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=examples(200), deadline=None)
@given(st.text(alphabet='{}[]",:\\ntruefalsNaN0123 titleabstract', max_size=200))
def test_text_of_any_kind_never_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("json") / "any.json"
    path.write_text(text, encoding="utf-8")
    for reader in json_formats.READERS:
        reader.recognises("any.json", text)
    assert all(isinstance(item, (Paper, Problem)) for item in json_formats.READERS[0].read(Stream(path)))


def test_hits_of_elasticsearch(write_json: Write) -> None:
    hits = [
        {"_index": "r", "_id": "a1", "_source": {"title": "Rivers", "contrib_names": ["J. Low"], "release_year": 1999}},
        {"_index": "r", "_id": "a2", "_source": {"title": "Lakes", "container_name": "Slow Water", "abstract": "Beds"}},
    ]
    first, second = papers(write_json(json.dumps({"took": 2, "hits": {"total": 2, "hits": hits}})))
    assert (first.title, first.authors, first.year, first.sources[0].key) == ("Rivers", ("J. Low",), 1999, "a1")
    assert (second.title, second.venue, second.abstract) == ("Lakes", "Slow Water", "Beds")


def test_bibjson_without_doaj(write_json: Write) -> None:
    record = {
        "title": "Rivers",
        "author": [{"name": "Jo Low"}],
        "year": "2011",
        "journal": {"name": "Slow Water"},
        "link": [{"url": "https://example.org/47"}],
        "identifier": [{"type": "doi", "id": "10.1000/47"}],
    }
    path = write_json(json.dumps([record]))
    assert recognise(path) == "json_other"
    (paper,) = papers(path)
    assert (paper.authors, paper.year, paper.venue, paper.doi) == (("Jo Low",), 2011, "Slow Water", "10.1000/47")
    assert paper.url == "https://example.org/47"
    del record["identifier"]
    record |= {"author": [{"lastname": "Low", "firstname": "Jo"}], "sections": {"abstract": {"text": "Beds."}}}
    (paper,) = papers(write_json(json.dumps([record])))
    assert (paper.authors, paper.abstract) == (("Low, Jo",), "Beds.")


def test_one_work_of_crossref_in_nothing_but_its_message(write_json: Write) -> None:
    work = {"DOI": "10.1000/1", "title": ["Rivers"], "author": [{"given": "Jo", "family": "Low"}], "indexed": {}}
    path = write_json(json.dumps({"message": work}))
    assert recognise(path) == "crossref"
    assert papers(path)[0].sources[0].key == "10.1000/1"


def test_an_object_over_several_lines_with_much_on_the_first(write_json: Write) -> None:
    text = (
        '{"doi": "10.1000/1", "types": {"ris": "GEN"},\n "titles": [{"title": "Rivers"}],\n "publicationYear": 2017}\n'
    )
    (paper,) = papers(write_json(text))
    assert (paper.title, paper.year, paper.doi) == ("Rivers", 2017, "10.1000/1")


def test_a_snippet_of_semantic_scholar(write_json: Write) -> None:
    found = {
        "snippet": {"text": "…"},
        "score": 0.5,
        "paper": {"corpusId": "19", "title": "Rivers", "authors": ["J. Low"]},
    }
    path = write_json(json.dumps({"data": [found], "retrievalVersion": "x"}))
    assert recognise(path) == "s2"
    assert papers(path)[0].title == "Rivers"
