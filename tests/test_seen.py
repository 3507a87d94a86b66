"""What one recogniser shows to the next: columns of its spans, and a recogniser that learns to heed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from test_recogniser import CONFIG, QUICK

from pipeline.recognise import load_recogniser
from pipeline.recognise.features import CharacterFeatures
from pipeline.recognise.recogniser import tagger
from pipeline.recognise.seen import seen_columns, show, with_seen
from pipeline.recognise.tokenizer import CharacterTokenizer
from training.recogniser import train_recogniser

SEES = {"components.span_crf.sees": ["EVENT"], "corpora.train.labels": ["FILLER"]}


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    for part, some in {"train": rows[:80], "dev": rows[80:90], "test": rows[90:]}.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some)
        (folder / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    return folder


TOLD, ASKED = "几位老人捐出棉被。", "几位老人捐出棉被？"
ANCHOR = {"start_offset": 4, "end_offset": 6, "label": "EVENT"}
GIVER = {"start_offset": 0, "end_offset": 4, "label": "FILLER"}


def with_words(number: int) -> list[dict[str, Any]]:
    """Rows that differ in what is seen of them: who stands in front of an anchor that another recogniser found fills a role."""
    return [
        {
            "text": (TOLD, ASKED)[turn // 2 % 2],
            "entities": [GIVER] if turn % 2 else [],
            "seen": [[4, 6, "EVENT"]] if turn % 2 else [],
        }
        for turn in range(number)
    ]


def test_what_is_shown_stands_in_a_column_a_label_and_is_cut_at_the_ends() -> None:
    doc = CharacterTokenizer(spacy.blank("zh").vocab)("捐出棉被")
    show(doc, [(-3, 1, "ORG"), (0, 2, "EVENT"), (3, 9, "EVENT"), (7, 9, "EVENT")])
    features = CharacterFeatures((), np.zeros((4, 1), dtype=np.uint64))
    assert with_seen(features, doc, ["EVENT", "ORG", "GPE"]).symbols.T.tolist() == [
        [0, 0, 0, 0],
        [1, 3, 0, 4],
        [4, 0, 0, 0],
        [0, 0, 0, 0],
    ]
    assert [column.name for column in seen_columns(["EVENT", "ORG"])] == ["seen EVENT", "seen ORG"]
    assert with_seen(features, doc, []) is features


def test_a_recogniser_learns_from_what_another_one_found(tmp_path: Path) -> None:
    rows = with_words(110)
    heeding = train_recogniser(write(tmp_path / "seen", rows), tmp_path / "heeding", CONFIG, QUICK | SEES)
    assert heeding.scores["test"]["FILLER"]["f"] == 1.0
    blind = train_recogniser(
        tmp_path / "seen", tmp_path / "blind", CONFIG, QUICK | SEES | {"components.span_crf.sees": []}
    )
    assert blind.scores["test"]["all"]["f"] < 0.8, "without what is seen the rows cannot be told apart"


def test_an_extraction_shows_the_spans_of_the_five_labels_to_the_recogniser_of_words(tmp_path: Path) -> None:
    rows = [{"text": (TOLD, ASKED)[turn % 2], "entities": [ANCHOR][turn % 2 :]} for turn in range(110)]
    spans = train_recogniser(write(tmp_path / "spans", rows), tmp_path / "recogniser", CONFIG, QUICK)
    words = train_recogniser(write(tmp_path / "seen", with_words(110)), tmp_path / "words", CONFIG, QUICK | SEES)
    recogniser = load_recogniser(spans.output, words.output)
    assert tagger(recogniser.pipelines[1]).sees == ("EVENT",)
    told, asked = recogniser.recognise([TOLD, ASKED])
    assert [(m.text, m.label) for m in told.mentions] == [("几位老人", "FILLER"), ("捐出", "EVENT")]
    assert asked.mentions == []
