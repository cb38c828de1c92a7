"""Manuscripts as they come: LaTeX, Word, PDF, Markdown, text and web pages become paragraphs and citations."""

import io
import json
import re
import zipfile
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import DATA
from explorer.drafts import manuscript
from explorer.drafts.manuscript import Manuscript, bibliography, confinement, kinds, read_manuscript
from explorer.errors import UnreadableFile
from support.cost import examples

FOLDER = DATA / "manuscripts"
LEARNING = "Self-play teaches agents secret habits"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Fifty processes would take half a minute; that a draft comes out of one as it is here, test_confinement says."""

    def parsed(data, name, folder, companions):
        draft = kinds.manuscript(data, name, kinds.Companions(folder and folder.absolute(), dict(companions)))
        return confinement.manuscript_of(json.loads(json.dumps(asdict(draft))))

    monkeypatch.setattr(manuscript, "parsed", parsed)


def paragraphs(draft: Manuscript) -> list[str]:
    return draft.text.split("\n\n")


def cited(draft: Manuscript) -> dict[str, str]:
    return {one.key: one.paper.title for one in draft.cited}


# ----------------------------------------------------------------------------------------------------------- LaTeX


def test_latex_is_read_with_what_it_brings_in():
    draft = read_manuscript(FOLDER / "latex" / "main.tex")
    assert paragraphs(draft) == [
        "# Cooperation without a shared past",
        "# Abstract",
        "Agents that learn together invent conventions which strangers cannot guess. We study how a policy that "
        "assumes nothing about the actions of its partner plays with people it has never met, at a loss of only 3 %.",
        "# Introduction",
        "Self-play teaches agents secret habits. A partner who has not shared the training reads such a signal "
        "wrongly. [bakhtin2021no] show that in Diplomacy two populations of agents, each superhuman against "
        "itself, can fail against each other (Seen by.). Our system, Cartographer, plays π₀ ∈ℝⁿ first; see Figure.",
        "# Search at decision time",
        "Looking ahead before each move made programs strong at chess and go, but in games with hidden cards the "
        "beliefs over what others hold grow too large to be listed. A learned model of these beliefs would make the "
        "search cheap.",
        "Rate of wins over one hundred games against people.",
        "People expect to be imitated: a strong program that plays unlike anyone is a poor teammate, which is why one "
        "would keep the search close to what people do.",
    ]


def test_latex_cites_by_keys_which_its_bibliography_explains():
    draft = read_manuscript(FOLDER / "latex" / "main.tex")
    assert cited(draft) == {
        "hu2021off": "Off-Belief Learning",
        "unknown2020": "",
        "bakhtin2021no": "No-Press Diplomacy from Scratch",
        "notebook": "",
        "sokota2022": "A Unified Approach to Reinforcement Learning, Quantal Response Equilibria, and Two-Player "
        "Zero-Sum Games",
    }
    assert {one.key: one.paper.arxiv for one in draft.cited}["bakhtin2021no"] == "2110.02924"
    assert draft.notes == (
        "main.tex asks for chapters/missing, which is not beside it",
        "main.tex asks for ../outside, which is not beside it",
    )


def latex(body: str, **companions: bytes) -> Manuscript:
    text = f"\\documentclass{{article}}\\begin{{document}}{LEARNING}, and this is long enough. {body}\\end{{document}}"
    return read_manuscript(
        text.encode(), "draft.tex", companions={name.replace("_", "."): b for name, b in companions.items()}
    )


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        (r"\cite{a}", ["a"]),
        (r"\cite{ a , b,c }", ["a", "b", "c"]),
        (r"\citep[see][p.~3]{a,b}", ["a", "b"]),
        (r"\citet*{a} \Citet{b} \citealp[ch.\ [2]]{c}", ["a", "b", "c"]),
        (r"\autocite[12]{a}\textcite{b}\parencite{c}\footcite[see {\em x}][]{d}", ["a", "b", "c", "d"]),
        (r"\autocites(see)()[1]{a}[2][3]{b} {c}\relax {not}", ["a", "b", "c"]),
        (r"\citeauthor{a}\citeyearpar{b}\supercite{c}\nocite{d}", ["a", "b", "c", "d"]),
        ("\\cite\n  [p. 1]\n  {a}", ["a"]),
        (r"\citestyle{plain} \defcitealias{x}{Paper I} \newcommand{\mycite}[1]{\cite{#1}}", []),
        (r"100\% \cite{a} % \cite{b}", ["a"]),
        (r"\verb|\cite| \begin{verbatim}\cite{b}\end{verbatim}\begin{comment}\cite{c}\end{comment}", []),
        (r"\cite{a", []),
    ],
)
def test_all_ways_to_cite(written, keys):
    assert [one.key for one in latex(written).cited] == keys


def test_nocite_star_means_the_whole_bibliography_and_so_does_no_citation():
    refs = (FOLDER / "refs.bib").read_bytes()
    assert len(latex(r"\cite{hu2021off} \bibliography{refs}", refs_bib=refs).cited) == 1
    assert len(latex(r"\nocite{*} \cite{elsewhere} \bibliography{refs}", refs_bib=refs).cited) == 5
    assert len(latex(r"\addbibresource{refs.bib}", refs_bib=refs).cited) == 4
    alone = latex(r"\cite{hu2021off} \bibliography{refs}")
    assert not alone.cited[0].named
    assert alone.notes == ("draft.tex asks for the bibliography refs.bib, which is not beside it",)
    assert alone.with_bibliography(bibliography(refs, "refs.bib")).cited[0].paper.title == "Off-Belief Learning"


def test_bibitems_are_references_as_printed():
    draft = latex(
        r"\cite{a}\begin{thebibliography}{9}\bibitem[Hu(2021)]{a} H.~Hu. \newblock {\em Off-Belief Learning}. "
        r"arXiv:2103.04000v2. \bibitem{b} Brown. doi: 10.1126/science.aay2400. \end{thebibliography}"
    )
    assert [(one.key, one.paper.arxiv, one.paper.doi) for one in draft.cited] == [
        ("a", "2103.04000", ""),
        ("b", "", "10.1126/science.aay2400"),
    ]
    assert draft.cited[0].text == "H. Hu. Off-Belief Learning. arXiv:2103.04000v2."
    assert "Brown" not in draft.text


def test_formulas_of_their_own_go_and_new_lines_stay_text():
    draft = latex(
        r"One\\[2pt] two \[ x^2 \] three $$y$$ four \\* five $z_1$ \(w\) six \begin{align*}a\end{align*} seven"
    )
    assert draft.text.endswith("One two three four five z₁ w six seven")


def test_files_outside_the_folder_are_never_opened(tmp_path):
    (tmp_path / "secret.tex").write_text("Something that nobody may see.")
    inside = tmp_path / "draft"
    inside.mkdir()
    (inside / "link.tex").symlink_to(tmp_path / "secret.tex")
    for name in ("../secret", str(tmp_path / "secret"), "link", "/etc/passwd", "~/x", "C:/x"):
        (inside / "main.tex").write_text(f"\\section{{A}} {LEARNING}, and so on and on. \\input{{{name}}} \\cite{{a}}")
        assert "nobody may see" not in read_manuscript(inside / "main.tex").text
        assert "root:" not in read_manuscript(inside / "main.tex").text


@pytest.mark.slow
def test_files_that_bring_in_each_other_end(tmp_path):
    for name in "abcdefgh":
        twice = "".join(f"\\input{{{other}}}\\input{{{other}}}" for other in "abcdefgh")
        (tmp_path / f"{name}.tex").write_text(f"\\section{{{name}}} {LEARNING}. \\cite{{{name}}} {twice}" * 20)
    draft = read_manuscript(tmp_path / "a.tex")
    assert {one.key for one in draft.cited} == set("abcdefgh")
    assert len(draft.text) < 10_000_000


# ------------------------------------------------------------------------------------------------------------ Word


def test_word_is_read_with_the_citations_of_three_programs():
    draft = read_manuscript(FOLDER / "draft.docx")
    assert paragraphs(draft) == [
        "# Cooperation without a shared past",
        "# Introduction",
        "Self-play teaches agents secret habits (Hu 2021; Brown 2019). A partner who has not shared the training reads "
        "such a signal wrongly.",
        "Two populations of agents can fail against each other (Bakhtin 2021).",
        "People expect to be imitated (Jacob 2022), which is why a search should keep close to what people do.",
        "# Search at decision time",
        "Looking ahead before each move made programs strong at chess and go.",
        "Table 1. Scores of strangers.",
    ]
    assert [(one.paper.title or one.text, one.paper.doi) for one in draft.cited] == [
        ("Off-Belief Learning", ""),
        ("Superhuman AI for multiplayer poker", "10.1126/science.aay2400"),
        ("No-Press Diplomacy from Scratch", ""),
        ("Modeling Strong and Human-Like Gameplay with KL-Regularized Search", ""),
        ("Hu, H. (2021). Off-Belief Learning.", ""),
        ("Foster, M. (1999). A paper typed by hand. https://doi.org/10.1000/xyz123", "10.1000/xyz123"),
    ]
    assert draft.cited[0].paper.authors == ("Hu, Hengyuan",)
    assert draft.cited[0].paper.year == 2021


def docx(document: bytes, **parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


@pytest.mark.slow
def test_a_word_document_that_swells_is_refused():
    with pytest.raises(UnreadableFile, match=r"bomb\.docx: unpacks to more than 64 MB"):
        read_manuscript(docx(b"<w:t>" + bytes(70 * 2**20)), "bomb.docx")


def test_entities_of_a_word_document_are_refused(tmp_path):
    (tmp_path / "secret").write_text("nobody may see")
    for declared in (f'<!ENTITY e SYSTEM "file://{tmp_path}/secret">', '<!ENTITY e "lol">'):
        body = f'<!DOCTYPE d [{declared}]><w:d xmlns:w="u"><w:p><w:r><w:t>{LEARNING}. &e;</w:t></w:r></w:p></w:d>'
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(UnreadableFile, match="DOCTYPE"):
                read_manuscript(docx(f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)), "e.docx")


def test_a_word_document_nested_too_deep_does_no_harm():
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    with pytest.raises(UnreadableFile, match=r"deep.docx: (?:holds no prose|is damaged)"):
        confinement.parsed(docx(deep), "deep.docx", None, {})


# ------------------------------------------------------------------------------------------------------------- PDF


def test_two_columns_become_paragraphs_in_order():
    draft = read_manuscript(FOLDER / "two_columns.pdf")
    found = paragraphs(draft)
    assert [line for line in found if line.startswith("# ")] == [
        "# Cooperation without a shared past",
        "# Abstract",
        "# 1 Introduction",
        "# 2 Search at decision time",
        "# 3 Equilibria",
    ]
    printed = read_manuscript((FOLDER / "two_columns.html").read_text().replace("&shy;", "").encode(), "p.html")
    assert f"Journal of Teamwork 12 (2026), a draft\n\n{draft.text}\n\n# A Appendix" in printed.text
    assert "two populations of agents" in found[4]  # divided over two lines
    assert "zero-sum games" in draft.text  # the hyphen of a word that has one stays
    assert found[-1].endswith("announced before it began.")
    for gone in ("Journal of Teamwork", "24.1", "the cat", "Appendix", "Off-Belief"):
        assert gone not in draft.text
    assert [(one.key, one.paper.arxiv, one.paper.doi) for one in draft.cited] == [
        ("1", "2103.04000", ""),
        ("2", "", "10.1126/science.aay2400"),
        ("3", "", ""),
    ]
    assert draft.cited[2].text == (
        "[3] A. Bakhtin, D. Wu, A. Lerer and N. Brown. No-Press Diplomacy from Scratch. In NeurIPS, 2021."
    )


# --------------------------------------------------------------------------------------------- Markdown, text, HTML


def test_markdown_is_read_with_pandocs_citations():
    draft = read_manuscript(FOLDER / "draft.md")
    assert paragraphs(draft) == [
        "# Cooperation without a shared past",
        "# Introduction",
        "Self-play teaches agents secret habits. As [bakhtin2021no] show, two populations of agents can fail against "
        "each other. Write to me@example.org.",
        "# Search at decision time",
        "Looking ahead before each move made programs strong at chess and go.",
        "Beliefs over what others hold grow too large to be listed.",
        "Rate of wins over one hundred games.",
    ]
    assert cited(draft) == {
        "hu2021off": "Off-Belief Learning",
        "unknown2020": "",
        "bakhtin2021no": "No-Press Diplomacy from Scratch",
    }


def test_plain_text_has_paragraphs_headings_and_references():
    draft = read_manuscript(FOLDER / "draft.txt")
    assert paragraphs(draft)[:2] == ["# Cooperation without a shared past", "# 1. Introduction"]
    assert paragraphs(draft)[2].endswith("reads such a signal wrongly (Hu et al., 2021).")
    assert [(one.key, one.paper.arxiv or one.paper.doi) for one in draft.cited] == [
        ("1", "2103.04000"),
        ("2", "10.1126/science.aay2400"),
        ("3", ""),
    ]


def test_web_pages_lose_navigation_and_code():
    page = (
        "<!doctype html><html><nav>Home <p>About</nav><h1>A <em>draft</em></h1><p>Self-play teaches agents&nbsp;"
        "secret habits &amp; more.<script>x()</script><p>Beliefs grow.<pre>code</pre><h2>References</h2><ol><li>Hu. "
        "Off-Belief Learning. https://arxiv.org/abs/2103.04000</ol></html>"
    )
    draft = read_manuscript(page.encode(), "draft.html")
    assert paragraphs(draft) == ["# A draft", "Self-play teaches agents secret habits & more.", "Beliefs grow."]
    assert [one.paper.arxiv for one in draft.cited] == ["2103.04000"]


@pytest.mark.parametrize("name", ["draft", "draft.txt", "draft.pdf", "draft.md"])
def test_the_content_says_what_a_file_is_not_its_name(name):
    for kind, first in (
        ("two_columns.pdf", "# Cooperation without a shared past"),
        ("draft.docx", "# Cooperation without a shared past"),
    ):
        assert paragraphs(read_manuscript((FOLDER / kind).read_bytes(), name))[0] == first
    assert "Cartographer" in read_manuscript((FOLDER / "latex" / "main.tex").read_bytes(), "draft.txt").text


# ------------------------------------------------------------------------------------------------- what is no draft


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty. Check that it was saved"),
        (b" \n\0\n ", "is empty"),
        (b"Too short.", "holds no prose"),
        ((FOLDER / "protected.pdf").read_bytes(), "is protected by a password. Save a copy without it"),
        ((FOLDER / "scanned.pdf").read_bytes(), "pictures (a scan). Recognise the text first, with OCRmyPDF"),
        ((FOLDER / "two_columns.pdf").read_bytes()[:9000], "is damaged or was not copied whole"),
        ((FOLDER / "draft.docx").read_bytes()[:9000], "is damaged or was not copied whole"),
        ((FOLDER / "refs.bib").read_bytes(), "is a bibliography, not a draft. Give the draft, and this beside it"),
        (b"\xd0\xcf\x11\xe0 and so on", "is an old Word document, which cannot be read. Save it as .docx"),
        (b"{\\rtf1 hello}", "is a rich text document, which cannot be read. Save it as .docx"),
        (bytes(range(256)) * 8, "holds no text. Readable are LaTeX, Word"),
        (b"x" * (64 * 2**20 + 1), "is larger than 64 MB"),
        (docx(b"", x=b"")[:-30], "is damaged or was not copied whole"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_draft_is_refused_with_what_to_do(data, said):
    with pytest.raises(UnreadableFile, match=re.escape(said)) as raised:
        read_manuscript(data, "my draft.xyz")
    assert str(raised.value).startswith("my draft.xyz: ")


def test_other_archives_are_told_apart():
    for inside, said in (("content.xml mimetype", "an OpenDocument file"), ("xl/workbook.xml", "a table"),
                         ("main.tex", "an archive of LaTeX files"), ("a.png", "without a Word document")):  # fmt: skip
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name in inside.split():
                archive.writestr(name, "x")
        with pytest.raises(UnreadableFile, match=said):
            read_manuscript(held.getvalue(), "draft.zip")


def test_a_file_that_is_not_there_or_a_folder_is_said_to_be(tmp_path):
    with pytest.raises(UnreadableFile, match=r"none\.tex: cannot be opened \(No such file"):
        read_manuscript(tmp_path / "none.tex")
    with pytest.raises(UnreadableFile, match="is a folder"):
        read_manuscript(tmp_path)


ODD = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(
        st.sampled_from(
            "\\documentclass \\begin{document} \\end{document} \\begin{figure} \\end{figure} \\caption{ \\cite{ "
            "\\citep[ \\input{a} \\section{ { } [ ] $ $$ \\[ \\] \\\\ % # ## ``` --- [@a @{ | | - <p> <!-- --> <h1> "
            "References [1] 1. \\bibitem{ \\newcommand{\\a} \\a \\verb| \\footnote{ ~ & _ ^ text words "
            "\n \n\n".split(" ")
        ),
        max_size=60,
    ).map(lambda parts: " ".join(parts).encode()),
    st.binary(max_size=300).map(lambda data: b"%PDF-1.4\n" + data),
    st.binary(max_size=300).map(lambda data: docx(b'<w:d xmlns:w="u"><w:p><w:r><w:t>' + data)),
    st.tuples(st.sampled_from(["two_columns.pdf", "draft.docx", "latex/main.tex", "draft.md"]), st.integers(0, 40_000),
              st.binary(max_size=40)).map(lambda cut: changed(*cut)),
)  # fmt: skip


def changed(name: str, at: int, data: bytes) -> bytes:
    whole = (FOLDER / name).read_bytes()
    at %= len(whole)
    return whole[:at] + data + whole[at + len(data) :]


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD, st.sampled_from(["a.tex", "a.docx", "a.pdf", "a.md", "a.txt", "a"]))
@example(b"\\cite", "a.tex")
@example(b"\\begin{document}\\title", "a.tex")
def test_no_bytes_raise_anything_but_unreadable_file(data, name):
    try:
        draft = kinds.manuscript(data, name, kinds.Companions(None, {}))  # 300 processes would take a minute
    except UnreadableFile as error:
        assert str(error).startswith(f"{name}: ")
    else:
        assert all(line.strip() for line in draft.text.split("\n\n")) or not draft.text
        assert "\n\n\n" not in draft.text
        assert "\0" not in draft.text
