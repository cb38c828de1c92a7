"""BibTeX: entries as real tools and real people write them, whole or broken, give the papers a person would read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DATA, paper, shared
from explorer.export import bibtex as export
from explorer.paper import Paper, Problem
from explorer.readers import read, recognise
from explorer.readers.formats import bibtex
from explorer.readers.formats.bibtex.latex import address, names, plain
from explorer.readers.io.stream import Stream
from support.cost import examples, seconds_at_most
from support.files import Write, papers


def numbered(path: Path) -> list[int]:
    """The record numbers in the order given, problems of the file left out."""
    items = bibtex.READER.read(Stream(path))
    found = [item.sources[0].record if isinstance(item, Paper) else item.record for item in items]
    return [number for number in found if number]


# ---------------------------------------------------------------------------------------------------- shared files


@pytest.mark.parametrize(
    ("name", "records", "abstracts"),
    [
        ("bibtex/bibtexparser_encoding.bib", 1, 1),
        ("bibtex/bibtexparser_gbk_test.bib", 1, 0),
        ("bibtex/bibtexparser_features.bib", 1, 0),  # the manifest takes \@ifundefined{url}{ for an entry
        ("bibtex/bibtexparser_traps.bib", 1, 1),
        ("bibtex/colrev_dedupe_records.bib", 21, 1),
        ("bibtex/bibtexparser_article_missing_coma.bib", 4, 0),
        ("bibtex/zotero_BibTeX_10.bib", 1, 0),
        ("bibtex/jabref-authors.bib", 212, 0),
        ("bibtex/bibtexparser_messy_bibfile.bib", 942, 344),
        ("bibtex/bibtexparser_crossref_cascading_cycle.bib", 2, 0),
        ("bibtex/colrev_wiley_bib.bib", 2, 2),
        ("bibtex/bibtexparser_article_start_with_bom.bib", 1, 1),
        ("hostile/gb18030.bib", 1, 1),
    ],
)
def test_shared_files(name: str, records: int, abstracts: int) -> None:
    path = shared("imports", *name.split("/"))
    items = [item for item in read(path) if isinstance(item, Paper) or item.record]
    assert recognise(path) == "bibtex"
    assert len(items) == records
    assert sum(isinstance(item, Paper) and bool(item.abstract) for item in items) == abstracts


def test_library_of_a_physicist_field_by_field() -> None:
    found = {item.id: item for item in papers(shared("imports", "bibtex", "bibtexparser_messy_bibfile.bib"))}
    first = found["renes14b"]
    assert first.title.startswith(
        "Operationally-Motivated Uncertainty Relations for Joint Measurability and the Error-"
    )
    assert first.authors == ("Renes, Joseph M.", "Scholz, Volkher B.")
    assert (first.year, first.arxiv, first.venue) == (2014, "1402.6711", "")
    assert found["dammeier15"].authors[1] == "Schwonnek, René"
    assert found["belavkin82"].venue == "Annals Henri Poincaré"
    assert found["bavarian13"].title == "Information Causality, Szemerédi-Trotter and Algebraic Variants of CHSH"
    assert not any("Users/marcot" in str(item) for item in found.values())


def test_organisations_are_whole_and_a_pmid_is_found_in_a_note() -> None:
    [found] = papers(shared("imports", "bibtex", "zotero_BibTeX_10.bib"))
    assert len(found.authors) == 20
    assert found.authors[0] == "Sasson, Comilla"
    assert found.authors[-3] == "Council on Cardiopulmonary, Critical Care, Perioperative and Resuscitation"
    assert (found.pmid, found.venue, found.year) == ("23439512", "Circulation", 2013)


def test_keys_of_wiley_and_groups_of_jabref() -> None:
    first, second = papers(shared("imports", "bibtex", "colrev_wiley_bib.bib"))
    assert (first.id, second.id) == (
        "doi:https://doi.org/10.1111/1111222233334.ch29",
        "https://doi.org/10.1111/gps.4444",
    )
    assert (second.doi, second.venue) == ("10.1111/gps.4444", "International Journal of Dummy Writing")
    third = papers(shared("imports", "bibtex", "jabref-authors.bib"))[2]
    assert (third.authors, third.collections) == (("Johansson, Håkan", "Gustafsson, Oscar"), ("By rating",))


def test_chinese_code_pages() -> None:
    assert papers(shared("imports", "bibtex", "bibtexparser_gbk_test.bib"))[0].authors == ("凯撒",)
    assert papers(shared("imports", "hostile", "gb18030.bib"))[0].title == "基于图神经网络的论文推荐"


# --------------------------------------------------------------------------------------------------------- entries


@pytest.mark.parametrize("head", ["ho2020 title", "ho2020  Title", "ho2020\ttitle", "ho2020\n  title", "ho2020, title"])
def test_a_key_without_its_comma_costs_nothing(write_bibtex: Write, head: str) -> None:
    text = f"@article{{{head} = {{Denoising diffusion, again}}, author = {{Ho, Jonathan}}, year = 2020}}\n"
    [paper] = papers(write_bibtex(text))
    assert (paper.id, paper.title, paper.year) == ("ho2020", "Denoising diffusion, again", 2020)


def test_what_is_wrong_with_an_entry_costs_no_other() -> None:
    path = DATA / "broken_entries.bib"
    assert [(item.id, item.title, item.authors, item.year) for item in papers(path)] == [
        ("comma", "Missing comma", ("Doe, Jane",), 2000),
        ("open", "Never closed", ("Roe, Richard",), 2001),
        ("surplus", "One too many", ("Poe, Edgar",), 2002),
        ("paren", "In (parentheses) joined", (), 1999),
        ("", "No key", (), None),
        ("", "No key at all", (), 2003),
        ("a b:c/(1)", 'He said "so" and left', (), 2004),
        ("last", "The last", ("Ed, Itor",), None),
    ]
    told = [(item.record, item.line) for item in read(path) if isinstance(item, Problem)]
    assert told == [(8, 18), (0, 7)]
    assert papers(path)[3].venue == "Journal of Things"
    assert papers(path)[-1].collections == ("One", "Two/Three")
    assert [item.sources[0].line for item in papers(path)][-1] == 20
    assert "last.pdf" not in str(papers(path))


def test_entries_inherit_from_wholes_before_and_after_them() -> None:
    found = {item.id: item for item in papers(DATA / "inheritance.bib")}
    assert (found["child"].venue, found["child"].year) == ("Proceedings of Parents", 2010)
    assert (found["late"].venue, found["late"].year) == ("Proceedings of Parents", 2010)
    assert (found["user"].venue, found["user"].year) == ("Journal of Data", 2011)
    assert (found["lost"].venue, found["parent"].title) == ("", "Proceedings of Parents")
    assert "common" not in found


def test_entries_on_one_line(write_bibtex: Write) -> None:
    path = write_bibtex("@article{a, title={One}}@article{b,title={Two}} @misc{c, title={Three}}")
    assert [item.title for item in papers(path)] == ["One", "Two", "Three"]


def test_an_entry_too_long_is_told_and_the_next_is_read(write_bibtex: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "100_000")
    text = "@article{a, title={A},\n abstract = {" + "many words\n" * 20_000 + "}}\n@article{b, title={B}}\n"
    items = list(read(write_bibtex(text)))
    assert [item.title for item in items if isinstance(item, Paper)] == ["B"]
    assert [item.record for item in items if isinstance(item, Problem)] == [1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("note = {arXiv:1501.01234v2 [cs.LG]}", {"arxiv": "1501.01234"}),
        ("eprint = {1501.00001}, eprinttype = {arXiv}", {"arxiv": "1501.00001"}),
        ("archivePrefix = {arXiv}, eprint = {hep-th/9901001}", {"arxiv": "hep-th/9901001"}),
        (
            "journal = {arXiv preprint arXiv:1402.6711}",
            {"arxiv": "1402.6711", "venue": "arXiv preprint arXiv:1402.6711"},
        ),
        ("url = {https://doi.org/10.1016/j.x.2001.01.001}", {"doi": "10.1016/j.x.2001.01.001"}),
        (r"doi = {10.1000/a{\_}b\_c}", {"doi": "10.1000/a_b_c"}),
        (
            "doi = {10.1002/(SICI)1097(1998)43:4$<$338::AID$>$3.0.CO;2-W}",
            {"doi": "10.1002/(sici)1097(1998)43:4<338::aid>3.0.co;2-w"},
        ),
        (r"howpublished = {\url{http://x.org/a_b}}", {"url": "http://x.org/a_b", "venue": ""}),
        ("pmcid = {PMC345}, pmid = {12}", {"pmcid": "PMC345", "pmid": "12"}),
        ("date = {2014-03-01}, journaltitle = {J}", {"year": 2014, "venue": "J"}),
        (r"journal = {\mnras}, year = 2001", {"venue": "Monthly Notices of the Royal Astronomical Society"}),
        ("author_keywords = {a; b, c}, keywords = {b, c; d}", {"keywords": ("a", "b, c", "d")}),
        ("mendeley-groups = {Thesis/One,Two}", {"collections": ("Thesis/One", "Two")}),
        ("abstract = {One\n line.\n\nTwo lines.}", {"abstract": "One line.\nTwo lines."}),
        ("abstract = {No abstract available}", {"abstract": ""}),
        ("Title = {{Second}}, title = {Third}", {"title": "T"}),
    ],
)
def test_fields(write_bibtex: Write, fields: str, expected: dict[str, object]) -> None:
    [found] = papers(write_bibtex(f"@article{{key, title = {{T}}, {fields}\n}}"))
    assert {name: getattr(found, name) for name in expected} == expected


def test_own_export_is_read_back(tmp_path: Path) -> None:
    given = paper(
        r"Café and $\alpha$-decay: 50% of {sets}", "We study <p_i> & more.\nSecond line.", key="k1",
        authors=["Brown, Noam", "OpenAI"], year=2020, venue="Nature", doi="10.1000/x_y", arxiv="2206.11795", pmid="12",
        keywords=["a b", "c"],
    )  # fmt: skip
    path = tmp_path / "out.bib"
    path.write_text(export.entry(given), encoding="utf-8")
    [found] = papers(path)
    for name in ("authors", "year", "venue", "doi", "arxiv", "pmid", "keywords", "id"):
        assert getattr(found, name) == getattr(given, name)
    assert found.title == r"Café and $\alpha$-decay: 50% of sets"
    assert found.abstract.startswith("We study <p_i> & more.")


# ----------------------------------------------------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"{An} {{amazing}} title", "An amazing title"),
        (
            r"Ren{\'{e}} {\o}re \aa ngstr{\"o}m \v{S}t\'astn\'y {\ss} \L{}\'{o}d\'{z}",
            "René øre ångström Štástný ß Łódź",
        ),
        (r"Na{\"\i}ve C{\'\i}ty {\'{E}}cole", "Naïve Cíty École"),
        (r"H$_2$O and {$\alpha$-decay}, $x^{2}$", r"H$_2$O and $\alpha$-decay, $x^{2}$"),
        (r"\emph{so} {\em this} \textsuperscript{13}C {NMR}", r"so this \textsuperscript{13}C NMR"),
        (r"50\% of \{x\} \& {\&} \$5", "50% of {x} & & $5"),
        (r"{\$}{\backslash}alpha{\$}", r"$\alpha$"),
        (r"a--b ``q'' {\textquoteright}s", "a–b “q” ’s"),
        (r"the 5\textsuperscript{th} of 5\({}^{th}\)", "the 5th of 5th"),
    ],
)
def test_latex_becomes_plain(value: str, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("Last, First and von Last, Jr, First and others", ["Last, First", "von Last, First Jr"]),
        ("Ludwig van Beethoven AND Donald~E. Knuth", ["van Beethoven, Ludwig", "Knuth, Donald E."]),
        ("{Corp, Name and Co} and Guido {van Rossum}", ["Corp, Name and Co", "van Rossum, Guido"]),
        ("Smith, John and\n   Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("Smith, J.; Doe, K.", ["Smith, J.", "Doe, K."]),
        ("A. Smith, B. Jones, C. White", ["A. Smith", "B. Jones", "C. White"]),
        (r"M{\"u}ller, Hans and {\'E}mile Zola", ["Müller, Hans", "Zola, Émile"]),
        ("Martin Luther King Jr. and Plato", ["King, Martin Luther Jr.", "Plato"]),
        ("", []),
    ],
)
def test_names_of_people(value: str, people: list[str]) -> None:
    assert names(value) == people


def test_addresses_are_unwrapped() -> None:
    assert address(r"\url{http://a.b/c\_d}") == "http://a.b/c_d"
    assert address(r"http://x.y/\~{}foo{\%}20") == "http://x.y/~foo%20"


# -------------------------------------------------------------------------------------------------------- anything


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "@article{a, title={One}} " * 5_000,
        "@comment{ x\n" * 5_000,
        "@article{a, title={x\n" * 3_000,
        "@article{a, " + "a={\n" * 50_000,
        '@article{a, title="' + '" ' * 50_000,
        "@article{a, title={x}" + "\n" * 100_000 + "}",
        '@string{a="' + "x" * 4_000 + '"}\n@article{q, title=' + "a#" * 100_000 + "}",
        "@article{a, title={" + "\\'" * 50_000 + "}, author={" + "\\'e" * 50_000 + "}}",
        "".join(f"@book{{k{n}, crossref={{k{n + 1}}}, title={{T}}}}\n" for n in range(1_000)),
    ],
)
def test_hostile_text_takes_time_in_proportion(write_bibtex: Write, text: str) -> None:
    path = write_bibtex(text)
    with seconds_at_most(20):
        assert all(isinstance(item, (Paper, Problem)) for item in bibtex.READER.read(Stream(path)))


_WORDS = "@article{ @misc( @comment{ @string{ @ key , title = { } \" # jan \\'e \\ $ crossref xdata ) and author % é"
_PIECES = st.lists(st.sampled_from([*_WORDS.split(), "\n", " ", "\n@book{b,\n"]), max_size=60)


@settings(max_examples=examples(300), deadline=None)
@given(_PIECES)
def test_text_of_any_kind_never_raises_and_counts_on(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    path = tmp_path_factory.mktemp("bib") / "any.bib"
    path.write_text("".join(pieces), encoding="utf-8")
    found = numbered(path)
    assert found == list(range(1, len(found) + 1))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["{", "}", '"', ",", "\\", "", "\n", "$", "="]))
def test_one_changed_character_costs_one_entry(tmp_path_factory: pytest.TempPathFactory, place: int, new: str) -> None:
    entries = [
        f"@article{{k{n},\n  title = {{Title {n}}},\n  author = {{Doe, Jane}},\n  year = {{2000}}\n}}\n"
        for n in range(8)
    ]
    whole = "".join(entries)
    place %= len(whole)
    path = tmp_path_factory.mktemp("bib") / "changed.bib"
    path.write_text(whole[:place] + new + whole[place + 1 :], encoding="utf-8")
    found = [item.title for item in bibtex.READER.read(Stream(path)) if isinstance(item, Paper)]
    assert len({f"Title {n}" for n in range(8)} - set(found)) <= 1


def test_a_field_after_a_value_with_too_many_closing_braces(write_bibtex: Write) -> None:
    words = "rivers, x(function() { y, t:Z}, t:Z}, u}, v, w: 0"
    fields = f"author = {{Jo Low}},\nkeywords = {{{words}}},\ntitle = {{Rivers}},"
    text = f"@article{{a,\n{fields}\n}}\n@misc{{b, title={{Lakes}}}}\n"
    first, second = papers(write_bibtex(text))
    assert (first.title, first.authors, second.title) == ("Rivers", ("Low, Jo",), "Lakes")


def test_the_end_of_a_line_in_latex_is_a_blank(write_bibtex: Write) -> None:
    (paper,) = papers(write_bibtex("@misc{a, title={Slow\\\\ rivers}, abstract={One.\\\\[2pt] Two \\\\\nthree}}"))
    assert (paper.title, paper.abstract) == ("Slow rivers", "One. Two three")
