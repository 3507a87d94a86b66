"""Writes ``MODEL_CARD.md`` into a folder of models: what the models are made from, how good, how sure, how fast. Every figure is measured.

``python -m training.model_card`` measures and writes; ``--render`` only writes anew from the figures of the last time;
``--verify`` tells whether the card is about the models that are there. The figures lie beside it in ``card.json``.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.extract import MODELS, load_tools
from pipeline.recognise.recogniser import ModelError
from pipeline.spans import LABELS
from pipeline.workers import on_one_core
from training import calibration as cal
from training.card_page import render
from training.corpus import SPLITS, Row, read_rows
from training.evaluation import CORPUS, Evaluation, as_json, evaluate_reference, evaluate_split
from training.rows import HELPERS

CARD, FIGURES = "MODEL_CARD.md", "card.json"
SPEED = Path("docs/speed.json")
"""What ``make bench`` has measured, of both tiers."""
ARCHITECTURE = Path("docs/architecture.toml")
LIMITS = Path("docs/limits.md")
MEASURED = ("dev", "test")
Figures = dict[str, Any]


def digest(models: Path) -> str:
    """Return the SHA-256 of the models in a folder, card and measurements left out."""
    whole = hashlib.sha256()
    for path in _files(models):
        name = path.relative_to(models).as_posix()
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _files(models: Path) -> list[Path]:
    own = (CARD, FIGURES)
    return sorted(path for path in models.rglob("*") if path.is_file() and path.name not in own)


def measure(models: Path, corpus: Path, reference: tuple[Path, Path] | None = None) -> Figures:
    """Measure the models on dev and test, each on one core; ``reference`` names the folders of gold files and of their documents."""
    with ProcessPoolExecutor(2, get_context("spawn"), on_one_core) as pool:
        jobs = {split: pool.submit(_measured, models, corpus, split) for split in MEASURED}
        done = {split: job.result() for split, job in jobs.items()}
    scores = {split: one for split, (one, _) in done.items()}
    if reference:
        scores["reference"] = _scores(evaluate_reference(*reference, load_tools(models)))
    kept = {split: rows for split, (_, rows) in done.items()}
    return {
        "models": digest(models),
        "bytes": sum(path.stat().st_size for path in _files(models)),
        "made_from": json.loads((models / "training.json").read_text(encoding="utf-8"))["made_from"],
        "data": {split: _counts(corpus / f"{split}.jsonl") for split in SPLITS},
        "scores": scores,
        "calibration": {
            name: {"temperature": temperature, **{split: rows[name] for split, rows in kept.items()}}
            for name, temperature in cal.read_temperatures(models).items()
        },
    }


def _measured(models: Path, corpus: Path, split: str) -> tuple[Figures, Figures]:
    """Scores and calibration on one split of the corpus."""
    done = evaluate_split(corpus / f"{split}.jsonl", load_tools(models))
    return _scores(done), _calibration(cal.read_temperatures(models), read_rows(corpus / f"{split}.jsonl"), done, split)


def _scores(done: Evaluation) -> Figures:
    return {name: each for name, each in as_json(done).items() if name not in ("genres", "layouts")}


def _counts(path: Path) -> Figures:
    rows = read_rows(path)
    labels = Counter(entity["label"] for row in rows for entity in row["entities"])
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "documents": len(rows),
        "characters": sum(len(row["text"]) for row in rows),
        "spans": {label: labels[label] for label in (*LABELS, *HELPERS)},
        "records": sum(len(row["records"]) for row in rows),
    }


def _calibration(temperatures: Mapping[str, float], rows: Sequence[Row], done: Evaluation, split: str) -> Figures:
    judged = {
        "recogniser": list(cal.judged_spans(rows, done.proposed, LABELS)),
        "arguments": list(cal.judged_spans(rows, done.proposed, HELPERS)),
        "parties": list(cal.judged_parties(done.gold, done.found)),
        "records": list(cal.judged_records(done.gold, done.found)),
    }
    found: Figures = {}
    for name, shipped in judged.items():
        plain = cal.cool(shipped, 1 / temperatures[name])
        # dev has taught the temperature: there each half is measured with the temperature of the other one
        after = cal.cross_checked(plain) if split == "dev" else shipped
        errors = {"before": cal.calibration_error(plain), "after": cal.calibration_error(after)}
        row: Figures = {"judged": len(shipped), **{key: round(value, 4) for key, value in errors.items()}}
        if split == "test":
            row["table"] = [[r.lower, r.upper, r.records, r.confidence, r.right] for r in cal.table(shipped)]
            row["abstention"] = [
                [r.threshold, round(r.kept, 4), round(r.precision, 4)] for r in cal.abstention(shipped)
            ]
        found[name] = row
    return found


def with_before(now: Figures, previous: Figures | None) -> Figures:
    """Add the scores of the card before this one: those of other models, or what that card itself compared with."""
    if previous is None:
        return now | {"before": None}
    if previous["models"] == now["models"]:
        return now | {"before": previous["before"]}
    return now | {"before": {"models": previous["models"], "scores": _heads(previous["scores"])}}


def _heads(scores: Figures) -> Figures:
    return {split: {"documents": each["documents"], "whole": each["whole"]} for split, each in scores.items()}


def read_figures(models: Path) -> Figures | None:
    """Read the figures of the card in ``models``; None where there is none."""
    path = models / FIGURES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def write_card(models: Path, figures: Figures) -> None:
    """Write figures and card into ``models``."""
    text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    (models / FIGURES).write_text(text, encoding="utf-8")
    (models / CARD).write_text(page(models, figures), encoding="utf-8")


def page(models: Path, figures: Figures) -> str:
    """Render the card of ``figures``, with the variants, limits and measured speeds that lie in files."""
    return render(
        figures,
        read_variants(ARCHITECTURE),
        json.loads(SPEED.read_text(encoding="utf-8")) if SPEED.is_file() else [],
        LIMITS.read_text(encoding="utf-8") if LIMITS.is_file() else "",
    )


def read_variants(path: Path) -> Sequence[Mapping[str, Any]]:
    """Read the variants of the recogniser that were measured; raises ValueError naming a row that lacks something."""
    if not path.is_file():
        return []
    try:
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("variant", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: broken table ({error}); write [[variant]] tables") from None
    for number, row in enumerate(rows, 1):
        known = {"name", "dev", "real", "seconds", "shipped", "note"}
        if not isinstance(row.get("name"), str) or not row.get("dev") or row.keys() - known:
            raise ValueError(
                f"{path}: variant {number} ({row.get('name')}): give name and dev, and of {sorted(known)} only"
            )
    return rows


def faults(models: Path) -> list[str]:
    """Name what is wrong with the card in ``models``; an empty list when it is the card of these models."""
    figures, path = read_figures(models), models / CARD
    if figures is None or not path.is_file():
        return [f"{path}: missing; run make card"]
    if figures["models"] != digest(models):
        return [f"{path}: is about other models; run make card"]
    if path.read_text(encoding="utf-8") != page(models, figures):
        return [f"{path}: is not what its figures say; run make card"]
    return []


def make_card(models: Path, corpus: Path, reference: tuple[Path, Path] | None = None) -> None:
    """Measure the models, compare with the card before and write the new one."""
    write_card(models, with_before(measure(models, corpus, reference), read_figures(models)))


def main(
    models: Annotated[Path, typer.Option(help="Folder of trained models.")] = MODELS,
    reference: Annotated[Path | None, typer.Option(help="Folder of gold files of real documents.")] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of those documents; the gold folder by default.")
    ] = None,
    only_render: Annotated[
        bool, typer.Option("--render", help="Write the page anew from the figures that are there.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing; fail when the card is not of these models.")
    ] = False,
) -> None:
    """Measure the models and write their card."""
    try:
        if verify:
            found = faults(models)
            typer.echo("\n".join(found), err=True, nl=bool(found))
            raise typer.Exit(1 if found else 0)
        if only_render:
            figures = read_figures(models)
            if figures is None:
                raise ValueError(f"{models / FIGURES}: missing; run make card")
            write_card(models, figures)
        else:
            make_card(models, CORPUS, (reference, documents or reference) if reference else None)
    except (ValueError, OSError, ModelError) as error:
        typer.echo(f"card: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(str(models / CARD))


if __name__ == "__main__":
    typer.run(main)
