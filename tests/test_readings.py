from pathlib import Path

from training.corpus import read_batches, to_row
from training.markup import parse_batch
from training.readings import GoldReading, gold_readings, with_spurious_words

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


def test_spurious_words_are_fillers_elsewhere_overlap_nothing_and_stay_the_same() -> None:
    body = "".join(
        f"=== x-00{number} genre=newsletter\n[爱心企业|FILLER donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。"
        + "爱心企业很多。" * 6
        + "\n"
        for number in (1, 2)
    )
    plain = readings(body)
    noisy = with_spurious_words(plain)
    added = [m for gold in noisy for m in gold.reading.mentions if m.by == "spurious"]
    assert 0 < len(added) < 12
    assert {mention.text for mention in added} == {"爱心企业"}
    for gold, before in zip(noisy, plain, strict=True):
        assert gold.records == before.records
        spans = [mention.span for mention in gold.reading.mentions]
        assert all(not a.overlaps(b) for i, a in enumerate(spans) for b in spans[:i])
        assert all(gold.reading.text[m.start : m.end] == m.text for m in gold.reading.mentions)
    assert noisy == with_spurious_words(plain)
