"""The desk's commands that ask a model: which documents to label next, and which labels of the corpus it doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from training.desk.deliver import WIDTH, Credentials, PushTo, deliver, fail, look_ahead, say

if TYPE_CHECKING:
    from training.desk.doubt import Doubt

app = typer.Typer(no_args_is_help=True)
CORPUS = Path("corpus")
FAST = Path("configs/recogniser-fast.cfg")
Corpus = Annotated[Path, typer.Option(help="Folder of the labelled corpus.")]


@app.command("next")
def next_documents(
    count: Annotated[int, typer.Argument(min=1, help="How many documents to choose.")],
    paths: Annotated[list[str], typer.Argument(help="Documents, or folders of them, to choose from.")],
    output: Annotated[Path | None, typer.Option(help="Write them, labelled by the model, as rows.")] = None,
    push_to: PushTo = None,
    credentials: Credentials = None,
    corpus: Corpus = CORPUS,
    variety: Annotated[float, typer.Option(min=0, max=1, help="Weight of unlikeness; 0 is doubt alone.")] = 0.5,
    models: Annotated[Path | None, typer.Option(help="Folder of trained models.")] = None,
) -> None:
    """Choose the documents to label next: where the model doubts, unlike what is labelled, unlike each other; says why."""
    from pipeline.recognise.recogniser import ModelError
    from pipeline.recognise.runtime import WeightsError
    from training.corpus import SPLITS, read_rows
    from training.desk.choose import candidate, choose
    from training.desk.connection import DeskError
    from training.desk.push import read_and_label

    try:
        look_ahead(push_to, credentials)
        files = [corpus / f"{split}.jsonl" for split in SPLITS]
        labelled = {row["doc_id"]: row["text"] for file in files if file.is_file() for row in read_rows(file)}
        rows, rejected = read_and_label(paths, models)
        choices = choose([candidate(row) for row in rows], labelled, count, variety)
        by_name = {row["doc_id"]: row for row in rows}
        chosen = [by_name[choice.candidate.doc_id] | {"comments": [choice.why]} for choice in choices]
        deliver(chosen, output, push_to, credentials)
    except (DeskError, ModelError, WeightsError, OSError, ValueError) as error:
        raise fail(str(error)) from None
    for one in rejected:
        say(one)
    if len(choices) < count:
        say(
            f"{len(rows)} documents, {len(choices)} chosen; there are no more that are not labelled already, or as good as"
        )
    table = Table("", "document", "score", "why", title=f"{len(choices)} documents to label next", title_justify="left")
    for number, choice in enumerate(choices, start=1):
        table.add_row(str(number), choice.candidate.doc_id, f"{choice.score:.2f}", choice.why)
    Console(width=WIDTH).print(table)
    raise typer.Exit(1 if rejected else 0)


@app.command()
def review(
    output: Annotated[Path | None, typer.Option(help="Write the doubtful texts with notes as rows.")] = None,
    push_to: PushTo = None,
    credentials: Credentials = None,
    corpus: Corpus = CORPUS,
    folds: Annotated[int, typer.Option(help="Trainings; each text is read by the one that has not seen it.")] = 3,
    most: Annotated[int, typer.Option(help="Name so many doubts, the strongest first.")] = 100,
    least: Annotated[float, typer.Option(min=0, max=1, help="Leave out doubts below this figure.")] = 0.5,
    config: Annotated[Path, typer.Option(help="Training configuration; the fast tier by default.")] = FAST,
) -> None:
    """List the labels of the corpus that a recogniser trained on the other documents doubts most: likely mistakes.

    Takes some minutes a fold on two cores, and says how many are left. A second look decides, not the model.
    """
    from training.corpus import SPLITS, read_rows
    from training.desk.connection import DeskError
    from training.desk.doubt import review as doubt
    from training.desk.doubt import review_rows
    from training.labelled import CorpusError
    from training.rows import training_rows

    try:
        if not config.is_file():
            raise ValueError(f"{config}: file is missing; give a training configuration such as {FAST}")
        look_ahead(push_to, credentials)
        splits = [split for split in SPLITS if (corpus / f"{split}.jsonl").is_file()]
        folded = [row for split in splits for row in training_rows(corpus, split)]
        doubts = doubt(folded, folds, config, {}, say)
        chosen = [one for one in doubts if one.figure >= least][:most]
        rows = {row["doc_id"]: row for split in splits for row in read_rows(corpus / f"{split}.jsonl")}
        _show({doc_id: row["text"] for doc_id, row in rows.items()}, chosen)
        deliver(review_rows(rows.values(), chosen), output, push_to, credentials)
    except (CorpusError, DeskError, OSError, ValueError) as error:
        raise fail(str(error)) from None


def _show(texts: Mapping[str, str], doubts: Sequence[Doubt]) -> None:
    """Print each doubt with the words around it."""
    from training.desk.compare import describe, in_context
    from training.desk.doubt import NAMES

    kinds = Counter(one.kind for one in doubts)
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    table = Table("document", "kind", "doubt", "where", title=f"{len(doubts)} doubts: {counted}", title_justify="left")
    for one in doubts:
        text, stretch = texts[one.doc_id], one.stretch
        where = f"{describe(text, NAMES, stretch)}\n{in_context(text, stretch)}"
        table.add_row(one.doc_id, one.kind, f"{one.figure:.2f}", where)
    Console(width=WIDTH).print(table)
