"""A damaged library in the app: the page says so and what to do, in pages and in callbacks."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.store import FILE
from explorer.ui import PAGES


@pytest.fixture
def app(seed_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", str(seed_folder))
    yield AppTest.from_file(str(PAGES), default_timeout=60)


def test_a_library_destroyed_before_and_after_it_was_opened_is_named(app, seed_folder):
    app.run()
    data = (seed_folder / FILE).read_bytes()
    destroyed = data[:4096] + b"\x55" * (len(data) - 4096)
    (seed_folder / FILE).write_bytes(destroyed)
    app.run()
    assert not app.exception
    app.run()
    assert not app.exception
    assert "damaged" in "".join(error.value for error in app.error)


def test_an_error_in_a_callback_is_a_toast(app):
    def page():
        import streamlit as st

        from explorer.errors import DamagedLibrary
        from explorer.ui.components import faults

        def fail():
            with faults.noted():
                raise DamagedLibrary("it is damaged; put back a copy")

        st.button("Fail", on_click=fail)

    shown = AppTest.from_function(page).run()
    shown.button[0].click().run()
    assert not shown.exception
    assert [toast.value for toast in shown.toast] == [r"it is damaged\; put back a copy"]
