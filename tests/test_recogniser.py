"""The recogniser end to end on a small made-up corpus: trains, saves, loads, finds; and says what is wrong."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

from pipeline.recognise import ModelError, Recogniser, load_recogniser
from pipeline.recognise.component import SPANS_KEY
from pipeline.recognise.features import CharacterFeatures, FeatureReader, Stream
from pipeline.recognise.recogniser import tagger
from pipeline.recognise.segments import segment_lengths
from pipeline.recognise.stored import store_features
from pipeline.recognise.tags import TagScheme
from pipeline.recognise.tokenizer import CONTEXT_KEY
from pipeline.spans import Span
from training import span_scoring
from training.labelled import make_reader, read_labelled
from training.recogniser import TrainingReport, made_from, train_recogniser

CONFIG = Path(__file__).parent.parent / "configs" / "recogniser-fast.cfg"
QUICK: dict[str, Any] = {
    "components.span_crf.features.lac": False,
    "components.span_crf.features.lac_states": False,
    "components.span_crf.features.segmenter": False,
    "components.span_crf.features.markers": ["organisation_endings"],
    "components.span_crf.model.width": 32,
    "components.span_crf.model.hashed_rows": 500,
    "training.max_epochs": 12,
    "training.eval_frequency": 20,
    "training.batcher.size": 200,
    "training.optimizer.learn_rate": 0.01,
}


def made_up(number: int, seed: int) -> list[dict[str, Any]]:
    """Rows of doccano's JSON Lines: one gift each, with its giver, receiver, amount, anchor and goods."""
    chosen = random.Random(seed)
    rows = []
    for _ in range(number):
        giver = chosen.choice("远宏星海") + chosen.choice("帆达光业") + chosen.choice(["有限公司", "商会", "集团公司"])
        place = chosen.choice("云柳滨白") + chosen.choice("岭湾河水") + chosen.choice(["县", "村", "街道"])
        day, amount = f"{chosen.randint(1, 12)}月{chosen.randint(1, 28)}日", f"{chosen.randint(1, 90)}万元"
        parts = [
            (day, "DATE"),
            ("，", ""),
            (giver, "ORG"),
            ("向", ""),
            (place, "GPE"),
            ("捐赠", "EVENT"),
            (amount, "MONEY"),
        ]
        parts += [("和", ""), ("图书", "ITEM"), ("。\n", "")]
        text, entities = "", []
        for part, label in parts:
            if label:
                span = {"start_offset": len(text), "end_offset": len(text) + len(part), "label": label}
                entities.append({"id": len(entities), **span})
            text += part
        rows.append({"text": text, "entities": entities, "relations": []})
    return rows


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for seed, (part, number) in enumerate([("train", 80), ("dev", 10), ("test", 20)]):
        write_rows(folder / f"{part}.jsonl", made_up(number, seed))
    return folder


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingReport:
    return train_recogniser(corpus, tmp_path_factory.mktemp("models") / "recogniser", CONFIG, overrides=QUICK)


@pytest.fixture(scope="module")
def recogniser(trained: TrainingReport) -> Recogniser:
    return load_recogniser(trained.output)


def test_training_learns_the_made_up_world(trained: TrainingReport) -> None:
    assert trained.scores["test"]["all"]["f"] > 0.9
    assert set(trained.scores["dev"]) == {"all", "DATE", "EVENT", "GPE", "MONEY", "ORG"}


def test_span_scoring_learns_it_too_and_finds_no_span_over_another(corpus: Path, tmp_path: Path) -> None:
    assert span_scoring.RANK > 1
    settings = QUICK | {"components.span_crf.factory": "span_pairs"}
    report = train_recogniser(corpus, tmp_path / "pairs", CONFIG, overrides=settings)
    assert report.scores["test"]["all"]["f"] > 0.9
    texts = [row["text"] for row in made_up(20, 9)]
    for text, found in zip(texts, load_recogniser(report.output).recognise(texts), strict=True):
        assert all(text[mention.start : mention.end] == mention.text for mention in found.mentions)
        spans = [mention.span for mention in found.mentions]
        assert not any(one.overlaps(other) for i, one in enumerate(spans) for other in spans[:i])


