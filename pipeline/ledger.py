"""Totals of what was given: by giver, receiver, county, year and type, each with the number of records behind it.

What is added, and what never twice:

- Sums of different types, currencies and kinds (cash, valuation, mixed) are never added to each other.
- An occurrence told in several documents (``same_as``) counts once, by its most confident record.
- A record that is itself a total (``is_total``) counts only when nothing it may sum up is listed: no record of its type and
  currency by a giver it names (or, where it names none, for a receiver it names), and no other such record in its
  document, unless both name only organisations as givers, and other ones. Of several totals of one giver the largest counts.
- Planned records are left out unless they are asked for.
- Within a record, :mod:`pipeline.ledger_amounts` says what is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Literal

from pipeline.event_types import event_scheme
from pipeline.ledger_amounts import LeftOut, Reason, Sum, read_amounts
from pipeline.normalise.gazetteer import Unit, gazetteer
from pipeline.records import EventRecord
from pipeline.same_occurrence import occurrence

Dimension = Literal["type", "year", "county", "giver", "receiver"]
DIMENSIONS: tuple[Dimension, ...] = ("type", "year", "county", "giver", "receiver")
_Cell = tuple[Dimension, str | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: the total of ``by`` = ``key`` in one type, currency and kind.

    ``key`` is None where the records do not tell it; several givers who share a sum are one key, joined by 、. ``stated``,
    ``at_least`` and ``at_most`` are sums in the currency's main unit (see :class:`~pipeline.ledger_amounts.Sum`); ``at_most``
    is None when one of them has no upper bound. ``records`` stand behind it, of which ``approximate`` hedge.
    """

    by: Dimension
    key: str | None
    type: str
    currency: str
    kind: str
    records: int
    stated: Decimal
    at_least: Decimal
    at_most: Decimal | None
    approximate: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """All figures in order, what was left out and why, and how many records were read and how many count."""

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]
    read: int
    counted: int


def make_ledger(records: Iterable[EventRecord], planned: bool = False) -> Ledger:
    """Add up the records of an ``events.jsonl``, in which the records of a document stand together; read once.

    ``planned`` takes planned records in. Memory holds the rows, what is left out, and the records told in several documents.
    """
    book = _Book()
    retold: dict[str, EventRecord] = {}
    read = 0
    for _, group in groupby(records, key=lambda record: record.doc_id):
        document = list(group)
        read += len(document)
        listed = []
        for record in document:
            if event_scheme().types[record.type].giver is None:
                continue
            if record.status == "planned" and not planned:
                book.leave_out(record, "planned")
            else:
                listed.append(record)
        for record in listed:
            name = occurrence({"event_id": record.event_id, "same_as": record.same_as})
            if record.is_total and any(_may_be_part(part, record) for part in listed):
                book.covered.add(name)
            if not record.same_as:
                book.settle(record, name)
            elif (before := retold.get(name)) is None:
                retold[name] = record
            else:
                best, other = sorted((before, record), key=lambda r: (-r.confidence, r.event_id))
                retold[name] = best
                book.leave_out(other, "told in another document")
    for name, record in retold.items():
        book.settle(record, name)
    book.settle_totals()
    rows = sorted((figure.row(cell) for cell, figure in book.figures.items()), key=book.place)
    return Ledger(tuple(rows), tuple(book.left_out), read, book.counted)


@dataclass(slots=True)
class _Figure:
    """A row while it grows."""

    records: int = 0
    approximate: int = 0
    stated: Decimal = Decimal(0)
    at_least: Decimal = Decimal(0)
    at_most: Decimal | None = Decimal(0)

    def add(self, amount: Sum) -> None:
        self.stated += amount.stated
        self.at_least += amount.at_least
        self.at_most = None if self.at_most is None or amount.at_most is None else self.at_most + amount.at_most

    def row(self, cell: _Cell) -> Row:
        return Row(*cell, self.records, self.stated, self.at_least, self.at_most, self.approximate)


