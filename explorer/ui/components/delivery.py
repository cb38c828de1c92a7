"""How what Python draws reaches the scripts of a component, in order.

Knows Streamlit's session and the addresses of scripts, not what is sent. Always true: the browser may hear of two runs
in the wrong order, so data carry the time since which they are as they are, and older data never replace newer; data
that do not change keep their time, so that Streamlit draws nothing anew.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

from explorer.server.scripts import script_path

_PATIENCE = 10_000  # ms by which data may be older and are still out of order, not those of a clock that was set back


def entry(component: str) -> str:
    """The script that Streamlit sends with an element: it fetches the component's own and calls its `mount`.

    Inline JavaScript is sent again with every changed element, so this only fetches the real module, which the browser
    keeps for ever under its hash; relative to the page, so that server.baseUrlPath needs no extra setting.
    """
    return f"""
export default async function (component) {{
  const [data] = component.data ?? [], place = component.parentElement;
  const made = data?.made ?? 0, late = (place.explorerMade ?? 0) - made;
  if (late > 0 && late < {_PATIENCE}) return;
  place.explorerMade = made;
  const {{ mount }} = await import(new URL("{script_path(component)}", document.baseURI).href);
  return made === place.explorerMade ? mount({{ ...component, data }}) : undefined;
}}
"""


def stamped(key: str, data: Mapping[str, object]) -> list[dict[str, object]]:
    """`data` for the element `key`, with `made`: since when it has been as it is in this session, in ms; rising.

    In a list, as Streamlit seeks tables in a mapping, for which it imports pandas: 0.4 s of the first page.
    """
    name = f"{key} as sent"
    before, made = st.session_state.get(name, (None, 0))
    if before != data:
        made = max(made + 1, time.time_ns() // 1_000_000)
        st.session_state[name] = (data, made)
    return [{**data, "made": made}]
