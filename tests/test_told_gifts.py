"""Sentences that tell of several occurrences at once: givers and sums in a row or in turn, verbs side by side, pairs that sign."""

import pytest
from models_by_hand import amounts_of, by_hand, gifts_of, reading_of, roles_of, seeing_no_giver, word_model

from pipeline.events.assemble import assemble


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
    assert gifts_of(reading, giving) == ["donor=远山公司 20万元", "donor=柳湾银行 10万元"]


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
    assert gifts_of(reading, by_hand()) == [
        "donor=远山公司 20万元",
        "donor=柳湾银行 10万元",
    ]


def test_sums_for_several_receivers_in_turn_are_records_of_their_own() -> None:
    reading = reading_of(
        "[远山公司|ORG donor.1]分别[捐赠|EVENT donation.1 donation.2]给[柳湾小学|ORG recipient.1]和[荷塘小学|ORG recipient.2]"
        "[20万元|MONEY amount.1]、[10万元|MONEY amount.2]。"
    )
    assert gifts_of(reading, by_hand()) == [
        "donor=远山公司 recipient=柳湾小学 20万元",
        "donor=远山公司 recipient=荷塘小学 10万元",
    ]


def test_parties_in_front_of_their_sums_are_givers_whatever_the_models_think() -> None:
    reading = reading_of(
        "[捐赠|EVENT donation.1 donation.2 donation.3]现场，[远山公司|ORG donor.1][20万元|MONEY amount.1]，[滨河银行|ORG donor.2]"
        "认捐[10万元|MONEY amount.2]，[荷塘商会|ORG donor.3]、[桥头商会|ORG donor.3]各[5万元|MONEY amount.3]。"
    )
    assert gifts_of(reading, seeing_no_giver()) == [
        "donor=远山公司 20万元",
        "donor=滨河银行 10万元",
        "donor=荷塘商会 donor=桥头商会 5万元",
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
    assert gifts_of(reading, by_hand(role=role, same=apart)) == [
        "donor=远山公司 20万元",
        "donor=柳湾银行 10万元",
        "donor=荷塘商会 5万元",
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


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (
            "[远山公司|ORG donor.2]用[投入|EVENT donation.2]的[20万元|MONEY amount.1]，[新修|EVENT project.1]水渠。",
            ["project"],
        ),
        (
            "[新修|EVENT project.1]水渠，[远山公司|ORG donor.2][投入|EVENT donation.2]资金[20万元|MONEY amount.1]。",
            ["project"],
        ),
        (
            "[新修|EVENT project.1]水渠，[远山公司|ORG donor.2][捐赠|EVENT donation.2][20万元|MONEY amount.1]。",
            ["donation", "project"],
        ),
        (
            "[新修|EVENT project.1]水渠。[远山公司|ORG donor.2][投入|EVENT donation.2][20万元|MONEY amount.2]。",
            ["donation", "project"],
        ),
    ],
)
def test_a_verb_that_brings_up_the_money_for_works_makes_no_record(text: str, kinds: list[str]) -> None:
    verbs = [("text=投入", "donation"), ("text=捐赠", "donation"), ("text=新修", "project")]
    works = by_hand(
        type=word_model(["donation", "project"], *verbs),
        role=word_model(
            ["none", "amount"],
            *(
                (f"{kind}&MONEY&{side}&0 sentences", "amount")
                for kind in ("project", "donation")
                for side in ("before", "after")
            ),
        ),
    )
    events = assemble(reading_of(text), works)
    assert sorted(event.type for event in events) == kinds
    assert [amount for event in events for amount in amounts_of(event)] == ["20万元"]


def test_a_part_by_somebody_else_is_an_occurrence_of_its_own() -> None:
    whole = "[滨河商会|ORG donor.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]，其中"
    ours = "[远山公司|ORG donor.2][捐赠|EVENT donation.2][5万元|MONEY amount.2]。"
    assert [amounts_of(event) for event in assemble(reading_of(whole + ours), by_hand())] == [["20万元"], ["5万元"]]
    spent = "[捐赠|EVENT donation.1]图书[5万元|MONEY amount.1]。"
    assert len(assemble(reading_of(whole + spent), by_hand())) == 1


@pytest.mark.parametrize(
    ("way", "totals"),
    [("，其中", [True, False]), ("，", [False, False]), ("。其中", [True, False]), ("。", [False, False])],
)
def test_a_sum_with_a_part_told_behind_it_is_a_total(way: str, totals: list[bool]) -> None:
    reading = reading_of(
        f"[滨河商会|ORG donor.1][捐赠|EVENT donation.1][20万元|MONEY amount.1]{way}"
        "[远山公司|ORG donor.2]这次[捐赠|EVENT donation.2][5万元|MONEY amount.2]。"
    )
    apart = by_hand(same=word_model(["none", "same"], ("equal=True&nouns=False-False", "none")))
    assert [event.is_total for event in assemble(reading, apart)] == totals


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
