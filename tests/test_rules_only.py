"""The path with rules alone: what it finds, what it leaves out, and how it is asked for."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.documents import Document
from pipeline.rules_only import extract_by_rules, read_outcome

TEXT = "2031年3月5日，青桐公司向云南省广南县坝美镇捐赠20万元，\n当天签约。"


def document(text: str) -> Document:
    return Document("a.txt", text, hashlib.sha256(text.encode()).hexdigest())


def test_amounts_dates_and_places_are_found_with_their_values() -> None:
    rows = json.loads(read_outcome(document(TEXT)).entities)["entities"]
    assert [(row["label"], row["text"]) for row in rows] == [
        ("DATE", "2031年3月5日"),
        ("GPE", "云南省广南县坝美镇"),
        ("MONEY", "20万元"),
        ("DATE", "当天"),
    ]
    assert rows[1]["value"]["code"] == "532627"
    assert rows[3]["value"]["first_day"] == "2031-03-05"


def test_offsets_count_in_the_source() -> None:
    for row in json.loads(read_outcome(document(TEXT)).entities)["entities"]:
        assert TEXT[row["start"] : row["end"]] == row["text"]


def test_there_are_no_events() -> None:
    assert all(not page.events for page in extract_by_rules(document(TEXT)).pages)


def test_the_command_needs_no_models(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT, encoding="utf-8")
    answer = CliRunner().invoke(app, ["extract", str(source), "--output", str(tmp_path / "out"), "--rules-only"])
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8") == ""
    line = json.loads((tmp_path / "out" / "entities.jsonl").read_text(encoding="utf-8"))
    assert {row["label"] for row in line["entities"]} == {"DATE", "GPE", "MONEY"}
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["models"] == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rules-only", "--models", "models"], "--rules-only: reads without models; leave --models and --tier out"),
        (["--rules-only", "--tier", "fast"], "--rules-only: reads without models; leave --models and --tier out"),
        (["--tier", "fast", "--models", "models"], "--tier: names models that ship; leave out either it or --models"),
    ],
)
def test_one_choice_of_models_is_enough(options: list[str], message: str) -> None:
    answer = CliRunner().invoke(app, ["extract", "-", *options])
    assert answer.exit_code == 2
    assert message in answer.output
