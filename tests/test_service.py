"""The service: what goes in and out, its limits, and that it keeps to its own description."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.documents import Document, read_documents
from pipeline.extract import MODELS, extract, load_tools
from pipeline.json_values import json_line
from pipeline.outcome import Outcome
from pipeline.output import entities_record, event_records
from pipeline.records import EntitiesRecord, EventRecord
from pipeline.run import load_reader
from pipeline.service import (
    CHARACTERS_PER_SECOND,
    LONGEST_TEXT,
    MAX_BYTES,
    MOST_DOCUMENTS,
    QUEUE,
    Read,
    make_service,
    within_limits,
)
from pipeline.service_command import STOP_SECONDS, WARM_UP
from pipeline.workers import Fault, Limits, Workers


def read_nothing(document: Document) -> Outcome | Fault:
    """Stand in for the path: every document holds nothing, and one with 毒 breaks it."""
    if "毒" in document.text:
        return Fault("time_out", "took more than 60 s; split it")
    spans = {"doc_id": document.doc_id, "sha256": document.sha256, "entities": []}
    return Outcome(document.doc_id, document.sha256, len(document.text), json_line(spans), ())


def question(*texts: str) -> dict[str, Any]:
    return {"documents": [{"doc_id": f"{number}.txt", "text": text} for number, text in enumerate(texts)]}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_service(read_nothing, max_bytes=2000)) as client:
        yield client


@pytest.fixture(scope="module")
def real() -> Iterator[TestClient]:
    with TestClient(make_service(load_reader(MODELS))) as client:
        yield client


def test_events_are_those_of_an_extraction(real: TestClient, tmp_path: Path) -> None:
    (tmp_path / "0.txt").write_text(WARM_UP, encoding="utf-8")
    [document] = read_documents([tmp_path / "0.txt"])
    assert isinstance(document, Document)
    extraction = extract(document, load_tools())
    answer = real.post("/extract", json=question(WARM_UP)).json()
    assert [EventRecord.model_validate(event) for event in answer["events"]] == event_records(extraction)
    assert [EntitiesRecord.model_validate(line) for line in answer["entities"]] == [entities_record(extraction)]
    assert answer["errors"] == []


def test_documents_of_one_request_are_linked(real: TestClient) -> None:
    text = "2031年3月5日，青桐公司向青禾县捐赠20万元，用于修缮青禾县明德小学的校舍。"
    answer = real.post("/extract", json=question(text, text)).json()
    events = [event for event in answer["events"] if event["type"] == "donation"]
    assert [(event["doc_id"], event["same_as"]) for event in events] == [
        ("0.txt", [events[1]["event_id"]]),
        ("1.txt", [events[0]["event_id"]]),
    ]


def test_what_is_known_of_a_document_is_used(real: TestClient) -> None:
    body = {"documents": [{"doc_id": "a", "text": "4月21日，青桐公司捐款5万元。", "published": "2031-05-01"}]}
    [event] = real.post("/extract", json=body).json()["events"]
    assert event["date"]["first_day"] == "2031-04-21"


def test_a_document_that_cannot_be_read_costs_itself_alone(client: TestClient) -> None:
    answer = client.post("/extract", json=question("甲", " \n", "有毒", "乙")).json()
    assert [line["doc_id"] for line in answer["entities"]] == ["0.txt", "3.txt"]
    assert answer["errors"] == [
        {"path": "1.txt", "reason": "empty", "detail": "holds no text; give some text"},
        {
            "path": "2.txt",
            "reason": "time_out",
            "detail": "took more than 60 s; split it",
        },
    ]


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b'{"documents": [', 422, "body.15: JSON decode error; see /openapi.json for what is right"),
        (b'{"documents": []}', 422, "body.documents: List should have at least 1 item"),
        (b'{"documents": [{"doc_id": "a"}]}', 422, "body.documents.0.text: Field required"),
        (
            b'{"documents": [{"doc_id": "a", "text": "\\ud800"}]}',
            422,
            "body.documents.0.text: Input should be a valid string",
        ),
        (b'{"documents": [{"doc_id": "a", "text": "x", "kind": 1}]}', 422, "body.documents.0.kind: Extra inputs"),
        (
            b'{"documents": [{"doc_id": "a", "text": "x", "published": 0}]}',
            422,
            "published: Value error, is no day; write",
        ),
        (b'{"documents": [{"doc_id": "a", "text": "\xff"}]}', 400, "parsing the body"),
        (b"[" * 1900, 400, "parsing the body"),
        (json.dumps(question("a", "b")).replace("1.txt", "0.txt").encode(), 409, "documents: an id stands twice;"),
        (b" " * 2001, 413, "body: more than 2000 bytes; send fewer documents at a time"),
    ],
)
def test_a_wrong_request_gets_one_line(client: TestClient, body: bytes, status: int, detail: str) -> None:
    reply = client.post("/extract", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, list(reply.json())) == (status, ["detail"])
    assert detail in reply.json()["detail"]


def test_a_body_that_does_not_announce_its_length_is_cut_off(client: TestClient) -> None:
    sent = []

    def pieces() -> Iterator[bytes]:
        for number in range(5):
            sent.append(number)
            yield b" " * 1000

    assert client.post("/extract", content=pieces()).status_code == 413


def test_texts_and_documents_are_limited() -> None:
    with TestClient(make_service(read_nothing)) as client:
        assert client.post("/extract", json=question("x" * LONGEST_TEXT)).status_code == 200
        assert client.post("/extract", json=question("x" * (LONGEST_TEXT + 1))).status_code == 422
        assert client.post("/extract", json=question(*["x"] * (MOST_DOCUMENTS + 1))).status_code == 422


def test_a_full_queue_says_when_to_come_back_and_empties_again() -> None:
    started, go = Event(), Event()

    def read(document: Document) -> Outcome | Fault:
        started.set()
        assert go.wait(60)
        return read_nothing(document)

    text = "字" * (2 * CHARACTERS_PER_SECOND)
    with TestClient(make_service(read, places=2)) as client, ThreadPoolExecutor(2) as others:
        first = others.submit(client.post, "/extract", json=question(text))
        assert started.wait(60)
        second = others.submit(client.post, "/extract", json=question(text))
        while client.get("/health").json()["waiting"] < 2:
            pass
        refused = client.post("/extract", json=question("x"))
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "4")
        assert refused.json() == {"detail": "queue: 2 requests are waiting; come back in 4 s"}
        go.set()
        assert [future.result(60).status_code for future in (first, second)] == [200, 200]
        assert client.get("/health").json()["waiting"] == 0
        assert client.post("/extract", json=question("x")).status_code == 200


def test_the_description_names_the_records_and_every_status(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    assert {"EventRecord", "EntitiesRecord", "ErrorRecord", "Problem"} <= set(description["components"]["schemas"])
    statuses = set(description["paths"]["/extract"]["post"]["responses"])
    assert statuses == {"200", "400", "409", "413", "422", "503"}
    assert client.get("/docs").status_code == 404


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 2
    assert "pip install 'bangfu[serve]' brings it" in result.stderr


def test_missing_models_are_told_before_the_service_starts(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", "--models", str(tmp_path)])
    assert result.exit_code == 2
    assert "no trained recogniser" in result.stderr.replace("\n", " ")


@contextmanager
def running_server(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real server in a process of its own, and its address; it is killed where a test leaves it running."""
    command = [sys.executable, "-m", "pipeline", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            yield server, next(found[0] for line in server.stderr if (found := re.search(r"http://[\d.]+:\d+", line)))
        finally:
            if server.poll() is None:
                server.kill()


@pytest.mark.slow
def test_a_real_server_answers_what_it_has_begun_and_stops_when_told() -> None:
    with running_server("--queue", "2") as (server, address), ThreadPoolExecutor(1) as other:
        assert httpx.get(f"{address}/health", timeout=60).json()["places"] == 2
        running = other.submit(httpx.post, f"{address}/extract", json=question(WARM_UP * 20), timeout=120)
        while not running.done() and httpx.get(f"{address}/health", timeout=60).json()["waiting"] == 0:
            pass
        server.send_signal(signal.SIGTERM)
        answer = running.result(120)
        assert answer.status_code == 200
        assert answer.json()["events"]
        assert server.wait(60) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        assert server.stdout is not None
        assert server.stdout.read() == ""


def load_sleeper() -> Read:
    """Load a reader that never ends with a text that holds 毒."""

    def read(document: Document) -> Outcome | Fault:
        if "毒" in document.text:
            sleep(600)
        return read_nothing(document)

    return read


def test_a_text_that_takes_too_long_is_set_aside_and_the_service_goes_on() -> None:
    with (
        Workers[Document, Outcome](load_sleeper, 1, Limits(1.0, None)) as workers,
        TestClient(make_service(within_limits(workers))) as client,
    ):
        answer = client.post("/extract", json=question("甲", "有毒", "乙")).json()
    assert [line["doc_id"] for line in answer["entities"]] == ["0.txt", "2.txt"]
    assert [(error["path"], error["reason"]) for error in answer["errors"]] == [("1.txt", "time_out")]


@pytest.mark.slow
def test_the_real_service_keeps_to_its_own_description(tmp_path: Path) -> None:
    settings = '[checks]\nnegative_data_rejection.expected-statuses = ["400", "413", "422"]\n'
    (tmp_path / "schemathesis.toml").write_text(settings, encoding="utf-8")
    with running_server() as (_, address):
        checked = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
                *(
                    "--checks",
                    "all",
                    "--max-examples",
                    "40",
                    "--seed",
                    "1",
                    "--generation-database",
                    "none",
                    "--no-color",
                ),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=900,
        )
    told = [line for line in checked.stdout.splitlines() if len(line) < 300]
    assert checked.returncode == 0, "\n".join(told)


def test_the_page_about_it_names_its_limits_and_statuses(client: TestClient) -> None:
    page = (Path(__file__).parent.parent / "docs" / "service.md").read_text(encoding="utf-8")
    description = client.get("/openapi.json").json()
    statuses = {status for status in description["paths"]["/extract"]["post"]["responses"] if status != "200"}
    assert set(re.findall(r"\b[45]\d\d\b", page)) == statuses
    assert f"At most {MOST_DOCUMENTS} documents of {LONGEST_TEXT:,} characters" in page
    assert f"`--max-bytes` ({MAX_BYTES:,})" in page
    assert f"`--queue` ({QUEUE})" in page
    assert f"up to {STOP_SECONDS} seconds" in page
    assert {f"{route.split()[1]}" for route in re.findall(r"`((?:GET|POST) /\w+)`", page)} == set(description["paths"])
