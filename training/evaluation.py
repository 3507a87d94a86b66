"""Scores the project's own dev and test bulletins end to end, and with gold spans, so that the loss of each stage is seen.

``python -m training.evaluation [--reference DIR]``: DIR holds gold files (``*.json``) and beside them, or in a folder named by
``--documents``, the documents they name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline.documents import Document, Rejected, read_documents
from pipeline.evaluate import Report, evaluate, read_gold
from pipeline.events.assemble import Argument, Event, assemble
from pipeline.extract import MODELS, Extraction, Page, Tools, extract, load_tools
from pipeline.normalise.values import date_context, full_names, read_value, with_places
from pipeline.output import entities_record, event_records
from pipeline.repair import Passage
from pipeline.spans import Mention, Span
from training.corpus import read_rows
from training.readings import GoldReading, gold_readings

CORPUS = Path("corpus")
Row = Mapping[str, Any]


def document_of(row: Row) -> Document:
    """Make the document of a corpus row."""
    return Document(row["doc_id"], row["text"], row["text_sha256"])


def gold_extraction(row: Row, tools: Tools | None = None) -> Extraction:
    """Read a corpus row from its labels: with its gold records, or (``tools`` given) with records assembled from gold spans."""
    document = document_of(row)
    context = date_context(document)
    golds = list(gold_readings(row))
    valued = [
        [replace(mention, value=read_value(gold.reading.text, mention, context)) for mention in gold.reading.mentions]
        for gold in golds
    ]
    year = context.day.year if context.day else None
    placed = with_places(valued, None, year)
    names = full_names(placed, document.text, None, year)
    pages = []
    for index, (gold, mentions, canonical) in enumerate(zip(golds, placed, names, strict=True)):
        of_gold = dict(zip(gold.reading.mentions, mentions, strict=True))
        offsets = tuple(range(gold.at, gold.at + len(gold.reading.text)))
        passage = Passage(document.doc_id, index, gold.reading.text, offsets, gold.reading.headline_end)
        reading = replace(gold.reading, mentions=tuple(mentions))
        events = assemble(reading, tools.events) if tools else _gold_events(gold, of_gold)
        pages.append(Page(passage, tuple(mentions), tuple(events), canonical))
    return Extraction(document, tuple(pages), context)


def _gold_events(gold: GoldReading, of_gold: Mapping[Mention, Mention]) -> list[Event]:
    events = []
    for record in gold.records:
        slots: dict[str, list[Argument]] = defaultdict(list)
        for mention, role in record.arguments:
            kind = role if role in ("date", "place", "amount", "item") else "party"
            slots[kind].append(Argument(of_gold[mention], role, 1.0))
        first = (record.anchors or tuple(mention for mention, _ in record.arguments))[0]
        sentence = gold.reading.sentence(first.start)
        events.append(
            Event(
                type=record.type,
                anchors=tuple(of_gold[anchor] for anchor in record.anchors),
                participants=tuple(slots["party"]),
                date=slots["date"][0] if slots["date"] else None,
                places=tuple(slots["place"]),
                amounts=tuple(slots["amount"]),
                items=tuple(slots["item"]),
                evidence=Span(sentence.start, sentence.end),
                planned=record.planned,
                is_total=record.is_total,
            )
        )
    return events


def as_gold(extraction: Extraction) -> dict[str, Any]:
    """Write an extraction as a gold document."""
    entities = entities_record(extraction).model_dump(mode="json")["entities"]
    records = [record.model_dump(mode="json") for record in event_records(extraction)]
    return {"sha256": extraction.document.sha256, "entities": entities, "records": records}


def score(gold: Sequence[Mapping[str, Any]], extractions: Iterable[Extraction]) -> Report:
    """Score extractions against gold documents."""
    found = [as_gold(extraction) for extraction in extractions]
    events = [record for document in found for record in document["records"]]
    return evaluate({document["sha256"]: document for document in gold}, found, events)


def score_split(path: Path, tools: Tools) -> dict[str, Report]:
    """Score one split of the corpus, ``predicted spans`` and ``gold spans``, and predicted spans by genre."""
    rows = read_rows(path)
    gold = [as_gold(gold_extraction(row)) | {"ignore": row["furniture"]} for row in rows]
    predicted = [extract(document_of(row), tools) for row in rows]
    reports = {
        "predicted spans": score(gold, predicted),
        "gold spans": score(gold, [gold_extraction(row, tools) for row in rows]),
    }
    genres = sorted({row["header"].get("genre", "-") for row in rows})
    for genre in genres:
        chosen = [i for i, row in enumerate(rows) if row["header"].get("genre", "-") == genre]
        reports[f"genre {genre}"] = score([gold[i] for i in chosen], [predicted[i] for i in chosen])
    return reports


def score_reference(folder: Path, documents: Path, tools: Tools) -> Report:
    """Score real documents with gold files; raises ValueError when a gold file has no document."""
    gold = read_gold(sorted(folder.glob("*.json")))
    read = [entry for entry in read_documents([documents]) if not isinstance(entry, Rejected) and entry.sha256 in gold]
    if missing := gold.keys() - {entry.sha256 for entry in read}:
        raise ValueError(f"{documents}: no document for {len(missing)} gold files; give their folder with --documents")
    return score([dict(row) for row in gold.values()], [extract(entry, tools) for entry in read])


def show(title: str, report: Report, errors: int, console: Console) -> None:
    """Print a report as a table, and so many errors of each kind."""
    table = Table("part", "what", "P", "R", "F1", "predicted", "gold", title=title, title_justify="left")
    for part, name, row in report.as_table():
        table.add_row(
            part, name, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}", str(row.predicted), str(row.gold)
        )
    console.print(table)
    for kind, texts in sorted(report.errors.items()):
        if errors and texts:
            console.print(f"{kind} ({len(texts)}): {' | '.join(texts[:errors])}", markup=False, highlight=False)


def main(
    reference: Annotated[Path | None, typer.Option(help="Folder of gold files of real documents.")] = None,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of those documents; the gold folder by default.")
    ] = None,
    models: Annotated[Path, typer.Option(help="Folder of trained models.")] = MODELS,
    errors: Annotated[int, typer.Option(help="Show this many errors of each kind.")] = 0,
    genres: Annotated[bool, typer.Option(help="Show each genre too.")] = False,
) -> None:
    """Score dev and test of the corpus, and gold files of a folder."""
    console = Console(width=110)
    tools = load_tools(models)
    for split in ("dev", "test"):
        for name, report in score_split(CORPUS / f"{split}.jsonl", tools).items():
            if genres or not name.startswith("genre"):
                show(f"{split}, {name}", report, errors, console)
    if reference:
        show(f"reference {reference}", score_reference(reference, documents or reference, tools), errors, console)


if __name__ == "__main__":
    typer.run(main)
