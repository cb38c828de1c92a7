"""PubMed's XML: sets of articles and book chapters, MEDLINE's older citations, and what journals send to PubMed.

Holds where these keep the fields of a paper. Knows nothing of how elements are found (`xml`).
Always true: of an article in several languages the main abstract counts, another only where there is none; names that
PubMed marked as wrong are left out; ids come from the article itself, never from its references.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explorer.readers.engine import fields, markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Found, Root, XmlReader

_ROOTS = (
    "PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "PubmedBookArticle", "MedlineCitationSet",
    "MedlineCitation", "ArticleSet",
)  # fmt: skip
_NO_LABELS = ("unlabelled", "unassigned")


def _fits(root: Root, head: str) -> bool:
    return root.name in _ROOTS and (root.name != "ArticleSet" or "<ArticleTitle" in head or "<Journal" in head)


def _take(element: Element) -> list[Found]:
    if element.tag == "PubmedBookArticle":
        return [_chapter(element)]
    if element.tag == "Article":
        return [_sent_in(element)]
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is None:
        return [
            "a <PubmedArticle> without its <MedlineCitation>, so there is no paper in it. Mend or ignore this record"
        ]
    article = citation.find("Article")
    given = _article(article if article is not None else citation)
    pmid = line(citation.find("PMID"))
    ids = _ids(element.find("PubmedData/ArticleIdList"))
    words = [line(word) for word in citation.findall("KeywordList/Keyword")]
    other = [line(word) for word in citation.findall("MeshHeadingList/MeshHeading/DescriptorName")]
    given["abstract"] = given["abstract"] or _other_abstract(citation)
    given["venue"] = given["venue"] or line(citation.find("MedlineJournalInfo/MedlineTA"))
    given["year"] = given["year"] or line(element.find("PubmedData/History/PubMedPubDate/Year"))
    own = [line(number) for number in citation.findall("OtherID")]
    pmcid = ids.get("pmc") or next((number for number in own if number.startswith("PMC")), "")
    doi = given.pop("doi") or ids.get("doi", "")
    return [{**given, "key": pmid, "pmid": pmid, "doi": doi, "pmcid": pmcid, "keywords": words or other}]


def _article(article: Element) -> dict[str, object]:
    issue = article.find("Journal/JournalIssue")
    return {
        "title": _title(article),
        "abstract": _abstract(article.find("Abstract")),
        "authors": _authors(article.find("AuthorList")),
        "year": _year(None if issue is None else issue.find("PubDate")) or line(article.find("ArticleDate/Year")),
        "venue": line(article.find("Journal/Title")) or line(article.find("Journal/ISOAbbreviation")),
        "doi": _doi(article),
    }


def _chapter(element: Element) -> Found:
    found = element.find("BookDocument")
    part = found if found is not None else element
    empty = Element("Book")
    found = part.find("Book")
    book = found if found is not None else empty
    ids = _ids(part.find("ArticleIdList"))
    title, whole, pmid = _title(part), line(book.find("BookTitle")), line(part.find("PMID"))
    lists = [*part.findall("AuthorList"), *book.findall("AuthorList")]
    lists = [given for given in lists if given.get("Type") != "editors"] or lists
    return {
        "key": pmid or ids.get("bookaccession", ""),
        "pmid": pmid,
        "title": title or whole,
        "abstract": _abstract(part.find("Abstract")),
        "authors": next((names for given in lists if (names := _authors(given))), []),
        "year": _year(book.find("PubDate")) or line(part.find("ContributionDate/Year")),
        "venue": whole if title else line(book.find("CollectionTitle")),
        "doi": ids.get("doi") or _doi(part) or _doi(book),
        "pmcid": ids.get("pmc", ""),
        "keywords": [line(word) for word in part.findall("KeywordList/Keyword")],
    }


def _sent_in(article: Element) -> Found:
    """An article as journals send it to PubMed, for instance from Open Journal Systems."""
    ids = _ids(article.find("ArticleIdList"))
    words = [line(word) for word in article.findall("ObjectList/Object[@Type='keyword']/Param")]
    return {
        **_article(article),
        "key": ids.get("pii") or ids.get("doi", ""),
        "venue": line(article.find("Journal/JournalTitle")) or line(article.find("Journal/Title")),
        "year": _year(article.find("Journal/PubDate")),
        "doi": _doi(article) or ids.get("doi", ""),
        "pmid": ids.get("pubmed", ""),
        "pmcid": ids.get("pmc", ""),
        "keywords": words or [line(word) for word in article.findall("KeywordList/Keyword")],
    }


def _title(article: Element) -> str:
    title = line(article.find("ArticleTitle"))
    original = line(article.find("VernacularTitle"))
    return original if original and title.strip("[]. ").casefold() in ("", "not available") else title


def _abstract(abstract: Element | None) -> str:
    if abstract is None:
        return ""
    parts = abstract.findall("AbstractText")
    if not parts:
        copyright_line = abstract.find("CopyrightInformation")
        return markup.prose(abstract) if copyright_line is None else ""
    found = []
    for part in parts:
        label = part.get("Label", "")
        text = markup.prose(part)
        found.append(text if label.casefold() in _NO_LABELS else markup.labelled(label, text))
    return "\n".join(text for text in found if text)


def _other_abstract(citation: Element) -> str:
    given = citation.findall("OtherAbstract")
    texts = [_abstract(other) for other in sorted(given, key=lambda other: other.get("Language", "eng") != "eng")]
    return next((text for text in texts if not fields.is_empty(text)), "")


def _authors(listed: Element | None) -> list[object]:
    if listed is None:
        return []
    return [_author(author) for author in listed.findall("Author") if author.get("ValidYN") != "N"]


def _author(author: Element) -> object:
    family = line(author.find("LastName"))
    if not family:
        return line(author.find("CollectiveName")) or line(author.find("ForeName"))
    names = ("ForeName", "Initials", "FirstName")
    given = next((text for name in names if (text := line(author.find(name)))), "")
    if given == line(author.find("FirstName")) and (middle := line(author.find("MiddleName"))):
        given = f"{given} {middle}"
    suffix = line(author.find("Suffix"))
    return {"family": family, "given": f"{given} {suffix}".strip()}


def _year(date: Element | None) -> str:
    """The year of a date; the first of "1998 Dec-1999 Jan"."""
    return "" if date is None else line(date.find("Year")) or line(date.find("MedlineDate"))


def _doi(article: Element) -> str:
    places = article.findall("ELocationID[@EIdType='doi']")
    return next((line(place) for place in places if place.get("ValidYN") != "N"), "")


def _ids(listed: Element | None) -> dict[str, str]:
    return {} if listed is None else {given.get("IdType", ""): line(given) for given in listed.findall("ArticleId")}


READER = XmlReader(
    name="pubmed_xml",
    label="PubMed XML",
    suffixes=(),
    fits=_fits,
    begin=lambda stream: _take,
    records=("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "Article"),
)
