"""The map coloured by venue, with a key that filters."""

from playwright.sync_api import expect

from support.browser import NEEDED

pytestmark = NEEDED


def test_a_name_in_the_key_of_venues_shows_only_its_papers(open_marked):
    page = open_marked("/?colour=venue")
    key = page.locator(".explorer-map .legend")
    expect(key.locator("summary")).to_have_text("Venue")
    expect(key.locator(".kinds button")).to_have_text(["A Journal"])
    expect(key.locator(".grey")).to_contain_text("none of these")
    key.get_by_role("button", name="A Journal").click()
    expect(page.locator(".explorer-cards .chip")).to_contain_text(["venue A Journal"])
    expect(page.locator(".explorer-cards .card")).to_have_count(1)
    assert "venue=A+Journal" in page.url or "venue=A%20Journal" in page.url
    page.get_by_role("radio", name="year").or_(page.get_by_role("button", name="year", exact=True)).first.click()
    expect(key.locator("summary")).to_have_text("Year")
    expect(key.locator(".kinds")).to_be_hidden()
