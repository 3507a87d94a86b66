"""The frozen encoder: states of the lower layers of multilingual-e5-small for the pieces of a text.

The graph and the cut table of pieces are made once and kept in a cache folder (the user's own, or the one that the
environment variable ``BANGFU_CACHE`` names), in a file whose name carries the hash of the weights and of the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import srsly
from numpy.typing import NDArray
from spacy.util import registry

from pipeline.recognise.pieces import PieceTable, cut_table
from pipeline.recognise.runtime import cache_folder, open_session, remembers_batches, threads, write_whole
from pipeline.recognise.weights import SHA256, pinned_file, read_weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WIDTH = 384
# Raise it whenever the graph or the table is made in another way, so that no older file is read for it.
FORMAT = 2


@dataclass(frozen=True)
class Stream:
    """Vectors ``[p, width]`` in float16 of the pieces of a text, and for each of its ``n`` characters its piece ``[n]``."""

    vectors: NDArray[np.float16]
    owner: NDArray[np.int32]


class Encoder:
    """Reads texts with the layers asked for (0 is the embedding), joined; a text's states do not depend on its neighbours.

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

    def open(self) -> None:
        """Load table and weights, which are else loaded at the first text."""
        _ = self._table, self._session

    @remembers_batches
    def read(self, texts: Sequence[str]) -> list[Stream]:
        """States of the pieces of every text, and the piece of each character."""
        cuts = [self._table.cut(text) for text in texts]
        _ = self._session  # opened once, before several threads want it
        streams = [Stream(np.zeros((len(numbers), self.width), np.float16), owner) for numbers, owner in cuts]
        jobs = [
            (pieces, stream, window)
            for (pieces, _), stream in zip(cuts, streams, strict=True)
            for window in windows(len(pieces), self.window - 2, self.overlap)
        ]
        # Two windows on a core each take three quarters of the time that one after the other takes on both.
        with ThreadPoolExecutor(threads()) as pool:
            list(pool.map(lambda job: self._fill(*job), sorted(jobs, key=lambda job: len(job[0]), reverse=True)))
        return streams

    def _fill(self, pieces: list[int], stream: Stream, window: Window) -> None:
        """Read one window and write the states that it gives."""
        row = [self._table.begin, *pieces[window.first : window.last], self._table.end]
        (states,) = self._session.run(None, {"pieces": np.array([row], dtype=np.int64)})
        kept = states[0, 1 + window.keep_from - window.first : 1 + window.keep_to - window.first]
        stream.vectors[window.keep_from : window.keep_to] = kept

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
        return open_session(self._file, cores=1)


def convert(path: Path, layers: Sequence[int], precision: str) -> None:
    """Write the graph and, beside it, the table of pieces.

    Each is written aside and renamed, so that two processes that start at once both find whole files.
    """
    from pipeline.recognise.graph import build_graph

    weights = read_weights(pinned_file(), max(layers))
    table, rows = cut_table(weights)
    graph = build_graph(weights, rows, layers, precision)
    write_whole(path.with_suffix(".pieces"), srsly.msgpack_dumps(asdict(table)))
    write_whole(path, graph.SerializeToString())


@dataclass(frozen=True)
class Window:
    """A stretch of pieces ``[first, last)`` that is read at once, and the part ``[keep_from, keep_to)`` it gives states for."""

    first: int
    last: int
    keep_from: int
    keep_to: int


def windows(length: int, longest: int, overlap: int) -> list[Window]:
    """Windows over ``length`` pieces, as few as can be, of equal size and overlapping by at least ``overlap``.

    >>> [(w.first, w.last, w.keep_from, w.keep_to) for w in windows(10, 6, 2)]
    [(0, 6, 0, 5), (4, 10, 5, 10)]
    >>> windows(0, 6, 2)
    []
    """
    if length <= longest:
        return [Window(0, length, 0, length)] if length else []
    count = -(-(length - overlap) // (longest - overlap))
    size = -(-(length + (count - 1) * overlap) // count)
    firsts = [number * (length - size) // (count - 1) for number in range(count)]
    borders = [(first + size + following) // 2 for first, following in pairwise(firsts)]
    return [
        Window(first, first + size, start, end)
        for first, start, end in zip(firsts, [0, *borders], [*borders, length], strict=True)
    ]


@registry.misc("bangfu.encoder.v1")
def build_encoder(layers: list[int], precision: str, window: int, overlap: int) -> Encoder:
    """The encoder that a configuration describes."""
    return Encoder(layers, precision, window, overlap)
