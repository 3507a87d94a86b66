"""What the checker of labelled bulletins sees, each fault with its remedy, and that clean bulletins pass."""

import pytest

from training.bulletin_check import corpus_problems, problems
from training.markup import parse_batch

CLEAN = "[3月5日|DATE date.1]，[白鹭区工商联|ORG donor.1]向[青禾县|GPE recipient.1][捐赠|EVENT donation.1][约20万元|MONEY amount.1]。"


def faults(line: str) -> list[str]:
    return [problem.fault for bulletin in parse_batch(f"=== x-1\n{line}") for problem in problems(bulletin)]


def test_a_clean_bulletin_has_no_faults() -> None:
    assert faults(CLEAN) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("[白鹭区工商联，|ORG]", "at its edge; trim it"),
        ("[《白鹭日报|ORG]》", "half of a paired mark"),
        ("[白鹭区|GPE]开会，白鹭区很美。", "'白鹭区' is GPE elsewhere but has no label"),
        ("[白鹭区|GPE]与[白鹭区|ORG]", "same form gets the same label"),
        ("企业花了3.5万元买树苗。", "'3.5万元' looks like MONEY"),
        ("4月18日开工。", "'4月18日' looks like DATE"),
        ("[捐赠|EVENT]", "EVENT '捐赠' has no record"),
        ("[5万元|MONEY]", "belongs to no record"),
        ("[一群人|FILLER]", "fills nothing"),
        ("[甲公司|ORG donor.4]", "record 4 has no anchor"),
        ("[捐赠|EVENT donation.1][甲公司|ORG visitor.1]", "donation has no role 'visitor'; it has donor, recipient"),
        ("[捐赠|EVENT donation.1][考察|EVENT visit.1]", "record 1 has two types, donation and visit"),
        ("[捐赠|EVENT donation.1][甲公司|ORG amount.1]", "takes MONEY or FILLER"),
        ("[甲公司|ORG donation.1]", "an anchor is an EVENT"),
        ("约[5万元|MONEY free]", "'约' directly before '5万元' belongs into the MONEY"),
        ("[2031年|DATE]以来", "'以来' directly after '2031年' belongs into the DATE"),
        ("[柳湾村|GPE]村委会", "'村委会' directly after '柳湾村' belongs into the GPE"),
        ("[柳湾村|GPE]党支部", "'党支部' directly after '柳湾村' belongs into the GPE"),
        ("[[甲公司|ORG]工会|ORG]", "overlaps"),
    ],
)
def test_faults_are_named(line: str, fault: str) -> None:
    assert any(fault in text for text in faults(line))


def test_an_award_for_party_branches_leaves_the_place_alone() -> None:
    assert not faults("[柳湾村|GPE]党支部建设示范点揭晓。")


def test_furniture_holds_no_labels() -> None:
    assert any("page furniture" in fault for fault in faults("~ [白鹭区|GPE]简报"))


def test_names_are_used_once_and_forms_keep_one_label_across_the_corpus() -> None:
    bulletins = [*parse_batch("=== x-1\n[青禾|GPE]"), *parse_batch("=== x-1\n[青禾|ORG]")]
    found = [str(problem) for problem in corpus_problems(bulletins)]
    assert any("used by two bulletins" in text for text in found)
    assert any("here and ORG at" in text for text in found)
