"""Reads donation lists: lines that name a giver and an amount without a verb."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pipeline.events.reading import Reading
from pipeline.spans import Mention

_CUE = re.compile(r"捐款|捐赠|善款|募捐|认捐|爱心款|名单|明细|公示|芳名")
_MOST_WORDS = 12
"""Characters a list line may hold beside giver and amount (a number, a date, 现金, 元) before it counts as prose."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a donation list."""

    giver: Mention
    amount: Mention


def list_rows(reading: Reading, taken: Set[Mention]) -> list[ListRow]:
    """Find the lines ``giver amount`` of a donation list whose amounts no anchor has claimed.

    A line counts when it holds no EVENT, a giver (ORG, GPE, FILLER or the words before the amount) and little else, and
    the item of news speaks of donating.
    """
    if not _CUE.search(reading.text):
        return []
    rows = []
    start = 0
    for line in reading.text.split("\n"):
        end = start + len(line)
        inside = [m for m in reading.mentions if start <= m.start and m.end <= end]
        amounts = [m for m in inside if m.label == "MONEY" and m not in taken]
        if amounts and not any(m.label == "EVENT" for m in inside):
            rows += _line_rows(reading, start, end, inside, amounts)
        start = end + 1
    return rows


def _line_rows(reading: Reading, start: int, end: int, inside: list[Mention], amounts: list[Mention]) -> list[ListRow]:
    rows = []
    before = start
    for amount in amounts:
        givers = [
            m for m in inside if m.label in ("ORG", "GPE", "FILLER") and before <= m.start and m.end <= amount.start
        ]
        words = re.sub(r"[\d\s.．、，:：()（）—-]+", "", reading.text[before : amount.start])
        if givers and len(words) - sum(len(g.text) for g in givers) <= _MOST_WORDS:
            rows.append(ListRow(givers[0], amount))
        elif not givers and 2 <= len(words) <= _MOST_WORDS:
            at = reading.text.index(words, before) if words in reading.text[before : amount.start] else -1
            if at >= 0:
                rows.append(ListRow(Mention(at, at + len(words), words, "FILLER", 0.7, "list line"), amount))
        before = amount.end
    return rows if len(reading.text[before:end].strip(" 。；;，,、元")) <= _MOST_WORDS else []
