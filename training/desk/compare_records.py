"""Agreement of labellers on records: which occurrences both have, and which arguments of theirs agree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from pipeline.evaluate import Report, Score
from pipeline.matching import pair_records
from training.desk.compare import Meeting

GoldDocument = dict[str, Any]


def gold_documents(meetings: Sequence[Meeting]) -> list[list[GoldDocument | None]]:
    """Return each labeller's records of each text as scoring reads them; None where a labelling lacks the text."""
    return [[None if row is None else _gold(row) for row in meeting.rows] for meeting in meetings]


def _gold(row: Any) -> GoldDocument:
    from training.gold import as_gold, gold_extraction

    if not row["records"]:  # spans alone: reading their values would take its time for nothing
        return {"sha256": row["text_sha256"], "entities": [], "records": []}
    return as_gold(gold_extraction(row))


def record_report(golds: Sequence[Sequence[GoldDocument | None]], one: int, other: int) -> Report:
    """Score the records and arguments of labelling ``other`` against those of ``one``, where both hold the text."""
    from training.gold import score_found

    pairs = [(first, second) for row in golds if (first := row[one]) and (second := row[other])]
    return score_found([first for first, _ in pairs], [second for _, second in pairs])


def add_records(score: Score, first: GoldDocument | None, second: GoldDocument | None) -> None:
    """Count the records of one text that both labellers have: of the same type, with anchors or fillers in common."""
    if first and second:
        mates = pair_records(first["records"], second["records"])
        score.add(len(mates), len(second["records"]), len(first["records"]))


def record_disputes(golds: Sequence[Sequence[GoldDocument | None]], names: Sequence[str]) -> list[list[str]]:
    """Return for each text, in Chinese, the records (type and anchors) that one labeller has and another has not."""
    told: list[list[str]] = []
    for row in golds:
        found: list[str] = []
        for one, other in combinations([number for number, gold in enumerate(row) if gold], 2):
            first, second = ((row[number] or {})["records"] for number in (one, other))
            mates = pair_records(first, second)
            found += [_told(r, names[one], names[other]) for n, r in enumerate(first) if n not in mates]
            found += [_told(r, names[other], names[one]) for n, r in enumerate(second) if n not in mates.values()]
        told.append(found)
    return told


def _told(record: GoldDocument, having: str, lacking: str) -> str:
    forms = "、".join("".join(anchor["text"].split()) for anchor in record["anchors"] or [record["evidence"]])
    return f"记录 {record['type']}「{forms}」：{having}有，{lacking}没有"
