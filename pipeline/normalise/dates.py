"""Dates in Chinese text: finding them, reading a given one, and the document's own day.

One grammar serves both: a date is one core reading (:data:`CORES`, the first rule that reads wins), perhaps joined to
a second one as a range, then the words beside it (:mod:`pipeline.normalise.date_bounds`). What is found is what is read.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.normalise import (
    date_bounds,
    date_holidays,
    date_parts,
    date_ranges,
    date_relative,
    date_rules,
    date_years,
)
from pipeline.normalise.date_document import document_day, named_year
from pipeline.normalise.date_patterns import BRANCHES, HAN, SEPARATOR, STEMS, YEARLESS, fold, spaced
from pipeline.normalise.date_rules import EXAMPLE_DAY
from pipeline.normalise.date_scope import Earlier, Grain, Reading, Scope
from pipeline.normalise.rules import Rule
from pipeline.spans import DateRange, Found

__all__ = ["DateContext", "document_day", "find_dates", "read_date", "read_example"]

CORES: list[Rule[Reading, Scope]] = [
    *date_holidays.RULES,
    *date_years.RULES,
    *date_relative.RULES,
    *date_parts.RULES,
    *date_ranges.RULES,
    *date_rules.RULES,
]
WITHOUT_MONTH = ("day-without-month", "ten-days")
REPEATED = re.compile(r"(?:每[年月周]?|[每年]?逢|每到|历年|往年|有一年|哪年)的?\s*[“\"]?$")  # 每年3月5日, 有一年端午节
REACH = 100  # how many dates back a year, a month or a word such as 当天 is looked for
BESIDE = 4  # how many words may stand beside a date: 10月17日当天上午前后


@dataclass(frozen=True)
class DateContext:
    """What is known of the document beside the text: its day, or None, and where that came from (masthead, file name).

    ``year`` is the year that the whole document names most often, for texts that are a part of it and know no day; or None.
    """

    day: date | None
    source: str
    year: int | None = None


# Where a date can begin. Wide, but one cheap look a character; the rules decide.
_WORDS = (
    "大前[天年]|大后天|前[天日晚年几段不一些0-9二两三四五六七八九十]|去年|去[春夏秋冬今]|今[年天日晚早晨后春夏秋冬明]|明[年天日晚早晨春]|后[天年一]|昨[日天晚夜早晨今]|即日|本[年日月周星世季]"
    "|上[一年月个半周星礼上旬世季]|下[月个半周星礼下旬季]|这[个周星些几一两天段]|那一?天|当 ?[天日晚月年]|同[年月日天]|该[年月]|次[年月日晨晚]|翌[年月日晨晚]|转[年天]"
    "|第|隔[天日]|新近|近|最近|日前|长期以来|一直以来|历[年来]|连日|一段|不久|早些|多|好几|这|过去|未来|今后|接下来|年[内初中底末终尾]|岁[末尾]|月[初中底末]"
    "|中旬|周[一二三四五六日]|星期|礼拜|农历|阴历|旧历|[正腊冬闰]|季|来年|新世纪|今后|百[多余]|半|几|数|两|元月"
    rf"|[{STEMS}](?=[{BRANCHES}])|2 0 [0-9] [0-9](?= 年)|民国|(?<![0-9])(?:19|20)[0-9]{{2}}(?={YEARLESS})"
)
FIRSTS = "".join(sorted({form[0] for form in date_holidays.STARTS if not form[0].isdecimal()}))
_GATE = re.compile(
    spaced(
        rf"(?<![0-9])(?:19|20)[0-9]{{6}}(?![0-9])|(?<![0-9])[0-9]+(?= ?[{FIRSTS}年月日号周季世天个礼星学多余./·~至到、-]|公益)"
        rf"|[{HAN}十廿卅〇](?=[{HAN}十〇零几0OＯ]{{0,4}} ?[年月日号周旬季天个世多余五至到、-])"
        rf"|{_WORDS}|[“\"‘「](?=[{HAN}十0-9]|{'|'.join(map(re.escape, date_holidays.STARTS))})"
        rf"|(?:{'|'.join(map(re.escape, date_holidays.STARTS))})"
    )
)
_CLOCK = "(?: (?:[上下]午|晚上?|凌晨))?(?: [0-9]{1,2} ?(?:[时点]|[:：][0-9]{2})(?:[0-9]{1,2} ?分|半)?)?"
_TURN = (
    rf"(?<=[底末]) (?=[0-9{HAN}十次翌今明本下]{{1,4}}[年月]年?初)"  # 3月底4月初 is one stretch, though nothing joins it
)
_SEPARATOR = re.compile(spaced(rf"(?: [（(](?:周|星期)[一二三四五六日][）)])?{_CLOCK}(?:起)?{SEPARATOR}|{_TURN}"))


@dataclass(frozen=True, slots=True)
class _Match:
    """A reading with its offsets and the names of its rules."""

    start: int
    end: int
    reading: Reading
    by: str


def find_dates(text: str, context: DateContext) -> list[Found[DateRange]]:
    """Find every date of the text, in order and without overlap.

    Offsets are half-open code points into ``text``. A year that the text leaves out comes from the date before in the
    sentence, from ``context.day`` or, where that is None, from the year that the text names most often; never from the
    clock. ``why`` of each find says which.

    >>> found = find_dates("3月5日下午签约，次日开工。", DateContext(date(2031, 3, 9), "given"))
    >>> [(date.text, date.value.edtf) for date in found]
    [('3月5日下午', '2031-03-05'), ('次日', '2031-03-06')]
    """
    folded = fold(text)
    scope = _scope(folded, context)
    earlier: deque[Earlier] = deque(maxlen=REACH)
    found: list[Found[DateRange]] = []
    position = 0
    while gate := _GATE.search(folded, position):
        match = _read_at(folded, gate.start(), replace(scope, earlier=earlier))
        if match is None:
            position = gate.start() + 1
            continue
        position = match.end
        if REPEATED.search(folded, max(0, match.start - 4), match.start):
            continue
        earlier.append(Earlier(match.start, match.end, match.reading))
        found.append(_found(text, match))
    return found


def read_date(
    text: str, start: int, end: int, context: DateContext, before: DateRange | None
) -> Found[DateRange] | None:
    """Read the span ``[start, end)`` of the text as one date, or return None where the grammar has no such reading.

    ``before`` is the nearest date before in the text (for 当天, 次日, a bare 13日), None where there is none.

    >>> read_date("次日开工", 0, 2, DateContext(None, ""), DateRange("2031-03-05", date(2031, 3, 5), date(2031, 3, 5))).value.edtf
    '2031-03-06'
    """
    folded = fold(text)
    earlier = [] if before is None else [Earlier(start, start, _reading(before))]
    scope = replace(_scope(folded, context), earlier=earlier)
    if REPEATED.search(folded, max(0, start - 4), start):
        return None
    for stretch in (folded, folded[:end]):
        match = _read_at(stretch, start, scope)
        if match is not None and match.end == end:
            return _found(text, match)
    return None


def read_example(rule: Rule[Reading, Scope] | Rule[Reading, Reading], text: str) -> str | None:
    """Read an example of a date rule as a whole, in a document of :data:`date_rules.EXAMPLE_DAY`.

    Returns the EDTF expression, ``undated`` for a date without days, or None where the text is not read as one date or
    not by ``rule``. Words that a rule reads but that stay outside the span (截至, 起) may remain.
    """
    found = find_dates(text, DateContext(EXAMPLE_DAY, "example"))
    if len(found) != 1 or rule.name not in found[0].by.split("+"):
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    if rest and rest not in date_bounds.OUTSIDE:
        return None
    return found[0].value.edtf or "undated"


def _scope(folded: str, context: DateContext) -> Scope:
    """Return what is known before the first date is read."""
    if context.day is not None:
        return Scope(context.day, context.day.year, context.source)
    year = context.year or named_year(folded)
    return Scope(None, year, "" if year is None else "the year most often named in the text")


def _found(text: str, match: _Match) -> Found[DateRange]:
    """Make the public find."""
    quoted = text[match.start : match.end]
    return Found(match.start, match.end, quoted, match.reading.value, match.by, match.reading.why)


def _reading(value: DateRange) -> Reading:
    """Make a reading of a public value, to serve as the date before."""
    first, last = value.first_day, value.last_day
    grain: Grain = "years"
    if first is None and last is None:
        grain = "recent"
    elif first is not None and last is not None:
        length = (last - first).days
        grain = (
            "day"
            if length == 0
            else "days"
            if length < 27
            else "month"
            if length < 31
            else "year"
            if length in (364, 365)
            else "years"
        )
    return Reading(value.edtf, first, last, grain, dated=True)


def _core(text: str, position: int, scope: Scope) -> _Match | None:
    """Read one core date at a position: the first rule that reads it."""
    for rule in CORES:
        if (match := rule.compiled.match(text, position)) and (reading := rule.read(match, scope)) is not None:
            return _Match(position, match.end(), reading, rule.name)
    return None


def _read_at(text: str, position: int, scope: Scope) -> _Match | None:
    """Read a whole date expression that begins at a position."""
    match = _core(text, position, scope)
    if match is None:
        return None
    match = _joined(text, match, scope)
    for _ in range(BESIDE):
        longer = _beside(text, match, date_bounds.RULES)
        if longer is None:
            break
        match = longer
    for rule in date_bounds.RULES_IN_FRONT:
        word = rule.compiled.search(text, max(0, position - 6), position)
        if word and (reading := rule.read(word, match.reading)) is not None:
            return replace(match, reading=reading, by=f"{match.by}+{rule.name}")
    return match


def _joined(text: str, left: _Match, scope: Scope) -> _Match:
    """Join the date to a second one: the other end of a range, or a holiday that names or follows the same day."""
    separator = _SEPARATOR.match(text, left.end)
    if separator is not None:
        right = _core(text, separator.end(), replace(scope, floor=left.reading if left.reading.dated else None))
        if right is not None and (right.by in WITHOUT_MONTH or (right.reading.dated and right.reading.edtf is None)):
            right = _core(text, separator.end(), replace(scope, floor=left.reading))
        if right is not None and right.reading.grain not in ("recent", "era"):
            start = left
            if not left.reading.dated and right.by not in WITHOUT_MONTH:
                start = _core(text, left.start, replace(scope, ceiling=right.reading)) or left
            joined = date_bounds.span(start.reading, right.reading)
            if joined is None and right.by in WITHOUT_MONTH and left.reading.first_day is None:
                joined = Reading(None, None, None, "days", False, left.reading.why)  # one span, though no year is known
            if joined is not None:
                return _Match(left.start, right.end, joined, f"{left.by}+range+{right.by}")
        return left
    if left.reading.grain not in ("day", "days"):
        return left
    beside_left = replace(scope, earlier=[*scope.earlier, Earlier(left.start, left.end, left.reading)])
    for rule in date_holidays.RULES[:2]:
        beside = rule.compiled.match(text, left.end)
        other = rule.read(beside, beside_left) if beside else None
        if beside is None or other is None:
            continue
        if "holiday" in left.by and left.reading.first_day and other.first_day:
            ends = sorted((left.reading, other), key=lambda reading: reading.first_day or date.min)
            joined = date_bounds.span(ends[0], ends[1])
            if joined is not None:
                return _Match(left.start, beside.end(), joined, f"{left.by}+{rule.name}")
        elif other.first_day is None or left.reading.first_day is None or _same_day_of_year(left.reading, other):
            return replace(left, end=beside.end(), by=f"{left.by}+{rule.name}")
    return left


def _same_day_of_year(left: Reading, right: Reading) -> bool:
    """Tell whether a date and the holiday after it are one day (10月17日国家扶贫日), whatever the year."""
    if left.first_day is None or right.first_day is None:
        return False
    return (left.first_day.month, left.first_day.day) == (right.first_day.month, right.first_day.day)


def _beside(text: str, match: _Match, rules: Sequence[Rule[Reading, Reading]]) -> _Match | None:
    """Take in the next word beside the date, or return None where there is none."""
    for rule in rules:
        word = rule.compiled.match(text, match.end)
        if word is None or rule.name in match.by.split("+"):
            continue
        reading = rule.read(word, match.reading)
        if reading is not None:
            # The guide leaves 起 outside after a day, though it opens the date.
            end = match.end if rule.name == "from" and match.reading.grain in ("day", "days") else word.end()
            return _Match(match.start, end, reading, f"{match.by}+{rule.name}")
    return None
