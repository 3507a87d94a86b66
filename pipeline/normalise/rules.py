"""A rule is a value: a name, a pattern, what it makes of a match, and the examples and rejects that prove it.

All rules of a kind stand in one flat list; the order of the list is the policy (first reading wins). One test collects
the lists and checks every rule both ways: each example must be read, as a whole, by this very rule and to the stated
value; each reject must not be read by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

V = TypeVar("V")
C = TypeVar("C")


@dataclass(frozen=True)
class Rule(Generic[V, C]):
    """One named way to read a stretch of text.

    ``pattern`` is the source of a regular expression. ``read`` takes its match and the context (for dates: the
    document's day and the dates before; for money: what stands around) and returns the value, or None for
    "no opinion". ``examples`` maps a surface form to the canonical short form of its value (``~200000 CNY``,
    ``2031-03-05/2031-03-09``); ``rejects`` are texts that look alike and must give nothing. Every match holds one of the words
    of ``needs``, if there are any: where none stands, the pattern need not be tried.
    """

    name: str
    pattern: str
    read: Callable[[re.Match[str], C], V | None]
    examples: Mapping[str, str]
    rejects: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled on first use: the money grammar alone takes 0.4 s."""
        return re.compile(self.pattern)

    def match(self, text: str, start: int, stop: int) -> re.Match[str] | None:
        """Match the pattern at ``start``, in ``text[:stop]``."""
        if self.needs and not any(text.find(word, start, stop) >= 0 for word in self.needs):
            return None
        return self.compiled.match(text, start, stop)
