"""Words that mean nothing, by field and in many languages, and what looks like them and means something."""

from __future__ import annotations

import pytest

from explorer.paper import Source, make_paper
from explorer.placeholders import is_placeholder

NOTHING = {
    "abstract": [
        "NA", "n/a", "<NA>", "#N/A", "#NAME?", "#DIV/0!", "#WERT!", "#¡VALOR!", "#NV", "nan", "None", "NULL", "-", "--",
        "No abstract available", "[No abstract available]", "Abstract not available.", "Abstract: N/A", "No Abstract",
        "There is no abstract available for this article.", "Publisher: Abstract available from the publisher.",
        "Kein Abstract verfügbar", "Für diesen Artikel ist kein Abstract verfügbar", "Résumé non disponible",
        "Aucun résumé disponible", "Resumen no disponible", "Sin resumen", "Resumo não disponível",
        "Nessun abstract disponibile", "Geen samenvatting beschikbaar.", "Brak streszczenia", "Аннотация отсутствует",
        "Abstract saknas", "Özet bulunmamaktadır", "لا يوجد ملخص", "چکیده ندارد", "אין תקציר", "无摘要", "暂无摘要",
        "摘要：无", "本文无摘要", "抄録なし", "초록 없음", "Abstrak tidak tersedia", "Không có tóm tắt",
        "ไม่มีบทคัดย่อ", "सार उपलब्ध नहीं", "چکیده موجود نیست", "アブストラクトなし", "摘要暂缺", "略",
        "Περίληψη μη διαθέσιμη",
        "Tiivistelmä puuttuu", "Este artículo no tiene resumen", "Este artigo não possui resumo",
        "Cet article ne contient pas de résumé.", "Es liegt kein Abstract vor", "k. A.", "Keine Angabe",
        "ABSTRACT:", "Zusammenfassung:", "摘要：", "TBD", "xxx", "blank", "Full Text", "Full text available",
        "Abstract available in English only", "(Abstract not available in English)", "Click here for PDF",
    ],
    "title": [
        "NA", "Untitled", "[Untitled]", "[Not Available].", "[No title available]", "Kein Titel verfügbar",
        "Sans titre",
        "无标题", "#NAME?", "nan", "Document title", "[Untitled work]", "Unbekannter Titel", "标题缺失", "Untitled.pdf",
    ],
    "authors": [
        "NA", "[No author name available]", "[No author id available]", "[Anonymous]", "Anonymous", "No authors listed",
        "Unknown", "佚名", "作者不详", "et al.", "others", "n.n.", "-",
        "None", "NN",
        "o. V.", "[s.n.]", "작자 미상", "AA. VV.", "Verschiedene", "No name", "Name not available", "admin",
        "Anonymous Author(s)", "Yazar yok",
    ],
    "venue": ["NA", "na", "N/A", "#N/A", "NULL", "[No source information available]", "Unknown journal",
        "S.l.", "Revue inconnue", "None"],
    "keywords": ["NA", "[No keywords available]", "无关键词"],
}  # fmt: skip
SOMETHING = {
    "abstract": [
        "None of the available drugs helped.", "An abstract game is described.", "Summary of findings.", "π",
        "Abstract games.", "Full text search is fast.",
        "Data are missing.",
        "The document is missing a leaf.", "Non-available enzymes",
    ],
    "title": ["Without", "Missing", "Unknown", "Abstract art", "NaN handling in R", "Null results", "#MeToo"],
    "authors": ["Na", "Na, Li", "Nan", "Null", "No", "No, Jong-Hwan", "None, A."],
    "venue": ["Na", "Nan", "Nature", "Journal", "Source"],
    "keywords": ["Na channels", "unknown pleasures"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in NOTHING.items() for text in texts])
def test_nothing(field: str, text: str) -> None:
    assert is_placeholder(field, text)


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in SOMETHING.items() for text in texts])
def test_something(field: str, text: str) -> None:
    assert not is_placeholder(field, text)


def test_a_journal_called_na_is_one_unless_the_record_writes_na_for_nothing() -> None:
    source = Source("a.csv", 1, 2)
    assert make_paper(source, title="Salt", venue="Na", authors="Na").venue == "Na"
    assert make_paper(source, title="Salt", venue="Na", authors="Na").authors == ("Na",)
    assert make_paper(source, title="Salt", venue="Na", authors="Na", doi="Na").venue == ""
    assert make_paper(source, title="Salt", venue="Na", authors="Na", doi="Na").authors == ()
    assert make_paper(source, title="Salt", venue="NA").venue == ""
