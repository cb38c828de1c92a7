r"""LaTeX sources as prose: what \input brings in, citations, captions, sections; formulas readable.

Holds what LaTeX calls these things. Runs no LaTeX; knows nothing of where files lie: a `ReadText` gives a file by the
name that the source calls it, or nothing. Always true: every pass over the text takes time linear in it; a file is
brought in at most once a branch, and all of them together are at most `LIMIT` characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from explorer.drafts.manuscript import citation
from explorer.drafts.manuscript.blocks import Block, assembled, without
from explorer.drafts.manuscript.citation import Citation, Manuscript
from explorer.tables import tables_of
from explorer.text import readable

ReadText = Callable[[str], str | None]
"""Name of a file → its text, None when there is no such file."""

Replacement = tuple[str, int]
"""What stands instead of a match and its arguments, and where the text goes on."""

LIMIT = 4_000_000  # characters: four times a doctoral thesis
_DEEPEST = 12  # files that bring in files
_GROUP = 20_000  # characters between two braces that are looked through: a long footnote has 2,000
_ARGUMENT = 1_000  # characters of an optional argument: a long remark in a citation has 300
_NESTED = 8  # brackets and braces in one another in such an argument
_MACRO = 200  # characters that a command of the author's stands for, in names of methods and the like

_BEGIN_END = re.compile(r"\\(begin|end)\s{0,3}\{\s{0,3}([A-Za-z]{1,30})\s{0,3}\*?\s{0,3}\}")
_NAMES: dict[str, list[str]] = {kind: names.split() for kind, names in tables_of(__file__).items()}
_DROPPED = frozenset(_NAMES["dropped"])
_COMMENT = re.compile(r"(?<!\\)((?:\\\\){0,20})%[^\n]*(?:\n[ \t]*)?")
_INPUT = re.compile(
    r"\\(?:input|include|subfile|subfileinclude)\s{0,3}(?:\{([^{}\n]{1,300})\}|\s([\w./\-]{1,300}))"
    r"|\\(?:sub)?import\*?\s{0,3}\{([^{}\n]{0,300})\}\s{0,3}\{([^{}\n]{1,300})\}"
)
_BIB = re.compile(
    r"\\(?:bibliography|addbibresource|addglobalbib)\s{0,3}(?:\[[^\]\n]{0,200}\]\s{0,3})?\{([^{}]{1,2000})\}"
)
_CITE = re.compile(r"\\([A-Za-z]{0,20}[cC]ite[A-Za-z]{0,20})\*?(?=\s{0,3}[\[({])")
_TEXTUAL = re.compile(r"(?:[cC]itet|[cC]itealt|[tT]extcite|[cC]iteauthor)[A-Za-z]*")
_SECTION = re.compile(
    r"\\(?:part|chapter|section|subsection|subsubsection|paragraph|subparagraph|title)\*?\s{0,3}(?:\[[^\[\]]{0,300}\]\s{0,3})?"
    r"(?=\{)"
)
_SIMPLE = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s{0,3}\{?\\([A-Za-z]{1,40})\}?\s{0,3}(?=\{)"
    r"|\\def\s{0,3}\\([A-Za-z]{1,40})\s{0,3}(?=\{)"
)
_CAPTION = re.compile(r"\\caption(?:of\s{0,3}\{\w{1,20}\})?\*?\s{0,3}(?:\[[^\[\]]{0,500}\]\s{0,3})?(?=\{)")
_NEW_LINE = re.compile(r"\\\\\*?(?:\[[^\[\]\n]{0,30}\])?")
_DISPLAY = re.compile(r"\$\$[^$]{0,5000}\$\$")
_BIBITEM = re.compile(r"\\bibitem\s{0,3}(?:\[(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,500}\])?\s{0,3}\{([^{}]{1,200})\}")
# Commands that leave nothing in the text, with the argument that is no prose.
_SILENT = re.compile(
    rf"\\(?:{'|'.join(_NAMES['silent'])})\*?(?![A-Za-z])\s{{0,3}}(?:\[[^\[\]]{{0,500}}\]\s{{0,3}})*(?=\{{)?"
)
_HREF = re.compile(r"\\href\s{0,3}\{[^{}]{0,2000}\}")
_KEPT_ARGUMENT = re.compile(
    r"\\(?:footnote|footnotetext|marginpar|sidenote)\*?\s{0,3}(?:\[[^\[\]]{0,50}\]\s{0,3})?(?=\{)"
)
_BARE = re.compile(rf"\\(?:{'|'.join(_NAMES['bare'])})(?![A-Za-z])(?:\s{{0,3}}\[[^\[\]\n]{{0,200}}\])?")
_BRACE = re.compile(r"(?<!\\)[{}]")
_OPTIONAL = re.compile(r"[\[\](){}]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_BEFORE_MARK = re.compile(r"[ \t]+(?=[.,;:!?)])")  # where a citation or a formula was
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Source:
    """A draft in LaTeX with all it brings in, and the names of the bibliographies it asks for."""

    text: str
    bibliographies: tuple[str, ...]
    missing: tuple[str, ...]


def source(name: str, text: str, read: ReadText) -> Source:
    r"""`text`, called `name`, without comments and code, each \input replaced by the file that `read` gives."""
    missing: dict[str, None] = {}
    whole = "".join(_expanded(_bare_source(text), read, (_stem(name),), missing, [0]))[:LIMIT]
    names = [name.strip() for match in _BIB.finditer(whole) for name in match[1].split(",")]
    files = dict.fromkeys(name if name.endswith(".bib") else f"{name}.bib" for name in names if name)
    return Source(whole, tuple(files), tuple(missing))


def _expanded(
    text: str, read: ReadText, path: tuple[str, ...], missing: dict[str, None], size: list[int]
) -> Iterator[str]:
    start = 0
    for match in _INPUT.finditer(text):
        name = (match[1] or match[2] or (match[3] or "") + (match[4] or "")).strip()
        yield text[start : match.start()]
        start = match.end()
        if _stem(name) in path:
            continue  # TeX would go round for ever
        within_limits = len(path) < _DEEPEST and size[0] < LIMIT
        inner = read(name if re.search(r"\.\w{1,6}$", name) else f"{name}.tex") if within_limits else None
        if inner is None:
            missing[name] = None
            continue
        size[0] += len(inner)
        yield "\n"
        yield from _expanded(_bare_source(inner), read, (*path, _stem(name)), missing, size)
    yield text[start:]


def _stem(name: str) -> str:
    return name.removesuffix(".tex").removeprefix("./")


def _bare_source(text: str) -> str:
    """`text` without code listings and comments."""
    return _COMMENT.sub(r"\1", _without_verbatim(text.replace("\r\n", "\n")))


def _without_verbatim(text: str) -> str:
    pieces, start, inside = [], 0, ""
    for match in _BEGIN_END.finditer(text):
        if not inside and match[1] == "begin" and match[2] in _NAMES["code"]:
            inside = match[2]
            pieces.append(text[start : match.start()])
            start = match.start()
        elif match[1] == "end" and match[2] == inside:
            inside, start = "", match.end()
    return "".join([*pieces, text[start:]])


# ------------------------------------------------------------------------------------------------------- the draft


def manuscript(name: str, source: Source, bbl: str = "") -> Manuscript:
    r"""The draft that a source holds; `bbl` is the list of references that BibTeX made of it, if there is one."""
    text = source.text
    listed = _bibitems(name, text) or _bibitems(name, bbl)
    citing, keys = _without_citations(_body(text))
    if not citing.strip():
        citing, keys = _without_citations(text)
    _, early = _without_citations(text.split("\\end{document}", 1)[0])  # \nocite may stand in the preamble
    keys = list(dict.fromkeys((*keys, *early)))
    surplus = [f"{name} cites {len(keys):,} keys, of which the first {citation.ENTRIES:,} are looked up"]
    surplus *= len(keys) > citation.ENTRIES
    prose, _ = assembled(_blocks(_without_displays(_with_names(citing, text))))
    cited = citation.unique((*(Citation(key) for key in keys[: citation.ENTRIES] if key != "*"), *listed))
    notes = (*(f"{name} asks for {missing}, which is not beside it" for missing in source.missing), *surplus)
    return Manuscript(name, prose, cited, "*" in keys, notes)


def _body(text: str) -> str:
    title = _SECTION.search(text) if "\\title" in text else None
    begins = text.find("\\begin{document}")
    ends = text.find("\\end{document}", begins + 1)
    body = text[begins + len("\\begin{document}") if begins >= 0 else 0 : ends if ends >= 0 else len(text)]
    if begins >= 0 and title and title.end() < begins and title[0].startswith("\\title"):
        return f"{title[0]}{{{_group(text, title.end())[0]}}}\n\n{body}"
    return body


def _group(text: str, at: int, longest: int = _GROUP) -> tuple[str, int]:
    """What stands between the brace at `at` and its partner, and where the text goes on; a lonely brace is passed."""
    end = _partners(text).get(at, 0)
    return (text[at + 1 : end], end + 1) if 0 < end - at < longest else ("", at + 1)


@lru_cache(maxsize=4)  # a pass asks for many groups of one text
def _partners(text: str) -> dict[int, int]:
    """Where the brace that closes is, for every brace that opens and has one."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            partners[opened.pop()] = match.start()
    return partners


