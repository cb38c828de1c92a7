"""A map drawn anew, in a real Chromium: dots go from where they were to where they are, also after another page."""

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.library import Library
from support.browser import NEEDED, serving
from support.pages import eventually, run, search

pytestmark = [NEEDED, pytest.mark.slow]

WORDS = "moss fen tide rock dune lake storm river".split()
WATCH = """() => {
    window.seen = [];
    const look = () => {
        const hosts = [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
        const root = hosts.map((host) => host.querySelector(".explorer-map")).find(Boolean);
        const moving = root?.classList.contains("moving");
        if (root?.dataset.ready) window.seen.push([moving, ...root.explorerMap.placeOf(5)]);
        requestAnimationFrame(look);
    };
    look();
}"""  # where paper 5 is drawn, in each frame


@pytest.fixture
def folder(tmp_path):
    with Library.open(tmp_path / "library", encoder=ToyEncoder()) as library:
        library.add([paper(f"On {WORDS[n % 8]} {n}", WORDS[n % 8] * 3, record=n, key=f"k{n}") for n in range(80)])
    return tmp_path / "library"


def redraw(folder):
    """Draws the map of a library anew; where paper 5 was and is."""
    with Library.open(folder, encoder=ToyEncoder()) as library:
        before = library.map[5].tolist()
        library.redraw(seed=9)
        return before, library.map[5].tolist()


def opened(browser, url, **settings):
    page = browser.new_context(viewport={"width": 1400, "height": 900}, **settings).new_page()
    page.goto(url)
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    return page


def away_and_back(page):
    page.get_by_role("link", name="Library").first.click()
    page.get_by_role("heading", name="Library", exact=True).wait_for()
    page.get_by_role("link", name="Explore").first.click()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)


@pytest.mark.parametrize("take_up", [away_and_back, lambda page: search(page, "moss")], ids=["other page", "rerun"])
def test_dots_move_to_their_new_places(browser, folder, take_up):
    with serving(folder) as url:
        page = opened(browser, url)
        old, new = redraw(folder)
        page.evaluate(WATCH)
        take_up(page)
        seen = eventually(
            lambda: page.evaluate("() => window.seen"),
            lambda seen: any(moving for moving, *_ in seen) and not seen[-1][0],
        )
        moving = [place for is_moving, *place in seen if is_moving]
        assert len(moving) > 2
        gaps = [((x - new[0]) ** 2 + (y - new[1]) ** 2) ** 0.5 for x, y in moving]
        whole = ((old[0] - new[0]) ** 2 + (old[1] - new[1]) ** 2) ** 0.5
        assert whole > 0.01 and gaps[0] > 0.5 * whole
        assert gaps == sorted(gaps, reverse=True)
        assert seen[-1][1:] == pytest.approx(new, abs=1e-6)


def test_who_wants_little_motion_sees_none(browser, folder):
    with serving(folder) as url:
        page = opened(browser, url, reduced_motion="reduce")
        _, new = redraw(folder)
        page.evaluate(WATCH)
        away_and_back(page)
        place = page.locator(".explorer-map").evaluate("root => root.explorerMap.placeOf(5)")
        assert place == pytest.approx(new, abs=1e-6)
        assert not any(moving for moving, *_ in page.evaluate("() => window.seen"))


def test_papers_are_known_again_by_their_keys(blank):
    runs = run(
        blank, "map/movement.js",
        """({ common }) => [common([[1, 5]], [[1, 5]]), common([[1, 5], [10, 3]], [[2, 2], [5, 7]]),
            common([[1, 2]], [[5, 1]]), common(null, [[1, 1]]), common([], [])]""",
    )  # fmt: skip
    assert runs == [[[0, 0, 5]], [[1, 0, 2], [4, 2, 1], [5, 7, 2]], [], [], []]
