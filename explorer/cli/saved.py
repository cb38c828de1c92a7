"""The commands of saved searches: save, saved, news. As in `explorer.cli.commands`, each calls a verb and prints.

Holds no logic of its own. Always true: `news` prints nothing, and exits with 1, when nothing is new, so that cron sends
no mail; it marks as looked at what it printed, and only after printing it.
"""

from __future__ import annotations

import sys
from argparse import Namespace

from explorer.cli.tables import print_json
from explorer.export.shapes import of_news, of_saved
from explorer.library import Library
from explorer.search.news import News
from explorer.store import Filter, Saved

DONE, NOTHING = 0, 1


def save(options: Namespace) -> int:
    """Save a search under a name."""
    within = Filter(**{name: getattr(options, name) for name in Filter.__dataclass_fields__})
    with Library.open(options.library, write=False) as library:
        made = library.save_search(options.name, options.text, within, like=options.like, unlike=options.unlike)
    print(f"saved as {made.name!r}; to see what comes from now on: explorer news", file=sys.stderr)
    return DONE


def saved(options: Namespace) -> int:
    """List the saved searches with their numbers of new papers, or forget one."""
    with Library.open(options.library, write=False) as library:
        if options.forget is not None:
            library.forget_search(options.forget)
            print(f"forgotten: {options.forget}", file=sys.stderr)
            return DONE
        found = library.news()
    if options.json:
        print_json([of_saved(one) for one in found])
        return DONE
    for one in found:
        print(f"{one.saved.name}: {_what(one.saved)}, {len(one.papers):,} new since {_day(one.saved)}")
        _complain(one)
    if not found:
        print('no search is saved; save one with: explorer save NAME "question"', file=sys.stderr)
    return DONE


def news(options: Namespace) -> int:
    """Papers that are new in saved searches since last time."""
    with Library.open(options.library, write=False) as library:
        found = library.news(*options.names)
        fresh = [one for one in found if one.papers]
        if options.json:
            print_json([of_news(one) for one in fresh])
        else:
            _print_news(fresh)
        sys.stdout.flush()  # a pipe that is gone raises here, before anything counts as looked at
        for one in () if options.keep else fresh:
            library.seen_news(one)
    for one in found:
        _complain(one)
    return DONE if fresh else NOTHING


def _print_news(fresh: list[News]) -> None:
    for one in fresh:
        print(f"{one.saved.name} ({len(one.papers):,} new since {_day(one.saved)})")
        for result in one.papers:
            paper = result.paper
            facts = ", ".join(filter(None, (*paper.authors[:1], str(paper.year or ""))))
            print(f"  {result.similarity:.2f}  {paper.id}  {paper.heading}{f' ({facts})' if facts else ''}")


def _what(saved: Saved) -> str:
    """The question in a few words."""
    words = saved.text if len(saved.text) <= 60 else f"{saved.text[:59]}…"
    parts = [f"“{words}”"] if words else []
    parts += [f"near {', '.join(saved.like)}"] * bool(saved.like)
    parts += [f"not near {', '.join(saved.unlike)}"] * bool(saved.unlike) + ["filtered"] * bool(saved.within)
    return ", ".join(parts)


def _day(saved: Saved) -> str:
    return saved.looked[:10]


def _complain(one: News) -> None:
    if one.problem:
        print(f"explorer: the saved search {one.saved.name!r} cannot be run: {one.problem}", file=sys.stderr)
