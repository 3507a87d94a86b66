from pathlib import Path

from training.corpus import read_batches, to_row
from training.markup import parse_batch
from training.readings import GoldReading, gold_readings

DEV = Path(__file__).parent.parent / "corpus" / "bulletins" / "dev"

TWO_ITEMS = """=== x-001 genre=newsletter
~ 结对简报
# [远山公司|ORG]来访
[5月6日|DATE date.1]，[远山公司|ORG visitor.1]到[柳湾村|GPE host.1][走访|EVENT visit.1]。
# 捐款名单
[|donation.2][柳湾小学|ORG donor.2] [3万元|MONEY amount.2]
"""


def readings(marked: str) -> list[GoldReading]:
    return [gold for bulletin in parse_batch(marked, "x.txt") for gold in gold_readings(to_row(bulletin))]


def test_a_headline_after_a_body_opens_a_new_item_and_furniture_belongs_to_none() -> None:
    first, second = readings(TWO_ITEMS)
    assert first.reading.text.startswith("远山公司来访\n5月6日")
    assert first.reading.text[: first.reading.headline_end] == "远山公司来访"
    assert second.reading.text == "捐款名单\n柳湾小学 3万元"


def test_records_go_with_their_item_whether_they_have_an_anchor_or_not() -> None:
    first, second = readings(TWO_ITEMS)
    assert [record.type for record in first.records] == ["visit"]
    assert [(record.type, record.anchors) for record in second.records] == [("donation", ())]
    assert {role for _, role in second.records[0].arguments} == {"donor", "amount"}


def test_offsets_of_mentions_hold_in_every_item_of_dev() -> None:
    golds = [gold for bulletin in read_batches([DEV]) for gold in gold_readings(to_row(bulletin))]
    assert len(golds) > 50
    for gold in golds:
        for mention in gold.reading.mentions:
            assert gold.reading.text[mention.start : mention.end] == mention.text


REACH = """=== x-002 genre=newsletter
# [柳湾村|GPE]来了客人
[远山公司|ORG]到过[云岭县|GPE]。路不好走。天也冷。[5月6日|DATE]，[讲座|EVENT gathering.1]开讲。[柳湾村|GPE]的[20名村医|FILLER participant.1]听讲，花了[800元|MONEY free]。[远山公司|ORG]送来[茶水|ITEM]，又过了一会儿。
"""


def test_an_anchor_reaches_parties_three_sentences_before_and_one_behind_it() -> None:
    [gold] = readings(REACH)
    [anchor] = gold.reading.anchors
    found = gold.reading.candidates(anchor, 3)
    assert [(mention.text, mention.label) for mention in found] == [
        ("远山公司", "ORG"),
        ("云岭县", "GPE"),
        ("5月6日", "DATE"),
        ("柳湾村", "GPE"),
        ("20名村医", "FILLER"),
        ("800元", "MONEY"),
    ]
