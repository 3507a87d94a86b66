"""Scoring: what counts as right for entities, events, arguments and the ledger."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.evaluate import evaluate, read_gold

HASH = "0" * 64


def entity(label: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"label": label, "start": start, "end": end, "text": "x" * (end - start), **more}


def record(kind: str = "donation", value: str = "5", donor: str = "甲公司", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "anchors": [{"text": "捐赠", "start": 10, "end": 12}],
        "date": {"first_day": "2031-03-05", "last_day": "2031-03-05"},
        "participants": [{"role": "donor", "text": donor, "start": 0, "end": 3, "label": "ORG", "canonical": donor}],
        "amounts": [
            {"text": "5元", "start": 20, "end": 22, "value": value, "lower": None, "upper": None, "currency": "CNY"}
        ],
        "places": [],
        "items": [],
        "is_total": False,
        **more,
    }


def scores(gold: dict[str, Any], entities: list[Any], records: list[Any]) -> dict[str, tuple[float, int, int]]:
    document = {"sha256": HASH, "entities": [], "records": [], **gold}
    events = [{"sha256": HASH, **row} for row in records]
    report = evaluate({HASH: document}, [{"sha256": HASH, "entities": entities}], events)
    return {f"{part} {name}": (score.f1, score.predicted, score.gold) for part, name, score in report.as_table()}


def test_entities_count_by_exact_edges_and_label() -> None:
    gold = {"entities": [entity("ORG", 0, 3), entity("GPE", 5, 8)]}
    found = scores(gold, [entity("ORG", 0, 3), entity("GPE", 5, 9)], [])
    assert found["entities ORG"] == (1.0, 1, 1)
    assert found["entities GPE"] == (0.0, 1, 1)


def test_optional_and_ignored_stretches_count_for_nothing() -> None:
    gold = {"entities": [entity("ORG", 0, 3, optional=True)], "ignore": [[10, 20]]}
    assert scores(gold, [entity("ORG", 0, 3), entity("GPE", 12, 14)], [])["entities all"] == (0.0, 0, 0)


def test_money_scope_scores_amounts_alone() -> None:
    gold = {"scope": "money", "entities": [entity("MONEY", 0, 3)]}
    found = scores(gold, [entity("MONEY", 0, 3), entity("ORG", 5, 8)], [record()])
    assert found["entities all"] == (1.0, 1, 1)
    assert "events all" not in found


def test_an_equal_record_is_right_in_every_part() -> None:
    found = scores({"records": [record()]}, [], [record()])
    for part in ("events all", "arguments all", "ledger type+amount+giver"):
        assert found[part][0] == 1.0, part


@pytest.mark.parametrize(
    ("other", "part"),
    [
        (record(value="6"), "ledger type+amount"),
        (record(donor="乙公司", participants=[]), "ledger type+amount+giver"),
        (record(kind="visit", participants=[]), "events all"),
        (record(anchors=[{"text": "送", "start": 40, "end": 41}]), "events all"),
        (record(date={"first_day": "2031-03-06", "last_day": "2031-03-06"}), "arguments date"),
    ],
)
def test_what_differs_is_wrong(other: dict[str, Any], part: str) -> None:
    assert scores({"records": [record()]}, [], [other])[part][0] == 0.0


def test_totals_stay_out_of_the_ledger() -> None:
    assert scores({"records": [record(is_total=True)]}, [], [record(is_total=True)])["ledger type+amount"][1:] == (0, 0)


def test_a_file_that_is_no_gold_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    path.write_text(json.dumps({"doc": "x"}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"gold\.json: not a gold document"):
        read_gold([path])


def test_the_command_prints_scores_with_intervals_and_errors_by_kind(tmp_path: Path) -> None:
    gold = {"sha256": HASH, "entities": [entity("ORG", 0, 3), entity("GPE", 5, 8)], "records": [record()]}
    found = {"doc_id": "a", "sha256": HASH, "entities": [entity("ORG", 0, 3)]}
    for name, row in (("gold.json", gold), ("entities.jsonl", found), ("events.jsonl", {"sha256": HASH, **record()})):
        (tmp_path / name).write_text(json.dumps(row) + "\n", encoding="utf-8")
    files = [f"--{name}={tmp_path / file}" for name, file in (("gold", "gold.json"), ("entities", "entities.jsonl"))]
    command = ["evaluate", *files, f"--events={tmp_path / 'events.jsonl'}"]
    shown = CliRunner().invoke(app, [*command, "--errors", "1"])
    assert shown.exit_code == 0
    assert "GPE missing (1): xxx" in shown.stdout
    assert "0.67-0.67" in shown.stdout
    scores_of = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert scores_of["entities"]["all"]["interval"] == [0.6667, 0.6667]
    assert scores_of["events"]["all"]["f"] == 1.0
