"""How the app is served, from the options of Streamlit and of this app together; both doors ask here.

Knows the two kinds of options, no request. Always true: the path below which it is seen is the same for both, whichever
of them names it; what cannot be meant ends the start with a sentence.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.errors import LibraryError
from explorer.server.access import HERE, Access
from explorer.server.visitor import ask_pages
from explorer.ui.state import VisitorState, state

_PATH, _ADDRESS = "server.baseUrlPath", "server.address"


def access() -> Access:
    """What the owner allows."""
    try:
        agreed = _agreed(Access.of({**os.environ, "EXPLORER_HOST": HERE}))
    except LibraryError as error:
        sys.exit(f"explorer: {error}")
    listens = replace(agreed, host=str(config.get_option(_ADDRESS) or "0.0.0.0"))  # as Streamlit does without any
    if listens.exposed and not listens.token:
        print(
            f"explorer: no token is set, so this machine alone is answered, not all that reach {listens.host}; to let "
            "others in, set EXPLORER_TOKEN",
            file=sys.stderr,
        )
    if listens.read_only and listens.user_header:
        ask_pages(partial(_visitor, listens.user_header))
    return listens


def _visitor(header: str) -> str:
    """Who has the session that this thread draws: the guard has let through no name but that of a trusted proxy."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    if headers := st.context.headers:  # none any more where the browser has gone, whose last click is carried out yet
        names = headers.get_all(header)
        state(VisitorState).name = names[0] if len(names) == 1 else ""
    return state(VisitorState).name


def _agreed(wanted: Access) -> Access:
    if wanted.user_header and os.environ.get("FORWARDED_ALLOW_IPS") != "":
        raise LibraryError(
            "EXPLORER_USER_HEADER needs FORWARDED_ALLOW_IPS to be set and empty, so that the peer is known for sure; "
            "`explorer app` sees to it"
        )
    path = Access.of({"EXPLORER_BASE_PATH": str(config.get_option(_PATH) or "")}).base_path
    if wanted.base_path and path and wanted.base_path != path:
        raise LibraryError(
            f"EXPLORER_BASE_PATH is {wanted.base_path}, --{_PATH} {path}: leave out either, or say the same"
        )
    if wanted.base_path and not path:
        config.set_option(_PATH, wanted.base_path)
    return replace(wanted, base_path=wanted.base_path or path)
