"""Reads goods and works: the name, the quantity and the unit of 图书500册, 2台设备 or 一批学习用品."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.normalise.numerals import read_number

_DIGITS = r"[\d０-９一二三四五六七八九十百千两几数壹贰叁肆伍陆柒捌玖拾]"
_NUMBER = rf"{_DIGITS}[\d０-９一二三四五六七八九十百千万亿余多来几数,，.．\s]*"
_UNITS = (
    "公里|公斤|千克|平方米|立方米|辆次|人次|套|台|件|册|本|部|张|床|盏|条|双|份|箱|袋|盒|包|瓶|桶|吨|斤|亩|米|间|座|栋|幢|处|口|个|"
    "辆|架|副|只|头|羽|株|棵|枚|块|面|支|把|顶|组|批|项|万元|㎡|罐|提|打|对|束|幅|名|所|户"
)
_HEDGE = r"(?:约|近|逾|超过?|共计?|总计|合计)?\s*"
_AFTER = re.compile(
    rf"(?P<name>.+?){_HEDGE}(?P<number>{_NUMBER})(?P<hedge>余|多|来)?\s*(?P<unit>{_UNITS})(?:左右|以上)?$", re.S
)
_BEFORE = re.compile(
    rf"{_HEDGE}(?P<number>{_NUMBER})(?P<hedge>余|多|来)?\s*(?P<unit>{_UNITS})(?:的)?(?P<name>.+)$", re.S
)
_BATCH = re.compile(r"(?:一|大|数|一大)批(?:的)?(?P<name>.+)$", re.S)


@dataclass(frozen=True, slots=True)
class Item:
    """Goods or works: ``name``, ``quantity`` (None where the text counts nothing) and the counted ``unit``."""

    name: str
    quantity: Decimal | None
    unit: str | None


def read_item(text: str) -> Item:
    """Read an item's name, quantity and unit from its span.

    >>> read_item("图书500册")
    Item(name='图书', quantity=Decimal('500'), unit='册')
    >>> read_item("2台设备")
    Item(name='设备', quantity=Decimal('2'), unit='台')
    >>> read_item("一批学习用品")
    Item(name='学习用品', quantity=None, unit='批')
    >>> read_item("红米1万斤").quantity
    Decimal('10000')
    >>> read_item("棉被")
    Item(name='棉被', quantity=None, unit=None)
    """
    plain = "".join(text.split())
    if match := _BATCH.match(plain):
        return Item(match["name"], None, "批")
    for pattern in (_BEFORE, _AFTER):
        if match := pattern.match(plain):
            number = read_number(re.sub(r"[余多来]", "", match["number"]))
            if number is not None:
                return Item(match["name"].strip("（(）)，、"), number, match["unit"])
    return Item(plain, None, None)
