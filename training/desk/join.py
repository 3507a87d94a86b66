"""Pulled documents into the corpus: what was confirmed and holds joins train or dev, where ``make train`` reads it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.export.whole import whole_paths
from training.bulletin_check import corpus_problems
from training.corpus import SPLITS, from_row
from training.desk.pull import Fault, Pulled
from training.desk.push import bulletin_name
from training.markup import Bulletin, parse_batch, write_bulletin
from training.originality import MOST_SHARED, invented_names, read_stock, shared_windows

BATCH = "desk.txt"
"""The batch file of each split that takes new documents."""
DEV_SHARE = 10
"""One document in so many goes to dev, chosen by the hash of its text."""


@dataclass(frozen=True)
class Joined:
    """What a join did: names of bulletins added and replaced, by split, and documents left out with the reason."""

    added: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, tuple[str, ...]]
    left_out: tuple[Fault, ...]


@dataclass(frozen=True)
class _Standing:
    """A bulletin of the corpus and where it stands."""

    split: str
    path: Path
    bulletin: Bulletin


def split_of(row: Mapping[str, Any]) -> str:
    """Return the split that a new document joins, by the hash of its text: the same on every machine and in every order.

    >>> split_of({"text_sha256": "0000000a" + 56 * "0"})
    'dev'
    """
    return "train" if int(row["text_sha256"][:8], 16) % DEV_SHARE else "dev"


def join(pulled: Pulled, corpus: Path) -> Joined:
    """Write the confirmed documents without fault into the batch files of the corpus.

    A document that is in the corpus already is replaced where it stands, in whatever split; a new one joins ``desk.txt``
    of its split. What the corpus checker would refuse beside the rest of the corpus is left out, with the reason.
    """
    standing = _read(corpus)
    faulty = {fault.doc_id for fault in pulled.faults}
    rows = {
        bulletin_name(row["doc_id"]): row for row in pulled.rows if row["confirmed"] and row["doc_id"] not in faulty
    }
    chosen = {name: from_row({**row, "doc_id": name}) for name, row in rows.items()}
    refused = dict(_refused(chosen, standing, corpus))
    contents: dict[Path, str] = {}
    added, replaced = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for name, bulletin in sorted(chosen.items()):
        old = standing.get(name)
        if name in refused or (old and old.bulletin == bulletin):
            continue
        split = old.split if old else split_of(rows[name])
        path = old.path if old else corpus / "bulletins" / split / BATCH
        if path not in contents:
            contents[path] = path.read_text(encoding="utf-8") if path.is_file() else ""
        contents[path] = _with_block(contents[path], bulletin)
        (replaced if old else added)[split].append(name)
    with whole_paths(list(contents)) as parts:
        for part, content in zip(parts, contents.values(), strict=True):
            part.write_text(content, encoding="utf-8", newline="\n")
    waiting = {row["doc_id"] for row in pulled.rows if not row["confirmed"]}
    left_out = {fault for fault in pulled.faults if fault.doc_id not in waiting}
    left_out |= {Fault(rows[name]["doc_id"], fault) for name, fault in refused.items()}
    return Joined(_frozen(added), _frozen(replaced), tuple(sorted(left_out)))


def _frozen(names: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {split: tuple(names[split]) for split in sorted(names)}


def _read(corpus: Path) -> dict[str, _Standing]:
    paths = [(split, path) for split in SPLITS for path in sorted((corpus / "bulletins" / split).rglob("*.txt"))]
    return {
        bulletin.name: _Standing(split, path, bulletin)
        for split, path in paths
        for bulletin in parse_batch(path.read_text(encoding="utf-8"), path.name)
    }


def _with_block(content: str, bulletin: Bulletin) -> str:
    """Return a batch file's content with the bulletin in the place of the one of its name, or at the end."""
    header = rf"^=== {re.escape(bulletin.name)}(?: [^\n]*)?\n"
    block = write_bulletin(bulletin)
    new, times = re.subn(
        header + r"(?:(?!=== )[^\n]*(?:\n|\Z))*?(?=^=== |\Z)", lambda _: block, content, flags=re.MULTILINE
    )
    if times:
        return new
    return content + ("\n" if content and not content.endswith("\n") else "") + block


def _refused(
    chosen: Mapping[str, Bulletin], standing: Mapping[str, _Standing], corpus: Path
) -> Iterator[tuple[str, str]]:
    """Yield the chosen bulletins that cannot stand in the corpus, each with its first reason."""
    others = [old.bulletin for name, old in standing.items() if name not in chosen]
    found: dict[str, str] = {}
    for name, bulletin in chosen.items():
        if name in standing and standing[name].bulletin.text != bulletin.text:
            found[name] = f"the corpus has another text called {name}; give the document another id"
    for problem in corpus_problems([*chosen.values(), *others]):
        found.setdefault(problem.bulletin, f"{problem.fault} (at {problem.offset})")
    stock = read_stock(corpus / "stock_phrases.txt")
    for name, (share, window) in shared_windows([*chosen.values(), *others], stock).items():
        if share > MOST_SHARED:
            found.setdefault(name, f"{share:.0%} of it stands in another bulletin, {window!r} first; leave it out")
    sides: dict[bool, list[Bulletin]] = {True: [], False: []}
    for name, old in standing.items():
        sides[old.split == "test"].append(chosen.get(name, old.bulletin))
    of_side = {side: invented_names(bulletins) for side, bulletins in sides.items()}
    for name, bulletin in chosen.items():
        in_test = name in standing and standing[name].split == "test"
        if both := sorted(invented_names([bulletin]) & of_side[not in_test]):
            where = "the other splits" if in_test else "the test split"
            found.setdefault(name, f"{both[0]} is a name of {where}; leave the document out")
    yield from ((name, fault) for name, fault in found.items() if name in chosen)
