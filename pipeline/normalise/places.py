"""Known places in running text: chains and names of the gazetteer as values, or as bare marks for the recogniser.

Finding is careful rather than complete: a name that begins an organisation's name (白水县扶贫开发局), a road's (南京路) or an
everyday word (合作, 平安) is passed over, and a county's bare name counts only where the text speaks of its region.
"""

from __future__ import annotations

import re

from pipeline.normalise.gazetteer import gazetteer
from pipeline.normalise.place_resolver import UNKNOWN, read, resolve
from pipeline.spans import Found, Place, Span

__all__ = ["UNKNOWN", "find_places", "place_marks", "read", "resolve"]

_ORGANISATION = re.compile(
    r"(?:[^\W_的了在与和及或向赴为对到由从被把给将是等并以来去看赠捐谢让使称说签订]{0,12}?)"
    r"(?:人民政府|政府|[党工团纪常]?委(?![托派屈婉培])|局|厅|法院|检察院|医院|卫生院|学校|小学|中学|大学|学院|幼儿园|公司|集团|协会|商会|学会|"
    r"基金会|联合会|红十字会|总工会|妇联|工商联|银行|[支分]行|日报|晚报|电视台|党组(?!织)|党支部|党总支|办事处|办公室|扶贫办|人大|政协|"
    r"组织部|宣传部|统战部|工作组|工作队|小组|指挥部|服务中心|活动中心|研究[院所]|合作社|派出所|[大支]队|福利院|敬老院|博物馆|图书馆|文化馆)"
)
# What makes another thing of a bare name: a road, a station, a building, a language, a drink.
_THING = re.compile(
    r"[东西南北中]?(?:[一二三四五六七八九十]?路|街(?!道)|大道|大桥|桥|机场|车站|火车站|站|港|宾馆|饭店|大厦|广场|公园|话|人民广场)"
)
_VILLAGE = re.compile(
    r"(?!.{0,2}(?:贫困|行政|自然|结对|示范|重点|薄弱|帮扶|脱贫|美丽|[各全每该本多两几个等]))"
    r"[^\W\d_的了在与和及或向赴为对到由从被把给将是有以来去看帮助建展办举参农乡山]{1,5}?(?:村民小组|居民区|社区|村)(?![级民干居委党集组里口])"
)


def place_marks(text: str) -> list[Span]:
    """Find the longest known place names in ``text`` from left to right: a cheap feature, not an answer.

    Provinces to counties in full and short (two characters or more), townships with their ending (three or more);
    everyday words are left out. Offsets are half-open code points.

    >>> place_marks("赴云南省广南县坝美镇")
    [Span(start=1, end=4), Span(start=4, end=7), Span(start=7, end=10)]
    """
    return gazetteer().marks(text)


def find_places(text: str, home: str | None = None, year: int | None = None) -> list[Found[Place]]:
    """Find the places named in ``text`` with their codes; an unbroken chain, with the village after it, is one span.

    ``home`` and ``year`` are those of :func:`pipeline.normalise.place_resolver.resolve`. ``by`` is ``chain``, ``name`` or
    ``village``; ``why`` names the candidates where several places bear the name. Nothing is found inside the
    name of an organisation that begins with the place.

    >>> [(found.text, found.value.code) for found in find_places("工作组到广南县坝美镇法利村，广南县扶贫开发局陪同。")]
    [('广南县坝美镇法利村', '532627')]
    """
    spans = _spans(text)
    places = resolve([text[span.start : span.end] for span, _ in spans], home, year)
    named = {place.code[:2] for (_, by), place in zip(spans, places, strict=True) if place.code and by != "bare name"}
    found = []
    for (span, by), place in zip(spans, places, strict=True):
        surface = text[span.start : span.end]
        is_county = place.code is None or not place.code.endswith("00")
        if by == "bare name" and is_county and (place.code or "")[:2] not in named and surface != text.strip():
            continue
        why = f"several places of this name: {', '.join(place.candidates)}" if place.candidates else ""
        found.append(Found(span.start, span.end, surface, place, "name" if by == "bare name" else by, why))
    return found


def _spans(text: str) -> list[tuple[Span, str]]:
    names = gazetteer()
    spans: list[tuple[Span, str]] = []
    reached = 0
    for mark in names.marks(text):
        if mark.start < reached:
            continue
        units, ends = names.chain(text, mark.start)
        end, by = (ends[-1], "chain" if len(ends) > 1 else "name") if ends else (mark.end, "name")
        if len(ends) < 2 and names.is_bare(text[mark.start : end]):
            by = "bare name"
            if _THING.match(text, end):
                continue
        elif any(unit.level >= 3 for unit in units) and (village := _VILLAGE.match(text, end)):
            end, by = village.end(), "village"
        reached = end
        # 更高水平城乡一体化: town and country, not 平城乡.
        if not _ORGANISATION.match(text, end) and not text.startswith("城乡", end - 2):
            spans.append((Span(mark.start, end), by))
    return spans
