"""Labelled texts as the recogniser learns them: read from doccano's JSON Lines, cut into windows, made into spaCy examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Span
from spacy.training import Example
from spacy.util import registry

from pipeline.recognise.seen import show
from pipeline.recognise.segments import segment_lengths
from pipeline.recognise.tokenizer import CONTEXT_KEY


class CorpusError(Exception):
    """A corpus file is missing or broken; the message says where and what would be right."""


@dataclass(frozen=True)
class LabelledText:
    """A text, its labelled spans ``(start, end, label)``, and those that another recogniser found in it and shows."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    seen: tuple[tuple[int, int, str], ...] = ()


def read_labelled(path: Path, labels: Sequence[str]) -> list[LabelledText]:
    """The texts of a doccano JSON Lines file with their spans of ``labels``; other labels are left out.

    Raises :class:`CorpusError` for a missing file, a broken line, or a span that lies outside its text or overlaps another.
    """
    if not path.is_file():
        raise CorpusError(f"{path}: file is missing; a corpus folder holds train.jsonl, dev.jsonl and test.jsonl")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row["text"]
            spans = sorted(
                (span["start_offset"], span["end_offset"], span["label"])
                for span in row["entities"]
                if span["label"] in labels
            )
            seen = tuple((start, end, label) for start, end, label in row.get("seen", ()))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise CorpusError(
                f"{path}:{number}: no labelled text ({error}); a line holds text and entities as doccano exports them"
            ) from error
        _check(text, spans, f"{path}:{number}")
        found.append(LabelledText(text, tuple(spans), seen))
    return found


def _check(text: str, spans: list[tuple[int, int, str]], where: str) -> None:
    last = 0
    for start, end, label in spans:
        if not 0 <= start < end <= len(text):
            raise CorpusError(f"{where}: {label} [{start}, {end}) lies outside the text; it has {len(text)} characters")
        if start < last:
            raise CorpusError(f"{where}: {label} [{start}, {end}) overlaps another span; labelled spans lie apart")
        last = end


def make_reader(path: Path, labels: list[str], window: int) -> Callable[[Language], Iterator[Example]]:
    """The corpus reader of the training configuration: character documents of the lines of a doccano file.

    A line may hold ``seen``, the spans ``[start, end, label]`` that another recogniser found. ``window`` cuts a line into
    documents of whole segments of about that many characters, which know the text around them; 0 keeps lines whole.
    """

    def read(nlp: Language) -> Iterator[Example]:
        for labelled in read_labelled(Path(path), labels):
            for start, end in cut_windows(labelled, window):
                reference = nlp.make_doc(labelled.text[start:end])
                predicted = nlp.make_doc(labelled.text[start:end])
                reference.user_data[CONTEXT_KEY] = predicted.user_data[CONTEXT_KEY] = (labelled.text, start)
                for doc in (reference, predicted):
                    show(doc, [(a - start, b - start, label) for a, b, label in labelled.seen])
                inside = [(a - start, b - start, label) for a, b, label in labelled.spans if start <= a and b <= end]
                reference.set_ents([Span(reference, a, b, label=label) for a, b, label in inside])
                yield Example(predicted, reference)

    return read


registry.readers("bangfu.doccano.v1", func=make_reader)


def cut_windows(labelled: LabelledText, window: int) -> list[tuple[int, int]]:
    """Stretches of whole segments that make up a text, each of at least ``window`` characters but the last.

    No labelled span is cut in two; 0 gives the whole text as one.

    >>> cut_windows(LabelledText("捐款。签约。\\n考察。", ()), 5)
    [(0, 7), (7, 10)]
    """
    found, start, place = [], 0, 0
    for length in segment_lengths(labelled.text):
        place += length
        if window and place - start >= window and not any(a < place < b for a, b, _ in labelled.spans):
            found.append((start, place))
            start = place
    return found if start == place else [*found, (start, place)]
