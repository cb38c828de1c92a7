"""The name of the browser's tab as a Streamlit element that nobody sees.

Holds the Python face of tab.js. Knows no pages. Always true: a name comes after the first run that draws the element,
and starts another; the browser is not trusted, so what is no name of ours is none.
"""

from __future__ import annotations

import re

from streamlit.components.v2 import component

from explorer.ui.components.delivery import entry

_element = component(
    "explorer_tab",
    html="<i hidden></i>",
    js=entry("tab"),
)
_NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def draw_tab() -> str:
    """Draw the element; the name of the tab, "" while the browser has not said it."""
    name = _element(key="tab", on_name_change=_nothing).get("name")
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _nothing() -> None:
    """The run itself takes the name."""
