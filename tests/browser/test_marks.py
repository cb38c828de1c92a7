"""Marks in a real Chromium: like, read, hide, collections, tags, notes, versions."""

import pytest
from playwright.sync_api import expect

from support.pages import (
    at_rest,
    beside_the_panel,
    card_of,
    carried_out,
    click_dot,
    eventually,
    place_of,
    reload,
    tip,
    toggle,
)


def test_a_like_shows_at_once_stays_and_fetches_no_points(open_marked):
    page = open_marked()
    like = toggle(page, "Paper 5 about zeta", "like")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    like.focus()
    page.keyboard.press("Enter")
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_be_focused()
    expect(page.locator(".explorer-map")).to_have_attribute("data-liked", "1")
    carried_out(page)
    at_rest(page)
    assert [url for url in fetched if "/map/" in url and "/trust" not in url] == []  # trust comes by and by
    reload(page)
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".explorer-map")).to_have_attribute("data-liked", "1")
    assert page.locator(".explorer-map .legend .liked").is_visible()
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".explorer-map")).to_have_attribute("data-liked", "0")
    reload(page)
    expect(like).to_have_attribute("aria-pressed", "false")


def test_many_toggles_in_a_row_are_all_kept(open_marked):
    page = open_marked()
    buttons = page.locator(".explorer-cards .results .toggle.read")
    for n in range(8):
        buttons.nth(n).click()
    expect(page.locator('.toggle.read[aria-pressed="true"]')).to_have_count(8)
    reload(page)
    expect(page.locator('.toggle.read[aria-pressed="true"]')).to_have_count(8)
    page.goto(page.url.split("?")[0] + "?collection=to+read")
    page.get_by_text("8 papers in “to read”").wait_for()


def test_a_hidden_paper_vanishes_and_comes_back(open_marked):
    page = open_marked()
    card = card_of(page, "Paper 6 about eta")
    row = int(card.get_attribute("data-row"))
    place = place_of(page, row)
    page.mouse.move(*place)
    assert eventually(lambda: tip(page), lambda text: text.startswith("Paper 6")).startswith("Paper 6 about eta")
    toggle(page, "Paper 6 about eta", "hide").click()
    expect(card).to_have_count(0)
    page.get_by_text("Hidden: Paper 6 about eta").wait_for()
    page.get_by_text("40 papers, by topic").wait_for()
    page.mouse.move(*place)
    assert not eventually(lambda: tip(page), lambda text: "Paper 6" not in text).startswith("Paper 6 about eta")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("41 papers, by topic").wait_for()
    expect(card).to_have_count(1)

    # Without the line at the foot, the filter leads back; the keyboard finds the way, too.
    hide = toggle(page, "Paper 6 about eta", "hide")
    hide.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    reload(page)
    expect(card).to_have_count(0)
    page.get_by_role("button", name="hidden 1").click()
    page.get_by_text("1 paper in “hidden”").wait_for()
    expect(hide).to_have_attribute("aria-pressed", "true")
    hide.click()
    page.get_by_text("0 papers in “hidden”").wait_for()
    page.get_by_role("button", name="Filters (1)").click()
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text("41 papers, by topic").wait_for()


def test_hiding_the_selected_paper_lets_go_of_it(open_marked):
    page = open_marked()
    click_dot(page, 8)
    page.locator(".explorer-cards .chosen .toggle.hide").click()
    page.locator(".explorer-cards .chosen").wait_for(state="detached")
    assert "paper=" not in page.url
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("41 papers, by topic").wait_for()


