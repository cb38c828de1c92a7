"""The tools as a language model reads them: names, arguments with their types and defaults, and what each is for.

Holds words, no code that answers: a tool gives the question to the library. Imported only where the SDK, which
brings pydantic, is installed. Always true: an argument has the same name, type and meaning in all tools.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from typing import Annotated

from pydantic import Field

from explorer.filter import Filter
from explorer.libraries.names import ALL
from explorer.server.mcp import tools
from explorer.server.mcp.answers import LEAST, MOST, USUAL

Ask = Callable[..., str]
"""A question to a library; its answer."""
Papers = Annotated[
    list[str], Field(description="each an id from another tool, a DOI, arXiv id, PMID or part of a title")
]
Paper = Annotated[str, Field(description="an id from another tool, a DOI, arXiv id, PMID or part of a title")]
YearFrom = Annotated[int | None, Field(description="published in this year or later")]
YearTo = Annotated[int | None, Field(description="published in this year or before")]
Author = Annotated[str, Field(description="only papers of this author: whole names, initials allowed")]
Venue = Annotated[str, Field(description="only papers of a journal or conference whose name holds this")]
Topic = Annotated[str, Field(description="only papers of the topic with this label, see the tool topics")]
Collection = Annotated[str, Field(description="only papers of this collection of the owner, see the tool libraries")]
Abstracts = Annotated[bool, Field(description="with abstracts: about 300 tokens a paper")]
Offset = Annotated[int, Field(description="how many entries to pass over: next_offset of the page before")]
Limit = Annotated[int, Field(description="entries of a page, 1 to 100")]
Budget = Annotated[int, Field(description=f"tokens that the answer may have, {LEAST} to {MOST}")]


def search(
    query: Annotated[
        str,
        Field(
            description="a question, topic, title or abstract in plain words; bare words rank. Conditions: "
            '"exact phrase", -word, AND, OR, NOT, brackets, word*, title:, author:, year:2018..2021, venue:'
        ),
    ],
    year_from: YearFrom = None,
    year_to: YearTo = None,
    author: Author = "",
    venue: Venue = "",
    topic: Topic = "",
    collection: Collection = "",
    order: Annotated[str, Field(description="best, spread, newest, year, author, title or venue")] = "best",
    abstracts: Abstracts = False,
    offset: Offset = 0,
    limit: Limit = 10,
    budget: Budget = USUAL,
) -> Ask:
    """Find the papers of the library nearest to a question, by meaning and words, best first.

    `verdict` says how near the best is; `read_as` how conditions were read; `did_you_mean` offers a spelling.
    """
    within = Filter((year_from, year_to), author, venue, topic, collection=collection)
    return partial(
        tools.search, query=query, within=within, order=order, abstracts=abstracts, offset=offset, limit=limit,
        budget=budget,
    )  # fmt: skip


def similar(
    papers: Papers,
    unlike: Annotated[list[str], Field(description="papers to keep away from, named as papers are")] = [],  # noqa: B006
    text: Annotated[str, Field(description="and near to this text")] = "",
    year_from: YearFrom = None,
    year_to: YearTo = None,
    author: Author = "",
    venue: Venue = "",
    topic: Topic = "",
    collection: Collection = "",
    abstracts: Abstracts = False,
    offset: Offset = 0,
    limit: Limit = 10,
    budget: Budget = USUAL,
) -> Ask:
    """Find the papers nearest to a paper or several, away from others, and near to a text."""
    within = Filter((year_from, year_to), author, venue, topic, collection=collection)
    return partial(
        tools.similar, papers=papers, unlike=unlike, text=text, within=within, abstracts=abstracts, offset=offset,
        limit=limit, budget=budget,
    )  # fmt: skip


def explain(
    paper: Paper,
    second: Annotated[str, Field(description="the paper it is compared with, named in the same way")] = "",
    text: Annotated[str, Field(description="instead of a paper: the question it is compared with")] = "",
    budget: Budget = USUAL,
) -> Ask:
    """Tell why two papers, or a paper and a question, are close: sentences alike, rare terms shared, what differs."""
    return partial(tools.explain, paper=paper, second=second, text=text, budget=budget)


def missing(
    draft: Annotated[str, Field(description="the text of a manuscript or a part of it, plain or LaTeX")],
    cited: Annotated[list[str], Field(description="what it cites: ids, DOIs, titles or printed references")] = [],  # noqa: B006
    offset: Offset = 0,
    limit: Limit = 20,
    budget: Budget = USUAL,
) -> Ask:
    """Find papers of the library that a draft might cite and does not, each with the passage it belongs to."""
    return partial(tools.missing, draft=draft, cited=cited, offset=offset, limit=limit, budget=budget)


def paper(papers: Papers, budget: Budget = USUAL) -> Ask:
    """Read papers: abstract, authors, year, venue, identifiers, notices of retraction, the owner's tags and note."""
    return partial(tools.paper, names=papers, budget=budget)


