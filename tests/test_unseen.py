"""Gold readings as models that have not seen them find them: what of the labels stays, and what comes in their place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.events.linear import LinearModel
from pipeline.spans import Mention
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import GoldReading, gold_readings
from training.unseen import halves, unseen_readings

NO_PHRASES = LinearModel(("FILLER", "ITEM", "none"), np.array([0.0, 0.0, 9.0]), {})
MARKED = """=== x-001 genre=newsletter
# 简讯
[远山公司|ORG donor.1]向[3所小学|FILLER recipient.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]。
[|donation.2][滨河商会|ORG donor.2]：[5万元|MONEY amount.2]
"""


def golds_of(marked: str) -> list[GoldReading]:
    (bulletin,) = parse_batch(marked, "x.txt")
    return list(gold_readings(to_row(bulletin)))


def found_in(gold: GoldReading, *spans: tuple[str, str]) -> dict[str, list[Mention]]:
    """Mentions by their words and labels, with offsets in the bulletin."""
    text = gold.reading.text
    places = ((gold.at + text.index(form), form, label) for form, label in spans)
    return {gold.name: [Mention(at, at + len(form), form, label, 0.9, "model") for at, form, label in places]}


def records_of(reading: GoldReading) -> list[Any]:
    return [
        ([a.text for a in record.anchors], [(mention.text, role) for mention, role in record.arguments])
        for record in reading.records
    ]


def test_what_was_found_plays_the_parts_of_the_labels_that_it_shares_half_with() -> None:
    (gold,) = golds_of(MARKED)
    found = found_in(
        gold,
        ("远山公司", "ORG"),
        ("所小学", "FILLER"),
        ("捐赠", "EVENT"),
        ("简讯", "EVENT"),
        ("滨河", "GPE"),
        ("商会", "ORG"),
    )
    (reading,) = unseen_readings([gold], found, [NO_PHRASES, NO_PHRASES])
    assert records_of(reading) == [
        (["捐赠"], [("远山公司", "donor"), ("所小学", "recipient"), ("20万元", "amount")]),
        ([], [("商会", "donor"), ("5万元", "amount")]),
    ]
    assert {m.text for m in reading.reading.anchors} == {"捐赠", "简讯"}, "what is found beside the labels stays too"
    assert reading.reading.text == gold.reading.text


def test_a_record_whose_anchors_were_not_found_is_left_out() -> None:
    (gold,) = golds_of(MARKED)
    (reading,) = unseen_readings([gold], found_in(gold, ("远山公司", "ORG")), [NO_PHRASES, NO_PHRASES])
    assert [anchors for anchors, _ in records_of(reading)] == [[]]
    (only,) = golds_of(MARKED[: MARKED.index("[|donation.2]")])
    assert list(unseen_readings([only], found_in(only, ("远山公司", "ORG")), [NO_PHRASES, NO_PHRASES])) == []


def test_the_model_of_phrases_is_the_one_that_has_not_seen_the_bulletin() -> None:
    takes_all = LinearModel(("FILLER", "ITEM", "none"), np.array([9.0, 0.0, 0.0]), {})
    (gold,) = golds_of(MARKED)
    golds = [replace(gold, name=name) for name in ("x-001", "x-002")]
    found = {
        name: next(iter(found_in(gold, ("小学", "PHRASE"), ("捐赠", "EVENT")).values())) for name in ("x-001", "x-002")
    }
    readings = list(unseen_readings(golds, found, [NO_PHRASES, takes_all]))
    assert [reading.name for reading in readings if halves(found)[reading.name] == 1] == ["x-002"]
    taken = {reading.name: [m.text for m in reading.reading.mentions if m.label == "FILLER"] for reading in readings}
    assert taken == {"x-001": [], "x-002": ["小学"]}


def test_mentions_of_a_later_item_of_news_are_moved_to_its_start() -> None:
    marked = (
        MARKED[: MARKED.index("[|donation.2]")] + "\n# 又讯\n[柳湾小学|ORG recipient.3][获赠|EVENT donation.3]图书。\n"
    )
    first, second = golds_of(marked)
    found = found_in(second, ("柳湾小学", "ORG"), ("获赠", "EVENT"))
    (reading,) = unseen_readings([first, second], found, [NO_PHRASES, NO_PHRASES])
    assert records_of(reading) == [(["获赠"], [("柳湾小学", "recipient")])]
    assert all(reading.reading.text[m.start : m.end] == m.text for m in reading.reading.mentions)
