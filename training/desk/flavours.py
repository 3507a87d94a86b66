"""Exports of doccano in every flavour as rows of the corpus: offsets in code points, labels of the scheme, nothing guessed.

What cannot be taken as it is stops the import, with one line a fault: file and line, what is wrong, what would be right.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.event_types import event_scheme
from pipeline.spans import LABELS
from training.desk.flavours_counting import Counting, converted, counts_utf16
from training.desk.flavours_files import FlavourError, Given, GivenFile, GivenSpan, read_files
from training.desk.offsets import Offsets
from training.markup import ARGUMENTS

if TYPE_CHECKING:
    from training.desk.pull import Fault

Row = dict[str, Any]


@dataclass(frozen=True)
class Conventions:
    """How to read an export: what its offsets count, which labels to call otherwise, and which to leave out."""

    counting: Counting = Counting.auto
    rename: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Labelling:
    """The rows that one person, or one project, labelled; ``member`` is the person where the export names one.

    ``sent`` holds, for each document that comes from doccano, what went up with it and the page does not show (JSON, empty
    when nothing did): its records are still to be made (:func:`with_records`).
    """

    name: str
    member: str | None
    rows: tuple[Row, ...]
    sent: Mapping[str, str] = field(default_factory=dict)


def read_labellings(path: Path, conventions: Conventions | None = None) -> list[Labelling]:
    """Read an export (file, zip, folder) or batch files of the corpus as labellings of corpus rows, one a member.

    Batch files of one folder are one labelling. Raises :class:`FlavourError` naming every fault.
    """
    files = read_files(path)
    if path.is_dir() and all(text.own for file in files for text in file.texts):
        files = [GivenFile(path.name, None, tuple(text for file in files for text in file.texts))]
    return [_labelling(file, conventions or Conventions()) for file in files]


def _labelling(file: GivenFile, conventions: Conventions) -> Labelling:
    faults: list[str] = []
    utf16 = counts_utf16(file.texts, conventions.counting)
    rows = [_row(given, file.member, utf16 and not given.code_points, conventions, faults) for given in file.texts]
    places: dict[str, str] = {}
    for given, row in zip(file.texts, rows, strict=True):
        if (earlier := places.setdefault(row["doc_id"], given.where)) != given.where:
            faults.append(f"{given.where}: {row['doc_id']!r} stands at {earlier} too; keep one of them")
    if faults:
        raise FlavourError("\n".join(faults))
    sent = {
        row["doc_id"]: str(given.rest.get("desk", ""))
        for given, row in zip(file.texts, rows, strict=True)
        if not given.own
    }
    return Labelling(file.name, file.member, tuple(rows), sent)


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels and the types of relations by the names they go by, Chinese ones included."""
    scheme = event_scheme()
    labels = {**scheme.labels, **scheme.helper_labels}
    roles = {name: name for name in (*scheme.roles, *ARGUMENTS, "same")}
    chinese = {chinese: role for event_type in scheme.types.values() for role, chinese in event_type.roles.items()}
    return {name: name for name in labels} | {label.chinese: name for name, label in labels.items()}, roles | chinese


def _row(given: Given, member: str | None, utf16: bool, conventions: Conventions, faults: list[str]) -> Row:
    from training.desk.push import bulletin_name

    placed = _spans(given, utf16, conventions, faults)
    number_of = {span.key: number for number, span in enumerate(placed)}
    relations = _relations(given, number_of, conventions, faults)
    digest = hashlib.sha256(given.text.encode("utf-8", "surrogatepass")).hexdigest()
    if given.rest.get("text_sha256", digest) != digest:
        faults.append(
            f"{given.where}: the text is not the one of its text_sha256; it was changed after it went up, label it anew"
        )
    row: Row = {
        "text": given.text,
        "entities": [
            {"id": number, "start_offset": span.start, "end_offset": span.end, "label": span.label}
            for number, span in enumerate(placed)
        ],
        "relations": relations,
        "records": renumbered(given.rest["records"], number_of) if given.own and "records" in given.rest else [],
        "doc_id": str(given.rest["doc_id"]) if given.own else bulletin_name(str(given.rest["doc_id"])),
        "text_sha256": digest,
        "header": given.rest.get("header") or {},
        "headlines": given.rest.get("headlines") or [],
        "furniture": given.rest.get("furniture") or [],
        "free": sorted(number_of[key] for key in given.rest.get("free", ()) if key in number_of) if given.own else [],
    }
    return row | _told(given.rest, member)


def _told(rest: Mapping[str, Any], member: str | None) -> Row:
    """Return who labelled, whether it was confirmed, the comments and the way to the source, as far as the export says."""
    told: Row = {}
    if "runs" in (source := rest.get("source") or {}):
        told["source"] = {"sha256": source["sha256"], "runs": source["runs"]}
    if annotators := rest.get("annotators") or ([member] if member else []):
        told["annotators"] = annotators
    if "confirmed" in rest or "annotation_approver" in rest:
        told["confirmed"] = bool(rest.get("confirmed") or rest.get("annotation_approver"))
    if comments := rest.get("Comments") or rest.get("comments"):
        told["comments"] = [entry["text"] if isinstance(entry, dict) else str(entry) for entry in comments]
    return told


