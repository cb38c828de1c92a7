"""What files call the fields of a paper: in exports of databases and data sets, and in several languages.

Holds the names and their order of preference. Knows nothing of records.
Always true: names are compared without case, accents, blanks and punctuation.
"""

from __future__ import annotations

import re
import unicodedata

# Best name first. Scopus, Web of Science, IEEE, Springer, Embase, PubMed, Europe PMC, Dimensions, Lens, ProQuest,
# EBSCO, Zotero, JabRef, Covidence, Rayyan, ASReview, Publish or Perish, arXiv, CORD-19, Semantic Scholar, OpenAlex,
# CNKI, and German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Chinese, Japanese, Korean.
_NAMES = {
    "title": "title documenttitle itemtitle articletitle papertitle primarytitle ti t1 worktitle studytitle "
    "reviewtitle publicationtitleofpaper chaptertitle titel titre titulo titolo tytul название заголовок 标题 題名 "
    "题名 標題 篇名 论文题目 タイトル 論文名 제목 논문명 displayname originaltitle headline",
    "abstract": "abstract paperabstract abstracttext abstractnote abs ab n2 summary abstracts zusammenfassung "
    "kurzfassung resume resumen resumo riassunto sommario samenvatting streszczenie аннотация реферат 摘要 抄録 "
    "要旨 概要 초록 요약 originalabstract description text",
    "authors": "authorfullnames af authors author authornames authorlist authortext authorstring creators creator "
    "contribnames au a1 contributors authorshipsauthordisplayname autoren verfasser auteurs autores autori auteur "
    "autor autorzy авторы автор 作者 著者 저자 firstauthors firstauthor bookauthors ba",
    "year": "year publicationyear pubyear releaseyear publishedyear yearpublished yearofpublication py yr y1 published "
    "publicationdate publisheddate datepublished dateofpublication pubdate publishtime pubtime date issued "
    "issuedate jahr annee ano anno jaar rok originalpaperdate год 年 年份 出版年 发表时间 発行年 발행연도 연도 "
    "coverdate created",
    "venue": "venue journal journaltitle journalname journalbook booktitle containertitle publicationtitle "
    "containername sourcetitle pubtitle publicationname publication conferencename conferencetitle conference "
    "proceedingstitle anthologytitle ispartof primarylocationsourcedisplayname primarylocationdisplayname "
    "hostvenuedisplayname jo jf t2 so zeitschrift revue revista rivista tijdschrift czasopismo журнал 期刊 刊名 "
    "文献来源 来源 雑誌名 掲載誌 학술지 journalref journalabbreviation j9 ct source источник",
    "doi": "doi itemdoi di digitalobjectidentifier idsdoi doilink doiurl originalpaperdoi",
    "arxiv": "arxiv arxivid eprint",
    "pmid": "pmid originalpaperpubmedid pubmedid medlinepmid pubmed pm idspmid",
    "pmcid": "pmcid pmc idspmcid pubmedcentralid",
    "openalex": "openalex openalexid idsopenalex",
    "url": "url link pdflink articleurl fulltexturl urls ur pdfurl openurllink documenturl externalurl sourceurl "
    "sourceurls plink permalink weblink embaselink dimensionsurl sourcelinkout uri",
    "keywords": "keywords keyword authorkeywords kw de manualtags keywordlist identifierkeywords "
    "keywordsdisplayname schlagworter schlagworte motscles palabrasclave palavraschave parolechiave ключевыеслова "
    "关键词 關鍵詞 关键字 キーワード 키워드 주제어 indexkeywords keywordsplus ieeeterms meshterms mesh subjectterms "
    "subjects subject descriptors automatictags tags fieldsofstudy emtreemedicalindexterms categories",
    "key": "id paperid corpusid key citationkey citekey ssid eid uid ut utuniquewosid utuniqueid recordid lensid "
    "publicationid storeid refid corduid identifier itemid pui extid articleid documentid accessionnumber covidence",
    "collections": "collections collection folders folder",
}
FIELDS = tuple(_NAMES)


def normal(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation: "Año" → "ano"."""
    name = name.strip().casefold()
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_IN_NAMES.sub("", name)


_NOT_IN_NAMES = re.compile(r"[^\w,;|\t]|_")  # a delimiter stays: "a,b" is two columns, not "ab"
FIELD = {normal(name): (rank, field) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
# Words in a name that is none of those above, by which it may still be guessed, and words that tell otherwise.
_GUESSED = {
    "title": frozenset(("title", "titel", "titre", "titulo", "题名", "标题", "篇名")),
    "abstract": frozenset(("abstract", "abstracts", "summary", "resumen", "摘要")),
}
_NOT_GUESSED = frozenset(
    "journal source publication book series short abbreviated conference alternate alternative secondary container "
    "host venue running job link url length id ids count has inverted index graphical language available flag screen "
    "label decision included proceedings tertiary parent section score hash embedding vector tokens".split()
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


def guessed(name: str) -> str:
    """The field that a name nobody knows may mean, by a word in it; "" when none."""
    words = {word.casefold() for word in _WORD.findall(name[:200])}
    if words & _NOT_GUESSED or len(words) > 6:
        return ""
    return next((field for field, wanted in _GUESSED.items() if words & wanted), "")
