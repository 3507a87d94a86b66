"""Word borders of the project's own spacy-pkuseg model: a feature of each character, never a token.

The one door to spacy-pkuseg. A model is a folder with one archive that holds the two files pkuseg writes, a third of their
size (``training.segmenter`` makes it).
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILES = ("features.msgpack", "weights.npz")
ARCHIVE = "words.zip"


class SegmenterError(Exception):
    """A word segmenter's folder is incomplete, or none has been read; the message says what would be right."""


def write_model(trained: Path, target: Path) -> None:
    """Write the model that pkuseg left in ``trained`` into the folder ``target``; the same model gives the same bytes."""
    weights = io.BytesIO()
    with np.load(trained / FILES[1]) as full:
        np.savez(weights, sizes=full["sizes"], w=full["w"].astype(np.float32))
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target / ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in zip(FILES, [(trained / FILES[0]).read_bytes(), weights.getvalue()], strict=True):
            info = zipfile.ZipInfo(name)  # dated 1980, not today
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


class Segmenter:
    """A word segmenter that is read from a folder, and can be saved into another one."""

    def __init__(self) -> None:
        self._model: Any = None
        self._archive = b""

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
        if not (path / ARCHIVE).is_file():
            raise SegmenterError(f"{path}: {ARCHIVE} missing; give the folder of a trained word segmenter")
        import spacy_pkuseg

        self._archive = (path / ARCHIVE).read_bytes()
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(self._archive)) as archive:
            for name in FILES:
                archive.extract(name, folder)
            self._model = spacy_pkuseg.pkuseg(folder, user_dict=None)
        # The weights rest as float32 to keep the archive small; the decoder wants float64.
        self._model.model.w = self._model.model.w.astype(np.float64)
        return self

    def to_disk(self, path: Path) -> None:
        """Save the model into a folder, byte for byte as it was read."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        (path / ARCHIVE).write_bytes(self._archive)
