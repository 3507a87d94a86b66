"""Finds text that stands twice: between bulletins of the corpus, and between the corpus and real documents.

A template filled with other names is not another bulletin: names, numbers and dates are masked before windows are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.markup import Bulletin

WINDOW = 12
"""Characters of a masked window compared between bulletins."""
MOST_SHARED = 0.10
"""Share of a bulletin's windows that may stand in another one."""
REFERENCE_WINDOW = 16
"""Characters of a window compared with real documents."""
MOST_STOCK, LONGEST_STOCK = 200, 16
"""Limits of the list of stock phrases: entries, and characters of an entry."""
MASKED = frozenset({"ORG", "GPE", "MONEY", "DATE"})
_BREAK = "\x00"


def read_stock(path: Path) -> list[str]:
    """Read the stock phrases of the genre, one a line; raises ValueError when the list is too long or an entry is."""
    lines = path.read_text(encoding="utf-8").split("\n")
    phrases = ["".join(line.split()) for line in lines if line.strip() and not line.startswith("#")]
    if len(phrases) > MOST_STOCK:
        raise ValueError(f"{path}: {len(phrases)} stock phrases; at most {MOST_STOCK} are allowed")
    if long := [phrase for phrase in phrases if len(phrase) > LONGEST_STOCK]:
        raise ValueError(f"{path}: {long[0]!r} has {len(long[0])} characters; at most {LONGEST_STOCK} are allowed")
    return phrases


def masked(bulletin: Bulletin) -> str:
    """Return the text without white space, every name, amount and date as one ``X`` and every number as one ``#``.

    >>> from training.markup import parse_batch
    >>> masked(next(parse_batch("=== x\\n[甲公司|ORG]捐款[5万元|MONEY free]，购书30册")))
    'X捐款X，购书#册'
    """
    pieces, position = [], 0
    for mark in bulletin.marks:
        if mark.label in MASKED and mark.start >= position:
            pieces += [bulletin.text[position : mark.start], "X"]
            position = mark.end
    text = "".join([*pieces, bulletin.text[position:]])
    return re.sub(r"[\d.,]*\d", "#", "".join(text.split()))


def windows(text: str, size: int) -> set[str]:
    """Return the windows of ``size`` characters, those that touch a break left out."""
    found = {text[i : i + size] for i in range(len(text) - size + 1)}
    return {window for window in found if _BREAK not in window}


def shared_windows(bulletins: Sequence[Bulletin], stock: Sequence[str]) -> dict[str, tuple[float, str]]:
    """Return for each bulletin the share of its masked windows that stand in another one, and the first such window."""
    phrases = re.compile("|".join(re.escape(p) for p in sorted(stock, key=len, reverse=True)) or r"(?!)")
    own = {b.name: windows(phrases.sub(_BREAK, masked(b)), WINDOW) for b in bulletins}
    owners: dict[str, int] = defaultdict(int)
    for found in own.values():
        for window in found:
            owners[window] += 1
    shares = {}
    for name, found in own.items():
        twice = sorted(window for window in found if owners[window] > 1)
        shares[name] = (len(twice) / len(found) if found else 0.0, twice[0] if twice else "")
    return shares


def copied_windows(bulletins: Sequence[Bulletin], reference: Path, stock: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (bulletin, window) for every window of a bulletin that stands in a text file of ``reference``, stock phrases apart."""
    phrases = re.compile("|".join(re.escape(p) for p in sorted(stock, key=len, reverse=True)) or r"(?!)")
    real = reference_windows(reference)
    for bulletin in bulletins:
        text = phrases.sub(_BREAK, "".join(bulletin.text.split()))
        for window in sorted(windows(text, REFERENCE_WINDOW) & real):
            yield bulletin.name, window


def excused_phrases(bulletins: Sequence[Bulletin], reference: Path, stock: Sequence[str]) -> dict[str, list[str]]:
    """Return the stock phrases that make bulletins share windows with ``reference``, and the bulletins that hold them."""
    real = reference_windows(reference)
    excused: dict[str, list[str]] = defaultdict(list)
    for bulletin in bulletins:
        shared = windows("".join(bulletin.text.split()), REFERENCE_WINDOW) & real
        for phrase in stock:
            if any(phrase in window for window in shared):
                excused[phrase].append(bulletin.name)
    return dict(excused)


def reference_windows(reference: Path) -> set[str]:
    """Return the windows of all text files of a folder, white space left out."""
    real: set[str] = set()
    for path in sorted(reference.rglob("*")):
        if path.is_file():
            real |= windows("".join(path.read_text(encoding="utf-8", errors="ignore").split()), REFERENCE_WINDOW)
    return real


_OWNED = re.compile(
    r"(?:公司|集团|小学|中学|学校|幼儿园|医院|基金会|合作社|村|社区|居民区|小组|屯|寨|服务队|志愿队|银行|商行|工厂|厂|商会|协会)$"
)
_PLACE_PART = re.compile(r"^.*?(?:省|自治区|市|自治州|州|盟|县|旗|区(?!域)|镇|乡|街道|苏木)(?=.{2})")


def invented_names(bulletins: Sequence[Bulletin]) -> set[str]:
    """Return the invented names of bulletins: companies, schools, villages and their like, without the real places in front."""
    names = set()
    for bulletin in bulletins:
        for mark in bulletin.marks:
            form = bulletin.text[mark.start : mark.end]
            if mark.label in ("ORG", "GPE") and _OWNED.search(form):
                while (shorter := _PLACE_PART.sub("", form)) != form:
                    form = shorter
                names.add(form)
    return names - GENERIC


GENERIC = frozenset(
    {
        "中心小学",
        "中心学校",
        "人民医院",
        "中医院",
        "中医医院",
        "律师协会",
        "中学",
        "小学",
        "工商联",
        "慈善协会",
        "商会",
        "企业家协会",
    }
)
"""Names that real bodies share everywhere; they are no invention and may stand in every split."""
