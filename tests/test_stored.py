"""Features that were read once and kept: the same as features that are read."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.features import CharacterFeatures, FeatureReader
from pipeline.recognise.lac import Lac
from pipeline.recognise.segmenter import Segmenter
from pipeline.recognise.stored import store_features, stored_features
from pipeline.spans import Span

TEXTS = ["5月3日，远帆公司向柳湾村捐赠8万元。\n活动在村委会举行。", "", "签约。"]
SEGMENTER = Path("models/full/recogniser/span_crf/segmenter")


def same(one: CharacterFeatures, other: CharacterFeatures) -> bool:
    vectors = all(np.array_equal(a.vectors, b.vectors) for a, b in zip(one.streams, other.streams, strict=True))
    owners = all(np.array_equal(a.owner, b.owner) for a, b in zip(one.streams, other.streams, strict=True))
    return vectors and owners and np.array_equal(one.symbols, other.symbols)


def test_what_was_stored_is_what_is_read(tmp_path: Path) -> None:
    reader = FeatureReader(None, Lac(), None, {}, lac_states=True)
    store_features(reader, TEXTS, tmp_path)
    for text in TEXTS:
        assert same(stored_features(tmp_path, text), reader.read([text])[0])
    with pytest.raises(FileNotFoundError):
        stored_features(tmp_path, "another text")


def test_words_are_put_in_where_a_reader_with_a_segmenter_has_them(tmp_path: Path) -> None:
    lac, marker = Lac(), {"first two": lambda text: [Span(0, min(2, len(text)))] if text else []}
    without = FeatureReader(None, lac, None, marker)
    with_segmenter = FeatureReader(None, lac, Segmenter().from_disk(SEGMENTER), marker)
    for text in TEXTS:
        assert same(with_segmenter.with_words(text, without.read([text])[0]), with_segmenter.read([text])[0])
        assert same(without.with_words(text, without.read([text])[0]), without.read([text])[0])
