"""Trains the recogniser from a labelled corpus through spaCy's own training loop, and says how good it is."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_pipeline
from spacy.util import load_config

from pipeline.recognise.recogniser import tagger
from pipeline.recognise.runtime import single_core_products
from training.labelled import LabelledText, make_reader, read_labelled
from training.segmenter import train_segmenter

PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class TrainingReport:
    """Where the trained pipeline lies, its scores (part, then label or ``all``, then p, r, f), and spans left out."""

    output: Path
    scores: dict[str, dict[str, dict[str, float]]]
    unreachable: tuple[str, ...]
    seconds: float


def train_recogniser(
    corpus: Path, output: Path, config: Path, overrides: dict[str, Any] | None = None
) -> TrainingReport:
    """Train on ``corpus/train.jsonl``, choose by ``dev.jsonl``, save the pipeline into ``output``, score dev and test.

    ``overrides`` are settings of the configuration by dotted name; ``paths.segmenters`` may name word segmenters that are
    trained already (:func:`train_segmenters`). Progress goes to stderr. The same inputs give the same
    pipeline. Raises :class:`training.labelled.CorpusError` for a file that is missing or broken.
    """
    began = time.perf_counter()
    paths = {f"paths.{part}": str(corpus / f"{part}.jsonl") for part in PARTS[:2]}
    settings = load_config(config, overrides=paths | (overrides or {}), interpolate=False)
    labels = settings.interpolate()["corpora"]["train"]["labels"]
    for part in PARTS:
        read_labelled(corpus / f"{part}.jsonl", labels)
    with tempfile.TemporaryDirectory() as folder:
        if settings["components"]["span_crf"]["features"]["segmenter"] and not settings["paths"]["segmenters"]:
            texts = read_labelled(corpus / "train.jsonl", labels)
            settings["paths"]["segmenters"] = train_segmenters(texts, Path(folder) / "segmenters")
        nlp = init_nlp(settings)
        unreachable = tuple(tagger(nlp).unreachable)
        if unreachable:
            print(f"{len(unreachable)} labelled spans cross a line end and cannot be learnt:", file=sys.stderr)
            print(*(f"  {one}" for one in unreachable), sep="\n", file=sys.stderr)
        checkpoints = Path(folder) / "checkpoints"
        checkpoints.mkdir()
        with single_core_products():
            train_pipeline(nlp, checkpoints, stdout=sys.stderr, stderr=sys.stderr)
        trained = spacy.load(checkpoints / "model-best")
        if features := settings["paths"]["features"]:
            tagger(trained).remember(Path(features))
        scores = {part: score(trained, corpus / f"{part}.jsonl", labels) for part in PARTS[1:]}
        shutil.rmtree(output, ignore_errors=True)
        # What lay where on this machine is no part of the model.
        trained.config["paths"] = load_config(config)["paths"]
        trained.meta.update({"made_from": made_from(corpus, config), "scores": scores})
        trained.to_disk(output)
    return TrainingReport(output, scores, unreachable, time.perf_counter() - began)


def train_segmenters(texts: Sequence[LabelledText], folder: Path) -> list[str]:
    """Train two word segmenters, each on an eighth of the texts, none of which it is to read; returns their folders.

    The n-th text is for the segmenter n modulo 2 to read: a segmenter knows the names of its own training texts, and its
    borders there would promise the recogniser more than they hold elsewhere. A text that stands there twice counts once.
    """
    unique = list({labelled.text: labelled for labelled in texts}.values())
    folders = [folder / str(number) for number in range(2)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # pkuseg trains on one core
        list(pool.map(train_segmenter, [unique[1 - number :: 8] for number in range(2)], folders))
    return [str(path) for path in folders]


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
