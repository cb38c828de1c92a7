"""Real exports of tagged text: RIS, nbib, Web of Science, EndNote, Ovid, RefWorks."""

from __future__ import annotations

import pytest

from conftest import shared
from explorer.readers import UnreadableFile, read, recognise
from support.files import sound_papers


def test_a_web_page_named_ris_is_called_a_web_page() -> None:
    with pytest.raises(UnreadableFile, match="web page"):
        read(shared("imports", "hostile", "html_error_page.ris"))


def test_scopus() -> None:
    paper = sound_papers(shared("imports", "ris", "restoration_scopus.ris"))[0]
    assert paper.title == "LONG-TERM FOLLOW-UP OF RETINAL PIGMENT EPITHELIUM RESTORATION AFTER A TRIPLE TEAR"
    assert paper.authors == ("Zahid, S.", "Dolz Marco, R.", "Freund, K.B.")
    assert (paper.year, paper.venue) == (2019, "Retinal cases & brief reports")
    assert (paper.doi, paper.id) == ("10.1097/icb.0000000000000530", "2-s2.0-85041488703")
    assert paper.abstract.startswith("PURPOSE: To demonstrate longitudinal multimodal imaging")


def test_scopus_keeps_the_pubmed_id_in_c2() -> None:
    assert sound_papers(shared("imports", "ris", "asreview_scopus.ris"))[1].pmid == "31421429"


def test_ovid_ris_with_numbers_between_and_fields_after_records() -> None:
    found = sound_papers(shared("imports", "ris", "asreview_ovid_psycinfo.ris"))
    assert [paper.id for paper in found[:2]] == ["2019-65183-001", "2019-29490-001"]
    assert found[1].authors == ("Trindade, Ines A", "Ferreira, Claudia", "Duarte, Cristiana", "Pinto-Gouveia, Jose")
    assert (found[1].year, found[1].venue) == (2019, "Journal of Health Psychology")
    assert found[1].keywords[:2] == ("Body Image", "Colon Disorders")
    assert found[1].abstract.startswith("The aim of this study was to examine the role of body image")


def test_zotero_ris_keeps_the_paragraphs_of_an_abstract() -> None:
    paper = sound_papers(shared("imports", "ris", "wilson_doku_all_numbered.txt"))[0]
    assert paper.title == "Early Onset of Wilson Disease: Diagnostic Challenges"
    assert [line.split(":")[0] for line in paper.abstract.split("\n")] == [
        "OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS",
    ]  # fmt: skip
    assert (paper.doi, paper.pmid, paper.year) == ("10.1097/mpg.0000000000001700", "28753182", 2017)


def test_endnote_ris_has_keywords_on_lines_and_pubmed_ids_as_accession_numbers() -> None:
    paper = sound_papers(shared("imports", "ris", "asreview_pubmed_endnote.txt"))[0]
    assert (paper.pmid, paper.venue, paper.year) == ("21553931", "Clin Pharmacokinet", 2011)
    assert paper.keywords[3:5] == ("Clinical Trials as Topic", "Disease Models, Animal")


def test_jstor_puts_a_blank_line_after_every_line() -> None:
    found = sound_papers(shared("imports", "ris", "colrev_jstor_ris.ris"))
    assert [paper.title for paper in found] == [
        "This is the title - charset UTF-8 used",
        "Primary Title",
        "This title is of type CHAP",
        "This title is of type RPRT",
    ]
    assert found[2].authors == ("Chapwriter-One, Phoebe",)  # not the two editors in A2


def test_lens_ids_in_addresses() -> None:
    paper = sound_papers(shared("imports", "ris", "asreview__baseline.ris"))[0]
    assert (paper.pmid, paper.pmcid, paper.id) == ("22752652", "PMC3553406", "000-463-679-101-319")


def test_pubmed() -> None:
    paper = sound_papers(shared("imports", "nbib", "restoration_pubmed.nbib"))[1]
    assert paper.title == (
        "Seasonal Changes and Vertical Distribution of Fine Root Biomass During Vegetation Restoration in a Karst "
        "Area, Southwest China."
    )
    assert paper.authors[:2] == ("Du, Hu", "Liu, Lu")
    assert (paper.year, paper.venue) == (2018, "Frontiers in plant science")
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.3389/fpls.2018.02001", "30687380", "PMC6337902")
    assert paper.keywords[0] == "ecological restoration"
    assert "\n" not in paper.abstract


