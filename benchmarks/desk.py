"""Times the desk against a doccano server of its own, and measures how well the model's doubt tells where it errs.

``python -m benchmarks.desk`` brings 5,000 documents with 25,000 spans up and back and fails when one differs; it needs the
environments that ``make annotate`` and ``make push`` make. ``python -m benchmarks.desk from-nothing`` makes both environments
in an empty folder without a cache, runs the end-to-end test in them, and fails when all this takes more than three minutes.
``python -m benchmarks.desk doubt`` reads dev and test with the shipped models: does ``bangfu annotate next`` put documents
first that hold more errors?
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import typer

from training.desk.connection import ROOT, Row, read_connection
from training.desk.pull import pull
from training.desk.push import push
from training.desk.server import Home, running

DOCUMENTS, SPANS = 5000, 5
LONGEST = 180
"""Seconds that the end-to-end test may take, installation included."""
END_TO_END = "tests/test_desk_server.py::test_fifty_documents_go_up_are_labelled_and_join_the_corpus"
app = typer.Typer(pretty_exceptions_enable=False)


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


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Run the round trip unless a command is named; a request to stop ends the server too."""
    if context.invoked_subcommand is None:
        round_trip()


def round_trip() -> None:
    """Bring the documents up, once more, and down; print the seconds of each step."""
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
        f"{name} {end - start:.1f} s" for name, (start, end) in zip(names, pairwise(marks), strict=True)
    )
    spans = sum(len(row["entities"]) for row in found)
    print(f"{len(found)} documents, {spans} spans, {'equal' if same else 'NOT EQUAL'}: {seconds}")
    print(f"load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores in the last five minutes, this included")
    sys.exit(not same)


@app.command()
def from_nothing() -> None:
    """Make both environments and run the end-to-end test in them; print the seconds of each step."""
    uv, python = Path(sys.executable).with_name("uv"), os.environ.get("DOCCANO_PYTHON", "python3.11")
    marks = [time.perf_counter()]
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (("doccano", "server"), ("doccano-client", "client")):
            place = Path(folder, f".venv-{name}")
            subprocess.run([uv, "venv", "--quiet", "--python", python, place], check=True)
            sync = [
                uv,
                "pip",
                "sync",
                "--quiet",
                "--no-cache",
                "--require-hashes",
                "--python",
                place / "bin" / "python",
            ]
            subprocess.run([*sync, ROOT / f"requirements-doccano-{part}.lock"], check=True)
            marks.append(time.perf_counter())
        test = [sys.executable, "-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider", END_TO_END]
        tested = subprocess.run(test, cwd=ROOT, env=os.environ | {"DESK_ENVIRONMENTS": folder, "CI": "1"})
        marks.append(time.perf_counter())
    names = ("server's environment", "client's environment", "test with start and end of the server")
    seconds = ", ".join(
        f"{name} {end - start:.0f} s" for name, (start, end) in zip(names, pairwise(marks), strict=True)
    )
    whole = marks[-1] - marks[0]
    print(f"{seconds}: {whole:.0f} s of {LONGEST}")
    sys.exit(tested.returncode or whole > LONGEST)


@app.command()
def doubt() -> None:
    """Print the rank correlation of doubt and errors over the documents of dev and test, and the errors of the most doubtful quarter."""
    from scipy.stats import spearmanr

    from pipeline.extract import load_tools
    from pipeline.spans import LABELS
    from training.corpus import read_rows
    from training.desk.choose import candidate
    from training.desk.push import prelabelled, source_span
    from training.gold import document_of

    tools = load_tools()
    measured = []
    for row in (row for split in ("dev", "test") for row in read_rows(ROOT / "corpus" / f"{split}.jsonl")):
        found = prelabelled(document_of(row), tools)
        spans = {
            (*source_span(one["start_offset"], one["end_offset"], found["source"]["runs"]), one["label"])
            for one in found["entities"]
        }
        gold = {(one["start_offset"], one["end_offset"], one["label"]) for one in row["entities"]}
        errors = sum(label in LABELS for _, _, label in spans ^ gold)
        measured.append((candidate(found).uncertainty, 1000 * errors / len(row["text"])))
    measured.sort(reverse=True)
    quarter = len(measured) // 4
    first, others = ([errors for _, errors in part] for part in (measured[:quarter], measured[quarter:]))
    print(
        f"{len(measured)} documents: rank correlation {spearmanr(*zip(*measured, strict=True)).statistic:.2f}; errors in 1,000 "
        f"characters {sum(first) / len(first):.1f} in the most doubtful quarter, {sum(others) / len(others):.1f} in the others"
    )


if __name__ == "__main__":
    app()
