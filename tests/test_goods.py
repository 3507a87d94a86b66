from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.goods import read_item


@pytest.mark.parametrize(
    ("text", "name", "quantity", "unit"),
    [
        ("图书500册", "图书", "500", "册"),
        ("红米1万斤", "红米", "10000", "斤"),
        ("2台设备", "设备", "2", "台"),
        ("课桌椅120套", "课桌椅", "120", "套"),
        ("米、油各一份", "米、油", "1", "份"),
        ("农桥两座", "农桥", "2", "座"),
        ("棉被近３００床", "棉被", "300", "床"),
        ("腊肉三千多斤", "腊肉", "3000", "斤"),
        ("首批6台水泵", "水泵", "6", "台"),
        ("医疗设备73台（件）", "医疗设备", "73", "台"),
        ("产业路2.3公里", "产业路", "2.3", "公里"),
        ("2600只", None, "2600", "只"),
        ("图书 5 00 册", "图书", "500", "册"),
    ],
)
def test_counted_things_have_name_quantity_and_unit(text: str, name: str | None, quantity: str, unit: str) -> None:
    item = read_item(text)
    assert (item.name, item.quantity, item.unit) == (name, Decimal(quantity), unit)


@pytest.mark.parametrize("text", ["一批学习用品", "学习用品一批"])
def test_a_batch_is_a_unit_without_a_number(text: str) -> None:
    item = read_item(text)
    assert (item.name, item.quantity, item.unit) == ("学习用品", None, "批")


@pytest.mark.parametrize("text", ["电脑4台、书柜2组", "一块黑板和两台风扇", "棉被", "一键报警器"])
def test_several_things_and_uncounted_ones_keep_their_whole_text(text: str) -> None:
    item = read_item(text)
    assert (item.name, item.quantity, item.unit) == (text, None, None)


@given(st.text(alphabet="图书棉被一二十百万0123456789.余多约各、和册台套 （）", max_size=20))
def test_any_text_is_read_without_failing(text: str) -> None:
    item = read_item(text)
    assert item.name is None or item.name in "".join(text.split())
    assert (item.quantity is None) or item.unit is not None
