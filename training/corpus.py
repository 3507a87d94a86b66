"""The labelled corpus: batch files in the notation, compiled to doccano's JSON Lines, checked and counted.

The batch files under ``corpus/bulletins/{train,dev,test}/`` are the truth; ``corpus/{train,dev,test}.jsonl`` are made from
them by ``make corpus``, with the tables of ``corpus/COVERAGE.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.event_types import event_scheme
from pipeline.spans import Span
from training.bulletin_check import corpus_problems
from training.coverage import counts, markdown, shortfalls
from training.markup import Bulletin, Link, Mark, MarkupError, parse_batch
from training.originality import (
    MOST_SHARED,
    copied_windows,
    excused_phrases,
    invented_names,
    read_stock,
    shared_windows,
)

SPLITS = ("train", "dev", "test")
Row = dict[str, Any]


def read_batches(paths: Sequence[Path]) -> list[Bulletin]:
    """Read every bulletin of the batch files in ``paths`` (folders are searched for ``*.txt``), in order of path."""
    files = [file for path in paths for file in (sorted(path.rglob("*.txt")) if path.is_dir() else [path])]
    return [bulletin for file in files for bulletin in parse_batch(file.read_text(encoding="utf-8"), file.name)]


def to_row(bulletin: Bulletin) -> Row:
    """Compile a bulletin to one line of doccano's JSON Lines.

    ``entities`` and ``relations`` are doccano's own; ``records`` holds what relations cannot carry and names entities by
    their ``id``. Offsets are half-open code points of ``text``.
    """
    entities = [mark for mark in bulletin.marks if mark.label]
    number_of = {id(mark): index for index, mark in enumerate(entities)}
    records = [_record(bulletin, number, number_of) for number in _record_numbers(bulletin)]
    return {
        "text": bulletin.text,
        "entities": [
            {"id": index, "start_offset": mark.start, "end_offset": mark.end, "label": mark.label}
            for index, mark in enumerate(entities)
        ],
        "relations": [
            {"id": index, **relation}
            for index, relation in enumerate(r for record in records for r in _relations(record))
        ],
        "records": records,
        "doc_id": bulletin.name,
        "text_sha256": hashlib.sha256(bulletin.text.encode()).hexdigest(),
        "header": dict(bulletin.header),
        "headlines": [[span.start, span.end] for span in bulletin.headlines],
        "furniture": [[span.start, span.end] for span in bulletin.furniture],
        "free": [number_of[id(mark)] for mark in entities if mark.free],
    }


def from_row(row: Mapping[str, Any]) -> Bulletin:
    """Turn a line of JSON Lines back into a bulletin; the way back from doccano to the notation."""
    links: dict[int, list[Link]] = {}
    attributes: dict[int, dict[str, str]] = {}
    openings: list[Mark] = []
    for record in row["records"]:
        number = record["number"]
        flags = (*(("planned",) if record["status"] == "planned" else ()), *(("total",) if record["is_total"] else ()))
        for entity in record["anchors"]:
            links.setdefault(entity, []).append(Link(record["type"], number, flags))
        if not record["anchors"]:
            openings.append(Mark(record["at"], record["at"], None, (Link(record["type"], number, flags),)))
        for argument in record["arguments"]:
            links.setdefault(argument["id"], []).append(Link(argument["role"], number))
            attributes.setdefault(argument["id"], {}).update(argument["attributes"])
    free = set(row.get("free", ()))
    marks = [
        Mark(
            entity["start_offset"],
            entity["end_offset"],
            entity["label"],
            tuple(sorted(links.get(entity["id"], ()), key=_link_order)),
            tuple(sorted(attributes.get(entity["id"], {}).items())),
            entity["id"] in free,
        )
        for entity in row["entities"]
    ]
    ordered = tuple(sorted([*openings, *marks], key=lambda mark: (mark.start, -mark.end)))
    lines = {name: tuple(Span(*span) for span in row[name]) for name in ("headlines", "furniture")}
    return Bulletin(row["doc_id"], row["header"], row["text"], ordered, lines["headlines"], lines["furniture"])


def _link_order(link: Link) -> tuple[int, str]:
    return link.number, link.name


def _record_numbers(bulletin: Bulletin) -> list[int]:
    types = event_scheme().types
    return sorted({link.number for mark in bulletin.marks for link in mark.links if link.name in types})


def _record(bulletin: Bulletin, number: int, number_of: Mapping[int, int]) -> Row:
    types = event_scheme().types
    opened = [(m, link) for m in bulletin.marks for link in m.links if link.number == number and link.name in types]
    arguments = [
        (m, link) for m in bulletin.marks for link in m.links if link.number == number and link.name not in types
    ]
    flags = {flag for _, link in opened for flag in link.flags}
    return {
        "number": number,
        "type": opened[0][1].name,
        "status": "planned" if "planned" in flags else "done",
        "is_total": "total" in flags,
        "at": opened[0][0].start,
        "anchors": [number_of[id(mark)] for mark, _ in opened if mark.label],
        "arguments": [
            {"role": link.name, "id": number_of[id(mark)], "attributes": dict(mark.attributes)}
            for mark, link in arguments
        ],
    }


def _relations(record: Row) -> Iterator[Row]:
    if record["anchors"]:
        main, *others = record["anchors"]
        yield from ({"from_id": main, "to_id": other, "type": "same"} for other in others)
        yield from (
            {"from_id": main, "to_id": argument["id"], "type": argument["role"]} for argument in record["arguments"]
        )


def read_rows(path: Path) -> list[Row]:
    """Read a JSON Lines file of the corpus."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def compiled(corpus: Path) -> dict[str, str]:
    """Compile ``corpus/bulletins`` to the contents of ``train``, ``dev`` and ``test`` in JSON Lines."""
    return {
        split: "".join(
            json.dumps(to_row(bulletin), ensure_ascii=False, separators=(",", ":")) + "\n"
            for bulletin in read_batches([corpus / "bulletins" / split])
        )
        for split in SPLITS
    }


