"""Confidence that keeps its word: temperatures, what is judged right, reliability, abstention."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calibration import cooled, load_temperatures
from training.calibration import (
    Judged,
    abstention,
    calibration_error,
    cool,
    cross_checked,
    fitted_temperature,
    judged_parties,
    judged_records,
    judged_spans,
    read_temperatures,
    write_temperatures,
)

CHANCES = st.floats(0.001, 0.999)


@given(CHANCES, CHANCES, st.floats(0.5, 3))
def test_cooling_keeps_the_order_and_can_be_undone(one: float, other: float, temperature: float) -> None:
    low, high = sorted((one, other))
    assert cooled(low, temperature) <= cooled(high, temperature)
    assert cooled(cooled(one, temperature), 1 / temperature) == pytest.approx(one, abs=1e-6)


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_certainty_stays_near_where_it_was(confidence: float) -> None:
    assert abs(cooled(confidence, 2.0) - confidence) < 0.01


def judged(confidence: float, right: int, wrong: int, document: str = "a") -> list[Judged]:
    return [Judged(document, confidence, True)] * right + [Judged(document, confidence, False)] * wrong


def test_a_model_that_is_too_sure_is_cooled_and_its_error_falls() -> None:
    sure = judged(0.98, 8, 2) + judged(0.9, 7, 3)
    temperature = fitted_temperature(sure)
    assert temperature > 1.5
    assert calibration_error(cool(sure, temperature)) < calibration_error(sure)
    assert fitted_temperature(judged(0.7, 10, 0)) < 1
    assert fitted_temperature([]) == 1.0


def test_each_half_is_cooled_by_what_the_other_half_asks_for() -> None:
    halves = judged(0.95, 7, 3, "a") + judged(0.95, 10, 0, "b")
    after = {one.document: one.confidence for one in cross_checked(halves)}
    assert after["a"] > 0.95 > after["b"]


def test_setting_more_aside_leaves_less_and_tells_its_precision() -> None:
    rows = abstention(judged(0.95, 3, 0) + judged(0.65, 1, 1), thresholds=(0.0, 0.7, 0.99))
    assert [(row.threshold, row.kept, row.precision) for row in rows] == [(0.0, 1.0, 0.8), (0.7, 0.6, 1.0)]


def test_spans_are_right_by_edges_and_label_and_furniture_counts_for_nothing() -> None:
    row = {"entities": [{"start_offset": 0, "end_offset": 3, "label": "ORG"}], "furniture": [[10, 20]]}
    spans = [(0, 3, "ORG"), (0, 3, "GPE"), (12, 14, "ORG"), (5, 6, "ITEM")]
    found = [{"start": a, "end": b, "label": label, "confidence": 0.5} for a, b, label in spans]
    answers = list(judged_spans([row], [{"sha256": "a", "entities": found}], ["ORG", "GPE"]))
    assert [one.right for one in answers] == [True, False]


def record(donor: str, value: str, confidence: float = 0.5) -> dict[str, Any]:
    party = {"role": "donor", "text": donor, "start": 0, "end": 3, "canonical": None, "confidence": confidence}
    amount = {"text": "5元", "start": 20, "end": 22, "value": value, "lower": None, "upper": None, "currency": "CNY"}
    anchor = {"text": "捐赠", "start": 10, "end": 12}
    return {
        "type": "donation",
        "anchors": [anchor],
        "participants": [party],
        "amounts": [amount],
        "confidence": confidence,
    }


def test_records_are_right_by_givers_and_amounts_and_parties_by_role() -> None:
    gold = [{"sha256": "a", "records": [record("甲公司", "5")]}]
    for own, right in ((record("甲公司", "5"), True), (record("甲公司", "6"), False)):
        assert [one.right for one in judged_records(gold, [{"records": [own]}])] == [right]
        assert [one.right for one in judged_parties(gold, [{"records": [own]}])] == [True]
    nothing = [{"sha256": "a", "records": []}]
    assert [one.right for one in judged_records(nothing, [{"records": [record("甲公司", "5")]}])] == [False]
    assert [one.right for one in judged_parties(nothing, [{"records": [record("甲公司", "5")]}])] == [False]


def test_temperatures_ship_with_the_models(tmp_path: Path) -> None:
    assert load_temperatures(tmp_path) == {"parties": 1.0, "records": 1.0}
    for name in ("recogniser", "arguments"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "meta.json").write_text(json.dumps({"lang": "zh"}), encoding="utf-8")
    (tmp_path / "events").mkdir()
    assert set(read_temperatures(tmp_path).values()) == {1.0}
    temperatures = {"recogniser": 1.65, "arguments": 2.0, "parties": 1.9, "records": 0.65}
    write_temperatures(tmp_path, temperatures)
    assert read_temperatures(tmp_path) == temperatures
    assert json.loads((tmp_path / "recogniser" / "meta.json").read_text(encoding="utf-8"))["lang"] == "zh"
