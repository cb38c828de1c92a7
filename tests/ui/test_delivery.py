"""Data of two runs that reach a component's scripts in any order: the older never replace the newer."""

import json
import subprocess

import pytest
from streamlit.testing.v1 import AppTest

from explorer.server.scripts import script_path
from explorer.ui.components.delivery import entry
from support import node

NEWER, OLDER, LONG_AGO = {"made": 2_000_000}, {"made": 1_999_900}, {"made": 1_000_000}


@node.NEEDED
@pytest.mark.parametrize(
    ("calls", "mounted"),
    [
        ([OLDER, NEWER], [NEWER]), ([NEWER, OLDER], [NEWER]), ([NEWER, NEWER], [NEWER, NEWER]),
        ([NEWER, LONG_AGO], [LONG_AGO]), ([None, None], [None, None]),
    ],
)  # fmt: skip
def test_only_the_newest_data_of_calls_that_overtake_each_other_are_drawn(tmp_path, calls, mounted):
    module = tmp_path / script_path("cards")
    module.parent.mkdir(parents=True)
    module.write_text("export const drawn = []; export const mount = ({ data }) => drawn.push(data ?? null);")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "entry.js").write_text(entry("cards"))
    script = tmp_path / "asked.js"
    script.write_text(
        f"globalThis.document = {{ baseURI: {json.dumps(tmp_path.as_uri() + '/')} }};\n"
        f"const {{ default: call }} = await import('./entry.js');\n"
        f"const place = {{}}, {{ drawn }} = await import({json.dumps(module.as_uri())});\n"
        f"await Promise.all({json.dumps(calls)}.map((data) => call({{ parentElement: place, data: [data] }})));\n"
        "process.stdout.write(JSON.stringify(drawn));"
    )
    done = subprocess.run([str(node.NODE), str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout or "null")) == (0, mounted), done.stderr


def test_data_keep_their_time_until_they_change():
    def page():
        import streamlit as st

        from explorer.ui.components.delivery import stamped

        st.json(stamped("list", {"papers": st.session_state.get("papers", [1])}))

    app = AppTest.from_function(page).run()
    (first,) = json.loads(app.json[0].value)
    assert json.loads(app.run().json[0].value) == [first]
    app.session_state["papers"] = [2]
    (second,) = json.loads(app.run().json[0].value)
    assert second["papers"] == [2] and second["made"] > first["made"]
