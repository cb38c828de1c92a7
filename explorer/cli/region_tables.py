"""How the command line prints regions: a portrait, and two of them side by side.

Knows the shapes of `explorer.export.region_shapes`, not libraries. Always true: results go to stdout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.text import counted

_CONTRASTS = 12  # topics that are printed; --json has all
_BARS = "▁▂▃▄▅▆▇█"


def portrait(name: str, shape: dict[str, Any]) -> None:
    """What a region is about, part by part."""
    print(f"{name}: {counted(shape['papers'], 'paper')} of {shape['library']:,}")
    if shape["terms"]:
        _terms("Its words", shape["terms"], "here", "elsewhere")
    else:
        print("\nNo word sets them clearly apart.")
    growth = shape["growth"]
    if growth["years"]:
        years = growth["years"]
        print(f"\nYears {years[0]['year']}–{years[-1]['year']}  {_bars([year['papers'] for year in years])}")
        print(growth["words"] or "Too few papers or years for a trend.")
    _counted("Topics", [(topic["label"], topic["papers"]) for topic in shape["topics"]])
    _counted("Venues", [(venue["name"], venue["papers"]) for venue in shape["venues"]])
    _counted("Authors", [(author["name"], author["papers"]) for author in shape["authors"]])
    _papers("Most typical", shape["typical"])
    _papers("Newest", shape["newest"])
    if shape["neighbours"]:
        print("\nBeside it")
    for each in shape["neighbours"]:
        print(f"  {each['share']:4.0%}  {each['label']}")
        for paper in each["between"][:2]:
            print(f"        between: {paper['id']}  {paper['title'][:90]}")


def comparison(first: str, second: str, shape: dict[str, Any]) -> None:
    """Two regions side by side."""
    print(f"A  {first}: {counted(shape['first'], 'paper')}\nB  {second}: {counted(shape['second'], 'paper')}")
    if shape["common"]:
        print(f"{counted(shape['common'], 'paper')} of both are left out of what follows.")
    for name, terms in (
        ("Words of A", shape["terms_of_first"]),
        ("Words of B", shape["terms_of_second"]),
        ("Words of both, against the rest", shape["terms_of_both"]),
    ):
        ends = ("B", "A") if name == "Words of B" else ("A", "B")
        _terms(name, terms, *ends)
    clear = sum(topic["clear"] for topic in shape["topics"])
    tests = counted(shape["tests"], "topic")
    print(f"\nOn the map: {clear} of {tests} differ clearly (Fisher's exact test, corrected for {tests} by Holm)")
    for topic in shape["topics"][:_CONTRASTS]:
        words = topic["words"].replace("the first", "A").replace("the second", "B")
        own, foreign = (f"{topic[f'papers_of_{side}']:5,}" for side in ("first", "second"))
        shares = f"{own} {topic['share']:4.0%}  {foreign} {topic['share_of_second']:4.0%}"
        print(f"  {shares}  {topic['label']}: {words}")
    _papers("Between the two", shape["between"])


def _terms(name: str, terms: Sequence[dict[str, Any]], here: str, there: str) -> None:
    print(f"\n{name}" + ("" if terms else ": none that is clear"))
    for term in terms:
        print(f"  {term['share']:4.0%} {here}, {term['share_elsewhere']:5.1%} {there}  {term['text']}")


def _counted(name: str, counts: Sequence[tuple[str, int]]) -> None:
    if counts:
        print(f"\n{name}: " + ", ".join(f"{text} ({count:,})" for text, count in counts))


def _papers(name: str, papers: Sequence[dict[str, Any]]) -> None:
    if papers:
        print(f"\n{name}")
    for paper in papers:
        print(f"  {paper['id']}  {paper['title'][:100]}" + (f" ({paper['year']})" if paper["year"] else ""))


def _bars(counts: Sequence[int]) -> str:
    most = max(counts)
    return "".join(_BARS[round(count / most * (len(_BARS) - 1))] if count else " " for count in counts)
