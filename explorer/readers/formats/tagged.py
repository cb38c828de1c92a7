"""Six smaller formats of tagged text: Web of Science, EndNote, RefWorks, NoteExpress, CNKI and the Cochrane Library.

Holds their lines and tags. Knows nothing of how records are cut (`tagged` of the engine).
Always true: a line is a field only where it begins with a tag in the form of its format; editors are no authors.
"""

from __future__ import annotations

import re
from dataclasses import replace

from explorer.readers.engine import ids
from explorer.readers.engine.tagged import Dialect, Entry, Tags, Values, lines, tagged_reader, tags
from explorer.readers.engine.values import flowing, initials_last, words
from explorer.tables import tables_of

_TABLES = tables_of(__file__)
_TAGS = {name: Tags(**table) for name, table in _TABLES["tags"].items()}

# -------------------------------------------------------------------------------------------------- Web of Science
# Two letters and a blank before each field, three blanks to go on; so ISI wrote before. Full names (AF) are preferred.

_wos_line = lines(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)|(A[UF])([A-Z][^A-Z].*)")  # "AUGilles, H" was met
_WOS_BEGINS = re.compile(
    r"(?:FN (?=\S)(?!- )|VR \d|PT (?:[A-Z](?:\s|$)|Journal|Book|Conference|Patent))", re.IGNORECASE
)
_WOS_GOES_ON = re.compile(r"^(?:AU|TI|SO|UT|PY|ER|AB|PT|VR)(?: [^\s-]|\s*$)", re.MULTILINE)
_WOS_KIND = re.compile(r"(?:[A-Z]|Journal|Book|Conference|Patent|Books in series)\s*", re.IGNORECASE)


def _begins_wos(head: str) -> object:
    return _WOS_BEGINS.match(head.lstrip("\ufeff\n\r\t ")) and _WOS_GOES_ON.search(head)


def _split_wos(line: str) -> tuple[str, str] | None:
    field = _wos_line(line)
    if field and field[0] == "PT" and not _WOS_KIND.fullmatch(field[1]):
        return "DT", field[1]  # MEDLINE's records hold kinds of publication under PT too; they begin no record
    return field


_WOS = replace(_TAGS["wos"], flow=flowing)


def _wos(entry: Entry) -> Values:
    return _WOS.values(entry) | {
        "authors": [entry.first("AF AU BF BA"), entry.first("CA")],
        "doi": ids.doi(map(flowing, entry.all("DI"))),
        "keywords": [word for text in entry.all("DE ID MH") for word in words([flowing(text)])],
    }


# --------------------------------------------------------------------------------------------------------- EndNote
# A percent sign and one character before each field, as in refer, its ancestor; Google Scholar, ACM, CNKI and bepress
# repositories write it too. A blank line sets records apart only where a field follows that may begin one.

_enw_line = lines(r"\s{0,3}%([0-9A-Z~!@#$&*()+=\[\]{}\\|:;'\"<>,.?/^_-])(?:[^\S\n](.*)|$)")
_ENW_BEGINS = re.compile(r"\s*%[0A-Z](?:[^\S\n]\S|\s*\n)")
_ENW_GOES_ON = re.compile(r"^\s{0,3}%(?:[0ADJTXB])(?: |\t)\S", re.MULTILINE)
_TITLE_FIRST = re.compile(r"\ufeff?\s*%T\s")  # so do bepress repositories, where some records have no %0
_LATEX = re.compile(r"^\s*(?:@[A-Za-z]+\s*[{(]|\\[a-z]+[\[{])", re.MULTILINE)  # its comments begin with a percent sign
_MEDLINE = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)


def _begins_enw(head: str) -> object:
    start = head.lstrip("\ufeff")
    return _ENW_BEGINS.match(start) and len(_ENW_GOES_ON.findall(start)) > 1 and not _LATEX.search(start)


def _enw_dialect(head: str) -> Dialect:
    once = "T" if _TITLE_FIRST.match(head) else "0"
    return Dialect(_enw_line, needed=tags("T B X"), once=tags(once), openers=tags("0 T A F"))


def _enw(entry: Entry) -> Values:
    written = _TAGS["enw"].values(entry)
    number = entry.first("M")
    medline = _MEDLINE.search(" ".join(entry.all("W ~"))) and re.fullmatch(r"\d{4,8}", number)
    return written | {
        "title": written["title"] or entry.first("B J"),
        "venue": written["venue"] if entry.first("T") else "",
        "pmid": number if medline else written["pmid"],
    }


# -------------------------------------------------------------------------------------------------------- RefWorks
# Two letters and a blank before each field, `RT` to begin a record. Only its own tags begin a field, so that a line of
# text in capitals goes on the field before. CNKI writes one of them, VO, in small letters.

