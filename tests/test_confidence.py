from pathlib import Path

import numpy as np
import pytest

from pipeline.events.linear import LinearModel
from training.confidence import expected_error, fitted_temperature, folds, reliability
from training.corpus import read_batches, to_row
from training.readings import gold_readings

DEV = Path(__file__).parent.parent / "corpus" / "bulletins" / "dev"


def test_folds_keep_a_bulletin_together_and_hold_each_out_once() -> None:
    golds = [gold for bulletin in read_batches([DEV]) for gold in gold_readings(to_row(bulletin))]
    pairs = folds(golds)
    assert sorted(gold.name for _, held in pairs for gold in held) == sorted(gold.name for gold in golds)
    for learnt, held in pairs:
        assert not {gold.name for gold in learnt} & {gold.name for gold in held}


def test_temperature_cools_a_model_that_is_too_sure() -> None:
    sure = LinearModel(("a", "b"), np.array([0.0, 0.0]), {"x": np.array([3.0, -3.0])})
    mostly = [(["x"], "a")] * 7 + [(["x"], "b")] * 3
    assert fitted_temperature([(sure, mostly)]) > 1.5
    assert fitted_temperature([(sure, [(["x"], "a")] * 10)]) < 1.0


def test_the_reliability_table_weighs_its_bins() -> None:
    rows = reliability([(0.8, True), (0.8, True), (0.8, False), (0.1, False)], bins=2)
    assert [(row.lower, row.records, row.right) for row in rows] == [(0.0, 1, 0.0), (0.5, 3, 0.6667)]
    assert expected_error(rows) == pytest.approx((0.1 + 3 * (0.8 - 0.6667)) / 4)
    assert expected_error([]) == 0.0
