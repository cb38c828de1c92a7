"""The page of a library: its files, what is in them and what is not, and the folder they are put into."""

import gzip
import json
import random

import numpy as np
import pytest

from conftest import SEEDS
from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.export.site import MARK, Options, write_site
from explorer.export.site.bundle import Bundle
from explorer.export.site.pack import script_data
from explorer.export.site.papers import page_keys
from explorer.export.site.words import _variable
from explorer.filter import Filter
from explorer.library import Library
from explorer.search.question import Question
from explorer.store import HIDDEN, LIKED, Kind
from support.command import explorer
from support.node import NEEDED, OPENED, OPENING, evaluated
from support.papers import record, related

PRIVATE = "canary"


def contents(folder):
    """Every byte of a page, as it lies there and as the browser reads it."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            if path.parent.name == "data":
                yield path, gzip.decompress(script_data(data))


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("site") / "toy", encoder=ToyEncoder()) as library:
        library.add(related(30))
        yield library


@pytest.fixture(scope="module")
def page(library):
    folder = library.folder.parent / "page"
    write_site(library, folder)
    return folder


def test_a_page_is_html_style_script_data_and_a_mark_that_names_them(page):
    names = {path.relative_to(page).as_posix() for path in page.rglob("*") if path.is_file()}
    parts = {"map", "papers", "abstracts", "words", "meaning"}
    assert names == {"index.html", "page.css", "page.js", "LICENSE.txt", MARK} | {f"data/{part}.js" for part in parts}
    mark = json.loads((page / MARK).read_text())
    assert set(mark["files"]) == names - {MARK}
    assert mark["papers"] == 30
    assert "import " not in (page / "page.js").read_text().split("(() => {", 1)[1][:200]


def test_a_library_of_another_model_says_that_its_page_reads_words(page):
    html = (page / "index.html").read_text()
    assert "compared by their words only" in html
    assert "Apache License 2.0" in html
    assert "Apache License" in (page / "LICENSE.txt").read_text()
    assert "abstracts belong to their authors and publishers" in html


def test_equal_libraries_give_equal_pages(library, tmp_path, page):
    write_site(library, tmp_path / "again")
    for path in page.rglob("*.js"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(page)).read_bytes()


def test_what_a_user_noted_and_where_records_came_from_is_in_no_byte_of_a_page(toy, write, tmp_path, monkeypatch):
    fields = {"collections": [f"{PRIVATE}folder"], "keywords": [f"{PRIVATE}keyword"], "id": f"{PRIVATE}id"}
    toy.add(write(record(0, **fields), *(record(n) for n in range(1, 20)), name=f"{PRIVATE}file.jsonl"))
    toy.add(
        write(record(50, title=f"{PRIVATE}title", abstract=f"{PRIVATE}abstract " * 9, authors=[f"{PRIVATE}author"]))
    )
    first, *_, secret = toy.snapshot.papers()
    assert secret.title == f"{PRIVATE}title"
    toy.marks.put(Kind.COLLECTION, HIDDEN, secret.id)
    toy.marks.put(Kind.COLLECTION, f"{PRIVATE}collection", first.id)
    toy.marks.put(Kind.COLLECTION, LIKED, first.id)
    toy.marks.put(Kind.TAG, f"{PRIVATE}tag", first.id)
    toy.marks.note(first.id, f"{PRIVATE}note")
    toy.saved.put(f"{PRIVATE}saved", Question(f"{PRIVATE}question"))
    write_site(toy, tmp_path / "page")
    read = b"".join(data for _, data in contents(tmp_path / "page"))
    assert b"Paper about" in read
    assert PRIVATE.encode() not in read.lower()
    assert str(tmp_path).encode() not in read
    assert json.loads((tmp_path / "page" / MARK).read_text())["papers"] == 20


def test_a_filter_and_no_abstracts_leave_out_what_they_say(library, tmp_path):
    options = Options(Filter(venue="Odd"), abstracts=False, title="Odd <papers>")
    assert write_site(library, tmp_path / "page", options).papers == 15
    read = b"".join(data for _, data in contents(tmp_path / "page"))
    assert b"Paper number1" in read
    assert b'Paper number2"' not in read
    assert library.snapshot.papers([0])[0].abstract.encode() not in read
    assert "Odd &lt;papers&gt;" in (tmp_path / "page" / "index.html").read_text()
    with pytest.raises(ExplorerError, match="no paper passes"):
        write_site(library, tmp_path / "none", Options(Filter(venue="Nowhere")))
    assert not (tmp_path / "none").exists()


def test_only_a_page_is_replaced_and_no_file_of_anybody_is_lost(library, tmp_path):
    page, other = tmp_path / "page", tmp_path / "other"
    write_site(library, page)
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(ExplorerError, match="no page written by explorer"):
        write_site(library, other)
    assert (other / "thesis.txt").read_text() == "mine"
    with pytest.raises(ExplorerError, match=r"is a file"):
        write_site(library, other / "thesis.txt")
    (page / "CNAME").write_text("papers.example.org")
    with pytest.raises(ExplorerError, match="also holds CNAME"):
        write_site(library, page)
    (page / "CNAME").unlink()
    (page / "page.css").write_text("old")
    write_site(library, page)
    assert (page / "page.css").read_text() != "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "page"]


@pytest.mark.slow
def test_the_command_writes_a_folder_and_names_what_does_not_fit(toy_with, tmp_path):
    toy = toy_with(related(5))
    toy.close()
    library = ["--library", str(tmp_path / "toy")]
    done = explorer("export", *library, "-o", "page/", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "5 papers written to page" in done.stderr
    assert (tmp_path / "page" / "index.html").exists()
    wrong = explorer("export", *library, "-o", "page", "--vectors", "v.npy", cwd=tmp_path)
    assert "a page holds its own vectors" in wrong.stderr
    wrong = explorer("export", *library, "-o", "a.bib", "--no-abstracts", cwd=tmp_path)
    assert "a.bib is a file" in wrong.stderr


def test_papers_are_called_by_what_they_are(library):
    papers = library.snapshot.papers(range(3))
    keys = page_keys([*papers, papers[0]])
    assert len(set(keys)) == 4
    assert keys[3] == f"{keys[0]}-2"
    assert not any(paper.id in key for paper, key in zip(papers, keys, strict=False))


def test_a_script_of_modules_keeps_their_order_and_refuses_what_it_does_not_know(tmp_path):
    (tmp_path / "a.js").write_text(
        '// A.\n\nimport { b as c } from "./b.js";\nimport * as all from "./b.js";\nprint(c, all.d());\n'
    )
    (tmp_path / "b.js").write_text("// B.\n\nexport const b = 1;\nexport async function d() { return fetch; }\n")
    (tmp_path / "f.js").write_text("export const own = 2;\n")
    fetch = {"fetch": (tmp_path / "f.js", "own")}
    script = Bundle(tmp_path / "a.js", lambda path: fetch if path.name == "b.js" else {}).script
    assert script.index("own = 2") < script.index("const fetch =") < script.index("b = 1") < script.index("print(c")
    assert "return { b, d };" in script
    assert "const { b: c } = module1;" in script
    for unknown in ("export default 1;\n", "export const b = 1, e = 2;\n", 'export * from "./f.js";\n'):
        (tmp_path / "b.js").write_text(unknown)
        with pytest.raises(ExplorerError, match=r"b\.js: this form of import or export"):
            Bundle(tmp_path / "a.js", lambda path: {})
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\n')
    with pytest.raises(ExplorerError, match="imports itself"):
        Bundle(tmp_path / "a.js", lambda path: {})


def test_gaps_take_as_few_bytes_as_they_need():
    values = np.array([0, 127, 128, 300, 2**21, 5], np.int64)
    made, read, shift = [0], _variable(values).tolist(), 0
    for byte in read:
        made[-1] |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            made, shift = [*made, 0], 0
    assert made[:-1] == values.tolist()
    assert len(read) == 1 + 1 + 2 + 2 + 4 + 1


# ------------------------------------------------------------------------------------- the page answers as the app


@NEEDED
def test_words_score_as_in_the_app_and_papers_have_the_same_neighbours(library, page, tmp_path):
    arrays = library.snapshot.arrays
    texts = [
        "alpha beta",
        "gamma",
        "Author1",
        "number7 alpha the delta",
        "the",
        "alphas alpha alpha",
        "nothing here",
        "Zeta α ζ C++",
    ]
    ask = f"{{{OPENED}"
    ask += """
      const all = texts.map((text) => index.query(text));
      const scores = all.map(({ scores, bound, name }) => [[...scores], bound, name]);
      const near = [];
      for (let row = 0; row < library.count; row++) {
        const { results } = await answers.ask({ text: "", paper: row, filter: {}, area: [] }, 10, () => {});
        near.push(results.map(({ row, similarity, relevance, level }) => [row, similarity, relevance, level]));
      }
      return { scores, near };
}"""
    made = evaluated(OPENING, ask, tmp_path, page=str(page), texts=texts)
    for text, (scores, bound, name) in zip(texts, made["scores"], strict=True):
        expected = arrays.bm25.query(text, arrays.keys)
        assert scores == pytest.approx(expected.scores.tolist(), abs=1e-4)
        assert bound == pytest.approx(expected.bound, abs=1e-4)
        assert name == expected.name
    for row, near in enumerate(made["near"]):
        answer = library.ask(Question(like=(library.snapshot.papers([row])[0].id,)), 10)
        assert [entry[0] for entry in near][:3] == [result.row for result in answer.results][:3]
        for result, (_, similarity, relevance, level) in zip(answer.results[:3], near, strict=False):
            assert similarity == pytest.approx(result.similarity, abs=0.01)
            assert relevance == pytest.approx(result.relevance, abs=2)
            assert level == result.level.value


@NEEDED
def test_texts_are_cut_into_the_words_of_the_app_and_have_its_stems(tmp_path):
    from explorer.language.lexicon import FUNCTIONS_BY_LANGUAGE
    from explorer.language.tokens import tokens
    from explorer.search.inversion import stem

    texts = [
        "What is C++11 and .NET, or C#, CD4+CD25+ T-cells’ Na+?",
        "Über die Größe der Wörter und das Maß",
        "深度学习 模型 and 中",
        "IT IS LOUD",
        "WHO says what’s who's",
        "l'apprentissage des modèles et de la langue",
        "한국어 검색",
        "naïve Øre æon ﬁne x²",
        "भाषा मॉडल",
        "ไทยแลนด์",
        "state-of-the-art (SOTA) e.g. 3D/2D_x",
        "",
    ]
    chance = random.Random(3)
    words = "organization running flies dying generously communism added agreed hopping international sky news".split()
    endings = "s ed ing ly ness ful ization ational ously ement able ive ies ical edly".split()
    words += [chance.choice(words)[: chance.randint(2, 9)] + chance.choice(endings) for _ in range(2000)]
    read = """{
      const tokenizer = new Tokenizer(functions);
      return { read: texts.map((text) => tokenizer.read(text)), stems: words.map(stem) };
    }"""
    functions = {language: sorted(own) for language, own in FUNCTIONS_BY_LANGUAGE.items()}
    imports = {"tokens.js": "Tokenizer", "stems.js": "stem"}
    made = evaluated(imports, read, tmp_path, functions=functions, texts=texts, words=words)
    for text, given in zip(texts, made["read"], strict=True):
        expected = tokens(text)
        assert (text, given["words"], given["counts"]) == (text, expected.words, expected.counts)
    assert made["stems"] == [stem(word) for word in words]


@NEEDED
def test_filters_areas_titles_and_identifiers(page, tmp_path):
    ask = f"{{{OPENED}"
    ask += """
      const rows = (mask) => [...mask].flatMap((one, row) => (one ? [row] : []));
      return {
        venue: rows(library.passing({ venue: "Odd" })),
        years: rows(library.passing({ from: 2003, to: 2004 })),
        author: rows(library.passing({ author: "A. Author1" })),
        none: library.passing({}),
        title: library.titled("PAPER number3!"),
        everywhere: rows(library.passing({}, [[-9, -9], [9, -9], [9, 9], [-9, 9]])),
      };
}"""
    made = evaluated(OPENING, ask, tmp_path, page=str(page))
    assert made["venue"] == list(range(1, 30, 2))
    assert made["years"] == [3, 4, 13, 14, 23, 24]
    assert made["author"] == list(range(1, 30, 3))
    assert made["none"] is None
    assert made["title"] == [3]
    assert made["everywhere"] == list(range(30))


@pytest.mark.slow
def test_the_seeds_as_a_page_answer_as_the_app(seed_folder, tmp_path):
    assert SEEDS
    with Library.open(seed_folder, write=False) as library:
        written = write_site(library, tmp_path / "page")
    assert written.model
    assert written.agreement >= 0.95
    assert written.bytes < 20e6
