"""The word segmenter: silver words respect labelled spans; a trained one gives borders, and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.segmenter import ARCHIVE, Segmenter, SegmenterError
from training.labelled import LabelledText
from training.segmenter import silver_words, train_segmenter

SENTENCES = ["柳湾村党支部向云岭县捐赠图书。", "云岭县扶贫办到柳湾村走访慰问。\n", "远帆商会与柳湾村签约。"]


def labelled(text: str, name: str) -> LabelledText:
    start = text.index(name)
    return LabelledText(text, ((start, start + len(name), "ORG"),))


TEXTS = [
    labelled(SENTENCES[0] * 3, "柳湾村党支部"),
    labelled(SENTENCES[1] * 3, "云岭县扶贫办"),
    labelled(SENTENCES[2] * 3, "远帆商会"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("segmenter")
    train_segmenter(TEXTS * 5, path)
    return path


def test_silver_words_keep_the_text_and_break_at_labelled_spans() -> None:
    text = "远帆光伏商会捐赠。\n考察　柳湾"
    # A border that LAC would hardly set: inside 商会.
    lines = silver_words([LabelledText(text, ((0, 5, "ORG"),))])
    assert "".join(word for words in lines for word in words) == "".join(text.split())
    assert "会捐赠" not in lines[0]
    assert len("".join(lines[0][: _words_until(lines[0], 5)])) == 5
    assert len(lines) == 2


def _words_until(words: list[str], length: int) -> int:
    return next(n for n in range(len(words) + 1) if len("".join(words[:n])) >= length)


def test_a_trained_segmenter_flags_first_characters(folder: Path) -> None:
    flags = Segmenter().from_disk(folder).opens_word("远帆商会与 柳湾村签约。\n")
    assert flags.dtype == bool
    assert flags[[0, 5, 6, 11, 12]].all()
    assert not flags.all()


def test_a_segmenter_survives_being_saved(folder: Path, tmp_path: Path) -> None:
    Segmenter().from_disk(folder).to_disk(tmp_path / "copy")
    assert (tmp_path / "copy" / ARCHIVE).read_bytes() == (folder / ARCHIVE).read_bytes()
    text = SENTENCES[0]
    first, second = (Segmenter().from_disk(path).opens_word(text) for path in (folder, tmp_path / "copy"))
    np.testing.assert_array_equal(first, second)


def test_the_same_texts_give_the_same_segmenter(folder: Path, tmp_path: Path) -> None:
    train_segmenter(TEXTS * 5, tmp_path)
    assert (tmp_path / ARCHIVE).read_bytes() == (folder / ARCHIVE).read_bytes()


@pytest.mark.parametrize("text", ["", " \n", "😀", "Ａ－1"])
def test_odd_texts_have_a_flag_for_each_character(folder: Path, text: str) -> None:
    flags = Segmenter().from_disk(folder).opens_word(text)
    assert len(flags) == len(text)


def test_an_incomplete_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SegmenterError, match=r"words.zip missing; give the folder of a trained"):
        Segmenter().from_disk(tmp_path)


def test_a_segmenter_without_a_model_says_so() -> None:
    with pytest.raises(SegmenterError, match="no model has been read; train one"):
        Segmenter().opens_word("甲")
