"""Reads goods and works: the name, the quantity and the unit of 图书500册, 2台设备 or 一批学习用品."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.data_folders import data_folder
from pipeline.normalise.quantities import QUANTITY, read_quantity

MEASURE_WORDS = data_folder("seeds/lists") / "measure_words.txt"
_HEDGE = r"(?:首批|合计|总计|共计|共|约|近|逾|超过?|不少于|不低于|至少|达)*"
_EACH = re.compile(r"(?<=.)各$")
_EDGES = "的（(）)，,、。 "


@dataclass(frozen=True, slots=True)
class Item:
    """Goods or works: ``name`` (None where only a number stands), ``quantity`` and the counted ``unit``.

    ``quantity`` is the stated figure; it and ``unit`` are None where the text counts nothing or several things at once.
    """

    name: str | None
    quantity: Decimal | None
    unit: str | None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The number before its name, behind it, and any counted thing."""
    lines = MEASURE_WORDS.read_text(encoding="utf-8").splitlines()
    words = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    unit = f"(?P<unit>{'|'.join(words)})"
    counted = f"{_HEDGE}(?P<number>{QUANTITY})(?P<hedge>[余多来几])?{unit}"
    behind = r"(?:[（(][^（）()]{1,6}[）)]|半|左右|以上|上下)*"
    return (
        re.compile(f"{counted}(?:左右|以上)?的?(?P<name>.+)", re.S),
        re.compile(f"(?P<name>.*?){counted}{behind}", re.S),
        re.compile(counted),
    )


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
    >>> read_item("米、油各一份")
    Item(name='米、油', quantity=Decimal('1'), unit='份')
    >>> read_item("近300余床棉被")
    Item(name='棉被', quantity=Decimal('300'), unit='床')
    >>> read_item("电脑4台、书柜2组")
    Item(name='电脑4台、书柜2组', quantity=None, unit=None)
    >>> read_item("棉被")
    Item(name='棉被', quantity=None, unit=None)
    """
    plain = "".join(text.split())
    before, behind, counted = _patterns()
    if _lists_several(plain, counted):
        return Item(plain, None, None)
    for pattern in (behind, before):
        match = pattern.fullmatch(plain)
        quantity = match and read_quantity(match["number"])
        if match and quantity:
            name = _EACH.sub("", match["name"].strip(_EDGES)).strip(_EDGES) or None
            batch = match["unit"] == "批" and not match["number"].isdecimal()
            return Item(name, None if batch else quantity.value, match["unit"])
    return Item(plain, None, None)


def _lists_several(text: str, counted: re.Pattern[str]) -> bool:
    """Tell whether two or more counted things stand side by side."""
    parts = [part for part in re.split(r"[、，,和及]", text) if part]
    return sum(counted.search(part) is not None for part in parts) > 1
