"""How far labellers agree: the measures on published examples, stretches, the page, and rows for a third person."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from training.bulletin_check import problems
from training.corpus import from_row, to_row
from training.desk.commands import app
from training.desk.compare import Marked, Meeting, Stretch, adjudication_row, disputes, meet, stretches
from training.desk.compare_measures import (
    ALL,
    character_codes,
    exact_hits,
    measure,
    overlapping_hits,
)
from training.desk.compare_page import page, side_by_side
from training.desk.compare_records import gold_documents, record_disputes
from training.desk.flavours import Labelling
from training.markup import parse_batch

FIRST = """=== x-1
# [白鹭区|GPE]简讯
[3月5日|DATE date.1]，[白鹭区工商联|ORG donor.1]向[青禾县|GPE recipient.1][捐赠|EVENT donation.1][图书|ITEM item.1]。
没有分歧的一行。
会上[签约|EVENT agreement.2]。
"""
SECOND = (
    FIRST.replace("[3月5日|DATE date.1]", "[3月5日|DATE date.1]")
    .replace("[白鹭区工商联|ORG donor.1]", "[白鹭区|GPE]工商联")
    .replace("会上[签约|EVENT agreement.2]", "会上签约")
)
THIRD = FIRST.replace("[青禾县|GPE recipient.1]", "[青禾县|ORG recipient.1]")


def labelling(name: str, source: str) -> Labelling:
    return Labelling(name, name, tuple(to_row(bulletin) for bulletin in parse_batch(source)))


SPANS = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 4), st.sampled_from(["ORG", "GPE"])), max_size=6)


def apart(drawn: list[tuple[int, int, str]]) -> tuple[Marked, ...]:
    """Spans that do not overlap, as labellers make them."""
    kept: list[Marked] = []
    for start, length, label in sorted(drawn):
        if not kept or start >= kept[-1].end:
            kept.append(Marked(start, start + length, label))
    return tuple(kept)


@given(SPANS, SPANS)
def test_stretches_hold_every_span_once_and_lie_apart(one: Any, other: Any) -> None:
    versions = (apart(one), apart(other))
    found = stretches(versions)
    for number, version in enumerate(versions):
        assert tuple(span for stretch in found for span in stretch.versions[number] or ()) == version
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert (versions[0] == versions[1]) == all(stretch.agreed for stretch in found)
    hits = exact_hits(*versions)
    assert hits <= overlapping_hits(*versions) <= min(map(len, versions))
    assert overlapping_hits(*versions) == overlapping_hits(*versions[::-1])


@pytest.mark.parametrize(
    ("versions", "kind"),
    [
        (((Marked(0, 2, "ORG"),), ()), "span"),
        (((Marked(0, 2, "ORG"),), (Marked(0, 2, "GPE"),)), "label"),
        (((Marked(0, 2, "ORG"),), (Marked(0, 3, "ORG"),)), "edges"),
        (((Marked(0, 3, "ORG"),), (Marked(0, 1, "GPE"), Marked(1, 3, "ORG"))), "edges and label"),
    ],
)
def test_kinds_of_disagreement(versions: Any, kind: str) -> None:
    assert Stretch(0, 3, versions).kind == kind


def test_figures_of_two_labellings() -> None:
    meetings = meet([labelling("li", FIRST), labelling("wang", SECOND)])
    result = measure(["li", "wang"], meetings, gold_documents(meetings))
    (pair,) = result.pairs
    scores = {name: (row.exact.hits, row.exact.predicted, row.exact.gold) for name, row in pair.labels.items()}
    assert scores == {
        "ORG": (0, 0, 1),
        "GPE": (2, 3, 2),
        "MONEY": (0, 0, 0),
        "DATE": (1, 1, 1),
        "EVENT": (1, 1, 2),
        "all": (4, 5, 6),
        "FILLER": (0, 0, 0),
        "ITEM": (1, 1, 1),
    }
    assert pair.labels["DATE"].kappa == pair.labels["DATE"].alpha == 1
    assert pair.labels["MONEY"].kappa is None
    assert pair.report.scores["events"]["all"].recall == 0.5
    (document,) = result.documents
    assert (document.doc_id, document.disputes, document.records.recall) == ("x-1", 2, 0.5)
    assert record_disputes(gold_documents(meetings), ["li", "wang"]) == [["记录 agreement「签约」：li有，wang没有"]]


def test_the_labels_count_together_and_apart() -> None:
    meetings = meet([labelling("li", FIRST), labelling("wang", THIRD)])
    codes = character_codes(meetings[0])
    differing = np.flatnonzero(codes[0] != codes[1])
    assert meetings[0].text[differing[0] : differing[-1] + 1] == "青禾县"
    labels = measure(["li", "wang"], meetings, gold_documents(meetings)).pairs[0].labels
    assert labels["DATE"].kappa == 1
    gpe, all_five = labels["GPE"].kappa, labels[ALL].kappa
    assert gpe is not None
    assert all_five is not None
    assert gpe < all_five < 1


def test_a_labeller_who_lacks_a_text_is_missing_there() -> None:
    both = FIRST + "=== x-2\n[青禾县|GPE]\n"
    labellings = [labelling("li", both), labelling("wang", FIRST), labelling("zhao", both)]
    meetings = meet(labellings)
    result = measure([one.name for one in labellings], meetings, gold_documents(meetings))
    assert [(pair.first, pair.second, pair.documents) for pair in result.pairs] == [
        ("li", "wang", 1),
        ("li", "zhao", 2),
        ("wang", "zhao", 1),
    ]
    assert set(result.alpha.values()) == {1.0, None}
    assert meetings[1].versions[1] is None


def test_labellings_of_other_texts_do_not_meet() -> None:
    with pytest.raises(ValueError, match="li, wang: no text stands in two of them; give labellings of the same texts"):
        meet([labelling("li", FIRST), labelling("wang", FIRST.replace("没有", "没"))])


def test_the_majority_stands_in_rows_for_a_third_person_and_disputes_are_told() -> None:
    labellings = [labelling(name, source) for name, source in [("li", SECOND), ("wang", FIRST), ("zhao", THIRD)]]
    (meeting,) = meet(labellings)
    row = adjudication_row(meeting, ["li", "wang", "zhao"], ["记录"])
    forms = [(row["text"][e["start_offset"] : e["end_offset"]], e["label"]) for e in row["entities"]]
    assert forms == [
        ("白鹭区", "GPE"),
        ("3月5日", "DATE"),
        ("白鹭区工商联", "ORG"),
        ("青禾县", "GPE"),
        ("捐赠", "EVENT"),
        ("图书", "ITEM"),
        ("签约", "EVENT"),
    ]
    assert [comment.split("」", 1)[1] for comment in row["comments"][:-1]] == [
        "li：GPE「白鹭区」；wang：ORG；zhao：ORG",
        "li：GPE；wang：GPE；zhao：ORG",
        "li：未标；wang：EVENT；zhao：EVENT",
    ]
    assert row["comments"][-1] == "记录"
    remarked = replace(meeting, rows=({**meeting.rows[0], "comments": ["看不清"]}, *meeting.rows[1:]))
    assert adjudication_row(remarked, ["li", "wang", "zhao"])["comments"][-1] == "li：看不清"
    assert {r["type"] for r in row["relations"]} == {"date", "recipient", "item"}
    assert problems(from_row(row))  # the forgotten record of 签约 is for the third person


def test_one_version_for_all_gives_back_the_row() -> None:
    (meeting,) = meet([labelling("li", FIRST), labelling("wang", FIRST)])
    assert adjudication_row(meeting, ["li", "wang"]) == {**labelling("li", FIRST).rows[0], "comments": []}
    assert disputes(meeting) == []


def test_pieces_of_a_line_make_up_the_line_in_every_version() -> None:
    (meeting,) = meet([labelling("li", FIRST), labelling("wang", SECOND)])
    lines = side_by_side(meeting)
    assert [line.skipped for line in lines] == [1, 0, 1, 0]
    for line, text in zip([lines[1], lines[3]], meeting.text.split("\n")[1::2], strict=True):
        assert ["".join(piece.text for piece in cell) for cell in line.cells] == [text, text]
    missing = next(piece for piece in lines[3].cells[1] if piece.text == "签约")
    assert missing.classes == "disputed empty"
    assert next(piece for piece in lines[3].cells[0] if piece.text == "签约").opens == ("EVENT",)


def test_the_page_is_whole_safe_and_needs_no_network() -> None:
    labellings = [
        labelling("li<b>", FIRST.replace("会上", "<i>会上")),
        labelling("wang", SECOND.replace("会上", "<i>会上")),
    ]
    meetings = meet(labellings)
    names = [one.name for one in labellings]
    golds = gold_documents(meetings)
    html = page(names, meetings, measure(names, meetings, golds), record_disputes(golds, names))
    assert "li&lt;b&gt;" in html
    assert "<i>" not in html
    assert "default-src 'none'" in html
    assert not any(word in html for word in ("http:", "https:", "<script", "url("))
    assert html.count("<details") == 1
    assert "记录 agreement" in html


def test_a_stretch_over_two_lines_stands_in_both() -> None:
    row = {"text": "甲\n乙丙", "entities": [{"start_offset": 0, "end_offset": 3, "label": "ORG"}]}
    lines = side_by_side(Meeting("x", row["text"], (row, {"text": row["text"], "entities": []})))
    assert [piece.text for line in lines for piece in line.cells[0]] == ["甲", "乙", "丙"]
    assert [piece.opens for line in lines for piece in line.cells[0]] == [("ORG",), (), ()]


def test_equal_labellings_agree_wholly() -> None:
    meetings = meet([labelling("li", FIRST), labelling("wang", FIRST)])
    (pair,) = measure(["li", "wang"], meetings, gold_documents(meetings)).pairs
    assert pair.labels[ALL].exact.f1 == pair.labels[ALL].overlapping.f1 == pair.labels[ALL].kappa == 1
    assert pair.report.scores["events"]["all"].f1 == pair.report.scores["arguments"]["all"].f1 == 1


@pytest.fixture
def batches(tmp_path: Path) -> tuple[str, str]:
    for name, source in (("li", FIRST), ("wang", SECOND)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "b.txt").write_text(source, encoding="utf-8")
    return str(tmp_path / "li"), str(tmp_path / "wang")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["agreement", *arguments])


def test_the_command_prints_tables_or_json_and_writes_page_and_rows(batches: tuple[str, str], tmp_path: Path) -> None:
    html, rows = tmp_path / "page.html", tmp_path / "third.jsonl"
    result = run(*batches, "--json", "--page", str(html), "--adjudicate", str(rows))
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert figures["pairs"][0]["spans"]["all"]["exact"]["f"] == round(8 / 11, 4)
    assert figures["documents"] == [figures["documents"][0] | {"doc_id": "x-1", "disputes": 2}]
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert len(rows.read_text(encoding="utf-8").splitlines()) == 1
    table = run(*batches).stdout
    assert "wang against li, 1 documents" in table
    assert "kappa" in table
    three = run(*batches, batches[0])
    assert "alpha over all labellers" in three.stdout


def test_texts_to_settle_go_into_a_third_project(batches: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    def push(rows: Any, project: str, connection: Any) -> dict[str, Any]:
        sent.append((project, connection, [row["doc_id"] for row in rows]))
        return {"url": "http://127.0.0.1:8000/projects/3", "sent": 1, "known": 0, "removed": 0}

    monkeypatch.setattr("training.desk.push.push", push)
    monkeypatch.setattr("training.desk.connection.read_connection", lambda file: file)
    result = run(*batches, "--push", "third", "--credentials", "desk.toml")
    assert sent == [("third", Path("desk.toml"), ["x-1"])]
    assert "projects/3: 1 sent, 0 were there already" in result.stderr


def test_a_server_that_is_not_named_is_told(batches: tuple[str, str], tmp_path: Path) -> None:
    result = run(*batches, "--push", "third", "--credentials", str(tmp_path / "none.toml"))
    assert result.exit_code == 2
    assert "none.toml: no such file; it holds url, user and password" in result.stderr


def test_wrong_use_is_told_in_one_line(batches: tuple[str, str], tmp_path: Path) -> None:
    for arguments, message in [
        (batches[:1], "one labelling; give a second path"),
        ((batches[0], str(tmp_path / "none")), "no such file or folder; give an export of doccano"),
        ((*batches, "--page", str(tmp_path)), "Is a directory"),
    ]:
        result = run(*arguments)
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