def _spans(given: Given, utf16: bool, conventions: Conventions, faults: list[str]) -> list[GivenSpan]:
    """Return the spans in code points with the scheme's labels, in order; what cannot be becomes a fault."""
    offsets = Offsets(given.text)
    labels, _ = _names()
    unit, length = ("UTF-16 units", offsets.units) if utf16 else ("characters", offsets.code_points)
    placed = []
    for span in given.spans:
        name = conventions.rename.get(span.label, span.label)
        where = f"{given.where}: {span.label} [{span.start}, {span.end})"
        if span.label in conventions.drop:
            continue
        if name not in labels:
            faults.append(
                f"{given.where}: label {span.label!r} is not one of {', '.join(_names_of_labels())}; say --rename {span.label}=ORG or --drop {span.label}"
            )
        elif not 0 <= span.start < span.end <= length:
            faults.append(
                f"{where} lies outside the text or holds nothing; the text has {length} {unit}, correct it in doccano or see --offsets"
            )
        elif (both := converted(offsets, span) if utf16 else (span.start, span.end)) is None:
            faults.append(f"{where} splits a character of two UTF-16 units; see --offsets, or label it anew")
        else:
            placed.append(GivenSpan(*both, labels[name], span.key))
    placed.sort(key=lambda span: (span.start, -span.end, span.label))
    furthest: GivenSpan | None = None
    for span in placed:
        if span.label not in LABELS:
            continue
        if furthest and span.start < furthest.end:
            forms = [f"{given.text[s.start : s.end]!r} ({s.label} [{s.start}, {s.end}))" for s in (furthest, span)]
            faults.append(
                f"{given.where}: {forms[1]} overlaps {forms[0]}; keep the longer, only FILLER and ITEM may overlap"
            )
        furthest = max(furthest or span, span, key=lambda s: s.end)
    return placed


def _names_of_labels() -> Sequence[str]:
    scheme = event_scheme()
    return [*scheme.labels, *scheme.helper_labels]


def _relations(given: Given, number_of: Mapping[object, int], conventions: Conventions, faults: list[str]) -> list[Row]:
    _, types = _names()
    keys = {span.key for span in given.spans}
    found = []
    for start, end, name in given.relations:
        kind = conventions.rename.get(name, name)
        if name in conventions.drop:
            continue
        if kind not in types:
            faults.append(
                f"{given.where}: relation {name!r} is neither a role nor {', '.join(ARGUMENTS)}, same; say --rename {name}=party or --drop {name}"
            )
        elif missing := [key for key in (start, end) if key not in keys]:
            faults.append(
                f"{given.where}: relation {name!r} names the span {missing[0]!r} that the row does not hold; export it again"
            )
        elif start in number_of and end in number_of:
            found.append({"from_id": number_of[start], "to_id": number_of[end], "type": types[kind]})
    return [{"id": number, **relation} for number, relation in enumerate(found)]


def renumbered(records: Iterable[Mapping[str, Any]], number_of: Mapping[object, int]) -> list[Row]:
    """Return the project's own records with the new numbers of their spans; what was left out is gone from them."""
    return [
        {
            **record,
            "anchors": [number_of[key] for key in record["anchors"] if key in number_of],
            "arguments": [
                {**argument, "id": number_of[argument["id"]]}
                for argument in record["arguments"]
                if argument["id"] in number_of
            ],
        }
        for record in records
    ]


def one_labelling(labellings: Sequence[Labelling], member: str | None = None) -> Labelling:
    """Join labellings to one, for the corpus; ``member`` takes that one alone.

    Raises :class:`FlavourError` when the member is unknown, or when several people labelled one document: then it is for
    somebody to decide.
    """
    if member is not None:
        chosen = [labelling for labelling in labellings if labelling.name == member]
        if not chosen:
            names = ", ".join(labelling.name for labelling in labellings)
            raise FlavourError(f"--member {member}: labelled nothing here; there are {names}")
        labellings = chosen
    by_document: dict[str, list[str]] = defaultdict(list)
    for labelling in labellings:
        for row in labelling.rows:
            by_document[row["doc_id"]].append(labelling.name)
    for doc_id, labellers in sorted(by_document.items()):
        if len(labellers) > 1:
            raise FlavourError(
                f"{doc_id!r} was labelled by {', '.join(labellers)}; choose with --member, or settle it with bangfu annotate agreement --adjudicate"
            )
    rows = tuple(row for labelling in labellings for row in labelling.rows)
    sent = {name: desk for labelling in labellings for name, desk in labelling.sent.items()}
    return Labelling(labellings[0].name, member, rows, sent)


def with_records(
    labelling: Labelling, type_of: Callable[[Row, int], str] | None = None
) -> tuple[Labelling, tuple[Fault, ...]]:
    """Return a labelling whose rows have records, as a pull makes them, and what the corpus checker finds wrong with them.

    Rows that are the project's own stay as they are. ``type_of`` names the type of an EVENT that no role tells; without
    one the event models do.
    """
    from training.desk.pull import Fault, row_of

    rows, faults = [], []
    for row in labelling.rows:
        if row["doc_id"] in labelling.sent:
            told = {key: row[key] for key in ("annotators", "confirmed", "comments") if key in row}
            answer = {"confirmed": False, "comments": [], **row, "confirmed_by": row.get("annotators", [])}
            made, wrong = row_of(answer | {"meta": {"desk": labelling.sent[row["doc_id"]]}}, type_of)
            row = {key: made[key] for key in made if key not in ("annotators", "confirmed", "comments")} | told
            faults += [Fault(row["doc_id"], fault) for fault in wrong]
        rows.append(row)
    return replace(labelling, rows=tuple(rows), sent={}), tuple(faults)
