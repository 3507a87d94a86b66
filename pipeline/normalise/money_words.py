"""The words and currencies of the money grammar, read once from ``configs/currencies.toml`` and ``configs/money_words.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from pipeline.event_types import CONFIGS
from pipeline.normalise.numerals import THIN, ZERO_WIDTH

V = TypeVar("V")


def alternation(words: Iterable[str]) -> str:
    """Return a pattern for the longest of ``words``, grouped by first letter so that a miss is cheap.

    >>> alternation(["日元", "日圆", "泰铢"])
    '(?:日(?:元|圆)|泰铢)'
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        by_first.setdefault(word[0], []).append(word[1:])
    return f"(?:{'|'.join(_branch(first, rests) for first, rests in by_first.items())})"


def _branch(first: str, rests: list[str]) -> str:
    escaped = [re.escape(rest) for rest in rests]
    return re.escape(first) + (escaped[0] if len(escaped) == 1 else f"(?:{'|'.join(escaped)})")


def _load(name: str) -> dict[str, dict[str, str]]:
    """Read one table of the configuration; an unreadable one is an error of the installation."""
    table: dict[str, dict[str, str]] = tomllib.loads((CONFIGS / name).read_text(encoding="utf-8"))
    return table


def currency_codes(table: Mapping[str, Mapping[str, list[str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Map every name and every sign of the table to its code; raise ValueError where one stands for two currencies."""
    names: dict[str, str] = {}
    signs: dict[str, str] = {}
    for code, row in table.items():
        for words, target in ((row["names"], names), (row["signs"], signs), ([code], names)):
            for word in words:
                if word in names or word in signs:
                    raise ValueError(
                        f"configs/currencies.toml: {word!r} is listed for {code} and for "
                        f"{(names | signs)[word]}; a name or sign belongs to one currency"
                    )
                target[word] = code
    return names, signs


class WordTable(Generic[V]):
    """Words with what each stands for, looked up backwards from the place where they end."""

    def __init__(self, meanings: Mapping[str, V]) -> None:
        self.meanings = MappingProxyType(dict(meanings))
        self._longest = max(map(len, meanings))
        self._last = frozenset(word[-1] for word in meanings)

    def ending(self, text: str, end: int, floor: int) -> str | None:
        """Return the longest word that ends at ``end`` and does not reach before ``floor``, or None.

        >>> WordTable({"约": 1, "大约": 1}).ending("共大约5万元", 3, 0)
        '大约'
        """
        if end <= floor or text[end - 1] not in self._last:
            return None
        for length in range(min(self._longest, end - floor), 0, -1):
            if (word := text[end - length : end]) in self.meanings:
                return word
        return None


def _effects(group: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Map each word of a group to the set of effects it is listed under."""
    effects: dict[str, set[str]] = {}
    for effect, words in group.items():
        for word in words.split():
            effects.setdefault(word, set()).add(effect)
    return {word: frozenset(of_word) for word, of_word in effects.items()}


_WORDS = _load("money_words.toml")
_TO_SIMPLIFIED = str.maketrans(
    _WORDS["script"]["traditional"] + ZERO_WIDTH, _WORDS["script"]["simplified"] + THIN * len(ZERO_WIDTH)
)
_TRADITIONAL = re.compile(f"[{_WORDS['script']['traditional']}{ZERO_WIDTH}]")
_NAMES, _SIGNS = currency_codes(tomllib.loads((CONFIGS / "currencies.toml").read_text(encoding="utf-8")))

CURRENCY_NAMES: Mapping[str, str] = MappingProxyType(_NAMES)
"""Name or code of a currency, as it stands before or after a number, to its ISO 4217 code."""

CURRENCIES: Mapping[str, str] = MappingProxyType({**_NAMES, **_SIGNS})
"""Name, code or sign of a currency, as it stands before a number, to its ISO 4217 code."""

CURRENCY_BEFORE = WordTable(CURRENCIES)

INSIDE = WordTable(_effects({name: words for name, words in _WORDS["inside"].items() if name != "look_alikes"}))
INSIDE_LOOK_ALIKES = frozenset(_WORDS["inside"]["look_alikes"].split())
OUTSIDE = WordTable(_effects({name: words for name, words in _WORDS["outside"].items() if not name.startswith("far")}))
AFTER = _effects(_WORDS["after"])
AFTER_OUTSIDE = _effects(_WORDS["after_outside"])
"""What a word before (inside or outside the span) or after an amount says of it: about, nearly, over, under, valued."""


def words(group: str, name: str) -> tuple[str, ...]:
    """Return one list of ``configs/money_words.toml``.

    >>> words("kind", "giving")[:2]
    ('捐', '赠')
    """
    return tuple(_WORDS[group][name].split())


def simplified(text: str) -> str:
    """Return the text as the money grammar reads it, every character in its place.

    The traditional characters of its vocabulary are simplified, zero-width characters become :data:`THIN`.

    >>> simplified("捐贈價值5萬圓")
    '捐赠价值5万圆'
    """
    return text.translate(_TO_SIMPLIFIED) if _TRADITIONAL.search(text) else text