def test_collections_tags_and_a_note_of_an_open_card(open_marked):
    page = open_marked()
    page.get_by_role("button", name="Paper 7 about theta").click()
    card = card_of(page, "Paper 7 about theta")
    field = card.get_by_label("Add to a collection")
    for name in ("My thesis", "<b>Second</b>"):
        field.fill(f"  {name} ")
        field.press("Enter")
        card.get_by_text(name, exact=True).wait_for()
        expect(field).to_have_value("")
        expect(field).to_be_focused()
    card.get_by_label("Add a tag").fill("method")
    card.get_by_role("button", name="Add", exact=True).click()  # the other is hidden, its field being empty
    note = card.get_by_label("Note")
    note.fill("Read *again*")
    note.press("Control+Enter")
    card.get_by_text("saved", exact=True).wait_for()
    note.press("End")
    note.type(" soon")
    toggle(page, "Paper 7 about theta", "like").click()  # leaving the note saves it, and the click counts
    expect(toggle(page, "Paper 7 about theta", "like")).to_have_attribute("aria-pressed", "true")
    reload(page)
    page.get_by_role("button", name="Paper 7 about theta").click()
    expect(card.locator(".chip bdi")).to_have_text(["<b>Second</b>", "My thesis", "method"])
    assert note.input_value() == "Read *again* soon"
    expect(toggle(page, "Paper 7 about theta", "like")).to_have_attribute("aria-pressed", "true")
    known = card.locator("datalist").first.evaluate("list => [...list.options].map(option => option.value)")
    assert known == ["<b>Second</b>", "My thesis"]
    card.get_by_role("button", name="Take out of <b>Second</b>").click()
    card.get_by_role("button", name="Remove the tag method").click()
    note.fill("")
    note.blur()
    toggle(page, "Paper 7 about theta", "like").click()
    reload(page)
    page.get_by_role("button", name="Paper 7 about theta").click()
    expect(card.locator(".chip bdi")).to_have_text(["My thesis"])
    assert note.input_value() == ""


def test_a_half_written_note_outlives_another_run(open_marked):
    page = open_marked()
    page.get_by_role("button", name="Paper 9 about kappa").click()
    note = card_of(page, "Paper 9 about kappa").get_by_label("Note")
    note.type("half a thou")
    for _ in range(2):  # presses of which the focus knows nothing, each with a run
        toggle(page, "Paper 2 about gamma", "like").evaluate("button => button.click()")
        carried_out(page)
    note.type("ght")
    assert note.input_value() == "half a thought"


def test_versions_are_listed_in_the_open_card(open_marked):
    page = open_marked()
    page.get_by_role("button", name="A work in two versions").click()
    card = card_of(page, "A work in two versions")
    assert "2 versions" in card.locator(".facts").inner_text()
    card.locator("summary", has_text="2 versions").click()
    first, second = card.locator(".records li").all()
    assert "2001 · arXiv · arXiv" in first.inner_text()
    assert "made.jsonl (record 1) — the first that was read" in first.inner_text()
    assert "2003 · A Journal · DOI" in second.inner_text()
    assert second.locator("a").get_attribute("href") == "https://doi.org/10.1000/x"
    assert page.locator("a[href^='javascript']").count() == 0
    assert card.locator(".folders").inner_text() == "Thesis/One"
    page.goto(page.url + "?collection=Thesis")
    page.get_by_text("1 paper in “Thesis”").wait_for()


def test_all_papers_of_an_area_go_into_a_collection_and_out_again(open_marked):
    page = open_marked()
    box = beside_the_panel(page)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=6)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.get_by_text("41 papers in the area").wait_for()
    page.locator("summary", has_text="Add these 41 to …").click()
    page.get_by_label("Name of a collection").fill("All of it")
    page.get_by_label("Name of a collection").press("Enter")
    page.get_by_text("41 papers added to “All of it”").wait_for()
    page.locator("summary", has_text="Add these 41 to …").click()
    page.get_by_role("button", name="All of it", exact=True).click()
    page.get_by_text("All are in “All of it” already").wait_for()
    page.goto(page.url.split("?")[0] + "?collection=All+of+it")
    page.get_by_text("41 papers in “All of it”").wait_for()
    page.locator("summary", has_text="Add these 41 to …").click()
    page.get_by_role("button", name="to read", exact=True).click()
    page.get_by_text("papers added to “to read”").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("taken out of “to read” again").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_fit_a_phone(open_marked, scheme):
    page = open_marked(color_scheme=scheme, viewport={"width": 420, "height": 800}, has_touch=True)
    page.get_by_role("button", name="A work in two versions").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    toggles = page.locator(".explorer-cards .card").first.locator(".toggle")
    for box in (toggles.nth(n).bounding_box() for n in range(3)):
        assert box["width"] >= 40
        assert box["height"] >= 40
        assert box["x"] + box["width"] <= 420
