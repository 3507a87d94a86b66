"""How far labellings of the same texts agree: spans, characters beyond chance, records; in all, by label, by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate import Report, Score
from pipeline.event_types import event_scheme
from pipeline.spans import LABELS
from training.desk.compare import Meeting, Version, disputes
from training.desk.compare_records import GoldDocument, add_records, record_report

MISSING = -1
ALL = "all"
Codes = NDArray[np.int8]


@dataclass(frozen=True)
class LabelAgreement:
    """Agreement on one label, or on ``all`` five: spans with the first labelling as the standard, and characters.

    ``overlapping`` counts spans of the same label that share a character, each once. ``kappa`` is Cohen's and ``alpha``
    Krippendorff's (nominal) over characters, each coded with its label or none; None where nothing varies.
    """

    exact: Score
    overlapping: Score
    kappa: float | None
    alpha: float | None


@dataclass(frozen=True)
class PairAgreement:
    """Agreement of two labellings on the ``documents`` both hold; ``report`` scores records and their arguments."""

    first: str
    second: str
    documents: int
    labels: dict[str, LabelAgreement]
    report: Report


@dataclass(frozen=True)
class DocumentAgreement:
    """Agreement on one document over all pairs of its labellers: spans of the five labels, records, characters.

    ``disputes`` counts the stretches they differ on.
    """

    doc_id: str
    exact: Score
    overlapping: Score
    records: Score
    alpha: float | None
    disputes: int


@dataclass(frozen=True)
class Agreement:
    """All figures; ``alpha`` is over every labeller at once, by label."""

    pairs: tuple[PairAgreement, ...]
    documents: tuple[DocumentAgreement, ...]
    alpha: dict[str, float | None]


def krippendorff_alpha(codes: NDArray[np.integer]) -> float | None:
    """Return Krippendorff's alpha for nominal codes ``[raters, units]``; :data:`MISSING` marks what a rater left out.

    By the coincidences of Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). None when no unit has two codes
    or all codes are the same.

    >>> krippendorff_alpha(np.array([[1, 1, 2, 2], [1, 1, 2, 1]]))
    0.5333333333333333
    """
    categories = np.unique(codes[codes != MISSING])
    counts = np.array([(codes == category).sum(axis=0) for category in categories])
    counts = counts[:, counts.sum(axis=0) > 1] if len(categories) else np.zeros((0, 0), dtype=int)
    by_unit, by_category = counts.sum(axis=0), counts.sum(axis=1)
    total = int(by_unit.sum())
    expected = float((by_category * (total - by_category)).sum()) / (total - 1) if total > 1 else 0.0
    if not expected:
        return None
    observed = float(((counts * (by_unit - counts)).sum(axis=0) / (by_unit - 1)).sum())
    return 1 - observed / expected


def cohen_kappa(one: NDArray[np.integer], other: NDArray[np.integer]) -> float | None:
    """Return Cohen's kappa of two raters' codes; None when both gave one and the same code throughout."""
    from sklearn.metrics import cohen_kappa_score

    if len(np.union1d(one, other)) < 2:
        return None
    return float(cohen_kappa_score(one, other))


def character_codes(meeting: Meeting, labels: Sequence[str] = LABELS) -> Codes:
    """Return ``[labellings, characters]``: 0 for no label, n for the n-th of ``labels``, MISSING for no row."""
    codes = np.full((len(meeting.rows), len(meeting.text)), MISSING, dtype=np.int8)
    for number, spans in enumerate(meeting.versions):
        if spans is not None:
            codes[number] = 0
            for start, end, label in spans:
                if label in labels:
                    codes[number, start:end] = 1 + labels.index(label)
    return codes


def exact_hits(one: Version, other: Version) -> int:
    """Count the spans that stand in both versions."""
    return len(set(one) & set(other))


def overlapping_hits(one: Version, other: Version) -> int:
    """Count pairs of spans of the same label that share a character, every span in one pair at most; versions in order.

    >>> from training.desk.compare import Marked
    >>> overlapping_hits((Marked(0, 4, "ORG"),), (Marked(0, 2, "ORG"), Marked(2, 4, "ORG")))
    1
    """
    hits = 0
    for label in {span.label for span in one}:
        left, right = ([span for span in version if span.label == label] for version in (one, other))
        i = j = 0
        while i < len(left) and j < len(right):
            if left[i].start < right[j].end and right[j].start < left[i].end:
                hits, i, j = hits + 1, i + 1, j + 1
            elif left[i].end <= right[j].end:
                i += 1
            else:
                j += 1
    return hits


def measure(
    names: Sequence[str], meetings: Sequence[Meeting], golds: Sequence[Sequence[GoldDocument | None]]
) -> Agreement:
    """Measure labellings called ``names`` on the texts where they meet; ``golds`` are their records (gold_documents)."""
    codes = {name: [character_codes(meeting, labels) for meeting in meetings] for name, labels in _groups().items()}
    joined = {name: np.concatenate(each, axis=1) for name, each in codes.items()}
    pairs = []
    for one, other in combinations(range(len(names)), 2):
        shared = [m for m in meetings if m.rows[one] is not None and m.rows[other] is not None]
        if shared:
            report = record_report(golds, one, other)
            pairs.append(
                PairAgreement(names[one], names[other], len(shared), _labels(shared, one, other, joined), report)
            )
    documents = [_document(*each) for each in zip(meetings, codes[ALL], golds, strict=True)]
    return Agreement(tuple(pairs), tuple(documents), {name: krippendorff_alpha(c) for name, c in joined.items()})


def _groups() -> dict[str, tuple[str, ...]]:
    """Return what is measured by name: each label alone, and the five together."""
    return {
        **{name: (name,) for name in LABELS},
        ALL: LABELS,
        **{name: (name,) for name in event_scheme().helper_labels},
    }


def _labels(meetings: Sequence[Meeting], one: int, other: int, codes: Mapping[str, Codes]) -> dict[str, LabelAgreement]:
    found = {}
    for name, labels in _groups().items():
        exact, overlapping = Score(), Score()
        for meeting in meetings:
            _add(exact, overlapping, meeting, one, other, labels)
        pair = codes[name][[one, other]]
        pair = pair[:, (pair != MISSING).all(axis=0)]
        found[name] = LabelAgreement(exact, overlapping, cohen_kappa(*pair), krippendorff_alpha(pair))
    return found


def _add(exact: Score, overlapping: Score, meeting: Meeting, one: int, other: int, labels: Sequence[str]) -> None:
    gold, found = (tuple(s for s in meeting.versions[number] or () if s.label in labels) for number in (one, other))
    exact.add(exact_hits(gold, found), len(found), len(gold))
    overlapping.add(overlapping_hits(gold, found), len(found), len(gold))


def _document(meeting: Meeting, codes: Codes, golds: Sequence[GoldDocument | None]) -> DocumentAgreement:
    exact, overlapping, records = Score(), Score(), Score()
    held = [number for number, row in enumerate(meeting.rows) if row is not None]
    for one, other in combinations(held, 2):
        _add(exact, overlapping, meeting, one, other, LABELS)
        add_records(records, golds[one], golds[other])
    alpha = krippendorff_alpha(codes)
    return DocumentAgreement(meeting.doc_id, exact, overlapping, records, alpha, len(disputes(meeting)))


def as_json(agreement: Agreement) -> dict[str, Any]:
    """Return all figures as one object of JSON, rounded to four digits."""
    return {
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "documents": pair.documents,
                "spans": {
                    label: {
                        "exact": row.exact.as_row(),
                        "overlapping": row.overlapping.as_row(),
                        "kappa": _rounded(row.kappa),
                        "alpha": _rounded(row.alpha),
                    }
                    for label, row in pair.labels.items()
                },
                "records": {
                    part: {name: score.as_row() for name, score in sorted(rows.items())}
                    for part, rows in pair.report.scores.items()
                    if part != "entities"
                },
            }
            for pair in agreement.pairs
        ],
        "alpha": {label: _rounded(alpha) for label, alpha in agreement.alpha.items()},
        "documents": [
            {
                "doc_id": row.doc_id,
                "exact": row.exact.as_row(),
                "overlapping": row.overlapping.as_row(),
                "records": row.records.as_row(),
                "alpha": _rounded(row.alpha),
                "disputes": row.disputes,
            }
            for row in agreement.documents
        ],
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
