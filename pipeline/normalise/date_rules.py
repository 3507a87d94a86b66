"""The rules for days, months and years in figures or Han numbers."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.normalise.date_calendar import Days, day, month_days, number, shift_months, year_days
from pipeline.normalise.date_patterns import (
    DAY_END,
    DAY_NUMBER,
    HAN,
    MONTH,
    NUMBER_START,
    UNITS,
    Y4,
    YEAR,
    YEAR_WORD,
    in_month,
    in_year,
    spaced,
)
from pipeline.normalise.date_scope import Reading, Scope, exact, undated
from pipeline.normalise.rules import Rule

EXAMPLE_DAY = date(2031, 11, 16)
"""The document's day in every example of a date rule (a Sunday)."""


def one(found: date | None) -> Days | None:
    """Make a stretch of one day."""
    return None if found is None else (found, found)


def _figures(match: re.Match[str], scope: Scope) -> Reading | None:
    found = day(number(match["y"]), number(match["m"]), number(match["d"]))
    return None if found is None else exact((found, found), "day")


def _day_first(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 20/3/2031; with both numbers at most 12 and different the order is unknown, and so is the day."""
    a, b, year = number(match["a"]), number(match["b"]), number(match["y"])
    if a <= 12 and b <= 12 and a != b:
        return undated("day", "day and month cannot be told apart")
    found = day(year, a, b) if b > 12 else day(year, b, a)
    return None if found is None else exact((found, found), "day")


def _figure_month(match: re.Match[str], scope: Scope) -> Reading | None:
    return exact(month_days(number(match["y"]), number(match["m"])), "month")


def _month_day(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read month and day; 八月十五 in Han digits without 日 is more likely lunar: no opinion."""
    if match["m"] and match["m"] in HAN_MONTHS and match.group()[-1] not in "日号" and not match["y"]:
        return None
    d = number(match["d"])
    unknown = f"XXXX-{number(match['m']):02}-{d:02}" if match["m"] else None
    return in_month(match, scope, lambda y, m: one(day(y, m, d)), "day", unknown=unknown)


def _point_day(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 3.5日."""
    m, d = number(match["m"]), number(match["d"])
    return in_year(match, scope, lambda y: one(day(y, m, d)), "day", unknown=f"XXXX-{m:02}-{d:02}")


def _month(match: re.Match[str], scope: Scope) -> Reading | None:
    unknown = f"XXXX-{number(match['m']):02}" if match["m"] else None
    return in_month(match, scope, month_days, "month", unknown=unknown)


def _year(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read a year; one before 1900 with 前 or 左右 after it is a count (1800年前)."""
    old = match.groupdict().get("y") and number(match["y"]) < 1900
    if old and re.match(r"\s*(?:以|之)?(?:前|左右)", match.string[match.end() : match.end() + 8]):
        return None
    return in_year(match, scope, year_days, "year")


def month_of_bare_day(scope: Scope, day_of_month: int, *, last: bool = False) -> tuple[date | None, str]:
    """Find the month of a bare day (13日): the range's other end, the date before, or the document's month.

    A day later than the document's belongs to the month before, unless ``last`` ends a range that begins later.
    """
    if scope.floor is not None and scope.floor.first_day is not None:
        start = scope.floor.first_day
        return shift_months(start.replace(day=1), int(day_of_month < start.day)), "month of the range's first date"
    if scope.ceiling is not None and scope.ceiling.last_day is not None:
        end = scope.ceiling.last_day
        return shift_months(end.replace(day=1), -int(day_of_month > end.day)), "month of the range's second date"
    for earlier in reversed(scope.earlier):
        reading = earlier.reading
        if reading.grain in ("day", "days", "month") and reading.first_day is not None and reading.last_day is not None:
            in_last = day_of_month <= reading.last_day.day
            return (reading.last_day if in_last else reading.first_day).replace(day=1), "month of the date before"
    if scope.day is None:
        return None, "no month known"
    past = day_of_month > scope.day.day
    return shift_months(scope.day.replace(day=1), -int(past)), f"month of {scope.day} ({scope.source})"


def _bare_day(match: re.Match[str], scope: Scope) -> Reading | None:
    d = number(match["d"])
    start, why = month_of_bare_day(scope, d)
    if start is None:
        return undated("day", why)
    found = day(start.year, start.month, d)
    if found is None:
        before = start - timedelta(days=1)
        found = day(before.year, before.month, d)
    return None if found is None else exact((found, found), "day", dated=False, why=why)


HAN_MONTHS = frozenset(("十", "十一", "十二", *HAN))
FIGURE_YEAR = r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2})"
# 第3日, 历时5日, 3日龄: counts, not days of a month.
BARE_DAY_START = rf"{NUMBER_START}(?<![历时期共连续近满逾达约超周路街巷弄道牌如])"
BARE_DAY_END = r"(?! ?(?:[龄游内均志子常后间本军元程报出落](?!时)|期(?!间)))"
_NUMBER_STREET = r"(?=[，,、（(]|上午|下午|中午|晚|早|凌晨|至|到|前|起|[-~])"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "figures",
        spaced(
            rf"{FIGURE_YEAR} (?P<s>[./·-]) (?P<m>[0-9]{{1,2}}) (?P=s) (?P<d>[0-9]{{1,2}})(?:(?![0-9]|\.[0-9])|(?=[012][0-9]:[0-5][0-9]))"
        ),
        _figures,
        {
            "2031-03-05": "2031-03-05",
            "2031.3.5": "2031-03-05",
            "2031/3/5": "2031-03-05",
            "２０３１·０３·０５": "2031-03-05",
        },
        ("2031-13-05", "12031-3-5", "2031.2.30"),
    ),
    Rule(
        "figures-without-marks",
        r"(?<![0-9A-Za-z号话.-])(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z.元万期])",
        _figures,
        {"20310305": "2031-03-05"},
        ("20311305", "电话20310305", "20310305元", "20310305期"),
    ),
    Rule(
        "year-and-figures",
        spaced(
            rf"(?<![0-9])(?P<y>{Y4}) 年 (?P<m>[0-9]{{1,2}})[./·-](?P<d>[0-9]{{1,2}})(?: [日号]|(?! [0-9.{UNITS}公]))"
        ),
        _figures,
        {"2031年3.5": "2031-03-05", "2031年3.5日": "2031-03-05"},
        ("2031年3.5万元",),
    ),
    Rule(
        "day-first",
        r"(?<![0-9.])(?P<a>[0-9]{1,2})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P=s)(?P<y>(?:19|20)[0-9]{2})(?![0-9])",
        _day_first,
        {"20/3/2031": "2031-03-20", "3/20/2031": "2031-03-20", "4/3/2031": "undated"},
        ("20/13/2031",),
    ),
    Rule(
        "figure-month",
        spaced(
            rf"{FIGURE_YEAR}(?P<s>[./·-])(?P<m>1[0-2]|0?[1-9])(?![0-9]|(?P=s) ?[0-9])(?! [{UNITS}公号版])(?![A-Za-z])"
        ),
        _figure_month,
        {"2031-02": "2031-02", "2031.11": "2031-11"},
        ("2031.5万元", "2031-2035", "12031.5", "2031.3版"),
    ),
    Rule(
        "day",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}{MONTH} (?P<d>{DAY_NUMBER}){DAY_END}"),
        _month_day,
        {
            "2031年3月5日": "2031-03-05",
            "二〇三一年三月五日": "2031-03-05",
            "31年3月5日": "2031-03-05",
            "2031 年 3 月\n5 日": "2031-03-05",
            "3月5号": "2031-03-05",
            "12月20日": "2031-12-20",
            "去年10月17日": "2030-10-17",
            "下月10日": "2031-12-10",
            "2031年3月5": "2031-03-05",
        },
        ("2月30日", "3个月5日", "每月5日"),
    ),
    Rule(
        "figure-day",
        spaced(rf"{NUMBER_START}(?P<m>1[0-2]|0?[1-9])[.·/](?P<d>3[01]|[12][0-9]|0?[1-9]) [日号]"),
        _point_day,
        {"3.5日": "2031-03-05"},
        ("3.5", "比分2-1", "13.5日"),
    ),
    Rule(
        "month",
        spaced(
            rf"(?:{YEAR} )?{NUMBER_START}(?:{MONTH}份?)(?! ?(?:[个大龄嫂饼球光台花刊]|[（(]化名|怀胎|街(?![道头区])|兰(?![州考溪花])|流火|(?<=二月)河(?![南北东西池源口])|菊(?!花)|春风|飞雪|(?<=十月)革命(?!老区|烈士|后代|传统|根据地)|天(?!气)|[0-9一二两三]次))(?!(?<=[{HAN}十]月)[{HAN}十])"
        ),
        _month,
        {
            "2031年10月": "2031-10",
            "10月": "2031-10",
            "11月份": "2031-11",
            "明年6月": "2032-06",
            "上个月": "2031-10",
            "元月": "2031-01",
        },
        ("10个月", "12月龄", "12月刊", "九月（化名）", "三月三", "每月"),
    ),
    Rule(
        "year",
        spaced(
            rf"(?<![0-9.])(?:(?P<y>{Y4}) 年(?! ?(?:的?历史|多|来|以上|之久))度?"
            r"|(?P<yy>0[0-9]|9[0-9]) 年(?! ?(?:的|历史|前|后|来|间|多|以上|代|之|工龄|党龄|[0-9])))"
        ),
        _year,
        {"2031年": "2031", "2031年度": "2031", "二〇三一年": "2031", "08年": "2008"},
        ("1800年历史", "1800年前", "20年", "3102年", "90年代"),
    ),
    Rule(
        "year-by-word",
        rf"{YEAR_WORD}度?",
        _year,
        {"今年": "2031", "去年": "2030", "明年": "2032"},
        ("同年级", "三年前年"),
    ),
    Rule(
        "day-without-month",
        spaced(rf"{BARE_DAY_START}(?P<d>{DAY_NUMBER}) (?:日{BARE_DAY_END}|号{_NUMBER_STREET})"),
        _bare_day,
        {"13日": "2031-11-13", "31日": "2031-10-31"},
        ("第3日", "历时5日", "长江路13号", "3日游", "5号楼"),
    ),
]
