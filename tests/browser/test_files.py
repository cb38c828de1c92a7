"""Files in a real Chromium: text that is never run, an upload, a saved search that an import brings news."""

import shutil

from support.browser import serving
from support.pages import at_rest, search, upload


def test_text_of_papers_is_never_run(browser, tmp_path):
    """Scripts, markup and formulas in every field of a file show as text."""
    import json

    from embeddings.toy import ToyEncoder
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
        page.get_by_label("Author").wait_for()
        page.get_by_role("link", name="Library").click()
        page.get_by_role("heading", name="Imports").wait_for()
        assert page.evaluate("window.hacked") is None
        assert page.locator("a[href^='javascript']").count() == 0
        page.close()


def test_a_search_is_saved_and_tells_what_an_import_brings(browser, _built_seeds, tmp_path):
    from explorer.filter import Filter
    from explorer.library import Library
    from explorer.search.question import Question

    file = tmp_path / "new.csv"
    file.write_text("Title,Abstract,Year\nDiamonds from videos,An agent that plays Minecraft by watching videos,2024\n")
    folder = shutil.copytree(_built_seeds, tmp_path / "library")
    with Library.open(folder, write=False) as library:
        source = library.records.info().files[0][0]
        library.saved.put("zz filtered", Question("card games", within=Filter(source=source)))
    with serving(folder) as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector('.explorer-map[data-ready="true"]', timeout=60_000)
        search(page, "playing Minecraft")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("textbox", name="Name").fill("craft")
        page.get_by_role("button", name="Save this search").click()
        page.get_by_text("Saved as craft").wait_for(timeout=30_000)
        page.goto(f"{url}/library")
        upload(page, file, page.get_by_role("button", name="Import", exact=True))
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("1 saved search has new papers").wait_for(timeout=120_000)
        page.goto(url)
        chip = page.locator(".explorer-cards .saved button").first
        chip.get_by_text("1 new").wait_for(timeout=60_000)
        chip.focus()
        page.keyboard.press("Enter")
        page.get_by_text("1 new since").wait_for(timeout=60_000)
        fresh = page.locator(".explorer-cards .results .card:has(.fresh) button.title")
        assert fresh.inner_text().startswith("Diamonds from videos")
        assert "q=playing" in page.url
        page.get_by_role("radio", name="similarity").click()  # a rerun keeps the badge
        page.wait_for_url("**colour=similarity**")
        at_rest(page)
        assert fresh.count() == 1
        page.goto(url)
        chip.wait_for(timeout=60_000)
        assert chip.inner_text() == "craft"  # it was looked at
        chip.click()
        page.get_by_text("Nothing new since").wait_for(timeout=60_000)
        page.get_by_role("button", name="Forget the saved search").click()
        page.get_by_text("Forgotten").wait_for(timeout=30_000)
        page.goto(url)
        assert chip.inner_text() == "zz filtered"
        chip.click()
        page.get_by_text("Nothing new since").wait_for(timeout=60_000)
        assert page.get_by_role("button", name="Filters (1)").count() == 1
        assert "source=" in page.url
        page.close()


def test_a_file_is_uploaded_imported_and_shown(browser, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("Title,Abstract,Year\nA first,about rivers and lakes,2001\nA second,about mountains,2002\n,,\n")
    with serving(tmp_path / "fresh") as url:
        page = browser.new_page()
        page.goto(url)
        page.get_by_text("Bring your papers").wait_for(timeout=60_000)
        upload(page, file, page.get_by_role("button", name="Import", exact=True))
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("2 added, ").first.wait_for(timeout=120_000)
        page.reload()
        page.get_by_role("heading", name="Imports").wait_for(timeout=60_000)
        page.get_by_role("link", name="Explore").click()
        page.wait_for_selector('.explorer-map[data-n="2"]', timeout=60_000)
        page.close()
