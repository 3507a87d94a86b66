"""Reads lists of gifts and purchases: lines that name a giver or buyer and an amount or goods without a verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.event_types import event_scheme
from pipeline.events.event import Argument, Event
from pipeline.events.reading import Reading
from pipeline.events.split import in_order
from pipeline.events.subjects import PARTY_LABELS
from pipeline.normalise.cells import BARE_NUMBER
from pipeline.spans import Mention, Span

_CUE = re.compile(r"捐|助学|善款|爱心款|认领|认购|认养|订购|采购|名单|名册|明细|公示|芳名|鸣谢|致谢|支援")
_BOUGHT = re.compile(r"认养|认购|订购|采购|选购|消费帮扶")
_GIVEN = re.compile(r"捐|赠|善款|资助|助学")
_FILLING = re.compile(
    r"[\d\s.．、，,:：()（）;；。—\-－|/元〇一二三四五六七八九十]+|价值|约值|估值|值|折合|折款|人民币|现金|转账|实物|物资|款项|定向|非定向|合|计|共|约|等|及|和|无|各"
)
_TOTAL = re.compile(r"[\s（(]*(?:以上|上列|上述|合计|总计|共计|累计|小计|总额)")
_PURPOSE = re.compile(
    r"(?:面向|用于|汇往|汇给|寄往|送往|运往|发往|下拨|拨往|拨给|定向|支援|支持|帮助|援助|都归|受益方均?为|接收单位[：:])(?:支持|帮助|资助)?$"
)
_ASKED = ("募集", "征集", "筹集", "发起", "发出")
_RECEIVERS = re.compile(r"受[助益援赠捐]|接[收受](?:方|单位)|使用单位")
_GIVERS = re.compile(r"捐|来源|出资|单位名称|姓名")
_BACKED = re.compile(r"(?:支持|资助|用于|定向|拨付|转拨|拨给)$")
"""In front of the party of a line it tells who receives; in prose 资助 tells of much else than a list's purpose."""
_SPENT = re.compile(r"支出|列支|拨付|下拨|资助|援助|发放|用途|去向")
"""What the line above a list of those who receive says of the money: who is named there first has spent it."""
_REST_OF_CELL = re.compile(
    r"(?!现金|人民币|合计|共|各|捐|认|购|赠|资助|等)[\u3400-\u9fffA-Za-z0-9·“”]{1,14}(?:（[^（）]{1,4}）[\u3400-\u9fff“”]{1,6})?(?=[\s：:，,|（]|$)"
)
_WORDS = re.compile(r"[^\d\s.．、，,:：()（）;；。|]{2,12}")
MOST_WORDS = 12
"""Characters a list line may hold beside its mentions (a class, a note) before it counts as prose."""
PURPOSE_CHANCE = 0.8
"""Probability that whom a list is for is the recipient of its lines: 13 of 19 lists of the train split, 16 with those whose labels
name nobody."""
SPENDER_CHANCE = 0.9
"""The same for whose money a list of those who receive accounts for; set by hand, since three lists of train have such a line."""
FEWEST_ROWS = 2
"""Lines that make a list; one line alone is prose."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a donation list: who gives (or who ``receives``), the gifts (amounts and goods), its date, and its extent.

    It is of a purchase (``bought``) where the nearest line above that speaks more of one than of the other says so, or else the
    whole text; right for 323 of 325 lines of train.

    An amount is a MONEY or, in a table whose header holds the unit, a FILLER that is a bare number.
    """

    party: Mention
    gifts: tuple[Mention, ...]
    date: Mention | None
    line: Span
    receives: bool = False
    bought: bool = False


def is_amount(mention: Mention) -> bool:
    """Tell whether a mention is a sum: MONEY, or a bare number in a table cell."""
    return mention.label == "MONEY" or (mention.label == "FILLER" and BARE_NUMBER.fullmatch(mention.text) is not None)


def list_rows(reading: Reading) -> list[ListRow]:
    """Find the rows ``giver gift`` of donation lists, in order.

    A line counts when it holds no EVENT, a giver (ORG, GPE, FILLER or the words before the gift), a gift and little else;
    lines of totals do not. An item of news has a list when it speaks of giving or buying and has two such rows at least.
    """
    if not _CUE.search(reading.text):
        return []
    rows: list[ListRow] = []
    receives, bought = False, bool(_bought(reading.text))
    for line, inside in _lines(reading):
        if line.start >= reading.headline_end and not _TOTAL.match(reading.text, line.start, line.end):
            found = _line_rows(reading, line, inside)
            rows += [replace(row, receives=receives or _is_backed(reading, row), bought=bought) for row in found]
            head = reading.text[line.start : line.end]
            if not found and len(head.split()) > 1:
                receives = bool(_RECEIVERS.search(head)) and not _GIVERS.search(head)
        told = _bought(reading.text[line.start : line.end])
        bought = bought if told is None else told
    return rows if len(rows) >= FEWEST_ROWS else []


def _bought(text: str) -> bool | None:
    """Tell whether words speak more of buying than of giving; None where of neither more."""
    bought, given = len(_BOUGHT.findall(text)), len(_GIVEN.findall(text))
    return None if bought == given else bought > given