def test_pubmed_organisation_is_an_author() -> None:
    found = sound_papers(shared("imports", "nbib", "restoration_pubmed.nbib"))
    assert "EndoReCo" in {author for paper in found for author in paper.authors}


def test_eric() -> None:
    paper = sound_papers(shared("imports", "nbib", "zotero_MEDLINEnbib_6.nbib"))[1]
    assert (paper.id, paper.doi, paper.pmid) == ("EJ1208101", "10.1007/s11423-019-09653-8", "")
    assert paper.authors[0] == "Hulse, Taylyn"


def test_web_of_science() -> None:
    found = sound_papers(shared("imports", "wos", "restoration_WoS.ciw"))
    assert (
        found[0].title == "Do magnetic phosphorus adsorbents used for lake restoration impact on zooplankton community?"
    )
    assert found[0].authors[:2] == ("Alvarez-Manzaneda, I.", "Guerreroc, F.")
    assert found[1].authors[1] == "Piegay, Herve"  # AF, not AU
    assert (found[0].doi, found[0].pmid) == ("10.1016/j.scitotenv.2018.11.375", "30529964")
    assert (found[0].id, found[0].year) == ("WOS:000455039600059", 2019)
    assert found[0].keywords[3:6] == (
        "Lake restoration", "ROTIFER BRACHIONUS-CALYCIFLORUS", "ECOLOGICAL RISK-ASSESSMENT",
    )  # fmt: skip


def test_web_of_science_named_ris() -> None:
    path = shared("imports", "wos", "rispy_example_wos.ris")
    assert recognise(path) == "wos"
    assert sound_papers(path)[0].authors[0] == "Parkes-Loach, PS"


def test_three_databases_give_one_paper_one_doi() -> None:
    files = ("ris/restoration_scopus.ris", "wos/restoration_WoS.ciw", "nbib/restoration_pubmed.nbib")
    dois = [{paper.doi for paper in sound_papers(shared("imports", *file.split("/")))} - {""} for file in files]
    assert [len(each) for each in dois] == [282, 176, 104]
    assert len(dois[0] & dois[1] & dois[2]) == 22


def test_endnote_of_a_repository_where_few_records_have_a_type() -> None:
    found = sound_papers(shared("imports", "enw", "colrev_ais_enl.txt"))
    assert found[3].authors[-1] == "Catalao, Joao"
    assert found[3].venue == "Hawaii International Conference on System Sciences 2019 (HICSS-52)"
    assert [paper.year for paper in found] == [2021, 2021, 2021, 2019, 2017, 2017]


def test_ovid_tags() -> None:
    found = sound_papers(shared("imports", "ovid", "zotero_OVID_Tagged_0.txt"))
    assert [paper.id for paper in found][:2] == ["PREV200400474164", "PREV200400473722"]
    assert found[1].authors == ("Werner, S. M.", "Nordheim, E. V.", "Raffa, K. F.")
    assert found[1].venue == "Forest Ecology & Management"
    assert found[3].venue == "Methods in proteome and protein analysis"


def test_ovid_labels() -> None:
    paper = sound_papers(shared("imports", "ovid", "jabref_OvidImporterTest4.txt"))[0]
    assert paper.title.endswith("along an elevation transect in Harz Mountains, Germany.")
    assert paper.authors == ("Kohler, Lars", "Leuschner, Christoph", "Hauck, Markus", "Hertel, Dietrich")
    assert (paper.year, paper.venue, paper.id) == (2015, "Ecohydrology", "01445406-201509000-00006")


def test_refworks() -> None:
    paper = sound_papers(shared("imports", "refworks", "zotero_RefWorks_Tagged_1.txt"))[0]
    assert paper.title.startswith("Effect of a case management intervention on symptoms of asthma")
    assert (paper.authors, paper.year, paper.id) == (("Catrambone, C.D.",), 2000, "2001107680")