def _bracket(text: str, at: int) -> int:
    """Where the optional argument that begins at `at` ends; `at` when it does not."""
    opens, closes = text[at], "]" if text[at] == "[" else ")"
    depth = 0
    for match in _OPTIONAL.finditer(text, at, at + _ARGUMENT):
        depth += (match[0] in "{" + opens) - (match[0] in "}" + closes)
        if not depth:
            return match.end()
        if depth > _NESTED:
            break
    return at


def _without_citations(text: str) -> tuple[str, list[str]]:
    r"""The text with citations left out (of "\citet{a} show", "[a]" stays), and their keys in order."""
    keys: list[str] = []

    def name(match: re.Match[str]) -> Replacement | None:
        if match[1] in _NAMES["no_cite"] or text[max(0, match.start() - 8) : match.start()].endswith("command{"):
            return None
        here, end = _keys(text, match.end(), several=match[1].endswith("s"))
        keys.extend(here)
        return f" [{', '.join(here)}]" if _TEXTUAL.fullmatch(match[1]) else "", end

    return _replaced(_CITE, text, name, before="~ "), list(dict.fromkeys(keys))


def _keys(text: str, at: int, *, several: bool) -> tuple[list[str], int]:
    """The keys of a citation whose arguments begin at `at`, and where the text goes on."""
    keys: list[str] = []
    while True:
        place, optional = _skip(text, at), 0
        while place < len(text) and text[place] in "[(" and optional < 4 and (text[place] == "[" or several):
            end = _bracket(text, place)
            if end == place:
                break
            place, optional = _skip(text, end), optional + 1
        if place >= len(text) or text[place] != "{" or (keys and not several):
            return keys, at
        inside, at = _group(text, place, LIMIT)  # no part of it is looked through twice
        keys += [key for part in inside.split(",") if (key := part.strip()) and len(key) < 200 and "#" not in key]


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at


