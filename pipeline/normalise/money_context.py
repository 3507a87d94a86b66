"""What stands around an amount and changes its reading: hedges, bounds, currency, the unit it is paid for, cash or kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.normalise.money_words import (
    AFTER,
    AFTER_OUTSIDE,
    CURRENCIES,
    CURRENCY_BEFORE,
    CURRENCY_NAMES,
    INSIDE,
    INSIDE_LOOK_ALIKES,
    OUTSIDE,
    alternation,
    words,
)
from pipeline.normalise.numerals import DIGIT, GAP

NOTHING: frozenset[str] = frozenset()
_BLANK = frozenset(" \t\r\n\u00a0\u3000\u2009\u202f\u200b\u200c\u200d\u2060\ufeff")
_DENIED = re.compile("(?:不|未|没)[有得能可应会宜许曾准再]?$")
_OPPOSITE = {"over": "under", "under": "over"}
_LETTER = re.compile("[A-Za-z]")
_BREAKS = re.compile(r"[，。；！？!?;]|,(?![0-9]{3})|\n\s*\n")
CLAUSE = 28
"""How far back, in characters, the words of an amount's own clause are looked for."""


@dataclass(frozen=True, slots=True)
class Left:
    """What stands before an amount.

    ``start`` is where its span begins (hedge and currency included), ``steps`` where each of the words begins that are
    read but not labelled (共, 达), nearest first, ``start`` before them; ``effects`` says what they do (about, nearly, over, under, valued, converted).
    """

    start: int
    steps: tuple[int, ...]
    currency: str | None
    effects: frozenset[str]

    @property
    def outer(self) -> int:
        """Where the words begin that are read but not labelled."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Right:
    """What stands after an amount: where its span ends, the currency named there, and what the words do."""

    end: int
    currency: str | None
    effects: frozenset[str]


def _back_over_blanks(text: str, position: int, floor: int) -> int:
    while position > floor and text[position - 1] in _BLANK:
        position -= 1
    return position


def look_left(text: str, start: int, floor: int, rounded: bool) -> Left:
    """Walk back from ``start`` over the words that belong to the amount, never before ``floor``.

    ``rounded`` tells that the number begins with a power of ten (亿元), before which 过 and 破 are bounds.
    """
    effects: set[str] = set()
    currency: str | None = None
    inner = start
    while True:
        position = _back_over_blanks(text, inner, floor)
        word = INSIDE.ending(text, position, floor)
        look_alike = text[max(floor, position - 2) : position] in INSIDE_LOOK_ALIKES
        if word and not (look_alike and not text.endswith("折合约", floor, position)):
            outside = OUTSIDE.ending(text, position, floor)
            if outside and len(outside) > len(word):
                break
            found = INSIDE.meanings[word]
            if "over_round" in found:
                if not rounded:
                    break
                found = frozenset({"over"})
            if denial := _DENIED.search(text, max(floor, position - len(word) - 3), position - len(word)):
                found, position = (
                    frozenset(_OPPOSITE.get(effect, effect) for effect in found),
                    position - len(denial[0]),
                )
            effects |= found
        elif currency is None and (word := CURRENCY_BEFORE.ending(text, position, floor)):
            first = position - len(word)
            if word.isascii() and word.isalpha() and first > floor and _LETTER.match(text, first - 1):
                break
            currency = CURRENCIES[word]
        else:
            break
        inner = position - len(word)
    steps = [inner]
    while True:
        position = _back_over_blanks(text, steps[-1], floor)
        word = OUTSIDE.ending(text, position, floor)
        if not word and not currency and len(steps) > 1 and (word := CURRENCY_BEFORE.ending(text, position, floor)):
            currency = CURRENCIES[word]  # 价值人民币共5万元
            steps.append(position - len(word))
            continue
        if not word:
            break
        if denial := _DENIED.search(text, max(floor, position - len(word) - 3), position - len(word)):
            effects |= {_OPPOSITE.get(effect, effect) for effect in OUTSIDE.meanings[word]}
            position -= len(denial[0])
        else:
            effects |= OUTSIDE.meanings[word]
        steps.append(position - len(word))
    return Left(inner, tuple(steps), currency, frozenset(effects))


_NOT_AFTER = {
    "余": "款额下地钱",
    "多": "方次家名个人年种项部用渠元措地",
    "+": DIGIT,
    "＋": DIGIT,
    "上下": "学游级午楼",
    "起": "诉草源到用始码动义来",
    "以上": "所述",
    "以下": "简",
}
_ENDS_IN_NEXT_LINE = {"以上": r"[的，,。；;、）)]|\s*$"}
"""What follows a word at the start of a line that still belongs to the amount above it (else: 3万元, and below it: 以上合计)."""


def _after(table: Mapping[str, frozenset[str]]) -> str:
    """Return a pattern for the words of ``table``, longest first, where nothing follows that makes them begin something else."""
    return "|".join(
        (f"(?!(?<=\\s){word}(?!{_ENDS_IN_NEXT_LINE[word]}))" if word in _ENDS_IN_NEXT_LINE else "")
        + re.escape(word)
        + (f"(?![{_NOT_AFTER[word]}])" if word in _NOT_AFTER else "")
        for word in sorted(table, key=len, reverse=True)
    )


_INCLUDED = rf"(?:{GAP}[（(]不?含[^（()）]{{0,4}}[)）])?"
_RIGHT = re.compile(
    rf"(?:{_INCLUDED}{GAP}(?P<word>{_after(AFTER)})|{GAP}(?P<currency>{alternation(CURRENCY_NAMES)})(?![A-Za-z]))"
)
_OUTSIDE_RIGHT = re.compile(
    rf"(?:{GAP}[（(](?:大写|单位[:：])?(?P<currency>{alternation(CURRENCY_NAMES)})[)）])?(?:(?P<per>{GAP}[/／][\u4e00-\u9fff]{{1,3}}?)?{GAP}"
    rf"(?:(?P<word>{_after(AFTER_OUTSIDE)})|(?(per)(?P<bound>以上|以下|以内|左右|上下)|(?!))))?"
)


def look_right(text: str, end: int, stop: int) -> Right:
    """Walk on from ``end`` over the currency and the hedges that follow an amount, never beyond ``stop``."""
    effects: frozenset[str] = NOTHING
    currency: str | None = None
    while match := _RIGHT.match(text, end, stop):
        if match["currency"]:
            if currency:
                break
            currency = CURRENCY_NAMES[match["currency"]]
        else:
            effects |= AFTER[match["word"]]
        end = match.end()
    outside = _OUTSIDE_RIGHT.match(text, end, stop)
    if outside and outside["currency"]:
        currency = currency or CURRENCY_NAMES[outside["currency"]]
    if outside and outside["word"]:
        effects |= AFTER_OUTSIDE[outside["word"]]
    if outside and outside["bound"]:
        effects |= AFTER[outside["bound"]]
    return Right(end, currency, effects)


def clause_before(text: str, position: int, floor: int) -> str:
    """Return the part of the clause that stands before ``position``, at most :data:`CLAUSE` characters of it."""
    window = text[max(floor, position - CLAUSE) : position]
    return window[max((match.end() for match in _BREAKS.finditer(window)), default=0) :]


_FAR = re.compile(
    rf"(?:(?P<over>{alternation(words('outside', 'far_over'))})|(?P<under>{alternation(words('outside', 'far_under'))}))"
    rf"(?!的|者|一[笔次名户人个]|人民|法院|检察|水平|纪录|荣誉|奖项|工资|生活|保障|收入|价|限度|峰|销售|成交|捐)[^、{DIGIT}]{{0,8}}$"
)


def far_effects(clause: str) -> frozenset[str]:
    """Tell which bound a clause sets some way before its amount.

    >>> far_effects("至少要准备"), far_effects("最高可"), far_effects("捐款")
    (frozenset({'over'}), frozenset({'under'}), frozenset())
    """
    match = _FAR.search(clause)
    return frozenset({match.lastgroup or ""}) if match else NOTHING


_UNITS = alternation(words("per", "units"))
_EVERY = re.compile(rf"每(?:一|(?=[^逢当到回满隔一]))(?P<unit>{_UNITS}|[\u4e00-\u9fff])")
_MEAN = re.compile(rf"(?P<unit>人|户|(?:{_UNITS})(?=均(?!获|捐|出资|资助)))均")
_WAGE = re.compile(
    rf"(?P<unit>[年月日周时])(?<![今去本前明后上下全当同近多半几每个该某整零〇一二三四五六七八九十{DIGIT}].)"
    r"(?=薪|工资|入|收入|收益|分红|租|产值|总产值|销售|营业|营收|利润|补贴|生活费|增收|纯|缴|创收|利息|可|均?增)"
)
_PAID_PER = re.compile(
    rf"{GAP}(?:(?P<every>(?:每(?:{_UNITS}))+)|一(?P<one>{_UNITS})(?=[^\u4e00-\u9fff]|[的给卖收出跌涨降升电水米肉鱼奶票]|$)"
    rf"|[/／]{GAP}[（(](?P<bracketed>(?:{_UNITS})(?:[/／·、](?:{_UNITS}))*)[)）]"
    rf"|(?P<slashes>[/／]{GAP}(?:每)?(?:{_UNITS}|[\u4e00-\u9fff])(?:{GAP}[/／·]{GAP}(?:每)?(?:{_UNITS}|[\u4e00-\u9fff]))*))"
)
_ONE = re.compile(rf"(?<![第同统唯这那进])(?<!最.的)一(?:个(?=月|学|季))?(?![笔批])(?P<one>{_UNITS})$")
_ONE_EARNS = re.compile(
    r"(?<![第同这那十])一(?:个(?=月))?(?P<unit>[天年月季斤亩头只件袋箱瓶盒吨棵株枚台套]|公斤)"
    r"(?:下来|[\u4e00-\u9fff]{0,3})(?:卖|挣|赚)(?:到|了|上|出)?$"
)
# A clause that opens with the unit states a price or rate: 一斤大枣8元, 一户补5000元, 一年房租6000元.
_ONE_OPENS = re.compile(
    r"^\s*(?:(?P<rate>(?:一[户人亩年月])+)地?(?:[补交缴发领分收]|房租|租金|学费)"
    r"|一(?P<priced>公斤|[斤件套袋箱瓶盒只头株双桶本])(?:(?![捐赠送给为了共有值获花等的])[\u4e00-\u9fff]){1,3})$"
)
_EACH_PARTY = re.compile(
    rf"(?:各(?=自|[捐出投安给奖补发获得认筹拨慰送资赞采购买承缴交领向为赠援增约配]|支[持援付]|$|\s)|分别|均(?=捐|出资|资助|获))[^、{DIGIT}]{{0,14}}$"
)


def one_unit(text: str, left: Left, floor: int) -> str | None:
    """Return the unit of a 一斤 or 一天 right before an amount (一斤5元), or None."""
    for step in left.steps:
        if match := _ONE.search(text, max(floor, step - 5), step):
            return match["one"]
    return None


def paid_per(text: str, left: Left, clause: str, end: int, stop: int, listed: bool, floor: int) -> str | None:
    """Return the unit an amount is counted for (户, 生/学期), 各 for the same sum from each, or None.

    ``clause`` is what stands before the amount. ``listed`` tells that the amount is one of a list (分别捐赠5万元和3万元),
    whose 分别 and 各 mean something else.
    """
    found = list(_WAGE.finditer(clause))
    if "每" in clause:
        found += _EVERY.finditer(clause)
    if "均" in clause:
        found += _MEAN.finditer(clause)
    found += _ONE_EARNS.finditer(clause)
    units = [match["unit"] for match in sorted(found, key=lambda match: match.start())]
    if one := one_unit(text, left, floor):
        units.append(one)
    if opening := _ONE_OPENS.match(clause):
        units += [opening["priced"]] if opening["priced"] else opening["rate"].split("一")[1:]
    if after := _PAID_PER.match(text, end, stop):
        joined = re.split(r"[/／·、\s每]+", after["every"] or after["bracketed"] or after["slashes"] or "")
        units += [unit for unit in (after["one"], *joined) if unit]
    if units:
        return "/".join(dict.fromkeys(units))
    return "各" if not listed and _EACH_PARTY.search(clause) else None


_MONEY_WORDS = words("speaks_of_money", "nouns") + words("speaks_of_money", "verbs")
_MONEY_LOOK_ALIKES = words("speaks_of_money", "look_alikes")
_SLABS = words("speaks_of_money", "slabs")
_HEAD_AFTER = re.compile(
    rf"{GAP}(?:左右|上下|以上|以下|以内|[余多+])?的?[^\W{DIGIT}人众者户民员生名个家件亩斤吨株捐募筹发送领交集给为向平]{{0,4}}?{alternation(words('speaks_of_money', 'heads'))}"
)
_FOLLOWER = re.compile(rf"\s*(?:$|[^\w%％‰℃]|{alternation(words('speaks_of_money', 'followers'))})")


def speaks_of_money(text: str, left: Left, floor: int) -> bool:
    """Tell whether the words right before an amount speak of money (善款, 捐, 花了)."""
    for step in left.steps:
        end = _back_over_blanks(text, step, floor)
        low = max(floor, end - 8)
        if text.endswith(_MONEY_WORDS, low, end):
            return not text.endswith(_MONEY_LOOK_ALIKES, low, end)
    return False


def counts_slabs(text: str, left: Left) -> bool:
    """Tell whether the words right before a number of 块 name a thing that comes in slabs: 地砖3万块."""
    return text.endswith(_SLABS, max(0, left.outer - 4), left.outer)


def is_followed_by_money(text: str, end: int, stop: int) -> bool:
    """Tell whether a money noun follows: 20万善款, 50万的手术费."""
    return _HEAD_AFTER.match(text, end, stop) is not None


def is_price(text: str, end: int, stop: int) -> bool:
    """Tell whether a unit for sale follows: 三毛五一斤, 20块/个."""
    return _PAID_PER.match(text, end, stop) is not None


def ends_as_amount(text: str, end: int, stop: int) -> bool:
    """Tell whether the number at ``end`` counts nothing that follows: no 亩, 人, 册 comes next."""
    return _FOLLOWER.match(text, end, stop) is not None
