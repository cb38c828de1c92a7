"""The whole journey in a real Chromium: open, search, click, neighbours, reload, dark, phone, a silent console."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-background-networking", "--disable-sync", "--disable-component-update",
    "--no-first-run",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("EXPLORER_REQUIRE_BROWSER"), reason="no chromium on this machine"
    ),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(library):
    """The app as `explorer app` starts it, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "explorer", "app", "--library", str(library), "--port", str(port), "--headless"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, process.stdout.read().decode()
                time.sleep(0.25)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright):
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="module")
def address(_built_seeds, tmp_path_factory):
    folder = shutil.copytree(_built_seeds, tmp_path_factory.mktemp("browser") / "library")
    with serving(folder) as url:
        yield url


@pytest.fixture
def open_page(browser, address):
    """Open pages that fail the test at its end when their console holds an error."""
    errors, contexts = [], []

    def open_at(path="/", **settings):
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []


def search(page, text):
    box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
    box.fill(text)
    box.press("Enter")
    page.get_by_text(f"nearest to “{text}”").wait_for(timeout=60_000)


def titles(page):
    return page.locator(".explorer-cards .results .title").all_inner_texts()


def map_data(page, name):
    return page.locator(".explorer-map").get_attribute(f"data-{name}")


def click_dot(page, row):
    page.wait_for_timeout(300)  # the map may be flying to the results
    place = page.locator(".explorer-map").evaluate("(root, row) => root.explorerMap.screenOf(row)", row)
    page.mouse.move(place["x"] - 1, place["y"])
    page.mouse.click(place["x"], place["y"])
    page.wait_for_selector(f'.explorer-map[data-selected="{row}"]', timeout=30_000)


def test_the_map_shows_all_twelve_papers(open_page):
    page = open_page()
    assert map_data(page, "n") == "12"
    assert map_data(page, "renderer") == "webgl2"
    assert "12 papers" in page.locator(".explorer-cards h2").inner_text()


def test_the_journey(open_page):
    page = open_page()
    search(page, "playing Minecraft from videos")
    assert titles(page)[0].startswith("Pretraining on noisy")
    assert map_data(page, "results") == "10"

    # A click on a dot selects its paper: its card, and its neighbours in the list and on the map.
    row = int(page.locator(".explorer-cards .results .card").nth(1).evaluate("card => card.dataset.row"))
    wanted = titles(page)[1]
    click_dot(page, row)
    chosen = page.locator(".explorer-cards .chosen")
    chosen.wait_for()
    assert chosen.locator(".title").inner_text().startswith(wanted.split("\n")[0][:60])
    assert "curriculum" in chosen.locator(".abstract").inner_text()
    assert titles(page)[0].startswith("Pretraining on noisy")

    # A reload restores query, paper and map view.
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(900)
    view, shown = map_data(page, "view"), titles(page)
    assert "q=playing" in page.url
    assert "paper=" in page.url
    assert "#map=" in page.url
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .chosen").wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first.input_value() == (
        "playing Minecraft from videos"
    )
    assert titles(page) == shown
    assert map_data(page, "selected") == str(row)
    assert map_data(page, "view") == view

    # Back to the results of the question.
    page.get_by_role("button", name="Back to").click()
    page.get_by_text("nearest to “playing Minecraft from videos”").wait_for()
    assert "paper=" not in page.url


def test_similar_to_this_from_a_card(open_page):
    page = open_page()
    search(page, "superhuman diplomacy without human data")
    assert titles(page)[0] == "No-Press Diplomacy from Scratch"
    page.get_by_role("button", name="No-Press Diplomacy from Scratch").click()
    assert "DORA" in page.locator(".explorer-cards .abstract").inner_text()
    page.get_by_role("button", name="Similar to this").click()
    page.locator(".explorer-cards .chosen").wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.results .title')"
        "?.textContent.includes('KL-Regularized Search'))"
    )


def test_latex_is_readable(open_page):
    page = open_page()
    page.get_by_role("button", name="Learned Belief Search: Efficiently").click()
    abstract = page.locator(".explorer-cards .abstract").inner_text()
    assert "55% ~ 91%" in abstract
    assert "35.8 ×" in abstract
    assert "\\" not in abstract
    assert "$" not in abstract


