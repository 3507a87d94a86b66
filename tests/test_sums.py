"""Sums that are in no record: earnings, running costs, prices."""

from __future__ import annotations

import pytest

from pipeline.events.event import Argument
from pipeline.events.reading import make_reading
from pipeline.events.sums import is_earned, without_prices
from pipeline.normalise.money import read_money
from pipeline.sentences import sentences
from pipeline.spans import Mention


def money(text: str, form: str) -> Mention:
    start = text.index(form)
    amount = read_money(text, start, start + len(form))
    assert amount
    return Mention(start, start + len(form), form, "MONEY", 1.0, "test", amount.value)


@pytest.mark.parametrize(
    ("text", "form", "earned"),
    [
        ("路修通后，户均增收1200元。", "1200元", True),
        ("月工资不低于6000元。", "6000元", True),
        ("投产当年实现产值4500万元。", "4500万元", True),
        ("从当月工资里掏出800元。", "800元", False),
        ("捐出三个月薪水2万元。", "2万元", False),
        ("分红之后，公司又捐了3万元。", "3万元", False),
        ("公司捐了3万元。", "3万元", False),
    ],
)
def test_what_people_earn_is_nobodys_gift(text: str, form: str, earned: bool) -> None:
    mention = money(text, form)
    assert is_earned(make_reading(text, sentences(text), [mention]), mention) is earned


@pytest.mark.parametrize(
    ("kind", "text", "forms", "left"),
    [
        ("purchase", "收购洋芋22吨，每斤1.8元，货款79200元。", ["1.8元", "79200元"], ["79200元"]),
        ("purchase", "收购洋芋22吨，每斤1.8元。", ["1.8元"], ["1.8元"]),
        ("purchase", "每斤41元，比市价高4元。", ["41元", "4元"], ["41元", "4元"]),
        ("agreement", "签下合同，每斤1.8元。", ["1.8元"], []),
        ("donation", "给42户每户500元，共2.1万元。", ["500元", "2.1万元"], ["500元", "2.1万元"]),
    ],
)
def test_prices_are_left_out(kind: str, text: str, forms: list[str], left: list[str]) -> None:
    amounts = [Argument(money(text, form), "amount", 1.0) for form in forms]
    assert [amount.mention.text for amount in without_prices(kind, amounts)] == left
