"""Trains everything that learns and replaces ``models/``: segmenter, recognisers, event models, role networks.

``python -m training.train`` trains and writes the model card; ``--tier fast`` trains the recognisers that read without the
encoder; ``--verify`` tells whether the shipped models fit the corpus and the configuration.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TextIO

import typer
from spacy.util import load_config, registry

from pipeline.data_folders import Tier, models_of
from pipeline.events.committee import Committee
from pipeline.events.network import restored
from pipeline.extract import NETWORK
from pipeline.recognise.features import FeatureReader
from pipeline.recognise.stored import store_features, stored_features
from pipeline.workers import on_one_core
from training.calibration import calibrate
from training.corpus import SPLITS, Row
from training.events import save_event_models, train_event_models
from training.labelled import read_labelled
from training.model_card import make_card
from training.network import SEEDS, network_examples, train_network
from training.phrases import LearntPhrases, learn_phrases
from training.readings import gold_readings
from training.recogniser import train_recogniser, train_segmenters
from training.rows import HELPERS, argument_rows, training_rows, write_rows
from training.unseen import find_unseen, read_found, unseen_readings

CORPUS = Path("corpus")
CONFIGS = {Tier.full: Path("configs/recogniser.cfg"), Tier.fast: Path("configs/recogniser-fast.cfg")}
CONFIG = CONFIGS[Tier.full]
MADE_FROM = "training.json"
FOR_ARGUMENTS = {
    "corpora.train.labels": [*HELPERS],
    "components.span_crf.features.segmenter": False,
    "components.span_crf.model.hashed_rows": 1000,
    "components.span_crf.model.depth": 3,
    "components.span_crf.sees": ["EVENT", "ORG", "GPE"],
    "training.max_epochs": 5,
    "training.optimizer.learn_rate": 0.001,
}
"""What the second recogniser has otherwise: its labels, no word segmenter (words that fill roles are no names), half the
rows of hashed characters (the tier stays small, and dev and test lose nothing), more convolutions (what stands around a
plain word tells its part), what the first one found, and fewer rounds at a lower rate, by which they were measured (a trial learnt
from half of train, by updates of 1,500 characters: on the other half two rounds reached an F1 of 0.629, five 0.666, eight 0.670)."""


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of files' names and contents, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def made_from(corpus: Path, config: Path) -> dict[str, str]:
    """Return the hashes of what the models are made from: labelled bulletins, event scheme, training configuration."""
    bulletins = [*(corpus / "bulletins").rglob("*.txt")]
    return {
        "corpus": digest(bulletins),
        "configuration": digest([config, Path("configs/events.toml")]),
    }


def verify(models: Path, corpus: Path, config: Path) -> list[str]:
    """Name what the shipped models no longer fit; an empty list when they fit."""
    path = models / MADE_FROM
    if not path.is_file():
        return [f"{path}: missing; run make train"]
    shipped = json.loads(path.read_text(encoding="utf-8"))["made_from"]
    return [
        f"{path}: models were made from another {name} ({shipped.get(name, 'unknown')[:12]}, now {now[:12]}); run make train"
        for name, now in made_from(corpus, config).items()
        if shipped.get(name) != now
    ]


def train(
    corpus: Path, config: Path, models: Path, teacher: Path | None = None, say: TextIO = sys.stderr
) -> dict[str, Any]:
    """Train all models on ``corpus``, calibrate them on dev and replace ``models``; returns what ``training.json`` holds.

    Every text is read once; then recognisers, event models and role networks are trained, two at a time, each on one core: first
    those of the halves, which tell what is found in a text that was not learnt (:mod:`training.unseen`); the recognisers of words
    and the role networks learn from that.
    ``teacher`` is the folder of another tier's models: its recogniser teaches this one's (:mod:`pipeline.recognise.teaching`), and
    its linear event models are taken, which learn from labels alone.
    Models are written beside their place and moved there when all are ready: a broken training leaves the old ones.
    """
    started = time.perf_counter()
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models.parent, prefix=".training-") as folder:
        fresh = Path(folder)
        rows = {split: training_rows(corpus, split) for split in SPLITS}
        print(f"bulletins: { ({split: len(lines) for split, lines in rows.items()}) }", file=say)
        of_spans = write_rows(fresh / "spans", rows)
        known = {
            "paths.segmenters": make_segmenters(of_spans, config, fresh / "segmenters"),
            "paths.features": str(fresh / "features"),
        }
        taught = {"paths.teacher": str(teacher / "recogniser")} if teacher else {}
        print(f"words after {time.perf_counter() - started:.0f} s; what the frozen readers say next", file=say)
        reader = reader_of(config)
        store_features(reader, (row["text"] for lines in rows.values() for row in lines), fresh / "features")
        print(f"read after {time.perf_counter() - started:.0f} s; recognisers, events and role networks next", file=say)
        with ProcessPoolExecutor(2, get_context("spawn"), on_one_core) as pool:
            parts = [fresh / f"half{number}" for number in (0, 1)]
            read = {"paths.features": known["paths.features"]}
            halves = [pool.submit(find_unseen, rows, number, config, read, part) for number, part in enumerate(parts)]
            phrases = pool.submit(make_phrases, corpus, fresh / "phrases")
            recogniser = pool.submit(train_recogniser, of_spans, fresh / "recogniser", config, known | taught)
            wait_for(halves)
            found = read_found(parts)
            of_words = write_rows(
                fresh / "words", {split: argument_rows(lines, found) for split, lines in rows.items()}
            )
            halves = [
                pool.submit(find_unseen, rows, number, config, read | FOR_ARGUMENTS, part, found)
                for number, part in enumerate(parts)
            ]
            arguments = pool.submit(train_recogniser, of_words, fresh / "arguments", config, known | FOR_ARGUMENTS)
            wait_for([phrases])
            events = pool.submit(make_events, fresh / "phrases", fresh / "events", teacher and teacher / "events")
            wait_for(halves)
            examples = pool.submit(
                make_examples, parts, fresh / "phrases", rows["train"], config, fresh / "features", fresh / "examples"
            )
            wait_for([examples])
            networks = [pool.submit(make_network, fresh / "examples", reader.widths, seed) for seed in SEEDS]
            wait_for([recogniser, arguments, events])
            Committee([restored(network.result()) for network in networks]).save(fresh / NETWORK)
        print(f"models ready after {time.perf_counter() - started:.0f} s; confidences next", file=say)
        result = {
            "made_from": made_from(corpus, config),
            "bulletins": {split: len(lines) for split, lines in rows.items()},
            "spans": recogniser.result().scores,
            "arguments": arguments.result().scores,
            "temperatures": calibrate(fresh, corpus),
        }
        (fresh / MADE_FROM).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _replace(fresh, models, ("recogniser", "arguments", "events", NETWORK, MADE_FROM))
    print(f"trained in {time.perf_counter() - started:.0f} s", file=say)
    return result


def wait_for(jobs: Iterable[Future[Any]]) -> None:
    """Wait until jobs are done; raises what one of them raised."""
    for job in jobs:
        job.result()


def make_segmenters(data: Path, config: Path, folder: Path) -> list[str]:
    """Train the word segmenters that a configuration asks for, on ``train.jsonl`` of ``data``; returns their folders."""
    settings = load_config(config)
    if not settings["components"]["span_crf"]["features"]["segmenter"]:
        return []
    return train_segmenters(read_labelled(data / "train.jsonl", settings["corpora"]["train"]["labels"]), folder)


def reader_of(config: Path, settings: Mapping[str, Any] = MappingProxyType({})) -> FeatureReader:
    """Return the reader of a configuration's features, without its word segmenter; ``settings`` by dotted name replace its own."""
    features = load_config(config, overrides=dict(settings))["components"]["span_crf"]["features"] | {
        "segmenter": False
    }
    reader: FeatureReader = registry.resolve({"features": features})["features"]
    return reader


