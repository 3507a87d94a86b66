"""Which anchors of the model are kept."""

import pytest

from pipeline.anchors import DOUBTED_AT, SURE_AT, kept_anchors
from pipeline.spans import Mention


def mention(text: str, form: str, label: str, confidence: float) -> Mention:
    start = text.index(form)
    return Mention(start, start + len(form), form, label, confidence, "model")


def kept(text: str, *forms: tuple[str, str, float]) -> list[str]:
    return [anchor.text for anchor in kept_anchors(text, [mention(text, *form) for form in forms])]


def test_an_anchor_in_doubt_is_kept_where_its_sentence_tells_an_amount() -> None:
    assert kept("会上，镇里拨出15万元。", ("拨出", "EVENT", DOUBTED_AT), ("15万元", "MONEY", 1.0)) == ["拨出"]
    assert kept("会上，镇里拨出一批棉衣。", ("拨出", "EVENT", DOUBTED_AT)) == []
    assert kept("镇里拨出一批棉衣。价值15万元。", ("拨出", "EVENT", DOUBTED_AT), ("15万元", "MONEY", 1.0)) == []


def test_an_amount_that_has_a_sure_anchor_asks_for_no_other() -> None:
    forms = ("收到", "EVENT", SURE_AT - 0.01), ("捐款", "EVENT", SURE_AT), ("15万元", "MONEY", 1.0)
    assert kept("村里收到公司捐款15万元。", *forms) == ["捐款"]


@pytest.mark.parametrize("confidence", [DOUBTED_AT - 0.01, 0.0])
def test_an_anchor_that_the_model_hardly_believes_is_dropped_everywhere(confidence: float) -> None:
    assert kept("会上，镇里拨出15万元。", ("拨出", "EVENT", confidence), ("15万元", "MONEY", 1.0)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支部定期到结对村开展走访。", []),
        ("今年还要进一步推进走访。", []),
        ("联盟不断壮大，昨天走访了两户。", ["走访"]),
    ],
)
def test_what_is_done_again_and_again_is_no_occurrence(text: str, expected: list[str]) -> None:
    assert kept(text, ("走访", "EVENT", 1.0)) == expected
