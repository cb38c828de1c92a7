"""XML as a run of record elements: cut out of the text by their tags, parsed one by one, each on its own.

Holds how an XML file is decoded, what its DOCTYPE may declare, and how records are cut and parsed. Knows nothing of
what a record means (`xml_format`).
Always true: the parser only ever sees one record and no DOCTYPE, so no entity is expanded and no file or address is
opened; memory is bounded by one record of `limits.line()` characters; a broken record costs that record only.
"""

from __future__ import annotations

import codecs
import html
import html.entities
import io
import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from explorer.errors import UnreadableFile
from explorer.readers.engine import xml_cut
from explorer.readers.io import encodings, limits
from explorer.readers.io import stream as streams
from explorer.readers.io.stream import Stream

_TAGS = 1_000_000  # in one record: a whole book in JATS has 300,000; a tree of more would exhaust the memory
_DOCTYPE = 2**20  # characters of declarations read in search of entities
_VALUE = 200  # characters of an entity: the name of an institute at most
_SAMPLE = 2**16  # bytes by which the encoding is judged
_BROWSER = "This XML file does not appear to have any style information"
_NAME = re.compile(r"<(?:([\w.\-]+):)?([\w.\-]+)([^<>]*)")
_DOCTYPE_BEGIN = re.compile(r"<!DOCTYPE\s+([\w.:\-]+)[^\[<>]*", re.IGNORECASE)
_DOCTYPE_END = re.compile(r"\]\s*>")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s\"'<>%&;]+)\s+(?:\"([^\"]*)\"|'([^']*)'|(SYSTEM|PUBLIC)\b)")
_PREDEFINED = ("amp", "lt", "gt", "quot", "apos")
_REFERENCE = re.compile(rf"&(?!#|(?:{'|'.join(_PREDEFINED)});)")
_BETWEEN = re.compile("(?:[\ufeff \t\r\n]++|<(?=\\?)(?s:.*?)\\?>|<!(?=--)(?s:.*?)-->)++")  # blanks, comments …
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")
_ENCODING = re.compile(
    r"(?:iso|windows|cp|latin|utf-?8|gb|big5|shift|sjis|euc|koi8|mac|tis|ms\d|x-sjis|x-mac|ks_c)[\w.\-]*", re.IGNORECASE
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMISS = re.compile(
    r"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)|<!--(?s:.*?)(?:-->|\Z)"
    r"|&(?:#(?:[xX]([0-9a-fA-F]{1,6})|(\d{1,7}));|([A-Za-z][\w.\-]{0,40});)?|<(?![A-Za-z_/!?:])"
)
_PREFIX = re.compile(r"<[\w.\-]+:")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Root(NamedTuple):
    """The outermost element: local name, prefix, and its attributes as they stand."""

    name: str
    prefix: str
    attributes: str

    @property
    def written(self) -> str:
        """The name with its prefix."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name


# ------------------------------------------------------------------------------------------------------ the prolog


class _Prolog(NamedTuple):
    """What comes before the outermost element: where that begins (-1: not yet), and the DOCTYPE's name and inside."""

    end: int
    doctype: str = ""
    declarations: str = ""


@lru_cache(maxsize=4)
def root_of(head: str) -> Root | None:
    """The outermost element of a text that begins with `head`; None when it is no XML."""
    prolog = _prolog(head)
    if prolog.end < 0:  # the declarations fill the head: trust the DOCTYPE
        return Root(local(prolog.doctype), prolog.doctype.rpartition(":")[0], "") if prolog.doctype else None
    match = _NAME.match(head, prolog.end)
    return Root(match[2], match[1] or "", match[3]) if match else None


def _prolog(text: str) -> _Prolog:
    at = max(0, text.find("<")) if text.lstrip().startswith(_BROWSER) else 0
    doctype = declarations = ""
    while True:
        if match := _BETWEEN.match(text, at):
            at = match.end()
        match = _DOCTYPE_BEGIN.match(text, at)
        if match is None:
            unfinished = at >= len(text) or text.startswith(("<?", "<!--"), at)
            return _Prolog(-1 if unfinished else at, doctype, declarations)
        doctype, at = match[1], match.end() + 1
        if text.startswith("[", match.end()):
            closing = _DOCTYPE_END.search(text, match.end())
            declarations = text[match.end() : closing.end() if closing else len(text)]
            if closing is None:
                return _Prolog(-1, doctype, declarations)
            at = closing.end()


def has(head: str, *names: str) -> bool:
    """Whether an element of one of these local names begins in `head`."""
    return bool(re.search(rf"<(?:[\w.\-]+:)?(?:{'|'.join(names)})(?=[\s/>])", head))


def _entities(stream: Stream, declarations: str) -> dict[str, str]:
    """The harmless entities a DOCTYPE declares; raises UnreadableFile for such as unfold to more than they are."""
    entities: dict[str, str] = {}
    for parameter, name, double, single, outside in _ENTITY.findall(declarations):
        value = double or single
        if parameter or name in _PREDEFINED:
            continue
        if _REFERENCE.search(value) or len(value) > _VALUE:
            raise UnreadableFile(
                f"{stream.name}: its DOCTYPE declares entities that unfold to far more text than they take (an “entity "
                f"bomb”; &{name[:40]}; is one), so it was not read. Export it again without them"
            )
        entities[name] = "" if outside else html.unescape(html.unescape(value))
    return entities


# ----------------------------------------------------------------------------------------------------- the records


def elements(
    stream: Stream, names: tuple[str, ...] = (), nests: bool = False
) -> Iterator[tuple[str, int, Element | str]]:
    """Name and line of each element of these local names, with the element, or the reason why it cannot be read.

    Tags come without prefixes. Without `names`, each child of the root is one. `nests` allows one in another of its
    name, which then counts as part of it.
    """
    texts = _texts(stream)
    first, prolog, wanted = "", _Prolog(-1), 0
    for text in texts:
        first += text
        if len(first) >= wanted:
            prolog, wanted = _prolog(first), 2 * len(first)
        if prolog.end >= 0 or len(first) >= _DOCTYPE:
            break
    entities = _entities(stream, prolog.declarations)
    if prolog.end < 0 and prolog.doctype:
        raise UnreadableFile(f"{stream.name}: its DOCTYPE never ends, so there are no records. Export it again")
    root = root_of(first[: streams.HEAD])
    cutter = xml_cut.Cutter(names, nests)
    parser = _Parser(stream, entities)
    for text in itertools.chain((first,), texts):
        for cut in cutter.feed(text):
            yield cut.name, cut.line, parser.element(cut)
    for cut in cutter.end():
        yield cut.name, cut.line, parser.element(cut)
    whole = root is None or root.name in names or root.attributes.endswith("/") or f"</{root.written}" in cutter.tail
    if root and cutter.sound and not whole:
        stream.note(
            cutter.line, f"the file ends without </{root.written}>, so it may not be whole; what is there was read"
        )


class _Parser:
    """Cut-out text to an element, with what XML forbids mended where its meaning is plain."""

    def __init__(self, stream: Stream, entities: dict[str, str]) -> None:
        self._stream = stream
        self._entities = entities
        self._added = 0
        self._mended = False

    def element(self, cut: xml_cut.Cut) -> Element | str:
        """The element, or the reason why it cannot be read."""
        if cut.fault:
            return cut.fault
        if cut.text.count("<") > _TAGS:
            return f"the record has more than {_TAGS:,} tags and was passed over. Split it"
        try:
            return _parsed(cut.text)
        except expat.ExpatError as error:
            if not _AMISS.search(cut.text):
                return _explained(error, cut)
        self._added, self._mended = 0, False
        try:
            element = _parsed(_AMISS.sub(self._mend, cut.text))
        except OverflowError:
            return limits.too_long("record")
        except expat.ExpatError as error:
            return _explained(error, cut)
        if self._mended:
            self._stream.note(
                cut.line, "characters that XML forbids, like a bare & or <, were read as they stand; please check"
            )
        return element

    def _mend(self, match: re.Match[str]) -> str:
        text = match[0]
        if text.startswith("<!"):
            return text
        hexadecimal, decimal, name = match.groups()
        if hexadecimal or decimal:
            return text if _legal(int(hexadecimal, 16) if hexadecimal else int(decimal)) else ""
        if name in _PREDEFINED:
            return text
        value = self._entities.get(name) if name else None
        if value is None and name:
            value = html.entities.html5.get(f"{name};")
        if value is None:
            self._mended = True
            return text.translate(_ESCAPED)
        self._added += len(value)
        if self._added > limits.line():
            raise OverflowError
        return value.translate(_ESCAPED)


def _explained(error: expat.ExpatError, cut: xml_cut.Cut) -> str:
    cause = expat.ErrorString(error.code) or "not well-formed"
    return f"broken XML on line {cut.line + error.lineno - 1}: {cause}. Mend or ignore this record"


def _refused(*declared: object) -> None:
    error = expat.ExpatError("a record declares entities")
    error.code, error.lineno, error.offset = 0, 1, 0
    raise error


def _parsed(text: str) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refused  # a record has none; as defusedxml does
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(text, True)
    root = builder.close()
    if _PREFIX.search(text):
        for element in root.iter():
            element.tag = local(element.tag)
    return root


def _legal(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def attribute(element: Element, name: str) -> str:
    """An attribute by its local name: `about` for `rdf:about`; empty when there is none."""
    value = element.get(name)
    if value is None:
        value = next((value for key, value in element.items() if local(key) == name), "")
    return value.strip()


# ------------------------------------------------------------------------------------------------------ characters


def _texts(stream: Stream) -> Iterator[str]:
    """The text of the file as XML has it: decoded, line ends as line feeds, without characters XML forbids."""
    blocks = stream.blocks()
    sample = streams.sampled(blocks, _SAMPLE)
    name, mark = _encoding(stream, sample[:_SAMPLE])
    errors = "surrogateescape" if name == "utf-8" else "replace"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(name)(errors), translate=True)
    for block in itertools.chain((sample[mark:],), blocks):
        yield _clean(stream, decoder.decode(block))
    yield _clean(stream, decoder.decode(b"", True))


def _clean(stream: Stream, text: str) -> str:
    if _ILLEGAL.search(text):
        plain = text.translate(streams.NOT_UTF8)
        if plain != text:
            stream.note(0, "the file holds bytes that are not UTF-8; they were read as Windows-1252, please check")
        text = _ILLEGAL.sub("", plain)
    return text


def _encoding(stream: Stream, sample: bytes) -> tuple[str, int]:
    """The encoding by its byte order mark, else as the file declares, else as its bytes look; and the mark's length."""
    match = _DECLARED.match(sample)
    declared = match[1].decode("ascii").lower() if match else ""
    if not declared or declared.startswith(("utf", "us-ascii", "ucs", "iso-10646")) or sample.startswith(b"\xef\xbb"):
        guessed = encodings.guess(sample)
        if guessed.label and not guessed.name.startswith("utf"):
            stream.note(0, f"the file does not say its encoding, which was taken to be {guessed.label}; please check")
        return guessed.name, guessed.mark
    try:
        name = codecs.lookup(declared).name if _ENCODING.fullmatch(declared) else "utf-8"
        codecs.getincrementaldecoder(name)
    except LookupError:
        name = "utf-8"
    if name == "utf-8" or (encodings.is_utf8(sample) and not sample.isascii()):  # no other text is by chance
        return "utf-8", 0
    return ("cp1252" if name == "iso8859-1" else name), 0  # as browsers do: nobody means the control characters
