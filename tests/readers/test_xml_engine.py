"""XML as it comes: broken, in any encoding, hostile, changed at random."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, shared
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import read
from explorer.readers.engine import markup, xml, xml_cut
from explorer.readers.formats.xml_formats import READERS
from explorer.readers.io.stream import Stream
from support.cost import examples, seconds_at_most
from support.files import Write, only, papers
from support.xml_samples import ATOM, OAI, PUBMED, STRUCT, ZOTERO

# ----------------------------------------------------------------------------------------------------- broken files


def test_a_tag_without_end_takes_no_time(write: Write) -> None:
    with seconds_at_most(2), pytest.raises(UnreadableFile, match="XML of another kind"):  # 20 s when each end was tried
        papers(write("long.xml", f'<collection id="2019.x"><volume id="1"><{"1" * 65_000}'))


def articles(*bodies: str) -> str:
    return "<PubmedArticleSet>\n" + "".join(f"{body}\n" for body in bodies) + "</PubmedArticleSet>\n"


def article(number: int, title: str = "", rest: str = "</Article></MedlineCitation></PubmedArticle>") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>{title or f'Title {number}'}"
        f"</ArticleTitle>{rest}"
    )


def counted(path: Path) -> list[tuple[int, int, str]]:
    """Record, line, and title or reason of everything in a file that belongs to a record."""
    return [
        (item.sources[0].record, item.sources[0].line, item.title)
        if isinstance(item, Paper)
        else (item.record, item.line, item.reason)
        for item in read(path)
        if isinstance(item, Paper) or item.record
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (article(2, rest="</Article></MedlineCitation>"), "</PubmedArticle> is missing: another begins on line 4"),
        ("<PubmedArticle><MedlineCitation>", "</PubmedArticle> is missing: another begins on line 4"),
        (article(2, "<i>lost</b>"), "broken XML on line 3: mismatched tag"),
        (article(2, '<i class="a>lost</i>'), "broken XML on line 3: not well-formed"),
        ("<PubmedArticle><MedlineCitation/></PubmedArticle>", "no title and no abstract"),
        ("<PubmedArticle/>", "without its <MedlineCitation>"),
    ],
)
def test_a_broken_record_costs_only_itself(write_xml: Write, broken: str, reason: str) -> None:
    found = counted(write_xml(articles(article(1), broken, article(3))))
    assert [line for _, line, _ in found] == [2, 3, 4]
    assert (found[0][2], found[2][2]) == ("Title 1", "Title 3")
    assert reason in found[1][2]


def test_a_file_cut_short(write_xml: Write) -> None:
    text = articles(article(1), article(2))
    path = write_xml(text[: text.index("Title 2")])
    [first, second] = counted(path)
    assert first == (1, 2, "Title 1")
    assert second[:2] == (2, 3) and "ends within this record" in second[2]
    between = write_xml(text[: text.index("<PubmedArticle><MedlineCitation><PMID>2")])
    [_, note] = read(between)
    assert isinstance(note, Problem) and note.record == 0 and "without </PubmedArticleSet>" in note.reason


def test_joined_files_and_tags_in_comments(write_xml: Write) -> None:
    one = '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "x">\n' + articles(article(1))
    assert [paper.pmid for paper in papers(write_xml(one + one.replace("Title 1", "Title 1b")))] == ["1", "1"]
    hidden = articles(
        f"<!-- {article(8)} -->", article(1, "A <![CDATA[</PubmedArticle> & <b]]> b"), "<?x <PubmedArticle?>"
    )
    assert [paper.title for paper in papers(write_xml(hidden))] == ["A </PubmedArticle> & <b b"]


def test_forbidden_characters_are_mended_and_told(write_xml: Write) -> None:
    path = write_xml(articles(article(1, "AT&T p < 0.05, caf&eacute;\x0b &#x2; &bogus; x=1&copy=2 &lt;ok&gt;")))
    [paper, note] = read(path)
    assert isinstance(paper, Paper)
    assert paper.title == "AT&T p < 0.05, café &bogus; x=1&copy=2 <ok>"
    assert isinstance(note, Problem) and note.record == 0 and "XML forbids" in note.reason


def test_a_comment_that_never_ends_is_told(write_xml: Write) -> None:
    found = counted(write_xml(articles(article(1), "<!-- lost", article(2))))
    assert found[0] == (1, 2, "Title 1")
    assert found[1][:2] == (2, 3) and "-->" in found[1][2]


def test_too_long_a_record(write_xml: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "10_000")
    found = counted(write_xml(articles(article(1), article(2, "x" * 20_000), article(3))))
    assert [line for _, line, _ in found] == [2, 3, 4]
    assert "longer than" in found[1][2]


# -------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8-sig", "utf-16-le", "cp850"])
def test_declared_encodings(write_xml: Write, encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?>' + articles(article(1, "Über Käfer"))
    assert only(write_xml(text.encode(encoding))).title == "Über Käfer"


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "euc-jp", "big5"])
def test_declared_encodings_of_two_bytes(write_xml: Write, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + articles(article(1, "日本 </i>".replace("</i>", "")))
    assert only(write_xml(text.encode(encoding))).title == "日本"


def test_wrongly_declared_encodings(write_xml: Write) -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + articles(article(1, "Über Käfer"))
    assert only(write_xml(text.format("utf-16").encode())).title == "Über Käfer"  # .NET writes this
    assert only(write_xml(text.format("iso-8859-1").encode())).title == "Über Käfer"
    assert only(write_xml(text.format("unicode_escape").encode())).title == "Über Käfer"
    [paper, note] = read(write_xml(text.format("utf-8").encode("cp1252")))
    assert isinstance(paper, Paper) and paper.title == "Über Käfer"
    assert isinstance(note, Problem) and "not UTF-8" in note.reason
    carriage = articles(article(1), article(2)).replace("\n", "\r")
    assert [line for _, line, _ in counted(write_xml(carriage))] == [2, 3]


# ------------------------------------------------------------------------------------------------------------ hostile

BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">\n' for n in range(10))


@pytest.mark.parametrize(
    "declarations",
    [BOMB, f'<!ENTITY a "{"x" * 60_000}">', "<!ENTITY a '&b;'><!ENTITY b '&a;'>", f'<!ENTITY a "{"x" * 2_000_000}'],
    ids=["billion laughs", "quadratic", "loop", "endless"],
)
@pytest.mark.parametrize("root", ["PubmedArticleSet", "feed", "xml", "rdf:RDF", "article", "modsCollection", "OAI-PMH"])
def test_bombs_are_refused(write_xml: Write, declarations: str, root: str) -> None:
    inner = "<record><ref-type/><PubmedArticle/><entry><title>&l9;&a;</title></entry><front/></record>"
    path = write_xml(f'<?xml version="1.0"?><!DOCTYPE {root} [{declarations}]><{root}>{inner}</{root}>')
    with seconds_at_most(2), pytest.raises(UnreadableFile, match=r"entity bomb|DOCTYPE|XML of another kind"):
        list(read(path))


def test_shared_bombs_are_refused_in_time_and_memory() -> None:
    code = (
        "import resource, sys, time; from explorer.readers import read, UnreadableFile\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.process_time()\n"
        "for path in sys.argv[1:]:\n"
        "    try: list(read(path)); sys.exit('read')\n"
        "    except UnreadableFile as error: assert 'bomb' in str(error), error\n"
        "print(time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    names = ("billion_laughs_endnote.xml", "billion_laughs_pubmed.xml", "quadratic_blowup.xml")
    paths = [str(shared("imports", "hostile", name)) for name in names]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, cwd=ROOT, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 2
    assert megabytes < 200


def test_nothing_outside_is_read(write_xml: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    path = write_xml(
        f'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "http://127.0.0.1:9/">'
        '%p;<!ENTITY uni "University of X"><!ENTITY lt "&#38;#60;">]>'
        + articles(article(1, "From &uni;&x; &lt; &amp;"))
    )
    assert only(path).title == "From University of X < &"


@pytest.mark.slow
def test_deep_nesting_and_many_tags(write_xml: Write) -> None:
    deep = "<i>" * 100_000 + "deep" + "</i>" * 100_000
    nested = "<sec><title>" * 20_000 + "x" + "</title></sec>" * 20_000
    abstract = f"<Abstract><AbstractText>{nested}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
    path = write_xml(articles(article(1, deep), article(2, rest=abstract), article(3, "<b/>" * 1_000_001), article(4)))
    with seconds_at_most(20):
        found = counted(path)
    assert [found[0][2], found[1][2], found[3][2]] == ["deep", "Title 2", "Title 4"]
    assert "1,000,000 tags" in found[2][2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 500_000,
        "<![CDATA[" * 300_000,
        "<PubmedArticle>" * 150_000,
        "<PubmedArticle a=\"" * 100_000,
        "<PubmedArticle><i>" + "<![CDATA[" * 300_000,
        "<PubmedArticle>" + "&" * 2_000_000 + "</PubmedArticle>",
        "<PubmedArticle>" + "\n" * 2_000_000 + "</PubmedArticle>",
        "x" * 3_000_000,
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(write_xml: Write, text: str) -> None:
    path = write_xml(f"<PubmedArticleSet>{text}</PubmedArticleSet>")
    with seconds_at_most(20):
        try:
            count = len(list(read(path)))
        except UnreadableFile:
            count = 0
    assert count <= 2 * 150_000


@pytest.mark.slow
def test_text_without_tags_is_linear() -> None:
    for text in ("<" * 300_000, "<i " * 200_000, "&" * 500_000, " \n" * 500_000, "<p>" * 200_000, "<a b=" * 100_000):
        with seconds_at_most(5):
            markup.string(text)


# ------------------------------------------------------------------------------------------------- arbitrary changes

SAMPLES = {
    "PubMed": PUBMED,
    "RDF": ZOTERO,
    "Atom": ATOM.format("<entry><id>a</id><title>T</title></entry>" * 3),
    "OAI": OAI.format("<record><header/><metadata><dc><title>T</title></dc></metadata></record>" * 3),
    "TEI": f"<listBibl>{STRUCT * 3}</listBibl>",
    "EndNote": "<xml><records>" + "<record><titles><title>T</title></titles></record>" * 3 + "</records></xml>",
}
_PIECES = ("", "<", ">", "&", "</", "<!--", "<![CDATA[", '"', "\x00", "é", "<record>", "]]>")


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_changed_files_never_raise(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    text = SAMPLES[name]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        piece = data.draw(
            st.sampled_from(["", "<", ">", "&", "</", "<!--", "<![CDATA[", '"', "\x00", "é", "<record>", "]]>"])
        )
        text = text[:at] + piece + text[at + data.draw(st.integers(0, 12)) :]
    path = tmp_path_factory.mktemp("changed") / "a.xml"
    path.write_bytes(text.encode())
    reader = next((reader for reader in READERS if reader.recognises("a.xml", Stream(path).head())), None)
    if reader is None:
        return
    try:
        records = [
            item.sources[0].record if isinstance(item, Paper) else item.record for item in reader.read(Stream(path))
        ]
    except UnreadableFile:
        return
    assert records == list(range(1, len(records) + 1))


@settings(max_examples=examples(100), deadline=None)
@given(st.text(alphabet="<>/!-[]CDAT r=\"'&;xé\n", max_size=400), st.integers(1, 7))
def test_cutting_does_not_depend_on_the_pieces(text: str, size: int) -> None:
    def cuts(pieces: list[str]) -> list[xml_cut.Cut]:
        cutter = xml_cut.Cutter(("r",), nests=False)
        found = [cut for piece in pieces for cut in cutter.feed(piece)]
        return [*found, *cutter.end()]

    assert cuts([text]) == cuts([text[at : at + size] for at in range(0, len(text), size)])


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_spelled(text: str) -> None:
    assert "\x01" not in markup.string(text)
    assert xml.root_of(text) is None or xml.root_of(text).name
