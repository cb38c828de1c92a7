"""What regions are about, in JSON's terms and in plain sentences: for the command line, HTTP and the page.

Knows the values of `explorer.library.regions` by their types. Always true: a value has a single shape, as in `shapes`;
a sentence never says more than its interval.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.library.regions import Comparison, Contrast, Portrait
    from explorer.paper import Paper
    from explorer.regions.growth import Growth
    from explorer.regions.terms import Term

Shape = dict[str, Any]


def of_portrait(portrait: Portrait) -> Shape:
    """What a region is about; shares are in [0, 1], `growth` a year."""
    growth = portrait.growth
    return {
        "papers": portrait.papers,
        "library": portrait.library,
        "terms": _terms(portrait.terms),
        "growth": {
            "words": growth_words(growth), "rate": _rounded(growth.rate), "low": _rounded(growth.low),
            "high": _rounded(growth.high), "clear": growth.clear,
            "years": [{"year": year, "papers": here, "library": whole} for year, here, whole in growth.years],
        },
        "topics": [asdict(portion) for portion in portrait.topics],
        "typical": _named(portrait.typical),
        "newest": _named(portrait.newest),
        "authors": [{"name": name, "papers": papers} for name, papers in portrait.authors],
        "authors_of": portrait.signed,
        "venues": [{"name": each.value, "papers": each.size} for each in portrait.facets if each.field == "venue"],
        "files": [{"name": each.value, "papers": each.size} for each in portrait.facets if each.field == "source"],
        "neighbours": [
            {"label": each.label, "share": round(each.share, 4), "between": _named(each.between)}
            for each in portrait.neighbours
        ],
    }  # fmt: skip


def of_regions(comparison: Comparison) -> Shape:
    """Two regions side by side; a share is of the papers that only that region has."""
    return {
        "first": comparison.first,
        "second": comparison.second,
        "common": comparison.common,
        "terms_of_first": _terms(comparison.terms_of_first),
        "terms_of_second": _terms(comparison.terms_of_second),
        "terms_of_both": _terms(comparison.terms_of_both),
        "tests": len(comparison.contrasts),
        "topics": [_contrast(each) for each in comparison.contrasts],
        "between": _named(comparison.between),
    }


def growth_words(growth: Growth) -> str:
    """The trend of a region, in a sentence; empty where there is none to tell."""
    if growth.rate is None or growth.low is None or growth.high is None:
        return ""
    between = f"95 % interval: {_percent(growth.low)} to {_percent(growth.high)}"
    if not growth.clear:
        return f"No clear trend in its share of the library ({between} a year)."
    verb = "grows" if growth.rate > 0 else "shrinks"
    return f"Its share of the library {verb} by {100 * abs(growth.rate):.0f} % a year ({between})."


def contrast_words(contrast: Contrast) -> str:
    """How differently two regions stand in a topic: "more in the first, at least 2.0 times the odds"."""
    difference = contrast.difference
    of_first = difference.ratio >= 1
    low = difference.low if of_first else 1 / max(difference.high, 1e-9)
    side = "first" if of_first else "second"
    if not difference.clear:
        return "no clear difference"
    least = "over 100" if low > 100 else f"at least {low:.0f}" if low >= 10 else f"at least {max(low, 1.0):.1f}"
    return f"more in the {side}, {least} times the odds"


def _percent(rate: float) -> str:
    return f"{100 * rate:+.0f} %".replace("-", "−")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _named(papers: Iterable[Paper]) -> list[Shape]:
    return [{"id": paper.id, "title": paper.heading, "year": paper.year} for paper in papers]


def _terms(terms: Iterable[Term]) -> list[Shape]:
    return [
        {
            "text": term.text, "papers": term.papers, "share": round(term.share, 4),
            "papers_elsewhere": term.others, "share_elsewhere": round(term.share_of_others, 4),
        }
        for term in terms
    ]  # fmt: skip


def _contrast(contrast: Contrast) -> Shape:
    difference = contrast.difference
    numbers = {
        name: round(getattr(difference, name), 5) for name in ("share", "share_of_second", "ratio", "low", "high")
    }
    return {
        "label": contrast.label, "papers_of_first": difference.first, "papers_of_second": difference.second, **numbers,
        "chance": float(f"{difference.chance:.3g}"), "clear": difference.clear, "words": contrast_words(contrast),
    }  # fmt: skip
