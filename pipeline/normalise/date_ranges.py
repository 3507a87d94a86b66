"""The rules for ranges and lists whose ends share a part: 3月5-9日, 1至10月, 2029—2031年, 3月5、6日."""

from __future__ import annotations

import re
from datetime import date

from pipeline.normalise.date_calendar import Days, day, month_days, number, shift_months, year_days
from pipeline.normalise.date_patterns import (
    DAY_NUMBER,
    HAN,
    MONTH,
    MONTH_NUMBER,
    NUMBER_START,
    SEPARATOR,
    UNITS,
    Y4,
    YEAR,
    in_month,
    in_year,
    spaced,
)
from pipeline.normalise.date_rules import BARE_DAY_END, BARE_DAY_START, FIGURE_YEAR, month_of_bare_day
from pipeline.normalise.date_scope import Reading, Scope, exact, undated
from pipeline.normalise.rules import Rule


def _ordered(first: date | None, last: date | None) -> Days | None:
    """Make a stretch of two days, or None where they are missing or in the wrong order."""
    return (first, last) if first is not None and last is not None and first < last else None


def _figure_range(match: re.Match[str], scope: Scope) -> Reading | None:
    year, month = number(match["y"]), number(match["m"])
    last_month = number(match["m2"]) if match["m2"] else month
    days = _ordered(day(year, month, number(match["d"])), day(year, last_month, number(match["d2"])))
    return None if days is None else exact(days, "days")


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


def _year_range(match: re.Match[str], scope: Scope) -> Reading | None:
    first, last = number(match["y"]), number(match["y2"])
    last += first // 100 * 100 if last < 100 else 0
    return exact((year_days(first)[0], year_days(last)[1]), "years") if first < last <= first + 100 else None


def _year_list(match: re.Match[str], scope: Scope) -> Reading | None:
    ends = _consecutive(match, "list")
    return None if ends is None else exact((year_days(ends[0])[0], year_days(ends[1])[1]), "years")


def _bare_days(match: re.Match[str], scope: Scope) -> Reading | None:
    d, d2 = number(match["d"]), number(match["d2"])
    start, why = month_of_bare_day(scope, d2)
    if start is None:
        return undated("days", why)
    last = day(start.year, start.month, d2)
    month = shift_months(start, -int(d > d2))
    days = _ordered(day(month.year, month.month, d), last)
    return None if days is None else exact(days, "days", dated=False, why=why)


_DAY_LIST = rf"(?P<list>{DAY_NUMBER}(?: [、和及] {DAY_NUMBER})+) [日号]"

RULES: list[Rule[Reading, Scope]] = [
    Rule(
        "figure-range",
        spaced(
            rf"{FIGURE_YEAR} (?P<s>[./·-]) (?P<m>[0-9]{{1,2}}) (?P=s) (?P<d>[0-9]{{1,2}}){SEPARATOR}"
            r"(?:(?P<m2>[0-9]{1,2}) (?P=s) )?(?P<d2>[0-9]{1,2})(?![0-9]|(?P=s)[0-9])"
        ),
        _figure_range,
        {"2031.3.5-9": "2031-03-05/2031-03-09", "2031.3.5-4.2": "2031-03-05/2031-04-02"},
        ("2031.3.55", "3.5-9"),
    ),
    Rule(
        "days-of-month",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}{MONTH} (?P<d>{DAY_NUMBER}){SEPARATOR}(?P<d2>{DAY_NUMBER}) [日号]"),
        _days_of_month,
        {
            "3月5-9日": "2031-03-05/2031-03-09",
            "去年十月十七至二十日": "2030-10-17/2030-10-20",
            "上月5至9日": "2031-10-05/2031-10-09",
        },
        ("3月9-5日", "3个月5-9日"),
    ),
    Rule(
        "list-of-days",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}{MONTH} {_DAY_LIST}"),
        _day_list,
        {"3月5、6日": "2031-03-05/2031-03-06", "3月5和6日": "2031-03-05/2031-03-06"},
        ("3月6、5日",),
    ),
    Rule(
        "list-of-months",
        spaced(
            rf"(?:{YEAR} )?{NUMBER_START}(?P<list>{MONTH_NUMBER}(?: 、 {MONTH_NUMBER})+) 月份?(?! {DAY_NUMBER} ?[日号])"
        ),
        _month_list,
        {"2031年5、6月份": "2031-05/2031-06"},
        ("6、5月",),
    ),
    Rule(
        "pair-of-months",
        spaced(rf"(?:{YEAR} )?{NUMBER_START}(?P<m>[{HAN}])(?P<m2>[{HAN}])月份?(?![{HAN}十个])"),
        _month_pair,
        {"三四月份": "2031-03/2031-04", "今年五六月": "2031-05/2031-06"},
        ("四三月份",),
    ),
    Rule(
        "months",
        spaced(
            rf"(?:{YEAR} )?{NUMBER_START}(?P<m>{MONTH_NUMBER}) (?:月份? )?{SEPARATOR}(?P<m2>{MONTH_NUMBER}) 月份?(?! [0-9上中下初底末{HAN}十])"
        ),
        _month_range,
        {"1-10月份": "2031-01/2031-10", "2031年4月至6月": "2031-04/2031-06", "今年1至9月": "2031-01/2031-09"},
        ("10-1月", "1-10个月"),
    ),
    Rule(
        "years",
        spaced(
            rf"(?<![0-9.-])(?P<y>{Y4}) 年?{SEPARATOR}(?P<y2>{Y4}|[0-9]{{2}}) 年度?(?! ?(?:{MONTH_NUMBER} 月|[初底末中春夏秋冬第上下前年]))"
        ),
        _year_range,
        {"2027—2031年": "2027/2031", "2027 年至 2031 年": "2027/2031", "2027-31年": "2027/2031"},
        ("2031—2027年",),
    ),
    Rule(
        "list-of-years",
        spaced(rf"(?<![0-9.-])(?P<list>{Y4}(?: [、和及] {Y4})+) 年度?(?! {MONTH_NUMBER} 月)"),
        _year_list,
        {"2030、2031年": "2030/2031"},
        ("2028、2031年",),
    ),
    Rule(
        "years-without-mark",
        spaced(rf"(?<![0-9.-])(?P<y>(?:19|20)[0-9]{{2}})[-~]{{1,2}}(?P<y2>(?:19|20)[0-9]{{2}})(?![0-9.-]| ?[{UNITS}])"),
        _year_range,
        {"2027-2031": "2027/2031"},
        ("2027-2031元", "电话021-2027-2031"),
    ),
    Rule(
        "days-without-month",
        spaced(rf"{BARE_DAY_START}(?P<d>{DAY_NUMBER}) [日号]?{SEPARATOR}(?P<d2>{DAY_NUMBER}) [日号]{BARE_DAY_END}"),
        _bare_days,
        {"12日至14日": "2031-11-12/2031-11-14", "28-30日": "2031-10-28/2031-10-30"},
        ("第2-3日", "历时3至5日"),
    ),
]
