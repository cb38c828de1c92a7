"""Papers, figures and tables as HTML for pages of many rows: one Streamlit element instead of hundreds.

Knows papers, not libraries. Always true: every text is escaped here and shows as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from explorer.paper import Paper, author_name
from explorer.text import readable

_BEGINNING = 280  # characters of an abstract: about three lines
_AUTHORS = 6  # names shown; then "and 12 more"


def figures(values: Iterable[tuple[str, int | str]], *, small: bool = False) -> None:
    """Numbers with what they count."""
    parts = (
        f"<div><b>{escape(f'{value:,}' if isinstance(value, int) else value)}</b> <span>{escape(label)}</span></div>"
        for label, value in values
    )
    st.html(f'<div class="sheet-figures{" small" if small else ""}">{"".join(parts)}</div>')


def papers(papers: Iterable[Paper]) -> None:
    """A list of papers: title, who and where, the beginning of the abstract."""
    st.html(f'<div class="sheet-papers">{"".join(map(_paper, papers))}</div>')


def paper(paper: Paper, more: Sequence[str] = ()) -> None:
    """One paper, with further remarks beside year and venue."""
    st.html(_paper(paper, more))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> None:
    """A table; whole numbers stand on the right."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    label = f' aria-label="{escape(caption)}"' if caption else ""
    st.html(
        f'<div class="sheet-table"><table{label}><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def authors(paper: Paper) -> str:
    """The authors as read aloud; of many, the first."""
    names = [readable(author_name(name)) for name in paper.authors[:_AUTHORS]]
    rest = len(paper.authors) - len(names)
    return ", ".join(names) + (f" and {rest:,} more" if rest > 0 else "")


def _paper(paper: Paper, more: Sequence[str] = ()) -> str:
    by = " · ".join(
        escape(part) for part in (authors(paper), str(paper.year or ""), readable(paper.venue), *more) if part
    )
    text = readable(paper.abstract)
    begins = text if len(text) <= _BEGINNING else text[:_BEGINNING].rsplit(" ", 1)[0] + " …"
    below = f'<div class="text">{escape(begins)}</div>' if text else '<div class="none">no abstract</div>'
    above = f'<div class="by">{by}</div>' if by else ""
    return f'<div class="sheet-paper"><b>{escape(paper.heading)}</b>{above}{below}</div>'


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"
