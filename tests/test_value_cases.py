"""The tables of hand-written amounts and dates in ``tests/cases``: what is found, where, and with which value."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.value_cases import Expected, covered, marked, rows
from pipeline.normalise.dates import DateContext, find_dates, read_date
from pipeline.normalise.money import find_money, read_money, short_form

MONEY = [pytest.param(*marked(*cells), id=cells[0]) for cells in rows("money.tsv")]
DATES = [pytest.param(*marked(cells[0], cells[2]), cells[1], id=cells[0]) for cells in rows("dates.tsv")]


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_amounts_have_the_span_and_value_a_reader_gives_them(text: str, expected: Expected) -> None:
    found = find_money(text)
    assert [(amount.start, amount.end, [short_form(amount.value)]) for amount in found] == expected
    assert [read_money(text, amount.start, amount.end) for amount in found] == found


@pytest.mark.parametrize(("text", "expected", "day"), DATES)
def test_dates_have_the_span_and_days_a_reader_gives_them(text: str, expected: Expected, day: str) -> None:
    context = DateContext(None if day == "-" else date.fromisoformat(day), "given")
    found = find_dates(text, context)
    assert [(hit.start, hit.end) for hit in found] == [(start, end) for start, end, _ in expected]
    for hit, (_, _, right) in zip(found, expected, strict=True):
        days = (hit.value.first_day, hit.value.last_day)
        assert days in [covered(expression) for expression in right], hit.value
    assert [read_date(text, hit.start, hit.end, context, None) for hit in found[:1]] == found[:1]
