"""Records made by models that a person can follow: what the rules of assembly do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from pipeline.event_types import event_scheme
from pipeline.events.assemble import Event, assemble
from pipeline.events.confidence import giver_role
from pipeline.events.linear import LinearModel
from pipeline.events.models import EventModels
from pipeline.events.reading import Reading, make_reading
from pipeline.spans import DateRange, Money
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings


def reading_of(marked: str) -> Reading:
    (bulletin,) = parse_batch(f"=== x-001 genre=newsletter\n{marked}\n", "x.txt")
    return next(gold_readings(to_row(bulletin))).reading


def word_model(classes: list[str], *words: tuple[str, str]) -> LinearModel:
    """A model that follows single features: for each (feature, class) a weight no other can outvote."""
    weights = {}
    for feature, name in words:
        weights[feature] = np.array([8.0 if one == name else 0.0 for one in classes])
    return LinearModel(tuple(classes), np.zeros(len(classes)), weights)


def by_hand(**changed: LinearModel) -> EventModels:
    """Models that a person can follow: 捐 is a donation, 结对 an agreement, parties before the verb give."""
    roles = ["none", *event_scheme().roles, "amount", "item", "date"]
    role = word_model(
        roles,
        ("donation&ORG&before&0 sentences", "donor"),
        ("donation&ORG&after&0 sentences", "recipient"),
        ("agreement&ORG&before&0 sentences", "party"),
        ("agreement&ORG&after&0 sentences", "party"),
        ("donation&MONEY&before&0 sentences", "amount"),
        ("donation&MONEY&after&0 sentences", "amount"),
        ("DATE&before&0 sentences", "date"),
        ("visit&ORG&before&0 sentences", "visitor"),
    )
    kinds = [("text=捐赠", "donation"), ("text=签约", "agreement"), ("text=走访", "visit")]
    chosen = {
        "type": word_model(["agreement", "donation", "visit"], *kinds),
        "role": role,
        "place": word_model(["none", "place"]),
        "same": word_model(["none", "same"], ("equal=True&nouns=False-False", "same")),
        "total": LinearModel(("none", "total"), np.array([2.0, 0.0]), {}),
        "record": LinearModel(("right", "wrong"), np.array([2.0, 0.0]), {}),
        "phrase": LinearModel(("FILLER", "ITEM", "none"), np.array([0.0, 0.0, 9.0]), {}),
    }
    return EventModels(**(chosen | changed))


def seeing_no_giver() -> EventModels:
    role = word_model(
        ["none", "donor", "amount"],
        ("donation&ORG&after&0 sentences", "none"),
        ("donation&MONEY&after&0 sentences", "amount"),
    )
    return by_hand(role=role)


def roles_of(event: Event) -> list[tuple[str, str]]:
    return [(argument.role, argument.mention.text) for argument in event.participants]


def amounts_of(event: Event) -> list[str]:
    return [argument.mention.text for argument in event.amounts]


def test_giver_receiver_and_amount_of_one_sentence_make_one_record() -> None:
    reading = reading_of(
        "[5月6日|DATE date.1]，[远山公司|ORG donor.1]向柳湾村[捐赠|EVENT donation.1][20万元|MONEY amount.1]。"
    )
    (event,) = assemble(reading, by_hand())
    assert (event.type, roles_of(event), amounts_of(event)) == ("donation", [("donor", "远山公司")], ["20万元"])
    assert event.date is not None
    assert event.date.mention.text == "5月6日"
    assert (event.evidence.start, event.evidence.end) == (0, len(reading.text))


def test_donors_with_sums_of_their_own_are_records_of_their_own() -> None:
    reading = reading_of(
        "[捐赠|EVENT donation.1 donation.2]现场，[远山公司|ORG donor.1][20万元|MONEY amount.1]、"
        "[柳湾银行|ORG donor.2][10万元|MONEY amount.2]。"
    )
    giving = by_hand(
        role=word_model(
            ["none", "donor", "amount"],
            ("donation&ORG&after&0 sentences", "donor"),
            ("donation&MONEY&after&0 sentences", "amount"),
        )
    )
    events = assemble(reading, giving)
    assert [(roles_of(event), amounts_of(event)) for event in events] == [
        ([("donor", "远山公司")], ["20万元"]),
        ([("donor", "柳湾银行")], ["10万元"]),
    ]


@pytest.mark.parametrize(
    ("how", "sums"),
    [
        ("共同出资，各捐", "[20万元|MONEY amount.1]、[10万元|MONEY amount.1]"),
        ("联合", "[20万元|MONEY amount.1]、[10万元|MONEY amount.1]"),
        ("分别", "[20万元|MONEY amount.1]"),
        ("分别", "[20万元|MONEY amount.1]、[10万元|MONEY amount.1]、[5万元|MONEY amount.1]"),
    ],
)
def test_sums_told_together_stay_one_record(how: str, sums: str) -> None:
    reading = reading_of(f"[远山公司|ORG donor.1]、[柳湾银行|ORG donor.1]{how}[捐赠|EVENT donation.1]{sums}。")
    (event,) = assemble(reading, by_hand())
    assert len(event.participants) == 2
    assert len(event.amounts) == sums.count("MONEY")


@pytest.mark.parametrize("how", ["分别", "依次", "先后"])
def test_sums_given_in_turn_are_records_of_their_own(how: str) -> None:
    reading = reading_of(
        f"[远山公司|ORG donor.1]、[柳湾银行|ORG donor.2]{how}[捐赠|EVENT donation.1 donation.2]"
        "[20万元|MONEY amount.1]、[10万元|MONEY amount.2]。"
    )
    assert [(roles_of(event), amounts_of(event)) for event in assemble(reading, by_hand())] == [
        ([("donor", "远山公司")], ["20万元"]),
        ([("donor", "柳湾银行")], ["10万元"]),
    ]


def test_sums_for_several_receivers_in_turn_are_records_of_their_own() -> None:
    reading = reading_of(
        "[远山公司|ORG donor.1]分别[捐赠|EVENT donation.1 donation.2]给[柳湾小学|ORG recipient.1]和[荷塘小学|ORG recipient.2]"
        "[20万元|MONEY amount.1]、[10万元|MONEY amount.2]。"
    )
    assert [(roles_of(event), amounts_of(event)) for event in assemble(reading, by_hand())] == [
        ([("donor", "远山公司"), ("recipient", "柳湾小学")], ["20万元"]),
        ([("donor", "远山公司"), ("recipient", "荷塘小学")], ["10万元"]),
    ]


def test_parties_in_front_of_their_sums_are_givers_whatever_the_models_think() -> None:
    reading = reading_of(
        "[捐赠|EVENT donation.1 donation.2 donation.3]现场，[远山公司|ORG donor.1][20万元|MONEY amount.1]，[滨河银行|ORG donor.2]"
        "认捐[10万元|MONEY amount.2]，[荷塘商会|ORG donor.3]、[桥头商会|ORG donor.3]各[5万元|MONEY amount.3]。"
    )
    assert [(roles_of(event), amounts_of(event)) for event in assemble(reading, seeing_no_giver())] == [
        ([("donor", "远山公司")], ["20万元"]),
        ([("donor", "滨河银行")], ["10万元"]),
        ([("donor", "荷塘商会"), ("donor", "桥头商会")], ["5万元"]),
    ]


def test_each_of_several_verbs_keeps_the_giver_in_front_of_it() -> None:
    reading = reading_of(
        "[远山公司|ORG donor.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]、[柳湾银行|ORG donor.2][捐赠|EVENT donation.2]"
        "[10万元|MONEY amount.2]、[荷塘商会|ORG donor.3][捐赠|EVENT donation.3][5万元|MONEY amount.3]。"
    )
    role = word_model(
        ["none", "donor", "amount"],
        ("donation&ORG&before&0 sentences", "donor"),
        ("donation&ORG&after&0 sentences", "donor"),
        ("donation&MONEY&after&0 sentences", "amount"),
        ("donation&MONEY&before&0 sentences", "none"),
    )
    apart = word_model(["none", "same"], ("equal=True&nouns=False-False", "none"))
    assert [(roles_of(event), amounts_of(event)) for event in assemble(reading, by_hand(role=role, same=apart))] == [
        ([("donor", "远山公司")], ["20万元"]),
        ([("donor", "柳湾银行")], ["10万元"]),
        ([("donor", "荷塘商会")], ["5万元"]),
    ]


def test_a_party_behind_a_preposition_gives_nothing() -> None:
    reading = reading_of(
        "[捐赠|EVENT donation.1]现场，远山公司给[柳湾小学|ORG recipient.1][20万元|MONEY amount.1]，给[荷塘小学|ORG recipient.1]"
        "[10万元|MONEY amount.1]。"
    )
    assert [roles_of(event) for event in assemble(reading, seeing_no_giver())] == [[]]


def test_works_with_a_sum_have_the_sponsor_named_for_those_before() -> None:
    reading = reading_of(
        "[滨河区|GPE sponsor.1][新建|EVENT project.1]水厂，投资[20万元|MONEY amount.1]。[翻修|EVENT project.2]校舍，投资"
        "[9万元|MONEY amount.2]。[粉刷|EVENT project.3]了围墙。"
    )
    works = by_hand(
        type=word_model(["project", "visit"], *((f"text={verb}", "project") for verb in ("新建", "翻修", "粉刷"))),
        role=word_model(
            ["none", "sponsor", "amount"],
            ("project&GPE&before&0 sentences", "sponsor"),
            *((f"project&GPE&before&{sentences} sentences", "none") for sentences in (1, 2)),
            ("project&MONEY&after&0 sentences", "amount"),
            *((f"project&MONEY&{side}&1 sentences", "none") for side in ("before", "after")),
        ),
    )
    assert [roles_of(event) for event in assemble(reading, works)] == [
        [("sponsor", "滨河区")],
        [("sponsor", "滨河区")],
        [],
    ]


def test_a_verb_that_brings_up_the_money_for_works_makes_no_record() -> None:
    works = by_hand(
        type=word_model(["donation", "project"], ("text=投入", "donation"), ("text=新修", "project")),
        role=word_model(["none", "amount"], ("project&MONEY&before&0 sentences", "amount")),
    )
    reading = reading_of(
        "[远山公司|ORG donor.2]用[投入|EVENT donation.2]的[20万元|MONEY amount.1]，[新修|EVENT project.1]水渠。"
    )
    (event,) = assemble(reading, works)
    assert (event.type, amounts_of(event)) == ("project", ["20万元"])


@pytest.mark.parametrize(
    "parties",
    [
        "[甲山公司|ORG party.1]与[乙水小学|ORG party.1]、[丙木公司|ORG party.2]与[丁石小学|ORG party.2]",
        "[甲山公司|ORG party.1]、[丙木公司|ORG party.2]分别与[乙水小学|ORG party.1]、[丁石小学|ORG party.2]",
    ],
)
def test_pairs_that_sign_under_one_anchor_are_records_of_their_own(parties: str) -> None:
    reading = reading_of(f"{parties}[签约|EVENT agreement.1 agreement.2]。")
    pairs = [{text for _, text in roles_of(event)} for event in assemble(reading, by_hand())]
    assert pairs == [{"甲山公司", "乙水小学"}, {"丙木公司", "丁石小学"}]


def test_pairs_that_sign_for_sums_in_turn_have_each_their_own() -> None:
    reading = reading_of(
        "[甲山公司|ORG party.1]与[乙水小学|ORG party.1]、[丙木公司|ORG party.2]与[丁石小学|ORG party.2][签约|EVENT agreement.1 agreement.2]，"
        "金额分别为[3万元|MONEY amount.1]和[2万元|MONEY amount.2]。"
    )
    signing = by_hand(
        role=word_model(
            ["none", "party", "amount"],
            ("agreement&ORG&before&0 sentences", "party"),
            ("agreement&MONEY&after&0 sentences", "amount"),
        )
    )
    assert [amounts_of(event) for event in assemble(reading, signing)] == [["3万元"], ["2万元"]]


def test_several_parties_of_one_agreement_stay_together() -> None:
    reading = reading_of(
        "[甲山公司|ORG party.1]、[乙水小学|ORG party.1]、[丙木公司|ORG party.1]、[丁石小学|ORG party.1]共同"
        "[签约|EVENT agreement.1]。"
    )
    (event,) = assemble(reading, by_hand())
    assert len(event.participants) == 4


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
        "[8元|MONEY amount.1]一天，[远山公司|ORG donor.1][捐赠|EVENT donation.1]，每人[9元|MONEY amount.1]。"
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
