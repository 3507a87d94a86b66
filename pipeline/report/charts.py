"""The sums of :mod:`pipeline.ledger` as bars: by giver, receiver, county and year, for each type and currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.event_types import EventType, event_scheme
from pipeline.ledger import Dimension, Ledger, Row
from pipeline.report.money import exact, short

MOST_BARS = 10
MOST_YEARS = 12
SHORTEST = 0.5
"""Percent of the longest bar below which a bar could not be seen."""
UNKNOWN = "（未写明）"
KINDS = {"cash": "现金", "valuation": "物资折价", "mixed": "款物合计"}
_FILTERS: dict[Dimension, str] = {"giver": "search", "receiver": "search", "county": "place", "year": "year"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: its kind of money, where it begins and how long it is, in percent of the longest bar."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, the value it sets in the filter (empty: none), its sums by kind, in short and in full, and its pieces."""

    name: str
    value: str
    sums: tuple[tuple[str, str], ...]
    exact: str
    records: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its title, the filter of the list that its bars set, its bars, and how many were left out (may be empty)."""

    title: str
    filter: str
    upright: bool
    bars: tuple[Bar, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The charts of one type of event in one currency, and the kinds of money in them with their names."""

    name: str
    kinds: tuple[tuple[str, str], ...]
    charts: tuple[Chart, ...]


def panels(ledger: Ledger) -> list[Panel]:
    """Draw the figures of a ledger, a panel for each type and currency in its order."""
    made = []
    for (type_name, currency), sums in groupby((r for r in ledger.rows if r.by == "type"), key=_panel_of):
        kind = event_scheme().types[type_name]
        rows = [row for row in ledger.rows if _panel_of(row) == (type_name, currency)]
        charts = [_chart(by, kind, [row for row in rows if row.by == by]) for by in _FILTERS]
        name = kind.chinese if currency == "CNY" else f"{kind.chinese}（{currency}）"
        kinds = tuple((row.kind, KINDS[row.kind]) for row in sums)
        made.append(Panel(name, kinds, tuple(chart for chart in charts if chart)))
    return made


def _panel_of(row: Row) -> tuple[str, str]:
    return row.type, row.currency


def _chart(by: Dimension, kind: EventType, rows: Sequence[Row]) -> Chart | None:
    """Draw one chart; None where no record tells what it goes by."""
    groups = [(key, list(group)) for key, group in groupby(rows, key=lambda row: row.key)]
    known = [group for group in groups if group[0] is not None]
    if not known:
        return None
    most = MOST_YEARS if by == "year" else MOST_BARS
    kept = known[-most:] if by == "year" else known[:most]
    unknown = [group for group in groups if group[0] is None]
    longest = max(sum(float(row.stated) for row in found) for _, found in kept + unknown) or 1.0
    role = {"giver": kind.giver, "receiver": kind.receiver}.get(by)
    title = {"county": "县区", "year": "年份"}.get(by) or kind.roles[role or ""]
    more = f"{'近' if by == 'year' else '前'} {most} 个，共 {len(known)} 个" if len(known) > most else ""
    bars = tuple(_bar(by, key, found, longest) for key, found in kept + unknown)
    return Chart(f"按{title}", _FILTERS[by], by == "year", bars, more)


def _bar(by: Dimension, key: str | None, rows: Sequence[Row], longest: float) -> Bar:
    segments, start = [], 0.0
    for row in rows:
        length = max(round(100 * float(row.stated) / longest, 2), SHORTEST)
        segments.append(Segment(row.kind, round(start, 2), length))
        start += length
    # Several givers of one sum are one bar, their names joined by 、: the list is searched for each of them.
    value = " ".join((key or "").split("、")) if _FILTERS[by] == "search" else key or ""
    full = [f"{KINDS[row.kind]} {bounds(row)}，{row.records} 件" for row in rows]
    records = "+".join(str(row.records) for row in rows) + " 件"
    sums = tuple((row.kind, shown(row)) for row in rows)
    return Bar(key or UNKNOWN, value, sums, "；".join(full), records, tuple(segments))


def shown(row: Row) -> str:
    """Write a sum in short; 约 where some of the amounts in it are hedged or have bounds only."""
    about = "约" if row.approximate or row.at_least != row.stated or row.at_most != row.stated else ""
    return about + "".join(short(row.stated, row.currency))


def bounds(row: Row) -> str:
    """Write a sum in full, with its bounds where the texts leave it open."""
    stated = exact(row.stated, row.currency)
    if row.at_least == row.stated == row.at_most:
        return stated
    most = "不限" if row.at_most is None else exact(row.at_most, row.currency)
    return f"{stated}（{exact(row.at_least, row.currency)} 至 {most}）"
