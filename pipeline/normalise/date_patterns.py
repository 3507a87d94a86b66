r"""The pieces that date patterns are made of, and what their named groups mean.

In these sources a space stands for "any white space, line breaks too": :func:`spaced` turns it into ``\s*``. The groups:
``y`` a four-digit year, ``yy`` a two-digit one, ``ry`` a year word (去年, 次年), ``m`` a month, ``rm`` a month word
(上月), ``d`` a day. Patterns see text with full-width digits and dashes folded (:func:`fold`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from pipeline.normalise.date_calendar import Days, month_days, number, shift_months
from pipeline.normalise.date_scope import Grain, Reading, Scope, antecedent, exact, place, undated

HAN = "一二三四五六七八九"
Y4 = rf"(?:1[6-9][0-9]{{2}}|20[0-9]{{2}}|2 0 [0-9] [0-9](?= 年)|(?:一[六七八九]|二[〇零0OＯ])[〇零0OＯ{HAN}]{{2}})"
MONTH_NUMBER = rf"(?:1\r?\n?[0-2]|0?[1-9]|十[一二]?|[元{HAN}])"
DAY_NUMBER = rf"(?:3\r?\n?[01]|[12]\r?\n?[0-9]|0?[1-9]|三十一?|[二廿]?十[{HAN}]?|廿[{HAN}]?|卅一?|[{HAN}])"
# 12月5 without 日 ends a date only where no unit, digit or decimal follows (3月5个村).
UNITS = "个名位人户万亿千百元多余次家件种项天年月周岁米斤吨亩级届期点时分台套张只所村县组批支倍%％"
# Nor does 一 alone: 上个月一口气, 上月一共.
DAY_END = rf"(?: [日号]|(?<!月一)(?! [0-9.{UNITS}]))"
OPEN, CLOSE = '[“"‘「]', '[”"’」]'
SEPARATOR = r" (?:至|到|[-~]{1,2}) "

YEAR_WORDS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上一年": -1,
    "上年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
}
YEAR_WORDS |= {"后年": 2}
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
SEXAGENARY_YEAR = rf"(?P<stem>[{STEMS}])(?P<branch>[{BRANCHES}])[鼠牛虎兔龙蛇马羊猴鸡狗猪]? 年"
"""A lunar year by its place in the cycle of sixty: 甲辰年, 甲辰龙年."""
YEARS_AFTER = {"同年": 0, "当年": 0, "该年": 0, "次年": 1, "翌年": 1, "转年": 1, "第二年": 1}
MONTH_WORDS = {"上上个月": -2, "上上月": -2, "上个月": -1, "上月": -1, "本月": 0, "这个月": 0, "下个月": 1, "下月": 1}
MONTHS_AFTER = {"当月": 0, "同月": 0, "该月": 0, "次月": 1, "翌月": 1}

_NO_NUMBER_BEFORE = f"(?<![0-9十几数多以两每首同第{HAN}])"
YEAR_WORD = (
    rf"(?P<ry>大前年|{_NO_NUMBER_BEFORE}(?:前年|后年|次年)|去年|上一年|(?<!以)上年|今年|本年|明年|(?<![送带买办])来年(?!来)"
    rf"|(?<![不相])同年(?![级龄纪代])|(?<![相适])当年(?![级轻])|该年(?![级龄])|翌年|转年|第二年)"
)
YEARLESS = " (?:[上下]半年|第?[一二三四]季度|[春夏秋冬]季(?!节))"
"""What may follow a year without 年: 2031上半年."""
TO_SPRING = rf"(?:{Y4} 年|[次翌今明来]年)的?初?春"
"""What makes 冬至 a winter and the word 至: 2030年冬至2031年春."""
YEAR = rf"(?:(?:(?<![0-9])(?P<y>{Y4})|(?<![0-9.])(?P<yy>[0-9]{{2}}|(?<![{HAN}])[五六七八九〇零][〇零{HAN}](?= 年))) 年|(?<![0-9])(?P<bare>{Y4})(?={YEARLESS})|{YEAR_WORD})(?:的(?=[0-9{HAN}十正腊冬元第上下]))?"
MONTH_WORD = r"(?P<rm>上上个?月|(?<!以)上个?月(?!球)|本月|这个月|(?<!以)下个?月|当月|(?<![不相])同月|该月|次月|翌月)"
MONTH = rf"(?:(?P<m>{MONTH_NUMBER}) 月|{MONTH_WORD})"
NUMBER_START = rf"(?<![0-9〇零十百千万亿第每{HAN}])(?<![0-9]\.)"

_FOLDED = str.maketrans(
    "０１２３４５６７８９．／－–—─−―～〜〜∼○◯⽉⽇⼀⼆⼗⼋\u200b\u200c\u200d\u2060\ufeff",
    "0123456789./------~~~~〇〇月日一二十八     ",
)
_BULLET = re.compile(rf"(?<![0-9０-９〇零○◯{HAN}十])[○◯](?![{HAN}]\s*年)")
"""A circle that opens a brief (○8月10日) and is no zero (二○三一年, ○八年)."""


@lru_cache(maxsize=8)  # every span of a document asks for the same text
def fold(text: str) -> str:
    """Fold full-width digits, dashes, look-alike characters, zero-width spaces and bullets; the length stays the same.

    >>> fold("２０３１年３月－５月")
    '2031年3月-5月'
    >>> fold("○3月5日；二○三一年")
    ' 3月5日；二〇三一年'
    """
    return _BULLET.sub(" ", text).translate(_FOLDED)


def spaced(pattern: str) -> str:
    r"""Let white space stand wherever the pattern has a space.

    >>> spaced("年 月")
    '年\\s*月'
    """
    return pattern.replace(" ", r"\s*")


def said_year(match: re.Match[str], scope: Scope) -> tuple[int | None, str] | None:
    """Return the year that the match names and why, or None where it names none.

    The year is None where it is a word (去年, 次年) that nothing before or around explains.
    """
    groups = match.groupdict()
    if groups.get("y"):
        return number(groups["y"]), ""
    if groups.get("bare"):
        return number(groups["bare"]), ""
    if groups.get("yy"):
        year = 2000 + number(groups["yy"])
        latest = (scope.year or 2040) + 10
        return (year if year <= latest else year - 100), "two-digit year"
    if groups.get("stem"):
        return _sexagenary_year(groups["stem"], groups["branch"], scope)
    word = groups.get("ry")
    if not word:
        return None
    if word in YEAR_WORDS:
        year_then = scope.year
        return (None if year_then is None else year_then + YEAR_WORDS[word]), f"{word} from {scope.source}"
    point = antecedent(scope, ("day", "days", "month", "months", "year"))
    if point is None or point.first_day is None:
        return None, f"{word} with no date before"
    return point.first_day.year + YEARS_AFTER[word], f"{word} from the date before"


def _sexagenary_year(stem: str, branch: str, scope: Scope) -> tuple[int | None, str]:
    """Return the year of that place in the cycle of sixty that is nearest to the document's; None where none is known."""
    places = [n for n in range(60) if STEMS[n % 10] == stem and BRANCHES[n % 12] == branch]
    if not places or scope.year is None:
        return None, "the cycle of sixty does not tell the year"
    first = 1984 + places[0]  # 1984 opened a cycle
    year = min((first + 60 * k for k in range(-3, 3)), key=lambda year: abs(year - (scope.year or 0)))
    return year, f"{stem}{branch} nearest to {scope.year} ({scope.source})"


