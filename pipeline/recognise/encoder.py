"""The frozen encoder: states of the lower layers of multilingual-e5-small for the pieces of a text.

The graph and the cut table of pieces are made once and kept in a cache folder (the user's own, or the one that the
environment variable ``BANGFU_CACHE`` names), in a file whose name carries the hash of the weights and of the settings.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any


import numpy as np
import platformdirs
import srsly
from numpy.typing import NDArray
from spacy.util import registry

from pipeline.recognise.pieces import PieceTable, cut_table
from pipeline.recognise.runtime import open_session
from pipeline.recognise.weights import SHA256, pinned_file, read_weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CACHE_VARIABLE = "BANGFU_CACHE"
WIDTH = 384
# Raise it whenever the graph or the table is made in another way, so that no older file is read for it.
FORMAT = 1


@dataclass(frozen=True)
class Stream:
    """Vectors ``[p, width]`` in float16 of the pieces of a text, and for each of its ``n`` characters its piece ``[n]``."""

    vectors: NDArray[np.float16]
    owner: NDArray[np.int32]


def cache_folder() -> Path:
    """The folder of converted files: ``BANGFU_CACHE``, or the user's cache folder."""
    asked = os.environ.get(CACHE_VARIABLE)
    return Path(asked) if asked else Path(platformdirs.user_cache_dir("bangfu"))


class Encoder:
    """Reads texts with the layers asked for (0 is the embedding), joined; a text's states never depend on its neighbours.

    A text of more than ``window`` pieces is read in windows that overlap by ``overlap`` pieces; a piece takes its states from
    the window in which it has more context. Weights are loaded at the first text.
    """

    def __init__(self, layers: Sequence[int], precision: str, window: int = 512, overlap: int = 128) -> None:
        self.layers = tuple(layers)
        self.precision = precision
        self.window = window
        self.overlap = overlap

    @property
    def width(self) -> int:
        """Width of a piece's states: 384 for each layer."""
        return WIDTH * len(self.layers)

    def read(self, texts: Sequence[str]) -> list[Stream]:
        """States of the pieces of every text, and the piece of each character."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Stream:
        numbers, owner = self._table.cut(text)
        states = np.zeros((len(numbers), self.width), dtype=np.float16)
        for first, last, keep_from, keep_to in windows(len(numbers), self.window - 2, self.overlap):
            piece_rows = np.array([[self._table.begin, *numbers[first:last], self._table.end]])
            lengths = np.array([piece_rows.shape[1]], dtype=np.int32)
            (found,) = self._session.run(None, {"pieces": piece_rows, "lengths": lengths})
            states[keep_from:keep_to] = found[0, 1 + keep_from - first : 1 + keep_to - first]
        return Stream(states, owner)

    @cached_property
    def _file(self) -> Path:
        """The converted model; made on first use."""
        settings = repr((FORMAT, SHA256, self.layers, self.precision))
        name = f"e5-small-{hashlib.sha256(settings.encode()).hexdigest()[:16]}"
        path = cache_folder() / f"{name}.onnx"
        if not (path.is_file() and path.with_suffix(".pieces").is_file()):
            convert(path, self.layers, self.precision)
        return path

    @cached_property
    def _table(self) -> PieceTable:
        stored: dict[str, Any] = srsly.msgpack_loads(self._file.with_suffix(".pieces").read_bytes())
        return PieceTable(**stored)

    @cached_property
    def _session(self) -> InferenceSession:
        return open_session(self._file)


def convert(path: Path, layers: Sequence[int], precision: str) -> None:
    """Write the graph and, beside it, the table of pieces.

    Each is written aside and renamed, so that two processes that start at once both find whole files.
    """
    from pipeline.recognise.graph import build_graph

    weights = read_weights(pinned_file(), max(layers))
    table, rows = cut_table(weights)
    graph = build_graph(weights, rows, layers, precision)
    _write_whole(path.with_suffix(".pieces"), srsly.msgpack_dumps(asdict(table)))
    _write_whole(path, graph.SerializeToString())


def windows(length: int, longest: int, overlap: int) -> list[tuple[int, int, int, int]]:
    """Windows over ``length`` pieces: for each its first piece and its end, and the stretch whose states it gives.

    >>> windows(10, 6, 2)
    [(0, 6, 0, 5), (4, 10, 5, 10)]
    >>> windows(0, 6, 2)
    []
    """
    if length <= longest:
        return [(0, length, 0, length)] if length else []
    count = -(-(length - overlap) // (longest - overlap))
    firsts = [round(number * (length - longest) / (count - 1)) for number in range(count)]
    borders = [(first + longest + following) // 2 for first, following in zip(firsts, firsts[1:], strict=False)]
    return [
        (first, first + longest, start, end)
        for first, start, end in zip(firsts, [0, *borders], [*borders, length], strict=True)
    ]


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as stream:
        stream.write(content)
    Path(stream.name).replace(path)


@registry.misc("bangfu.encoder.v1")
def build_encoder(layers: list[int], precision: str, window: int, overlap: int) -> Encoder:
    """The encoder that a configuration describes."""
    return Encoder(layers, precision, window, overlap)
