"""What to label next: doubt and unlikeness decide, nothing labelled is chosen again, and every choice says why."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from training.corpus import read_rows
from training.desk.choose import Candidate, candidate, choose
from training.desk.commands import app

VISIT = "白鹭区领导赴青禾县考察，实地察看了乡村道路和文化礼堂的建设情况。" * 3
GIFT = "玉砚纺织有限公司向松果村小学捐赠书包一百个，孩子们收到礼物十分高兴。" * 3
CLINIC = "医疗队在集市上开展义诊，为老人测量血压，讲解冬季防病知识，送上常用药。" * 3


def made(doc_id: str, text: str, doubt: float) -> Candidate:
    return Candidate(doc_id, text, {"EVENT": doubt})


def names(*arguments: Any, **options: Any) -> list[str]:
    return [choice.candidate.doc_id for choice in choose(*arguments, **options)]


def test_doubt_is_what_the_spans_are_likely_wrong_by() -> None:
    spans = [("ORG", 0.5), ("ORG", 0.9), ("DATE", 1.0)]
    row = {
        "doc_id": "n-1",
        "text": "云" * 400,
        "entities": [{"label": label} for label, _ in spans],
        "confidence": [confidence for _, confidence in spans],
    }
    weighed = candidate(row)
    assert weighed.doubts == pytest.approx({"ORG": 0.6, "DATE": 0.0})
    assert weighed.uncertainty == pytest.approx(1000 * 0.6 / 400)
    short = candidate(row | {"text": "云"})
    assert short.uncertainty == pytest.approx(1000 * 0.6 / 300)


def test_with_variety_nought_the_most_doubtful_come_first() -> None:
    candidates = [made("a", VISIT, 0.1), made("b", GIFT, 3), made("c", CLINIC, 1)]
    assert names(candidates, {}, 3, variety=0) == ["b", "c", "a"]


def test_with_variety_one_what_is_least_like_the_labelled_comes_first() -> None:
    candidates = [made("a", VISIT + "今年。", 3), made("b", GIFT + "会上。", 0.1)]
    assert names(candidates, {"old": VISIT + GIFT[:30]}, 1, variety=1) == ["b"]


def test_a_second_document_like_the_first_waits() -> None:
    candidates = [
        made("a", VISIT + "第一期。", 3),
        made("b", VISIT + "又一次来到。" + GIFT[:20], 2.9),
        made("c", CLINIC, 0.5),
    ]
    assert names(candidates, {"old": GIFT}, 2) == ["a", "c"]


def test_what_is_labelled_or_chosen_already_is_left_out() -> None:
    candidates = [made("a", VISIT, 3), made("b", GIFT, 2), made("c", GIFT, 1)]
    assert names(candidates, {"old": VISIT}, 5) == ["b"]
    assert choose([], {"old": VISIT}, 5) == []


def test_every_choice_says_why() -> None:
    first, second = choose([made("a", VISIT, 3), made("b", GIFT, 1)], {"old": VISIT + CLINIC}, 2, variety=0)
    assert first.why.startswith("10.0 doubtful spans in 1,000 characters (EVENT 3.0); nearest labelled old at 0.")
    assert "nearest chosen" not in first.why
    assert second.why.endswith("nearest chosen a at 0.00")
    assert choose([made("a", VISIT, 0)], {}, 1)[0].why == "0.0 doubtful spans in 1,000 characters"


@given(st.permutations(range(4)), st.floats(0, 1))
def test_the_order_of_the_input_does_not_matter(order: list[int], variety: float) -> None:
    candidates = [made("a", VISIT, 1), made("b", GIFT, 1), made("c", CLINIC, 1), made("d", VISIT + CLINIC, 2)]
    expected = names(candidates, {"old": GIFT + CLINIC}, 4, variety=variety)
    assert names([candidates[place] for place in order], {"old": GIFT + CLINIC}, 4, variety=variety) == expected


def test_the_command_writes_rows_for_push_and_prints_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def labelled(paths: list[str], models: Path | None) -> tuple[list[dict[str, Any]], list[str]]:
        row = {"entities": [{"label": "EVENT"}], "confidence": [0.4]}
        return [row | {"doc_id": "a", "text": VISIT}, row | {"doc_id": "b", "text": GIFT}], ["c.bin: holds zero bytes"]

    monkeypatch.setattr("training.desk.push.read_and_label", labelled)
    output = tmp_path / "next.jsonl"
    result = CliRunner().invoke(
        app, ["next", "3", str(tmp_path), "--corpus", str(tmp_path / "none"), "--output", str(output)]
    )
    assert result.exit_code == 1
    assert "c.bin: holds zero bytes" in result.stderr
    assert "2 documents, 2 chosen; there are no more" in result.stderr
    assert "2 documents to label next" in result.stdout
    assert [row["comments"][0][:19] for row in read_rows(output)] == ["2.0 doubtful spans "] * 2


def test_models_and_inputs_that_are_not_there_are_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["next", "1", "x", "--models", str(tmp_path)])
    assert result.exit_code == 2
    assert "no trained recogniser; run make train" in result.stderr
