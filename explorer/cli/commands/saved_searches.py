"""Saved searches: save, saved, news.

Always true: `news` prints nothing, and exits with 1, when nothing is new, so that cron sends no mail; it notes as seen
what it printed, and only after printing it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from explorer.cli import NOTHING
from explorer.cli.options import EXAMPLES, JSON, Texts, command, exact, question, reads
from explorer.cli.tables import facts, print_json, remark
from explorer.export.shapes import of_news, of_saved

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.search.news import News
    from explorer.search.question import Question


_NAME = click.argument("name", metavar="NAME")
_TEXT = click.argument("text", default="", metavar="[QUESTION]", help="as in: explorer search")


@command(reads, _NAME, question(_TEXT, EXAMPLES))
def save(library: Library, name: str, question: Question) -> None:
    """Save a search, to be told what comes."""
    saved = library.saved.put(name, exact(library.snapshot.ids, question))
    remark(f"saved as {saved.name!r}; to see what comes from now on: explorer news")


@command(reads, JSON)
@click.option("--forget", metavar="NAME", help="forget this one")
def saved(library: Library, forget: str | None, as_json: bool) -> None:
    """List saved searches, with how much is new in each."""
    if forget is not None:
        library.saved.drop(forget)
        return remark(f"forgotten: {forget}")
    news = library.saved.news()
    if as_json:
        return print_json([of_saved(search) for search in news])
    for entry in news:
        print(f"{entry.search.name}: {_summary(entry.search.question)}, {len(entry.papers):,} new since {_day(entry)}")
        _remark_problem(entry)
    if not news:
        remark('no search is saved; save one with: explorer save NAME "question"')


@command(reads, JSON)
@click.argument("names", nargs=-1, metavar="[NAME]...", help="a saved search (default: all)")
@click.option("--keep", is_flag=True, help="tell the same again next time")
def news(library: Library, names: Texts, keep: bool, as_json: bool) -> int | None:
    """Tell what is new in saved searches since last time."""
    searches = library.saved.news(*names)
    fresh = [search for search in searches if search.papers]
    if as_json:
        print_json([of_news(search) for search in fresh])
    else:
        _print_news(fresh)
    sys.stdout.flush()  # a pipe that is gone raises here, before anything counts as seen
    for search in () if keep else fresh:
        library.saved.look(search)
    for search in searches:
        _remark_problem(search)
    return None if fresh else NOTHING


def _print_news(fresh: list[News]) -> None:
    for entry in fresh:
        print(f"{entry.search.name} ({len(entry.papers):,} new since {_day(entry)})")
        for result in entry.papers:
            more = f" ({facts(result.paper)})" if facts(result.paper) else ""
            print(f"  {result.similarity:.2f}  {result.paper.id}  {result.paper.heading}{more}")


def _remark_problem(news: News) -> None:
    if news.problem:
        remark(f"explorer: the saved search {news.search.name!r} cannot be run: {news.problem}")


def _summary(saved: Question) -> str:
    """The question in a few words."""
    text = saved.text if len(saved.text) <= 60 else f"{saved.text[:59]}…"
    parts = [f"“{text}”"] if text else []
    parts += [f"near {', '.join(saved.like)}"] * bool(saved.like)
    parts += [f"not near {', '.join(saved.unlike)}"] * bool(saved.unlike) + ["filtered"] * bool(saved.within)
    return ", ".join(parts)


def _day(news: News) -> str:
    return news.search.looked[:10]
