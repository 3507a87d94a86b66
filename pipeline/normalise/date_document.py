"""The document's own day: from its masthead, byline, signature or file name, else from the dates in its text."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import lru_cache

from pipeline.normalise.date_calendar import day, number
from pipeline.normalise.date_patterns import Y4, fold, spaced

_FULL = spaced(
    rf"(?<![0-9])(?P<y>{Y4}) [年./·-] (?P<m>[0-9一二三四五六七八九十]{{1,2}}) [月./·-] (?P<d>[0-9一二三四五六七八九十廿]{{1,3}})(?![0-9]) [日号]?"
)
FULL_DATE = re.compile(_FULL)
FILE_DATE = re.compile(
    r"(?<![0-9A-SU-Za-su-z])(?P<y>19[0-9]{2}|20[0-9]{2})[-_.年 ]?(?P<m>0[1-9]|1[0-2]|[1-9](?![0-9]))[-_.月 ]?(?P<d>3[01]|[12][0-9]|0[1-9]|[1-9])(?![0-9])"
)
BYLINE = re.compile(spaced(rf"(?:发布|发表|发稿|刊发|更新|印发|成文|出版|创建|上传)?(?:时间|日期|于) ?[:：] ?{_FULL}"))
MASTHEAD = re.compile(
    spaced(
        rf"{_FULL} ?(?:[（(]? ?(?:星期|周)[一二三四五六日]|[（(]? ?(?:总 ?)?第 ?[0-9〇一二三四五六七八九十百]+ ?期|农历)"
    )
)
ISSUE = re.compile(spaced(rf"第 ?[0-9〇一二三四五六七八九十百、]+ ?期[^。]{{0,30}}?{_FULL}"))
YEAR_NAMED = re.compile(
    spaced(r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2}|二[〇零][〇零一二三四五六七八九]{2})(?= 年|[-./][0-9]{1,2}[-./])")
)
TARGET = re.compile(r"[到至]\s*$")

HEAD = 600  # characters of a document's head in which mastheads and bylines stand
TAIL = 300  # characters of its end in which signatures stand
SIGNATURE_LINE = 30  # the longest line (characters before the date) that is a signature


def _day(match: re.Match[str]) -> date | None:
    """Return the day that a match of year, month and day names."""
    try:
        return day(number(match["y"]), number(match["m"]), number(match["d"]))
    except ValueError:
        return None


def _first(pattern: re.Pattern[str], text: str) -> date | None:
    """Return the first day that the pattern names in the text."""
    return next((found for match in pattern.finditer(text) if (found := _day(match)) is not None), None)


def _signature(folded: str) -> date | None:
    """Return the day of a short last line that ends in a full date (a letter's or notice's signature)."""
    for line in reversed(folded[-TAIL:].splitlines()):
        match = FULL_DATE.search(line)
        if match and not line[match.end() :].strip(" \t）)。") and len(line[: match.start()].strip()) <= SIGNATURE_LINE:
            return _day(match)
    return None


def document_day(text: str, name: str = "") -> tuple[date, str] | None:
    """Return the document's own day and what told it, or None where nothing does.

    Tried in this order: ``masthead`` (a date beside a weekday or issue number in the head), ``byline`` (发布时间：…),
    ``signature`` (a short last line), ``file name`` (``name``), and ``latest date in the text``, the latest full date
    if it lies in the year that the text names most often. ``name`` is the file's name or path, or empty.

    >>> document_day("云岭县捐赠仪式举行\\n发布时间：2031-03-18 10:05\\n昨日，……")
    (datetime.date(2031, 3, 18), 'byline')
    """
    folded = fold(text)
    head = folded[:HEAD]
    for reason, found in (
        ("masthead", _first(MASTHEAD, head) or _first(ISSUE, head)),
        ("byline", _first(BYLINE, head) or _first(BYLINE, folded)),
        ("signature", _signature(folded)),
        ("file name", _first(FILE_DATE, fold(name))),
    ):
        if found is not None:
            return found, reason
    year = named_year(folded)
    days = [found for match in FULL_DATE.finditer(folded) if (found := _day(match)) is not None and found.year == year]
    return (max(days), "latest date in the text") if days else None


@lru_cache(maxsize=8)  # every span of a document asks for the same text
def named_year(text: str) -> int | None:
    """Return the year that the text names most often (the latest of equals), or None where it names none.

    Goals (到2035年) do not count unless nothing else is named.

    >>> named_year("2030年立项，2031年3月动工，2031年底竣工，到2035年覆盖全县")
    2031
    """
    named, goals = Counter[int](), Counter[int]()
    for match in YEAR_NAMED.finditer(text):
        goal = TARGET.search(text, max(0, match.start() - 3), match.start())
        (goals if goal else named)[number(match["y"])] += 1
    counted = named or goals
    return max(counted, key=lambda year: (counted[year], year)) if counted else None
