"""The rules for longer stretches: five-year plans, school years, decades and centuries."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.normalise.date_calendar import month_days, number, year_days
from pipeline.normalise.date_patterns import CLOSE, DAY_NUMBER, HAN, OPEN, Y4, spaced
from pipeline.normalise.date_scope import Reading, Scope, exact, undated
from pipeline.normalise.rules import Rule

# The plan's number, in quotes or, unquoted, from the tenth on (五五 alone is a number).
_PLAN = rf"(?:(?P<open>{OPEN})|(?<![0-9{HAN}])(?=十))(?P<ordinal>十[{HAN}]?|[{HAN}])五(?(open){CLOSE})"


def _school_year(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a school year (September to August) or one of its terms (to January; from February)."""
    first = number(match["y"])
    last = number(match["y2"]) % 100 + first // 100 * 100 if match["y2"] else first + 1
    if last != first + 1:
        return None
    term = match["term"]
    if term and term in "一1上":
        return exact((date(first, 9, 1), month_days(last, 1)[1]), "months")
    return exact((date(last, 2, 1) if term else date(first, 9, 1), month_days(last, 8)[1]), "months")


def _decade(match: re.Match[str], scope: Scope) -> Reading | None:
    if match["start"]:
        start = number(match["start"])
        return Reading(f"{start // 10}X", date(start, 1, 1), date(start + 9, 12, 31), "years", True)
    century = (
        number(match["century"]) - 1 if match["century"] else {"上": 19, "本": 20, "新": 20}.get(match["which"] or "")
    )
    decade = number(match["decade"]) // 10 if match["decade"].isdecimal() else number(match["decade"][0])
    if century is None:
        if decade < 4:
            return None
        century = 19
    start = century * 100 + decade * 10
    return Reading(f"{start // 10}X", date(start, 1, 1), date(start + 9, 12, 31), "years", True)


def _decades(match: re.Match[str], scope: Scope) -> Reading | None:
    first, second = 1900 + 10 * number(match["first"]), 1900 + 10 * number(match["second"])
    if second != first + 10:
        return None
    return Reading(f"{first // 10}X/{second // 10}X", date(first, 1, 1), date(second + 9, 12, 31), "years", True)


def _unplaced(match: re.Match[str], scope: Scope) -> Reading | None:
    return undated("era", "the text does not tell the years")


def _plan_years(ordinal: int) -> tuple[int, int]:
    """Return the first and last year of a five-year plan: 1953, 1958, then every five years from 1966."""
    first = {1: 1953, 2: 1958}.get(ordinal, 1951 + 5 * ordinal)
    return first, first + 4


def _read_plan(match: re.Match[str], scope: Scope) -> Reading | None:
    first, last = _plan_years(number(match["ordinal"]))
    return exact((date(first, 1, 1), date(last, 12, 31)), "years")


