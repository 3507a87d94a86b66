"""LAC as a reader of batches: its changed graph is kept, and a batch is read as its texts alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.recognise.lac import Lac
from pipeline.recognise.runtime import CACHE_VARIABLE


def test_lac_keeps_its_changed_graph_and_reads_the_same_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    first = Lac().read(["滨河区财政局捐赠图书"])[0]
    made = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert [Path(name).suffix for name in made] == [".onnx"]
    again = Lac().read(["滨河区财政局捐赠图书"])[0]
    np.testing.assert_array_equal(first.hidden, again.hidden)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == made


def test_lac_reads_a_batch_as_it_reads_each_text_alone() -> None:
    texts = ["滨河区财政局向云岭县捐赠２０万元。", "走访慰问", "", "　7月3日\n柳湾村考察！"]
    lac = Lac()
    for text, reading in zip(texts, lac.read(texts), strict=True):
        alone = lac.read([text])[0]
        np.testing.assert_array_equal(reading.tags, alone.tags)
        np.testing.assert_allclose(reading.hidden.astype(np.float32), alone.hidden.astype(np.float32), atol=1e-2)
        assert len(reading.tags) == len(text)
    words = lac.opens_word[lac.read(["滨河区财政局捐赠图书"])[0].tags]
    assert [lac.tag_names[lac.read(["滨河区财政局捐赠图书"])[0].tags[0]], words.tolist()[6:]] == [
        "ORG-B",
        [True, False, True, False],
    ]