_refworks_line = lines(r"\s?([A-Z][A-Z0-9]|vo|U1\d|PMC?ID)(?:[^\S\n]+(.*)|$)", tags(_TABLES["refworks"]), str.upper)
_REFWORKS_BEGINS = re.compile(r"^\ufeff?RT[ \t]+(?![-~] )\S", re.MULTILINE)
_REFWORKS_GOES_ON = re.compile(r"^(?:SR|ID|A1|T1|JF|K1|YR|AB)[ \t]+(?!- )\S", re.MULTILINE)
_HEADER = 4000  # characters of free text before the first record


def _begins_refworks(head: str) -> object:
    return _REFWORKS_BEGINS.search(head, 0, _HEADER) and len(_REFWORKS_GOES_ON.findall(head)) > 1


def _refworks(entry: Entry) -> Values:
    written = _TAGS["refworks"].values(entry)
    return written | {"venue": written["venue"] if entry.first("T1 TI OT") else ""}


# --------------------------------------------------------------------------- NoteExpress, CNKI and the Cochrane Library
# Chinese databases put semicolons (\uff1b) and colons (\uff1a) of full width, as Chinese is typeset.

_NOTEEXPRESS_BEGINS = re.compile(r"\s*\ufeff?\{Reference Type\}[:\uff1a]")
_CNKI_BEGINS = re.compile(
    r"(?:\s*[A-Z][A-Za-z]{1,20}\s?[:\uff1a][^\n]*\n)?\s*[A-Z][A-Za-z]{1,20}-[一-鿿]{1,16}\s?[:\uff1a]"
)
_COCHRANE_BEGINS = re.compile(r"\s*\ufeff?Record #?\d+ of \d+[^\n]*\n\s*[A-Z]{2,3}:")
_noteexpress_line = lines(r"\{([A-Z][^{}\n]{1,40})\}[:\uff1a]\s?(.*)", case=str.casefold)
_CNKI_FIRST = tags("title srcdatabase")
_cnki_line = lines(r"([A-Z][A-Za-z]{1,20})-[一-鿿]{1,16}\s?[:\uff1a]\s?(.*)", case=str.casefold)
_COCHRANE_NUMBER = re.compile(r"Record #?(\d+) of \d+")
_cochrane_line = lines(r"([A-Z]{2,3}): ?(.*)")

_COCHRANE = replace(_TAGS["cochrane"], flow=flowing)


def _semicolons(texts: list[str]) -> list[str]:
    return [text.replace("\uff1b", ";") for text in texts]


def _noteexpress(entry: Entry) -> Values:
    return _TAGS["noteexpress"].values(entry) | {
        "authors": _semicolons(entry.all("author")),
        "keywords": words(_semicolons(entry.all("keywords"))),
    }


def _cnki(entry: Entry) -> Values:
    return _TAGS["cnki"].values(entry) | {
        "authors": _semicolons(entry.all("author")),
        "keywords": words(_semicolons(entry.all("keyword"))),
    }


def _split_cochrane(line: str) -> tuple[str, str] | None:
    number = _COCHRANE_NUMBER.match(line)
    return ("#", number[1]) if number else _cochrane_line(line)


def _cochrane(entry: Entry) -> Values:
    written = _COCHRANE.values(entry)
    names = [name.replace(",-", ", ").replace("-", " ") if ",-" in name else name for name in entry.all("AU")]
    return written | {
        "authors": [initials_last(part.strip()) for name in names for part in name.split(";")],
        "venue": written["venue"].split(". ")[0],
        "keywords": words([text.replace("*", "") for text in entry.all("KY DE")]),
    }


# --------------------------------------------------------------------------------------------------------- readers

WOS = tagged_reader(
    "wos", "Web of Science", (".ciw", ".isi"), _begins_wos,
    lambda head: Dialect(_split_wos, tags("TI AB"), first=tags("PT"), last=tags("ER"), outside=tags("FN VR EF")), _wos,
)  # fmt: skip
ENW = tagged_reader("enw", "EndNote", (".enw", ".enl.txt", ".refer"), _begins_enw, _enw_dialect, _enw)
REFWORKS = tagged_reader(
    "refworks", "RefWorks", (), _begins_refworks,
    lambda head: Dialect(_refworks_line, tags("T1 TI AB"), first=tags("RT")), _refworks,
)  # fmt: skip
NOTEEXPRESS = tagged_reader(
    "noteexpress", "NoteExpress", (".net",), _NOTEEXPRESS_BEGINS.match,
    lambda head: Dialect(_noteexpress_line, tags("title abstract"), first=tags("reference type,")), _noteexpress,
)  # fmt: skip
CNKI = tagged_reader(
    "cnki", "CNKI", (), _CNKI_BEGINS.match,
    lambda head: Dialect(_cnki_line, tags("title summary"), once=_CNKI_FIRST, openers=_CNKI_FIRST), _cnki,
)  # fmt: skip
COCHRANE = tagged_reader(
    "cochrane", "Cochrane Library", (), _COCHRANE_BEGINS.match,
    lambda head: Dialect(_split_cochrane, tags("TI AB"), first=tags("#")), _cochrane,
)  # fmt: skip
