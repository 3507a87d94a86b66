"""The two simple makers of records that the event models must beat."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.event_types import event_scheme
from pipeline.events.event import Event
from training.baselines import Majority, baseline_events, load_rules, majority
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import GoldReading, gold_readings


def gold_of(marked: str) -> GoldReading:
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin)))


def filled(event: Event) -> list[tuple[str, str]]:
    slots = [*event.participants, *event.places, *event.amounts, *event.items, *([event.date] if event.date else [])]
    return [(slot.role, slot.mention.text) for slot in slots]


@pytest.mark.parametrize(
    ("marked", "kind", "roles"),
    [
        (
            "[3月5日|DATE]，[远帆公司|ORG]向[云岭县|GPE][捐赠|EVENT][20万元|MONEY]和[图书500册|ITEM]。",
            "donation",
            [
                ("recipient", "云岭县"),
                ("donor", "远帆公司"),
                ("amount", "20万元"),
                ("item", "图书500册"),
                ("date", "3月5日"),
            ],
        ),
        (
            "[滨河区财政局|ORG]、[明德小学|ORG]到[上寨村|GPE][走访慰问|EVENT][12户村民|FILLER]。",
            "visit",
            [("visitor", "滨河区财政局"), ("visitor", "明德小学"), ("host", "上寨村")],
        ),
        ("[远帆公司|ORG]与[云岭县|GPE][签约|EVENT]。", "agreement", [("party", "远帆公司"), ("party", "云岭县")]),
        ("[柳湾村|GPE]举行[“同心”邻里节|EVENT]。", "gathering", [("organizer", "柳湾村")]),
        ("大家[见面|EVENT]。", "gathering", []),
    ],
)
def test_rules_type_by_trigger_and_give_roles_by_side(marked: str, kind: str, roles: list[tuple[str, str]]) -> None:
    (event,) = baseline_events(load_rules(), gold_of(marked).reading)
    assert event.type == kind
    assert sorted(filled(event)) == sorted(roles)


def test_the_majority_is_counted_and_given_to_everything() -> None:
    golds = [
        gold_of("[远帆公司|ORG donor.1][捐赠|EVENT donation.1][2万元|MONEY amount.1]。"),
        gold_of("[青桐公司|ORG donor.1][捐款|EVENT donation.1][3万元|MONEY amount.1]，[上寨村|GPE]致谢。"),
        gold_of("[远帆公司|ORG visitor.1][走访|EVENT visit.1]。"),
    ]
    known = majority(golds)
    assert known == Majority("donation", {"EVENT": "none", "GPE": "none", "MONEY": "amount", "ORG": "donor"})
    (event,) = baseline_events(known, golds[2].reading)
    assert (event.type, filled(event)) == ("donation", [("donor", "远帆公司")])


def test_every_type_has_trigger_words() -> None:
    assert list(load_rules().triggers) == list(event_scheme().types)


@pytest.mark.parametrize("text", ["[triggers", "[triggers]\n"])
def test_a_broken_table_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"baseline\.toml: broken table .*; it holds triggers and before_a_party"):
        load_rules(path)
