"""Reads lists of gifts and purchases: lines that name a giver or buyer and an amount or goods without a verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.events.confidence import giver_role
from pipeline.events.event import Argument, Event
from pipeline.events.reading import Reading
from pipeline.events.split import in_order
from pipeline.events.subjects import PARTY_LABELS
from pipeline.spans import Mention, Span

_CUE = re.compile(r"捐|助学|善款|爱心款|认领|认购|认养|订购|采购|名单|名册|明细|公示|芳名|鸣谢|致谢|支援")
_BOUGHT = re.compile(r"认养|认购|订购|采购|选购|消费帮扶")
_GIVEN = re.compile(r"捐|赠|善款|资助|助学")
_FILLING = re.compile(
    r"[\d\s.．、，,:：()（）;；。—\-－|/元〇一二三四五六七八九十]+|价值|约值|估值|值|折合|折款|人民币|现金|转账|实物|物资|款项|定向|非定向|合|计|共|约|等|及|和|无|各"
)
_TOTAL = re.compile(r"[\s（(]*(?:以上|上列|上述|合计|总计|共计|累计|小计|总额)")
_CELL = re.compile(r"[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?")
_WORDS = re.compile(r"[^\d\s.．、，,:：()（）;；。|]{2,12}")
MOST_WORDS = 12
"""Characters a list line may hold beside its mentions (a class, a note) before it counts as prose."""
FEWEST_ROWS = 2
"""Lines that make a list; one line alone is prose."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a donation list: its giver, its gifts (amounts and goods), its date if it has one, and its extent.

    An amount is a MONEY or, in a table whose header holds the unit, a FILLER that is a bare number.
    """

    giver: Mention
    gifts: tuple[Mention, ...]
    date: Mention | None
    line: Span


def is_amount(mention: Mention) -> bool:
    """Tell whether a mention is a sum: MONEY, or a bare number in a table cell."""
    return mention.label == "MONEY" or (mention.label == "FILLER" and _CELL.fullmatch(mention.text) is not None)


def list_rows(reading: Reading) -> list[ListRow]:
    """Find the rows ``giver gift`` of donation lists, in order.

    A line counts when it holds no EVENT, a giver (ORG, GPE, FILLER or the words before the gift), a gift and little else;
    lines of totals do not. An item of news has a list when it speaks of giving or buying and has two such rows at least.
    """
    if not _CUE.search(reading.text):
        return []
    rows: list[ListRow] = []
    for line, inside in _lines(reading):
        if line.start >= reading.headline_end and not _TOTAL.match(reading.text, line.start, line.end):
            rows += _line_rows(reading, line, inside)
    return rows if len(rows) >= FEWEST_ROWS else []


def _lines(reading: Reading) -> Iterator[tuple[Span, list[Mention]]]:
    start = index = 0
    for text in reading.text.split("\n"):
        line = Span(start, start + len(text))
        inside = []
        while index < len(reading.mentions) and reading.mentions[index].start < line.end:
            if line.holds(reading.mentions[index].span):
                inside.append(reading.mentions[index])
            index += 1
        yield line, inside
        start = line.end + 1


def _line_rows(reading: Reading, line: Span, inside: Sequence[Mention]) -> list[ListRow]:
    """Cut a line after each run of gifts: a run-on list has several rows in one line."""
    gifts = [m for m in inside if m.label == "ITEM" or is_amount(m)]
    if not gifts or any(m.label == "EVENT" for m in inside):
        return []
    rest = list(reading.text[line.start : line.end])
    for mention in inside:
        rest[mention.start - line.start : mention.end - line.start] = " " * (mention.end - mention.start)
    if len(_FILLING.sub("", "".join(rest))) > MOST_WORDS:
        return []
    rows: list[ListRow] = []
    before = line.start
    for gift in gifts:
        giver = _giver(reading, before, gift.start, inside) or (
            None if before > line.start else _unnamed_giver(reading, before, gift.start, inside)
        )
        if giver:
            date = next((m for m in inside if m.label == "DATE" and before <= m.start < gift.start), None)
            rows.append(ListRow(giver, (gift,), date, line))
        elif rows:
            last = rows[-1]
            rows[-1] = ListRow(last.giver, (*last.gifts, gift), last.date, line)
        before = gift.end
    return rows


def _giver(reading: Reading, start: int, end: int, inside: Sequence[Mention]) -> Mention | None:
    named = [m for m in inside if m.label in PARTY_LABELS and start <= m.start and m.end <= end and not is_amount(m)]
    if named:
        outer = [m for m in named if m.start == named[0].start]
        return max(outer, key=lambda mention: mention.end)
    return None


def _unnamed_giver(reading: Reading, start: int, end: int, inside: Sequence[Mention]) -> Mention | None:
    """Take the first words of the line, where the recogniser has seen no party (无名氏, a class of a school)."""
    words = _WORDS.search(reading.text, start, end)
    if words is None or not _FILLING.sub("", words[0]):
        return None
    span = Span(*words.span())
    return (
        None
        if any(span.overlaps(m.span) for m in inside)
        else Mention(*words.span(), words[0], "FILLER", 0.7, "list line")
    )


def listed_event(text: str, row: ListRow, events: Sequence[Event]) -> Event:
    """Make the record of a list's line: a donation or a purchase, as the words of ``text``, the item of news, tell.

    The other side and the date come from the nearest of ``events`` of that type, which the list belongs to.
    """
    bought = len(_BOUGHT.findall(text)) > len(_GIVEN.findall(text))
    kind = "purchase" if bought else "donation"
    heads = [event for event in events if event.type == kind and event.anchors]
    head = min(heads, key=lambda event: abs(event.evidence.start - row.line.start), default=None)
    giver = giver_role(kind)
    shared = [argument for argument in head.participants if argument.role != giver] if head else []
    date = Argument(row.date, "date", row.date.confidence) if row.date else head.date if head else None
    amounts = tuple(Argument(gift, "amount", gift.confidence) for gift in row.gifts if is_amount(gift))
    items = tuple(Argument(gift, "item", gift.confidence) for gift in row.gifts if gift.label == "ITEM")
    return Event(
        type=kind,
        anchors=(),
        participants=in_order([Argument(row.giver, giver, row.giver.confidence), *shared]),
        date=date,
        places=(),
        amounts=amounts,
        items=items,
        evidence=row.line,
    )
