"""What a topic or an area is about, and beside what it is compared, in a real Chromium."""

from playwright.sync_api import expect

from support.browser import NEEDED

pytestmark = NEEDED


def test_a_filtered_list_says_what_its_papers_are_about(open_marked):
    page = open_marked("/?to=2009")
    about = page.locator(".explorer-cards .about")
    expect(about.locator("h3").first).to_have_text("About these papers")
    about.get_by_text("Authors, venues, what lies beside them").click()
    expect(about.locator("[data-name^='about Writer']").first).to_be_visible()
    about.get_by_text("Compare with …").click()
    about.get_by_label("What to compare these papers with").fill("year:2010..")
    about.get_by_role("button", name="Compare", exact=True).click()
    expect(about.locator(".compared .contrasts")).to_be_visible()
    expect(about.locator(".compared")).to_contain_text("corrected for")

    # The map shows whose dots are whose, says so in its key, and stops at a press.
    key = page.locator(".explorer-map .legend")
    expect(key.locator("summary")).to_have_text("Compared")
    expect(key.locator(".contrast p").nth(0)).to_contain_text("● to 2009 (9)")
    expect(key.locator(".contrast p").nth(1)).to_contain_text("○ “year:2010..” (32)")
    expect(key.locator(".contrast")).to_contain_text("Fisher’s exact test, corrected for")
    page.locator(".explorer-map .stage").press("Tab")
    expect(page.locator(".explorer-map .live")).to_contain_text("Compared on the map.")
    key.get_by_role("button", name="Stop comparing").press("Enter")
    expect(key.locator(".contrast")).to_be_hidden()
    expect(about.locator(".compared .contrasts")).to_have_count(0)

    about.get_by_label("What to compare these papers with").fill("year:2010..")
    about.get_by_role("button", name="Compare", exact=True).click()
    expect(key.locator("summary")).to_have_text("Compared")
    about.get_by_label("What to compare these papers with").fill("no such thing")
    about.get_by_role("button", name="Compare", exact=True).click()
    expect(about.locator(".compared")).to_contain_text("no topic is called 'no such thing'")

    expect(key.locator(".contrast")).to_be_hidden()

    # An author of them narrows the list.
    about.locator("[data-name^='about Writer']").first.click()
    expect(page.locator(".ways .chip bdi")).to_contain_text(["to 2009", "author Writer"])


def test_the_whole_library_and_a_question_say_nothing_of_it(open_marked):
    page = open_marked("/")
    expect(page.locator(".explorer-cards .about")).to_have_count(0)
