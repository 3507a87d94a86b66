"""Measures what formats lose: composed texts are printed in each, read, and their events compared with those of the plain text.

Run as ``python -m benchmarks.formats [FORMAT ...] [--documents N]``; without names all formats but scans, which take seconds
a page, are measured.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.printing import FORMATS, plain
from pipeline.documents import Document, read_documents
from pipeline.extract import Extraction, Tools, extract, load_tools
from pipeline.output import event_records

BULLETINS = Path("seeds/bulletins")
CORPUS = Path("corpus/test.jsonl")

Found = Counter[tuple[str, ...]]


def spans(extraction: Extraction) -> Found:
    """Count the labelled spans of an extraction by label and text without blanks."""
    pages = extraction.pages
    return Counter((m.label, "".join(m.text.split())) for page in pages for m in page.entities)


def events(extraction: Extraction) -> Found:
    """Count the events of an extraction by all that a ledger holds of them; blanks and offsets do not count."""
    found: Found = Counter()
    for record in event_records(extraction):
        day = record.date and (record.date.edtf or record.date.text)
        money = sorted(f"{amount.value}{amount.currency}{amount.lower}{amount.upper}" for amount in record.amounts)
        parties = sorted(f"{one.role} {''.join(one.text.split())}" for one in record.participants)
        places = sorted("".join(place.text.split()) for place in record.places)
        found[(record.type, record.status, day or "", *money, *parties, *places)] += 1
    return found


def f1(expected: Found, found: Found) -> float:
    """Return F1 of what was found; 1 where nothing was expected and nothing found."""
    whole = expected.total() + found.total()
    return 2 * (expected & found).total() / whole if whole else 1.0


def read_one(content: bytes, suffix: str, folder: Path) -> Document:
    """Read a file of one document; raises ValueError with the reason of a file that is rejected."""
    (folder / f"x{suffix}").write_bytes(content)
    (found,) = read_documents([folder / f"x{suffix}"])
    if not isinstance(found, Document):
        raise ValueError(f"{found.path}: {found.reason}: {found.detail}")
    return found


def texts(most: int) -> Iterator[str]:
    """Yield the bulletins of the repository and of the corpus's test part, at most so many."""
    seeds = [plain(document) for document in read_documents([BULLETINS]) if isinstance(document, Document)]
    rows = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    yield from [*seeds, *rows][:most]


def measure(tools: Tools, most: int, names: Sequence[str]) -> Iterator[str]:
    """Yield a line for each format: F1 of spans and events against the plain text, and milliseconds to read a document."""
    sources = list(texts(most))
    wanted = [extract(Document("x.txt", text, "0" * 64), tools) for text in sources]
    yield f"{len(sources)} documents, {sum(map(len, sources))} characters; F1 against the plain text"
    for name in names:
        suffix, make = FORMATS[name]
        with tempfile.TemporaryDirectory() as folder:
            files = [make(text) for text in sources]
            started = time.perf_counter()
            documents = [read_one(content, suffix, Path(folder)) for content in files]
            seconds = time.perf_counter() - started
        found = [extract(document, tools) for document in documents]
        scores = []
        for count in (spans, events):
            expected: Found = Counter()
            have: Found = Counter()
            for place, (right, read) in enumerate(zip(wanted, found, strict=True)):
                expected.update({(str(place), *key): times for key, times in count(right).items()})
                have.update({(str(place), *key): times for key, times in count(read).items()})
            scores.append(f1(expected, have))
        yield f"{name:16} spans {scores[0]:.3f}  events {scores[1]:.3f}  {1000 * seconds / len(sources):8.1f} ms"


def main() -> None:
    """Print the measurements."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=62, help="most documents to print")
    arguments.add_argument("names", nargs="*", metavar="FORMAT", help=f"of {', '.join(FORMATS)}")
    chosen = arguments.parse_args()
    if unknown := set(chosen.names) - set(FORMATS):
        arguments.error(f"{', '.join(sorted(unknown))}: no such format; right would be one of {', '.join(FORMATS)}")
    names = chosen.names or [name for name in FORMATS if not name.startswith("scan")]
    for line in measure(load_tools(), chosen.documents, names):
        print(line, flush=True)


if __name__ == "__main__":
    main()
