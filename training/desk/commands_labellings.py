"""The desk's commands over labelled files: read exports made by hand, and compare what several people labelled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from training.desk.deliver import WIDTH, Credentials, JoinTo, PushTo, deliver, fail, say, tell_joined, write_rows
from training.desk.flavours import Conventions, Labelling, one_labelling, read_labellings, with_records
from training.desk.flavours_counting import Counting
from training.desk.flavours_files import FlavourError

if TYPE_CHECKING:
    from pipeline.evaluate import Score
    from training.desk.compare_measures import Agreement

Offsets = Annotated[Counting, typer.Option("--offsets", help="What offsets count; auto finds out from the texts.")]
Rename = Annotated[list[str] | None, typer.Option(help="Take a label or relation as another: 单位=ORG; repeatable.")]
Drop = Annotated[list[str] | None, typer.Option(help="Leave out a label or relation; repeatable.")]

app = typer.Typer(no_args_is_help=True)


def _conventions(counting: Counting, rename: Iterable[str] | None, drop: Iterable[str] | None) -> Conventions:
    pairs = {}
    for given in rename or ():
        old, equals, new = given.partition("=")
        if not (old and equals and new):
            raise FlavourError(f"--rename {given}: not OLD=NEW; right would be 单位=ORG")
        pairs[old] = new
    return Conventions(counting, pairs, frozenset(drop or ()))


@app.command("import")
def import_export(
    file: Annotated[Path, typer.Argument(help="Export of doccano: a file, a zip, or a folder with a file a member.")],
    output: Annotated[Path | None, typer.Option(help="Write the rows here as JSON Lines; stdout by default.")] = None,
    member: Annotated[str | None, typer.Option(help="Take what this member labelled.")] = None,
    counting: Offsets = Counting.auto,
    rename: Rename = None,
    drop: Drop = None,
    corpus: JoinTo = None,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The export holds confirmed documents alone.")] = False,
) -> None:
    """Read an export made by hand, of any flavour, and write it as rows of the corpus.

    JSON Lines with label lists or with entities and relations, a JSON array, CoNLL, a zip or folder of them; told apart by
    content. What cannot be taken is named with file and line, and nothing is written; what the corpus checker finds is told.
    """
    from training.desk.join import join
    from training.desk.pull import Pulled

    try:
        labelling, faults = with_records(
            one_labelling(read_labellings(file, _conventions(counting, rename, drop)), member)
        )
        rows = tuple(row | {"confirmed": confirmed or row.get("confirmed", False)} for row in labelling.rows)
        if output or not corpus:
            write_rows(output, rows)
        joined = join(Pulled(rows, faults), corpus) if corpus else None
    except (OSError, ValueError) as error:
        raise fail(str(error)) from None
    for fault in joined.left_out if joined else faults:
        say(f"{file}: {fault}")
    say(f"{file}: {len(rows)} texts, {sum(len(row['entities']) for row in rows)} spans, {len(faults)} faults")
    if joined:
        tell_joined(joined)
    raise typer.Exit(1 if (joined.left_out if joined else faults) else 0)


@app.command()
def agreement(
    paths: Annotated[list[Path], typer.Argument(help="Exports, rows or batch files; a zip of members counts as many.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    page: Annotated[Path | None, typer.Option(help="Write the disagreements side by side as an HTML page.")] = None,
    adjudicate: Annotated[
        Path | None, typer.Option(help="Write rows for a third person, disagreements as comments; for push.")
    ] = None,
    push_to: PushTo = None,
    credentials: Credentials = None,
    documents: Annotated[int, typer.Option(help="Show so many documents, those that differ most first.")] = 10,
    counting: Offsets = Counting.auto,
    rename: Rename = None,
    drop: Drop = None,
) -> None:
    """Measure how far labellers of the same texts agree; texts meet by their characters, the first path is the standard.

    Spans: precision, recall, F1, exact and overlapping. Characters: Cohen's kappa and Krippendorff's alpha. Records and
    their arguments where the rows have records.
    """
    from training.desk.compare import adjudication_row, disputes, meet
    from training.desk.compare_measures import as_json as figures
    from training.desk.compare_measures import measure
    from training.desk.compare_page import page as write_page
    from training.desk.compare_records import gold_documents, record_disputes
    from training.desk.connection import DeskError

    try:
        conventions = _conventions(counting, rename, drop)
        labellings = [
            with_records(one)[0] if any(row["relations"] for row in one.rows) else one
            for path in paths
            for one in read_labellings(path, conventions)
        ]
        if len(labellings) < 2:
            raise ValueError(f"{paths[0]}: one labelling; give a second path, or a zip or folder with a file a member")
        meetings = meet(labellings)
    except (OSError, ValueError) as error:
        raise fail(str(error)) from None
    names = unique_names(labellings)
    golds = gold_documents(meetings)
    result = measure(names, meetings, golds)
    told = record_disputes(golds, names)
    try:
        if page:
            page.write_text(write_page(names, meetings, result, told), encoding="utf-8")
            say(f"{page}: disagreements side by side")
        if adjudicate or push_to:
            rows = [
                adjudication_row(meeting, names, records)
                for meeting, records in zip(meetings, told, strict=True)
                if records or disputes(meeting)
            ]
            deliver(rows, adjudicate, push_to, credentials)
    except (DeskError, OSError) as error:
        raise fail(str(error)) from None
    if as_json:
        typer.echo(json.dumps(figures(result), ensure_ascii=False))
    else:
        _show(result, documents)


def unique_names(labellings: Sequence[Labelling]) -> list[str]:
    """Return the labellings' names, numbered where two are the same.

    >>> unique_names([Labelling("all", None, ()), Labelling("all", None, ()), Labelling("li", None, ())])
    ['all', 'all-2', 'li']
    """
    names: list[str] = []
    for labelling in labellings:
        name, times = labelling.name, 1
        while name in names:
            times += 1
            name = f"{labelling.name}-{times}"
        names.append(name)
    return names


def _show(result: Agreement, most: int) -> None:
    console = Console(width=WIDTH)
    for pair in result.pairs:
        table = _table(
            f"{pair.second} against {pair.first}, {pair.documents} documents: spans, and characters beyond chance",
            "label", "P", "R", "F1", "P overlap", "R overlap", "F1 overlap", "kappa", "alpha", "first", "second",
        )  # fmt: skip
        for label, row in pair.labels.items():
            if not row.exact.gold + row.exact.predicted:
                continue
            scores = [*_prf(row.exact), *_prf(row.overlapping), _figure(row.kappa), _figure(row.alpha)]
            table.add_row(label, *scores, str(row.exact.gold), str(row.exact.predicted))
        console.print(table)
        table = _table("records", "part", "what", "P", "R", "F1", "first", "second")
        for part, name, score in pair.report.as_table():
            if part not in ("entities", "ledger") and score.gold + score.predicted:
                table.add_row(part, name, *_prf(score), str(score.gold), str(score.predicted))
        if table.rows:
            console.print(table)
    if len(result.pairs) > 1:
        table = _table("Krippendorff's alpha over all labellers", *result.alpha)
        table.add_row(*(_figure(alpha) for alpha in result.alpha.values()))
        console.print(table)
    table = _table("documents that differ most", "document", "disputes", "F1", "F1 overlap", "alpha", "records F1")
    worst = sorted((d for d in result.documents if d.disputes), key=lambda d: (-d.disputes, d.doc_id))
    for document in worst[:most]:
        scores = [f"{document.exact.f1:.3f}", f"{document.overlapping.f1:.3f}", _figure(document.alpha)]
        records = document.records
        scores.append(_figure(records.f1 if records.gold + records.predicted else None))
        table.add_row(document.doc_id, str(document.disputes), *scores)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left")


def _prf(score: Score) -> list[str]:
    return [f"{figure:.3f}" for figure in (score.precision, score.recall, score.f1)]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