def quality(corpus: Path, config: Path, reference: Path | None = None) -> list[str]:
    """Name everything that is wrong with the corpus as a whole: faults of labels, counts missed, text that stands twice."""
    bulletins = read_batches([corpus / "bulletins"])
    stock = read_stock(corpus / "stock_phrases.txt")
    found = [str(problem) for problem in corpus_problems(bulletins)]
    found += [f"{config}: {shortfall}" for shortfall in shortfalls(bulletins, config)]
    for name, (share, window) in shared_windows(bulletins, stock).items():
        if share > MOST_SHARED:
            found.append(
                f"{name}: {share:.0%} of its windows stand in another bulletin, {window!r} first; write it anew"
            )
    train, test = (read_batches([corpus / "bulletins" / split]) for split in ("train", "test"))
    for form in sorted(invented_names(train) & invented_names(test)):
        found.append(f"{form}: invented name in train and in test; rename it in one of them")
    if reference:
        copied = copied_windows(bulletins, reference, stock)
        found += [
            f"{name}: {window!r} stands in {reference} too; write it in your own words" for name, window in copied
        ]
    return found


def sheet(corpus: Path) -> str:
    """Write the coverage tables of the corpus as Markdown."""
    return markdown({split: read_batches([corpus / "bulletins" / split]) for split in SPLITS})


app = typer.Typer(no_args_is_help=True, add_completion=False, help="Check, count and compile the labelled corpus.")


@app.command()
def check(paths: Annotated[list[Path], typer.Argument(help="Batch files or folders.")]) -> None:
    """List the faults a machine can see in batch files; exit code 1 when there are any."""
    try:
        bulletins = read_batches(paths)
    except (MarkupError, OSError) as error:
        raise _fail(str(error)) from None
    faults = corpus_problems(bulletins)
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(json.dumps(counts(bulletins), ensure_ascii=False))
    typer.echo(f"{len(faults)} faults in {len(bulletins)} bulletins")
    raise typer.Exit(1 if faults else 0)


@app.command(name="build")
def build_command(
    corpus: Annotated[Path, typer.Argument(help="Folder of the corpus.")] = Path("corpus"),
    reference: Annotated[Path | None, typer.Option(help="Folder of real documents no sentence may come from.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing; fail when the files are out of date.")
    ] = False,
) -> None:
    """Check the whole corpus, compile it to doccano's JSON Lines and write COVERAGE.md."""
    try:
        found = quality(corpus, Path("configs/corpus.toml"), reference)
        made = {f"{split}.jsonl": lines for split, lines in compiled(corpus).items()} | {"COVERAGE.md": sheet(corpus)}
    except (MarkupError, OSError, ValueError) as error:
        raise _fail(str(error)) from None
    for name, content in made.items():
        target = corpus / name
        if verify and (not target.is_file() or target.read_text(encoding="utf-8") != content):
            found.append(f"{target}: out of date; run make corpus")
        elif not verify:
            part = target.with_suffix(".part")
            part.write_text(content, encoding="utf-8")
            part.replace(target)
    for fault in found:
        typer.echo(fault)
    if reference:
        stock = read_stock(corpus / "stock_phrases.txt")
        for phrase, names in excused_phrases(read_batches([corpus / "bulletins"]), reference, stock).items():
            typer.echo(f"fixed phrase that stands in {reference} too: {phrase} ({', '.join(names)})")
    typer.echo(f"{len(found)} faults; " + made["COVERAGE.md"].split("\n")[9])
    raise typer.Exit(1 if found else 0)


def _fail(message: str) -> typer.Exit:
    typer.echo(f"corpus: {message}", err=True)
    return typer.Exit(2)


if __name__ == "__main__":
    app()
