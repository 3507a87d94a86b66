"""Calendar arithmetic for the date rules: Han numbers, months and years, the lunar calendar and the solar terms.

Nothing here knows about text; every function is pure.
"""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta
from functools import lru_cache

from lunardate import LunarDate

DIGITS = {
    "〇": 0,
    "零": 0,
    "0": 0,
    "O": 0,
    "Ｏ": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
TENS = {"廿": "二十", "卅": "三十"}

# The lunardate package holds the lunar years 1900 to 2099; the last one ends in February 2100.
FIRST_LUNAR_YEAR, LAST_LUNAR_YEAR = 1900, 2099

# Celestial longitude of the sun, in degrees, at the solar terms that people date by.
SOLAR_TERMS = {
    "立春": 315,
    "惊蛰": 345,
    "春分": 0,
    "清明": 15,
    "谷雨": 30,
    "立夏": 45,
    "芒种": 75,
    "夏至": 90,
    "立秋": 135,
    "白露": 165,
    "秋分": 180,
    "霜降": 210,
    "立冬": 225,
    "冬至": 270,
}

Days = tuple[date, date]
"""The first and the last day of a stretch, both inclusive."""


def number(text: str) -> int:
    """Read a small Arabic or Han number, or a year written digit by digit.

    Raises ValueError where the text is no number.

    >>> number("12"), number("十二"), number("廿三"), number("二〇三一"), number("元")
    (12, 12, 23, 2031, 1)
    """
    text = "".join(text.split())
    if text == "元":
        return 1
    if text.isdecimal():
        return int(text)
    for short, full in TENS.items():
        text = text.replace(short, full)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)
    if not text or any(c not in DIGITS for c in text):
        raise ValueError(f"number: {text!r} is no number; Arabic or Han digits would be right")
    return int("".join(str(DIGITS[c]) for c in text))


def day(year: int, month: int, day_of_month: int) -> date | None:
    """Return the day, or None where the calendar has none such (30 February)."""
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def month_days(year: int, month: int) -> Days:
    """Return the first and last day of a month.

    >>> month_days(2032, 2)[1].isoformat()
    '2032-02-29'
    """
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def year_days(year: int) -> Days:
    """Return the first and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def shift_months(start: date, months: int) -> date:
    """Move a day by whole months; a day that the target month lacks becomes its last.

    >>> shift_months(date(2031, 3, 31), -1).isoformat()
    '2031-02-28'
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """Return the nth given weekday of a month (Monday is 0; nth -1 is the last).

    >>> nth_weekday(2031, 5, 3, 6).isoformat()
    '2031-05-18'
    """
    first, last = month_days(year, month)
    if nth < 0:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def lunar_day(lunar_year: int, month: int, day_of_month: int, leap: bool = False) -> date | None:
    """Return the solar day of a lunar date; None outside 1900 to 2099 or where the month has no such day.

    >>> lunar_day(2031, 1, 1).isoformat()
    '2031-01-23'
    """
    if not FIRST_LUNAR_YEAR <= lunar_year <= LAST_LUNAR_YEAR:
        return None
    try:
        solar = LunarDate(lunar_year, month, day_of_month, leap).to_solar_date()
    except ValueError:
        return None
    return date(solar.year, solar.month, solar.day)


@lru_cache(maxsize=1024)
def lunar_day_in(year: int, month: int, day_of_month: int) -> date | None:
    """Return the day of the solar ``year`` on which a lunar festival falls; day 0 is the eve of the month.

    A festival late in the lunar year (腊八) falls in the January after it: the solar year decides, as in speech.
    """
    for lunar_year in (year, year - 1):
        found = lunar_day(lunar_year, month, max(day_of_month, 1))
        if found is not None and day_of_month == 0:
            found -= timedelta(days=1)
        if found is not None and found.year == year:
            return found
    return None


def lunar_month_days(lunar_year: int, month: int) -> Days | None:
    """Return the first and last day of a lunar month (the ordinary one where the year has a leap month too)."""
    first = lunar_day(lunar_year, month, 1)
    last = lunar_day(lunar_year, month, 30) or lunar_day(lunar_year, month, 29)
    return (first, last) if first and last else None


@lru_cache(maxsize=1024)
def solar_term(year: int, term: str) -> date:
    """Return the day of a solar term in Beijing time.

    The sun's apparent longitude is Meeus, Astronomical Algorithms (2nd edition), chapter 25, low accuracy (0.01
    degrees, a quarter of an hour); the difference between dynamical and universal time (about a minute) is left out.

    >>> solar_term(2024, "清明").isoformat()
    '2024-04-04'
    """
    wanted = SOLAR_TERMS[term]
    # 20 March is close to longitude 0; the sun moves 0.9856 degrees a day. January to 20 March lies before it.
    offset = wanted - 360 if wanted > 280 else wanted
    julian = date(year, 3, 20).toordinal() + 1721424.5 + offset / 0.9856
    for _ in range(6):
        gap = (wanted - _sun_longitude(julian) + 180) % 360 - 180
        julian += gap / 0.9856
    beijing = julian + 8 / 24
    return date.fromordinal(math.floor(beijing - 1721424.5))


def _sun_longitude(julian_day: float) -> float:
    """Return the sun's apparent longitude in degrees (Meeus 25.2 to 25.9)."""
    t = (julian_day - 2451545.0) / 36525
    mean_longitude = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = math.radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * math.sin(anomaly)
        + (0.019993 - 0.000101 * t) * math.sin(2 * anomaly)
        + 0.000289 * math.sin(3 * anomaly)
    )
    node = math.radians(125.04 - 1934.136 * t)
    return (mean_longitude + centre - 0.00569 - 0.00478 * math.sin(node)) % 360
