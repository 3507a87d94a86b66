"""Labelled sets of others: formats told apart by content, parts found by name, spans that cannot be learnt reported."""

from __future__ import annotations

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import spacy
import typer
from hypothesis import given
from hypothesis import strategies as st

from training.labelled import CorpusError, LabelledText
from training.labelled_formats import read_labelled_file
from training.labelled_sets import find_parts, main, read_set, schedule, score_texts, train_set

FAST = Path(__file__).parent.parent / "configs" / "recogniser-fast.cfg"
QUICK: dict[str, Any] = {
    "components.span_crf.features.lac": False,
    "components.span_crf.features.lac_states": False,
    "components.span_crf.features.segmenter": False,
    "components.span_crf.features.markers": ["organisation_endings"],
    "components.span_crf.model.width": 32,
    "components.span_crf.model.hashed_rows": 500,
    "training.max_epochs": 10,
    "training.batcher.size": 200,
    "training.optimizer.learn_rate": 0.01,
}
TEXT = LabelledText("许岚任远帆公司经理", ((0, 2, "NAME"), (3, 7, "ORG"), (7, 9, "TITLE")))


def as_bmes(text: LabelledText) -> str:
    tags = ["O"] * len(text.text)
    for start, end, label in text.spans:
        tags[start:end] = [f"M-{label}"] * (end - start)
        tags[start], tags[end - 1] = f"B-{label}", f"E-{label}"
        if end - start == 1:
            tags[start] = f"S-{label}"
    return "".join(f"{character} {tag}\n" for character, tag in zip(text.text, tags, strict=True)) + "\n"


def as_bio(text: LabelledText) -> str:
    return as_bmes(text).replace(" M-", " I-").replace(" E-", " I-").replace(" S-", " B-")


def as_cluener(text: LabelledText) -> str:
    labels: dict[str, dict[str, list[list[int]]]] = {}
    for start, end, label in text.spans:
        labels.setdefault(label, {}).setdefault(text.text[start:end], []).append([start, end - 1])
    return json.dumps({"text": text.text, "label": labels}, ensure_ascii=False) + "\n"


def as_doccano(text: LabelledText) -> str:
    entities = [{"id": 1, "start_offset": a, "end_offset": b, "label": label} for a, b, label in text.spans]
    return json.dumps({"id": 7, "text": text.text, "entities": entities, "relations": []}, ensure_ascii=False) + "\n"


def as_old_doccano(text: LabelledText) -> str:
    return json.dumps({"text": text.text, "label": [list(span) for span in text.spans]}, ensure_ascii=False) + "\n"


FORMATS = {
    "train.char.bmes": as_bmes,
    "train.txt": as_bio,
    "train.json": as_cluener,
    "train.jsonl": as_doccano,
    "old_train.jsonl": as_old_doccano,
}


def made_up(number: int, seed: int) -> list[LabelledText]:
    """Sentences of a small world of curricula vitae."""
    chosen, texts = random.Random(seed), []
    for _ in range(number):
        parts = [
            (chosen.choice("许岑祝闻苗") + chosen.choice("岚松竹溪舟"), "NAME"),
            (chosen.choice(["，曾任", "现任", "先后担任"]), ""),
            (chosen.choice("远青银白") + chosen.choice("帆桐杏石") + chosen.choice(["公司", "集团", "研究所"]), "ORG"),
            (chosen.choice(["经理", "董事", "工程师"]), "TITLE"),
            ("。", ""),
        ]
        text, spans = "", []
        for part, label in parts:
            if label:
                spans.append((len(text), len(text) + len(part), label))
            text += part
        texts.append(LabelledText(text, tuple(spans)))
    return texts


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMATS[name](TEXT) * 2, encoding="utf-8")
    file = read_labelled_file(path)
    assert file.texts == (TEXT, TEXT)
    assert file.is_labelled
    assert file.left_out == file.missing == ()


