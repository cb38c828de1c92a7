"""The options of Streamlit and of the app together, as the doors read them."""

import pytest
from streamlit import config

from explorer.server.access import Access
from explorer.ui import url_of
from explorer.ui.shell import entrance


@pytest.fixture(autouse=True)
def _options():
    yield
    config.set_option("server.baseUrlPath", "")


def test_the_path_of_either_is_that_of_both(monkeypatch):
    assert entrance.access().base_path == ""
    monkeypatch.setenv("EXPLORER_BASE_PATH", "/user/me/")
    assert entrance.access().base_path == "/user/me"
    assert config.get_option("server.baseUrlPath") == "/user/me"
    monkeypatch.delenv("EXPLORER_BASE_PATH")
    config.set_option("server.baseUrlPath", "user/you")
    assert entrance.access().base_path == "/user/you"


def test_two_paths_end_the_start_with_a_sentence(monkeypatch):
    monkeypatch.setenv("EXPLORER_BASE_PATH", "/user/me/")
    config.set_option("server.baseUrlPath", "/user/you")
    with pytest.raises(SystemExit, match=r"explorer: EXPLORER_BASE_PATH is /user/me, --server.baseUrlPath /user/you"):
        entrance.access()


def test_a_name_in_a_header_needs_a_server_that_knows_its_peers(monkeypatch):
    monkeypatch.setenv("EXPLORER_USER_HEADER", "X-Remote-User")
    monkeypatch.setenv("EXPLORER_TRUSTED_PROXY", "10.0.0.2")
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    with pytest.raises(SystemExit, match="needs FORWARDED_ALLOW_IPS to be set and empty"):
        entrance.access()
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    assert entrance.access().user_header == "x-remote-user"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://localhost:8501/below"),
        ("0.0.0.0", "http://localhost:8501/below"),
        ("::", "http://localhost:8501/below"),
        ("[::1]", "http://[::1]:8501/below"),
        ("10.0.0.5", "http://10.0.0.5:8501/below"),  # where it listens, and nowhere else
    ],
)
def test_the_browser_opens_where_the_app_listens(host, url):
    assert url_of(Access(base_path="/below", host=host, token="drawn by chance 16"), 8501) == url