def make_phrases(corpus: Path, output: Path) -> None:
    """Train the model of plain phrases, and write what :func:`training.phrases.learn_phrases` returns into a file."""
    golds = [gold for row in training_rows(corpus, "train") for gold in gold_readings(row)]
    output.write_bytes(pickle.dumps(tuple(learn_phrases(golds))))


def make_examples(
    parts: Sequence[Path], phrases: Path, rows: Iterable[Row], config: Path, features: Path, output: Path
) -> None:
    """Write what the role networks learn from: the readings of :func:`make_phrases`, and the same ones as found unseen in ``parts``.

    They read the stored ``features`` of the training ``rows``.
    """
    _, golds, others = pickle.loads(phrases.read_bytes())
    reader = reader_of(config)
    texts = {row["doc_id"]: row["text"] for row in rows}
    readings = [*golds, *unseen_readings(golds, read_found(parts), others)]
    examples = list(network_examples(readings, reader, lambda name: stored_features(features, texts[name])))
    output.write_bytes(pickle.dumps(examples))


def make_network(examples: Path, widths: Sequence[int], seed: int) -> dict[str, Any]:
    """Train a role network on what :func:`make_examples` wrote; returns it as it is stored."""
    return train_network(pickle.loads(examples.read_bytes()), widths, seed).stored()


