"""Gold documents of the corpus: labels written as an extraction would be, and moved along when a page is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.corpus import read_batches, to_row
from training.gold import document_of, gold_document, gold_extraction, laid_out, score
from training.layout import STYLES, Layout

DEV = Path(__file__).parent.parent / "corpus" / "bulletins" / "dev"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return [to_row(bulletin) for bulletin in read_batches([DEV])][:12]


def test_gold_scored_against_itself_is_right_in_every_part(rows: list[dict[str, object]]) -> None:
    report = score([gold_document(row) for row in rows], [gold_extraction(row) for row in rows])
    assert not any(report.errors.values())
    assert {part: one.f1 for part, name, one in report.as_table() if name == "all"} == dict.fromkeys(
        ("entities", "anchors", "events", "arguments"), 1.0
    )


@pytest.mark.parametrize("style", STYLES)
def test_labels_stand_on_their_words_in_every_layout(rows: list[dict[str, object]], style: str) -> None:
    for row in rows:
        document, gold = document_of(row), gold_document(row)
        page, moved = laid_out(document, gold, STYLES[style])
        assert moved["sha256"] == page.sha256
        slots = [
            slot for record in moved["records"] for name in ("anchors", "amounts", "items") for slot in record[name]
        ]
        for slot in (*moved["entities"], *slots):
            assert page.text[slot["start"] : slot["end"]] == slot["text"]
        if not STYLES[style].cut:
            assert [len(moved[name]) for name in ("entities", "records", "ignore")] == [
                len(gold[name]) for name in ("entities", "records", "ignore")
            ]


def test_what_a_layout_cuts_off_is_gone_from_gold(rows: list[dict[str, object]]) -> None:
    whole = [gold_document(row) for row in rows]
    cut = [laid_out(document_of(row), gold, Layout(cut=True))[1] for row, gold in zip(rows, whole, strict=True)]
    assert sum(len(gold["entities"]) for gold in cut) < sum(len(gold["entities"]) for gold in whole)
    assert all(record["anchors"] or record["participants"] for gold in cut for record in gold["records"])