def _with_names(text: str, whole: str) -> str:
    r"""`text` with the author's own names for things written out: \newcommand{\sys}{Hanabi-Net}."""
    names = {}
    for match in _SIMPLE.finditer(whole):
        inside = _group(whole, match.end())[0].replace("\\xspace", "")
        if 0 < len(inside) <= _MACRO and "#" not in inside:
            names[match[1] or match[2]] = inside
    if not names or len(text) > LIMIT // 4:
        return text
    pattern = re.compile(r"\\([A-Za-z]{1,40})(?![A-Za-z])(?:\{\})?")
    return pattern.sub(lambda match: names.get(match[1], match[0]), text)


def _without_displays(text: str) -> str:
    """`text` without environments that hold no prose; their captions stay, as paragraphs after them."""
    pieces: list[str] = []
    open_names: list[str] = []
    start = 0
    for match in _BEGIN_END.finditer(text):
        dropped = match[2] in _DROPPED
        if match[1] == "begin":
            if dropped and not open_names:
                pieces.append(text[start : match.start()])
                start = match.start()
            if dropped:
                open_names.append(match[2])
            continue
        if dropped and match[2] in open_names:
            del open_names[open_names.index(match[2]) :]
            if not open_names:
                pieces.append(_captions(text[start : match.end()]))
                start = match.end()
    text = _NEW_LINE.sub(" ", "".join([*pieces, text[start:]]))  # first: "\\[2pt]" opens no formula
    return without(_DISPLAY.sub(" ", text), "\\[", "\\]")


