"""The files of an output folder: they appear whole or not at all, and ``run.json`` stands only beside files of its run."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Protocol, TextIO

from pipeline.json_values import json_line
from pipeline.outcome import EventLine, Failure, Outcome
from pipeline.same_occurrence import link

EVENTS, REVIEW, ENTITIES, ERRORS, RUN = "events.jsonl", "review.jsonl", "entities.jsonl", "errors.jsonl", "run.json"
TEXTS = "texts"
_LONGEST_NAME = 255


class Finished(Protocol):
    """What a run came to, wherever it is kept."""

    def outcomes(self) -> Iterator[Outcome | Failure]:
        """Yield the outcomes in order of their inputs; asked for twice."""


def write_files(finished: Finished, folder: Path, min_confidence: float, about: Mapping[str, object]) -> Counter[str]:
    """Write what a run came to, in order of the inputs, and return the counts of ``run.json``.

    Records under ``min_confidence`` go to ``review.jsonl``, which is there only if some is asked for; of extracted texts
    each is written below ``texts``. ``about`` is what ``run.json`` says of the run itself.
    """
    counts = Counter(documents=0, rejected=0, events=0, review=0, characters=0)
    same = link(json.loads(event.line) for event in _events(finished, counts, min_confidence))
    names = [EVENTS, *([REVIEW] if min_confidence else []), ENTITIES, ERRORS, RUN]
    kept: set[str] = set()
    with whole_files(folder, names, gone={REVIEW} - set(names)) as files:
        run = files[RUN]
        head = json.dumps({**about, "counts": counts}, ensure_ascii=False, indent=2)
        run.write(head.removesuffix("\n}") + ',\n  "inputs": [')
        between = "\n    "
        for outcome in finished.outcomes():
            if not isinstance(outcome, Outcome):
                files[ERRORS].write(json_line(asdict(outcome)))
                continue
            files[ENTITIES].write(outcome.entities)
            for event in outcome.events:
                data = json.loads(event.line)
                data["same_as"] = list(same.get(data["event_id"], ()))
                if event.confidence >= min_confidence:
                    files[EVENTS].write(json_line(data))
                else:
                    reason = f"confidence {event.confidence:.2f} is under {min_confidence:g}: {event.doubt}"
                    files[REVIEW].write(json_line(data | {"reason": reason}))
            source = {"doc_id": outcome.doc_id, "sha256": outcome.sha256, "events": len(outcome.events)}
            run.write(between + json_line(source).rstrip("\n"))
            between = ",\n    "
            if outcome.text is not None:
                kept.add(path := text_path(outcome.doc_id).as_posix())
                _write_text(folder / path, outcome.text)
        run.write("\n  ]\n}\n" if counts["documents"] else "]\n}\n")
    _remove_others(folder, kept)
    return counts


def text_path(doc_id: str) -> PurePosixPath:
    """Return where the extracted text of a document lies below the output folder.

    A step of the path that is too long for a file's name, or would lead out of the folder, is named by its hash.

    >>> text_path("2031/简报.pdf")
    PurePosixPath('texts/2031/简报.pdf.txt')
    """
    *folders, name = doc_id.split("/")
    return PurePosixPath(TEXTS, *map(_step, folders), _step(f"{name}.txt"))


def _step(name: str) -> str:
    encoded = name.encode("utf-8", "surrogatepass")
    if name in ("", ".", "..") or len(encoded) > _LONGEST_NAME:
        return f"{hashlib.sha256(encoded).hexdigest()[:32]}.txt"
    return name


@contextmanager
def whole_files(folder: Path, names: Sequence[str], gone: Collection[str] = ()) -> Iterator[dict[str, TextIO]]:
    """Open files of ``folder`` that appear under their names when the block ends, and those named in ``gone`` go.

    They are written beside their place under ``NAME.part``; an exception removes them and leaves the old ones. The last
    of ``names`` is the seal: it stands only while the others are all of its run, even where a process is killed.
    """
    parts = {name: folder / f"{name}.part" for name in names}
    files: dict[str, TextIO] = {}
    try:
        for name, path in parts.items():
            files[name] = path.open("w", encoding="utf-8", newline="\n")
        yield files
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
            file.close()
        (folder / names[-1]).unlink(missing_ok=True)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        for name, path in parts.items():
            path.replace(folder / name)
    finally:
        for file in files.values():
            file.close()
        for path in parts.values():
            path.unlink(missing_ok=True)


def _events(finished: Finished, counts: Counter[str], min_confidence: float) -> Iterator[EventLine]:
    """Yield the events of all documents, counting as they pass."""
    for outcome in finished.outcomes():
        if isinstance(outcome, Outcome):
            counts.update(documents=1, characters=outcome.characters)
            for event in outcome.events:
                counts["review" if event.confidence < min_confidence else "events"] += 1
                yield event
        else:
            counts["rejected"] += 1


def _write_text(path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.parent / ".part"
    part.write_bytes(content)
    part.replace(path)


def _remove_others(folder: Path, kept: Collection[str]) -> None:
    """Remove texts that no document of this run has, and the folders that are then empty."""
    for path in sorted((folder / TEXTS).rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in kept:
            path.unlink()
    if (folder / TEXTS).is_dir() and not kept:
        (folder / TEXTS).rmdir()
