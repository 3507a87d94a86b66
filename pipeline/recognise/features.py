"""What the recogniser knows of each character: states of frozen encoders, and symbols such as word borders and tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from spacy.util import registry

import pipeline.recognise.markers  # noqa: F401 - registers the markers
from pipeline.recognise.encoder import Encoder, Stream
from pipeline.recognise.lac import HIDDEN_WIDTH, TAG_COUNT, Lac
from pipeline.recognise.runtime import remembers_batches
from pipeline.recognise.segmenter import Segmenter
from pipeline.spans import Span

R = TypeVar("R")
Marker = Callable[[str], Sequence[Span]]

# The places of a character inside a stretch; 0 stands outside of any.
BEGIN, INSIDE, END, SINGLE = 1, 2, 3, 4
PLACES = 5

WORDS, LAC_WORDS = "pkuseg word", "lac word"
"""Names of the columns that hold borders of words."""


@dataclass(frozen=True)
class CharacterFeatures:
    """All features of a text of ``n`` characters: streams of states, and symbols ``[n, columns]`` by column."""

    streams: tuple[Stream, ...]
    symbols: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.symbols)

    def part(self, start: int, end: int) -> CharacterFeatures:
        """The features of the characters ``[start, end)``, as the whole text around them made them."""
        streams = []
        for stream in self.streams:
            owner = stream.owner[start:end]
            streams.append(Stream(stream.vectors[owner[0] : owner[-1] + 1], owner - owner[0]))
        return CharacterFeatures(tuple(streams), self.symbols[start:end])


@dataclass(frozen=True)
class SymbolColumn:
    """A column of symbols: its name and the number of its values, or None where any number may appear (hashed)."""

    name: str
    size: int | None


class FeatureReader:
    """Reads the features that a configuration asks for; what it does not ask for is never loaded.

    ``encoder``, ``lac`` and ``segmenter`` may each be None. ``lac_states`` adds LAC's hidden states to its borders and
    tags. ``markers`` are named functions that find stretches of a text (known places, say).
    """

    def __init__(
        self,
        encoder: Encoder | None,
        lac: Lac | None,
        segmenter: Segmenter | None,
        markers: dict[str, Marker],
        *,
        lac_states: bool = False,
    ) -> None:
        self.encoder = encoder
        self.lac = lac
        self.segmenter = segmenter
        self.markers = markers
        self.lac_states = lac_states
        self._opening: Future[None] | None = None

    @cached_property
    def columns(self) -> list[SymbolColumn]:
        """The columns of ``symbols``, in order."""
        columns = [SymbolColumn("character", None), SymbolColumn("pair", None)]
        if self.encoder:
            columns.append(SymbolColumn("piece", PLACES))
        if self.lac:
            columns += [SymbolColumn("lac tag", TAG_COUNT), SymbolColumn(LAC_WORDS, PLACES)]
        if self.segmenter:
            columns.append(SymbolColumn(WORDS, PLACES))
        return columns + [SymbolColumn(name, PLACES) for name in self.markers]

    @cached_property
    def widths(self) -> list[int]:
        """Width of the vectors of every stream, in order."""
        widths = [self.encoder.width] if self.encoder else []
        return widths + [HIDDEN_WIDTH] * (self.lac is not None and self.lac_states)

    @property
    def layers(self) -> list[int]:
        """Number of layers that every stream joins, in order."""
        return [*([len(self.encoder.layers)] if self.encoder else []), *[1] * len(self.widths)][: len(self.widths)]

    def open_beside(self) -> None:
        """Begin to load the readers' weights while others work; :meth:`read` waits for them, and raises what goes wrong."""
        beside = ThreadPoolExecutor(1)
        self._opening = beside.submit(self._open)
        beside.shutdown(wait=False)

    def _open(self) -> None:
        for reader in (self.encoder, self.lac):
            if reader:
                reader.open()

    def _when_open(self, read: Callable[[Sequence[str]], list[R]], texts: Sequence[str]) -> list[R]:
        if self._opening:
            self._opening.result()
        return read(texts)

    @remembers_batches
    def read(self, texts: Sequence[str]) -> list[CharacterFeatures]:
        """Features of every text; texts share batches, their order and number do not change the result's meaning."""
        with ThreadPoolExecutor(2) as beside:  # each reader fills the gaps that the others leave on the cores
            encoding = beside.submit(self._when_open, self.encoder.read, texts) if self.encoder else None
            tagging = beside.submit(self._when_open, self.lac.read, texts) if self.lac else None
            marked = [self._marks(text) for text in texts]
            encoded = encoding.result() if encoding else []
            readings = tagging.result() if tagging else []
        columns: list[list[NDArray[np.unsignedinteger]]] = [list(_characters(text)) for text in texts]
        streams: list[list[Stream]] = [[] for _ in texts]
        for i, stream in enumerate(encoded):
            streams[i].append(stream)
            columns[i].append(places(np.diff(stream.owner, prepend=-1) != 0))
        for i, reading in enumerate(readings):
            assert self.lac
            columns[i] += [reading.tags, places(self.lac.opens_word[reading.tags])]
            if self.lac_states:
                streams[i].append(Stream(reading.hidden, np.arange(len(texts[i]), dtype=np.int32)))
        for found, rest in zip(columns, marked, strict=True):
            found += rest
        return [
            CharacterFeatures(tuple(found), np.stack([c.astype(np.uint64) for c in symbols], axis=1))
            for found, symbols in zip(streams, columns, strict=True)
        ]

    def with_words(self, text: str, features: CharacterFeatures) -> CharacterFeatures:
        """Add the segmenter's words, where there is a segmenter, to features of ``text`` that were read without one."""
        if not self.segmenter:
            return features
        column = [column.name for column in self.columns].index(WORDS)
        words = places(self.segmenter.opens_word(text))
        return CharacterFeatures(features.streams, np.insert(features.symbols, column, words, axis=1))

    def opens_word(self, features: CharacterFeatures) -> NDArray[np.bool_]:
        """Tell for each character whether one of LAC's words begins there; every one is a word where LAC is not read."""
        if not self.lac:
            return np.ones(len(features), dtype=bool)
        column = [column.name for column in self.columns].index(LAC_WORDS)
        return np.isin(features.symbols[:, column], (BEGIN, SINGLE))

    def _marks(self, text: str) -> list[NDArray[np.uint8]]:
        """The segmenter's words and the markers' stretches of a text, a column each."""
        words = [places(self.segmenter.opens_word(text))] if self.segmenter else []
        return [*words, *(marks(len(text), marker(text)) for marker in self.markers.values())]


