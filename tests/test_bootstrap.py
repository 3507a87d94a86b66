import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bootstrap import f1_interval

COUNTS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(lambda c: (min(c), c[1], c[2])), max_size=12
)


@given(COUNTS)
def test_an_interval_lies_in_order_between_nought_and_one_and_stays_the_same(
    counts: list[tuple[int, int, int]],
) -> None:
    low, high = f1_interval(counts, draws=50)
    assert 0 <= low <= high <= 1
    assert (low, high) == f1_interval(counts, draws=50)


def test_more_documents_give_a_narrower_interval() -> None:
    few, many = ([(9, 10, 10), (5, 10, 10)] * times for times in (3, 60))
    widths = [high - low for low, high in map(f1_interval, (few, many))]
    assert widths[1] < widths[0] / 2


def test_documents_with_nothing_to_score_move_nothing() -> None:
    assert f1_interval([]) == f1_interval([(0, 0, 0)]) == (0.0, 0.0)
    assert f1_interval([(3, 3, 3), (0, 0, 0)]) == pytest.approx((1.0, 1.0))
