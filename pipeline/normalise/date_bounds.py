"""The rules for words beside a date that open, close or blur it: 以来, 前, 前夕, 前后, 期间, 截至, parts of day.

They read what follows (or, for 截至 and 到, precedes) a date that is already read; their context is that reading.
"""

from __future__ import annotations

import re

from pipeline.normalise.date_scope import Reading, after, before, eve, roughly, since, until
from pipeline.normalise.rules import Rule

OUTSIDE = ("起", "截至", "截止", "截止到", "截至到", "到", "至", "“”")
"""What these rules or those in quotes read but what stays outside the span (the guide leaves out 起 after a day)."""


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


_PART_OF_DAY = r"[上下中]午|午后|午间|傍晚|凌晨|清晨|早[上晨]|深夜|夜[间里晚]|晚[上间]|晚(?![会宴餐报辈年期些霞点婚饭餐稻于])|[早夜](?![就已餐期日点晚些饭色校市茶])"

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
        {"3月5日下午": "2031-03-05", "昨日上午": "2031-11-15"},
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