def make_events(phrases: Path, output: Path, events: Path | None = None) -> None:
    """Train the linear event models on the readings of :func:`make_phrases` and write them into ``output``.

    Those in ``events`` are taken instead where they are given.
    """
    if events:
        shutil.copytree(events, output)
        return
    learnt = LearntPhrases(*pickle.loads(phrases.read_bytes()))
    save_event_models(train_event_models(learnt.model, learnt.readings), output)


def train_events(corpus: Path, models: Path) -> None:
    """Train the linear event models alone, replace them and calibrate; ``training.json`` keeps the scores of the recognisers."""
    with tempfile.TemporaryDirectory(dir=models.parent, prefix=".training-") as folder:
        fresh = Path(folder)
        make_phrases(corpus, fresh / "phrases")
        make_events(fresh / "phrases", fresh / "events")
        _replace(fresh, models, ("events",))
    calibrate(models, corpus)


def _replace(fresh: Path, models: Path, names: Sequence[str]) -> None:
    for name in names:
        old, place = fresh / f"old-{name}", models / name
        if place.exists():
            place.rename(old)
        (fresh / name).rename(place)


def main(
    tier: Annotated[Tier, typer.Option(help="Models to train: fast ones read without the encoder.")] = Tier.full,
    check: Annotated[bool, typer.Option("--verify", help="Only tell whether the shipped models fit.")] = False,
    events_only: Annotated[bool, typer.Option("--events-only", help="Train the event models alone.")] = False,
    calibration_only: Annotated[
        bool, typer.Option("--calibration-only", help="Fit the temperatures of the models that are there, on dev.")
    ] = False,
    corpus: Annotated[Path, typer.Option(help="Folder of the labelled corpus.")] = CORPUS,
    config: Annotated[Path | None, typer.Option(help="Training configuration of spaCy; the tier's by default.")] = None,
    models: Annotated[Path | None, typer.Option(help="Folder to replace; the tier's by default.")] = None,
) -> None:
    """Train all models of a tier, or verify that the shipped ones fit."""
    config, models = config or CONFIGS[tier], models or models_of(tier)
    if check:
        found = verify(models, corpus, config)
        for fault in found:
            typer.echo(fault, err=True)
        raise typer.Exit(1 if found else 0)
    try:
        load_config(config)
    except (OSError, ValueError) as error:
        typer.echo(
            f"{config}: broken configuration ({' '.join(str(error).split())}); restore it or name another", err=True
        )
        raise typer.Exit(2) from None
    if tier is not Tier.full and (found := verify(models_of(), corpus, CONFIG)):
        typer.echo(f"{found[0]}: the full tier teaches this one, and its event models serve both", err=True)
        raise typer.Exit(2)
    if events_only or calibration_only:
        train_events(corpus, models) if events_only else calibrate(models, corpus)
        make_card(models, corpus)
        return
    result = train(corpus, config, models, None if tier is Tier.full else models_of())
    make_card(models, corpus)
    for part in ("spans", "arguments"):
        for split, rows in result[part].items():
            for label, row in rows.items():
                typer.echo(f"{part} {split} {label:8} P {row['p']:.3f}  R {row['r']:.3f}  F {row['f']:.3f}")


if __name__ == "__main__":
    typer.run(main)