def _characters(text: str) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Code point of each character, and of the pair it makes with the next one."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    return points, (points << np.uint64(21)) | np.append(points[1:], np.uint64(0))


def places(opens: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Place of each character inside its word, from a flag at the first character of every word.

    >>> places(np.array([True, False, False, True])).tolist()
    [1, 2, 3, 4]
    """
    closes = np.append(opens[1:], True)
    return np.select([opens & closes, opens, closes], [SINGLE, BEGIN, END], INSIDE).astype(np.uint8)


def marks(length: int, spans: Sequence[Span]) -> NDArray[np.uint8]:
    """Place of each of ``length`` characters inside the marked spans; of two that overlap the longer one counts.

    >>> marks(5, [Span(0, 3), Span(2, 4), Span(4, 5)]).tolist()
    [1, 2, 3, 0, 4]
    """
    flags = np.zeros(length, dtype=np.uint8)
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if not flags[span.start : span.end].any():
            flags[span.start : span.end] = INSIDE
            flags[span.start], flags[span.end - 1] = BEGIN, END
            if span.end - span.start == 1:
                flags[span.start] = SINGLE
    return flags


@registry.misc("bangfu.character_features.v1")
def build_features(
    encoder: Encoder | None, lac: bool, lac_states: bool, segmenter: bool, markers: Sequence[str]
) -> FeatureReader:
    """The reader that a configuration describes; ``markers`` are named as in :mod:`pipeline.recognise.markers`."""
    found = {name: registry.misc.get(f"bangfu.{name}.v1") for name in markers}
    return FeatureReader(
        encoder, Lac() if lac else None, Segmenter() if segmenter else None, found, lac_states=lac_states
    )
