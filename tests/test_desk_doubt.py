"""Labels a model would set otherwise: how they are told, and that a planted mistake comes out first (a tiny training)."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from typer.testing import CliRunner

from pipeline.recognise.lac import Lac, LacReading
from training.desk.commands import app
from training.desk.compare import Marked
from training.desk.doubt import Reading, ReadOnce, by_weight, cut, doubts_of, read, review, review_rows
from training.recogniser import train_recogniser
from training.rows import write_rows

FAST = Path(__file__).parent.parent / "configs" / "recogniser-fast.cfg"
TINY: dict[str, Any] = {
    "components.span_crf.features.lac": False,
    "components.span_crf.features.lac_states": False,
    "components.span_crf.features.markers": ["organisation_endings"],
    "components.span_crf.model.width": 32,
    "components.span_crf.model.hashed_rows": 500,
    "training.max_epochs": 12,
    "training.eval_frequency": 20,
    "training.batcher.size": 200,
    "training.optimizer.learn_rate": 0.01,
}


def row(doc_id: str, *parts: tuple[str, str]) -> dict[str, Any]:
    text, entities = "", []
    for part, label in parts:
        if label:
            span = {"start_offset": len(text), "end_offset": len(text) + len(part), "label": label}
            entities.append({"id": len(entities), **span})
        text += part
    return {"doc_id": doc_id, "text": text, "entities": entities, "furniture": []}


def gift(doc_id: str, seed: int) -> dict[str, Any]:
    chosen = random.Random(seed)
    giver = chosen.choice("远宏星海") + chosen.choice("帆达光业") + chosen.choice(["有限公司", "商会", "集团公司"])
    place = chosen.choice("云柳滨白") + chosen.choice("岭湾河水") + chosen.choice(["县", "村", "街道"])
    amount = f"{chosen.randint(1, 90)}万元"
    return row(doc_id, (giver, "ORG"), ("向", ""), (place, "GPE"), ("捐赠", "EVENT"), (amount, "MONEY"), ("。\n", ""))


def reading(*spans: tuple[int, int, str], figure: float | None = 0.7) -> Reading:
    return Reading(tuple(Marked(*span) for span in spans), lambda start, end, version: figure)


ROW = row("n-1", ("白鹭区", "GPE"), ("与", ""), ("青禾县", "GPE"), ("签约", "EVENT"), ("。", ""))


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (reading((0, 3, "GPE"), (4, 7, "GPE")), "spurious"),
        (reading((0, 3, "GPE"), (4, 7, "ORG"), (7, 9, "EVENT")), "label"),
        (reading((0, 3, "GPE"), (4, 6, "GPE"), (7, 9, "EVENT")), "edges"),
        (reading((0, 3, "GPE"), (4, 8, "ORG"), (8, 9, "EVENT")), "edges and label"),
        (reading((0, 3, "GPE"), (4, 7, "GPE"), (7, 9, "EVENT"), (9, 10, "DATE")), "missing"),
    ],
)
def test_kinds_and_figures(model: Reading, kind: str) -> None:
    assert [(doubt.kind, doubt.figure) for doubt in doubts_of(ROW, model)] == [(kind, 0.7)]


def test_agreement_furniture_and_what_cannot_be_learnt_raise_no_doubt() -> None:
    same = reading((0, 3, "GPE"), (4, 7, "GPE"), (7, 9, "EVENT"))
    assert list(doubts_of(ROW, same)) == []
    assert list(doubts_of(ROW | {"furniture": [[0, 10]]}, reading())) == []
    assert list(doubts_of(ROW, reading(figure=None))) == []


def test_what_the_model_passes_by_comes_last() -> None:
    passed_by = next(iter(doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "GPE"), figure=0.9))))
    otherwise = next(iter(doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "ORG"), (7, 9, "EVENT"), figure=0.6))))
    weaker = next(iter(doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "ORG"), (7, 9, "EVENT"), figure=0.5))))
    assert sorted([passed_by, weaker, otherwise], key=by_weight) == [otherwise, weaker, passed_by]


def test_helper_labels_are_not_doubted() -> None:
    labelled = row("n-1", ("白鹭区", "GPE"), ("小学", "FILLER"))
    assert list(doubts_of(labelled, reading((0, 3, "GPE")))) == []


def test_rows_for_a_second_look_keep_their_labels_and_get_notes() -> None:
    doubts = list(doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "GPE"), figure=0.75)))
    (found,) = review_rows([ROW, ROW | {"doc_id": "n-2"}], doubts)
    assert found == ROW | {"comments": ["[7,9)「签约」语料：EVENT；模型：未标（存疑 0.75）"]}


def test_every_document_is_held_out_once() -> None:
    rows = [{"doc_id": f"n-{number}"} for number in range(7)]
    pairs = cut(rows, 3)
    assert sorted(row["doc_id"] for _, held in pairs for row in held) == [row["doc_id"] for row in rows]
    for learn, held in pairs:
        assert len(learn) + len(held) == 7
        assert not [row for row in held if row in learn]


@pytest.mark.parametrize("folds", [1, 4])
def test_folds_that_cannot_be_cut_are_refused(folds: int) -> None:
    with pytest.raises(ValueError, match=f"--folds {folds}: 7 documents cannot be cut so; right would be 2 to 3"):
        cut([{"doc_id": str(number)} for number in range(7)], folds)


def test_wrong_use_is_told_in_one_line(tmp_path: Path) -> None:
    for arguments, message in [
        (["--config", str(tmp_path / "none.cfg")], "none.cfg: file is missing; give a training configuration such as"),
        (["--corpus", str(tmp_path)], "--folds 3: 0 documents cannot be cut so"),
    ]:
        result = CliRunner().invoke(app, ["review", *arguments])
        assert result.exit_code == 2
        assert message in result.stderr


def test_the_command_lists_doubts_and_writes_rows_for_a_second_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.jsonl").write_text(json.dumps(ROW, ensure_ascii=False) + "\n", encoding="utf-8")
    doubts = [
        *doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "ORG"), (7, 9, "EVENT"), figure=0.9)),
        *doubts_of(ROW, reading((0, 3, "GPE"), (4, 7, "GPE"), figure=0.4)),
    ]
    monkeypatch.setattr("training.desk.doubt.review", lambda *arguments: doubts)
    output = tmp_path / "second.jsonl"
    result = CliRunner().invoke(app, ["review", "--corpus", str(tmp_path), "--output", str(output)])
    assert result.exit_code == 0
    assert "1 doubts: 1 label" in result.stdout
    assert "[4,7)「青禾县」语料：GPE；模型：ORG" in result.stdout
    assert "白鹭区与【青禾县】签约。" in result.stdout
    assert json.loads(output.read_text(encoding="utf-8"))["comments"] == [
        "[4,7)「青禾县」语料：GPE；模型：ORG（存疑 0.90）"
    ]


@pytest.mark.slow
def test_planted_mistakes_come_out_first() -> None:
    rows = [gift(f"n-{number:02}", number) for number in range(60)]
    rows[7]["entities"][0]["label"] = "GPE"  # a company labelled as a place
    del rows[22]["entities"][1]  # a forgotten place
    rows[41]["entities"][3]["end_offset"] -= 1  # 元 cut off an amount
    said: list[str] = []
    doubts = review(rows, 2, FAST, TINY, said.append)
    first = {(doubt.doc_id, doubt.kind) for doubt in doubts[:5]}
    assert first >= {("n-07", "label"), ("n-22", "missing"), ("n-41", "edges")}
    assert said[0] == f"reads 60 documents of {sum(len(row['text']) for row in rows):,} characters"
    assert [line.split(":")[0] for line in said[1:]] == ["fold 1 of 2", "fold 1", "fold 2 of 2", "fold 2"]
    assert all(line.endswith(" min left") for line in said[2::2])


@pytest.mark.slow
def test_the_probability_of_a_found_span_is_its_confidence(tmp_path: Path) -> None:
    rows = [gift(f"n-{number:02}", number) for number in range(30)]
    data = write_rows(tmp_path / "data", {"train": rows[:20], "dev": rows[20:25], "test": rows[25:]})
    report = train_recogniser(data, tmp_path / "model", FAST, TINY | {"training.max_epochs": 3})
    nlp = spacy.load(report.output)
    text = "".join(one["text"] for one in rows[25:])
    seen = read(nlp, nlp.get_pipe("span_crf"), text)
    scores = nlp(text).spans["recognised"].attrs["scores"]
    assert seen.spans
    assert [seen.probability(s.start, s.end, (s,)) for s in seen.spans] == pytest.approx(scores, abs=1e-6)
    first = seen.spans[0]
    versions = [(), (first,), (Marked(first.start, first.end, "GPE"),)]
    chances = [seen.probability(first.start, first.end, version) or 0.0 for version in versions]
    assert 0 < sum(chances) <= 1
    assert seen.probability(0, 2, (Marked(0, 2, "ITEM"),)) is None
    assert seen.probability(0, len(text), ()) is None


def test_every_text_is_read_once_for_all_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(self: Lac, texts: Sequence[str]) -> list[LacReading]:
        asked.extend(texts)
        return [
            LacReading(np.full(len(text), len(text), np.uint8), np.zeros((len(text), 1), np.float16)) for text in texts
        ]

    monkeypatch.setattr(Lac, "read", read)
    lac = ReadOnce()
    lac.read(["甲", "乙乙", "甲"])
    assert [reading.tags.tolist() for reading in lac.read(["丙丙丙", "乙乙", "甲"])] == [[3, 3, 3], [2, 2], [1]]
    assert asked == ["甲", "乙乙", "丙丙丙"]
