"""Drafts that would eat the machine are ended with a sentence; whatever their parser does, the caller goes on."""

import os
import re
import subprocess
import sys
import time

import pytest

from conftest import DATA, shared
from explorer.drafts.manuscript import confinement, kinds, read_manuscript
from explorer.drafts.manuscript.confinement import Limits, parsed
from explorer.errors import UnreadableFile
from explorer.text import readable
from support.cost import seconds_at_most

FOLDER = DATA / "manuscripts"
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, of which the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(head: bytes, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(body), body)


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /A %d 0 R /B %d 0 R >> >>"


def page(*forms: bytes) -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >> >>",
        stream(b"", b"/A Do"),
        *forms,
    )


DRAWS_ITSELF = page(stream(FORM % (5, 5), b"/A Do /B Do"))
DRAW_EACH_OTHER = page(stream(FORM % (6, 6), b"/A Do /B Do"), stream(FORM % (5, 5), b"/A Do /B Do"))


@pytest.mark.slow
@pytest.mark.parametrize("system", [True, False], ids=["limited by the system", "watched"])
@pytest.mark.parametrize("data", [DRAWS_ITSELF, DRAW_EACH_OTHER], ids=["itself", "each other"])
def test_a_pdf_that_draws_itself_ends_at_the_limit_of_memory(data, system):
    limits = Limits(memory=192 * 2**20, seconds=60, system=system)
    with pytest.raises(UnreadableFile, match=r"^d\.pdf: needs more than 192 MB of memory") as raised:
        parsed(data, "d.pdf", None, {}, limits)
    assert "paste its text" in str(raised.value)


@pytest.mark.slow
def test_the_limit_of_memory_is_one_gigabyte():
    for data in (DRAWS_ITSELF, shared("..", "cases", "attack", "selfdrawing.pdf").read_bytes()):
        with pytest.raises(UnreadableFile, match="needs more than 1 GB of memory to be read"):
            read_manuscript(data, "d.pdf")


@pytest.mark.slow
def test_a_draft_that_takes_too_long_is_ended():
    began = time.monotonic()
    with pytest.raises(UnreadableFile, match=r"^d\.pdf: takes longer than 0\.5 seconds to be read"):
        parsed(DRAWS_ITSELF, "d.pdf", None, {}, Limits(memory=2**34, seconds=0.5, system=False))
    assert time.monotonic() - began < 5


@POSIX
@pytest.mark.parametrize(
    ("code", "how"),
    [("import os; os.abort()", "SIGABRT"), ("import os; os._exit(3)", "exit code 3"), ("print('{')", "exit code 0")],
)
def test_a_parser_that_breaks_off_costs_only_the_draft(monkeypatch, code, how):
    monkeypatch.setattr(confinement, "_CODE", code)
    with pytest.raises(UnreadableFile, match=re.escape(f"broke off ({how})")):
        read_manuscript(b"A draft. " * 20, "d.txt")


@pytest.mark.parametrize("name", ["two_columns.pdf", "draft.docx", "draft.md", "draft.txt", "latex/main.tex"])
def test_what_comes_out_of_the_process_is_what_was_read_in_it(name):
    path = FOLDER / name
    inside = kinds.manuscript(path.read_bytes(), path.name, kinds.Companions(path.parent, {}))
    assert read_manuscript(path) == inside
    assert inside.cited


def test_names_and_texts_of_every_alphabet_come_through():
    text = "# Überblick\n\n" + "Σ 汉字 😀 \u2028 “quoted” " * 10
    draft = read_manuscript(text.encode("utf-8", "surrogatepass"), 'a "draft" \udcff\n.md')
    assert draft == kinds.manuscript(text.encode(), 'a "draft" \udcff\n.md', kinds.Companions(None, {}))


def test_the_process_loads_neither_torch_nor_numpy_and_starts_at_once():
    code = (
        "import sys, time; sys.path[:] = sys.argv[1:]; import explorer.drafts.manuscript.child; "
        "print(time.process_time(), [m for m in ('torch', 'numpy', 'streamlit') if m in sys.modules])"
    )
    command = [sys.executable, "-S", "-c", code, str(confinement._ROOT), *filter(None, sys.path)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(3)]
    assert {run[1] for run in runs} == {"[]"}
    assert min(float(run[0]) for run in runs) < 1.0  # a third of it where nothing else runs


PROSE = "A paragraph of prose that is long enough to be a draft of a paper. " * 3
OPENED = ["<!--", "<!", "<![", "<?", "<a ", '<a b="', "</", "<", "&", "<p>", "<script>"]


@pytest.mark.parametrize("piece", OPENED)
def test_a_web_page_of_tags_without_an_end_takes_linear_time(piece):
    with seconds_at_most(3):  # 20 and more for some before, 0.1 now
        page = f"<html><p>{PROSE}</p>{piece * 30_000}</html>"
        draft = kinds.manuscript(page.encode(), "a.html", kinds.Companions(None, {}))
    assert draft.text.startswith(PROSE.strip())


def test_a_web_page_keeps_its_text_between_odd_tags():
    page = f"""<!DOCTYPE html><html><body><!-- gone > still gone --><?php x ?><p title="a > b">{PROSE}</p><![CDATA[x]]>
    <p>For all x < y and y > z, <em data-a='<b>'>p<0.05</em> holds<br/>here.</p></body></html>"""
    draft = kinds.manuscript(page.encode(), "a.html", kinds.Companions(None, {}))
    assert draft.text == f"{PROSE.strip()}\n\nFor all x < y and y > z, p<0.05 holds here."


@pytest.mark.slow
def test_a_citation_of_300_000_keys_is_read_and_its_surplus_is_named():
    keys = ",".join(f"k{number}" for number in range(300_000))
    source = f"\\documentclass{{a}}\\begin{{document}}{PROSE}\\cite{{{keys}}} {PROSE}\\end{{document}}"
    with seconds_at_most(15):  # minutes before, 1 now
        draft = kinds.manuscript(source.encode(), "a.tex", kinds.Companions(None, {}))
    assert [citation.key for citation in draft.cited] == keys.split(",")[:5_000]
    assert draft.notes == ("a.tex cites 300,000 keys, of which the first 5,000 are looked up",)
    assert "k1" not in draft.text


@pytest.mark.slow
def test_a_long_run_of_characters_beside_latex_takes_linear_time():
    text = "\\emph{x} " + "k1,k2," * 40_000
    with seconds_at_most(20):  # 8 minutes before, 3 now
        assert readable(text) == "x " + "k1,k2," * 40_000
