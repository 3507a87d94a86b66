"""Records for exports of doccano, made as a pull makes them: from relations, from what went up, and from the event models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from training.desk.flavours import Labelling
from training.desk.pull import Fault, row_of

Row = dict[str, Any]


def with_records(
    labelling: Labelling, type_of: Callable[[Row, int], str] | None = None
) -> tuple[Labelling, tuple[Fault, ...]]:
    """Return a labelling whose rows have records, and what the corpus checker finds wrong with them.

    Rows that are the project's own stay as they are. ``type_of`` names the type of an EVENT that no role tells; without
    one the event models do.
    """
    rows, faults = [], []
    for row in labelling.rows:
        if row["doc_id"] in labelling.sent:
            answer = {"confirmed": False, "comments": [], **row}
            answer |= {"meta": {"desk": labelling.sent[row["doc_id"]]}, "confirmed_by": row.get("annotators", [])}
            made, wrong = row_of(answer, type_of)
            told = {key: row[key] for key in ("annotators", "confirmed", "comments") if key in row}
            row = {
                key: value for key, value in made.items() if key not in ("annotators", "confirmed", "comments")
            } | told
            faults += [Fault(row["doc_id"], fault) for fault in wrong]
        rows.append(row)
    return replace(labelling, rows=tuple(rows), sent={}), tuple(faults)
