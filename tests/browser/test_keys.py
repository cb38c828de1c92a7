"""Lists by keys alone in a real Chromium: from card to card, what letters do and leave alone, and what is heard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from support import node
from support.browser import NEEDED
from support.pages import basket, carried_out, eventually

KEYS = "../../../ui/components/cards/keys.js"
ACTIVE = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const name = at?.dataset?.name ?? at?.ariaLabel ?? at?.className ?? at?.tagName;
    return [name, at?.closest?.('.card')?.dataset.id ?? null];
}"""


def focused(page):
    """The name of the element that has the focus, and the paper of its card."""
    return page.evaluate(ACTIVE)


def ids(page):
    return page.locator(".explorer-cards .card").evaluate_all("cards => cards.map((card) => card.dataset.id)")


def asked(open_marked):
    """A page with the answer to a question."""
    page = open_marked("/?q=alpha")
    page.get_by_text("nearest to “alpha”").first.wait_for(timeout=60_000)  # the first waits for the model
    return page


@node.NEEDED
def test_a_key_of_whoever_types_or_holds_a_modifier_is_no_key_of_the_list(tmp_path):
    expression = """{
        const press = (more, path = []) => taken({ composedPath: () => path, ...more });
        const field = { matches: (selector) => selector.includes("textarea") }, button = { matches: () => false };
        const others = ["ctrlKey", "metaKey", "altKey", "isComposing", "defaultPrevented"];
        return [press({}), press({}, [button, {}]), press({}, [field, button]),
            press({}, [{ isContentEditable: true }]), ...others.map((name) => press({ [name]: true })),
            press({ shiftKey: true })];
    }"""
    made = node.evaluated({KEYS: "taken"}, expression, tmp_path)
    assert made == [False, False, True, True, True, True, True, True, True, False]


