"""Word borders of the project's own spacy-pkuseg model: a feature of each character, never a token.

The one door to spacy-pkuseg. A model is a folder of two files, as pkuseg writes them (``training.segmenter`` makes it).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILES = ("features.msgpack", "weights.npz")


class SegmenterError(Exception):
    """A word segmenter's folder is incomplete, or none has been read; the message says what would be right."""


def write_model(trained: Path, target: Path) -> None:
    """Write the model that pkuseg left in ``trained`` into the folder ``target``, its weights as compressed float32."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained / FILES[0], target / FILES[0])
    with np.load(trained / FILES[1]) as weights:
        np.savez_compressed(target / FILES[1], sizes=weights["sizes"], w=weights["w"].astype(np.float32))


class Segmenter:
    """A word segmenter that is read from a folder, and can be saved into another one."""

    def __init__(self) -> None:
        self._model: Any = None
        self._files: dict[str, bytes] = {}

    def opens_word(self, text: str) -> NDArray[np.bool_]:
        """Flag ``[n]`` at the first character of every word; a white space character is a word of its own."""
        if self._model is None:
            raise SegmenterError("segmenter: no model has been read; train one or read the folder of one")
        flags = np.zeros(len(text), dtype=bool)
        place = 0
        for part in text.split():
            place = text.index(part, place)
            lengths = [len(word) for word in self._model.cut(part)]
            flags[place + np.cumsum([0, *lengths[:-1]])] = True
            place += len(part)
        flags[[number for number, character in enumerate(text) if character.isspace()]] = True
        return flags

    def from_disk(self, path: Path) -> Segmenter:
        """Read the model in a folder."""
        missing = [name for name in FILES if not (path / name).is_file()]
        if missing:
            raise SegmenterError(f"{path}: {', '.join(missing)} missing; give the folder of a trained word segmenter")
        import spacy_pkuseg

        self._files = {name: (path / name).read_bytes() for name in FILES}
        self._model = spacy_pkuseg.pkuseg(str(path), user_dict=None)
        # The weights rest as float32 to keep the folder small; the decoder wants float64.
        self._model.model.w = self._model.model.w.astype(np.float64)
        return self

    def to_disk(self, path: Path) -> None:
        """Save the model into a folder, byte for byte as it was read."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        for name, content in self._files.items():
            (path / name).write_bytes(content)