def test_keyboard_alone_selects_a_paper(open_page):
    page = open_page()
    page.locator('.explorer-map [role="application"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".explorer-cards .chosen").wait_for()
    page.keyboard.press("Escape")
    page.locator(".explorer-cards .chosen").wait_for(state="detached")


def test_a_box_fills_the_list(open_page):
    page = open_page()
    box = page.locator(".explorer-map canvas").first.bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.get_by_text("12 papers in the area").wait_for()
    assert len(titles(page)) == 12


def test_dark_theme_and_phone_width(open_page):
    page = open_page(color_scheme="dark", viewport={"width": 420, "height": 800}, has_touch=True)
    background = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert sum(int(part) for part in background.strip("rgba()").split(",")[:3]) < 150
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 420
    the_map, the_list = page.locator(".explorer-map").bounding_box(), page.locator(".explorer-cards").bounding_box()
    assert the_map["y"] < the_list["y"]
    assert the_map["width"] > 350
    search(page, "hidden information in card games")
    assert len(titles(page)) == 10


def test_the_browsers_back_button_goes_back_to_the_question_before(open_page):
    page = open_page()
    search(page, "poker")
    search(page, "Minecraft")
    page.go_back()
    page.get_by_text("nearest to “poker”").wait_for(timeout=60_000)
    box = page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first
    assert box.input_value() == "poker"
    page.go_back()
    page.get_by_text("12 papers").first.wait_for(timeout=60_000)


def test_show_more_is_offered_only_when_there_is_more(open_page):
    page = open_page("/?q=games&source=003_4fb6813f9c0b5c43.txt")
    page.get_by_text("10 papers nearest to “games”").wait_for(timeout=60_000)
    assert page.get_by_role("button", name="Show more").count() == 0
    page.goto(page.url.split("&source")[0])
    page.get_by_role("button", name="Show more").click()
    page.get_by_text("12 papers nearest to “games”").wait_for(timeout=60_000)
    assert len(titles(page)) == 12


def test_filters_in_the_address_are_restored(open_page):
    page = open_page("/?q=games&author=Sokota&colour=similarity")
    page.get_by_text("3 papers nearest to “games”").wait_for(timeout=60_000)
    page.get_by_role("button", name="Filters (1)").click()
    assert page.get_by_label("Author").input_value() == "Sokota"
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text("10 papers nearest to “games”").wait_for(timeout=60_000)
    assert "author" not in page.url


def test_the_map_is_drawn_without_webgl(playwright, address):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    assert map_data(page, "renderer") == "canvas2d"
    click_dot(page, 5)
    page.locator(".explorer-cards .chosen").wait_for()
    browser.close()


def test_text_of_papers_is_never_run(browser, tmp_path):
    """Scripts, markup and formulas in every field of a file show as text."""
    import json

    from embeddings.encoder import ToyEncoder
    from explorer.library import Library

    nasty = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> **bold** $x$ :red[y] {{7*7}}'
    file = tmp_path / "nasty.jsonl"
    record = {
        "id": nasty,
        "title": nasty,
        "abstract": nasty,
        "authors": [nasty],
        "venue": nasty,
        "url": "javascript:alert(1)",
    }
    file.write_text("".join(json.dumps({**record, "title": f"{n} {nasty}", "year": 2000 + n}) + "\n" for n in range(3)))
    with Library.open(tmp_path / "lib", encoder=ToyEncoder()) as library:
        library.add(file)
    with serving(tmp_path / "lib") as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        page.locator(".explorer-cards .results .title").first.click()
        assert "<script>" in page.locator(".explorer-cards .abstract").first.inner_text()
        assert "**bold**" in page.locator(".explorer-cards .abstract").first.inner_text()
        page.get_by_role("button", name="Similar to this").first.click()
        page.locator(".explorer-cards .chosen").wait_for()
        page.get_by_role("button", name="Filters").click()
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Library").click()
        page.get_by_text("Last import").wait_for()
        assert page.evaluate("window.hacked") is None
        assert page.locator("a[href^='javascript']").count() == 0
        page.close()


def test_a_file_is_uploaded_imported_and_shown(browser, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("Title,Abstract,Year\nA first,about rivers and lakes,2001\nA second,about mountains,2002\n,,\n")
    with serving(tmp_path / "fresh") as url:
        page = browser.new_page()
        page.goto(url)
        page.get_by_text("Nothing here yet").wait_for(timeout=60_000)
        page.get_by_role("link", name="Add papers").click()
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_role("button", name="Add to the library").click()
        page.get_by_text("2 added").first.wait_for(timeout=120_000)
        page.reload()
        page.get_by_text("Last import").wait_for(timeout=60_000)
        page.get_by_role("link", name="Explore").click()
        page.wait_for_selector('.explorer-map[data-n="2"]', timeout=60_000)
        page.close()


def ring(page, name):
    """Centre of a ring on the map, in the page's pixels; None while it is hidden."""
    return page.locator(f".explorer-map .ring.{name}").evaluate(
        "e => { const b = e.getBoundingClientRect(); return e.hidden ? null : [b.x + b.width / 2, b.y + b.height / 2] }"
    )


def place_of(page, row):
    place = page.locator(".explorer-map").evaluate("(root, row) => root.explorerMap.screenOf(row)", row)
    return [place["x"], place["y"]]


def test_a_card_under_the_pointer_is_ringed_on_the_map(open_page):
    page = open_page()
    search(page, "hidden information in card games")
    page.wait_for_timeout(500)
    card = page.locator(".explorer-cards .results .card").nth(2)
    draws = "root => root.explorerMap.stats().draws"
    before = page.locator(".explorer-map").evaluate(draws)
    card.hover()
    page.wait_for_timeout(100)
    wanted = place_of(page, int(card.evaluate("card => card.dataset.row")))
    assert ring(page, "listed") == pytest.approx(wanted, abs=0.5)
    assert page.locator(".explorer-map").evaluate(draws) == before  # the ring costs no drawing
    page.mouse.move(5, 5)
    page.wait_for_timeout(100)
    assert ring(page, "listed") is None
    # Rows that are not on the map, and messages without a row, are no error.
    for detail in ("{row: 99}", "{row: null}", "null"):
        page.evaluate(f"window.dispatchEvent(new CustomEvent('explorer:hover', {{detail: {detail}}}))")
        assert ring(page, "listed") is None


@pytest.mark.parametrize(("width", "height", "tall"), [(1400, 900, 716), (1400, 500, 420), (420, 800, 368)])
def test_the_map_is_as_high_as_the_window_allows(open_page, width, height, tall):
    page = open_page(viewport={"width": width, "height": height})
    assert page.locator(".explorer-map").bounding_box()["height"] == pytest.approx(tall, abs=1)
    if width > 640:
        page.set_viewport_size({"width": width, "height": height + 200})
        page.wait_for_timeout(200)
        grown = page.locator(".explorer-map").bounding_box()["height"]
        assert grown == pytest.approx(max(420, height + 200 - 184), abs=1)
        canvas = page.locator(".explorer-map canvas.dots").evaluate("canvas => canvas.height")
        assert canvas == pytest.approx(grown, abs=3)


def test_the_wheel_zooms_until_the_end_and_then_belongs_to_the_page(open_page):
    page = open_page()
    wheel = """(stage, [delta, ctrl]) => !stage.dispatchEvent(new WheelEvent("wheel",
        {deltaY: delta, ctrlKey: ctrl, cancelable: true, clientX: 900, clientY: 400}))"""
    stage = page.locator(".explorer-map .stage")
    assert stage.evaluate(wheel, [240, False]) is True
    for _ in range(8):
        stage.evaluate(wheel, [240, False])
    page.wait_for_timeout(100)
    assert map_data(page, "view").endswith(",0.5000")
    assert stage.evaluate(wheel, [240, False]) is False
    assert stage.evaluate(wheel, [240, True]) is True  # else the browser would zoom the page
    assert stage.evaluate(wheel, [-240, False]) is True


def test_papers_in_one_place_take_turns(browser, address):
    """Papers 0, 1 and 2 lie within two pixels of one another; each click at the spot selects the next."""
    import numpy as np

    def pile_up(route):
        body = bytearray(route.fetch().body())
        xy = np.frombuffer(body, "<f4", 24, offset=16).reshape(12, 2)  # header of four words, then the places
        xy[1:3] = xy[0] + [[0, 0], [np.ptp(xy) / 1000, 0]]
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.route("**/points", pile_up)
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    seen = []
    for _ in range(4):
        page.mouse.click(*place_of(page, 0))
        page.wait_for_timeout(1000)  # two quick clicks are a zoom
        seen.append(map_data(page, "selected"))
    page.close()
    assert sorted(seen[:3]) == ["0", "1", "2"]
    assert seen[3] == seen[0]


def test_labels_and_badges_leave_the_star_alone(browser, address):
    """The middle of the star keeps the theme's colour, though the first results lie under it."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(address)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    search(page, "playing Minecraft from videos")
    page.locator('.explorer-map [data-tool="fit"]').click()
    page.wait_for_timeout(600)
    found = page.locator(".explorer-map").evaluate(
        """root => {
            const canvas = root.querySelector("canvas.marks"), { width, height } = canvas;
            const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            const probe = document.createElement("canvas").getContext("2d");
            probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-primary-color");
            probe.fillRect(0, 0, 1, 1);
            const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
            let count = 0;
            for (let i = 0; i < pixels.length; i += 4)
                count += pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b && pixels[i + 3] === 255;
            return count / devicePixelRatio ** 2;
        }"""
    )
    page.close()
    assert found > 200  # a star of radius 17 less its outline; a badge on top would leave half
