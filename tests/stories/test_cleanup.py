"""A library of an earlier version loses values that mean nothing, and only changed texts are embedded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.toy import ToyEncoder
from explorer.boilerplate import without_boilerplate, without_repeats
from explorer.library import Library
from explorer.paper import Paper, Source, embedding_text
from explorer.store import Store

TEXT = "We count mosses in ten valleys. They grow well."


def of(key: str, **fields: object) -> Paper:
    return Paper(**({"title": f"Title of {key}"} | fields), id=key, sources=(Source("old.csv", 1, 2, key),))  # type: ignore[arg-type]


def test_placeholders_of_an_existing_library_are_cleaned_once(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add([
            of("a", abstract="NA", venue="NA", authors=("[No author name available]",), keywords=("NA",)),
            of("b", abstract=TEXT, authors=("Na, Li",), venue="Na"),
            of("c", title="RETRACTED: Moss", abstract="Résumé non disponible", doi="10.1000/c"),
            of("d", title="NA", abstract=""),
        ])  # fmt: skip
        library.add([of("e", title="RETRACTED: Moss", abstract="NA", doi="10.1000/c")])
        library._store.set(values="")
    store = Store.open(folder, write=True)
    papers = {paper.id: paper for paper in store.papers.fetch([1, 2, 3, 4])}
    assert (papers["a"].abstract, papers["a"].venue, papers["a"].authors, papers["a"].keywords) == ("", "", (), ())
    assert (papers["b"].abstract, papers["b"].venue, papers["b"].authors) == (TEXT, "Na", ("Na, Li",))
    assert (papers["c"].abstract, papers["c"].notices) == ("", ("retracted",))
    assert papers["d"].title == "NA", "a paper of which nothing would be left stays"
    texts = store._column("SELECT title FROM papers WHERE text_hash NOT IN (SELECT text_hash FROM vectors)")
    assert sorted(texts) == ["RETRACTED: Moss", "Title of a"]
    store.close()
    with Library.open(folder, encoder=ToyEncoder()) as library:
        report = library.add([of("a")])
        assert (report.unchanged, report.added) == (1, 0), "read again as the new version reads it, nothing changes"


@pytest.mark.parametrize(
    "sentence",
    [
        "© 2019 Elsevier Ltd. All rights reserved.", "Copyright © 2012 Wiley Periodicals, Inc.",
        "© The Author(s) 2020. Published by Oxford University Press.",
        "(C) 2003 Elsevier Science B.V. All rights reserved.",
        "This article is protected by copyright. All rights reserved.", "Published by Elsevier Inc.",
        "(PsycINFO Database Record (c) 2016 APA, all rights reserved)", "[ABSTRACT FROM AUTHOR]",
        "© 2015 The Authors. This is an open access article under the CC BY license (http://creativecommons.org/x/4.0/).",
        "Crown Copyright © 2010 Published by Elsevier Ltd. All rights reserved.",
    ],
)  # fmt: skip
def test_what_publishers_repeat_bears_on_no_similarity(sentence: str) -> None:
    paper = Paper(title="Moss", abstract=f"{TEXT} {sentence}")
    assert embedding_text(paper) == embedding_text(Paper(title="Moss", abstract=TEXT))
    assert sentence in paper.abstract
    assert without_boilerplate(sentence) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "We study copyright. Copyright law is old.", "Copyright 2001 law reform changed music. We study it in depth.",
        "The label (c) 2 is used in figure (c) of this work. Results follow.",
        "All rights reserved seats were counted.",
    ],
)  # fmt: skip
def test_what_a_paper_says_of_copyright_stays(text: str) -> None:
    assert without_boilerplate(text) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "This article is part of the theme issue “Moss and the sea”.", "Alle Rechte vorbehalten.",
        "This article is categorized under: Water and Life > Nature of Freshwater Ecosystems.", "版权所有。",
        "Supplementary data are available at Bioinformatics online.",
    ],
)  # fmt: skip
def test_more_that_publishers_add(sentence: str) -> None:
    assert without_boilerplate(f"{TEXT} {sentence}") == TEXT


def test_the_opening_of_a_protocol_says_nothing_of_its_subject() -> None:
    opening = "This is a protocol for a Cochrane Review (intervention). The objectives are as follows: "
    assert without_boilerplate(opening + "To assess moss.") == "To assess moss."


def test_what_five_papers_say_alike_is_no_word_of_their_topic() -> None:
    note = "The committee of the moss congress has read this contribution."
    texts = [f"On item {n}. We count {n} things. They differ. {note if n < 5 else ''}".strip() for n in range(9)]
    assert [text.rstrip() for text in without_repeats(texts)] == [text.removesuffix(note).rstrip() for text in texts]
    assert without_repeats(texts[:4]) == texts[:4]
