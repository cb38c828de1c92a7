"""The language in which formats of XML and services of JSON say where they keep the fields of a paper."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from explorer.readers.engine import json_format, xml_format
from explorer.readers.engine.xml import Root

RECORD = fromstring(
    "<r><t> </t><title>A  <i>title</i></title><name><first>Ada</first><last>Low</last></name><name><all>Team</all>"
    "</name><kw>a</kw><kw>b</kw><abs><p>One.</p><p>Two.</p></abs><id kind='doi'>10.1000/1</id></r>"
)
ANSWER = {
    "title": "N/A",
    "names": [{"first": "Nan", "last": "Null"}, {"all": "Team"}, {"initials": "X"}, "no object"],
    "info": [{"year": ""}, {"year": 2001, "doi": "10.1000/1"}],
    "ids": [{"kind": "DOI", "value": "10.1000/1"}, {"kind": "pmid", "value": 7}],
}


def test_paths_of_xml() -> None:
    assert xml_format.first(RECORD, "none t title") == "A title"
    assert xml_format.first(RECORD, "name/last+title") == "Low A title"
    assert xml_format.first(None, "title") == xml_format.first(RECORD, "none t") == ""
    assert xml_format.every(RECORD, "none kw title") == ["a", "b"]
    assert xml_format.inside(RECORD, "none name").tag == "name"
    assert xml_format.inside(RECORD, "none") is RECORD
    assert xml_format.ids_of(RECORD.findall("id"), "kind") == {"doi": "10.1000/1"}


def test_people_and_tables_of_xml() -> None:
    assert xml_format.people(RECORD, "name", "last", "first", "all .") == [
        {"family": "Low", "given": "Ada", "name": "AdaLow"},
        {"family": "", "given": "", "name": "Team"},
    ]
    values = xml_format.table("title", abstract="none abs", keywords="kw", key="none t id")(RECORD)
    assert values == {"title": "A title", "abstract": "One.\nTwo.", "keywords": ["a", "b"], "key": "10.1000/1"}
    assert xml_format.filled({"a": "", "b": 1}, {"a": 2, "b": 3}, {"a": 4, "c": 5}) == {"a": 2, "b": 1, "c": 5}


def test_folders_in_one_another_end() -> None:
    names, around = {"1": "A/B", "2": "C", "3": "ring"}, {"2": "1", "3": "3"}
    assert xml_format.folder_path("2", names, lambda folder: around.get(folder, "")) == "A-B/C"
    assert xml_format.folder_path("3", names, lambda folder: around.get(folder, "")).count("ring") == 12


def test_signs_of_xml() -> None:
    root, head = Root("Records", "", " version='1'"), "<Records version='1'><x:front/><body>words</body>"
    for fits in (
        xml_format.sign("a Records"),
        xml_format.sign("records", any_case=True),
        xml_format.sign(marks="none front", text="words", attributes="version"),
    ):
        assert fits(root, head)
    for fails in (
        xml_format.sign("records"),
        xml_format.sign("Records", "fron"),
        xml_format.sign("Records", text="other words"),
        xml_format.sign("Records", attributes="id"),
    ):
        assert not fails(root, head)


def test_paths_of_json() -> None:
    assert json_format.first(ANSWER, "title info.none info.year") == 2001
    assert json_format.first(ANSWER, "title none") is None
    assert json_format.under(ANSWER, "title") == "N/A"
    assert json_format.table("title info.doi", year="none info.year")(ANSWER) == {
        "title": None, "doi": "10.1000/1", "year": 2001,
    }  # fmt: skip
    assert json_format.has("info.doi")(ANSWER) and not json_format.has("title")(ANSWER)
    assert json_format.ids_of(ANSWER["ids"], "kind", "value") == {"doi": "10.1000/1", "pmid": 7}
    assert json_format.texts(ANSWER["names"], "all") == ["Team", "no object"]
    assert json_format.digits("https://pubmed.ncbi.nlm.nih.gov/6886630/") == "6886630"


def test_a_name_that_looks_like_nothing_is_a_name() -> None:
    assert json_format.people(ANSWER["names"], "last", "first initials", "all") == [
        {"family": "Null", "given": "Nan"}, "Team",
    ]  # fmt: skip


def test_services_are_told_by_names_and_types() -> None:
    sure = json_format.Service("a", "A", json_format.marks("x y", "z"), dict, json_format.has("x"))
    lax = json_format.Service("b", "B", json_format.marks("z"), dict)
    services = json_format.Services((sure, lax), json_format.marks("q r"), "plain")
    assert [services.format_of(record) for record in ({"x": 1, "y": 2}, {"x": 1}, {"z": 3}, {"q": 1, "r": 2})] == [
        "a", "", "b", "plain",
    ]  # fmt: skip
