"""The administered areas of China: provinces to counties with their GB/T 2260 codes and years, and the townships inside.

The lists lie in ``seeds/lists`` (their origin is told in its README) and are read at the first use, not at import. A name
is looked up in full (红河哈尼族彝族自治州), without nationalities (红河州), bare (红河) or as a listed alias; a name that is no
longer in force leads to the unit that took its place. Nothing here chooses between namesakes: every look-up gives all.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.data_folders import data_folder
from pipeline.spans import Span

LISTS = data_folder("seeds/lists")

_ENDING = re.compile(r"(特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|特区|省|市|州|县|区|盟|旗)$")
_TOWNSHIP_ENDING = re.compile(r"(?:民族|族)?(街道|镇|乡|苏木|地区)$")
_UNIT_ENDS = frozenset("省市州县区旗盟镇乡道木")
# What must not follow a bare name inside a chain: 平安 in 平安村 is the village's name, not the district's.
_CONTINUES_NAME = frozenset("省市州盟县区旗村镇乡路街社寨屯组队庄居")


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture or county under one code and one official name.

    ``since`` is the first year in force and ``until`` the year it ended, None for "as old as the lists" (1996) and
    "still in force"; in the year of a change both names count. ``successor`` is the code of what took its place.
    """

    code: str
    name: str
    since: int | None = None
    until: int | None = None
    successor: str | None = None

    def in_force(self, year: int | None) -> bool:
        """Tell whether the division exists in ``year``; None means at the lists' date.

        >>> Division("310230", "崇明县", None, 2016, "310151").in_force(2014)
        True
        """
        if year is None:
            return self.until is None
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class Unit:
    """A place the gazetteer knows: a division, or a township, street office or zone in it when ``township`` is not empty."""

    division: Division
    township: str = ""

    @property
    def code(self) -> str:
        """The code of the division."""
        return self.division.code

    @property
    def level(self) -> int:
        """1 for a province, 2 for a prefecture, 3 for a county, 4 for what lies in a township's rank."""
        if self.township:
            return 4
        return 1 if self.code.endswith("0000") else 2 if self.code.endswith("00") else 3

    def lies_in(self, outer: Unit) -> bool:
        """Tell whether this unit is a part of ``outer`` and not the same."""
        if outer.level >= self.level:
            return False
        return self.code.startswith(outer.code[: 2 * outer.level])