@dataclass(slots=True)
class _Book:
    """The figures as far as read, the totals that wait for the end, and whose parts have been listed."""

    figures: dict[_Cell, _Figure] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    totals: list[tuple[str, EventRecord]] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    parts: set[tuple[str, str, str | None, str]] = field(default_factory=set)
    counted: int = 0

    def leave_out(self, record: EventRecord, reason: Reason) -> None:
        self.left_out += [LeftOut(record.event_id, amount.text, reason) for amount in record.amounts]

    def settle(self, record: EventRecord, name: str) -> None:
        """Count a record, or keep it for the end when it is a total."""
        if record.is_total:
            self.totals.append((name, record))
            return
        for currency in {amount.currency for amount in record.amounts}:
            for role, names in _parties(record):
                self.parts |= {(record.type, currency, role, party) for party in names}
        self.count(record)

    def settle_totals(self) -> None:
        """Count the totals of which no part is listed, the largest of each giver."""
        counted: set[tuple[str, str, tuple[str, ...]]] = set()
        for name, record in sorted(self.totals, key=lambda total: (-_size(total[1]), total[1].event_id)):
            keys = set(self._keys(record))
            named = {(record.type, currency, names or (record.doc_id,)) for currency, _, names in keys}
            listed = any((record.type, c, role, party) in self.parts for c, role, names in keys for party in names)
            if listed or name in self.covered:
                self.leave_out(record, "parts are listed")
            elif named & counted:
                self.leave_out(record, "another total is counted")
            else:
                counted |= named
                self.count(record)

    def _keys(self, total: EventRecord) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
        """Each currency of a total with the role and the names by which it is compared."""
        (giver, givers), *rest = _parties(total)
        role, names = (giver, givers) if givers or not rest else rest[0]
        for currency in {amount.currency for amount in total.amounts}:
            yield currency, role, tuple(sorted(names))

    def count(self, record: EventRecord) -> None:
        """Add the amounts of one record to all its rows."""
        sums, left = read_amounts(record)
        self.left_out += left
        self.counted += bool(sums)
        year, county = _year(record), _county(record)
        behind: dict[_Cell, bool] = {}
        for amount in sums:
            keys = (record.type, year, county, "、".join(amount.givers) or None, "、".join(amount.receivers) or None)
            for by, key in zip(DIMENSIONS, keys, strict=True):
                cell: _Cell = (by, key, record.type, amount.currency, amount.kind)
                self.figures.setdefault(cell, _Figure()).add(amount)
                behind[cell] = behind.get(cell, False) or amount.approximate
        for cell, approximate in behind.items():
            self.figures[cell].records += 1
            self.figures[cell].approximate += approximate

    def place(self, row: Row) -> tuple[object, ...]:
        """Where a row stands: years in order, other keys by their largest figure, the unknown last."""
        types = list(event_scheme().types)
        same = [
            self.figures.get((row.by, row.key, row.type, row.currency, kind)) for kind in ("cash", "valuation", "mixed")
        ]
        size = max(figure.stated for figure in same if figure)
        order = row.key or "" if row.by == "year" else -size
        return (
            DIMENSIONS.index(row.by),
            types.index(row.type),
            row.currency,
            row.key is None,
            order,
            row.key or "",
            row.kind,
        )


def _may_be_part(part: EventRecord, total: EventRecord) -> bool:
    """Tell whether a record of the total's document may be one of those it sums up."""
    currencies = {amount.currency for amount in total.amounts}
    if part.is_total or part.type != total.type or currencies.isdisjoint(a.currency for a in part.amounts):
        return False
    giver = event_scheme().types[total.type].giver
    sides = [[p for p in record.participants if p.role == giver] for record in (part, total)]
    only_bodies = all(side and all(p.label == "ORG" for p in side) for side in sides)
    return not only_bodies or not _parties(part)[0][1].isdisjoint(_parties(total)[0][1])


def _parties(record: EventRecord) -> list[tuple[str | None, set[str]]]:
    """The named bodies and places that give and, for types with both, that receive."""
    kind = event_scheme().types[record.type]
    roles = [kind.giver] if kind.giver == kind.receiver else [kind.giver, kind.receiver]
    return [
        (role, {p.canonical or p.text for p in record.participants if p.role == role and p.label}) for role in roles
    ]


def _size(record: EventRecord) -> Decimal:
    return max((Decimal(a.value or a.lower or 0) for a in record.amounts), default=Decimal(0))


def _year(record: EventRecord) -> str | None:
    """The calendar year in which all days of the record lie; None where the text leaves it open."""
    when = record.date
    if when is None or when.first_day is None or when.last_day is None or when.first_day.year != when.last_day.year:
        return None
    return str(when.first_day.year)


def _county(record: EventRecord) -> str | None:
    """The county that the receivers' names begin with, else that of the places; None where there is none or several."""
    receiver = event_scheme().types[record.type].receiver
    codes = [_code(p.canonical or p.text) for p in record.participants if p.role == receiver and p.label]
    for found in (codes, [place.code for place in record.places]):
        if names := {name for code in found if code and (name := _county_name(code))}:
            return names.pop() if len(names) == 1 else None
    return None


@lru_cache(maxsize=10_000)
def _code(name: str) -> str | None:
    """The code of the area whose full name a name begins with; a short one (长宁 in 上海长宁希望小学) need not say where it is."""
    plain = "".join(name.split())
    units, _ = gazetteer().chain(plain)
    codes = {unit.code for unit in units if unit.division.name in plain}
    return codes.pop() if len(codes) == 1 else None


@lru_cache(maxsize=10_000)
def _county_name(code: str) -> str | None:
    """The full name of the county of a code; None for a province or a prefecture that has counties."""
    division = gazetteer().at(code)
    if division is None or gazetteer().has_parts(division.code) or division.code.endswith("0000"):
        return None
    return gazetteer().full_name(Unit(division))
