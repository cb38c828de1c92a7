"""The app below a path, in a real Chromium: served there itself, and behind proxies of three kinds."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.browser import CHROMIUM, FLAGS, NEEDED, free_port, serving
from support.pages import click_dot, map_data, search, titles
from support.proxy import proxy

pytestmark = [NEEDED, pytest.mark.slow]
PATH = "/user/me@example.org/proxy/8501"
NAME = "papers.example.org"


@pytest.fixture(scope="module")
def named(playwright):
    """A Chromium that finds the host NAME on this machine."""
    started = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    )
    yield started
    started.close()


@pytest.fixture(scope="module")
def addresses(_built_seeds, tmp_path_factory):
    """How the same app is reached: by itself, and through proxies that keep Host, rewrite it, or take the path off."""
    port, folder = free_port(), shutil.copytree(_built_seeds, tmp_path_factory.mktemp("below") / "library")
    with ExitStack() as stack:
        trusted = ("--trusted-host", f"{NAME}:{port}")
        below = stack.enter_context(serving(folder, *trusted, path=PATH))
        plain = stack.enter_context(serving(folder))
        local = urlsplit(below).netloc
        kept, rewritten = stack.enter_context(proxy(below)), stack.enter_context(proxy(below, port=port, host=local))
        stripped = stack.enter_context(proxy(plain, strip=PATH))
        yield {
            "itself": below,
            "kept": kept + PATH,
            "rewritten": rewritten.replace("127.0.0.1", NAME) + PATH,
            "stripped": f"{stripped}{PATH}/",
        }


@pytest.mark.parametrize("way", ["itself", "kept", "rewritten", "stripped"])
def test_map_cards_and_routes_load(named, addresses, way):
    context = named.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    wrong = []

    def note(message):
        place = message.location.get("url", "")
        # Streamlit tries where its own root may be; without https a browser tells that it passes over a header.
        if message.type == "error" and "/library/_stcore/" not in place and "Opener-Policy" not in message.text:
            wrong.append((message.text, place))

    page.on("console", note)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(addresses[way])
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    assert map_data(page, "n") == "12"
    assert urlsplit(page.url).path.startswith(PATH.replace("@", "%40")) or urlsplit(page.url).path.startswith(PATH)

    search(page, "playing Minecraft from videos")
    assert titles(page)[0].startswith("Pretraining on noisy")
    page.get_by_role("button", name=titles(page)[0]).click()
    page.locator(".explorer-cards .why .term").first.wait_for(timeout=60_000)
    click_dot(page, int(page.locator(".results .card").nth(1).evaluate("card => card.dataset.row")))
    page.locator(".explorer-cards .chosen").wait_for()
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="BibTeX", exact=True).click()
    assert "@misc{" in Path(started.value.path()).read_text(encoding="utf-8")

    page.get_by_role("link", name="Library").click()  # another page, whose address is as deep, and a reload of it
    page.get_by_text("12 papers").first.wait_for()
    page.reload()
    page.get_by_text("12 papers").first.wait_for()
    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    assert wrong == []
    context.close()