def _read_plan_year(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read the first year of a plan (开局之年), its last (收官之年, 末) or its beginning (初)."""
    first, last = _plan_years(number(match["ordinal"]))
    word = match["which"]
    return exact(
        year_days(first if word[0] in "开起初首" else last), "year", rough=word in ("初", "末", "初期", "末期")
    )


def _republic(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a year of the Republic (1912 to 1949)."""
    count = number(match["n"])
    return exact(year_days(1911 + count), "year") if count <= 38 else None


def _two_seasons(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 今冬明春 as the months from December to May."""
    if scope.year is None:
        return undated("months", "no year known")
    year = scope.year - (match["near"] == "去")
    return exact((date(year, 12, 1), date(year + 1, 5, 31)), "months", why=f"from {scope.source}")


def _two_years(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 今明两年: two years that follow each other."""
    shifts = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
    first, second = shifts[match["one"]], shifts[match["two"]]
    if second != first + 1:
        return None
    if scope.year is None:
        return undated("years", "no year known")
    return exact(
        (date(scope.year + first, 1, 1), date(scope.year + second, 12, 31)), "years", why=f"from {scope.source}"
    )


def _two_days(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 今明两天: two days that follow each other."""
    shifts = {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}
    first, second = shifts[match["one"]], shifts[match["two"]]
    if second != first + 1:
        return None
    if scope.day is None:
        return undated("days", "the document's day is unknown")
    days = (scope.day + timedelta(days=first), scope.day + timedelta(days=second))
    return exact(days, "days", why=f"counted from {scope.day} ({scope.source})")


RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "year-of-plan",
        spaced(
            rf"{_PLAN} ?(?:规划)?的?(?P<which>开局起步之?年|开局之?年|起步之?年|首年|收官之?年|决胜之?年|[初末]期?)"
        ),
        _read_plan_year,
        {"“十五五”开局之年": "2026", "“十四五”收官之年": "2025", "“十五五”末": "2030~"},
        ("收官之年",),
    ),
    Rule(
        "plan",
        spaced(rf"{_PLAN} (?:规划 (?=期间|时期|期内))?(?=期间|时期|以来|[之以]?前(?![三四几])|[之以]?后(?!勤)|期内)"),
        _read_plan,
        {
            "“十四五”期间": "2021/2025",
            "十三五时期": "2016/2020",
            "“十四五”规划期间": "2021/2025",
            "“十四五”以来": "2021/..",
        },
        ("“十四五”规划", "十五五人"),
    ),
    Rule(
        "plan-alone",
        rf"(?<=[“\"‘])(?P<ordinal>十[{HAN}]?|[{HAN}])五(?={CLOSE}(?!规划|纲要|国民|发展|专项|重点|[^，。》]{{0,20}}(?:规划|纲要|计划)))",
        _read_plan,
        {"“十二五”": "2011/2015"},
        ("“十四五”规划纲要",),
    ),
    Rule(
        "plan-in-full",
        spaced(rf"第 (?P<ordinal>十[{HAN}]?|[{HAN}]) 个五年(?:规划|计划)(?=期间|时期|以来)"),
        _read_plan,
        {"第十四个五年规划期间": "2021/2025"},
        ("第十四个五年规划",),
    ),
    Rule(
        "school-year",
        spaced(
            rf"(?<![0-9])(?P<y>{Y4}) 年?(?: (?:至|到|[-~]{{1,2}}|/) (?P<y2>{Y4}|[0-9]{{2}}) 年?)? 学年度? ?(?:第?(?P<term>[一二12上下])学期)?"
        ),
        _school_year,
        {
            "2030至2031学年": "2030-09/2031-08",
            "2030-2031学年第一学期": "2030-09/2031-01",
            "2030学年": "2030-09/2031-08",
        },
        ("2030.5学年", "学年"),
    ),
    Rule(
        "decade",
        spaced(
            rf"(?:(?<![0-9])(?P<start>(?:19|20)[0-9]0)|"
            rf"(?:(?:(?P<century>1[89]|20|21|十九|二十一?) ?|(?P<which>[上本新]) ?)世纪 ?)?"
            rf"(?<![0-9])(?P<decade>[0-9]0|[{HAN}]十)) ?年代(?!表)(?:[初末]|中期|后期|初期|末期)?"
        ),
        _decade,
        {
            "20世纪70年代": "197X",
            "上世纪八十年代": "198X",
            "90年代": "199X",
            "本世纪20年代": "202X",
            "2010年代": "201X",
        },
        ("年代", "95年代", "60年代表"),
    ),
    Rule(
        "decades",
        r"(?:(?:20 ?|二十|上)世纪)?(?P<first>[五六七八])(?P<second>[六七八九])十年代",
        _decades,
        {"八九十年代": "198X/199X"},
        ("九八十年代",),
    ),
    Rule(
        "century",
        spaced(
            r"(?:(?:1[89]|20|21|十九|二十一?) ?|[上本])世纪(?! ?[0-9五六七八九二三四]+十?年代)(?:[初末]|中叶|中期|前期|后期)?"
        ),
        _unplaced,
        {"21世纪初": "undated", "上世纪末": "undated"},
        ("世纪", "新世纪小学"),
    ),
    Rule(
        "republic",
        spaced(rf"民国 (?P<n>元|{DAY_NUMBER}) 年"),
        _republic,
        {"民国二十六年": "1937", "民国8年": "1919", "民国元年": "1912"},
        ("民国年间", "民国三十九年"),
    ),
    Rule(
        "winter-to-spring",
        "(?P<near>今|去)冬至?(?:明|今|来)春",
        _two_seasons,
        {"今冬明春": "2031-12/2032-05", "去冬今春": "2030-12/2031-05"},
        ("今冬", "明春"),
    ),
    Rule(
        "two-years",
        "(?P<one>[前去今明])年?、?(?P<two>[去今明后])年?两年",
        _two_years,
        {"今明两年": "2031/2032", "去今两年": "2030/2031"},
        ("前后两年", "今后两年"),
    ),
    Rule(
        "two-days",
        r"(?P<one>[前昨今明])[天日]?、?(?P<two>[昨今明后])[天日]?两[天日]",
        _two_days,
        {"今明两天": "2031-11-16/2031-11-17", "昨今两日": "2031-11-15/2031-11-16"},
        ("前后两天", "昨后两天"),
    ),
]
