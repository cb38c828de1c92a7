"""The year of a date, in digits of any script and in the calendars that name themselves.

Holds `year_in`. Always true: the year is between 1500 and 2100 of our calendar, or None; no function raises.
"""

from __future__ import annotations

import unicodedata

from explorer.patterns import regex

_YEAR = regex(r"(?<!\d)(?:1[5-9]\d\d|20\d\d|2100)(?=(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?(?!\d))")
_GROUPED = regex(r"\s*([12])[,.'’\s]([0-9]{3})(?:[.,]0+)?\s*")  # a number as a spreadsheet shows it
_PAGES = regex(r"\bp{1,2}\.?\s*\d+(?:\s?[-–]\s?\d+)?|\d{4}\s?[-–]\s?\d{2,4}")


def year_in(text: str) -> int | None:
    """The year of a date: the first between 1500 and 2100, in digits of any script; else of a calendar by its name.

    "1402/05/01 (2023)" → 2023, "২০২১" → 2021, "平成30年" → 2018, "พ.ศ. 2566" → 2023; "1402" alone → None.
    A year as a spreadsheet shows a number ("2,017") counts.
    """
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
        text = _HAN.sub(lambda match: match[0].translate(_HAN_DIGITS), text)
    if grouped := _GROUPED.fullmatch(text):
        text = grouped[1] + grouped[2]
    match = _YEAR.search(_PAGES.sub(" ", text)) or _YEAR.search(text)
    if match:
        return int(match[0])
    era = _ERA.search(text) if not text.isascii() or "BE" in text or "B.E" in text else None
    if era is None:
        return None
    name, number = (era[1], era[2]) if era[1] else (era[4], era[3])
    year = _ERAS[name.replace(".", "").replace(" ", "")] + (1 if number == "元" else int(number))
    return year if 1500 <= year <= 2100 else None


_HAN = regex("[〇零一二三四五六七八九]{4}(?=年)")  # 二〇二〇年
_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# The year before the first of an era; of the Buddhist count, as it stands in Thailand.
_ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "明治": 1867,
    "民國": 1911,
    "民国": 1911,
    "พศ": -543,
    "BE": -543,
}
_ERA = regex(
    r"(令和|平成|昭和|大正|明治|民[國国]|พ\.?\s?ศ\.?|B\.?E\.?)\s*(\d{1,4}|元)|(?<!\d)(\d{4})\s*(พ\.?\s?ศ\.?|B\.?E\b\.?)"
)