def _captions(text: str) -> str:
    captions = [_group(text, match.end())[0] for match in _CAPTION.finditer(text)]
    return "".join(f"\n\n{caption}\n\n" for caption in captions) or " "


def _blocks(text: str) -> Iterator[Block]:
    text = text.replace("\\begin{abstract}", "\n\n\\section{Abstract}\n\n")
    start = 0
    for match in _SECTION.finditer(text):
        if match.start() < start:
            continue
        yield from _paragraphs(text[start : match.start()])
        title, start = _group(text, match.end())
        yield Block(_prose(title), heading=True)
    yield from _paragraphs(text[start:])


def _paragraphs(text: str) -> Iterator[Block]:
    for paragraph in _PARAGRAPH.split(text):
        if paragraph.strip():
            yield Block(_prose(paragraph))


def _prose(text: str) -> str:
    text = _without_silent(_HREF.sub("", text))
    text = _replaced(_KEPT_ARGUMENT, text, partial(_in_brackets, text))
    text = _BEGIN_END.sub(" ", _BARE.sub(" ", text)).replace("~", " ").replace("``", "“").replace("''", "”")
    return _SPACES.sub(" ", _BEFORE_MARK.sub("", readable(text)))


def _in_brackets(text: str, match: re.Match[str]) -> Replacement:
    inside, end = _group(text, match.end())
    return f" ({inside.strip()}) ", end


def _without_silent(text: str) -> str:
    """`text` without the commands that leave nothing in it; of a colour, what is coloured stays."""

    def nothing(match: re.Match[str]) -> Replacement:
        end = match.end()
        for _ in range(2 if match[0].strip("\\* ") in _NAMES["two_arguments"] else 1):
            if text[end : end + 1] == "{":
                end = _group(text, end)[1]
        return "", end

    return _replaced(_SILENT, text, nothing, before="~")


def _replaced(
    pattern: re.Pattern[str], text: str, replace: Callable[[re.Match[str]], Replacement | None], before: str = ""
) -> str:
    """`text` with each match replaced, and the characters `before` it left out; None: the match stays."""
    pieces, start = [], 0
    for match in pattern.finditer(text):
        if match.start() >= start and (replacement := replace(match)):
            pieces += [text[start : match.start()].rstrip(before), replacement[0]]
            start = replacement[1]
    return "".join([*pieces, text[start:]])


def _bibitems(name: str, text: str) -> list[Citation]:
    matches = list(_BIBITEM.finditer(text))[: citation.ENTRIES]
    ends = [match.start() for match in matches[1:]] + [len(text)] * bool(matches)
    citations = []
    for number, (match, end) in enumerate(zip(matches, ends, strict=True), start=1):
        raw = text[match.end() : min(end, match.end() + 3000)].split("\\end{thebibliography}")[0]
        entry = readable(raw.replace("\\newblock", " ").replace("\\url", " ").replace("~", " "))
        citations.append(citation.of_entry(name, number, entry, match[1].strip()))
    return citations