def topics(
    level: Annotated[int, Field(description="0 is the coarsest; `levels` of the answer says how many there are")] = 0,
    offset: Offset = 0,
    limit: Limit = 50,
    budget: Budget = USUAL,
) -> Ask:
    """List the topics of the library's map with their number of papers, the largest first."""
    return partial(tools.topics, level=level, offset=offset, limit=limit, budget=budget)


def region(
    name: Annotated[str, Field(description="label of a topic, or conditions of a search: year:2020.. venue:Nature")],
    budget: Budget = USUAL,
) -> Ask:
    """Tell what a part of the map is about against the rest: terms, growth, authors, venues, typical and newest papers,
    topics beside it with papers between."""
    return partial(tools.region, name=name, budget=budget)


def authors(
    name: Annotated[str, Field(description="a family name, with or without first names or initials")],
    offset: Offset = 0,
    limit: Limit = 20,
    budget: Budget = USUAL,
) -> Ask:
    """List how an author's name is written here, each form with its papers, years and co-authors; nothing is merged."""
    return partial(tools.authors, name=name, offset=offset, limit=limit, budget=budget)


def libraries() -> Ask:
    """Say which library is served: how many papers, of which years, with which topics, collections and model; and which
    libraries are open beside it."""
    return tools.libraries


def mark(
    papers: Papers,
    collection: Annotated[str, Field(description="the collection's name; liked and hidden are two of them")] = "",
    tag: Annotated[str, Field(description="instead of a collection: a tag")] = "",
    remove: Annotated[bool, Field(description="take them out instead")] = False,
) -> Ask:
    """Put papers into a collection or under a tag of the owner, or take them out."""
    return partial(tools.mark, papers=papers, collection=collection, tag=tag, remove=remove)


def note(paper: Paper, text: Annotated[str, Field(description="the whole note; empty takes it away")]) -> Ask:
    """Write the owner's note of a paper anew; the answer holds the note before."""
    return partial(tools.note, name=paper, text=text)


def save_search(
    name: Annotated[str, Field(description="the name of the saved search")],
    query: Annotated[str, Field(description="the question, as in search")],
) -> Ask:
    """Keep a question under a name: papers that come later and answer it are its news."""
    return partial(tools.save_search, name=name, query=query)


def with_library(tool: Callable[..., str], function: Callable[..., Ask], names: list[str]) -> None:
    """Let `tool`, which does what `function` says, take the name of a library, where those called `names` are open."""
    every = f", or {ALL} for all together" if function in TOGETHER else ""
    words = f"which library: {', '.join(names)}{every}; by default {names[0]}"
    kind = Annotated[str, Field(description=words)]
    own = signature(function, eval_str=True)
    named = Parameter("library", Parameter.KEYWORD_ONLY, default="", annotation=kind)
    made = own.replace(parameters=[*own.parameters.values(), named], return_annotation=str)
    tool.__signature__ = made  # type: ignore[attr-defined]
    tool.__annotations__ = {name: each.annotation for name, each in made.parameters.items()} | {"return": str}
    del tool.__wrapped__  # type: ignore[attr-defined]


TOGETHER: tuple[Callable[..., Ask], ...] = (search, similar)
"""Questions that all libraries can answer together."""
READING: tuple[Callable[..., Ask], ...] = (search, similar, explain, missing, paper, topics, region, authors, libraries)
WRITING: tuple[Callable[..., Ask], ...] = (mark, note, save_search)