class Gazetteer:
    """All divisions and townships, looked up by name and by code."""

    def __init__(
        self,
        divisions: Iterable[Division],
        townships: Iterable[tuple[str, tuple[str, ...]]],
        aliases: Iterable[tuple[str, str]] = (),
        nationalities: Iterable[str] = (),
        common_words: Iterable[str] = (),
    ) -> None:
        """Index the lists: ``townships`` pairs a code with the names inside, ``aliases`` a short name with a code."""
        self._nationality = re.compile(f"(?:{'|'.join(sorted(nationalities, key=len, reverse=True)) or '(?!)'})+$")
        self._by_code: dict[str, list[Division]] = {}
        self._full: dict[str, list[Division]] = {}
        self._short: dict[str, list[Division]] = {}
        self._towns: dict[str, list[tuple[str, str]]] = {}
        self.common_words = frozenset(common_words)
        for division in divisions:
            self._by_code.setdefault(division.code, []).append(division)
            self._full.setdefault(division.name, []).append(division)
            for short in self.short_names(division.name):
                self._short.setdefault(short, []).append(division)
        for alias, code in aliases:
            self._short.setdefault(alias, []).extend(d for d in self._by_code[code] if d.until is None)
        for code, names in townships:
            for name in names:
                self._towns.setdefault(name, []).append((code, name))
                if "族" in name and (short := self._without_nationalities(name)) != name:
                    self._towns.setdefault(short, []).append((code, name))
        above = ((code, (code[:2] + "0000", code[:4] + "00")) for code in self._by_code)
        self._parents = {outer for code, outers in above for outer in outers if outer != code}
        lengths: dict[str, set[int]] = {}
        for name in (*self._full, *self._short, *self._towns):
            lengths.setdefault(name[:2], set()).add(len(name))
        self._ends = {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}

    def _without_nationalities(self, name: str) -> str:
        ending = _TOWNSHIP_ENDING.search(name) or _ENDING.search(name)
        if not ending:
            return name
        stem = self._nationality.sub("", name[: ending.start(1)])
        return stem + ending[1] if len(stem) >= 2 else name

    def short_names(self, name: str) -> tuple[str, ...]:
        """Give the shorter forms of an official name, the longest first; one-character forms (沪) are none.

        >>> gazetteer().short_names("红河哈尼族彝族自治州")
        ('红河州', '红河')
        """
        ending = _ENDING.search(name)
        if not ending:
            return ()
        stem = name[: ending.start()]
        bare = self._nationality.sub("", stem)
        if len(bare) < 2:
            # 鄂温克族自治旗 is named after the people itself; 内蒙古 keeps its whole stem.
            bare = stem.removesuffix("族") if stem else ""
        forms = [bare + ending[1][-1]] if ending[1].startswith("自治") and ending[1] != "自治区" else []
        return tuple(dict.fromkeys(form for form in [*forms, bare] if len(form) >= 2 and form != name))

    def at(self, code: str, year: int | None = None) -> Division | None:
        """Give the division that ``code`` stands for in ``year`` (None: now), its successor or its predecessor; None if unknown."""
        under = self._by_code.get(code)
        if not under:
            return None
        for division in under:
            if division.in_force(year):
                return division
        if year is not None and all(d.since is not None and d.since > year for d in under):
            before = [d for ds in self._by_code.values() for d in ds if d.successor == code and d.in_force(year)]
            return before[0] if len(before) == 1 else under[0]
        return self._current(max(under, key=lambda d: d.until or 0), year)

    def _current(self, division: Division, year: int | None) -> Division:
        for _ in range(9):
            if division.in_force(year) or division.successor is None or (division.since or 0) > (year or 9999):
                return division
            later = [d for d in self._by_code.get(division.successor, []) if (d.until or 9999) > (division.until or 0)]
            if not later:
                return division
            division = min(later, key=lambda d: d.until or 9999)
        return division

    def units(self, name: str, year: int | None = None) -> tuple[Unit, ...]:
        """Give every unit that ``name`` may mean in ``year`` (None: now), a former name standing for its successor.

        >>> [unit.code for unit in gazetteer().units("横县")], [unit.code for unit in gazetteer().units("横县", 2018)]
        (['450181'], ['450127'])
        """
        found: dict[Unit, None] = {}
        for named in (self._full.get(name, []), self._short.get(name, [])):
            now = [d for d in named if d.in_force(year)]
            if len(now) > 1:
                # In the year of a change the old and the new unit are one.
                now = [d for d in now if not any(d.successor == other.code for other in now if other is not d)]
            found.update({Unit(d): None for d in now or [self._current(d, year) for d in named]})
            if now:
                break
        for code, township in self._towns.get(name, []):
            division = self.at(code, year)
            if division:
                found[Unit(division, township)] = None
        return tuple(found)

    def ends(self, text: str, start: int) -> Iterator[int]:
        """Give where the known names that begin at ``start`` end, the longest first."""
        for length in self._ends.get(text[start : start + 2], ()):
            name = text[start : start + length]
            if len(name) == length and (name in self._full or name in self._towns or name in self._short):
                yield start + length

    def chain(self, text: str, start: int = 0, year: int | None = None) -> tuple[tuple[Unit, ...], tuple[int, ...]]:
        """Read the unbroken chain of names from ``start``: what its innermost name may mean, and where each name ends.

        Each name must lie in the one before it; both answers are empty when no name begins here.

        >>> units, ends = gazetteer().chain("云南文山州广南县坝美镇法利村")
        >>> [unit.township for unit in units], ends
        (['坝美镇'], (2, 5, 8, 11))
        """
        return self._chain_inside(text, start, year, None)

    def _chain_inside(
        self, text: str, start: int, year: int | None, outer: tuple[Unit, ...] | None
    ) -> tuple[tuple[Unit, ...], tuple[int, ...]]:
        best: tuple[tuple[Unit, ...], tuple[int, ...]] = ((), ())
        for end in self.ends(text, start):
            if self._is_cut_short(text, start, end):
                continue
            units = self.units(text[start:end], year)
            if outer is not None:
                units = tuple(unit for unit in units if any(unit.lies_in(around) for around in outer))
            if not units:
                continue
            inner, ends = self._chain_inside(text, end, year, units)
            reach = (inner or units, (end, *ends))
            # The chain that goes furthest wins, the longer first name among equals.
            if not best[1] or reach[1][-1] > best[1][-1]:
                best = reach
        return best

    def _is_cut_short(self, text: str, start: int, end: int) -> bool:
        bare = text[end - 1] not in _UNIT_ENDS
        return bare and text[end : end + 1] in _CONTINUES_NAME and not next(self.ends(text, end), None)

    def has_parts(self, code: str) -> bool:
        """Tell whether counties stand under ``code``: true for 宜昌市, false for 东莞市 and for every county."""
        return code in self._parents

    def full_name(self, unit: Unit, year: int | None = None) -> str:
        """Give the chain of official names down to ``unit``, as they were in ``year`` or in its own last year.

        >>> full_name = gazetteer().full_name
        >>> full_name(*gazetteer().units("静安区"))
        '上海市静安区'
        """
        division = unit.division
        then = year if division.in_force(year) or division.until is None else division.until - 1
        names = []
        for code in (division.code[:2] + "0000", division.code[:4] + "00"):
            above = self.at(code, then) if code != division.code else None
            if above:
                names.append(above.name)
        return "".join([*names, division.name, unit.township])

    def marks(self, text: str) -> list[Span]:
        """Find the longest known names in ``text`` from left to right, everyday words and two-character townships left out.

        >>> gazetteer().marks("静安区与云南广南县签约")
        [Span(start=0, end=3), Span(start=4, end=6), Span(start=6, end=9)]
        """
        spans = []
        full, short, towns, heads, common = self._full, self._short, self._towns, self._ends, self.common_words
        position, last = 0, len(text) - 1
        while position < last:
            for length in heads.get(text[position : position + 2], ()):
                name = text[position : position + length]
                if len(name) < length:
                    continue
                if name in common or name.endswith("城乡"):
                    continue
                if name in full or name in short or (length > 2 and name in towns):
                    spans.append(Span(position, position + length))
                    position += length
                    break
            else:
                position += 1
        return spans

    def is_bare(self, name: str) -> bool:
        """Tell whether ``name`` is known without the word for its rank only (红河, not 红河州)."""
        return name in self._short and name not in self._full and name[-1] not in _UNIT_ENDS


def _rows(name: str) -> list[list[str]]:
    lines = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def gazetteer() -> Gazetteer:
    """Read the lists that ship and give their gazetteer, the same one at every call.

    Raises FileNotFoundError when a list is missing.
    """
    divisions = [
        Division(code, name, int(since) if since else None, int(until) if until else None, successor or None)
        for code, name, since, until, successor in _rows("divisions.tsv")[1:]
    ]
    townships = [(code, tuple(names.split())) for code, names in _rows("divisions-townships.tsv")[1:]]
    aliases = [(alias, code) for alias, code in _rows("divisions-aliases.tsv")[1:]]
    words = [[row[0] for row in _rows(name)] for name in ("divisions-nationalities.txt", "divisions-common-words.txt")]
    watched = gc.isenabled()
    gc.disable()  # a hundred thousand objects that all stay: looking for garbage among them takes as long as making them
    try:
        return Gazetteer(divisions, townships, aliases, *words)
    finally:
        if watched:
            gc.enable()
