"""Pages of the app run by AppTest, and the background jobs they start. No test stands here.

Always true: Streamlit looks through the installed packages for components once in a process, not for each AppTest anew,
which took half the time of most tests of pages.
"""

import json
import re
import sys
import time
from functools import cache

import pytest

from embeddings.toy import ToyEncoder
from explorer.library import Library
from explorer.server.jobs import JOBS
from explorer.ui import PAGES

TABLE = (
    "Title,Abstract,Year,Authors\n"
    'River deltas,"Sediment in deltas over forty years of floods.",1999,"Smith, Jane"\n'
    'Old walls,"Moss grows on old walls where light is low.",2004,"Moss, Karl"\n'
    "Plain walls,,2010,\n"
    ",,,\n"
)
UNNAMED = (
    "Ref,Heading of it,Body,When\n1,River deltas,Sediment in deltas over years of floods.,1999\n"
    "2,Old walls,Moss grows on them.,2004\n"
)


def pytest_runtest_setup():
    if "streamlit" in sys.modules:
        from streamlit.components.v2 import manifest_scanner as scanner

        if not hasattr(scanner.scan_component_manifests, "cache_info"):
            scanner.scan_component_manifests = cache(scanner.scan_component_manifests)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An app of its own with a toy library that holds nothing yet."""
    folder = tmp_path / "library"
    Library.open(folder, encoder=ToyEncoder()).close()
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library._store.set(encoder=ToyEncoder.name, revision=ToyEncoder.revision)
    monkeypatch.setenv("EXPLORER_LIBRARY", str(folder))
    monkeypatch.setattr(JOBS, "_latest", None)
    return folder


@pytest.fixture
def page(folder):
    return app_at(PAGES)


def app_at(script):
    from streamlit.testing.v1 import AppTest  # two seconds, for the tests that need it

    return AppTest.from_file(str(script), default_timeout=60)


def wait():
    for _ in range(600):
        if not JOBS.busy:
            return JOBS.latest
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def add(folder, *files):
    with Library.open(folder) as library:
        return library.add(*files)


def shown(page):
    """All words on the page; HTML without its tags."""
    parts = [
        str(element.value)
        for kind in ("title", "subheader", "markdown", "caption", "text", "success", "error", "warning", "info")
        for element in page.get(kind)
    ]
    parts += [re.sub("<[^>]*>", " ", element.proto.body) for element in page.get("html")]
    return " ".join(" ".join(parts).replace("\\", "").split())


def cards(page):
    """What the list beside the map holds."""
    protos = [getattr(element, "proto", None) for element in page.main]
    return next(json.loads(each.json)[0] for each in protos if getattr(each, "component_name", "") == "explorer_cards")


def button(page, label):
    return next(element for element in page.button if element.label == label)


def labels(page):
    return [element.label for element in page.button]


def library_at(folder):
    """The page Library by itself: AppTest cannot click a link."""
    from streamlit.testing.v1 import AppTest

    return AppTest.from_string("from explorer.ui.pages import library\nlibrary.draw()", default_timeout=60).run()


def same(folder):
    """The page Same paper? by itself."""
    from streamlit.testing.v1 import AppTest

    return AppTest.from_string("from explorer.ui.pages import duplicates\nduplicates.draw()", default_timeout=60)
