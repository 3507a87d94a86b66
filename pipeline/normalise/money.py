"""Amounts of money in Chinese text, found and read by one grammar: cash, valuations, bounds, ranges, per-head sums.

A span holds the hedge directly before, the currency, and what the annotation guide's MONEY section lists; the words
outside it (共, 达, 突破, 价值, 每人, /户) are read for bounds, ``approximate``, ``per`` and ``kind``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from pipeline.normalise.money_context import (
    CLAUSE,
    Left,
    Right,
    clause_before,
    far_effects,
    look_left,
    look_right,
    paid_per,
)
from pipeline.normalise.money_readers import AND, RANGE, UNIT, Amount, Context
from pipeline.normalise.money_rules import RULES
from pipeline.normalise.money_words import CURRENCIES, CURRENCY_NAMES, alternation, simplified, words
from pipeline.normalise.numerals import DIGIT, GAP, HAN_DIGIT, HAN_UNIT
from pipeline.normalise.quantities import QUANTITY, Quantity, read_quantity
from pipeline.normalise.quantities import short_form as quantity_short_form
from pipeline.normalise.rules import Rule
from pipeline.spans import Found, Money

# A candidate is a number that does not begin inside another one and has a unit, a currency or another number beside it.
_HAN = HAN_DIGIT + HAN_UNIT
_START = re.compile(
    rf"[{DIGIT}{_HAN}几半数成上](?:(?<=[{DIGIT}])(?<![{DIGIT}].)(?<![{DIGIT}][.．].)|(?<=[{_HAN}几半])(?<![{_HAN}].)"
    rf"|(?<=[数成上])(?={GAP}[{HAN_UNIT}]))"
)
_UNIT_FOLLOWS = rf"(?=(?:{GAP}[+＋])?{GAP}(?:{UNIT}|[角毛]|分{GAP}钱))"
_ENDS_LARGE = rf"(?<=[百千万亿佰仟WwＷkKＫ余多来])|(?<=[百千万亿][{DIGIT}{HAN_DIGIT}半])"
_NUMBER_FOLLOWS = rf"(?=(?:{GAP}以上)?{GAP}(?:{RANGE}|{AND}){GAP}[约近￥¥$＄几数上{DIGIT}{_HAN}])"
_CURRENCY_ENDS = "[" + "".join(sorted({re.escape(name[-1]) for name in CURRENCIES})) + "]"
_CANDIDATE = re.compile(
    rf"(?P<currency>(?<={_CURRENCY_ENDS})|(?<={_CURRENCY_ENDS}\s))?(?>{QUANTITY})"
    rf"(?(currency)|(?:{_UNIT_FOLLOWS}|{_ENDS_LARGE}|{_NUMBER_FOLLOWS}))"
)
_SENTENCE_END = "。！？；"
_SENTENCE = re.compile(f"[^{_SENTENCE_END}]*[{_SENTENCE_END}]?")
_INCLUDED_BOUND = re.compile(r"[（(]不?含(?![^（()）]*[捐助补费价])[^（()）]{0,8}[)）]")
_LISTED = re.compile(rf"{GAP}(?:{AND}|，){GAP}$")
_ENUMERATOR = re.compile(rf"[{DIGIT}]{{1,2}}[.．]\s+")
_LINE_START = frozenset("\n。；：:，,、 \u3000")


def find_money(text: str) -> list[Found[Money]]:
    """Find the amounts of money in running text, in order and without overlap.

    Offsets are half-open code points of ``text``; ``by`` of each is the name of the rule that read it.

    >>> [(found.text, short_form(found.value)) for found in find_money("共捐款32万余元，每户不超过5000元")]
    [('32万余元', '~320000 >=320000 CNY'), ('不超过5000元', '5000 <=5000 CNY /户')]
    """
    plain = simplified(text)
    return [
        found if plain is text else replace(found, text=text[found.start : found.end])
        for begin, stop in _sentences(plain, 0, len(plain))
        for found in _scan(plain, begin, stop, trusted=False)
    ]


def read_money(text: str, start: int = 0, end: int | None = None) -> Found[Money] | None:
    """Read the amount at ``text[start:end]`` with the words around it, or return None when there is none.

    The same grammar finds and reads: the answer is the amount of :func:`find_money` that overlaps the span most, with
    its own offsets. Where nothing is found, a bare 5万 in the span is taken for money, since the caller says it is.

    >>> read_money("奖5万", 1).value.value
    Decimal('50000')
    """
    end = len(text) if end is None else end
    plain = simplified(text)
    begin = next((at + 1 for at in range(start - 1, -1, -1) if plain[at] in _SENTENCE_END), 0)
    for trusted in (False, True):
        best: Found[Money] | None = None
        for found in (
            found for borders in _sentences(plain, begin, end) for found in _scan(plain, *borders, trusted=trusted)
        ):
            if (
                found.start < end
                and start < found.end
                and (best is None or _shared(found, start, end) > _shared(best, start, end))
            ):
                best = found
        if best:
            return replace(best, text=text[best.start : best.end])
    return None


def _sentences(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the borders of the sentences from the one that begins at ``begin`` to the one that holds ``end``."""
    while begin < len(text) and begin <= end and (match := _SENTENCE.match(text, begin)):
        yield match.span()
        begin = match.end()


