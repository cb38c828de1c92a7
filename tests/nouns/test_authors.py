"""Names of authors: every separator, initials of every alphabet, what is nobody, what stays one name."""

from __future__ import annotations

import time

import pytest

from explorer.authors import authors, is_initials, several


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Gatica, G.N., Sequeira, F.A.", ["Gatica, G.N.", "Sequeira, F.A."]),
        ("de Souza, A.B., Müller, Ä., Yu, Ya.", ["de Souza, A.B.", "Müller, Ä.", "Yu, Ya."]),
        ("O'Brien, K., van der Berg, J.P., Jr., Smith, J.", ["O'Brien, K.", "van der Berg, J.P. Jr.", "Smith, J."]),
        ("Wang, X.-Y., Li, Zh., NOAA Team", ["Wang, X.-Y.", "Li, Zh.", "NOAA Team"]),
        ("BICEP2 Collaboration, Smith, J.", ["BICEP2 Collaboration", "Smith, J."]),
        ("Smith J.; on behalf of the ABC Study Group", ["Smith J.", "ABC Study Group"]),
        ("Smith, John, Doe, Karin, Roe, Lee", ["Smith, John", "Doe, Karin", "Roe, Lee"]),
        ("Smith, John A., Doe, Karin B.", ["Smith, John A.", "Doe, Karin B."]),
        ("John Smith, Jr., Karin Doe", ["John Smith Jr.", "Karin Doe"]),
        ("Smith, John, Jr.", ["Smith, John Jr."]),
        ("Smith, J. A., Doe, K., & Roe, L.-M.", ["Smith, J. A.", "Doe, K.", "Roe, L.-M."]),
        ("Smith, J., Doe, K., … & Roe, L.", ["Smith, J.", "Doe, K.", "Roe, L."]),
        ("Smith,J.;Doe,K.;", ["Smith, J.", "Doe, K."]),
        ("Smith JA, Doe K, Roe LM", ["Smith JA", "Doe K", "Roe LM"]),
        ("Smith, J. / Doe, K.", ["Smith, J.", "Doe, K."]),
        ("Smith, J.\nDoe, K.", ["Smith, J.", "Doe, K."]),
        ("Smith, J., Doe, K.,\nRoe, L.", ["Smith, J.", "Doe, K.", "Roe, L."]),
        ("Schmidt, J. und Maier, K.", ["Schmidt, J.", "Maier, K."]),
        ("Jean-Paul Sartre et Simone de Beauvoir", ["Jean-Paul Sartre", "Simone de Beauvoir"]),
        ("García, J. y López, K.", ["García, J.", "López, K."]),
        ("Silva, A. e Costa, B.", ["Silva, A.", "Costa, B."]),
        ("Иванов, И.И., Петров, П.П.", ["Иванов, И.И.", "Петров, П.П."]),
        ("Иванов И. И. и Петров П. П.", ["Иванов И. И.", "Петров П. П."]),
        ("Παπαδόπουλος, Γ., Νικολάου, Ν.", ["Παπαδόπουλος, Γ.", "Νικολάου, Ν."]),
        ("杨育伟；蔡洪", ["杨育伟", "蔡洪"]),
        ("杨育伟，蔡洪，余本嵩", ["杨育伟", "蔡洪", "余本嵩"]),
        ("王伟/李明", ["王伟", "李明"]),
        ("王伟，李明等", ["王伟", "李明"]),
        ("山田太郎・鈴木花子", ["山田太郎", "鈴木花子"]),
        ("김철수·이영희", ["김철수", "이영희"]),
        ("أحمد علي، سارة حسن", ["أحمد علي", "سارة حسن"]),
        ("علي، أحمد؛ حسن، سارة", ["علي, أحمد", "حسن, سارة"]),
        ("John Smith · Karin Doe", ["John Smith", "Karin Doe"]),
        ("Wei Wang 0001; Li Na 0002", ["Wei Wang", "Li Na"]),
        ("John Smith1,2, Karin Doe1, Lee Roe3*", ["John Smith", "Karin Doe", "Lee Roe"]),
        ("John Smith¹, Karin Doe²*", ["John Smith", "Karin Doe"]),
        ("John Smith, PhD; Karin Doe, MD, MPH", ["John Smith", "Karin Doe"]),
        ("Smith, J., et al.", ["Smith, J."]),
        ("Smith J et al", ["Smith J"]),
        ("Smith J, Doe K, and 12 others", ["Smith J", "Doe K"]),
        ("Na, Li; Kim, Sun", ["Na, Li", "Kim, Sun"]),
        # Short family names in capitals, behind initials, without blanks.
        ("M. Nakazato, K. Hashimoto, M. Iyo and J. Treasure", ["M. Nakazato", "K. Hashimoto", "M. Iyo", "J. Treasure"]),
        ("L. Chen, T. Z. Han and M. L. Jiang", ["L. Chen", "T. Z. Han", "M. L. Jiang"]),
        ("Z. Wei, L. Rui", ["Z. Wei", "L. Rui"]),
        ("SMITH J., DOE K.", ["SMITH J.", "DOE K."]),
        ("J.Smith,K.Doe", ["J.Smith", "K.Doe"]),
        ("Petrov, A.Yu, Ivanov, B.", ["Petrov, A.Yu", "Ivanov, B."]),
        ("Smith J ; Doe K , Roe L", ["Smith J", "Doe K", "Roe L"]),
        ("Li X, Wu Y", ["Li X", "Wu Y"]),
        # What is no part of a name.
        ("Smith, John (ORCID: 0000-0002-1825-0097); Doe, Karin", ["Smith, John", "Doe, Karin"]),
        ("Smith, John [1]; Doe, Karin [2,3]", ["Smith, John", "Doe, Karin"]),
        ("John Smith (john@x.org), Karin Doe <k@x.org>", ["John Smith", "Karin Doe"]),
        ("Smith, J. et al. (2019)", ["Smith, J."]),
        ("{Smith}, J.; {van Rossum}, G.", ["Smith, J.", "van Rossum, G."]),
        ("Smith, J., +12 authors, Roe, L.", ["Smith, J.", "Roe, L."]),
        # Rare separators, between whole names only.
        ("王伟 李明 张三", ["王伟", "李明", "张三"]),
        ("Abe S・Ito K", ["Abe S", "Ito K"]),
        ("John Smith – Karin Doe", ["John Smith", "Karin Doe"]),
        ("None", []),
        ("[No author name available]", []),
        ("[Anonymous]", []),
        ("NA", []),
    ],
)
def test_a_field_of_names(written: str, names: list[str]) -> None:
    assert authors(written) == names


