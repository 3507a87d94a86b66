"""The rules for days, months and years in figures, and for ranges whose ends share a part (3月5-9日)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.normalise.date_calendar import Days, day, month_days, number, shift_months, year_days
from pipeline.normalise.date_patterns import (
    DAY_END,
    DAY_NUMBER,
    HAN,
    MONTH,
    MONTH_NUMBER,
    NUMBER_START,
    SEPARATOR,
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


def _one(found: date | None) -> Days | None:
    """Make a stretch of one day."""
    return None if found is None else (found, found)


def _ordered(first: date | None, last: date | None) -> Days | None:
    """Make a stretch of two days, or None where they are missing or in the wrong order."""
    return (first, last) if first is not None and last is not None and first < last else None


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


def _figure_range(match: re.Match[str], scope: Scope) -> Reading | None:
    year, month = number(match["y"]), number(match["m"])
    last_month = number(match["m2"]) if match["m2"] else month
    days = _ordered(day(year, month, number(match["d"])), day(year, last_month, number(match["d2"])))
    return None if days is None else exact(days, "days")


def _month_day(match: re.Match[str], scope: Scope) -> Reading | None:
    d = number(match["d"])
    unknown = f"XXXX-{number(match['m']):02}-{d:02}" if match["m"] else None
    return in_month(match, scope, lambda y, m: _one(day(y, m, d)), "day", unknown=unknown)


def _point_day(match: re.Match[str], scope: Scope) -> Reading | None:
    """Read 3.5日."""
    m, d = number(match["m"]), number(match["d"])
    return in_year(match, scope, lambda y: _one(day(y, m, d)), "day", unknown=f"XXXX-{m:02}-{d:02}")


def _days_of_month(match: re.Match[str], scope: Scope) -> Reading | None:
    d, d2 = number(match["d"]), number(match["d2"])
    unknown = None
    if match["m"]:
        m = number(match["m"])
        unknown = f"XXXX-{m:02}-{d:02}/XXXX-{m:02}-{d2:02}"
    return in_month(match, scope, lambda y, m: _ordered(day(y, m, d), day(y, m, d2)), "days", unknown=unknown)


def _consecutive(match: re.Match[str], group: str) -> tuple[int, int] | None:
    """Return the first and last number of a list such as 5、6、7, or None where it has gaps."""
    listed = [number(part) for part in re.split(r"[、和及]", match[group])]
    return (listed[0], listed[-1]) if listed == list(range(listed[0], listed[-1] + 1)) else None


def _day_list(match: re.Match[str], scope: Scope) -> Reading | None:
    ends = _consecutive(match, "list")
    if ends is None:
        return None
    d, d2 = ends
    return in_month(match, scope, lambda y, m: _ordered(day(y, m, d), day(y, m, d2)), "days")


def _months(match: re.Match[str], scope: Scope, m: int, m2: int) -> Reading | None:
    def days_in(year: int) -> Days | None:
        return (month_days(year, m)[0], month_days(year, m2)[1]) if m < m2 else None

    return in_year(match, scope, days_in, "months", unknown=f"XXXX-{m:02}/XXXX-{m2:02}")


def _month_range(match: re.Match[str], scope: Scope) -> Reading | None:
    return _months(match, scope, number(match["m"]), number(match["m2"]))


def _month_list(match: re.Match[str], scope: Scope) -> Reading | None:
    ends = _consecutive(match, "list")
    return None if ends is None else _months(match, scope, *ends)


def _month_pair(match: re.Match[str], scope: Scope) -> Reading | None:
    m, m2 = number(match["m"]), number(match["m2"])
    return _months(match, scope, m, m2) if m2 == m + 1 else None


def _month(match: re.Match[str], scope: Scope) -> Reading | None:
    unknown = f"XXXX-{number(match['m']):02}" if match["m"] else None
    return in_month(match, scope, month_days, "month", unknown=unknown)


def _year_range(match: re.Match[str], scope: Scope) -> Reading | None:
    first, last = number(match["y"]), number(match["y2"])
    last += first // 100 * 100 if last < 100 else 0
    return exact((year_days(first)[0], year_days(last)[1]), "years") if first < last <= first + 100 else None


def _year(match: re.Match[str], scope: Scope) -> Reading | None:
    return in_year(match, scope, year_days, "year")


def _month_start(scope: Scope, day_of_month: int, *, last: bool = False) -> tuple[date | None, str]:
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
    start, why = _month_start(scope, d)
    if start is None:
        return undated("day", why)
    found = day(start.year, start.month, d)
    if found is None:
        before = start - timedelta(days=1)
        found = day(before.year, before.month, d)
    return None if found is None else exact((found, found), "day", dated=False, why=why)


def _bare_days(match: re.Match[str], scope: Scope) -> Reading | None:
    d, d2 = number(match["d"]), number(match["d2"])
    start, why = _month_start(scope, d2)
    if start is None:
        return undated("days", why)
    last = day(start.year, start.month, d2)
    month = shift_months(start, -int(d > d2))
    days = _ordered(day(month.year, month.month, d), last)
    return None if days is None else exact(days, "days", dated=False, why=why)


_FIGURE_YEAR = r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2})"
_DAY_LIST = rf"(?P<list>{DAY_NUMBER}(?: 、 {DAY_NUMBER})+) [日号]"
# 第3日, 历时5日, 3日龄: counts, not days of a month.
_BARE_DAY_START = rf"{NUMBER_START}(?<![历时期共连续近满逾达约超周路街巷弄道])"
_BARE_DAY_END = r"(?! ?[龄游内均志子常后间本军元期程报出落](?!时))"
_NUMBER_STREET = r"(?=[，,、（(]|上午|下午|中午|晚|早|凌晨|至|到|前|起|[-~])"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "figure-range",
        spaced(
            rf"{_FIGURE_YEAR} (?P<s>[./·-]) (?P<m>[0-9]{{1,2}}) (?P=s) (?P<d>[0-9]{{1,2}}){SEPARATOR}"
            r"(?:(?P<m2>[0-9]{1,2}) (?P=s) )?(?P<d2>[0-9]{1,2})(?![0-9]|(?P=s)[0-9])"
        ),
        _figure_range,
        {"2031.3.5-9": "2031-03-05/2031-03-09", "2031.3.5-4.2": "2031-03-05/2031-04-02"},
        ("2031.3.55", "3.5-9"),
    ),
    Rule(
        "figures",
        spaced(rf"{_FIGURE_YEAR} (?P<s>[./·-]) (?P<m>[0-9]{{1,2}}) (?P=s) (?P<d>[0-9]{{1,2}})(?![0-9]|\.[0-9])"),
        _figures,
        {"2031-03-05": "2031-03-05", "2031.3.5": "2031-03-05", "2031/3/5": "2031-03-05", "２０３１·０３·０５": "2031-03-05"},
        ("2031-13-05", "12031-3-5", "2031.2.30"),
    ),
    Rule(
        "figures-without-marks",
        r"(?<![0-9A-Za-z号话.-])(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z.元万])",
        _figures,
        {"20310305": "2031-03-05"},
        ("20311305", "电话20310305", "20310305元"),
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
            rf"{_FIGURE_YEAR}(?P<s>[./·-])(?P<m>1[0-2]|0?[1-9])(?![0-9]|(?P=s) ?[0-9])(?! [{UNITS}公])(?![A-Za-z])"
        ),
        _figure_month,
        {"2031-02": "2031-02", "2031.11": "2031-11"},
        ("2031.5万元", "2031-2035", "12031.5"),
    ),
    Rule(
        "days-of-month",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}{MONTH} (?P<d>{DAY_NUMBER}){SEPARATOR}(?P<d2>{DAY_NUMBER}) [日号]"),
        _days_of_month,
        {"3月5-9日": "2031-03-05/2031-03-09", "去年十月十七至二十日": "2030-10-17/2030-10-20", "上月5至9日": "2031-10-05/2031-10-09"},
        ("3月9-5日", "3个月5-9日"),
    ),
    Rule(
        "list-of-days",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}{MONTH} {_DAY_LIST}"),
        _day_list,
        {"3月5、6日": "2031-03-05/2031-03-06"},
        ("3月6、5日",),
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
        ("3.5", "比分3-2", "13.5日"),
    ),
    Rule(
        "list-of-months",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}(?P<list>{MONTH_NUMBER}(?: 、 {MONTH_NUMBER})+) 月份?(?! {DAY_NUMBER} ?[日号])"),
        _month_list,
        {"2031年5、6月份": "2031-05/2031-06"},
        ("6、5月",),
    ),
    Rule(
        "pair-of-months",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}(?P<m>[{HAN}])(?P<m2>[{HAN}])月份"),
        _month_pair,
        {"三四月份": "2031-03/2031-04"},
        ("四三月份",),
    ),
    Rule(
        "months",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}(?P<m>{MONTH_NUMBER}) (?:月份? )?{SEPARATOR}(?P<m2>{MONTH_NUMBER}) 月份?(?! [0-9上中下初底末{HAN}十])"),
        _month_range,
        {"1-10月份": "2031-01/2031-10", "2031年4月至6月": "2031-04/2031-06", "今年1至9月": "2031-01/2031-09"},
        ("10-1月", "1-10个月"),
    ),
    Rule(
        "years",
        spaced(rf"(?<![0-9.-])(?P<y>{Y4}) 年?{SEPARATOR}(?P<y2>{Y4}|[0-9]{{2}}) 年度?(?! ?(?:{MONTH_NUMBER} 月|[初底末中春夏秋冬第上下前年]))"),
        _year_range,
        {"2027—2031年": "2027/2031", "2027 年至 2031 年": "2027/2031", "2027-31年": "2027/2031"},
        ("2031—2027年",),
    ),
    Rule(
        "years-without-mark",
        spaced(rf"(?<![0-9.-])(?P<y>(?:19|20)[0-9]{{2}})[-~]{{1,2}}(?P<y2>(?:19|20)[0-9]{{2}})(?![0-9.-]| ?[{UNITS}])"),
        _year_range,
        {"2027-2031": "2027/2031"},
        ("2027-2031元", "电话021-2027-2031"),
    ),
    Rule(
        "month",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}(?:{MONTH}份?)(?! ?[个大龄嫂饼球光台])(?!(?<=[{HAN}十]月)[{HAN}十])"),
        _month,
        {"2031年10月": "2031-10", "10月": "2031-10", "11月份": "2031-11", "明年6月": "2032-06", "上个月": "2031-10", "元月": "2031-01"},
        ("10个月", "12月龄", "三月三", "每月"),
    ),
    Rule(
        "year",
        spaced(
            rf"(?<![0-9.])(?:(?P<y>{Y4}) 年(?! ?(?:的?历史|前|左右|多|来|以上|之久))度?"
            r"|(?P<yy>0[0-9]|9[0-9]) 年(?! ?(?:的|历史|前|后|来|间|多|以上|代|之|工龄|党龄|[0-9])))"
        ),
        _year,
        {"2031年": "2031", "2031年度": "2031", "二〇三一年": "2031", "08年": "2008"},
        ("1800年历史", "20年", "3102年", "90年代"),
    ),
    Rule("year-by-word", rf"{YEAR_WORD}度?", _year, {"今年": "2031", "去年": "2030", "明年": "2032"}, ("同年级", "三年前年")),
    Rule(
        "days-without-month",
        spaced(rf"{_BARE_DAY_START}(?P<d>{DAY_NUMBER}) [日号]?{SEPARATOR}(?P<d2>{DAY_NUMBER}) [日号]{_BARE_DAY_END}"),
        _bare_days,
        {"12日至14日": "2031-11-12/2031-11-14", "28-30日": "2031-10-28/2031-10-30"},
        ("第2-3日", "历时3至5日"),
    ),
    Rule(
        "day-without-month",
        spaced(rf"{_BARE_DAY_START}(?P<d>{DAY_NUMBER}) (?:日{_BARE_DAY_END}|号{_NUMBER_STREET})"),
        _bare_day,
        {"13日": "2031-11-13", "31日": "2031-10-31"},
        ("第3日", "历时5日", "长江路13号", "3日游", "5号楼"),
    ),
]

