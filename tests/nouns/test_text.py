"""Text: mojibake undone, LaTeX readable, comparison without case and accents; never an exception."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer import text
from explorer.text import _converted, _read, _shortened, counted, fold, readable, repair
from support.cost import examples


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Quiรฑonero", "Quiñonero"),
        ("Candela, Joaquin Quiรฑonero", "Candela, Joaquin Quiñonero"),
        ("Ã©tude", "étude"),
        ("donâ€™t", "don’t"),
        ("â\x80\x9cquoteâ\x80\x9d", "“quote”"),
        ("e\u0301", "é"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("é\r\nb\rc", "é\nb\nc"),
        ("a\0b\x1bc\x7f", "abc"),
        ("\ufeffTitle", "Title"),
        (
            "naïve — “quoted”, Müller–Lüdenscheidt, Γ-convergence",
            "naïve — “quoted”, Müller–Lüdenscheidt, Γ-convergence",
        ),
        ("ภาษาไทย and λ → μ", "ภาษาไทย and λ → μ"),
        ("Œuvre, Ångström, Øst", "Œuvre, Ångström, Øst"),
        ("plain, 100% ASCII\tand tabs\n", "plain, 100% ASCII\tand tabs\n"),
        ("", ""),
    ],
)
def test_repair(written: str, meant: str) -> None:
    assert repair(written) == meant


def test_repair_drops_lone_surrogates() -> None:
    repair("Lone \ud800 surrogate").encode()
    assert "Lone" in repair("Lone \ud800 surrogate")


_MIXED = st.text(
    alphabet=st.sampled_from("ab AZ.,'-éàÃÂâ€™œŒØÙ©®°±²¼«»“”‘’–—αΓβВГРСаб\x80\x9c\xa0\u2028ñรฑ中×√≈‚Ä"), max_size=12
)


@settings(max_examples=examples(1000))
@given(_MIXED)
def test_quick_look_for_mojibake_decides_as_ftfy_does(written: str) -> None:
    # `repair` shows ftfy only what it could object to; the result must be that of showing it everything.
    shown = written if written.isascii() else text._fixed(written)
    fixed = text._THAI_IN_LATIN.sub(text._as_utf8, text._line_feeds(shown))
    assert repair(written) == unicodedata.normalize("NFC", text._USELESS.sub("", fixed))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"we present \emph{Learned Belief Search} (LBS)", "we present Learned Belief Search (LBS)"),
        (
            r"obtain 55% ~ 91% of the benefit by $35.8 \times$ ~ $4.6 \times$, allowing",
            "obtain 55% ~ 91% of the benefit by 35.8 × ~ 4.6 ×, allowing",
        ),
        (r"we present off-belief learning} (OBL)", "we present off-belief learning (OBL)"),
        (r"fixed policy ($\pi_0$), but", "fixed policy (π₀), but"),
        (r"more than 10^20 possible actions", "more than 10^20 possible actions"),
        ("H$_2$O at 10^{20} and $x^2$", "H₂O at 10²⁰ and x²"),
        ("$^{87}$Rb", "⁸⁷Rb"),
        (r"$1/f^\alpha$ noise", "1/f^α noise"),
        ("it costs $5 million and $6 million", "it costs $5 million and $6 million"),
        (r"a price of \$5 & more # than 3%", "a price of $5 & more # than 3%"),
        (r"{\bf 35}, 357", "35, 357"),
        (r"Schr\"odinger and \'etude", "Schrödinger and étude"),
        (r"100\% of x\_y", "100% of x_y"),
        ("two\nlines   and\ttabs", "two lines and tabs"),
        ("unbalanced { brace", "unbalanced brace"),
        ("", ""),
    ],
)
def test_readable(written: str, shown: str) -> None:
    assert readable(written) == shown


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Off-Belief Learning!", "off belief learning"),
        ("Quiñonero–Candela, J.", "quinonero candela j"),
        ("STRASSE straße", "strasse strasse"),
        (r"The $\pi_0$ \emph{policy}", "the π0 policy"),
        ("ﬁne x²", "fine x2"),
        ("  ", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_no_text_raises(written: str) -> None:
    repaired = repair(written)
    assert "\r" not in repaired
    repaired.encode()
    assert "\n" not in readable(written)
    assert fold(written) == fold(written).strip()


def test_counted() -> None:
    assert [counted(number, "paper") for number in (0, 1, 1200)] == ["0 papers", "1 paper", "1,200 papers"]
    assert [counted(number, "copy", "copies") for number in (1, 2)] == ["1 copy", "2 copies"]


@pytest.mark.parametrize(
    "text",
    [
        r"We take 50\% of {plain} and \emph{more}. {plain}",
        r"\textit {plain} and {plain} \alpha {plain}",
        r"{plain} {\it in braces {plain}} {plain}, see \cite[{plain}]{key} and \~n. {plain}",
        r"\section{{plain}} is in capitals, \footnote{{plain}} and \verb|{plain}|; {plain}",
        r"{plain} An open brace { before {plain} and \frac {plain} \\ {plain} \begin{center} {plain} \end{center}",
        r"\begin{comment} {plain} \end{comment} {plain} \\[ {plain} ] ''quoted'' -- {plain}---{plain} \ {plain}",
        r"\e000 " + "\ue000" + r" stands here \emph{x} {plain}",
    ],
)
def test_prose_between_latex_reads_as_if_all_were_read_at_once(text: str) -> None:
    plain = "a long run of quite plain words, in which nothing at all is LaTeX (as in most abstracts), " * 2
    whole = text.replace("{plain}", plain)
    pieces: list[str] = []
    assert "\ue000" in whole or r"\verb" in whole or len(_shortened(whole, pieces)) < len(whole)
    assert _converted(whole) == _read(whole)
