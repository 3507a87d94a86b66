"""Records made by models that a person can follow: what the rules of assembly do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from models_by_hand import amounts_of, by_hand, reading_of, roles_of, word_model

from pipeline.event_types import event_scheme
from pipeline.events.assemble import assemble
from pipeline.events.confidence import giver_role
from pipeline.events.reading import make_reading
from pipeline.spans import DateRange, Money


def test_giver_receiver_and_amount_of_one_sentence_make_one_record() -> None:
    reading = reading_of(
        "[5月6日|DATE date.1]，[远山公司|ORG donor.1]向柳湾村[捐赠|EVENT donation.1][20万元|MONEY amount.1]。"
    )
    (event,) = assemble(reading, by_hand())
    assert (event.type, roles_of(event), amounts_of(event)) == ("donation", [("donor", "远山公司")], ["20万元"])
    assert event.date is not None
    assert event.date.mention.text == "5月6日"
    assert (event.evidence.start, event.evidence.end) == (0, len(reading.text))


def test_anchors_of_one_occurrence_join_and_a_body_named_twice_fills_its_role_once() -> None:
    reading = reading_of(
        "[远山公司|ORG donor.1][捐赠|EVENT donation.1]了物资。[远山公司|ORG donor.1][捐赠|EVENT donation.1]的还有"
        "[3万元|MONEY amount.1]。"
    )
    (event,) = assemble(reading, by_hand())
    assert [anchor.text for anchor in event.anchors] == ["捐赠", "捐赠"]
    assert roles_of(event) == [("donor", "远山公司")]


def test_a_sum_told_in_the_headline_and_again_in_the_text_is_one() -> None:
    reading = reading_of(
        "# [远山公司|ORG donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]\n"
        "[远山公司|ORG donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]，次日又[捐赠|EVENT donation.2][3万元|MONEY amount.2]。"
    )
    valued = tuple(replace(m, value=Money(Decimal(30_000))) if m.label == "MONEY" else m for m in reading.mentions)
    joined = by_hand(same=word_model(["none", "same"], ("equal=True&nouns=False-False", "same")))
    (event,) = assemble(replace(reading, mentions=valued), joined)
    assert [amount.mention.start > reading.headline_end for amount in event.amounts] == [True, True]


def test_a_body_named_long_and_short_plays_one_part() -> None:
    reading = reading_of(
        "[云岭县远山公司|ORG donor.1]来了，[远山公司|ORG donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。"
    )
    (event,) = assemble(reading, by_hand())
    assert [role for role, _ in roles_of(event)] == ["donor"]


@pytest.mark.parametrize(
    ("words", "planned"), [("将", True), ("计划", True), ("已", False), ("将士们看到，他们", False)]
)
def test_what_the_text_puts_ahead_is_planned(words: str, planned: bool) -> None:
    reading = reading_of(f"[远山公司|ORG donor.1]{words}[捐赠|EVENT donation.1][3万元|MONEY amount.1]。")
    assert assemble(reading, by_hand())[0].planned is planned


def test_lines_of_a_donation_list_are_records_without_anchor_with_the_heading_s_date() -> None:
    reading = reading_of(
        "[5月6日|DATE date.1]，[远山公司|ORG donor.1]等[捐赠|EVENT donation.1][9万元|MONEY amount.1]。名单如下：\n"
        "[|donation.2][柳湾小学|ORG donor.2] [3万元|MONEY amount.2]\n[|donation.3][云岭饭店|ORG donor.3] [600|FILLER amount.3]"
    )
    head, first, second = assemble(reading, by_hand())
    assert amounts_of(head) == ["9万元"]
    assert (first.anchors, roles_of(first), amounts_of(first)) == ((), [("donor", "柳湾小学")], ["3万元"])
    assert (roles_of(second), amounts_of(second)) == ([("donor", "云岭饭店")], ["600"])
    assert first.date is not None
    assert first.date.mention.text == "5月6日"


def test_an_amount_belongs_to_the_nearer_of_two_anchors() -> None:
    reading = reading_of(
        "[远山公司|ORG visitor.1][走访|EVENT visit.1]了乡亲，[柳湾银行|ORG donor.2][捐赠|EVENT donation.2]"
        "[3万元|MONEY amount.2]。"
    )
    assert {event.type: amounts_of(event) for event in assemble(reading, by_hand())} == {
        "visit": [],
        "donation": ["3万元"],
    }


@pytest.mark.parametrize(
    ("before", "after", "amounts"), [(-0.6, -1.0, ["8元"]), (-2.5, -2.5, []), (3.0, -1.0, ["8元"])]
)
def test_a_record_without_an_amount_takes_the_likeliest_one(before: float, after: float, amounts: list[str]) -> None:
    model = by_hand().role
    weights = dict(model.weights)
    for side, weight in (("before", before), ("after", after)):
        weights[f"donation&MONEY&{side}&0 sentences"] = np.array(
            [weight if c == "amount" else 0.0 for c in model.classes]
        )
    reading = reading_of(
        "[8元|MONEY amount.1]到手，[远山公司|ORG donor.1][捐赠|EVENT donation.1]，每人[9元|MONEY amount.1]。"
    )
    (event,) = assemble(reading, by_hand(role=replace(model, weights=weights)))
    assert amounts_of(event) == amounts


@pytest.mark.parametrize(
    ("seen", "givers"),
    [(0.9, ["滨河商会20家会员企业", "柳湾银行"]), (0.3, ["滨河商会20家会员企业", "滨河商会", "柳湾银行"])],
)
def test_a_plain_phrase_stands_for_the_name_inside_it(seen: float, givers: list[str]) -> None:
    reading = reading_of(
        "[[滨河商会|ORG]20家会员企业|FILLER donor.1]、[柳湾银行|ORG donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。"
    )
    mentions = [replace(m, confidence=seen) if m.label == "FILLER" else m for m in reading.mentions]
    signs = ("donation&FILLER&before&0 sentences", "donation&ORG&before&0 sentences")
    role = word_model(list(by_hand().role.classes), *((sign, "donor") for sign in signs))
    (event,) = assemble(make_reading(reading.text, reading.sentences, mentions), by_hand(role=role))
    assert [text for _, text in roles_of(event)] == givers


@pytest.mark.parametrize(
    ("between", "givers"),
    [
        ("，又", ["远山公司", "远山公司"]),
        ("。又", ["远山公司"]),
        ("，[柳湾银行|ORG donor.2]也", ["柳湾银行", "远山公司"]),
    ],
)
def test_who_acts_for_one_verb_acts_for_the_next_of_its_sentence_where_nobody_else_does(
    between: str, givers: list[str]
) -> None:
    reading = reading_of(
        f"[远山公司|ORG donor.1][出资|EVENT donation.1][3万元|MONEY amount.1]修路{between}"
        "[捐赠|EVENT donation.2][2万元|MONEY amount.2]。"
    )
    signs = ("donation&party&anchor=出资&before&-", "donation&party&before&between=也")
    role = word_model(list(by_hand().role.classes), *((sign, "donor") for sign in signs))
    shy = replace(role, intercept=np.array([4.0 if name == "none" else 0.0 for name in role.classes]))
    kinds = word_model(["donation", "visit"], ("text=捐赠", "donation"), ("text=出资", "donation"))
    events = assemble(reading, by_hand(type=kinds, role=shy, same=word_model(["none", "same"])))
    assert sorted(text for event in events for name, text in roles_of(event) if name == "donor") == givers


@pytest.mark.parametrize(
    ("between", "dated"),
    [("\n", True), ("\n\n村民十分高兴。\n", True), ("\n二、为民办实事\n", False), ("\n二、为民办实事，\n", True)],
)
def test_a_date_is_carried_over_sentences_and_not_over_the_heading_of_a_section(between: str, dated: bool) -> None:
    reading = reading_of(f"[5月6日|DATE free]，大家到访。{between}[远山公司|ORG donor.1][捐赠|EVENT donation.1]图书。")
    day = DateRange("2031-05-06", date(2031, 5, 6), date(2031, 5, 6))
    mentions = [replace(m, value=day) if m.label == "DATE" else m for m in reading.mentions]
    roles = by_hand().role
    shy = replace(roles, intercept=np.array([1.5 if name == "none" else 0.0 for name in roles.classes]))
    reading = make_reading(reading.text, reading.sentences, mentions)
    (event,) = assemble(reading, by_hand(role=shy))
    assert (event.date is not None) == dated


def test_confidence_falls_with_the_recogniser_s_own_doubt() -> None:
    reading = reading_of("[远山公司|ORG donor.1][捐赠|EVENT donation.1][3万元|MONEY amount.1]。")
    doubtful = [replace(m, confidence=0.5) if m.label == "MONEY" else m for m in reading.mentions]
    (sure,), (unsure,) = (
        assemble(make_reading(reading.text, reading.sentences, mentions), by_hand())
        for mentions in (reading.mentions, doubtful)
    )
    assert unsure.confidence == pytest.approx(sure.confidence / 2, abs=1e-3)
    assert "type=donation" in sure.signs


def test_every_type_has_a_role_that_acts() -> None:
    for name, kind in event_scheme().types.items():
        assert giver_role(name) in kind.roles
