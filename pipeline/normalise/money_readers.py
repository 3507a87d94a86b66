"""What the rules of the money grammar make of a match: a number and its unit, or no opinion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.normalise.money_context import (
    Left,
    counts_slabs,
    ends_as_amount,
    is_followed_by_money,
    is_price,
    one_unit,
    speaks_of_money,
)
from pipeline.normalise.money_words import CURRENCIES, CURRENCY_NAMES, alternation
from pipeline.normalise.numerals import DIGIT, GAP, HAN_DIGIT, HAN_UNIT, NOISE, plain_digits, read_number
from pipeline.normalise.quantities import Quantity, read_quantity


@dataclass(frozen=True, slots=True)
class Context:
    """The text a rule reads in: ``begin`` and ``stop`` bound it, ``floor`` is where the amount before it ends.

    ``left`` is what stands before the number.
    ``trusted`` means that somebody else says the number is money; ``listed`` that the amount before is of the same list.
    """

    text: str
    begin: int
    floor: int
    stop: int
    left: Left
    trusted: bool = False
    listed: bool = False

    def is_money(self, end: int) -> bool:
        """Tell whether a number that ends at ``end`` and names no currency is money all the same."""
        if is_followed_by_money(self.text, end, self.stop):
            return True
        if not ends_as_amount(self.text, end, self.stop):
            return False
        return (
            self.trusted
            or self.listed
            or self.left.currency is not None
            or self.follows_on()
            or self.is_price()
            or speaks_of_money(self.text, self.left, self.floor)
        )

    def follows_on(self) -> bool:
        """Tell whether only words such as 涨到 stand between the amount before and this one."""
        between = self.text[self.floor : self.left.start]
        return self.floor == self.left.outer > self.begin and between.rstrip("了").endswith(("到", "至", "为"))

    def is_price(self) -> bool:
        """Tell whether 每斤, 一斤 or the like stands right before the number."""
        before = self.text[max(self.floor, self.left.outer - 4) : self.left.outer]
        return "每" in before or one_unit(self.text, self.left, self.floor) is not None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of some currency's main unit; ``currency`` is None when the words before or after must name it."""

    quantity: Quantity
    currency: str | None = None


