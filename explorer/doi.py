"""DOIs: the bare form, the work whose version a DOI names, and which servers of preprints they belong to.

Holds pure functions from string to string. Knows nothing of papers, files or tables. Always true: no function raises on
any `str`; the canonical form of a canonical form is itself; a DOI is lower case, as DOIs ignore case.
"""

from __future__ import annotations

import html
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from explorer.patterns import regex

_DOI = regex(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_LONGEST = 2_000  # characters looked at; the longest DOIs have some hundred

_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff†‡§¶™®"))
_LATEX = (
    (regex(r"\\textless\b(?:\{\})?\s?|\$<\$"), lambda _: "<"),
    (regex(r"\\textgreater\b(?:\{\})?\s?|\$>\$"), lambda _: ">"),
    (regex(r"\\textunderscore\b(?:\{\})?\s?|\$?\\_\$?|\{\\?_\}"), lambda _: "_"),
    (regex(r"\\([%&#$;/])"), lambda m: m[1]),
)  # fmt: skip
# A blank where no DOI has any: after "10." and around the first slash.
_BLANKS = regex(r"\b10\s?\.\s*(\d{4,9}(?:\.\d+)*)\s*/\s*(?:/\s*)?(?=[^\s/])")

# Where the DOI ends, though no blank says so: another DOI in a list, a tag of HTML, a parameter or fragment of an
# address. SICI, the form of the nineties, has "<", ">" and ";" inside and may end in "#".
_ENDS = regex(
    r"[,;|]+(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:?)?10\.\d{4,9}/"  # a list
    r"|</?[a-z][a-z0-9]{0,9}(?:\s[^>]*)?/?>|</[a-z]*$"  # a tag
    r"|(?<!\.co;2-)\#|[?]|&[a-z_][a-z0-9_.]*=|;jsessionid|[\"“”«»„‘’`^\\\u3000-\u3002\uff0c\uff1b]"
    r"|,[^\x00-\x7f]|\]\(|/suppl_file/|\((?:retracted|withdrawn|in press|epub)\b"
    r"|[\[({]?(?:doi|pmid|pmcid|arxiv)(?::\S*|[\])}]\S*)$|pmid:?\d+$"
)
# What publishers' addresses add behind a DOI to name a view of the paper.
_VIEW = regex(
    r"(?:/(?:full/html|full/pdf|full|fulltext|full-text|abstract|summary|pdf|epdf|pdfdirect|epub|html|meta|references"
    r"|citedby|figures|tables|download|pdf/download|issuetoc|standard|reader))?/?$"
    r"|\.(?:full(?:\.pdf|\.html|-text)?|html?|xml|figures-only|abstract|pdf(?:\+html)?|short|extract|long|article-info|supplementary-material)$"
)
# A figure or table of a paper, and the number of its page that Oxford's addresses add.
_PIECE = regex(r"(10\.1371/journal\.p[a-z]{3}\.\d{7})\.[gt]\d{3}|(10\.1093/[a-z]+/[a-z]{2,7}\d{2,4})/\d{6,8}")
# What a template or a sheet holds until there is a DOI: "10.1145/nnnnnnn.nnnnnnn", "10.1109/XXXX.2020.1234567".
_TEMPLATE = regex(
    r"10\.(?:0+/.*|\d+/(?:.*[./_-])?(?:x{3,}|n{3,}|y{3,})(?:[./_-].*)?|1016/[a-z]|1145/(?:1122445\.1122456|1234567\.\d+)"
    r"|1234/(?:5678|1234|56789|abcd?))"
)
_TWICE = regex(r"(10\.\d{4,9}/\S+?)/\1")
_VERSION_OF_RXIV = regex(r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.\d+|\d{6,8})|10\.48550/arxiv\.\S+?)v\d{1,3}$")


def canonical_doi(value: object) -> str:
    """The bare lower-case DOI in `value` ("https://doi.org/10.1/X" → "10.1/x"), or an empty string.

    Of several DOIs the first. Escapes of addresses, HTML and LaTeX are undone, and what hangs on is cut off: marks,
    quotes, tags, parameters, views ("/full"), and the versions that bioRxiv and arXiv add to an id without a version.
    What stands in a template until there is a DOI is none.
    """
    if not isinstance(value, str) or ("10" not in (text := value[:_LONGEST]) and text.isascii()):
        return ""
    return _canonical(text)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    match = _DOI.search(_BLANKS.sub(r"10.\1/", _decoded(text)))
    if not match:
        return ""
    doi, before = match[0], ""
    while doi != before:
        before = doi
        end = _ENDS.search(doi, 8)
        doi = _trimmed(doi[: end.start()] if end else doi)
        doi = _trimmed(_VIEW.sub("", doi))
    doi = _TWICE.sub(r"\1", _VERSION_OF_RXIV.sub(r"\1", doi))
    if piece := _PIECE.fullmatch(doi):
        doi = piece[1] or piece[2]
    return doi if _DOI.fullmatch(doi) and len(doi) <= _LONGEST and not _TEMPLATE.fullmatch(doi) else ""


