"""The labelled corpus: batch files in the notation, compiled to doccano's JSON Lines, checked and counted.

The batch files under ``corpus/bulletins/{train,dev,test}/`` are the truth; ``corpus/{train,dev,test}.jsonl`` are made from
them by ``python -m training.corpus build``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.event_types import event_scheme
from pipeline.spans import Span
from training.bulletin_check import corpus_problems
from training.markup import Bulletin, Link, Mark, MarkupError, parse_batch

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


def build(corpus: Path) -> dict[str, int]:
    """Compile ``corpus/bulletins`` to ``corpus/{train,dev,test}.jsonl``; returns the number of bulletins a split."""
    counts = {}
    for split in SPLITS:
        rows = [to_row(bulletin) for bulletin in read_batches([corpus / "bulletins" / split])]
        lines = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
        target = corpus / f"{split}.jsonl"
        part = target.with_suffix(".part")
        part.write_text(lines, encoding="utf-8")
        part.replace(target)
        counts[split] = len(rows)
    return counts


def counts(bulletins: Sequence[Bulletin]) -> dict[str, int]:
    """Count bulletins, characters, spans by label and records by type."""
    types = event_scheme().types
    tally = Counter({"bulletins": len(bulletins), "characters": sum(len(b.text) for b in bulletins)})
    for bulletin in bulletins:
        tally.update(mark.label for mark in bulletin.marks if mark.label)
        opened = {(link.number, link.name) for mark in bulletin.marks for link in mark.links if link.name in types}
        tally.update(name for _, name in opened)
        tally["records"] += len(opened)
    return dict(tally)


def main(arguments: Sequence[str]) -> int:
    """Run ``check PATH...`` (faults and counts of batch files) or ``build [CORPUS]``; returns the exit code."""
    command, *paths = arguments or ["check"]
    try:
        if command == "build":
            print(json.dumps(build(Path(paths[0] if paths else "corpus"))))
            return 0
        bulletins = read_batches([Path(path) for path in paths or ["corpus/bulletins"]])
    except (MarkupError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    faults = corpus_problems(bulletins)
    for fault in faults:
        print(fault)
    print(json.dumps(counts(bulletins), ensure_ascii=False))
    print(f"{len(faults)} faults in {len(bulletins)} bulletins")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
