"""Trains the recogniser from a labelled corpus through spaCy's own training loop, and says how good it is."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Span
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_pipeline
from spacy.util import load_config, registry

from pipeline.recognise.component import CONTEXT_KEY
from pipeline.recognise.segments import segment_lengths

PARTS = ("train", "dev", "test")


class CorpusError(Exception):
    """A corpus file is missing or broken; the message says where and what would be right."""


@dataclass(frozen=True)
class LabelledText:
    """A text and its labelled spans ``(start, end, label)``."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class TrainingReport:
    """Where the trained pipeline lies, its scores (part, then label or ``all``, then p, r, f), and spans left out."""

    output: Path
    scores: dict[str, dict[str, dict[str, float]]]
    unreachable: tuple[str, ...]
    seconds: float


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
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise CorpusError(
                f"{path}:{number}: no labelled text ({error}); a line holds text and entities as doccano exports them"
            ) from error
        _check(text, spans, f"{path}:{number}")
        found.append(LabelledText(text, tuple(spans)))
    return found


def _check(text: str, spans: list[tuple[int, int, str]], where: str) -> None:
    last = 0
    for start, end, label in spans:
        if not 0 <= start < end <= len(text):
            raise CorpusError(f"{where}: {label} [{start}, {end}) lies outside the text; it has {len(text)} characters")
        if start < last:
            raise CorpusError(f"{where}: {label} [{start}, {end}) overlaps another span; labelled spans lie apart")
        last = end


@registry.readers("bangfu.doccano.v1")
def make_reader(path: Path, labels: list[str], window: int) -> Callable[[Language], Iterator[Example]]:
    """The corpus reader of the training configuration: character documents of the lines of a doccano file.

    ``window`` cuts a line into documents of whole segments of about that many characters, which know the text around
    them; 0 keeps lines whole.
    """

    def read(nlp: Language) -> Iterator[Example]:
        for labelled in read_labelled(Path(path), labels):
            for start, end in cut_windows(labelled, window):
                reference = nlp.make_doc(labelled.text[start:end])
                predicted = nlp.make_doc(labelled.text[start:end])
                reference.user_data[CONTEXT_KEY] = predicted.user_data[CONTEXT_KEY] = (labelled.text, start)
                inside = [(a - start, b - start, label) for a, b, label in labelled.spans if start <= a and b <= end]
                reference.set_ents([Span(reference, a, b, label=label) for a, b, label in inside])
                yield Example(predicted, reference)

    return read


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


def train_recogniser(
    corpus: Path, output: Path, config: Path, segmenter: Path | None = None, overrides: dict[str, Any] | None = None
) -> TrainingReport:
    """Train on ``corpus/train.jsonl``, choose by ``dev.jsonl``, save the pipeline into ``output``, score dev and test.

    ``segmenter`` is the folder of a word segmenter, needed where the configuration asks for one. ``overrides`` are settings
    of the configuration by dotted name. Progress goes to stderr. The same inputs give the same pipeline.
    """
    began = time.perf_counter()
    settings: dict[str, Any] = {
        "paths.train": str(corpus / "train.jsonl"),
        "paths.dev": str(corpus / "dev.jsonl"),
        "paths.segmenter": str(segmenter) if segmenter else None,
    }
    loaded = load_config(config, overrides=settings | (overrides or {}), interpolate=False)
    nlp = init_nlp(loaded)
    unreachable = tuple(nlp.get_pipe("span_crf").unreachable)  # type: ignore[attr-defined]
    if unreachable:
        print(f"{len(unreachable)} labelled spans cross a line end and cannot be learnt:", file=sys.stderr)
        print(*(f"  {one}" for one in unreachable), sep="\n", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        train_pipeline(nlp, Path(folder), stdout=sys.stderr, stderr=sys.stderr)
        best = Path(folder) / "model-best"
        trained = spacy.load(best)
        labels = loaded.interpolate()["corpora"]["train"]["labels"]
        scores = {part: score(trained, corpus / f"{part}.jsonl", labels) for part in PARTS[1:]}
        shutil.rmtree(output, ignore_errors=True)
        trained.meta.update({"made_from": made_from(corpus, config), "scores": scores})
        trained.to_disk(output)
    return TrainingReport(output, scores, unreachable, time.perf_counter() - began)


def score(nlp: Language, path: Path, labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """Exact precision, recall and F1 of a pipeline on a labelled file, in all and by label."""
    examples = list(make_reader(path, list(labels), 0)(nlp))
    found = nlp.evaluate(examples)
    scores = {"all": {key: found[f"ents_{key}"] for key in "prf"}} | (found["ents_per_type"] or {})
    return {label: {key: round(value or 0.0, 4) for key, value in each.items()} for label, each in scores.items()}


def made_from(corpus: Path, config: Path) -> dict[str, str]:
    """SHA-256 of the corpus files and of the configuration that a pipeline is trained from."""
    files = [*(corpus / f"{part}.jsonl" for part in PARTS), config]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
