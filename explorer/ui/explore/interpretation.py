"""The lines under the search box: what was meant, how the text was read, and clicks that ask it so.

Knows the address and answers, not libraries. Always true: there is no line where bare words were read as bare words;
how a text is to be read stands in the address, so that a reload or a link reads it the same.
"""

from __future__ import annotations

import streamlit as st

from explorer.search.answer import Answer
from explorer.search.box.interpretation import sentence, typed_again
from explorer.search.parse import BadQuery, Mode, parse
from explorer.search.question import Question
from explorer.ui import address
from explorer.ui.components.text import plain

_OTHERWISE = {
    Mode.TEXT: "Read it as plain text",
    Mode.STRATEGY: "Read it as a strategy",
    Mode.AUTO: "Read it as before",
}


def draw(answer: Answer) -> None:
    """The line for an answer, where there is something to say, and a click that mends slips of the pen."""
    query = answer.query
    if answer.suggestion:
        st.button(
            f"Did you mean “{plain(answer.suggestion)}”?", key="did_you_mean", type="tertiary",
            icon=":material/spellcheck:", on_click=address.ask, args=(answer.suggestion,),
        )  # fmt: skip
    if query is None or not answer.question.text or not (line := sentence(query)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(line), width="content")
        if query.both:
            _button(_other(query.mode))


def offer_text() -> None:
    """Where the text cannot be read: the click that reads it word for word."""
    _button(Mode.TEXT)


def text_of(question: Question) -> tuple[str, Mode]:
    """A saved question's text for the box of today, and how it is to be read, so that it asks for the same."""
    if question.query is not None:
        try:
            if parse(question.text, question.mode) != question.query:
                return typed_again(question.query), Mode.AUTO
        except BadQuery:
            return question.text, Mode.TEXT
    return question.text, question.mode


def _other(mode: Mode) -> Mode:
    """The opposite way to read what is read as `mode` now."""
    if address.mode() is not Mode.AUTO:
        return Mode.AUTO
    return Mode.TEXT if mode is Mode.STRATEGY else Mode.STRATEGY


def _button(mode: Mode) -> None:
    st.button(_OTHERWISE[mode], key="read_otherwise", on_click=address.read_as, args=(mode,), type="tertiary")