@cache
def _next_listed() -> re.Pattern[str]:
    """A further amount that a listing mark joins; compiled on first use, as the rules are."""
    return re.compile(rf"{GAP}{AND}{GAP}(?:约|近|价值)?{QUANTITY}{GAP}(?:{UNIT}|[万亿])")


def _shared(found: Found[Money], start: int, end: int) -> int:
    """Count the characters that an amount and a span have in common."""
    return min(found.end, end) - max(found.start, start)


def _scan(text: str, begin: int, stop: int, trusted: bool) -> Iterator[Found[Money]]:
    """Yield the amounts of ``text[begin:stop]``: one cheap pattern finds candidates, the rules read them."""
    position = floor = begin
    while first := _START.search(text, position, stop):
        start = first.start()
        candidate = _CANDIDATE.match(text, start, stop)
        if candidate is None:
            position = first.end()
            continue
        enumerator = _ENUMERATOR.match(text, start)
        if enumerator and (start == 0 or text[start - 1] in _LINE_START):
            position = enumerator.end()
            continue
        found = _read_at(text, start, begin, floor, stop, trusted)
        if found:
            yield found
            included = _INCLUDED_BOUND.match(text, found.end, stop)
            position = floor = included.end() if included else found.end
            continue
        # A number that a line break or space joined wrongly (two table cells) is tried again from its second part.
        blank = re.search(r"\s", candidate[0])
        position = start + blank.end() if blank else candidate.end()


def _read_at(text: str, start: int, begin: int, floor: int, stop: int, trusted: bool) -> Found[Money] | None:
    """Let the rules, in their order, read the number at ``start``; None when none has an opinion."""
    if start > floor and text[start - 1] == "第":
        return None
    left = look_left(text, start, floor, rounded=text[start] in HAN_UNIT)
    listed = floor > begin and _LISTED.fullmatch(text, floor, left.start) is not None
    context = Context(text, begin, floor, stop, left, trusted, listed)
    for rule in RULES:
        match = rule.match(text, start, stop)
        amount = match and rule.read(match, context)
        if match and amount:
            right = look_right(text, match.end(), stop)
            is_one_of_many = (
                listed or rule.name == "money/list" or _next_listed().match(text, right.end, stop) is not None
            )
            value = _money(amount, left, right, context, is_one_of_many)
            return Found(left.start, right.end, text[left.start : right.end], value, rule.name)
    return None


def _money(amount: Amount, left: Left, right: Right, context: Context, listed: bool) -> Money:
    """Put a number and what stands around it together."""
    text, stop = context.text, context.stop
    clause = clause_before(text, left.start, context.begin if context.listed or context.follows_on() else context.floor)
    effects = left.effects | right.effects
    if not effects & {"over", "under", "nearly"}:
        effects |= far_effects(clause)
    value, lower, upper, approximate = _bounded(amount.quantity, effects)
    return Money(
        value,
        lower,
        upper,
        left.currency or right.currency or amount.currency or "CNY",
        approximate,
        paid_per(text, left, clause, right.end, stop, listed, context.floor),
        _kind_of(text, left, clause, right.end, stop),
    )


