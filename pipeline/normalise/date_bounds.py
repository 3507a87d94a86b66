"""The rules for words beside a date that open, close or blur it: 以来, 前, 前夕, 前后, 期间, 截至, parts of day.

They read what follows (or, for 截至 and 到, precedes) a date that is already read; their context is that reading. The functions
in front open, close, blur or join readings.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from pipeline.normalise.date_scope import Grain, Reading
from pipeline.normalise.rules import Rule

OUTSIDE = ("起", "截至", "截止", "截止到", "截至到", "到", "至", "“”")
"""What these rules or those in quotes read but what stays outside the span (the guide leaves out 起 after a day)."""


def _ends(reading: Reading) -> tuple[str, str]:
    """Return the two ends of the expression; a season or quarter, which no interval may hold, as months."""
    start, end = (reading.edtf or "").split("/")[0], (reading.edtf or "").split("/")[-1]
    if reading.first_day and reading.last_day and re.fullmatch(r"[0-9]{4}-[2-4][0-9]", start) and start == end:
        return f"{reading.first_day:%Y-%m}", f"{reading.last_day:%Y-%m}"
    return start, end


def roughly(reading: Reading) -> Reading:
    """Mark a reading approximate; one without a known year has no valid expression then and loses it."""
    if reading.first_day is None or reading.edtf is None:
        return replace(reading, edtf=None)
    if "~" in reading.edtf:
        return reading
    return replace(reading, edtf="/".join(f"{part}~" if part != ".." else part for part in reading.edtf.split("/")))


def since(reading: Reading) -> Reading | None:
    """Leave the end open: 2029年以来."""
    if reading.first_day is None or reading.edtf is None:
        return replace(reading, edtf=None, first_day=None, last_day=None)
    start = _ends(reading)[0]
    if start == "..":
        return None
    return replace(reading, edtf=f"{start}/..", last_day=None, grain="years")


def until(reading: Reading) -> Reading | None:
    """Leave the beginning open and keep the last day: 截至8月31日."""
    if reading.last_day is None or reading.edtf is None:
        return replace(reading, edtf=None, first_day=None, last_day=None)
    return replace(reading, edtf=f"../{_ends(reading)[1]}", first_day=None, grain="years")


def before(reading: Reading) -> Reading | None:
    """End the day before the date begins (2028年之前); a rough end of a month or year (月底前) counts in."""
    if reading.first_day is None or reading.edtf is None or reading.edtf.startswith(".."):
        return replace(reading, edtf=None, first_day=None, last_day=None)
    if "~" in reading.edtf and reading.last_day is not None and reading.first_day != reading.last_day:
        return replace(reading, edtf=f"../{reading.last_day}", first_day=None, grain="years")
    end = reading.first_day - timedelta(days=1)
    edtf = f"{end.year}" if reading.grain == "year" else f"{end:%Y-%m}" if reading.grain == "month" else f"{end}"
    return replace(reading, edtf=f"../{edtf}", first_day=None, last_day=end, grain="years")


def after(reading: Reading) -> Reading | None:
    """Begin the day after the date ends and stay open: 国庆节后."""
    if reading.last_day is None or reading.edtf is None:
        return replace(reading, edtf=None, first_day=None, last_day=None)
    start = reading.last_day + timedelta(days=1)
    return replace(reading, edtf=f"{start}/..", first_day=start, last_day=None, grain="years")


def eve(reading: Reading) -> Reading | None:
    """The day before, roughly: 七一前夕."""
    if reading.first_day is None:
        return replace(reading, edtf=None)
    end = reading.first_day - timedelta(days=1)
    return replace(reading, edtf=f"{end}~", first_day=end, last_day=end, grain="day")


def span(left: Reading, right: Reading) -> Reading | None:
    """Join the two ends of a range; None unless the first begins no later than the second ends."""
    if left.edtf is None or right.edtf is None:
        return None
    if left.first_day is None or right.last_day is None:
        unknown = left.first_day is None and right.first_day is None
        simple = "/" not in left.edtf + right.edtf and left.edtf.startswith("XXXX") and right.edtf.startswith("XXXX")
        if not (unknown and simple):
            return None
        return Reading(f"{left.edtf}/{right.edtf}", None, None, "days", False, left.why)
    if left.first_day > right.last_day:
        return None
    if left.edtf == right.edtf:
        return left
    start, end = _ends(left)[0], _ends(right)[1]
    grain: Grain = "days" if left.grain == "day" else "months" if left.grain in ("days", "month") else "years"
    dated = left.dated or right.dated
    why = left.why if not left.dated else right.why if not right.dated else ""
    return Reading(f"{start}/{end}", left.first_day, right.last_day, grain, dated, why)


def _same(match: re.Match[str], reading: Reading) -> Reading | None:
    """A part of day changes nothing; only days have one."""
    return reading if reading.grain in ("day", "days", "recent") else None


def _during(match: re.Match[str], reading: Reading) -> Reading | None:
    """期间 makes a single day the rough middle of more days; a longer stretch stays as it is."""
    return roughly(reading) if reading.grain == "day" else reading


def _around(match: re.Match[str], reading: Reading) -> Reading | None:
    return roughly(reading)


def _since(match: re.Match[str], reading: Reading) -> Reading | None:
    return since(reading)


def _before(match: re.Match[str], reading: Reading) -> Reading | None:
    return before(reading) if reading.grain not in ("recent", "era") else None


def _after(match: re.Match[str], reading: Reading) -> Reading | None:
    return after(reading) if reading.grain not in ("recent", "era") else None


def _eve(match: re.Match[str], reading: Reading) -> Reading | None:
    return eve(reading)


def _until(match: re.Match[str], reading: Reading) -> Reading | None:
    """Close at the date; one that is already open on a side, or relative to nothing, stays as it is."""
    return until(reading) if reading.first_day is not None and reading.last_day is not None else None


def _by(match: re.Match[str], reading: Reading) -> Reading | None:
    """到2035年 means by its end; before a day 到 is only a preposition."""
    return _until(match, reading) if reading.grain in ("month", "year") else None


_PART_OF_DAY = r"[上下中]午|午后|午间|傍晚|凌晨|清晨|早[上晨]|大?清早|一早|深夜|夜[间里晚]|晚[上间]|晚(?![会宴餐报辈年期些霞点婚饭餐稻于])|[早夜](?![就已餐期日点晚些饭色校市茶])"

RULES: list[Rule[Reading, Reading]] = [
    Rule(
        "that-day",
        r"\s*当\s*[天日](?![津然子])",
        _same,
        {"10月17日当天": "2031-10-17"},
        ("10月当天",),
    ),
    Rule(
        "part-of-day",
        rf"\s*[（(]?(?:{_PART_OF_DAY})",
        _same,
        {"3月5日下午": "2031-03-05", "昨日上午": "2031-11-15", "3月5日清早": "2031-03-05"},
        ("下午",),
    ),
    Rule(
        "during",
        r"\s*(?:期间|时期|期内|(?:小?长)?假期?(?!日)|黄金周|间(?![0-9距隔接断或]))",
        _during,
        {"2029—2031年间": "2029/2031", "春节期间": "2031-01-23~"},
        ("期间", "考察期间"),
    ),
    Rule("eve", r"\s*前\s*夕", _eve, {"国庆节前夕": "2031-09-30~"}, ("前夕",)),
    Rule("around", r"\s*(?:前\s*后|左右)", _around, {"10月17日前后": "2031-10-17~"}, ("前后",)),
    Rule(
        "since",
        r"\s*(?:以\s*来|至\s*今(?!年|天|日)|到现在|迄今)",
        _since,
        {"2029年以来": "2029/..", "今年2月以来": "2031-02/..", "2028年至今": "2028/..", "去年底以来": "2030-12~/.."},
        ("以来",),
    ),
    Rule(
        "before",
        r"\s*(?:之\s*前|以\s*前|前(?!往|来|去|期|列|线|沿|瞻|程|景|提|途|几|[一二两三四五六七八九十0-9]|任|身|台|方|辈|站|面|端|置|者|述|款|锋|卫|导|院|进|行|天|日|年|总|不久|段|言|院|门))",
        _before,
        {"11月10日前": "../2031-11-09", "月底前": "../2031-11-30", "2028年以前": "../2027", "3月之前": "../2031-02"},
        ("11月10日前往", "前"),
    ),
    Rule(
        "after",
        r"\s*(?:之\s*后|以\s*后|后(?!勤|备|续|台|期|方|来|面|者|代|劲|果|盾|顾|世|裔|起|辈|卫|院|天|年|勤|半))",
        _after,
        {"国庆节后": "2031-10-02/..", "2028年后": "2029-01-01/.."},
        ("随后",),
    ),
    Rule(
        "from",
        r"\s*(?:起(?![草来点飞步伏诉名义码舞居到源初效运])|开\s*始(?=[，,。；\s]|$))",
        _since,
        {"2031年起": "2031/..", "3月5日起": "2031-03-05/..", "2028年开始": "2028/.."},
        ("起",),
    ),
]

RULES_IN_FRONT: list[Rule[Reading, Reading]] = [
    Rule(
        "until",
        r"(?:截\s*[至止]\s*[到至]?)\s*$",
        _until,
        {"截至8月31日": "../2031-08-31"},
        ("截至",),
    ),
    Rule("by", r"(?<![达来得回看感收直轮想说找])[到至]\s*$", _by, {"到2035年": "../2035"}, ("到",)),
]