@pytest.mark.parametrize(
    "name",
    [
        "Santiago Ramón y Cajal", "Ortega y Gasset, José", "Costa e Silva, João", "Puig i Cadafalch, Josep",
        "Centers for Disease Control and Prevention", "AT&T Labs", "ジョン・スミス", "卡尔·马克思", "王, 伟",
        "World Health Organization", "King, Martin Luther", "Nguyễn Văn A", "Null, Jan", "BICEP2 Collaboration",
        "Lo Monaco, Maria R", "山田 太郎",
    ],
)  # fmt: skip
def test_what_stays_one_name(name: str) -> None:
    assert authors(name) == [name]


def test_a_field_that_should_be_one_name_is_left_whole_where_it_may_be() -> None:
    assert several("Barnes and Noble") == ["Barnes and Noble"]
    assert several("Smith, John") == ["Smith, John"]
    assert several("Smith, J. and Doe, K.") == ["Smith, J.", "Doe, K."]
    assert several("Smith, J., Doe, K.") == ["Smith, J.", "Doe, K."]
    assert several("余本嵩，文浩") == ["余本嵩", "文浩"]


@pytest.mark.parametrize("part", ["J.", "J.-P.", "JA", "X.-Y.", "Ya.", "Zh.", "Chr.", "Ä.", "И.И.", "Γ.", "J. A."])
def test_initials(part: str) -> None:
    assert is_initials(part)
    assert not any(map(is_initials, ("Jr.", "Yu", "John", "NOAA", "van", "3", "")))


@pytest.mark.slow
def test_time_is_linear_in_the_text() -> None:
    start = time.process_time()
    for text in (
        "Smith, J., " * 20_000,
        "a1,2" * 50_000,
        ", " * 200_000,
        "等" * 100_000,
        "A and " * 50_000,
        "(" * 99_999,
    ):
        authors(text)
        several(text)
    assert time.process_time() - start < 8


def test_md_after_a_family_name_is_initials_and_after_a_name_a_degree() -> None:
    assert authors("Reid, M. D.; Yang, M.D.") == ["Reid, M. D.", "Yang, M.D."]
    assert authors("Zhou, Y.Q., Yang, M.D., Chen, W.") == ["Zhou, Y.Q.", "Yang, M.D.", "Chen, W."]
    assert authors("Smith, John, MD, PhD") == ["Smith, John"]
    assert authors("John Smith, M.D., Karin Doe, MD") == ["John Smith", "Karin Doe"]
    assert several("Reid, M. D.") == ["Reid, M. D."]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("山田, 太郎; 鈴木, 花子", ["山田, 太郎", "鈴木, 花子"]),
        ("欧阳, 修；王, 伟", ["欧阳, 修", "王, 伟"]),
        ("Smith J (MD), Doe K (PhD)", ["Smith J", "Doe K"]),
        ("García-López, M. J., Pérez i Soler, X.", ["García-López, M. J.", "Pérez i Soler, X."]),
        ("Ramón y Cajal, S. y Golgi, C.", ["Ramón y Cajal, S.", "Golgi, C."]),
        ("Silva, Ana e Costa, Rui", ["Silva, Ana", "Costa, Rui"]),
        ("Smith, J., García, J. y López, K.", ["Smith, J.", "García, J.", "López, K."]),
        ("NaN", []),
    ],
)
def test_names_of_many_languages_stay_whole(value: str, names: list[str]) -> None:
    assert authors(value) == names


def test_a_field_of_one_name_may_hold_two_people_of_china() -> None:
    assert several("山田, 太郎") == ["山田, 太郎"]
    assert several("王伟, 李明") == ["王伟", "李明"]
