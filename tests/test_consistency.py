"""Amounts that cannot all be right are flagged; rounding, hedges and open lists are none of that."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.events.consistency import Range, possible, with_flags
from pipeline.events.event import Argument, Event
from pipeline.normalise.money import find_money
from pipeline.spans import Mention, Money, Span


def event(text: str, begin: int = 0, end: int | None = None, *, is_total: bool = False, donors: int = 1) -> Event:
    """Make a donation of the amounts that stand in a stretch of the text."""
    stop = len(text) if end is None else end
    amounts = tuple(
        Argument(Mention(f.start, f.end, f.text, "MONEY", 1.0, f.by, f.value), "amount", 1.0)
        for f in find_money(text)
        if begin <= f.start and f.end <= stop
    )
    givers = tuple(Argument(Mention(0, 1, text[:1], "ORG", 1.0, "model"), "donor", 1.0) for _ in range(donors))
    return Event("donation", (), givers, None, (), amounts, (), Span(begin, stop), is_total=is_total)


def flags(text: str) -> tuple[str, ...]:
    return with_flags(text, [event(text)])[0].flags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共捐款10万元，其中现金8万元、企业3万元。", ("parts_exceed_total",)),
        ("共捐款10万元，其中青桐公司6万元、白杨商会3万元。", ()),
        ("共捐款10.6万元，其中青桐公司6.05万元、白杨商会4.6万元。", ()),
        ("共捐款10万余元，其中青桐公司6万元、白杨商会4.3万元。", ()),
        ("共捐款约10万元，其中青桐公司6万元、白杨商会4.3万元。", ()),
        ("共捐款10万美元，其中青桐公司60万元、白杨商会43万元。", ()),
        ("青桐公司捐5万元，白杨商会捐3万元，合计9万元。", ("parts_fall_short",)),
        ("青桐公司捐5万元，白杨商会捐3万元，合计8万元。", ()),
        ("青桐公司捐5万元，白杨商会捐3万元，合计7万元。", ("parts_exceed_total",)),
        ("青桐公司捐5万元，白杨商会捐3万元等，合计90万元。", ()),
        ("青桐公司捐5万元，白杨商会捐3万元，三年来共捐90万元。", ()),
        ("青桐公司捐5万元，白杨商会捐3万元。合计9万元。", ()),
        ("向55户困难家庭每户送去500元，共计27500元。", ()),
        ("向55户困难家庭每户送去500元，共计2.75万元。", ()),
        ("向55户困难家庭每户送去500元，共计2.8万元。", ()),
        ("向55户困难家庭每户送去500元，共计37500元。", ("per_unit_times_count",)),
        ("向50余户困难家庭每户送去500元，共计2.6万元。", ()),
        ("资助120名学生，每人1000元，共12万元。", ()),
        ("资助120名学生，每人1000元，共15万元。", ("per_unit_times_count",)),
        ("资助120名学生，每人每月1000元，共15万元。", ()),
        ("资助45名小学生和60名中学生，每人1000元，共15万元。", ()),
    ],
)
def test_only_figures_that_cannot_all_be_right_are_flagged(text: str, expected: tuple[str, ...]) -> None:
    assert flags(text) == expected


PARTS = ["青桐公司捐5万元。", "白杨商会捐3万元。", "以上共捐{total}。"]


def records(total: str, donors: int = 1, each: str = "") -> list[Event]:
    parts = [PARTS[0].replace("捐", f"{each}捐"), PARTS[1], PARTS[2].format(total=total)]
    text, made, at = "".join(parts), [], 0
    for number, part in enumerate(parts):
        made.append(event(text, at, at + len(part), is_total=number == 2, donors=donors))
        at += len(part)
    return with_flags(text, made)


@pytest.mark.parametrize(
    ("total", "expected"), [("8万元", ()), ("12万元", ()), ("7万元", ("parts_exceed_total",)), ("近8万元", ())]
)
def test_a_total_of_other_records_is_no_less_than_they_are(total: str, expected: tuple[str, ...]) -> None:
    assert [made.flags for made in records(total)] == [(), (), expected]


def test_a_sum_from_each_counts_for_every_giver() -> None:
    assert records("8万元", donors=3, each="各")[2].flags == ("parts_exceed_total",)
    assert records("18万元", donors=3, each="各")[2].flags == ()


def test_flags_that_are_there_stay() -> None:
    text = "共捐款10万元，其中现金8万元、企业3万元。"
    assert with_flags(text, [replace(event(text), flags=("seen",))])[0].flags == ("parts_exceed_total", "seen")


@pytest.mark.parametrize(
    ("text", "money", "expected"),
    [
        ("5000元", Money(Decimal(5000)), Range(Decimal(5000), Decimal(5000))),
        ("5万元", Money(Decimal(50000)), Range(Decimal(50000), Decimal(50000))),
        ("5.5万元", Money(Decimal(55000)), Range(Decimal(54500), Decimal(55500))),
        (
            "32万余元",
            Money(Decimal(320000), Decimal(320000), approximate=True),
            Range(Decimal(320000), Decimal(336000)),
        ),
        ("超过5万元", Money(Decimal(50000), Decimal(50000)), Range(Decimal(50000), None)),
        ("2万至5万元", Money(None, Decimal(20000), Decimal(50000)), Range(Decimal(20000), Decimal(50000))),
        ("不超过5万元", Money(Decimal(50000), None, Decimal(50000)), Range(Decimal(0), Decimal(50000))),
    ],
)
def test_an_amount_stands_for_a_range_of_values(text: str, money: Money, expected: Range) -> None:
    assert possible(text, money) == expected


def test_an_amount_without_figures_bounds_nothing() -> None:
    assert possible("若干元", Money(None)) is None
