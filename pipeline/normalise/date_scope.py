"""What a date rule knows and gives: the document's day, the dates before, and a reading.

A *reading* is a date with what the rules after it must know: how fine it is (its grain) and whether its year was said.
A *scope* is the knowledge a rule may use: the document's day, the dates read before in the text, and, inside a range,
the other end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.normalise.date_calendar import Days, month_days, year_days
from pipeline.spans import DateRange

Grain = Literal["day", "days", "month", "months", "year", "years", "recent", "era"]
"""How fine a reading is. ``recent`` is a day or days that the text does not tell (近日), ``era`` years untold (近年来)."""

# A year-less date is read as the next year's only when it is so many days ahead at most, or announced (将, 拟): a
# bulletin looks back. Coarser dates of the next year are written 明年.
NEAR_FUTURE = {"day": 60, "days": 60, "month": 20}
ANNOUNCED = re.compile(r"[将拟]|计划|预计|定于|即将|力争")
LOOMING = re.compile(r"\s*(?:即将|将至|将临|来临|到来|临近|前夕)")
"""After a day that is still to come: what is told then may lie before it (2031年新春佳节即将到来，1月8日)."""
SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A date as the rules pass it on.

    ``edtf``, ``first_day`` and ``last_day`` are as in :class:`pipeline.spans.DateRange`. ``dated`` tells that the text
    itself names the year (2031年, 去年); ``why`` what decided the year or month otherwise.
    """

    edtf: str | None
    first_day: date | None
    last_day: date | None
    grain: Grain
    dated: bool = False
    why: str = ""

    @property
    def value(self) -> DateRange:
        """The public value."""
        return DateRange(self.edtf, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A reading that stands before in the text, with its offsets (half-open code points)."""

    start: int
    end: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where a date is read.

    ``day`` is the document's day, or None; ``year`` its year, which the text may tell where the day is unknown;
    ``source`` says whence. ``earlier`` are the dates before, nearest last. ``floor`` is the first end of a range whose
    second end is read, ``ceiling`` the second end when the first is read again.
    """

    day: date | None
    year: int | None
    source: str
    earlier: Sequence[Earlier] = ()
    floor: Reading | None = None
    ceiling: Reading | None = None


def exact(days: Days, grain: Grain, *, dated: bool = True, why: str = "", rough: bool = False) -> Reading:
    """Make a reading of known days; ``rough`` marks it approximate in the EDTF.

    >>> exact((date(2031, 3, 1), date(2031, 3, 31)), "month").edtf, exact((date(2031, 3, 1),) * 2, "day", rough=True).edtf
    ('2031-03', '2031-03-01~')
    """
    first, last = days
    mark = "~" if rough else ""
    if first == last:
        edtf = f"{first}{mark}"
    elif days == year_days(first.year):
        edtf = f"{first.year}{mark}"
    elif days == month_days(first.year, first.month):
        edtf = f"{first:%Y-%m}{mark}"
    elif days == (year_days(first.year)[0], year_days(last.year)[1]):
        edtf = f"{first.year}{mark}/{last.year}{mark}"
    elif first.day == 1 and last == month_days(last.year, last.month)[1]:
        edtf = f"{first:%Y-%m}{mark}/{last:%Y-%m}{mark}"
    else:
        edtf = f"{first}{mark}/{last}{mark}"
    return Reading(edtf, first, last, grain, dated, why)


def undated(grain: Grain, why: str = "") -> Reading:
    """Make a reading of a date whose days nobody can tell (近日)."""
    return Reading(None, None, None, grain, True, why)


def place(
    match: re.Match[str], scope: Scope, days_in: Callable[[int], Days | None], grain: Grain, edtf: str | None = None
) -> Reading | None:
    """Find the year of a year-less date and return its reading.

    ``days_in`` tells the days of the date in a given year (None where it has none). The year comes from the other end
    of the range, else from a dated word before in the same sentence, else from the document's day (the nearest year;
    the next one only when near or announced), else from the year that the text names. ``edtf`` is the expression with
    an unspecified year for when nothing tells it. None when the date exists in no possible year.
    """
    for year, why in _years(match, scope, days_in, grain):
        days = days_in(year)
        if days is not None:
            return exact(days, grain, dated=False, why=why)
    if scope.day is not None or scope.year is not None or days_in(2000) is None:
        return None
    return Reading(edtf, None, None, grain, False, "no year known")


def _years(
    match: re.Match[str], scope: Scope, days_in: Callable[[int], Days | None], grain: Grain
) -> list[tuple[int, str]]:
    """List the years to try, the best first, each with its reason."""
    if scope.floor is not None and scope.floor.first_day is not None:
        start = scope.floor.first_day
        tried = [(year, "year of the range's first date") for year in (start.year, start.year + 1)]
        return [t for t in tried if (days := days_in(t[0])) is not None and days[1] >= start]
    if scope.ceiling is not None and scope.ceiling.last_day is not None:
        end = scope.ceiling.last_day
        tried = [(year, "year of the range's second date") for year in (end.year, end.year - 1)]
        return [t for t in tried if (days := days_in(t[0])) is not None and days[0] <= end]
    figure = re.search(r"(?<![0-9.])(?:19|20)[0-9]{2}\s?$", match.string[max(0, match.start() - 6) : match.start()])
    if figure is not None:
        return [(int(figure.group()), "the figure before")]
    frame = _frame(match, scope)
    if frame is not None and (told := frame.reading.first_day) is not None:
        why = "year of the date before in the sentence"
        if LOOMING.match(match.string, frame.end):
            return _nearest(told, days_in, why)
        tried = [(year, why) for year in (told.year, told.year + 1)]
        return [t for t in tried if (days := days_in(t[0])) is not None and days[1] >= told]
    listed = _listed(match, scope)
    if listed is not None:
        return _nearest(listed, days_in, "nearest to the date before in the list")
    if scope.day is not None:
        return _told(match, scope, days_in) + _near(match, scope, days_in, NEAR_FUTURE.get(grain, 0))
    return [(scope.year, f"year from {scope.source}")] if scope.year is not None else []


def _nearest(day: date, days_in: Callable[[int], Days | None], why: str) -> list[tuple[int, str]]:
    """List the year of ``day``, the one before and the next, in the order of nearness of their days to it."""
    years = (day.year - 1, day.year, day.year + 1)
    known = [(abs((days[0] - day).days), year) for year in years if (days := days_in(year)) is not None]
    return [(year, why) for _, year in sorted(known)]


def _told(match: re.Match[str], scope: Scope, days_in: Callable[[int], Days | None]) -> list[tuple[int, str]]:
    """Give the year of a story told in order: 2030年5月立项。6月动工 in a document of March 2031.

    It counts where the date would otherwise lie after the document's day, and lies between the two in that year.
    """
    for earlier in reversed(scope.earlier):
        before = earlier.reading
        if scope.day is None or match.string.find("\n", earlier.end, match.start()) >= 0:
            return []
        if (
            before.grain not in ("day", "days", "month")
            or before.first_day is None
            or ANNOUNCED.search(match.string, max(0, match.start() - 4), match.end() + 6)
        ):
            continue
        days, now = days_in(before.first_day.year), days_in(scope.day.year)
        ahead = now is not None and now[0] > scope.day
        if ahead and days is not None and before.first_day <= days[0] and days[1] <= scope.day:
            return [(before.first_day.year, "year of the date before")]
        return []
    return []


def _near(
    match: re.Match[str], scope: Scope, days_in: Callable[[int], Days | None], soon: int
) -> list[tuple[int, str]]:
    """List the year before, the same and the next in the order of nearness to the document's day."""
    if scope.day is None:
        return []
    today, text = scope.day, match.string
    around = text[max(0, match.start() - 4) : match.start()] + text[match.end() : match.end() + 6]
    announced = ANNOUNCED.search(around) is not None
    ranked = []
    for year in (today.year, today.year - 1, today.year + 1):
        days = days_in(year)
        if days is None:
            continue
        distance = max((days[0] - today).days, (today - days[1]).days, 0)
        late = days[0] > today and year > today.year and distance > soon and not announced
        ranked.append((late, announced and days[1] < today, distance, year))
    return [(year, f"nearest to {today} ({scope.source})") for *_, year in sorted(ranked)]


def _listed(match: re.Match[str], scope: Scope) -> date | None:
    """Return the first day of the date that stands directly before in a list (元旦、春节), or None."""
    if not scope.earlier or scope.earlier[-1].end > match.start():
        return None
    last = scope.earlier[-1]
    between = match.string[last.end : match.start()].strip(' ”’"“‘')
    return last.reading.first_day if between in ("", "、", "和", "与", "及", "暨") else None


def _frame(match: re.Match[str], scope: Scope) -> Earlier | None:
    """Return the nearest date before in the same sentence that sets the year, or None.

    A month or day with its year sets it; a year alone only at the head of its clause (2019年度 in a title does not).
    """
    seen = match.start()  # from here on the text is known to hold no end of sentence
    for earlier in reversed(scope.earlier):
        if SENTENCE_END.search(match.string, earlier.end, seen):
            return None
        seen = earlier.end
        if not earlier.reading.dated or earlier.reading.first_day is None or earlier.reading.last_day is None:
            continue
        if earlier.reading.grain in ("day", "days", "month"):
            return earlier
        if earlier.reading.grain == "year" and re.match(r"\s*[，,]", match.string[earlier.end : earlier.end + 3]):
            return earlier
    return None


def antecedent(scope: Scope, grains: Sequence[Grain]) -> Reading | None:
    """Return the nearest date before that 当天, 当月 or 同年 can point at, or None.

    Dates coarser than ``grains`` are passed over; one of the right grain whose days are unknown (近日) ends the search
    with None, since it is what the word points at.
    """
    if scope.floor is not None:
        return scope.floor
    for earlier in reversed(scope.earlier):
        if earlier.reading.grain in grains:
            return earlier.reading if earlier.reading.first_day is not None else None
    return None
