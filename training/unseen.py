"""What models that have not seen a bulletin find in it: what later stages learn from, as they will meet it.

A recogniser knows its own training texts nearly by heart; a model that learns beside such spans trusts them too far. So the
bulletins are dealt into two halves, and each half is read by recognisers that learnt from the other one.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.events.linear import LinearModel
from pipeline.events.phrases import free_phrases, with_phrases
from pipeline.events.reading import make_reading
from pipeline.events.subjects import PARTY_LABELS
from pipeline.normalise.dates import DateContext
from pipeline.policy import settle
from pipeline.recognise import load_recogniser
from pipeline.recognise.phrases import PHRASE
from pipeline.spans import Mention
from training.corpus import Row
from training.readings import GoldReading, GoldRecord
from training.recogniser import train_recogniser
from training.rows import Found, argument_rows, write_rows

FOUND = "found"
"""Name of the file in a half's folder that holds what was found there."""
PHRASES_AT = 0.2
"""Probability from which a phrase is shown: lower than in use, so that the role models see enough of them."""


def halves(names: Iterable[str]) -> dict[str, int]:
    """Deal bulletins into two halves by turns: the half of each name.

    >>> halves(["a-2", "a-1", "a-3"])
    {'a-1': 0, 'a-2': 1, 'a-3': 0}
    """
    return {name: number % 2 for number, name in enumerate(sorted({*names}))}


def find_unseen(
    rows: Mapping[str, Sequence[Row]],
    number: int,
    config: Path,
    settings: dict[str, Any],
    folder: Path,
    shown: Found | None = None,
) -> None:
    """Train a recogniser on the other half, and write into ``folder`` what it finds in half ``number`` of the bulletins.

    That is the one of the five labels, and where it is told what was found in every bulletin, the one of words, which is ``shown``
    that; ``folder`` must hold the first one then, and they read together. ``rows`` are those of each split, ``settings`` what the
    recogniser has otherwise than ``config`` says; ``paths.features`` holds what was read of all texts. Those that read half 0 read dev
    and test too, by which a recogniser that learns from what is found is chosen and scored.
    """
    half = halves(row["doc_id"] for row in rows["train"])
    name = "arguments" if shown else "recogniser"
    learnt = {**rows, "train": [row for row in rows["train"] if half[row["doc_id"]] != number]}
    if shown:
        learnt = {split: argument_rows(lines, shown) for split, lines in learnt.items()}
    folder.mkdir(exist_ok=True)
    train_recogniser(write_rows(folder / f"{name}-rows", learnt), folder / name, config, settings)
    read = [row for row in rows["train"] if half[row["doc_id"]] == number]
    read += [*rows["dev"], *rows["test"]] if number == 0 else []
    recogniser = load_recogniser(folder / "recogniser", folder / name if shown else None)
    recogniser.remember(Path(settings["paths.features"]))
    mentions = recogniser.mentions([row["text"] for row in read])
    found = {row["doc_id"]: some for row, some in zip(read, mentions, strict=True)}
    (folder / FOUND).write_bytes(pickle.dumps(found))


def read_found(folders: Iterable[Path]) -> dict[str, list[Mention]]:
    """Return what :func:`find_unseen` wrote last into some folders."""
    return {
        name: mentions for folder in folders for name, mentions in pickle.loads((folder / FOUND).read_bytes()).items()
    }


def unseen_readings(
    golds: Iterable[GoldReading], found: Found, phrases: Sequence[LinearModel]
) -> Iterator[GoldReading]:
    """Make gold readings anew with what was found in the place of the labels; arguments and anchors not found are left out.

    ``phrases`` are the models of plain phrases: the n-th has not seen the bulletins of half n.
    """
    golds = list(golds)
    half = halves(gold.name for gold in golds)
    for gold in golds:
        text, end = gold.reading.text, gold.at + len(gold.reading.text)
        own = [
            replace(m, start=m.start - gold.at, end=m.end - gold.at)
            for m in found[gold.name]
            if gold.at <= m.start and m.end <= end
        ]
        mentions = settle(text, own, DateContext(None, "none"))
        known = [mention for mention in mentions if mention.label != PHRASE]
        reading = make_reading(text, gold.reading.sentences, known, gold.reading.headline_end)
        reading = replace(
            reading, mentions=tuple(with_phrases(reading, free_phrases(mentions), phrases[half[gold.name]], PHRASES_AT))
        )
        records = tuple(_records(gold.records, reading.mentions))
        if records:
            yield replace(gold, reading=reading, records=records)


def _records(records: Iterable[GoldRecord], mentions: Sequence[Mention]) -> Iterator[GoldRecord]:
    for record in records:
        anchors = tuple(found for anchor in record.anchors if (found := _counterpart(anchor, mentions)))
        if anchors or not record.anchors:
            pairs = ((_counterpart(mention, mentions), role) for mention, role in record.arguments)
            arguments = tuple((found, role) for found, role in pairs if found)
            yield replace(record, anchors=anchors, arguments=arguments)


def _counterpart(gold: Mention, mentions: Sequence[Mention]) -> Mention | None:
    """Return the mention that stands for a labelled one: the same span, or one that shares half with it, of a like label."""
    like = [
        m
        for m in mentions
        if (m.label == gold.label or {m.label, gold.label} <= PARTY_LABELS) and gold.span.shares_half(m.span)
    ]
    return max(
        like,
        key=lambda m: (m.span == gold.span, m.label == gold.label, min(m.end, gold.end) - max(m.start, gold.start)),
        default=None,
    )
