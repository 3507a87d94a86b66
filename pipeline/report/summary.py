"""What stands at the head of the page: its figures, and what was not counted and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.event_types import event_scheme
from pipeline.ledger import Ledger
from pipeline.ledger_amounts import Reason
from pipeline.records import EventRecord
from pipeline.report.charts import KINDS, bounds, shown
from pipeline.report.money import short

SURE = 0.5
"""Confidence below which an event should be looked at."""
_REASONS: dict[Reason, str] = {
    "number of heads not told": "只写明每户、每人等的单价，没有写明数量",
    "no figure": "没有写明数额",
    "part of another amount": "是另一笔金额的一部分（其中）",
    "sum of other amounts": "是同一事件中几笔金额之和",
    "parts are listed": "合计数，分项已经计入",
    "another total is counted": "合计数，已计入同一方更大的合计数",
    "told in another document": "同一事件已按另一份文件计入",
    "planned": "计划中的事件",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the summary: name, number and unit as shown, the number in full, and a note; the last three may be empty."""

    name: str
    shown: str
    unit: str = ""
    exact: str = ""
    note: str = ""


def cards(records: Sequence[EventRecord], ledger: Ledger, run: Mapping[str, Any]) -> list[Card]:
    """List the figures; ``run`` is what ``run.json`` holds, empty where there is none."""
    counts = run.get("counts", {})
    documents = counts.get("documents", len({record.doc_id for record in records}))
    rejected = counts.get("rejected", 0)
    planned = sum(record.status == "planned" for record in records)
    unsure = sum(record.confidence < SURE for record in records)
    made = [
        Card("文件", f"{documents:,}", "份", note=f"另有 {rejected} 份未能读入" if rejected else ""),
        Card("事件", f"{len(records):,}", "件", note=f"其中计划中 {planned} 件" if planned else ""),
    ]
    for (type_name, currency), group in groupby(
        (row for row in ledger.rows if row.by == "type"), key=lambda row: (row.type, row.currency)
    ):
        first, *others = group
        name = event_scheme().types[type_name].chinese + KINDS[first.kind]
        note = f"{first.records} 件"
        if others:
            note += "".join(f"；另有{KINDS[row.kind]}{shown(row)}" for row in others)
        exactly = "；".join(f"{KINDS[row.kind]} {bounds(row)}" for row in (first, *others))
        made.append(Card(name, *short(first.stated, currency), exactly, note))
    note = f"可信度低于 {SURE:.0%}" + (f"；另有 {review} 件在 review.jsonl" if (review := counts.get("review")) else "")
    return [*made, Card("待核对", f"{unsure:,}", "件", note=note)]


def lead(records: Sequence[EventRecord]) -> str:
    """Say in a line from when to when the events are."""
    days = [day for record in records if record.date for day in (record.date.first_day, record.date.last_day) if day]
    if not days:
        return "所述事件没有写明日期"
    first, last = min(days).year, max(days).year
    return f"所述事件：{first} 年" + ("" if first == last else f"至 {last} 年")


def not_counted(ledger: Ledger) -> list[tuple[str, int]]:
    """List why amounts enter no sum, with how many; the most frequent first."""
    counts = Counter(left.reason for left in ledger.left_out)
    return sorted(((_REASONS[reason], times) for reason, times in counts.items()), key=lambda row: (-row[1], row[0]))


def footer(run: Mapping[str, Any]) -> str:
    """Say what made the page and how far to trust it."""
    made = [f"bangfu {run['version']}"] if "version" in run else []
    made += [f"输出格式 {run['schema']}"] if "schema" in run else []
    trust = "事件由程序从文本中读出，引用前请对照原文；可信度是程序对一条记录正确的估计。"
    return " · ".join([*made, trust])