def _is_backed(reading: Reading, row: ListRow) -> bool:
    return _BACKED.search(reading.text[row.line.start : row.party.start]) is not None


def listed_mentions(reading: Reading, rows: Sequence[ListRow]) -> frozenset[Mention]:
    """Return the mentions that the ``rows`` use: their gifts, and what lies in their parties."""
    used: set[Mention] = set()
    of_line: dict[Span, list[ListRow]] = {}
    for row in rows:
        of_line.setdefault(row.line, []).append(row)
    for line, inside in _lines(reading):
        for row in of_line.get(line, ()):
            used.update(mention for mention in inside if row.party.span.holds(mention.span))
            used.update(row.gifts)
    return frozenset(used)


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
        party = _party(reading, before, gift.start, inside) or (
            None if before > line.start else _unnamed_party(reading, before, gift.start, inside)
        )
        if party:
            date = next((m for m in inside if m.label == "DATE" and before <= m.start < gift.start), None)
            rows.append(ListRow(party, (gift,), date, line))
        elif rows:
            rows[-1] = replace(rows[-1], gifts=(*rows[-1].gifts, gift))
        before = gift.end
    return rows


def _party(reading: Reading, start: int, end: int, inside: Sequence[Mention]) -> Mention | None:
    """Take the first party of a line with the rest of its cell (柳湾小学全体师生: the guide takes the whole phrase)."""
    named = [m for m in inside if m.label in PARTY_LABELS and start <= m.start and m.end <= end and not is_amount(m)]
    if not named:
        return None
    outer = max((m for m in named if m.start == named[0].start), key=lambda mention: mention.end)
    rest = _REST_OF_CELL.match(reading.text, outer.end, end)
    if rest is None or not _FILLING.sub("", rest[0]) or any(m.start < rest.end() and outer.end < m.end for m in inside):
        return outer
    return Mention(
        outer.start, rest.end(), reading.text[outer.start : rest.end()], "FILLER", outer.confidence, "list line"
    )


def _unnamed_party(reading: Reading, start: int, end: int, inside: Sequence[Mention]) -> Mention | None:
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


def whom_for(reading: Reading, rows: Sequence[ListRow]) -> Mention | None:
    """Find whom a list says its gifts are for (本次募集面向3所小学, 全部用于山茶村): the first party behind words of purpose.

    What the lines themselves name does not count, nor who was asked to give (面向会员募集); of two that begin at one place the
    longer is meant.
    """
    lines = [row.line for row in rows]
    found = [
        mention
        for mention in reading.mentions
        if mention.label in PARTY_LABELS
        and not is_amount(mention)
        and _PURPOSE.search(reading.text[max(0, mention.start - 8) : mention.start])
        and not reading.text.startswith(_ASKED, mention.end)
        and not any(line.overlaps(mention.span) for line in lines)
    ]
    return min(found, key=lambda mention: (mention.start, -mention.end), default=None)


def who_spent(reading: Reading, rows: Sequence[ListRow]) -> Mention | None:
    """Find whose money a list of those who receive accounts for (某基金会年度支出表): who is named first in the nearest line above that says so.

    Right for the 10 lines of train whose list has such a line.
    """
    first = min((row.line.start for row in rows if row.receives), default=0)
    found = None
    for line, inside in _lines(reading):
        parties = [m for m in inside if m.label in PARTY_LABELS and not is_amount(m)]
        if parties and line.end < first and _SPENT.search(reading.text, line.start, line.end):
            found = parties[0]
    return found


def listed_event(
    row: ListRow,
    events: Sequence[Event],
    purpose: Mention | None = None,
    spender: Mention | None = None,
) -> Event:
    """Make the record of a list's line: a donation or a purchase.

    The other side and the date come from the nearest of ``events`` of that type, which the list belongs to; where that names
    nobody, a donation is for ``purpose`` (:func:`whom_for`). The party of the line gives or buys, or it is the one that ``receives``;
    then ``spender`` gives (:func:`who_spent`), where the list says who that is.
    """
    kind = "purchase" if row.bought else "donation"
    heads = [event for event in events if event.type == kind and event.anchors]
    head = min(heads, key=lambda event: abs(event.evidence.start - row.line.start), default=None)
    scheme = event_scheme().types[kind]
    role = scheme.receiver if row.receives else scheme.giver
    assert role  # both types enter the ledger
    shared = [argument for argument in head.participants if argument.role != role] if head else []
    if purpose and not row.bought and not shared and not row.receives:
        shared = [Argument(purpose, "recipient", PURPOSE_CHANCE * purpose.confidence)]
    if spender and row.receives and not row.bought:
        shared = [Argument(spender, "donor", SPENDER_CHANCE * spender.confidence)]
    date = Argument(row.date, "date", row.date.confidence) if row.date else head.date if head else None
    amounts = tuple(Argument(gift, "amount", gift.confidence) for gift in row.gifts if is_amount(gift))
    items = tuple(Argument(gift, "item", gift.confidence) for gift in row.gifts if gift.label == "ITEM")
    return Event(
        type=kind,
        anchors=(),
        participants=in_order([Argument(row.party, role, row.party.confidence), *shared]),
        date=date,
        places=(),
        amounts=amounts,
        items=items,
        evidence=row.line,
    )
