"""Tagged text of any kind, hostile too: what takes linear time and costs no other record."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.paper import Paper, Problem
from explorer.readers import read
from explorer.readers.engine.values import initials_last
from explorer.readers.formats import nbib, ovid, ris, tagged
from explorer.readers.io.stream import Stream
from support.cost import examples, seconds_at_most
from support.files import Write

ALL = (
    *(ris.READER, nbib.READER, ovid.READER),
    *(tagged.WOS, tagged.ENW, tagged.REFWORKS, tagged.NOTEEXPRESS, tagged.CNKI, tagged.COCHRANE),
)


# --------------------------------------------------------------------------------------------------- any text, hostile


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Smith JA", "Smith, JA"),
        ("Smith J Jr", "Smith, J Jr"),
        ("Smith, John", "Smith, John"),
        ("EndoReCo", "EndoReCo"),
    ],
)
def test_initials_last(name: str, values: str) -> None:
    assert initials_last(name) == values


def test_a_record_too_long_is_a_problem_and_costs_no_other(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "5000")
    long = "KW  - of many lines\n" * 300
    text = f"TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\n{long}ER  - \nTY  - JOUR\nTI  - Three\nER  - \n"
    found = list(read(write("a.ris", text)))
    assert [getattr(item, "title", "") for item in found] == ["One", "", "Three"]
    assert isinstance(found[1], Problem) and found[1].record == 2 and "longer than" in found[1].reason


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "TI  - " + "a b. " * 400_000,
        "AU  - " + " " * 2_000_000 + "x",
        "UR  - " + "http://" * 300_000,
        "N1  - " + "[" * 2_000_000,
        "SO  - " + ". " * 500_000,
        "ER  - " + "ER  - " * 200_000,
        "AU  - " + "A B " * 300_000,
        "AB  - " + "<p a=" * 300_000,
        "T1  - " + "1 a " * 500_000,
    ],
)
@pytest.mark.parametrize("beginning", ["TY  - JOUR", "PMID- 1", "<1. >\nTI  - x\nDB  - y"])
def test_long_lines_take_linear_time(write: Write, beginning: str, line: str) -> None:
    path = write("a.txt", f"{beginning}\nTI  - A title\n{line}\nER  - \n")
    with seconds_at_most(10):  # a second or so; quadratic time would be minutes
        assert all(isinstance(item, (Paper, Problem)) for item in read(path))


_LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        "TY  - JOUR|TI  - One|ER  - |ER|EF|PT J|TI Two|PMID- 7|OWN - ERIC|%0 Book|%T Three|<1. >|VN  - Ovid|"
        "RT Book|T1 Four|Title|  Five|Record #1 of 2|TI: Six|{Reference Type}: Book|{Title}: Seven||   more|FN x|VR 1|"
        "AB  - Eight|AB Nine|%X Ten|AU  - A, B;C|DO  - 10.1/x|\ufeffTY  - JOUR|AF A|DI 10.1000/%2f%|UR  - http://["
        "|AU  - Smith J. Doe K.|SO  - X]. Y. 12(3)|PY  - 9999|LID - 10.1/x [doi]|MH  - */".split("|")
    ),
)


@settings(max_examples=examples(400), deadline=None)
@given(lines=st.lists(_LINES, max_size=30), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_lines_give_papers_or_problems(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any_tagged.txt"
    path.write_bytes(end.join(lines).encode("utf-8", "replace"))
    for reader in ALL:
        assert reader.recognises("any_tagged.txt", Stream(path).head()) in (True, False)
        found = list(reader.read(Stream(path)))
        numbers = [item.sources[0].record if isinstance(item, Paper) else item.record for item in found]
        assert numbers == list(range(1, len(found) + 1))


_WHOLE = {
    "ris": ("TY  - JOUR\n", "ER  - \n\n", ("TY", "ER"), "TI  - {}\n"),
    "wos": ("PT J\n", "ER\n\n", ("PT", "ER", "EF", "FN"), "TI {}\n"),
    "refworks": ("RT Book\nSR 1\n", "\n", ("RT",), "T1 {}\n"),
    "ovid": ("<1. >\nVN  - Ovid Technologies\n", "\n", ("<",), "TI  - {}\n"),
}


@settings(max_examples=examples(200), deadline=None)
@given(kind=st.sampled_from(sorted(_WHOLE)), damage=st.lists(_LINES, max_size=8))
def test_damage_in_one_record_costs_no_other(
    tmp_path_factory: pytest.TempPathFactory, kind: str, damage: list[str]
) -> None:
    begin, end, marks, title = _WHOLE[kind]
    lines = [line for part in damage for line in part.replace("\0", "").splitlines()]
    lines = [line for line in lines if not line.strip("\ufeff \t\u00a0").startswith(marks) and line.strip()[:2] != "PT"]
    records = [f"{begin}{title.format(name)}{end}" for name in ("Alpha", "Omega")]
    middle = begin + title.format("Middle") + "".join(line + "\n" for line in lines) + end
    path = tmp_path_factory.getbasetemp() / "damaged.txt"
    path.write_bytes((records[0] + middle + records[1]).encode("utf-8", "replace"))
    reader = next(reader for reader in ALL if reader.name == kind)
    found = list(reader.read(Stream(path)))
    assert len(found) == 3
    first, last = found[0], found[2]
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert (first.title, last.title) == ("Alpha", "Omega")