def test_a_pupil_learns_from_its_teacher_what_the_labels_leave_out(
    trained: TrainingReport, corpus: Path, tmp_path: Path
) -> None:
    settings = QUICK | {"paths.teacher": str(trained.output)}
    unlabelled = tmp_path / "unlabelled"
    unlabelled.mkdir()
    for part in ("train", "dev", "test"):
        rows = [json.loads(line) for line in (corpus / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()]
        for number, row in enumerate(rows):
            if part == "train" and number % 2:  # half of the labels are gone: the teacher alone tells of them
                row["entities"] = []
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (unlabelled / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    alone = train_recogniser(unlabelled, tmp_path / "alone", CONFIG, overrides=QUICK).scores["test"]["all"]["f"]
    report = train_recogniser(unlabelled, tmp_path / "pupil", CONFIG, overrides=settings)
    assert report.scores["test"]["all"]["f"] > max(0.9, alone)
    assert load_recogniser(report.output).pipelines[0].config["paths"]["teacher"] is None


def test_a_teacher_of_other_labels_is_refused(trained: TrainingReport, corpus: Path, tmp_path: Path) -> None:
    settings = QUICK | {"paths.teacher": str(trained.output), "corpora.train.labels": ["ORG", "GPE"]}
    with pytest.raises(ValueError, match=r"a teacher of .*EVENT.*; give one of GPE, ORG"):
        train_recogniser(corpus, tmp_path / "pupil", CONFIG, overrides=settings)


def test_the_folder_says_what_it_was_made_from(trained: TrainingReport, corpus: Path) -> None:
    meta = json.loads((trained.output / "meta.json").read_text(encoding="utf-8"))
    assert meta["made_from"] == made_from(corpus, CONFIG)
    assert meta["scores"] == trained.scores
    assert str(corpus) not in (trained.output / "config.cfg").read_text(encoding="utf-8")


def test_the_same_inputs_give_the_same_weights(trained: TrainingReport, corpus: Path, tmp_path: Path) -> None:
    again = train_recogniser(corpus, tmp_path / "again", CONFIG, overrides=QUICK)
    model = Path("span_crf") / "model"
    assert (again.output / model).read_bytes() == (trained.output / model).read_bytes()


def test_mentions_are_slices_in_order_with_confidences(recogniser: Recogniser) -> None:
    rows = made_up(20, seed=9)
    for row, (mentions, _) in zip(rows, recogniser.recognise([row["text"] for row in rows]), strict=True):
        assert mentions
        for mention in mentions:
            assert row["text"][mention.start : mention.end] == mention.text
            assert 0 < mention.confidence <= 1
            assert mention.by == "model"
        assert all(a.end <= b.start for a, b in pairwise(mentions))


def test_a_new_sentence_of_the_same_world_is_read_with_confidence(recogniser: Recogniser) -> None:
    found = recogniser.recognise(["5月3日，宏光商会向白湾村捐赠8万元。"])[0].mentions
    assert [(m.label, m.text) for m in found] == [
        ("DATE", "5月3日"),
        ("ORG", "宏光商会"),
        ("GPE", "白湾村"),
        ("EVENT", "捐赠"),
        ("MONEY", "8万元"),
    ]
    assert min(m.confidence for m in found) > 0.5


def test_texts_that_were_read_beforehand_train_the_same_weights(
    trained: TrainingReport, corpus: Path, tmp_path: Path
) -> None:
    reader = tagger(spacy.load(trained.output)).features
    texts = [row.text for part in ("train", "dev", "test") for row in read_labelled(corpus / f"{part}.jsonl", ["ORG"])]
    store_features(reader, texts, tmp_path / "features")
    known = {"paths.features": str(tmp_path / "features")}
    again = train_recogniser(corpus, tmp_path / "again", CONFIG, overrides=QUICK | known)
    model = Path("span_crf") / "model"
    assert (again.output / model).read_bytes() == (trained.output / model).read_bytes()
    assert str(tmp_path) not in (again.output / "config.cfg").read_text(encoding="utf-8")


def test_a_plain_spacy_load_gives_entities_and_scores(trained: TrainingReport) -> None:
    doc = spacy.load(trained.output)("远帆商会向云岭县捐赠2万元。")
    assert [ent.text for ent in doc.ents] == [span.text for span in doc.spans[SPANS_KEY]]
    assert len(doc.spans[SPANS_KEY].attrs["scores"]) == len(doc.ents) > 0


@pytest.mark.parametrize("texts", [[], [""], ["", "\n \u3000\n", ""], ["。"], ["😀\r\n𠀀"]])
def test_odd_texts_give_a_list_each(recogniser: Recogniser, texts: list[str]) -> None:
    assert len(recogniser.recognise(texts)) == len(texts)


def test_company_does_not_change_what_is_found(recogniser: Recogniser) -> None:
    texts = [row["text"] for row in made_up(5, seed=11)]
    together = recogniser.recognise(["".join(texts), *texts])[1:]
    assert [[(m.start, m.end, m.label) for m in each.mentions] for each in together] == [
        [(m.start, m.end, m.label) for m in recogniser.recognise([text])[0].mentions] for text in texts
    ]


def test_other_labels_are_learnt_when_asked_for(corpus: Path, tmp_path: Path) -> None:
    labels = {"corpora.train.labels": ["ITEM", "ORG"]}
    report = train_recogniser(corpus, tmp_path / "items", CONFIG, overrides=QUICK | labels)
    assert set(report.scores["test"]) == {"all", "ITEM", "ORG"}
    assert report.scores["test"]["ITEM"]["f"] > 0.9


def test_spans_across_a_line_end_are_reported(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = made_up(20, seed=0)
    rows[0]["text"] = rows[0]["text"][:1] + "\n" + rows[0]["text"][2:]
    first = rows[0]["entities"][0]
    for part in ("train", "dev", "test"):
        write_rows(tmp_path / f"{part}.jsonl", rows)
    report = train_recogniser(tmp_path, tmp_path / "model", CONFIG, overrides=QUICK | {"training.max_epochs": 1})
    text = rows[0]["text"][first["start_offset"] : first["end_offset"]]
    assert report.unreachable == (f"{text!r} (DATE) at 0",)
    assert "1 labelled spans cross a line end and cannot be learnt" in capsys.readouterr().err


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no trained recogniser; run make train or give the folder of one"):
        load_recogniser(tmp_path)


def test_a_pipeline_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelError, match="has no component span_crf; give the folder of a trained recogniser"):
        Recogniser(spacy.blank("zh"), spacy.blank("zh"))


def test_examples_of_windows_know_the_text_around_them(tmp_path: Path) -> None:
    rows = made_up(1, seed=3)
    rows[0]["text"] += "没有别的。\n" * 3
    write_rows(tmp_path / "train.jsonl", rows)
    examples = list(make_reader(tmp_path / "train.jsonl", ["ORG"], 20)(spacy.blank("zh")))
    # The blank pipeline's own tokens are characters as well.
    assert "".join(example.reference.text for example in examples) == rows[0]["text"]
    starts = [example.predicted.user_data[CONTEXT_KEY][1] for example in examples]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert {example.reference.user_data[CONTEXT_KEY][0] for example in examples} == {rows[0]["text"]}


def test_a_part_of_features_equals_the_slice_of_the_whole() -> None:
    stream = Stream(np.arange(6, dtype=np.float16).reshape(3, 2), np.array([0, 1, 1, 2], dtype=np.int32))
    whole = CharacterFeatures((stream,), np.arange(8, dtype=np.uint64).reshape(4, 2))
    part = whole.part(2, 4)
    np.testing.assert_array_equal(part.symbols, whole.symbols[2:4])
    np.testing.assert_array_equal(part.streams[0].vectors[part.streams[0].owner], stream.vectors[stream.owner][2:4])


def test_markers_become_columns() -> None:
    reader = FeatureReader(None, None, None, {"first two": lambda text: [Span(0, 2)]})
    assert [column.name for column in reader.columns] == ["character", "pair", "first two"]
    assert reader.read(["甲乙丙"])[0].symbols[:, 2].tolist() == [1, 3, 0]


def test_tags_forbid_what_no_spans_could_mean() -> None:
    scheme = TagScheme(("GPE", "ORG"))
    inside_org, end_gpe, outside = 6, 3, 0
    assert scheme.valid.step[inside_org, end_gpe] == -np.inf
    assert scheme.valid.step[inside_org, outside] == -np.inf
    assert scheme.valid.first[inside_org] == scheme.valid.last[5] == -np.inf
    assert np.isfinite(scheme.valid.step[end_gpe, outside])


def test_segments_make_up_the_text_and_keep_quoted_marks_whole() -> None:
    text = "“同心！”主题活动举行。\n\n甲公司？乙公司"
    parts, place = [], 0
    for length in segment_lengths(text):
        parts.append(text[place : place + length])
        place += length
    assert parts == ["“同心！”主题活动举行。\n\n", "甲公司？", "乙公司"]
