"""Files of labelled texts: what is read, how it is cut for training, and what a broken one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.labelled import CorpusError, LabelledText, cut_windows, read_labelled


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no labelled text .*; a line holds text and entities"),
        ('{"text": "甲"}', "no labelled text .*; a line holds text and entities"),
        (
            '{"text": "甲", "entities": [{"start_offset": 0, "end_offset": 2, "label": "ORG"}]}',
            r"ORG \[0, 2\) lies outside the text; it has 1 characters",
        ),
        (
            '{"text": "甲乙丙", "entities": [{"start_offset": 0, "end_offset": 2, "label": "ORG"},'
            ' {"start_offset": 1, "end_offset": 3, "label": "GPE"}]}',
            r"GPE \[1, 3\) overlaps another span; labelled spans lie apart",
        ),
    ],
)
def test_a_broken_corpus_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "", "entities": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=f"train.jsonl:2: {message}"):
        read_labelled(path, ["ORG", "GPE"])


def test_a_missing_corpus_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"file is missing; a corpus folder holds train\.jsonl"):
        read_labelled(tmp_path / "train.jsonl", ["ORG"])


def test_windows_are_whole_segments_and_cut_no_span() -> None:
    labelled = LabelledText("“爱心！\n接力”活动。签约。\n考察", ((0, 8, "EVENT"), (11, 13, "EVENT")))
    found = cut_windows(labelled, 3)
    assert found == [(0, 11), (11, 15), (15, 17)]
