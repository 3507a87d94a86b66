"""Sums of works that are told as parts of what they cost."""

from __future__ import annotations

import pytest

from pipeline.events.event import Argument, Event
from pipeline.events.parts import with_parts
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def sums_of(marked: str) -> list[list[str]]:
    """The sums of each event, where the works of the first anchor had the first sum alone, and what else is labelled was told by others."""
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n# 简讯\n{marked}\n", "x.txt")
    (gold,) = gold_readings(to_row(bulletin))
    events = []
    for record in gold.records:
        amounts = tuple(Argument(m, role, 1.0) for m, role in record.arguments if role == "amount")
        events.append(
            Event(
                record.type,
                record.anchors,
                (),
                None,
                (),
                amounts[:1],
                (),
                gold.reading.sentence(amounts[0].mention.start),
            )
        )
    return [[amount.mention.text for amount in event.amounts] for event in with_parts(gold.reading, events)]


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        (
            "总投资[98万元|MONEY amount.1]，公司承担[68万元|MONEY free]，其余[30万元|MONEY free]由镇政府解决。",
            ["98万元", "68万元", "30万元"],
        ),
        ("总投资[98万元|MONEY amount.1]，其中协作资金[60万元|MONEY free]。", ["98万元", "60万元"]),
        ("总投资[98万元|MONEY amount.1]，年产值[60万元|MONEY free]。", ["98万元"]),
        ("总投资[98万元|MONEY amount.1]；公司承担[60万元|MONEY free]房租。", ["98万元"]),
        ("总投资[9万元|MONEY amount.1]，其中公司承担[60万元|MONEY free]。", ["9万元"]),
        ("总投资[98万元|MONEY amount.1]，由每户自筹[200元|MONEY free per=户]。", ["98万元"]),
    ],
)
def test_works_have_the_sums_that_are_told_as_parts_of_theirs(text: str, sums: list[str]) -> None:
    assert sums_of(f"[上寨村|GPE beneficiary.1]的[冷库|ITEM item.1][建成|EVENT project.1]，{text}") == [sums]


def test_a_sum_that_another_record_has_is_no_part() -> None:
    marked = (
        "[上寨村|GPE beneficiary.1]的[冷库|ITEM item.1][建成|EVENT project.1]，投资[98万元|MONEY amount.1]，"
        "其中[远山公司|ORG donor.2][捐|EVENT donation.2]了[60万元|MONEY amount.2]。"
    )
    assert sums_of(marked) == [["98万元"], ["60万元"]]
