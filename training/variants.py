"""Measures variants of the recogniser, every one through one configuration and one command.

``python -m training.variants`` trains each variant of ``configs/variants.toml`` on a share of the training bulletins, scores it
on dev (and on real documents with ``--reference``), and adds its row to ``docs/architecture.toml``, which the model card shows.
All variants share the word segmenters, which are trained once, and those that read alike share what the frozen readers
say; neither's time is in a row.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

import typer

from pipeline.recognise import load_recogniser
from pipeline.recognise.stored import store_features
from pipeline.spans import LABELS
from training import span_scoring
from training.corpus import SPLITS
from training.labelled import read_labelled
from training.learning_curve import looks, score_reference, share_of
from training.recogniser import train_recogniser, train_segmenters
from training.rows import training_rows, write_rows
from training.train import CONFIG, CORPUS, reader_of

COMPONENTS = (span_scoring.SpanPairs,)
"""The components that variants have in place of the shipped one; spaCy knows their names once their modules are there."""
VARIANTS = Path("configs/variants.toml")
ROWS = Path("docs/architecture.toml")
FEATURES = "components.span_crf.features"
NO_ENCODER = {f"{FEATURES}.encoder": None}


def read_variants(path: Path = VARIANTS) -> dict[str, dict[str, Any]]:
    """Return the overrides of each variant by its name; an encoder called ``none`` is left out.

    Raises ValueError when a variant has no name or two have the same one.
    """
    found: dict[str, dict[str, Any]] = {}
    for variant in tomllib.loads(path.read_text(encoding="utf-8"))["variant"]:
        name = variant.pop("name", "")
        if not name or name in found:
            raise ValueError(f"{path}: variant {name!r} needs a name of its own; give each variant another name")
        without = variant.get(f"{FEATURES}.encoder") == "none"
        found[name] = variant | (NO_ENCODER if without else {})
    return found


def row_of(name: str, dev: list[float], real: list[float], seconds: float, note: str) -> str:
    """Write a variant's row of ``docs/architecture.toml``.

    >>> print(row_of("width 64", [0.9], [], 61.4, "half of train"), end="")
    [[variant]]
    name = "width 64"
    dev = [0.9]
    seconds = 61
    note = "half of train"
    """
    lines = ["[[variant]]", f"name = {json.dumps(name, ensure_ascii=False)}", f"dev = {dev}"]
    lines += [f"real = {real}"] if real else []
    return "\n".join([*lines, f"seconds = {round(seconds)}", f"note = {json.dumps(note, ensure_ascii=False)}"]) + "\n"


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Variants to measure; all by default.")] = None,
    share: Annotated[int, typer.Option(help="Share of the training bulletins, in per cent.")] = 50,
    epochs: Annotated[int, typer.Option(help="Rounds over them.")] = 3,
    seeds: Annotated[list[int] | None, typer.Option(help="Seeds to train with; 7 by default.")] = None,
    reference: Annotated[Path | None, typer.Option(help="Folder of gold files of real documents.")] = None,
    documents: Annotated[Path | None, typer.Option(help="Folder of those documents.")] = None,
) -> None:
    """Train and score variants, a row each in docs/architecture.toml as soon as it is measured."""
    variants = read_variants()
    if unknown := set(names or ()) - variants.keys():
        typer.echo(f"{VARIANTS}: no variant {', '.join(sorted(unknown))}; it has {', '.join(variants)}", err=True)
        raise typer.Exit(2)
    rows = {split: training_rows(CORPUS, split) for split in SPLITS}
    part = share_of(rows["train"], share)
    with tempfile.TemporaryDirectory() as folder:
        data = write_rows(Path(folder) / "data", rows | {"train": part})
        texts = read_labelled(data / "train.jsonl", LABELS)
        segmenters = train_segmenters(texts, Path(folder) / "segmenters")
        common: dict[str, Any] = looks(part) | {"training.max_epochs": epochs, "paths.segmenters": segmenters}
        whole = [row["text"] for lines in (rows | {"train": part}).values() for row in lines]
        stored: dict[str, Path] = {}
        for name in names or variants:
            dev, real, seconds = [], [], []
            for seed in seeds or [7]:
                place = Path(folder) / "recogniser"
                read = {key: value for key, value in variants[name].items() if key.startswith(FEATURES)}
                if repr(read) not in stored:
                    stored[repr(read)] = Path(folder) / f"features{len(stored)}"
                    store_features(reader_of(CONFIG, read), whole, stored[repr(read)])
                settings = common | variants[name] | {"system.seed": seed, "paths.features": str(stored[repr(read)])}
                report = train_recogniser(data, place, CONFIG, settings)
                seconds.append(report.seconds)
                dev.append(report.scores["dev"]["all"]["f"])
                if reference:
                    found = score_reference(reference, documents or reference, load_recogniser(place))
                    real.append(round(found.scores["entities"]["all"].f1, 4))
            with ROWS.open("a", encoding="utf-8") as file:
                file.write("\n" + row_of(name, dev, real, mean(seconds), f"{share} % of train, {epochs} rounds"))
            print(f"{name}: dev {dev} real {real} in {mean(seconds):.0f} s", file=sys.stderr)


if __name__ == "__main__":
    typer.run(main)
