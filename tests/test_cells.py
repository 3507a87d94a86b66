"""Sums in tables whose unit stands above them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import Document
from pipeline.normalise.cells import find_cells
from pipeline.normalise.dates import DateContext
from pipeline.normalise.values import read_value
from pipeline.policy import settle
from pipeline.repair import repair
from pipeline.spans import Mention, Money


def sums(text: str) -> list[tuple[str, str]]:
    return [(text[cell.start : cell.end], f"{cell.value.value} {cell.value.currency}") for cell in find_cells(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("单位：万元\n柳湾小学 1.2\n远山饭店 3", [("1.2", "12000.0 CNY"), ("3", "30000 CNY")]),
        (
            "爱心榜（单位：元）\n捐款单位　金额\n柳湾小学　1,200\n远山饭店　300",
            [("1,200", "1200 CNY"), ("300", "300 CNY")],
        ),
        ("序号\t单位\t金额（万元）\t人数\n1\t甲厂\t2\t30\n2\t乙厂\t8\t12", [("2", "20000 CNY"), ("8", "80000 CNY")]),
        ("（单位：元）\n1 柳湾小学 500\n2 远山饭店 600", [("500", "500 CNY"), ("600", "600 CNY")]),
        ("单位：万元\n柳湾小学 1.2\n名单到此。\n远山饭店 3", []),
        ("单位：万元\n冷库 600 412\n大棚 380 380", []),
        ("单位：人\n柳湾小学 12\n远山饭店 3", []),
        ("柳湾小学 12\n远山饭店 3", []),
    ],
)
def test_the_number_under_the_unit_is_the_sum_of_its_row(text: str, expected: list[tuple[str, str]]) -> None:
    assert sums(text) == expected


@given(st.text(alphabet="单位：（）万元金额捐款 \n|　\t0123456789.,甲乙厂。", max_size=80))
def test_every_cell_lies_where_it_says(text: str) -> None:
    for cell in find_cells("单位：万元\n" + text):
        assert ("单位：万元\n" + text)[cell.start : cell.end] == cell.text
        assert cell.value.value is not None


def test_the_rows_of_a_printed_table_stay_apart_and_keep_their_blanks() -> None:
    table = "捐款单位　金额\n上海远山机电有限公司　12500\n青浦区柳湾商会　8200\n青浦区白鹤小学　3000"
    (passage,) = repair(
        Document("x.txt", f"爱心榜（单位：元）\n\n{table}\n\n仪式后，全部款项汇往云南省红河州元阳县。\n", "")
    )
    assert passage.text.split("\n")[1:5] == table.replace("\u3000", " ").split("\n")
    assert [cell for cell, _ in sums(passage.text)] == ["12500", "8200", "3000"]


def test_a_broken_line_of_prose_that_ends_in_a_figure_goes_on_below() -> None:
    lines = [
        "3月5日，街道组织辖区的企业和居民为结对的上寨村捐款捐物，",
        "村里把收到的款物一一登记造册张榜公布其中收到现金共计 12",
        "万元、图书300册，村民们说这个冬天不冷了。",
    ]
    text = "\n".join(lines)
    (passage,) = repair(Document("x.txt", text, ""))
    assert "\n" not in passage.text


def test_a_sum_is_put_forward_as_a_plain_word_with_its_value_in_the_place_of_what_overlaps_it() -> None:
    text = "单位：万元\n柳湾小学 1.2\n远山饭店 3"
    wrong = Mention(6, 14, text[6:14], "ITEM", 0.6, "model")
    found = settle(text, [wrong], DateContext(date(2031, 3, 9), "given"))
    assert [(m.text, m.label) for m in found] == [("1.2", "FILLER"), ("3", "FILLER")]
    assert all(isinstance(m.value, Money) and m.value == read_value(text, m, DateContext(None, "")) for m in found)


def test_a_table_belongs_to_the_item_of_its_heading_and_what_stands_below_goes_on_with_it() -> None:
    lines = [
        "上寨村收到爱心款",
        "12月3日，三家单位为上寨村捐款，款项全部入账。",
        "爱心款明细（单位：元）",
        "上海远山机电有限公司 12500",
        "青浦区柳湾商会 8200",
        "白鹤居民区居民委员会爱心角 1万4千元",
        "其余零星捐款3000元，名单附后，全部款项由上寨村村民委员会用于修渠。",
    ]
    (passage,) = repair(Document("x.txt", "\n".join(lines), ""))
    assert passage.text == "\n".join(lines)
