"""Agreement beyond chance: Cohen's kappa and Krippendorff's alpha on published examples and against their definition."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.desk.compare_measures import cohen_kappa, krippendorff_alpha


def matrix(*rows: str) -> Any:
    return np.array([[int(code) if code.isdigit() else -1 for code in row] for row in rows])


@pytest.mark.parametrize(
    ("codes", "alpha"),
    [
        # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), A: two observers, two values.
        (matrix("0100000010", "1110010000"), 0.095),
        # The same, C: four observers, five values, data missing.
        (matrix("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
        # Wikipedia, Krippendorff's alpha, a computational example: three coders, fifteen units.
        (matrix(".....34121133.3", "1.213343.......", "..21344.21133.4"), 0.691),
    ],
)
def test_alpha_of_published_examples(codes: Any, alpha: float) -> None:
    assert krippendorff_alpha(codes) == pytest.approx(alpha, abs=0.0005)


def test_kappa_of_a_published_example() -> None:
    # Fleiss, Cohen and others: 50 cases, both yes 20, both no 15, the rest apart; kappa 0.4.
    one = np.array([1] * 25 + [0] * 25)
    other = np.array([1] * 20 + [0] * 5 + [1] * 10 + [0] * 15)
    assert cohen_kappa(one, other) == pytest.approx(0.4)


def test_what_does_not_vary_has_no_figure() -> None:
    same = np.zeros((2, 5), dtype=int)
    assert krippendorff_alpha(same) is cohen_kappa(*same) is None
    assert krippendorff_alpha(np.full((2, 3), -1)) is None
    assert krippendorff_alpha(np.array([[1, -1], [-1, 2]])) is None


CODES = st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(-1, 3)), min_size=2, max_size=12)


@given(CODES)
def test_alpha_is_the_same_by_its_definition(columns: list[tuple[int, int, int]]) -> None:
    """Against the definition: disagreement of pairs within units over disagreement of all pairs."""
    codes = np.array(columns).T
    units = [[value for value in column if value >= 0] for column in columns]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    pairs = [(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j]
    expected = sum(a != b for a, b in pairs) / len(pairs) if pairs else 0
    if not expected:
        assert krippendorff_alpha(codes) is None
        return
    within = sum(
        sum(a != b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j) / (len(unit) - 1)
        for unit in units
    )
    assert krippendorff_alpha(codes) == pytest.approx(1 - within / len(values) / expected)
