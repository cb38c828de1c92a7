"""The page Explore in a real Chromium: open, search, click, neighbours, reload, dark, phone, a silent console."""

from playwright.sync_api import expect

from support.browser import NEEDED, serving
from support.pages import at_rest, beside_the_panel, click_dot, eventually, map_data, search, titles

pytestmark = NEEDED


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
    at_rest(page)
    page.wait_for_function("view => location.hash.endsWith(`,${view.split(',')[2]}`)", arg=map_data(page, "view"))
    view, shown = map_data(page, "view"), titles(page)
    assert "q=playing" in page.url
    assert "paper=" in page.url
    assert "#map=" in page.url
    page.reload()
    page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
    page.locator(".explorer-cards .chosen").wait_for()
    assert page.get_by_role("searchbox").or_(page.get_by_role("textbox", name="Search")).first.input_value() == (
        "playing Minecraft from videos"
    )
    assert eventually(lambda: titles(page), lambda found: found == shown) == shown
    expect(page.locator(".explorer-map")).to_have_attribute("data-selected", str(row))
    at_rest(page)
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


def test_an_unfolded_result_shows_why_it_is_near(open_page):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/explorer/api/" in request.url else None)
    search(page, "superhuman diplomacy without human data")
    at_rest(page)
    assert asked == []  # nothing is fetched before a card is unfolded
    page.get_by_role("button", name="No-Press Diplomacy from Scratch").click()
    box = page.locator(".explorer-cards .why")
    height = box.bounding_box()["height"]
    box.locator(".term", has_text="Diplomacy").first.wait_for(timeout=60_000)
    assert box.bounding_box()["height"] == height  # its place was kept
    assert len(asked) == 1

    # A sentence that matters is marked; the keyboard shows its partner, here the question.
    mark = page.locator(".explorer-cards .abstract mark").first
    assert "Diplomacy" in mark.inner_text()
    whole = page.locator(".explorer-cards .abstract").inner_text()
    assert whole.startswith("Prior AI successes")
    assert page.locator(".explorer-cards .partner").is_hidden()
    mark.focus()
    partner = page.locator(".explorer-cards .partner")
    assert partner.inner_text().startswith("Your question")
    assert "superhuman diplomacy" in partner.inner_text()  # what is searched: without what is not wanted
    page.keyboard.press("Escape")
    assert partner.is_hidden()

    # The same among the neighbours of a paper: the partner is a sentence of that paper.
    page.get_by_role("button", name="Similar to this").click()
    page.locator(".explorer-cards .chosen").wait_for()
    page.get_by_role("button", name="Learned Belief Search").click()
    page.locator(".explorer-cards .results .abstract mark").first.hover(timeout=60_000)
    assert page.locator(".explorer-cards .partner").inner_text().startswith("No-Press Diplomacy from Scratch")


def test_an_explanation_that_fails_leaves_the_card_whole(open_page):
    page = open_page()
    page.route("**/explorer/api/why?*", lambda route: route.fulfill(status=200, body="<b>no JSON</b>"))
    search(page, "superhuman diplomacy")
    page.get_by_role("button", name="No-Press Diplomacy from Scratch").click()
    page.locator(".why", has_text="could not be found out").wait_for()
    assert "DORA" in page.locator(".explorer-cards .abstract").inner_text()
    assert page.locator(".explorer-cards mark").count() == 0


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
    box = beside_the_panel(page)
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
    assert page.get_by_label("Author", exact=True).input_value() == "Sokota"
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text("10 papers nearest to “games”").wait_for(timeout=60_000)
    assert "author" not in page.url


# ------------------------------------------------------------------------------------------------------- marks


def test_nothing_close_orders_and_papers_that_were_seen(browser, seed_folder):
    with serving(seed_folder) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"{address}/?q=asdf+qwerty")
        cards = page.get_by_test_id("cards")
        expect(cards.locator(".note")).to_contain_text("Nothing close:", timeout=60_000)
        expect(cards.locator("article")).to_have_count(10)
        expect(cards.locator(".closeness").first).to_contain_text("not close")

        page.goto(f"{address}/?q=learning+in+games&order=spread")
        expect(cards.locator("article")).to_have_count(10, timeout=30_000)
        expect(page.get_by_role("radio", name="spread")).to_be_checked()
        titles = cards.locator("button.title")
        spread = titles.all_inner_texts()
        page.get_by_text("best", exact=True).click()
        expect(titles.nth(7)).not_to_have_text(spread[7])

        titles.first.click()  # unfolds the card: seen, which is told by and by, without a run of its own for each
        titles.nth(1).click()
        expect(cards.locator("article.seen")).to_have_count(2, timeout=15_000)
        expect(cards.locator("article.seen .facts").first).to_contain_text("seen")
        page.reload()
        expect(cards.locator("article.seen")).to_have_count(2, timeout=30_000)
        page.goto(f"{address}/library")
        page.get_by_role("button", name="Forget that I have seen 2 papers").click(timeout=30_000)
        expect(page.get_by_role("button", name="Forget that I have seen")).to_have_count(0)
        page.goto(f"{address}/?q=learning+in+games")
        expect(cards.locator("article")).to_have_count(10, timeout=30_000)
        expect(cards.locator("article.seen")).to_have_count(0)
        page.close()
