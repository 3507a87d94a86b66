"""Trains the recogniser from a labelled corpus through spaCy's own training loop, and says how good it is."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_pipeline
from spacy.util import load_config

from training.labelled import make_reader

PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class TrainingReport:
    """Where the trained pipeline lies, its scores (part, then label or ``all``, then p, r, f), and spans left out."""

    output: Path
    scores: dict[str, dict[str, dict[str, float]]]
    unreachable: tuple[str, ...]
    seconds: float


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
