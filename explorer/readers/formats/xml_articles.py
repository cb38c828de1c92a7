"""Articles as publishers and their archives give them in XML: JATS, PubMed, the ACL Anthology.

Holds where an article keeps the fields of a paper. Knows nothing of how articles are cut out of files (`xml`).
Always true: everything comes from what an article says of itself, never from its body, references or responses; the
author's own abstract in the main language comes before summaries, teasers and translations, which count only where
there is no other.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explorer import notices
from explorer.notices import Deed, State
from explorer.placeholders import is_placeholder
from explorer.readers.engine import markup
from explorer.readers.engine.markup import line
from explorer.readers.engine.xml import Root, attribute, has
from explorer.readers.engine.xml_format import (
    Take,
    Values,
    XmlReader,
    every,
    filled,
    find,
    first,
    first_text,
    ids_of,
    inside,
    people,
    person,
    prose,
    sign,
    table,
)
from explorer.readers.io.stream import Stream

# ------------------------------------------------------ JATS and its forerunner NLM, alone or in sets of PubMed Central

_DATES = ("ppub", "collection", "print", "pub", "epub-ppub", "epub", "electronic", "preprint", "")
_PLAIN_ABSTRACTS = ("", "abstract", "section", "sections", "structured", "full", "normal", "main", "author")
_NO_ABSTRACTS = ("graphical", "toc", "video", "teaser-image", "key-image", "images", "author-bio")
_AUTHORS = ("", "author", "collab", "corresp", "person")


def jats(article: Element) -> Values:
    """The fields of a paper in an `<article>`."""
    front = inside(article, "front front-stub")
    meta = inside(front, "article-meta")
    ids = ids_of(meta.findall("article-id"), "pub-id-type")
    pmcid = ids.get("pmc") or ids.get("pmcid") or ids.get("pmc-id") or ""
    pmcid = f"PMC{pmcid}" if pmcid.isdecimal() else pmcid
    key = pmcid or ids.get("pmid") or ids.get("doi") or ids.get("publisher-id")
    return {
        "key": key or attribute(article, "id") or ids.get("jstor"),
        "title": _jats_title(inside(meta, "title-group")),
        "abstract": _jats_abstract(meta),
        "authors": _jats_authors(meta),
        "year": _jats_year(meta),
        "venue": _jats_venue(front.find("journal-meta"), meta),
        "doi": ids.get("doi"),
        "arxiv": ids.get("arxiv"),
        "pmid": ids.get("pmid"),
        "pmcid": pmcid,
        "url": next((href for link in meta.findall("self-uri") if "://" in (href := attribute(link, "href"))), ""),
        "keywords": [
            line(word)
            for group in meta.findall("kwd-group")
            if "abbrev" not in attribute(group, "kwd-group-type")
            for word in group.iter("kwd")
        ],
    }


def _jats_title(group: Element) -> str:
    title = first(group, "article-title") or first(group, "trans-title-group/trans-title trans-title")
    subtitle = first(group, "subtitle")
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title


def _jats_abstract(meta: Element) -> str:
    kinds = [(attribute(abstract, "abstract-type").lower(), abstract) for abstract in meta.findall("abstract")]
    own = [abstract for kind, abstract in kinds if kind in _PLAIN_ABSTRACTS]
    rest = [abstract for kind, abstract in kinds if kind not in _PLAIN_ABSTRACTS + _NO_ABSTRACTS]
    return prose([*own, *meta.findall("trans-abstract"), *rest])


def _jats_authors(meta: Element) -> list[object]:
    listed = meta.findall("contrib-group/contrib") or meta.findall("contrib")
    authors = [author for author in listed if attribute(author, "contrib-type").lower() in _AUTHORS]
    names = (_jats_name(inside(author, "name-alternatives")) or _jats_name(author) for author in authors or listed)
    return [name for name in names if name]


def _jats_name(place: Element) -> Values | str:
    name = find(place, "name string-name")
    if name is not None:
        return person(name, "surname", "given-names+suffix", "given-names+suffix .")
    collab = place.find("collab")
    if collab is None:
        return ""
    return first(collab, "institution") or " ".join((collab.text or "").split()) or first(collab, "named-content")


def _jats_year(meta: Element) -> str:
    years: dict[str, str] = {}
    for date in meta.findall("pub-date"):
        kind = attribute(date, "pub-type") or attribute(date, "publication-format") or attribute(date, "date-type")
        if year := first(date, "year string-date") or attribute(date, "iso-8601-date"):
            years.setdefault(kind, year)
    return next((years[kind] for kind in _DATES if kind in years), next(iter(years.values()), ""))


def _jats_venue(journal: Element | None, meta: Element) -> str:
    if journal is None:
        return ""
    ids = ids_of(journal.findall("journal-id"), "journal-id-type")
    return (
        first(journal, "journal-title-group/journal-title journal-title")
        or ids.get("nlm-ta")
        or ids.get("iso-abbrev")
        or first(journal, "journal-title-group/abbrev-journal-title")
        or first(meta, "conference/conf-name")
    )


# ---------------------------- PubMed: sets of articles and book chapters, MEDLINE's older citations, what journals send

_NO_LABELS = ("unlabelled", "unassigned")
_NO_CITATION = "a <PubmedArticle> without its <MedlineCitation>, so there is no paper in it. Mend or ignore this record"


def _pubmed(element: Element) -> Values | str:
    if element.tag == "PubmedBookArticle":
        return _chapter(inside(element, "BookDocument"))
    if element.tag == "Article":
        return _sent_in(element)
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is None:
        return _NO_CITATION
    ids = ids_of(element.findall("PubmedData[1]/ArticleIdList[1]/ArticleId"), "IdType")
    pmid = first(citation, "PMID")
    around = {
        "key": pmid,
        "abstract": _other_abstract(citation),
        "year": first(element, "PubmedData/History/PubMedPubDate/Year"),
        "venue": first(citation, "MedlineJournalInfo/MedlineTA"),
        "doi": ids.get("doi"),
        "pmid": pmid,
        "pmcid": ids.get("pmc") or next((own for own in every(citation, "OtherID") if own.startswith("PMC")), ""),
        "keywords": every(citation, "KeywordList/Keyword MeshHeadingList/MeshHeading/DescriptorName"),
        "notices": _pubmed_notices(citation),
    }
    return filled(_article(inside(citation, "Article")), around)


def _article(article: Element) -> Values:
    published = article.find("Journal/JournalIssue/PubDate")
    return {
        "title": _pubmed_title(article),
        "abstract": _pubmed_abstract(article.find("Abstract")),
        "authors": _pubmed_authors(article.find("AuthorList")),
        "year": first(published, "Year MedlineDate")
        or first(article, "ArticleDate/Year"),  # of "1998 Dec-1999 Jan" 1998
        "venue": first(article, "Journal/Title Journal/ISOAbbreviation"),
        "doi": _pubmed_doi(article),
    }


# How PubMed says in which notice something is about a citation, or about which citation a notice is.
_ABOUT: dict[str, State | Deed] = {
    "RetractionIn": State.RETRACTED, "RetractedandRepublishedIn": State.RETRACTED,
    "PartialRetractionIn": State.RETRACTED,
    "ExpressionOfConcernIn": State.CONCERN, "ErratumIn": State.CORRECTED, "CorrectedandRepublishedIn": State.CORRECTED,
    "RetractionOf": Deed.RETRACTS, "PartialRetractionOf": Deed.RETRACTS, "ExpressionOfConcernFor": Deed.DOUBTS,
    "ErratumFor": Deed.CORRECTS,
}  # fmt: skip


def _pubmed_notices(citation: Element) -> list[str]:
    types = notices.of_types(map(line, citation.findall("Article/PublicationTypeList/PublicationType")))
    for comment in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        if (word := _ABOUT.get(comment.get("RefType", ""))) is not None:
            pmid = first(comment, "PMID")
            types.append(notices.about(word, f"pmid:{pmid}" if pmid else ""))
    return types


def _chapter(part: Element) -> Values:
    book = part.find("Book")
    book = Element("Book") if book is None else book
    ids = ids_of(part.findall("ArticleIdList[1]/ArticleId"), "IdType")
    title, whole, pmid = _pubmed_title(part), first(book, "BookTitle"), first(part, "PMID")
    lists = [*part.findall("AuthorList"), *book.findall("AuthorList")]
    lists = [listed for listed in lists if listed.get("Type") != "editors"] or lists
    return {
        "key": pmid or ids.get("bookaccession"),
        "title": title or whole,
        "abstract": _pubmed_abstract(part.find("Abstract")),
        "authors": next((names for listed in lists if (names := _pubmed_authors(listed))), []),
        "year": first(book.find("PubDate"), "Year MedlineDate") or first(part, "ContributionDate/Year"),
        "venue": whole if title else first(book, "CollectionTitle"),
        "doi": ids.get("doi") or _pubmed_doi(part) or _pubmed_doi(book),
        "pmid": pmid,
        "pmcid": ids.get("pmc"),
        "keywords": every(part, "KeywordList/Keyword"),
    }


def _sent_in(article: Element) -> Values:
    """An article as journals send it to PubMed, for instance from Open Journal Systems."""
    ids = ids_of(article.findall("ArticleIdList[1]/ArticleId"), "IdType")
    return _article(article) | {
        "key": ids.get("pii") or ids.get("doi"),
        "year": first(article.find("Journal/PubDate"), "Year MedlineDate"),
        "venue": first(article, "Journal/JournalTitle Journal/Title"),
        "doi": _pubmed_doi(article) or ids.get("doi"),
        "pmid": ids.get("pubmed"),
        "pmcid": ids.get("pmc"),
        "keywords": every(article, "ObjectList/Object[@Type='keyword']/Param KeywordList/Keyword"),
    }


def _pubmed_title(article: Element) -> str:
    title, original = first(article, "ArticleTitle"), first(article, "VernacularTitle")
    return original if original and (not title or is_placeholder("title", title)) else title


def _pubmed_abstract(abstract: Element | None) -> str:
    if abstract is None:
        return ""
    parts = [(part.get("Label", ""), markup.prose(part)) for part in abstract.findall("AbstractText")]
    if not parts:
        return markup.prose(abstract) if abstract.find("CopyrightInformation") is None else ""
    texts = [text if label.casefold() in _NO_LABELS else markup.labelled(label, text) for label, text in parts]
    return "\n".join(filter(None, texts))


def _other_abstract(citation: Element) -> str:
    texts = citation.findall("OtherAbstract")
    texts.sort(key=lambda text: text.get("Language", "eng") != "eng")
    return first_text(map(_pubmed_abstract, texts))


def _pubmed_authors(listed: Element | None) -> list[object]:
    """Without those that PubMed marked as wrong."""
    authors = [] if listed is None else listed.findall("Author")
    return [_pubmed_author(author) for author in authors if author.get("ValidYN") != "N"]


def _pubmed_author(author: Element) -> Values | str:
    family, given = first(author, "LastName"), first(author, "ForeName Initials FirstName")
    if not family:
        return first(author, "CollectiveName ForeName")
    if given == first(author, "FirstName"):
        given = first(author, "FirstName+MiddleName")
    return {"family": family, "given": f"{given} {first(author, 'Suffix')}".strip()}


def _pubmed_doi(article: Element) -> str:
    places = article.findall("ELocationID[@EIdType='doi']")
    return next((line(place) for place in places if place.get("ValidYN") != "N"), "")


# ----------------------------------------- the ACL Anthology: volumes of papers, in the form of today and the older one

_ACL = table("title abstract year doi url", key="bibkey", venue="booktitle journal")


def _is_acl(root: Root, head: str) -> bool:
    if root.name not in ("collection", "volume", "anthology") or has(head, "datafield", "mods"):
        return False
    return has(head, "paper", "frontmatter") or (has(head, "volume") and has(head, "booktitle"))


def _begin_acl(stream: Stream) -> Take:
    volume = {"venue": "", "year": ""}  # what a volume says of itself counts for the papers after it

    def take(element: Element) -> Values | list[Values]:
        if element.tag == "meta":
            volume.update(venue=first(element, "booktitle journal-title"), year=first(element, "year"))
            return []
        paper = _ACL(element)
        address = str(paper["url"])
        number = address.rstrip("/").rpartition("/")[2].removesuffix(".pdf")
        return paper | {
            "key": number or paper["key"] or element.get("id"),
            "authors": people(element, "author", "last", "first", ".")
            or people(element, "editor", "last", "first", "."),
            "year": paper["year"] or volume["year"],
            "venue": paper["venue"] or volume["venue"],
            "url": address if "://" in address else f"https://aclanthology.org/{number}/" if number else "",
        }

    return take


PUBMED = XmlReader(
    "pubmed_xml",
    "PubMed XML",
    (
        sign(
            "PubmedArticleSet PubmedArticle PubmedBookArticleSet PubmedBookArticle MedlineCitationSet MedlineCitation"
        ),
        sign("ArticleSet", text="<ArticleTitle"),
        sign("ArticleSet", text="<Journal"),
    ),
    _pubmed,
    "PubmedArticle PubmedBookArticle MedlineCitation Article",
)
JATS = XmlReader(
    "jats",
    "JATS",
    (
        sign("pmc-articleset"),
        sign("article articles article-set front sub-article", "front article-meta journal-meta front-stub"),
    ),
    jats,
    "article",
    suffixes=(".nxml",),
)
ACL = XmlReader("acl_xml", "ACL Anthology XML", (_is_acl,), begin=_begin_acl, records="paper", asides="meta")
