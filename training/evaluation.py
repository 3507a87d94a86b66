"""Scores the models on the project's own dev and test bulletins and on real documents with gold files.

``python -m training.evaluation [--reference DIR]``: DIR holds gold files (``*.json``) and beside them, or in a folder named by
``--documents``, the documents they name. With gold spans beside predicted ones the loss of each stage is seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.context import Context
from pipeline.documents import Document, Rejected, read_documents
from pipeline.evaluate import Report, read_gold
from pipeline.events.assemble import assemble
from pipeline.extract import MODELS, Tools, extract, load_tools
from pipeline.recognise.recogniser import ModelError, Recognised, Recogniser
from pipeline.repair import Passage, repair
from pipeline.rules_only import extract_by_rules
from pipeline.score_tables import PARTS, RECORD_PARTS, figures, show, show_beside
from pipeline.spans import Mention
from training.baselines import baseline_events, load_rules, majority
from training.corpus import read_rows
from training.gold import (
    GoldDocument,
    MakeEvents,
    Row,
    as_gold,
    document_of,
    gold_document,
    gold_extraction,
    laid_out,
    score,
    score_found,
)
from training.layout import STYLES
from training.readings import gold_readings

__all__ = ["Evaluation", "as_gold", "evaluate_documents", "evaluate_split", "gold_extraction", "score", "show"]

CORPUS = Path("corpus")
CLEAN = "clean"


@dataclass(frozen=True)
class Evaluation:
    """All scores on one set of documents.

    ``whole`` is the path as it runs. ``sources`` holds the spans of the model alone, of the rules alone and of both;
    ``stages`` the records made of gold spans by the models and by the baselines; both are by name, as are ``genres`` and
    ``layouts``. ``gold`` and ``found`` are the documents behind ``whole``, in the same order; ``proposed`` are the
    model's spans before rules and policy, words that fill roles included.
    """

    whole: Report
    sources: dict[str, Report]
    stages: dict[str, Report]
    genres: dict[str, Report]
    layouts: dict[str, Report]
    gold: list[GoldDocument]
    found: list[GoldDocument]
    proposed: list[GoldDocument]


class _Remembering(Recogniser):
    """A recogniser that reads the same texts once: what the model alone finds is what the whole path starts from."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.pipelines, self.context = recogniser.pipelines, recogniser.context
        self._recogniser = recogniser
        self._known: dict[tuple[str, ...], list[Recognised]] = {}

    def recognise(self, texts: Sequence[str]) -> list[Recognised]:
        """Return what is found in every text, from memory where all of them were asked for before."""
        key = tuple(texts)
        if key not in self._known:
            self._known = {key: self._recogniser.recognise(texts)}
        return self._known[key]


def evaluate_documents(documents: Sequence[Document], gold: Sequence[GoldDocument], tools: Tools) -> Evaluation:
    """Score what is found in documents, by its sources too; ``gold`` is in the same order."""
    tools = replace(tools, recogniser=_Remembering(tools.recogniser))
    found, proposed, ruled = [], [], []
    for document in documents:
        passages = repair(document)
        texts = [passage.text for passage in passages]
        proposed.append(
            _spans_alone(document, passages, [found.mentions for found in tools.recogniser.recognise(texts)])
        )
        ruled.append(as_gold(extract_by_rules(document)))
        found.append(as_gold(extract(document, tools)))
    whole = score_found(gold, found)
    sources = {"model alone": score_found(gold, proposed), "rules alone": score_found(gold, ruled), "both": whole}
    return Evaluation(whole, sources, {}, {}, {}, list(gold), found, proposed)


def _spans_alone(
    document: Document, passages: Sequence[Passage], mentions: Sequence[Sequence[Mention]]
) -> GoldDocument:
    """Write the entities of a document as a gold document without records."""
    entities = [
        {"label": mention.label, "start": span.start, "end": span.end, "text": document.text[span.start : span.end]}
        | {"confidence": mention.confidence, "by": mention.by}
        for passage, row in zip(passages, mentions, strict=True)
        for mention in row
        for span in [passage.source_span(mention.start, mention.end)]
    ]
    return {"sha256": document.sha256, "entities": entities, "records": []}


def _contexts(rows: Sequence[Row], recogniser: Recogniser) -> dict[str, Context | None]:
    """The context of every item of news by its text, read together."""
    texts = sorted(
        {gold.reading.text for row in rows for gold in gold_readings(row)}, key=lambda text: (len(text), text)
    )
    return dict(zip(texts, recogniser.contexts(texts), strict=True))


