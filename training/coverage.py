"""Counts what the labelled corpus covers, as tables for the data sheet, and names what is still thin."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.event_types import event_scheme
from pipeline.normalise.dates import DateContext, find_dates
from pipeline.normalise.money import find_money
from pipeline.spans import LABELS
from training.markup import Bulletin

Table = Mapping[str, int]
LENGTHS = (150, 400, 800, 1500, 3000)


def counts(bulletins: Sequence[Bulletin]) -> Counter[str]:
    """Count bulletins, characters, spans by label (``spans`` for the five together), records (``records``) and records by type."""
    types = event_scheme().types
    tally = Counter({"bulletins": len(bulletins), "characters": sum(len(b.text) for b in bulletins)})
    for bulletin in bulletins:
        tally.update(mark.label for mark in bulletin.marks if mark.label)
        opened = {(link.number, link.name) for mark in bulletin.marks for link in mark.links if link.name in types}
        tally.update(name for _, name in opened)
        tally["records"] += len(opened)
    tally["spans"] = sum(tally[label] for label in LABELS)
    return tally


def tables(bulletins: Sequence[Bulletin]) -> dict[str, Table]:
    """Return the tables of the data sheet: counts by label and type, genre, region pair, length, year, and forms of values."""
    types = event_scheme().types
    count = counts(bulletins)
    marks = [(bulletin, mark) for bulletin in bulletins for mark in bulletin.marks]
    opened = {
        (b.name, link.number, flag) for b, m in marks for link in m.links if link.name in types for flag in link.flags
    }
    anchored = {(b.name, link.number) for b, m in marks if m.label == "EVENT" for link in m.links if link.name in types}
    every = {(b.name, link.number) for b, m in marks for link in m.links if link.name in types}
    amounts = [find_money(b.text[m.start : m.end])[:1] for b, m in marks if m.label == "MONEY"]
    days = [find_dates(b.text[m.start : m.end], DateContext(None, ""))[:1] for b, m in marks if m.label == "DATE"]
    return {
        "labels": {label: count[label] for label in (*LABELS, "FILLER", "ITEM")},
        "record types": {name: count[name] for name in types},
        "records": {
            "all": count["records"],
            "planned": sum(flag == "planned" for *_, flag in opened),
            "totals": sum(flag == "total" for *_, flag in opened),
            "without an anchor": len(every - anchored),
        },
        "genres": _count(b.header.get("genre", "-") for b in bulletins),
        "region pairs": _count(region_pair(b) for b in bulletins),
        "length in characters": _count(_length(len(b.text)) for b in bulletins),
        "year": _count(b.header.get("published", "none")[:4] for b in bulletins),
        "punctuation": _count(b.header.get("style", "Chinese") for b in bulletins),
        "forms of amounts": _count(found.by for row in amounts for found in row),
        "forms of dates": _count(found.by for row in days for found in row),
    }


def _count(names: Iterator[str]) -> Table:
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def region_pair(bulletin: Bulletin) -> str:
    """Return ``giving -> receiving`` at the level of provinces (the first three characters of the header's chains)."""
    return " -> ".join(bulletin.header.get(side, "-")[:2] for side in ("giver", "receiver"))


def _length(characters: int) -> str:
    return next((f"up to {limit}" for limit in LENGTHS if characters <= limit), f"over {LENGTHS[-1]}")


def shortfalls(bulletins: Sequence[Bulletin], config: Path) -> list[str]:
    """Name every minimum of ``config`` that the corpus misses, with what it has."""
    minimum = tomllib.loads(config.read_text(encoding="utf-8"))["minimum"]
    count = counts(bulletins)
    has = {name: count[name] for name in ("bulletins", "characters", "spans", "records")}
    has["records_of_each_type"] = min(count[name] for name in event_scheme().types)
    has["region_pairs"] = len({region_pair(b) for b in bulletins})
    has["genres"] = len({b.header.get("genre") for b in bulletins})
    return [f"{name}: {has[name]} of at least {least}" for name, least in minimum.items() if has[name] < least]


def markdown(splits: Mapping[str, Sequence[Bulletin]]) -> str:
    """Write the counts by split and the tables of the whole corpus as Markdown."""
    names = ("bulletins", "characters", "spans", "records")
    lines = [
        "# What the corpus covers",
        "",
        "Made by `make corpus` from the labelled bulletins; CI fails when it is out of date.",
        "",
        f"| split | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    every = [bulletin for bulletins in splits.values() for bulletin in bulletins]
    for split, bulletins in {**splits, "all": every}.items():
        count = counts(bulletins)
        lines.append(f"| {split} | {' | '.join(f'{count[name]:,}' for name in names)} |")
    for title, table in tables(every).items():
        lines += ["", f"## {title[0].upper()}{title[1:]}", "", "| what | number |", "|---|---|"]
        lines += [f"| {name} | {number:,} |" for name, number in table.items()]
    return "\n".join(lines) + "\n"
