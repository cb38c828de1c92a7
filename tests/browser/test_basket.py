"""Likes and dislikes in a real Chromium: the basket, the address, the way back."""

from playwright.sync_api import expect

from support.pages import at_rest, basket, map_data, search, sign, titles


def test_three_likes_and_one_dislike(open_page):
    page = open_page()
    search(page, "planning with hidden information")
    for number, title in enumerate(("Abstracting Imperfect", "The Update Equivalence", "Safe Search")):
        button = sign(page, title, "plus")
        assert button.get_attribute("aria-pressed") == "false"
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_text("and like this one" if not number else f"and like these {number + 1}").wait_for(timeout=60_000)
        assert sign(page, title, "plus").count() == 0  # no liked paper is a result
    assert page.evaluate("document.activeElement.tagName") != "BODY"  # the keyboard goes on at the chip
    assert map_data(page, "asking") == "3"
    before = titles(page)
    sign(page, "Pretraining on noisy", "minus").click()
    page.locator(".basket .unliked").wait_for(timeout=60_000)
    expect(page.locator(".results .card").filter(has_text="Pretraining on noisy")).to_have_count(0)
    assert len(titles(page)) == len(before) - 1
    chosen, listed = basket(page), titles(page)
    assert [title.split()[0] for title in chosen] == ["Abstracting", "The", "Safe", "Pretraining"]
    page.reload()
    page.locator(".basket .unliked").wait_for(timeout=60_000)
    page.get_by_text("and like these 3").wait_for(timeout=60_000)
    assert basket(page) == chosen
    assert titles(page) == listed
    page.go_back()
    expect(page.locator(".basket .unliked")).to_have_count(0, timeout=60_000)
    expect(page.locator(".results .card").filter(has_text="Pretraining on noisy")).to_have_count(1)
    page.get_by_role("button", name="Take out “Safe Search").click()
    page.get_by_text("and like these 2").wait_for(timeout=60_000)
    page.get_by_role("button", name="Clear the basket").click()
    expect(page.locator(".basket")).to_have_count(0)
    page.get_by_text("nearest to “planning with hidden information”").wait_for()
    expect(page.locator(".explorer-cards h2")).not_to_contain_text("like")
    assert "like=" not in page.url


def test_the_basket_refines_the_list_of_a_selected_paper(open_page):
    page = open_page()
    search(page, "Minecraft")
    page.locator(".results .title").first.click()
    page.get_by_role("button", name="Similar to this").click()
    page.locator(".card.chosen").wait_for(timeout=60_000)
    selected, third = page.locator(".card.chosen h3").inner_text(), titles(page)[2]
    sign(page, third, "minus").click()
    expect(page.locator(".card.chosen")).to_have_count(0, timeout=60_000)  # the chips are there before the answer is
    assert [selected.startswith(basket(page)[0]), *basket(page)[1:]] == [True, third]
    page.go_back()
    page.locator(".card.chosen").wait_for(timeout=60_000)
    expect(page.locator(".basket")).to_have_count(0)


def test_only_unliked_papers_ask_for_more(open_page):
    page = open_page("/?unlike=gone&q=")
    page.get_by_text("Not in this library any more: gone.").wait_for(timeout=60_000)


def test_a_box_narrows_the_basket(open_page):
    page = open_page()
    search(page, "games")
    page.locator(".results .toggle.plus").first.click()
    page.get_by_text("and like this one").wait_for(timeout=60_000)
    at_rest(page)
    box = page.locator(".explorer-map canvas").first.bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.get_by_text("Within the area.").wait_for(timeout=60_000)
    assert 0 < len(titles(page)) < 10
    page.get_by_role("button", name="Leave the area").click()
    expect(page.get_by_text("Within the area.")).to_have_count(0)
    assert len(basket(page)) == 1