def _decoded(text: str) -> str:
    """`text` in lower case without the escapes of addresses, HTML and LaTeX, however often each of them was put."""
    before = ""
    while text != before:  # each round but the first shortens it
        before = text
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).translate(_HYPHENS | _UNSEEN)
        text = unquote(text) if "%" in text else text
        text = html.unescape(text) if "&" in text else text
        if "\\" in text or "$" in text or "{" in text:
            for pattern, written in _LATEX:
                text = pattern.sub(written, text)
            text = text.replace("}{", " ").replace("{", "").replace("}", "")
        text = text.lower()
    return text


def _trimmed(doi: str) -> str:
    """Without marks at the end, and without brackets there that nothing before them opens."""
    while doi:
        last = doi[-1]
        pair = {")": "(", "]": "[", "}": "{", ">": "<"}.get(last)
        if (last in ".,;:'*|&<({[" and not doi.endswith(".co;2-")) or (pair and doi.count(last) > doi.count(pair)):
            doi = doi[:-1]
        else:
            return doi
    return doi


# ----------------------------------------------------------------------------------------------------------- versions

# DOIs of which each version of a text has its own: the work, then the version.
_VERSIONS = (
    regex(r"(.+?)[./_-]v\d{1,3}"),  # Research Square, ChemRxiv, Preprints.org, Authorea, TechRxiv, OSF, figshare
    regex(r"(10\.7287/peerj\.preprints\.\d+)v\d{1,3}"),
    regex(r"(10\.(?:12688/[a-z0-9-]+\.\d+|7554/elife\.\d+|100[02]/essoar\.\d+|1038/npre\.\d{4}\.\d+))\.\d{1,2}"),
    regex(r"(10\.(?:21955/gatesopenres|1099[90]/[a-z0-9-]+|3310/[a-z0-9-]+)\.\d+)\.\d{1,2}"),
)


def work_of(doi: str) -> str:
    """The DOI without the version that some publishers put behind it: "10.12688/f1000research.9.2" → "… .9"."""
    return next((match[1] for pattern in _VERSIONS if (match := pattern.fullmatch(doi))), doi)


# Prefixes that only preprints have; OSF gives each of its servers one of its own.
_SERVERS = frozenset(
    "10.48550 10.64898 10.31219 10.31220 10.31221 10.31222 10.31223 10.31224 10.31225 10.31226 10.31227 10.31228 "
    "10.31229 10.31230 10.31231 10.31232 10.31233 10.31234 10.31235 10.31236 10.31237 10.31730 10.32942 10.33767 "
    "10.33774 10.35542 10.35543 10.36227 10.37044 10.22541 10.26434 10.12074 10.51094 10.51224 10.60763 10.32388 "
    "10.62329".split()
)
# Where journals share the prefix: Genome Research has that of bioRxiv, Earth System Dynamics that of its discussions.
_SERVED = regex(
    r"10\.(?:1101/(?:\d{4}\.\d\d\.\d\d\.\d+|\d{6,8})$|2139/ssrn|21203/rs\.|20944/preprints|2196/preprints|3386/w\d"
    r"|7287/peerj\.preprints|1590/scielopreprints|1002/essoar\.|1017/essoar|1038/npre\."
    r"|14293/(?:s2199-1006\.1\.sor-\.?pp|pr2199)|15200/winn|24108/preprints|7554/elife\.\d+\.\d+$|1920/wp\."
    r"|5194/(?:egusphere-\d{4}-\d+|[a-z]+-(?:19|20)\d\d-\d+|(?!ess?d-)[a-z]+d-\d+-\d+-(?:19|20)\d\d)$|\d{4,5}/osf\.io/)"
)
_NO_PREPRINT = regex(r"10\.17605/")  # projects and registrations of OSF


def is_preprint_doi(doi: str) -> bool:
    """Whether a DOI, in its canonical form, comes from a server of preprints."""
    server = doi.partition("/")[0] in _SERVERS or bool(_SERVED.match(doi))
    return server and not _NO_PREPRINT.match(doi)
