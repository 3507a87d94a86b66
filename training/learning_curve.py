"""Shows what more text would bring: trains the recogniser on shares of the training bulletins and scores each.

``python -m training.learning_curve 25 50`` prints a row a share for the dev split; ``--reference`` adds real documents.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from pipeline.documents import Rejected, read_documents
from pipeline.evaluate import Report, read_gold
from pipeline.extract import MODELS, Extraction, Page
from pipeline.normalise.values import date_context
from pipeline.policy import repeat_names, settle
from pipeline.recognise import Recogniser, load_recogniser
from pipeline.repair import repair
from training.corpus import SPLITS, Row
from training.gold import score
from training.labelled_sets import schedule
from training.recogniser import train_recogniser
from training.rows import training_rows, write_rows
from training.train import CONFIG, CORPUS

T = TypeVar("T")
BATCH = 1_500
"""Characters of a step, as in the configuration."""


def share_of(rows: Sequence[T], percent: int) -> list[T]:
    """Return every n-th row so that ``percent`` of them are taken, spread over the whole list.

    >>> share_of(list(range(8)), 25)
    [3, 7]
    """
    return [row for number, row in enumerate(rows, 1) if number * percent // 100 > (number - 1) * percent // 100]


def looks(rows: Sequence[Row]) -> dict[str, int]:
    """Return the setting by which a training on ``rows`` looks at dev about once a round: fewer rows, fewer steps between.

    >>> looks([{"text": "字" * 90_000}])
    {'training.eval_frequency': 60}
    """
    name = "training.eval_frequency"
    return {name: schedule(sum(len(row["text"]) for row in rows), 1, BATCH)[name]}


def score_reference(folder: Path, documents: Path, recogniser: Recogniser) -> Report:
    """Score the entities of real documents, model and rules together."""
    gold = read_gold(sorted(folder.glob("*.json")))
    extractions = []
    for document in read_documents([documents]):
        if not isinstance(document, Rejected) and document.sha256 in gold:
            passages, context = repair(document), date_context(document)
            texts = [passage.text for passage in passages]
            found = [
                settle(t, own.mentions, context) for t, own in zip(texts, recogniser.recognise(texts), strict=True)
            ]
            pages = zip(passages, repeat_names(texts, found), strict=True)
            extractions.append(Extraction(document, tuple(Page(p, tuple(m), (), {}) for p, m in pages), context))
    return score([dict(row) for row in gold.values()], extractions)


def main(
    percents: Annotated[list[int], typer.Argument(help="Shares of the training bulletins, in per cent.")],
    reference: Annotated[Path | None, typer.Option(help="Folder of gold files of real documents.")] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of those documents; the gold folder by default.")
    ] = None,
) -> None:
    """Print a row of F1 for each share; 100 is the shipped model."""
    typer.echo(
        "| share | bulletins | dev all | ORG | GPE | DATE | EVENT | real all |\n|---|---|---|---|---|---|---|---|"
    )
    rows = {split: training_rows(CORPUS, split) for split in SPLITS}
    for percent in percents:
        part = share_of(rows["train"], percent)
        with tempfile.TemporaryDirectory() as folder:
            place = MODELS / "recogniser"
            if percent < 100:
                place = Path(folder) / "recogniser"
                data = write_rows(Path(folder) / "data", rows | {"train": part})
                train_recogniser(data, place, CONFIG, looks(part))
            recogniser = load_recogniser(place)
            dev = recogniser.pipelines[0].meta["scores"]["dev"]
            real = score_reference(reference, documents or reference, recogniser) if reference else None
        cells = [f"{dev[label]['f']:.3f}" for label in ("all", "ORG", "GPE", "DATE", "EVENT")]
        cells.append(f"{real.scores['entities']['all'].f1:.3f}" if real else "-")
        typer.echo(f"| {percent} % | {len(part)} | {' | '.join(cells)} |")


if __name__ == "__main__":
    typer.run(main)
