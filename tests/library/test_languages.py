"""Papers and questions that the bundled model cannot read: no similarity, no near-copies, ranked by their words."""

import pytest

from conftest import paper
from explorer.library import Library

THAI = ("การเรียนรู้ของเครื่อง", "โรคเบาหวานในผู้สูงอายุ", "การปลูกข้าวในภาคอีสาน", "ประวัติศาสตร์สุโขทัย")
ENGLISH = ("Diabetes and diet", "Rice yields in Peru", "Poetry of the Song", "Traffic jams by radar", "Coffee and wine")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("languages") / "library") as library:
        titles = [*THAI, "鲁迅的青年时代", "Машинное обучение в медицине", *ENGLISH]
        library.add([paper(title, "", record=number, key=str(number)) for number, title in enumerate(titles)])
        yield library


@pytest.mark.slow
def test_a_text_it_cannot_read_claims_no_similarity_and_is_no_copy(mixed):
    results = mixed.similar(mixed.snapshot.papers([0])[0].id, k=20)
    assert len(results) == 10  # nothing is folded
    assert all(not result.embedded and result.similarity == 0 and not result.copies for result in results)


@pytest.mark.slow
def test_a_question_it_cannot_read_is_ranked_by_words_and_that_is_told(mixed):
    from explorer.search.question import Question

    answer = mixed.ask(Question("鲁迅"), 3)
    assert answer.results[0].paper.title == "鲁迅的青年时代" and answer.results[0].level.value == "close"
    assert "all-MiniLM-L6-v2 cannot read" in answer.language and "--model" in answer.language
    assert mixed.ask(Question("обучение"), 3).results[0].paper.title.startswith("Машинное")


@pytest.mark.slow
def test_a_question_it_reads_claims_similarity_of_what_it_reads_only(mixed):
    from explorer.search.question import Question

    answer = mixed.ask(Question("vineyards and espresso"), 20)
    assert answer.results[0].paper.title == "Coffee and wine" and answer.results[0].embedded
    assert [result.embedded for result in answer.results].count(False) == 6
    assert answer.language.startswith("6 of 11 papers")
