"""What one recogniser shows to the next: columns of its spans, and a recogniser that learns to heed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from hypothesis import given
from hypothesis import strategies as st
from test_recogniser import CONFIG, QUICK

from pipeline.recognise import load_recogniser
from pipeline.recognise.features import CharacterFeatures
from pipeline.recognise.recogniser import tagger
from pipeline.recognise.seen import GAPS, seen_columns, show, with_seen
from pipeline.recognise.segments import segment_lengths
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


LABELS = ["EVENT", "ORG", "GPE"]


def columns_of(text: str, spans: list[tuple[int, int, str]], labels: list[str] = LABELS) -> dict[str, list[int]]:
    """The columns by name that :func:`with_seen` makes of ``text`` with these spans shown."""
    doc = CharacterTokenizer(spacy.blank("zh").vocab)(text)
    show(doc, spans)
    symbols = with_seen(CharacterFeatures((), np.zeros((len(text), 0), dtype=np.uint64)), doc, labels).symbols
    columns = seen_columns(labels)
    for values, column in zip(symbols.T, columns, strict=True):
        assert values.max(initial=0) < (column.size or 0)
    return {column.name: values.tolist() for values, column in zip(symbols.T, columns, strict=True)}


def test_what_is_shown_stands_in_a_column_a_label_and_is_cut_at_the_ends() -> None:
    columns = columns_of("捐出棉被", [(-3, 1, "ORG"), (0, 2, "EVENT"), (3, 9, "EVENT"), (7, 9, "EVENT")])
    assert columns["seen EVENT"] == [1, 3, 0, 4]
    assert columns["seen ORG"] == [4, 0, 0, 0]
    assert columns["seen GPE"] == [0, 0, 0, 0]


def test_a_recogniser_that_sees_no_label_is_shown_nothing() -> None:
    doc = CharacterTokenizer(spacy.blank("zh").vocab)("捐出棉被")
    features = CharacterFeatures((), np.zeros((4, 1), dtype=np.uint64))
    assert with_seen(features, doc, []) is features
    assert seen_columns([]) == []


def test_each_character_knows_the_nearest_anchor_on_either_side() -> None:
    # 0 老人 2 昨天 4 捐出 6 棉被
    columns = columns_of("老人昨天捐出棉被", [(4, 6, "EVENT")])
    assert columns["nearest anchor behind"] == [4, 3, 2, 1, 0, 0, 0, 0]
    assert columns["nearest anchor before"] == [0, 0, 0, 0, 0, 0, 1, 2]
    assert len({*columns["form of the nearest anchor behind"][:4]}) == 1
    assert columns["form of the nearest anchor behind"][0] == columns["form of the nearest anchor before"][-1] > 0


def test_anchors_are_told_apart_by_their_last_two_characters() -> None:
    forms = [
        columns_of(text, [(2, 2 + size, "EVENT")])["form of the nearest anchor behind"][0]
        for text, size in (("老人捐赠棉被", 2), ("老人集中捐赠", 4), ("老人走访邻居", 2))
    ]
    assert forms[0] == forms[1] != forms[2]


def test_of_two_spans_the_nearer_one_is_told() -> None:
    columns = columns_of("某村某校某人来", [(0, 2, "GPE"), (2, 4, "ORG")])
    alone = columns_of("某村某校某人来", [(2, 4, "ORG")])
    assert columns["nearest span before"][4:] == alone["nearest span before"][4:]
    assert columns["nearest span before"][3] != 0


def test_what_stands_beyond_a_sentence_end_is_not_told() -> None:
    columns = columns_of("某校来了。老人捐出。", [(0, 2, "ORG"), (7, 9, "EVENT")])
    assert columns["nearest span before"][5:7] == [0, 0]
    assert columns["nearest anchor behind"][:5] == [0] * 5
    assert columns["nearest anchor behind"][5:7] == [2, 1]


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(1, 6), st.sampled_from(LABELS)), max_size=8))
def test_the_nearest_span_is_the_one_that_a_search_finds(drawn: list[tuple[int, int, str]]) -> None:
    text = "老人捐被。某校来人，\n某村建房！" * 2
    spans = [(start, min(start + size, len(text)), label) for start, size, label in drawn if start < len(text)]
    columns = columns_of(text, spans)
    segment = np.repeat(np.arange(len(segment_lengths(text))), segment_lengths(text))
    for place in range(len(text)):
        before = [place - end for _, end, _ in spans if end <= place and segment[end - 1] == segment[place]]
        behind = [start - place - 1 for start, *_ in spans if place < start and segment[start] == segment[place]]
        for side, gaps in (("before", before), ("behind", behind)):
            told = columns[f"nearest span {side}"][place]
            assert (told > 0) == bool(gaps)
            if gaps:
                step = sum(min(gaps) > gap for gap in GAPS)
                assert (told - 1) % (len(GAPS) + 1) == step


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
