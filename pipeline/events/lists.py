"""Reads donation lists: lines that name a giver and an amount or goods without a verb."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from pipeline.events.reading import PARTY_LABELS, Reading
from pipeline.spans import Mention, Span

_CUE = re.compile(r"捐款|捐赠|捐助|善款|募捐|认捐|爱心款|名单|明细|公示|芳名")
_FILLING = re.compile(r"[\d\s.．、，:：()（）;；。—\-－|/元]+|价值|折合|折款|人民币|现金|物资|合|计|共|约|等")
MOST_WORDS = 12
"""Characters a list line may hold beside its mentions (a class, a note) before it counts as prose."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a donation list: its giver, its gifts (MONEY and ITEM), its date if it has one, and its extent."""

    giver: Mention
    gifts: tuple[Mention, ...]
    date: Mention | None
    line: Span


def list_rows(reading: Reading, taken: Set[Mention]) -> list[ListRow]:
    """Find the rows ``giver gift`` of donation lists whose gifts no anchor has claimed (``taken``).

    A line counts when it holds no EVENT, a giver (ORG, GPE, FILLER or the words before the gift) and little else, and the
    item of news speaks of donating.
    """
    if not _CUE.search(reading.text):
        return []
    rows = []
    start = 0
    for line in reading.text.split("\n"):
        span = Span(start, start + len(line))
        inside = [m for m in reading.mentions if span.holds(m.span)]
        if not any(m.label == "EVENT" for m in inside):
            rows += _line_rows(reading, span, inside, taken)
        start = span.end + 1
    return rows


def _line_rows(reading: Reading, line: Span, inside: Sequence[Mention], taken: Set[Mention]) -> list[ListRow]:
    """Cut a line after each run of gifts: a run-on list has several rows in one line."""
    gifts = [m for m in inside if m.label in ("MONEY", "ITEM")]
    if not any(m.label == "MONEY" for m in gifts) or any(m in taken for m in gifts):
        return []
    rest = list(reading.text[line.start : line.end])
    for mention in inside:
        rest[mention.start - line.start : mention.end - line.start] = " " * (mention.end - mention.start)
    if len(_FILLING.sub("", "".join(rest))) > MOST_WORDS:
        return []
    rows: list[ListRow] = []
    before = line.start
    for index, gift in enumerate(gifts):
        giver = _giver(reading, before, gift.start, inside)
        if giver:
            date = next((m for m in inside if m.label == "DATE" and before <= m.start < gift.start), None)
            rows.append(ListRow(giver, (gift,), date, line))
        elif index and rows:
            last = rows[-1]
            rows[-1] = ListRow(last.giver, (*last.gifts, gift), last.date, line)
        before = gift.end
    return rows


def _giver(reading: Reading, start: int, end: int, inside: Sequence[Mention]) -> Mention | None:
    named = [m for m in inside if m.label in PARTY_LABELS and start <= m.start and m.end <= end]
    if named:
        return named[0]
    words = re.search(
        r"[^\d\s.．、，:：()（）;；。]{2,12}", _FILLING.sub(lambda m: " " * len(m[0]), reading.text[start:end])
    )
    if words is None or any(m.start < start + words.end() and start + words.start() < m.end for m in inside):
        return None
    return Mention(start + words.start(), start + words.end(), words[0], "FILLER", 0.7, "list line")
