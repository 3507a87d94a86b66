"""Errors grouped by kind: every mistake is told once, under the kind a person would give it."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.evaluate import evaluate, merged
from pipeline.matching import pair_records
from pipeline.mistakes import entity_mistakes, record_mistakes

TEXT = "滨河区政府向云岭县捐赠图书"


def span(label: str, start: int, end: int) -> dict[str, Any]:
    return {"label": label, "start": start, "end": end, "text": TEXT[start:end]}


@pytest.mark.parametrize(
    ("found", "mistakes"),
    [
        ([span("ORG", 0, 5)], []),
        ([], [("ORG missing", "滨河区政府")]),
        ([span("GPE", 0, 5)], [("ORG other label", "滨河区政府, found as GPE")]),
        ([span("GPE", 0, 3)], [("ORG other label", "滨河区政府, found 滨河区 GPE")]),
        ([span("ORG", 2, 5)], [("ORG edge too short", "滨河区政府, found 区政府")]),
        ([span("ORG", 0, 6)], [("ORG edge too long", "滨河区政府, found 滨河区政府向")]),
        ([span("ORG", 3, 6)], [("ORG edge shifted", "滨河区政府, found 政府向")]),
        ([span("ORG", 0, 5), span("GPE", 6, 9)], [("GPE spurious", "云岭县")]),
        # what overlaps a missed name is told with it, once
        ([span("GPE", 0, 3), span("ORG", 3, 5)], [("ORG edge too short", "滨河区政府, found 政府")]),
    ],
)
def test_an_entity_is_wrong_in_one_way(found: list[dict[str, Any]], mistakes: list[tuple[str, str]]) -> None:
    assert list(entity_mistakes([span("ORG", 0, 5)], found)) == mistakes


def record(kind: str = "donation", at: int | None = 10, **more: Any) -> dict[str, Any]:
    anchors = [] if at is None else [{"text": "捐赠", "start": at, "end": at + 2}]
    donor = {"role": "donor", "text": "甲公司", "start": 0, "end": 3, "canonical": None}
    amount = {"text": "5元", "start": 20, "end": 22, "value": "5", "lower": None, "upper": None, "currency": "CNY"}
    slots = {"participants": [donor], "amounts": [amount], "places": [], "items": [], "date": None, "is_total": False}
    return {"type": kind, "anchors": anchors, **slots, **more}


DAY = {"text": "3月5日", "start": 4, "end": 8, "first_day": "2031-03-05", "last_day": "2031-03-05"}
OTHER = {"role": "donor", "text": "乙公司", "start": 30, "end": 33, "canonical": None}


@pytest.mark.parametrize(
    ("gold", "found", "kinds"),
    [
        ([record()], [record()], []),
        ([record()], [], ["event missed anchor"]),
        ([record(at=None)], [], ["event missed row"]),
        ([], [record()], ["event spurious"]),
        ([record()], [record("visit")], ["event wrong type"]),
        ([record(), record(at=40)], [record(anchors=record()["anchors"] + record(at=40)["anchors"])], ["event merged"]),
        ([record(anchors=record()["anchors"] + record(at=40)["anchors"])], [record(), record(at=40)], ["event split"]),
        ([record()], [record(participants=[OTHER])], ["event wrong giver"]),
        ([record()], [record(participants=[])], ["event wrong giver"]),
        (
            [record()],
            [record(participants=[*record()["participants"], OTHER | {"role": "recipient"}])],
            ["event wrong other party"],
        ),
        ([record(date=DAY)], [record()], ["event wrong date"]),
        ([record()], [record(date=DAY)], []),  # where gold tells no day, nothing is scored
        ([record()], [record(amounts=[record()["amounts"][0] | {"value": "6"}])], ["event wrong amount"]),
        ([record()], [record(items=[OTHER])], ["event wrong item"]),
        ([record()], [record(places=[OTHER])], ["event wrong place"]),
    ],
)
def test_a_record_is_wrong_in_a_named_way(gold: list[Any], found: list[Any], kinds: list[str]) -> None:
    mistakes = list(record_mistakes(gold, found, pair_records(gold, found)))
    assert [kind for kind, _ in mistakes] == kinds


def test_a_mistake_shows_both_sides() -> None:
    gold, found = [record()], [record(participants=[OTHER])]
    assert list(record_mistakes(gold, found, {0: 0})) == [("event wrong giver", "donation 捐赠: 甲公司, found 乙公司")]


def test_the_report_lists_mistakes_and_adds_documents_up() -> None:
    documents = {key: {"sha256": key, "entities": [span("ORG", 0, 5)], "records": [record()]} for key in ("a", "b")}
    report = evaluate(documents, [{"sha256": "a", "entities": [span("ORG", 0, 5)]}], [{"sha256": "a"} | record()])
    assert report.errors == {"ORG missing": ["滨河区政府"], "event missed anchor": ["donation 捐赠"]}
    assert [part.scores["entities"]["all"].hits for part in report.documents] == [1, 0]
    assert merged(report.documents).scores == report.scores
    assert report.interval("entities", "all") == (0.0, 1.0)


def test_anchors_count_whatever_their_type_and_roles_one_by_one() -> None:
    gold = {"sha256": "a", "entities": [], "records": [record()]}
    report = evaluate({"a": gold}, [], [{"sha256": "a"} | record("visit")])
    assert report.scores["anchors"]["all"].f1 == 1.0
    assert report.scores["events"]["all"].f1 == 0.0
    right = evaluate({"a": gold}, [], [{"sha256": "a"} | record()])
    assert right.scores["roles"]["donor"].f1 == 1.0


def test_a_role_that_gold_allows_beside_its_own_is_right() -> None:
    lenient = record(participants=[record()["participants"][0] | {"role": "recipient", "role_alt": "donor"}])
    report = evaluate({"a": {"sha256": "a", "entities": [], "records": [lenient]}}, [], [{"sha256": "a"} | record()])
    assert report.scores["roles"]["donor"].f1 == 1.0
    assert "recipient" not in report.scores["roles"] or not report.scores["roles"]["recipient"].gold
