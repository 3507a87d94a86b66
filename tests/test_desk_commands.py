"""The desk's commands for push and pull: what they say, what they write, and their exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from training.corpus import read_batches, to_row
from training.desk.connection import DeskError
from training.desk.exchange import for_doccano, from_doccano
from training.desk.push import document_of
from training.markup import parse_batch

GOOD = "=== 好.txt genre=desk published=none\n雨停了，[荷风村|GPE host.1]迎来[走访|EVENT visit.1]的人。"
BAD = "=== 坏.txt genre=desk published=none\n风起了，[竹影村|GPE]的磨坊转，竹影村的人笑。"


class Server:
    """Stands in for the client's program: keeps what is pushed, pulls it as confirmed."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def __call__(self, command: str, *_: Any) -> Iterator[dict[str, Any]]:
        if command == "push":
            self.kept += [for_doccano(document) for document in _[2]]
            yield {"url": "http://desk/projects/1", "sent": len(self.kept), "known": 0, "removed": 0}
        for row in self.kept if command == "pull" else ():
            yield from_doccano(row | {"id": 1, "Comments": []}) | {"confirmed": True, "comments": []}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    server = Server()
    monkeypatch.setattr("training.desk.push.converse", server)
    monkeypatch.setattr("training.desk.pull.converse", server)
    for name, value in (("URL", "http://desk"), ("USER", "lin"), ("PASSWORD", "x")):
        monkeypatch.setenv(f"DOCCANO_{name}", value)
    return server


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for split in ("train", "dev", "test"):
        (tmp_path / "corpus" / "bulletins" / split).mkdir(parents=True)
    (tmp_path / "corpus" / "stock_phrases.txt").write_text("", encoding="utf-8")
    return tmp_path / "corpus"


def test_rows_go_up_come_back_and_join(server: Server, corpus: Path, tmp_path: Path) -> None:
    rows = [to_row(bulletin) for bulletin in parse_batch(f"{GOOD}\n{BAD}")]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pushed = CliRunner().invoke(app, ["annotate", "push", "--rows", str(tmp_path / "rows.jsonl")])
    assert (pushed.exit_code, pushed.stdout) == (0, "http://desk/projects/1: 2 sent, 0 were there already\n")
    pulled = CliRunner().invoke(app, ["annotate", "pull", "--output", "-", "--join", str(corpus)])
    assert [json.loads(line)["doc_id"] for line in pulled.stdout.splitlines()] == ["坏.txt", "好.txt"]
    told = pulled.stderr.splitlines()
    assert told[0].startswith("坏.txt: '竹影村' is GPE elsewhere but has no label")
    assert told[1] == "2 documents, 2 confirmed, 1 faults"
    assert told[2] in ("1 added in train: 好.txt", "1 added in dev: 好.txt")
    assert pulled.exit_code == 1
    assert [bulletin.name for bulletin in read_batches([corpus / "bulletins"])] == ["好.txt"]


def test_inputs_that_cannot_be_read_are_named_and_the_rest_goes_up(server: Server, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "空.txt").write_bytes(b"")
    (tmp_path / "in" / "信.txt").write_text("3月5日，荷风公司向云岭县捐赠20万元。", encoding="utf-8")
    pushed = CliRunner().invoke(app, ["annotate", "push", str(tmp_path / "in")])
    assert pushed.exit_code == 1
    assert pushed.stderr.startswith("空.txt: holds no text")
    assert [row["doc_id"] for row in server.kept] == ["信.txt"]


def test_a_push_of_nothing_is_wrong_use(server: Server) -> None:
    pushed = CliRunner().invoke(app, ["annotate", "push"])
    assert (pushed.exit_code, pushed.stderr) == (2, "annotate: nothing to push; give documents or rows\n")


def test_comments_of_rows_go_up_as_a_note() -> None:
    row = to_row(next(parse_batch(GOOD))) | {"comments": ["甲：走访；乙：慰问", {"by": "lin", "text": "？"}]}
    assert document_of(row)["meta"]["note"] == "甲：走访；乙：慰问\n？"


@pytest.mark.parametrize("arguments", [["push", "in"], ["next", "1", "in", "--push", "p"], ["review", "--push", "p"]])
def test_a_server_that_refuses_is_told_before_the_work(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: str, *_: Any) -> Iterator[dict[str, Any]]:
        assert command == "look"
        raise DeskError("http://desk: user 'lin' or the password is wrong; see DOCCANO_USER and DOCCANO_PASSWORD")

    def work(*_: Any) -> None:
        raise AssertionError("the work began")

    monkeypatch.setattr("training.desk.push.converse", refuse)
    monkeypatch.setattr("training.desk.push.read_and_label", work)
    monkeypatch.setattr("training.desk.doubt.review", work)
    for name, value in (("URL", "http://desk"), ("USER", "lin"), ("PASSWORD", "x")):
        monkeypatch.setenv(f"DOCCANO_{name}", value)
    result = CliRunner().invoke(app, ["annotate", *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("annotate: http://desk: user 'lin' or the password is wrong")
    assert result.stderr.count("\n") == 1
