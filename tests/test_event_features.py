"""What the event models see of an anchor and of a party: back-references, messengers, likeness of two occasions."""

import pytest

from pipeline.events.arguments import argument_features
from pipeline.events.features import same_features, type_features
from pipeline.events.reading import Reading
from pipeline.spans import Mention
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def reading_of(marked: str) -> Reading:
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin))).reading


def named(reading: Reading, form: str) -> Mention:
    return [mention for mention in reading.mentions if mention.text == form][-1]


def test_a_bare_noun_is_typed_by_the_occasion_it_points_back_at() -> None:
    reading = reading_of(
        "[甲公司|ORG donor.1]办[助学金发放仪式|EVENT donation.1]。[仪式|EVENT donation.1]上，大家鼓掌，[义诊|EVENT gathering.2]开始。"
    )
    assert "antecedent head=发放仪式" in type_features(reading, named(reading, "仪式"))
    assert not any("antecedent" in feature for feature in type_features(reading, named(reading, "义诊")))


def test_a_bare_noun_without_an_occasion_before_points_at_nothing() -> None:
    reading = reading_of("[仪式|EVENT gathering.1]在[甲公司|ORG organizer.1]举行。")
    assert not any("antecedent" in feature for feature in type_features(reading, named(reading, "仪式")))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("局长王某代表", True),
        ("受工会的委托，代表", True),
        ("代表团来到", False),
        ("局长王某前来，代表", False),
    ],
)
def test_who_speaks_for_another_is_a_messenger(words: str, expected: bool) -> None:
    reading = reading_of(
        f"[云岭县商务局|ORG]{words}[云岭县|GPE donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。"
    )
    features = argument_features(reading, named(reading, "捐赠"), named(reading, "云岭县商务局"), "donation")
    assert (f"before&0 sentences&speaks for another={expected}") in features


def test_occasions_of_one_kind_are_told_apart_by_what_stands_before_their_head() -> None:
    reading = reading_of(
        "[甲公司|ORG organizer.1 organizer.2]办了[义诊活动|EVENT gathering.1]和[拔河活动|EVENT gathering.2]。"
    )
    features = same_features(reading, named(reading, "义诊活动"), named(reading, "拔河活动"), "gathering")
    assert "modifiers=0&nouns=True-True" in features


def test_the_features_of_an_anchor_come_in_the_order_of_its_text() -> None:
    reading = reading_of("[甲公司|ORG organizer.1]办[山货展销大会大集|EVENT gathering.1]。")
    features = type_features(reading, named(reading, "山货展销大会大集"))
    characters = [feature[-1] for feature in features if feature.startswith("character=")]
    assert characters == list("山货展销大会集")
