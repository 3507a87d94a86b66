"""What the frozen readers make of each character of a text, as the events see it: borders of words, and vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Context:
    """Of a text of ``n`` characters: whether each opens a word ``[n]``, and a vector of it in its sentence ``[n, width]``.

    The vectors are those that :class:`pipeline.events.committee.Committee` makes of the recogniser's states.
    """

    opens_word: NDArray[np.bool_]
    vectors: NDArray[np.float16]