def said_month(match: re.Match[str], scope: Scope) -> tuple[date | None, str] | None:
    """Return the first day of the month that a month word names and why, or None where there is no month word."""
    word = match.groupdict().get("rm")
    if not word:
        return None
    if word in MONTH_WORDS:
        month = None if scope.day is None else shift_months(scope.day.replace(day=1), MONTH_WORDS[word])
        return month, f"{word} from {scope.source}"
    point = antecedent(scope, ("day", "days", "month"))
    if point is None or point.first_day is None:
        return None, f"{word} with no date before"
    return shift_months(point.first_day.replace(day=1), MONTHS_AFTER[word]), f"{word} from the date before"


def in_year(
    match: re.Match[str],
    scope: Scope,
    days_in: Callable[[int], Days | None],
    grain: Grain,
    *,
    unknown: str | None = None,
    rough: bool = False,
) -> Reading | None:
    """Read a date in the year that the match names, or in the one that the scope tells.

    ``days_in`` gives the days in a year; ``unknown`` is the EDTF expression for an unknown year.
    """
    said = said_year(match, scope)
    if said is None:
        reading = place(match, scope, days_in, grain, unknown)
        if reading is None or not rough or reading.first_day is None or reading.last_day is None:
            return reading
        return exact((reading.first_day, reading.last_day), grain, dated=False, why=reading.why, rough=True)
    year, why = said
    if year is None:
        return undated(grain, why)
    days = days_in(year) if 1 < year < 9999 else None
    return None if days is None else exact(days, grain, why=why, rough=rough)


def in_month(
    match: re.Match[str],
    scope: Scope,
    days_in: Callable[[int, int], Days | None],
    grain: Grain,
    *,
    unknown: str | None = None,
    rough: bool = False,
) -> Reading | None:
    """Read a date in the month that the match names, by number or word; ``days_in`` gives the days in a month."""
    said = said_month(match, scope)
    if said is None:
        month = number(match["m"])
        return in_year(match, scope, lambda year: days_in(year, month), grain, unknown=unknown, rough=rough)
    start, why = said
    if start is None:
        return undated(grain, why)
    days = days_in(start.year, start.month)
    return None if days is None else exact(days, grain, why=why, rough=rough)


def ten_days(year: int, month: int, third: int) -> Days:
    """Return the first, second or third ten days of a month (the third runs to the month's end).

    >>> ten_days(2031, 2, 3)[1].isoformat()
    '2031-02-28'
    """
    last = month_days(year, month)[1]
    ends = {1: date(year, month, 10), 2: date(year, month, 20), 3: last}
    return date(year, month, 10 * third - 9), ends[third]