_GOODS = alternation(words("kind", "goods"))
_NOT_NAMED = "用购买采给为帮支建和与及、，。；元"
_GOODS_AFTER = re.compile(
    rf"{GAP}(?:的|等值)?[^{_NOT_NAMED}\W{DIGIT}]{{0,6}}?{_GOODS}(?![款费]|资金|经费|专项|购置|采购)"
)
_ANY_GOODS = re.compile(_GOODS)
_COUNTED_GOODS = re.compile(r"[0-9千百万]余?[只个台套件把箱册本辆张副床瓶袋份批桶盒条][（(]$")  # 口罩5000只（1.5万元）
_GIVING = re.compile(alternation(words("kind", "giving")))
_MONEY_PART, _GOODS_PART = alternation(words("kind", "money_part")), alternation(words("kind", "goods_part"))
_JOINED = r"(?:[和及与、]|以及)[^，。；0-9]{0,6}?"
_MIXED = rf"(?:{alternation(words('kind', 'mixed'))}|{_MONEY_PART}{_JOINED}{_GOODS_PART}|{_GOODS_PART}{_JOINED}{_MONEY_PART})"
_MIXED_BEFORE = re.compile(rf"{_MIXED}[^，。；、{DIGIT}]{{0,10}}$")
_MIXED_AFTER = re.compile(rf"{GAP}的?[^{_NOT_NAMED}\W{DIGIT}]{{0,4}}?{_MIXED}")


def _kind_of(text: str, left: Left, clause: str, end: int, stop: int) -> str:
    """Tell whether an amount is ``cash``, the ``valuation`` of goods, or ``mixed``; ``clause`` stands before it."""
    sentence = re.split("[。；！？\n]", text[max(0, left.start - CLAUSE) : left.start])[-1]
    if _COUNTED_GOODS.search(text, max(0, left.start - 8), left.start) and _GIVING.search(sentence):
        return "valuation"
    if _MIXED_BEFORE.search(clause) or _MIXED_AFTER.match(text, end, stop):
        return "mixed"
    if "valued" in left.effects or ("converted" in left.effects and _ANY_GOODS.search(sentence)):
        return "valuation"
    return "valuation" if _GOODS_AFTER.match(text, end, stop) and _GIVING.search(clause) else "cash"


def _bounded(
    quantity: Quantity, effects: frozenset[str]
) -> tuple[Decimal | None, Decimal | None, Decimal | None, bool]:
    """Return value, lower, upper and approximate of a number with the hedges around it."""
    value, lower, upper = quantity.value, quantity.lower, quantity.upper
    bounds = effects & {"over", "over_about", "under", "nearly"}
    approximate = bool(effects & {"about", "nearly", "over_about"}) or (
        quantity.approximate and not (quantity.rounded and bounds)
    )
    if value is None:
        return None, lower, None if "over" in effects and "under" not in effects else upper, approximate
    if effects & {"over", "over_about"}:
        lower = value
    if effects & {"under", "nearly"}:
        upper = value
    return value, lower, upper, approximate


_HEADER_UNIT = re.compile(rf"(?P<size>[十百千万亿]*)(?P<unit>{UNIT})(?:[)）\]】]|$)")


def read_cell(cell: str, header: str) -> Money | None:
    """Read a table cell whose unit stands in the header (金额（万元）, 单位：元); None when either gives no amount.

    A cell with a unit of its own is read by :func:`read_money` and needs no header.

    >>> short_form(read_cell("12.5", "金额（万元）"))
    '125000 CNY'
    """
    unit = _HEADER_UNIT.search(simplified(header.strip()))
    quantity = read_quantity(cell)
    if unit is None or quantity is None:
        return None
    size = read_quantity(unit["size"]) if unit["size"] else None
    counted = quantity.times(size.value) if size and size.value else quantity
    currency = CURRENCY_NAMES.get(unit["unit"], "CNY")
    return Money(counted.value, counted.lower, counted.upper, currency, counted.approximate)


def read_example(rule: Rule[Amount, Context], text: str) -> str | None:
    """Read an example of a money rule and return its short form, or None unless ``rule`` read the whole of it.

    Square brackets mark the amount where the example brings its context along: 捐款[100万].

    >>> read_example(RULES[-1], "捐款[100万]")
    '1000000 CNY'
    """
    amount = re.search(r"\[(.+)\]", text, re.DOTALL)
    whole = amount[1] if amount else text
    for found in find_money(text.replace("[", "").replace("]", "")):
        if found.text == whole and found.by == rule.name:
            return short_form(found.value)
    return None


def short_form(money: Money) -> str:
    """Write an amount in one canonical way, for examples and tests.

    ``~`` when approximate; the value and its bounds (``~320000 >=320000``), or ``lower..upper`` where no value is
    stated; the currency; ``/unit`` when it is per something; the kind unless it is cash.

    >>> short_form(Money(Decimal(50000), per="户", kind="valuation"))
    '50000 CNY /户 valuation'
    """
    number = quantity_short_form(Quantity(money.value, money.lower, money.upper, money.approximate))
    per = f" /{money.per}" if money.per else ""
    return f"{number} {money.currency}{per}{'' if money.kind == 'cash' else ' ' + money.kind}"
