"""Characters that look like another one, folded to it: one character to one, so that no offset moves.

Full-width digits, Latin letters and a few signs become ASCII; the blocks of radicals (⻄, ⼤) and of compatibility
ideographs become the plain Han characters. Chinese punctuation, quotes and full-width brackets stay, and the ASCII marks
that stand for them beside Han characters become them, so that what follows meets one form. Every kind of blank becomes a space, every line break ``\\n``, every invisible character :data:`INVISIBLE`, which repair drops.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipeline.data_folders import data_folder

INVISIBLE = "\u200b"

TABLE = data_folder("configs") / "lookalikes.tsv"

_FULL_WIDTH_SIGNS = "％＋－／＝＃＆＠＄．＿"
_COMPATIBLE = ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1D))
"""Kangxi radicals and the two blocks of compatibility ideographs: Unicode's own NFKC knows them."""
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u3164"
_BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)
_CONTROLS = "".join(
    chr(code) for code in (*range(0x00, 0x09), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0))
)

# 二○二○年: a ring between Chinese numerals is the numeral 〇.
_RINGED = re.compile(r"[〇一二三四五六七八九○◯]*[一二三四五六七八九][〇一二三四五六七八九○◯]*")

# ASCII marks as NFKC leaves them: those beside a Han character or a closing or opening mark of Chinese text are Chinese.
_HAN = r"\u3400-\u9fff"
_NARROW = re.compile(
    rf"(?<=[{_HAN}”’》）」』】%\]])[,:;!?()]|[,:;!?()](?=[{_HAN}“‘《（「『【])|(?<=[)），])[,;:](?!\d)|(?<=\d)[();](?!\d)"
)
_QUOTED = re.compile(rf'"([^"\n]{{0,80}}[{_HAN}][^"\n]{{0,80}})"')
_WIDE = str.maketrans(",:;!?()", "，：；！？（）")


def fold(text: str) -> str:
    r"""Replace every look-alike by the character it stands for; the length stays.

    The break of a CRLF pair is its ``\n``; the ``\r`` before it becomes a blank.

    >>> fold("⻄部２０％，二○二○年")
    '西部20%，二〇二〇年'
    >>> fold("甲\r\n乙\u3000丙")
    '甲 \n乙 丙'
    >>> fold("玫园(中国)公司捐1,000元,签约:3项")
    '玫园（中国）公司捐1,000元，签约：3项'
    >>> fold('"暖冬"行动')
    '“暖冬”行动'
    """
    folded = _NARROW.sub(lambda mark: mark[0].translate(_WIDE), text.translate(_one_to_one()))
    if '"' in folded:
        folded = _QUOTED.sub(r"“\1”", folded)
    if "\r" in folded:
        folded = folded.replace("\r\n", " \n").replace("\r", "\n")
    if "○" in folded or "◯" in folded:
        folded = _RINGED.sub(lambda numeral: numeral[0].replace("○", "〇").replace("◯", "〇"), folded)
    return folded


@cache
def _one_to_one() -> dict[int, str]:
    """Return the table of single characters, read once from Unicode's data and :data:`TABLE`."""
    table = {
        code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
    }
    table.update((ord(sign), chr(ord(sign) - 0xFEE0)) for sign in _FULL_WIDTH_SIGNS)
    for first, last in _COMPATIBLE:
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1:
                table[code] = plain
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            alike, plain = line.split("\t")
            table[ord(alike)] = plain
    for characters, plain in ((_BLANKS, " "), (_BREAKS, "\n"), (_UNSEEN + _CONTROLS, INVISIBLE)):
        table.update((ord(character), plain) for character in characters)
    return table