def evaluate_split(path: Path, tools: Tools, layouts: bool = False) -> Evaluation:
    """Score one split of the corpus, by genre and by source of spans, and records made of gold spans.

    ``layouts`` puts every layout but the clean one onto the documents as well.
    """
    rows = read_rows(path)
    documents, gold = [document_of(row) for row in rows], [gold_document(row) for row in rows]
    done = evaluate_documents(documents, gold, tools)
    learnt = [reading for row in read_rows(path.parent / "train.jsonl") for reading in gold_readings(row)]
    contexts = _contexts(rows, tools.recogniser)
    makers: dict[str, MakeEvents] = {
        "models": lambda reading: assemble(replace(reading, context=contexts[reading.text]), tools.events),
        "linear models": lambda reading: assemble(reading, tools.events),  # no context: the network is not asked
        "rules": partial(baseline_events, load_rules()),
        "majority": partial(baseline_events, majority(learnt)),
    }
    stages = {
        f"gold spans, {name}": score(gold, [gold_extraction(row, make) for row in rows])
        for name, make in makers.items()
    }
    return replace(
        done,
        stages={"predicted spans, models": done.whole, **stages},
        genres=dict(_by_genre(rows, done)),
        layouts=dict(_by_layout(documents, gold, tools)) if layouts else {},
    )


def _by_genre(rows: Sequence[Row], done: Evaluation) -> Iterator[tuple[str, Report]]:
    genres = [row["header"].get("genre", "-") for row in rows]
    for genre in sorted(set(genres)):
        chosen = [number for number, own in enumerate(genres) if own == genre]
        yield genre, score_found([done.gold[i] for i in chosen], [done.found[i] for i in chosen])


def _by_layout(
    documents: Sequence[Document], gold: Sequence[GoldDocument], tools: Tools
) -> Iterator[tuple[str, Report]]:
    for name, style in STYLES.items():
        if name != CLEAN:
            pages = [laid_out(*pair, style) for pair in zip(documents, gold, strict=True)]
            yield name, score([page for _, page in pages], [extract(document, tools) for document, _ in pages])


def evaluate_reference(folder: Path, documents: Path, tools: Tools) -> Evaluation:
    """Score real documents with gold files; raises ValueError when a gold file has no document."""
    gold = read_gold(sorted(folder.glob("*.json")))
    read = [entry for entry in read_documents([documents]) if not isinstance(entry, Rejected) and entry.sha256 in gold]
    if missing := gold.keys() - {entry.sha256 for entry in read}:
        raise ValueError(f"{documents}: no document for {len(missing)} gold files; give their folder with --documents")
    return evaluate_documents(read, [dict(gold[entry.sha256]) for entry in read], tools)


def show_evaluation(name: str, done: Evaluation, errors: int, console: Console) -> None:
    """Print the tables of one set of documents."""
    show(f"{name}, {len(done.gold)} documents", done.whole, errors, console)
    show_beside(f"{name}: spans by source", done.sources, PARTS, console)
    if done.stages:
        show_beside(f"{name}: records by source", done.stages, RECORD_PARTS, console)
    for what, reports in (("genre", done.genres), ("layout", done.layouts)):
        if reports:
            show_beside(f"{name} by {what}: spans", reports, PARTS, console)
            show_beside(f"{name} by {what}: records", reports, RECORD_PARTS, console)


def as_json(done: Evaluation) -> dict[str, Any]:
    """Return every score of an evaluation, with intervals, as plain values."""
    groups = {"sources": done.sources, "stages": done.stages, "genres": done.genres, "layouts": done.layouts}
    return {
        "documents": len(done.gold),
        "whole": figures(done.whole),
        **{group: {name: figures(report) for name, report in reports.items()} for group, reports in groups.items()},
    }


def main(
    reference: Annotated[Path | None, typer.Option(help="Folder of gold files of real documents.")] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of those documents; the gold folder by default.")
    ] = None,
    models: Annotated[Path, typer.Option(help="Folder of trained models.")] = MODELS,
    errors: Annotated[int, typer.Option(help="Show this many errors of each kind.")] = 0,
    layouts: Annotated[bool, typer.Option(help="Put the layouts of print and web onto dev, and score each.")] = True,
    output: Annotated[Path | None, typer.Option("--json", help="Write all scores into this file too.")] = None,
) -> None:
    """Score dev and test of the corpus, and gold files of a folder."""
    console = Console(width=130)
    try:
        tools = load_tools(models)
        done = {
            split: evaluate_split(CORPUS / f"{split}.jsonl", tools, layouts and split == "dev")
            for split in ("dev", "test")
        }
        if reference:
            done["reference"] = evaluate_reference(reference, documents or reference, tools)
    except (ValueError, OSError, ModelError) as error:
        typer.echo(f"evaluation: {error}", err=True)
        raise typer.Exit(2) from None
    for name, one in done.items():
        show_evaluation(name, one, errors, console)
    if output:
        scores = {name: as_json(one) for name, one in done.items()}
        output.write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