@NEEDED
def test_cards_are_walked_opened_kept_and_picked_by_letters(open_marked):
    page = asked(open_marked)
    cards = ids(page)
    page.keyboard.press("j")
    assert focused(page) == [f"title {cards[0]}", cards[0]]
    for key, at in (("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert focused(page)[1] == cards[at]
    page.keyboard.press("j")
    card = page.locator(f".explorer-cards .card[data-id='{cards[1]}']")
    page.keyboard.press("o")
    expect(card.locator(".details")).to_be_visible()
    expect(page.locator(".explorer-map .ring.listed")).to_be_visible()  # the map shows which paper it is
    page.keyboard.press("o")
    expect(card.locator(".details")).to_have_count(0)
    page.keyboard.press("o")
    page.keyboard.press("Escape")
    expect(card.locator(".details")).to_have_count(0)

    page.keyboard.press("l")
    expect(card.locator(".toggle.like")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    expect(card.locator(".toggle.like")).to_have_attribute("aria-pressed", "false")
    assert focused(page)[1] == cards[1]
    carried_out(page)

    title = card.locator(".title").inner_text()
    page.keyboard.press("+")
    assert eventually(lambda: basket(page), bool) == [title]
    page.get_by_text("like this one").first.wait_for()
    eventually(lambda: focused(page)[1], bool)  # whatever became of the list, the focus is in it
    assert focused(page)[0]
    page.keyboard.press("j")
    second = page.locator(f".explorer-cards .card[data-id='{focused(page)[1]}'] .title").inner_text()
    page.keyboard.press("-")
    assert eventually(lambda: basket(page), lambda picked: len(picked) == 2) == [title, second]


@NEEDED
def test_a_folded_card_is_one_tab_stop_and_arrows_reach_its_buttons(open_marked):
    page = asked(open_marked)
    first, second = ids(page)[:2]
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    assert focused(page) == [f"title {second}", second]
    page.keyboard.press("Shift+Tab")
    names = []
    for _ in range(7):
        names.append(focused(page)[0])
        page.keyboard.press("ArrowRight")
    order = ["title", "plus", "minus", "like", "read", "hide", "hide"]
    assert names == [f"{name} {first}" for name in order]
    page.keyboard.press("Tab")
    assert focused(page)[1] == second
    page.keyboard.press("Shift+Tab")
    assert focused(page)[0] == f"hide {first}"  # it remembers the button
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-cards .toast")).to_contain_text("Hidden:")
    page.keyboard.press("Enter")  # the way back has the focus
    expect(page.locator(".explorer-cards .toast")).to_have_count(0)
    carried_out(page)


@NEEDED
def test_letters_are_letters_where_one_types_and_can_be_switched_off(open_marked):
    page = asked(open_marked)
    page.keyboard.press("j")
    page.keyboard.press("/")
    assert focused(page)[0] == "Search"
    page.keyboard.type("jkol?/+-")
    assert page.get_by_label("Search").input_value() == "jkol?/+-"  # the text before was selected
    page.get_by_label("Search").fill("alpha")
    page.keyboard.press("Escape")

    page.locator(".explorer-cards h2").focus()
    for chord in ("Control+j", "Alt+j", "Meta+j"):
        page.keyboard.press(chord)
        assert focused(page)[0] == "heading"
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    expect(help_).to_contain_text("to the next card")
    page.keyboard.press("j")
    expect(help_).to_be_visible()
    help_.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(help_).to_have_count(0)
    assert focused(page)[0] == "heading"
    page.keyboard.press("j")
    assert focused(page)[0] == "heading"
    page.locator(".explorer-cards").get_by_role("button", name="Keys").click()
    help_.get_by_role("checkbox").check()
    help_.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert focused(page)[1] is not None


@NEEDED
def test_escape_leaves_the_selected_paper(open_marked):
    page = asked(open_marked)
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.locator(".explorer-cards .details .similar").first.focus()
    page.keyboard.press("Enter")
    page.locator(".explorer-cards .chosen").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator(".explorer-cards .chosen")).to_have_count(0)
    page.get_by_text("nearest to “alpha”").first.wait_for()


@NEEDED
def test_links_skip_to_the_list_and_to_the_map(open_marked):
    page = open_marked()
    page.locator(".explorer-skip").wait_for(state="attached")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the list")).to_be_focused()
    page.keyboard.press("Enter")
    assert focused(page)[0] == "heading"
    page.get_by_role("button", name="Skip to the map").focus()
    page.keyboard.press("Enter")
    assert focused(page)[0].startswith("Map of papers")
    page.get_by_role("link", name="Library").click()
    page.get_by_test_id("stFileUploader").wait_for()
    expect(page.locator(".explorer-skip")).to_be_hidden()


@NEEDED
def test_an_answer_is_announced_once_in_a_region_that_stays(open_marked):
    page = asked(open_marked)
    region = page.locator("[data-testid='stBidiComponentRegular'] .unseen[role=status], .unseen[role=status]").first
    expect(region).to_have_text("Results: 10")
    region.evaluate(
        """region => {
            window.heard = [];
            const watch = new MutationObserver(() => heard.push(region.textContent));
            watch.observe(region, { childList: true, characterData: true });
        }"""
    )
    page.keyboard.press("j")
    page.keyboard.press("l")
    carried_out(page)
    page.keyboard.press("l")
    carried_out(page)
    assert page.evaluate("heard") == []  # a mark is no answer
    page.keyboard.press("/")
    page.keyboard.type("beta gamma")
    page.keyboard.press("Enter")
    page.get_by_text("nearest to “beta gamma”").first.wait_for()
    heard = eventually(lambda: page.evaluate("heard"), bool)
    assert heard == ["Results: 10."]  # said anew, as it is another answer
    assert region.evaluate("region => region.isConnected")


@NEEDED
@pytest.mark.parametrize("path", ["/", "/?q=alpha", "/draft"])
def test_headings_come_in_order(open_marked, path):
    page = open_marked("/" if path == "/draft" else path)
    if path == "/draft":
        page.get_by_role("link", name="Draft").click()
        page.locator("textarea").fill("Alpha and beta are studied here with care. Gamma is studied with care, too.")
        page.get_by_role("button", name="Compare").click()
    page.locator(".explorer-cards .card").first.wait_for()
    levels = eventually(
        lambda: page.get_by_role("heading").evaluate_all("all => all.map((one) => Number(one.tagName.slice(1)))"),
        lambda levels: len(levels) > 3,
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@node.NEEDED
def test_what_is_announced_counts_the_whole_answer(tmp_path):
    expression = """[
        { selected: null, exports: { count: 10000 }, results: [1, 2] },
        { selected: { title: "A" }, exports: null, results: [1, 2, 3] }, { selected: null, exports: null, results: [] },
    ].map(spoken)"""
    made = node.evaluated({"../../../ui/components/cards/announcer.js": "spoken"}, expression, tmp_path)
    assert made == ["Results: 10,000", "A paper is selected. Results: 3", "Results: 0"]