@given(
    st.lists(st.sampled_from(["", "A", "B"]), min_size=1, max_size=12),
    st.sampled_from([as_bmes, as_cluener, as_doccano]),
)
def test_any_spans_survive_any_format(labels: list[str], write: Any) -> None:
    # Each piece of two characters is one span, or none; neighbours stay apart because every span has its own end.
    spans = tuple((2 * i, 2 * i + 2, label) for i, label in enumerate(labels) if label)
    text = LabelledText("甲乙" * len(labels), spans)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text(write(text), encoding="utf-8")
        assert read_labelled_file(path).texts == (text,)


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        ("远 B-ORG\n帆 I-ORG\n赴 O\n", [(0, 2, "ORG")]),
        ("远 I-ORG\n帆 I-ORG\n", [(0, 2, "ORG")]),
        ("远 B-ORG\n帆 B-ORG\n", [(0, 1, "ORG"), (1, 2, "ORG")]),
        ("远 S-ORG\n帆 M-ORG\n", [(0, 1, "ORG"), (1, 2, "ORG")]),
        ("远\tNR\tB-ORG\r\n帆\tNR\tI-GPE\r\n", [(0, 1, "ORG"), (1, 2, "GPE")]),
        ("2031 B-DATE\n年 I-DATE\n", [(0, 5, "DATE")]),
        ("-DOCSTART- O\n\n远 O\n", []),
        ("  O\n远 B-ORG\n", [(1, 2, "ORG")]),
    ],
)
def test_columns_in_all_their_dialects(tmp_path: Path, lines: str, spans: list[tuple[int, int, str]]) -> None:
    path = tmp_path / "train.txt"
    path.write_text(lines, encoding="utf-8")
    (text,) = read_labelled_file(path).texts
    assert list(text.spans) == spans


def test_spans_that_overlap_or_lie_outside_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    row = {"text": "远帆公司经理", "label": [[0, 4, "ORG"], [2, 4, "KIND"], [4, 9, "TITLE"], [4, 6, "TITLE"]]}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    file = read_labelled_file(path)
    assert file.texts[0].spans == ((0, 4, "ORG"), (4, 6, "TITLE"))
    assert [line.partition(": ")[2] for line in file.left_out] == [
        "TITLE [4, 9) lies outside the text or holds nothing",
        "KIND '公司' overlaps another span",
    ]
    assert file.missing == ((0, (2, 4, "KIND")),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("远 ORG\n", r"train\.txt:1: '远 ORG' is no character with a tag such as O, B-ORG; a line holds"),
        ("只有文字\n", r"train\.txt:1: '只有文字' is no character with a tag"),
        ('{"text": "远"}\n{"texts": 1}\n', r"train\.txt:2: no labelled text \(KeyError\('text'\)\); a line holds"),
        (
            '{"text": "远帆公司", "label": {"ORG": {"远帆": [[0, 2]]}}}\n',
            r"train\.txt:1: no labelled text .*'远帆' does not stand at \[0, 2\], where '远帆公' stands",
        ),
    ],
)
def test_a_line_in_no_format_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "train.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_labelled_file(path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"train\.txt: cannot be read .*; give a text file in UTF-8"):
        read_labelled_file(path)


