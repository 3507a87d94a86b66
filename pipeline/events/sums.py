"""Sums that are in no record though they stand beside what is told: earnings, running costs, prices, what a headline tells again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from pipeline.events.event import Argument
from pipeline.events.reading import Reading
from pipeline.events.split import in_order
from pipeline.spans import Mention, Money

_EARNED = re.compile(
    r"(?:增收|户均|亩均|分红|产值|营业收入|营收|纳税|赚|卖到|月(?:薪(?!水)|工资(?![里中卡代]))|收购价|余额|损失|[水电]费)[^，。；、：！？\n（(]{0,10}\Z"
)
REACH = 16
"""Characters in front of a sum in which :data:`_EARNED` is sought."""
_PRICED_BY = frozenset(["斤", "公斤", "亩", "餐", "天"])
"""Units whose sums are prices and rents: of 75 such sums in the train split 63 are in no record, 9 are in purchases."""


def is_earned(reading: Reading, amount: Mention) -> bool:
    """Tell whether a sum is told as earnings or running costs (户均增收1200元, 月工资不低于6000元): no record has it.

    Of the sums behind such words in their clause 99 of the train split are in no record and one is.
    """
    if amount.label != "MONEY":
        return False
    return _EARNED.search(reading.text[max(0, amount.start - REACH) : amount.start]) is not None


def without_prices(event_type: str, amounts: Sequence[Argument]) -> tuple[Argument, ...]:
    """Leave out prices: of a purchase those that stand beside a whole sum (每斤4元，货款8万元), of others those by weight and the like.

    Of 12 prices in front of the whole sum of a purchase in the train split 8 are in no record.
    """
    if event_type == "purchase":
        whole = max((_figure_of(a) for a in amounts if not _per(a)), default=Decimal(0))
        return tuple(a for a in amounts if not _per(a) or _figure_of(a) >= whole)
    return tuple(a for a in amounts if _per(a) not in _PRICED_BY)


def told_once(reading: Reading, amounts: Sequence[Argument]) -> tuple[Argument, ...]:
    """Leave out the figure of a headline that the text tells again: it is one sum, and would be added twice."""
    told = {_figure(amount) for amount in amounts if not reading.in_headline(amount.mention)}
    return in_order(a for a in amounts if not (reading.in_headline(a.mention) and _figure(a) in told))


def _figure(amount: Argument) -> object:
    """Return what tells sums apart: the stated figure with its currency, or the words where there is none."""
    value = amount.mention.value
    return (value.value, value.currency) if isinstance(value, Money) and value.value else amount.mention.text


def _figure_of(amount: Argument) -> Decimal:
    value = amount.mention.value
    return (value.value if isinstance(value, Money) else None) or Decimal(0)


def _per(amount: Argument) -> str | None:
    value = amount.mention.value
    return value.per if isinstance(value, Money) else None
