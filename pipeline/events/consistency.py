"""Proofs by arithmetic: parts against their total, a sum per head times the heads against the whole.

Amounts are compared as intervals, so that rounding, 余 and 约 are no contradiction: only figures that cannot all be
right are flagged. Nothing is corrected; the flags tell a reader to look.

``parts_exceed_total``    the parts (after 其中, of a list, of the records summed up) are more than their total
``parts_fall_short``      a complete list in front of 共 or 合计 comes to less than the total
``per_unit_times_count``  每户500元 for 55户 is not the total that the sentence states
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.events.event import Argument, Event
from pipeline.normalise.quantities import QUANTITY, Quantity, read_quantity
from pipeline.spans import Money

ABOUT = Decimal("0.05")
"""How far a figure with 约 or 左右 may be from the true one, as a share of it."""
_SENTENCE_END = re.compile(r"[。！？\n]")
_TOTAL = re.compile(r"(?:共|共计|合计|总计|总共|一共|总额为?|总额达|总额)[^，。；、\d]{0,6}$")
_CUMULATIVE = re.compile(r"累计|年来|以来|历年")
_OPEN_LIST = re.compile(r"等|其中")
_LAST_DIGIT = re.compile(r"(?:[.．](?P<decimals>[0-9０-９]+))?\s*(?P<unit>[万亿])")
_UNITS = {"万": Decimal(10**4), "亿": Decimal(10**8)}
_PEOPLE = "人名位个"


@dataclass(frozen=True, slots=True)
class Range:
    """All values an amount may have, both ends included; ``high`` None is without end."""

    low: Decimal
    high: Decimal | None

    def times(self, other: Range) -> Range:
        """Multiply two ranges of positive numbers."""
        high = None if self.high is None or other.high is None else self.high * other.high
        return Range(self.low * other.low, high)

    def exceeds(self, other: Range) -> bool:
        """Tell whether even the least of this is more than the most of the other.

        >>> Range(Decimal(6), Decimal(7)).exceeds(Range(Decimal(4), Decimal(5)))
        True
        """
        return other.high is not None and self.low > other.high


def possible(text: str, amount: Money, total: bool = False) -> Range | None:
    """Return the values that an amount written as ``text`` may have, or None where it states none and no lower bound.

    A figure in 万 or 亿 with decimals is rounded to its last digit, a ``total`` without decimals too; 余 reaches to the
    next digit, 约 one twentieth to each side.

    >>> possible("58.6万元", Money(Decimal(586000)))
    Range(low=Decimal('585500.0'), high=Decimal('586500.0'))
    """
    if amount.value is None:
        return None if amount.lower is None else Range(amount.lower, amount.upper)
    value, step = amount.value, _step(text)
    rounding = step / 2 if total or step not in _UNITS.values() else Decimal(0)
    slack = max(rounding, value * ABOUT if amount.approximate else Decimal(0))
    if amount.lower is not None:
        return Range(amount.lower, value + max(step, value * ABOUT) if amount.approximate else None)
    return Range(Decimal(0) if amount.upper is not None and not amount.approximate else value - slack, value + slack)


def _step(text: str) -> Decimal:
    """Return the worth of the last digit of a rounded figure: 1,000 yuan in 58.6万元; 0 for a figure in yuan."""
    last = next(reversed(list(_LAST_DIGIT.finditer(text))), None)
    if last is None:
        return Decimal(0)
    return _UNITS[last["unit"]].scaleb(-len(last["decimals"] or ""))


def _sum(ranges: Sequence[Range]) -> Range:
    highs = [r.high for r in ranges if r.high is not None]
    return Range(
        sum((r.low for r in ranges), Decimal(0)), sum(highs, Decimal(0)) if len(highs) == len(ranges) else None
    )


def with_flags(text: str, events: Sequence[Event]) -> list[Event]:
    """Return the events of one passage with what contradicts itself named in ``flags``, in the same order.

    ``text`` is the passage's repaired text, in which the offsets of the mentions count. An event keeps the flags it has.
    """
    flagged = []
    for event in events:
        flags = {*event.flags, *_within(text, event)}
        if event.is_total and _exceeded_by_others(event, events):
            flags.add("parts_exceed_total")
        flagged.append(replace(event, flags=tuple(sorted(flags))) if flags else event)
    return flagged


def _within(text: str, event: Event) -> Iterator[str]:
    """Yield what is wrong between the amounts of one event, sentence by sentence."""
    known = sorted((a for a in event.amounts if isinstance(a.mention.value, Money)), key=lambda a: a.mention.start)
    for begin, sentence in _by_sentence(text, known):
        for position, argument in enumerate(sentence):
            if _is_total(text, begin, argument) and (whole := _range(argument, total=True)):
                before = [a for a in sentence[:position] if _alike(a, argument)]
                after = [a for a in sentence[position + 1 :] if _alike(a, argument)]
                yield from _check_parts(text, begin, argument, whole, before, after)
                yield from _check_heads(text, begin, argument, whole, sentence)


def _by_sentence(text: str, amounts: Sequence[Argument]) -> Iterator[tuple[int, list[Argument]]]:
    """Group amounts by sentence; yield with each group where its sentence begins."""
    groups: dict[int, list[Argument]] = {}
    for argument in amounts:
        ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, argument.mention.start)]
        groups.setdefault(ends[-1] if ends else 0, []).append(argument)
    yield from groups.items()


def _money(argument: Argument) -> Money:
    value = argument.mention.value
    return value if isinstance(value, Money) else Money(None)


def _range(argument: Argument, total: bool = False) -> Range | None:
    return possible(argument.mention.text, _money(argument), total)


def _alike(part: Argument, total: Argument) -> bool:
    """Tell whether an amount may be a part of a total: the same currency, and counted once."""
    return _money(part).currency == _money(total).currency and _money(part).per is None


def _is_total(text: str, begin: int, argument: Argument) -> bool:
    return _money(argument).per is None and _TOTAL.search(text, begin, argument.mention.start) is not None


def _check_parts(
    text: str, begin: int, total: Argument, whole: Range, before: Sequence[Argument], after: Sequence[Argument]
) -> Iterator[str]:
    inner = [a for a in after if "其中" in text[total.mention.end : a.mention.start]]
    for parts, complete in ((inner, False), (before, len(before) > 1)):
        ranges = [r for a in parts if (r := _range(a))]
        if not ranges or len(ranges) < len(parts):
            continue
        if parts is before and (not complete or _CUMULATIVE.search(text, begin, total.mention.start)):
            continue
        if _sum(ranges).exceeds(whole):
            yield "parts_exceed_total"
        listing = text[before[0].mention.end : total.mention.start] if before else ""
        if complete and not _OPEN_LIST.search(listing) and whole.exceeds(_sum(ranges)):
            yield "parts_fall_short"


def _check_heads(text: str, begin: int, total: Argument, whole: Range, amounts: Iterable[Argument]) -> Iterator[str]:
    end = _SENTENCE_END.search(text, total.mention.end)
    sentence = text[begin : end.start() if end else len(text)]
    for argument in amounts:
        money, each = _money(argument), _range(argument)
        if money.per is None or each is None or money.currency != _money(total).currency:
            continue
        counts = _counts(sentence, money.per)
        if len(counts) == 1:
            product = each.times(counts[0])
            if product.exceeds(whole) or whole.exceeds(product):
                yield "per_unit_times_count"


def _counts(sentence: str, unit: str) -> list[Range]:
    """Return the different numbers of a unit that a sentence names: 55户, 120名 for 人; none for 人/月."""
    units = f"[{_PEOPLE}]" if unit in _PEOPLE else re.escape(unit)
    if "/" in unit or unit == "各":
        return []
    found = re.finditer(rf"(?<![每第0-9.])({QUANTITY})\s*{units}(?!次)", sentence)
    quantities = {q for match in found if (q := read_quantity(match[1])) and match[1] != "一"}
    return [_count(q) for q in quantities]


def _count(quantity: Quantity) -> Range:
    if quantity.value is None:
        return Range(quantity.lower or Decimal(0), quantity.upper)
    slack = quantity.value * ABOUT if quantity.approximate else Decimal(0)
    return Range(quantity.lower if quantity.lower is not None else quantity.value - slack, quantity.value + slack)


def _exceeded_by_others(total: Event, events: Sequence[Event]) -> bool:
    """Tell whether the records that a total sums up come to more: those since the total before, or else those after it."""
    amounts = [a for a in total.amounts if isinstance(a.mention.value, Money)]
    whole = _range(amounts[0], total=True) if len(amounts) == 1 else None
    if whole is None:
        return False
    ordered = sorted((e for e in events if e.type == total.type), key=lambda event: event.evidence)
    at = next(index for index, event in enumerate(ordered) if event is total)
    parts: list[Range] = []
    for run in (reversed(ordered[:at]), ordered[at + 1 :]):
        for event in run:
            if event.is_total:
                break
            parts += [r for a in event.amounts if (r := _share(event, a, amounts[0]))]
        if parts:
            break
    return len(parts) > 1 and _sum(parts).exceeds(whole)


def _share(event: Event, argument: Argument, total: Argument) -> Range | None:
    """Return what an amount of another record adds to a total; a sum from each of its donors counts for all of them."""
    money, value = _money(argument), _range(argument)
    if value is None or money.currency != _money(total).currency or money.per not in (None, "各"):
        return None
    givers = sum(participant.role == "donor" for participant in event.participants) if money.per else 1
    return value.times(Range(Decimal(max(givers, 1)), Decimal(max(givers, 1))))