NAMED = f"(?:{alternation(CURRENCY_NAMES)}(?![A-Za-z]))"
YUAN = r"(?:[元圆圓](?![旦宵帅勋]|素(?![食菜])|宇宙|首[的级，。]))"
UNIT = f"(?:{NAMED}|{YUAN}|[块塊])"
SIGN = f"(?:{alternation(CURRENCIES)})"
HAN_NUMERAL = f"[{DIGIT}{HAN_DIGIT}]"
DASHES = "-－—–‐‑−~～〜∼"
RANGE = rf"(?:[{DASHES}]{{1,2}}|至|到)"
AND = r"(?:、|和|与|及|以及|或|或者)"
COIN_MONEY = r"[ \u3000]?[钱錢](?![币包财袋掰]|关系)"
WHOLE = (
    rf"(?:{GAP}(?:整(?![个治修改体理合顿村县乡镇洁齐套装形容数夜天])|正(?![在式好是常规确当值月如因]))|{COIN_MONEY})*"
)
LARGE = 10_000
"""From so many 块 on, yuan are meant unless a thing that comes in slabs is named."""
_TENTH = Decimal("0.1")
_PLACE_TAIL = re.compile(
    r"[元圆](?:[桥区里坝乡镇村街路巷制岭山寺庙宫阁社站湾河沟店]|[菜餐](?![费钱])|复始|及第|文化|老师|同志|书记|主任|先生|女士)"
)
_TERM_TAIL = re.compile(r"[元圆](?:[论化组]|色(?!拉)|结构|方程|一次|二次|催化|函数|期权)")
_CLASS_TAIL = re.compile(r"[元圆](?:户(?!均|年|月)|店)")
_ROUND_CLASS_TAIL = re.compile(r"[元圆](?:[村乡镇县田机钞街店]|[菜餐](?![费钱])|大钞|产值能耗|俱乐部)")
_LARGE_UNIT = re.compile("[万萬亿億WwＷkKＫ]")
_SPOKEN = re.compile(rf"[{HAN_DIGIT}十]+[百千](?:[一二三四五六七八九])?")
"""Sums as people say them, without a unit: 三千八, 两百五, 四千."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def _currency(unit: str | None) -> str | None:
    """Return the currency a unit names; 元 and 块 name none."""
    return CURRENCY_NAMES.get(re.sub(r"\s", "", unit)) if unit else None


def _is_name(match: re.Match[str], unit_start: int) -> bool:
    """Tell whether number and 元 are part of a name or term: 三元桥, 二元结构, 万元户, 千元机, 2031元月."""
    number, text = match["number"], match.string
    if _CLASS_TAIL.match(text, unit_start) or (_YEAR.fullmatch(number) and text.startswith("元月", unit_start)):
        return True
    if not set(number) - set(HAN_UNIT):
        return _ROUND_CLASS_TAIL.match(text, unit_start) is not None
    if len(number) > 1 or _TERM_TAIL.match(text, unit_start) is None:
        return len(number) == 1 and number in HAN_DIGIT and _PLACE_TAIL.match(text, unit_start) is not None
    return True


def _small(digits: str | None, size: Decimal) -> Decimal:
    """Return so many tenths or hundredths."""
    return Decimal(plain_digits(digits)) * size if digits else Decimal(0)


def _plus(quantity: Quantity, change: Decimal) -> Quantity:
    """Add 角 and 分 to an exact number."""
    if not change or quantity.value is None:
        return quantity
    return Quantity(quantity.value + change, quantity.lower, quantity.upper, quantity.approximate)


def _is_only_unit(match: re.Match[str], context: Context) -> bool:
    """Tell whether a lone 万 or 亿 is a unit and no amount (计量单位（万元）); a bound makes it one (突破亿元, 亿元以上)."""
    bounded = context.left.effects & {"over", "nearly", "under"} or context.text.startswith("以上", match.end())
    return not bounded and NOISE.sub("", match["number"]) in {"万", "萬", "亿", "億"}


def read_unit(match: re.Match[str], context: Context) -> Amount | None:
    """Read a number with 元 or a named currency, and the 角 and 分 behind it."""
    quantity = read_quantity(match["number"])
    if quantity is None or _is_name(match, match.start("unit")):
        return None
    title = context.text[match.start() - 1 : match.start()] == "《" and context.text.startswith("》", match.end())
    if title or _is_only_unit(match, context):
        return None
    if match["plus"]:
        quantity = Quantity(quantity.value, quantity.value, quantity.upper, quantity.approximate)
    return Amount(
        _plus(quantity, _small(match["jiao"], _TENTH) + _small(match["fen"], _TENTH**2)), _currency(match["unit"])
    )


def read_kuai(match: re.Match[str], context: Context) -> Amount | None:
    """Read 块 as yuan where 钱, 毛 or a price says so; elsewhere it counts slabs, boards and plots."""
    quantity = read_quantity(match["number"])
    if quantity is None:
        return None
    if not (match["money"] or match["jiao"] or match["half"]):
        large = (quantity.value or quantity.lower or 0) >= LARGE and not counts_slabs(context.text, context.left)
        said = (context.is_price() or large) and ends_as_amount(context.text, match.end(), context.stop)
        if not (said or is_price(context.text, match.end(), context.stop) or context.is_money(match.end())):
            return None
    change = _small(match["jiao"], _TENTH) + _small(match["fen"], _TENTH**2) + (Decimal("0.5") if match["half"] else 0)
    return Amount(_plus(quantity, change))


def read_coins(match: re.Match[str], context: Context) -> Amount | None:
    """Read 角, 毛 and 分 on their own, with 钱 behind them or a price before them."""
    quantity = read_quantity(match["number"])
    if quantity is None:
        return None
    before = context.text[max(context.floor, context.left.outer - 6) : context.left.outer]
    priced = context.is_price() or re.search("[价降涨]", before) or is_price(context.text, match.end(), context.stop)
    in_full = not set(match["number"]) - set("壹贰叁肆伍陆柒捌玖") or (match["fen"] and match[0].endswith("分"))
    if not (match["money"] or in_full or context.left.currency or (match["coin"] != "分" and priced)):
        return None
    if quantity.rounded or re.search("[没不未无]", before) or (match["number"] == "一" and before.endswith("每")):
        return None
    size = _TENTH**2 if match["coin"] == "分" else _TENTH
    return Amount(_plus(quantity.times(size), _small(match["fen"], _TENTH**2)))


def _shared(low: Quantity, high: Quantity, high_text: str) -> Quantity:
    """Give ``low`` the power of ten that only ``high`` writes: 5到8万, 三百至五百万, but 500至1万 as it stands."""
    plain = re.sub("[余多来+＋]", "", plain_digits(high_text))
    first = low.value if low.value is not None else low.lower
    last = high.value if high.value is not None else high.lower
    for tail in (re.search("[百千]?[万亿]+$|[百千]$", plain), re.search("[万亿]+$", plain)):
        factor = read_number(tail[0]) if tail else None
        if factor and first is not None and last is not None and first < last / factor:
            return low.times(factor)
    return low


def read_range(match: re.Match[str], context: Context) -> Amount | None:
    """Read a range whose ends share what only one of them writes."""
    low, high = read_quantity(match["low"]), read_quantity(match["high"])
    if low is None or high is None:
        return None
    unit, low_unit = match["unit"], match["low_unit"]
    if unit and unit in "块塊" and not match["money"] and not context.is_money(match.end()):
        return None
    if not (unit or low_unit or context.left.currency or match["sign"]):
        if not re.search("[万萬亿億WwKk]", match["high"]) or not context.is_money(match.end()):
            return None
    elif not unit and not ends_as_amount(context.text, match.end(), context.stop):
        return None
    if not low_unit:
        low = _shared(low, high, match["high"])
    lower = low.value if low.value is not None else low.lower
    upper = high.value if high.value is not None and not (high.approximate and high.lower) else high.upper
    last = upper if upper is not None else high.lower
    if lower is None or last is None or lower >= last:
        return None
    sign = CURRENCIES.get(match["sign"]) if match["sign"] else None
    vague = (low.approximate and not low.rounded) or (high.approximate and not high.rounded) or bool(match["hedge"])
    return Amount(Quantity(None, lower, upper, vague), _currency(unit) or _currency(low_unit) or sign)


_NEIGHBOURS = {(str(digit), str(digit + 1)) for digit in range(1, 9)} | {("3", "5")}


def read_neighbours(match: re.Match[str], context: Context) -> Amount | None:
    """Read two neighbouring digits with a mark between (三、四万元, 2、3千元) as the range they are."""
    low, high = plain_digits(match["low"]), plain_digits(match["high"])
    if context.listed or re.search("分别|各|依次", context.text[max(context.floor, match.start() - 8) : match.start()]):
        return None
    if (low[-1], high[0]) not in _NEIGHBOURS or (match["low"].isascii() != match["high"][0].isascii()):
        return None
    head = read_quantity(match["low"] + match["high"][1:])
    tail = read_quantity(match["low"][:-1] + match["high"])
    if head is None or tail is None:
        return None
    return Amount(Quantity(None, head.value, tail.value, approximate=True), _currency(match["unit"]))


def read_listed(match: re.Match[str], context: Context) -> Amount | None:
    """Read a member of a list whose unit stands at its end: 分别为4亿和6.2亿元, 分别捐5、3、2万元."""
    quantity, last = read_quantity(match["number"]), read_quantity(match["last"])
    if quantity is None or last is None or last.rounded:
        return None
    clause = context.text[max(context.floor, context.left.outer - 16) : match.start()]
    if re.search("[万萬亿億Ww]", match["number"]):
        return Amount(quantity, _currency(match["unit"]))
    if not (context.listed or re.search("分别|各|依次", clause) or context.text.startswith("或", match.end())):
        return None
    return Amount(_shared_member(quantity, last, match["last"]), _currency(match["unit"]))


def _shared_member(member: Quantity, last: Quantity, last_text: str) -> Quantity:
    """Give a list's member the power of ten that only the last one writes, whatever their order."""
    tail = re.search("[万亿]+$", plain_digits(last_text))
    factor = read_number(tail[0]) if tail else None
    if factor is None or member.value is None or last.value is None:
        return member
    return member.times(factor) if member.value <= 100 * last.value / factor else member


def read_signed(match: re.Match[str], context: Context) -> Amount | None:
    """Read a number whose currency stands only before it: ￥500, RMB36,000, 人民币5万."""
    quantity = read_quantity(match["number"])
    if quantity is None or quantity.rounded or context.left.currency is None:
        return None
    return Amount(quantity) if ends_as_amount(context.text, match.end(), context.stop) else None


def read_bare(match: re.Match[str], context: Context) -> Amount | None:
    """Read a number with 万 or 亿 whose currency is left out, where the text speaks of money."""
    quantity, number = read_quantity(match["number"]), match["number"]
    if quantity is None or not (_LARGE_UNIT.search(number) or _SPOKEN.fullmatch(number)):
        return None
    if not context.is_money(match.end()):
        return None
    if quantity.rounded and (
        _is_only_unit(match, context) or context.text.startswith(("不", "别", "要", "莫", "记"), match.end())
    ):
        return None
    if match["plus"]:
        quantity = Quantity(quantity.value, quantity.value, quantity.upper, quantity.approximate)
    return Amount(quantity)
