"""Measures a training on data that is large enough to tell: it learns from one half of train, and reads the other half.

usage: python -m benchmarks.halves [--tier full] [--set NAME=VALUE ...] [--models FOLDER] [--keep FOLDER] [--json FILE]

Dev and test hold a hundred rows of the ledger each, so that a point up or down is chance; half of train holds some two thousand.
Choices of sizes, rounds and rates belong here. ``--set`` replaces values of the tier's configuration, by dotted name
(``--set training.max_epochs=3``); ``--models`` scores what an earlier run has kept, and trains nothing. Dev chooses the best round
of a training, as ever. A tier that is taught learns from labels alone here: its teacher would have read the other half.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from spacy.util import load_config

from pipeline.data_folders import Tier
from pipeline.extract import load_tools
from pipeline.score_tables import figures, show
from training.corpus import Row, read_rows
from training.evaluation import evaluate_documents
from training.gold import document_of, gold_document
from training.train import CONFIGS, CORPUS, train
from training.unseen import halves


def half_of(corpus: Path, folder: Path) -> Path:
    """Write a corpus into ``folder`` whose train is one half of that of ``corpus``, and whose test is the other; dev is the same."""
    rows = read_rows(corpus / "train.jsonl")
    half = halves(row["doc_id"] for row in rows)
    parts = {
        split: [row for row in rows if half[row["doc_id"]] == number] for number, split in enumerate(("train", "test"))
    }
    folder.mkdir(parents=True, exist_ok=True)
    for split, some in parts.items():
        _write(folder / f"{split}.jsonl", some)
    shutil.copy(corpus / "dev.jsonl", folder)
    return folder


def _write(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def overrides(settings: Sequence[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` settings; a value is JSON, or a word as it stands.

    >>> overrides(["training.max_epochs=3", "paths.train=x"])
    {'training.max_epochs': 3, 'paths.train': 'x'}
    """
    found: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found


def main() -> None:
    """Train on one half and print what the models find in the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--tier", type=Tier, default=Tier.full, choices=list(Tier))
    parser.add_argument("--set", action="append", default=[], dest="settings", metavar="NAME=VALUE")
    parser.add_argument("--models", type=Path, help="score these models of an earlier run")
    parser.add_argument("--keep", type=Path, help="keep the models in this folder")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        corpus = half_of(asked.corpus, Path(place) / "corpus")
        models = asked.models or asked.keep or Path(place) / "models"
        if not asked.models:
            config = Path(place) / "recogniser.cfg"
            load_config(CONFIGS[asked.tier], overrides=overrides(asked.settings)).to_disk(config)
            train(corpus, config, models)
        rows = read_rows(corpus / "test.jsonl")
        done = evaluate_documents([*map(document_of, rows)], [*map(gold_document, rows)], load_tools(models))
    show(f"the other half of train, {len(rows)} bulletins", done.whole, 0, Console(width=130))
    if asked.json:
        asked.json.write_text(json.dumps(figures(done.whole), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
