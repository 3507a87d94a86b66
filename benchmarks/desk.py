"""Brings 5,000 documents with 25,000 spans up to a doccano server of its own and back; prints seconds, fails when one differs.

``python -m benchmarks.desk``; needs the environments that ``make annotate`` and ``make push`` make.
"""

from __future__ import annotations

import hashlib
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from training.desk.connection import ROOT, Row, read_connection
from training.desk.pull import pull
from training.desk.push import push
from training.desk.server import Home, running

DOCUMENTS, SPANS = 5000, 5


def made(number: int) -> Row:
    """Compose a document of :data:`SPANS` spans and one relation, behind an emoji in every second one."""
    text = ("😀𠮷" if number % 2 else "　") + f"第{number}号"
    entities: list[Row] = []
    for label, form in (("EVENT", "座谈会"), *(("GPE", f"云岭县第{number}村"),) * (SPANS - 1)):
        entities.append(
            {"id": len(entities), "start_offset": len(text), "end_offset": len(text) + len(form), "label": label}
        )
        text += form + f"，来客{len(entities)}位，"
    relations = [{"id": 0, "from_id": 0, "to_id": 1, "type": "participant"}]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "doc_id": f"d{number:05}",
        "text": text,
        "entities": entities,
        "relations": relations,
        "text_sha256": digest,
    }


def main() -> None:
    """Run the round trip; a request to stop ends the server too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    rows = [made(number) for number in range(DOCUMENTS)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        marks = [time.perf_counter()]
        with running(ROOT / ".venv-doccano", Home(Path(folder)), port):
            marks.append(time.perf_counter())
            print(f"{DOCUMENTS} documents, server started", file=sys.stderr)
            connection = read_connection(Path(folder) / "doccano.toml", {})
            push(rows, "bench", connection)
            marks.append(time.perf_counter())
            again = push(rows, "bench", connection)
            marks.append(time.perf_counter())
            found = pull("bench", connection).rows
            marks.append(time.perf_counter())
        marks.append(time.perf_counter())
    same = [{key: row[key] for key in made(0)} for row in found] == rows and again["known"] == DOCUMENTS
    names = ("start", "push", "push again", "pull", "stop")
    seconds = ", ".join(
        f"{name} {end - start:.1f} s" for name, start, end in zip(names, marks, marks[1:], strict=False)
    )
    spans = sum(len(row["entities"]) for row in found)
    print(f"{len(found)} documents, {spans} spans, {'equal' if same else 'NOT EQUAL'}: {seconds}")
    sys.exit(not same)


if __name__ == "__main__":
    main()