def test_parts_are_found_by_name(tmp_path: Path) -> None:
    for name in ("train.char.bmes", "dev.char.bmes", "test.char.bmes", "README.md", "train.pkl", "retrained.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert {part: path.name for part, path in find_parts(tmp_path).items()} == {
        "train": "train.char.bmes",
        "dev": "dev.char.bmes",
        "test": "test.char.bmes",
    }


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "no file with train in its name"),
        (["train.txt"], "no file with dev or test in its name"),
        (["train.txt", "train.json", "dev.txt"], r"train\.json and train\.txt both are the train part"),
    ],
)
def test_parts_that_lack_or_are_twofold_are_named(tmp_path: Path, names: list[str], message: str) -> None:
    for name in names:
        (tmp_path / name).write_text(as_bio(TEXT), encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        find_parts(tmp_path)


def test_dev_measures_where_the_answers_of_test_are_kept_back(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_text("".join(map(as_cluener, made_up(40, 1))), encoding="utf-8")
    (tmp_path / "dev.json").write_text("".join(map(as_cluener, made_up(5, 2))), encoding="utf-8")
    (tmp_path / "test.json").write_text('{"id": 0, "text": "岑竹任董事。"}\n', encoding="utf-8")
    data = read_set(tmp_path)
    assert (data.measured, len(data.train), len(data.chooses), len(data.measures)) == ("dev", 38, 2, 5)
    assert data.labels == ("NAME", "ORG", "TITLE")


def test_with_all_parts_dev_chooses_and_test_measures(tmp_path: Path) -> None:
    for part, number in (("train", 40), ("dev", 5), ("test", 6)):
        (tmp_path / f"{part}.bmes").write_text("".join(map(as_bmes, made_up(number, 1))), encoding="utf-8")
    data = read_set(tmp_path, ["ORG"])
    assert (data.measured, len(data.train), len(data.chooses), len(data.measures)) == ("test", 40, 5, 6)
    assert {label for text in data.train for _, _, label in text.spans} == {"ORG"}


@pytest.mark.parametrize(
    ("labels", "dev", "message"),
    [
        (["PERSON"], as_bio(TEXT), "train has no span labelled PERSON; it has NAME, ORG, TITLE"),
        ([], '{"text": "岑竹"}\n', "neither dev nor test is labelled"),
    ],
)
def test_a_set_that_cannot_be_learnt_is_told(tmp_path: Path, labels: list[str], dev: str, message: str) -> None:
    (tmp_path / "train.txt").write_text(as_bio(TEXT), encoding="utf-8")
    (tmp_path / "dev.txt").write_text(dev, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_set(tmp_path, labels)


def test_a_small_set_has_more_epochs_and_a_large_one_those_of_the_configuration() -> None:
    small, middle, large = (schedule(size, 5, 1_500)["training.max_epochs"] for size in (2_000, 400_000, 4_000_000))
    assert small == 60
    assert middle == 8
    assert large == 5


def test_gold_spans_that_could_not_be_learnt_count_as_not_found() -> None:
    nlp = spacy.blank("zh")
    scores = score_texts(nlp, [TEXT], [(0, (5, 7, "KIND"))])
    assert [(label, row[0].gold) for label, row in scores.rows.items()] == [
        ("all", 4),
        ("KIND", 1),
        ("NAME", 1),
        ("ORG", 1),
        ("TITLE", 1),
    ]
    assert "| all | 0.000 | 0.000 | 0.000 | 0.000-0.000 | 0 | 4 |" in scores.as_markdown()


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds something else than a trained pipeline; name a new folder"):
        train_set(tmp_path, tmp_path)
    assert (tmp_path / "letters.txt").exists()


def test_the_command_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped:
        main(tmp_path / "none", tmp_path / "model")
    assert stopped.value.exit_code == 2
    assert "no file with train in its name" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "write"), [("char.bmes", as_bmes), ("json", as_cluener)])
def test_a_set_of_others_gives_a_pipeline_that_finds_its_labels(tmp_path: Path, name: str, write: Any) -> None:
    for part, number, seed in (("train", 150, 1), ("dev", 20, 2), ("test", 30, 3)):
        (tmp_path / f"{part}.{name}").write_text("".join(map(write, made_up(number, seed))), encoding="utf-8")
    scores = train_set(tmp_path, tmp_path / "model", FAST, overrides=QUICK)
    assert list(scores.rows) == ["all", "NAME", "ORG", "TITLE"]
    assert scores.rows["all"][0].f1 > 0.9
    doc = spacy.load(tmp_path / "model")("祝舟现任青杏集团董事。")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("祝舟", "NAME"), ("青杏集团", "ORG"), ("董事", "TITLE")]
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert scores.as_markdown() in card
    assert "| measured on (test) | 30 |" in card
    assert f"| train.{name} | `" in card
    again = train_set(tmp_path, tmp_path / "model", FAST, labels=["ORG"], overrides=QUICK | {"training.max_epochs": 1})
    assert set(again.rows) <= {"all", "ORG"}
