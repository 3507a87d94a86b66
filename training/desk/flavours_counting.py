"""What the offsets of an export count, UTF-16 units or code points, found out from the texts themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from training.bulletin_check import AMOUNT, CALENDAR, EDGE, OPENERS
from training.desk.flavours_files import FlavourError, Given, GivenSpan
from training.desk.offsets import OffsetError, Offsets

ENOUGH = 1000
"""Spans, spread over a file, that are looked at to find out what its offsets count."""


class Counting(StrEnum):
    """What offsets count: ``auto`` finds out from the texts."""

    auto = "auto"
    utf16 = "utf16"
    codepoints = "codepoints"


def counts_utf16(texts: Iterable[Given], counting: Counting = Counting.auto) -> bool:
    """Tell whether the spans of a file count UTF-16 units rather than code points.

    Where the two differ, a span that only one of them can place is proof; else the count whose spans look more like
    labelled text wins (no blanks or halves of brackets at their edges, forms labelled elsewhere, amounts and dates that
    read as such). Raises :class:`FlavourError` when the proofs differ or nothing tells.
    """
    if counting is not Counting.auto:
        return counting is Counting.utf16
    foreign = [(given, Offsets(given.text)) for given in texts if not given.code_points]
    proofs: dict[bool, tuple[str, GivenSpan]] = {}
    forms: set[tuple[str, str]] = set()
    unsure: list[tuple[Given, GivenSpan, tuple[int, int]]] = []
    for given, offsets in foreign:
        for span in given.spans:
            plain = 0 <= span.start < span.end <= offsets.code_points
            units = converted(offsets, span)
            if plain and units == (span.start, span.end):
                forms.add((given.text[span.start : span.end], span.label))
            elif plain and units:
                unsure.append((given, span, units))
            elif plain or units:
                proofs.setdefault(bool(units), (given.where, span))
    if len(proofs) == 2:
        places = [f"{where} ({span.label} [{span.start}, {span.end}))" for where, span in proofs.values()]
        raise FlavourError(
            f"{places[0]} and {places[1]} count differently, UTF-16 units and code points; import them apart, with --offsets"
        )
    if proofs or not unsure:
        return True in proofs
    scores = Counter[bool]()
    for given, span, (start, end) in unsure[:: 1 + len(unsure) // ENOUGH]:
        scores[True] += _plausible(given.text, start, end, span.label, forms)
        scores[False] += _plausible(given.text, span.start, span.end, span.label, forms)
    if scores[True] == scores[False]:
        raise FlavourError(
            f"{unsure[0][0].where}: offsets behind an emoji may count UTF-16 units or code points; say --offsets utf16 (labelled in doccano's pages) or --offsets codepoints"
        )
    return scores[True] > scores[False]


def converted(offsets: Offsets, span: GivenSpan) -> tuple[int, int] | None:
    """Return a span's UTF-16 offsets as code points; None where it holds nothing, lies outside or splits a character."""
    try:
        start, end = offsets.to_code_points(span.start), offsets.to_code_points(span.end)
    except OffsetError:
        return None
    return (start, end) if start < end else None


def _plausible(text: str, start: int, end: int, label: str, forms: set[tuple[str, str]]) -> int:
    """Return how much a stretch looks like a labelled span: points for and against, 0 when nothing speaks."""
    form = text[start:end]
    points = int((form, label) in forms) - int(form[0] in EDGE) - int(form[-1] in EDGE)
    points -= sum(form.count(opener) != form.count(closer) for opener, closer in OPENERS.items())
    pattern = {"MONEY": AMOUNT, "DATE": CALENDAR}.get(label)
    return points + int(bool(pattern and pattern.fullmatch(form)))
