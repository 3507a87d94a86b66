"""Scanned pages: their print recognised by RapidOCR, which the extra ``ocr`` installs with its models."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

from pipeline.formats.content import Refusal
from pipeline.formats.layout import Piece

_SCALE = 200 / 72
"""Pixels a point: 200 a inch, at which newspaper print is some 25 pixels high."""
_MOST_PIXELS = 24_000_000
"""Largest picture of a page that is recognised; larger pages are drawn smaller."""


def recognise_page(page: Any) -> list[Piece]:
    """Return the lines of print on a page of PDFium; raises :class:`Refusal` where recognition is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        raise Refusal("unsupported", "is a scan without text; install the extra ocr: pip install 'bangfu[ocr]'")
    scale = min(_SCALE, (_MOST_PIXELS / max(page.get_width() * page.get_height(), 1)) ** 0.5)
    picture = page.render(scale=scale).to_numpy()[:, :, :3]
    found = _engine()(picture, use_cls=False)
    if found.boxes is None or found.txts is None:
        return []
    height = page.get_height()
    pieces = []
    for corners, text in zip(found.boxes.tolist(), found.txts, strict=True):
        if text.strip():
            across, down = [corner[0] / scale for corner in corners], [corner[1] / scale for corner in corners]
            top, bottom = height - min(down), height - max(down)
            pieces.append(Piece(text.strip(), min(across), bottom, max(across), top, top - bottom))
    return pieces


@cache
def _engine() -> Any:
    """Load the models, once a process; they come with the package, so nothing is fetched."""
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})
