"""What the server makes ready before the first page, and what the first page needs not."""

import asyncio
import os
import subprocess
import sys
import threading

from streamlit.testing.v1 import AppTest

from explorer.server import session
from explorer.ui import PAGES
from explorer.ui.shell import ahead

_SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({page!r}, default_timeout=60).run()
assert not page.exception, page.exception
print(*(name for name in ("pandas", "torch", "pyarrow") if name in sys.modules))
"""


def test_the_first_page_is_drawn_without_the_libraries_that_take_long_to_load(seed_folder):
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(page=str(PAGES))],
        env={**os.environ, "EXPLORER_LIBRARY": str(seed_folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_what_the_first_page_shows_is_ready_before_it_asks(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))

    async def serve():
        async with ahead.lifespan(None):
            for thread in threading.enumerate():
                if thread.name == "ahead":
                    await asyncio.to_thread(thread.join, 60)

    asyncio.run(serve())
    snapshot = session.library().snapshot
    ready = {name: value for name, (_, value) in snapshot._common.cache.items()}
    assert {"filter choices", "years", "rows of each file", "topics of the map"} <= ready.keys()
    page = AppTest.from_file(str(PAGES), default_timeout=60).run()
    assert not page.exception
    assert all(snapshot._common.cache[name][1] is value for name, value in ready.items())


def test_a_folder_without_a_library_is_left_to_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "none"))
    ahead._prepare()
    assert not (tmp_path / "none").exists()
