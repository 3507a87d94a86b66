"""Places: from the names a document uses to codes of GB/T 2260 and full chains of official names.

A name is read by itself first: a chain (湖北省宜昌市夷陵区) or a name that the whole country has once. What is left is settled by
the rest of the document, by :data:`EVIDENCE` in that order, and stays open, with its candidates, where nothing tells.
Villages are in no list: they take the place they lie in from their own chain or from the names before them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.normalise.gazetteer import Gazetteer, Unit, gazetteer
from pipeline.spans import Place

EVIDENCE = ("named itself", "its county", "its prefecture", "its province")
"""What speaks for one of several namesakes, the strongest first: the document's other places and its home."""

UNKNOWN = Place(None, None)

_BLANK = re.compile(r"[\s\u200b\u3000\u00a0\ufeff]+")
_CLASS_NOUNS = frozenset(("新区",))
"""Words that once were the whole name of a district and mean others now."""
_DEICTIC = re.compile(r"^(我|本|该|此|全|当地)(省|自治区|市|州|县|区|旗|镇|乡|街道|村)$")
_GROUP = re.compile(r"(小组|组|队|社)$")
_ZONE = re.compile(r"(开发区|园区|产业园|工业园|新区|管理区|示范区|试验区|保税区|林场|农场)$")
_QUARTER = re.compile(r"(社区|居民区|小区|新村)$")
_VILLAGE = re.compile(r"(村|寨|屯|庄|嘎查|牧业队|村民小组|小组|组|队|社|坪)$")
_TOWNSHIP = re.compile(r"(镇|乡|街道|苏木)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mention says by itself: the units its innermost known name may mean, and the words after it (a village)."""

    units: tuple[Unit, ...]
    rest: str = ""
    names: int = 0
    """How many known names the chain has."""
    bare: bool = False
    """Whether the innermost name stands without the word for its rank (文山)."""


def read(surface: str, year: int | None = None) -> Reading:
    """Read one place name by itself, stray spaces and line breaks ignored.

    >>> reading = read("云南省文山州广南县坝美镇法利村")
    >>> [unit.township for unit in reading.units], reading.rest
    (['坝美镇'], '法利村')
    """
    name = _BLANK.sub("", surface)
    if name in _CLASS_NOUNS:
        return Reading((), name)
    units, ends = gazetteer().chain(name, 0, year)
    end = ends[-1] if ends else 0
    bare = gazetteer().is_bare(name[([0, *ends])[-2] : end]) if ends else False
    return Reading(units, name[end:], len(ends), bare)


def resolve(
    surfaces: Sequence[str],
    home: str | None = None,
    year: int | None = None,
    passages: Sequence[int] | None = None,
) -> list[Place]:
    """Give the place behind each of a document's place names, in the same order.

    ``surfaces`` are all place names of one document in the order of the text, deictic words (我镇, 该县) allowed. ``home`` is
    the area the document comes from, a name, chain or code, or None. ``year`` is the document's year: codes and names are
    those in force then; None means now, a former name giving its successor. ``passages`` numbers the item of news of
    each name; a village then takes the place around it from its own item only.

    A place whose county stays open has no code; where namesakes are the reason, ``candidates`` has their codes.

    >>> [place.code for place in resolve(["云南省广南县", "坝美镇", "朝阳区"])]
    ['532627', '532627', None]
    """
    document = _Document(list(surfaces), home, year, list(passages) if passages is not None else [0] * len(surfaces))
    return [document.place(index) for index in range(len(surfaces))]


class _Document:
    """The names of one document and the units settled so far: by themselves, then by each other, then by those before."""

    def __init__(self, surfaces: list[str], home: str | None, year: int | None, passages: list[int]) -> None:
        self.gazetteer: Gazetteer = gazetteer()
        self.year = year
        self.names = [_BLANK.sub("", surface) for surface in surfaces]
        self.passages = passages
        self.readings = [read(name, year) for name in self.names]
        self.home = _home(home, year)
        self.units: list[Unit | None] = [None] * len(surfaces)
        self.rests: list[str] = [""] * len(surfaces)
        self.open: dict[int, tuple[Unit, ...]] = {}
        for index, reading in enumerate(self.readings):
            if _speaks_for_itself(reading):
                self._settle(index, reading.units[0], reading.rest)
        sure = [(index, unit) for index, unit in enumerate(self.units) if unit is not None]
        for index, reading in enumerate(self.readings):
            if self.units[index] is None and reading.units:
                self._choose(index, reading, sure)
        for index, name in enumerate(self.names):
            if self.units[index] is None and index not in self.open:
                self._place_unknown(index, name)
        inside = {(unit, rest) for unit, rest in zip(self.units, self.rests, strict=True) if unit and rest}
        self.rests = [
            rest + "村" if (unit, rest + "村") in inside else rest
            for unit, rest in zip(self.units, self.rests, strict=True)
        ]

    def _settle(self, index: int, unit: Unit, rest: str) -> None:
        self.units[index], self.rests[index] = unit, rest

    def _choose(self, index: int, reading: Reading, sure: Sequence[tuple[int, Unit]]) -> None:
        scores = {unit: self._evidence(unit, sure) for unit in reading.units}
        best = max(scores.values())
        if reading.bare and reading.names == 1 and reading.rest and (best < 2 or _QUARTER.fullmatch(reading.rest)):
            # 新安 in front of an unknown village's name need not be the county of that name.
            return
        chosen = [unit for unit, score in scores.items() if score == best]
        if len(chosen) > 1 and best == len(EVIDENCE):
            named = [(at, unit) for at, other in sure for unit in chosen if _names(other, unit)]
            chosen = [unit for at, unit in named if at < index][-1:] or [unit for _, unit in named][:1] or chosen
        if len(chosen) > 1 and not best:
            provinces = [unit for unit in chosen if unit.level == 1]
            chosen = provinces or chosen
        if len(chosen) > 1 and reading.bare:
            # 文山 alone: the prefecture when the others lie in it.
            chosen = [u for u in chosen if all(v == u or v.lies_in(u) for v in chosen)] or chosen
        foreign = not best and (sure or self.home) and chosen[0].level == 4
        if len(chosen) == 1 and not foreign:
            # 文山三七产业园区 keeps the name of its city, which is part of its own.
            own_name = reading.bare and reading.names == 1 and _ZONE.search(reading.rest)
            self._settle(index, chosen[0], self.names[index] if own_name else reading.rest)
        elif foreign and _TOWNSHIP.search(self.names[index]) and self._around(index, (3,), False):
            # Namesakes elsewhere only: a township that the lists do not have, in the county named before.
            return
        else:
            self.open[index] = tuple(chosen)

    def _evidence(self, unit: Unit, sure: Sequence[tuple[int, Unit]]) -> int:
        others = [other for _, other in sure] + ([self.home] if self.home else [])
        score = 0
        for other in others:
            if _names(other, unit):
                return len(EVIDENCE)
            if other.level >= 3 and other.code == unit.code:
                score = max(score, 3)
            elif unit.level > 2 and other.level > 1 and other.code[:4] == unit.code[:4]:
                score = max(score, 2)
            elif unit.level > 1 and other.code[:2] == unit.code[:2]:
                score = max(score, 1)
        return score

    def _place_unknown(self, index: int, name: str) -> None:
        deictic = _DEICTIC.match(name)
        if deictic:
            unit = self._pointed_at(index, deictic[1], deictic[2])
            if unit:
                self._settle(index, unit, "")
            return
        twin = self._longer_form(index, name)
        if twin is not None:
            self._settle(index, *twin)
            return
        around: tuple[Unit, str] | None = None
        if _GROUP.search(name) and (village := self._village_before(index)):
            unit, rest = village
            around = (unit, "" if name.startswith(rest) else rest)
        elif _ZONE.search(name):
            around = self._around(index, (2, 3), False)
        elif _TOWNSHIP.search(name):
            around = self._around(index, (3,), False)
        elif _QUARTER.search(name):
            around = self._around(index, (3, 4), True)
        elif _VILLAGE.search(name):
            around = self._around(index, (3, 4), False)
        if around:
            self._settle(index, around[0], around[1] + name)

    def _pointed_at(self, index: int, pointer: str, rank: str) -> Unit | None:
        if pointer in "我本全" and self.home and (own := self._of_rank(self.home, rank)):
            return own
        before = (unit for unit in reversed(self.units[:index]) if unit)
        return next((fitting for unit in before if (fitting := self._of_rank(unit, rank))), None)

    def _of_rank(self, unit: Unit, rank: str) -> Unit | None:
        """Give the unit of ``rank`` that ``unit`` is or lies in."""
        if unit.township and unit.township.endswith(rank):
            return unit
        codes = (unit.code, unit.code[:4] + "00", unit.code[:2] + "0000")
        for division in (self.gazetteer.at(code, self.year) for code in codes):
            if division and division.name.endswith(rank) and not (rank == "区" and division.name.endswith("自治区")):
                return Unit(division)
        return None

    def _longer_form(self, index: int, name: str) -> tuple[Unit, str] | None:
        """Give the place of a longer name of the document that ends or begins as this one does (落水洞 in 落水洞村)."""
        for other in [*range(index - 1, -1, -1), *range(index + 1, len(self.names))]:
            unit, rest = self.units[other], self.rests[other]
            if unit is None:
                continue
            if rest and (rest == name or rest.endswith(name) or (len(name) > 1 and _VILLAGE.sub("", rest) == name)):
                return unit, rest if rest.startswith(name) else name
            if not rest and len(name) > 1 and unit.township and _TOWNSHIP.sub("", unit.township) == name:
                return unit, ""
        for ending in ("镇", "乡", "街道"):
            units = self.gazetteer.units(name + ending, self.year)
            counties = {unit.code for unit in self.units if unit and unit.level >= 3}
            near = [unit for unit in units if unit.level == 4 and unit.code in counties]
            if len(near) == 1:
                return near[0], ""
        return None

    def _village_before(self, index: int) -> tuple[Unit, str] | None:
        """Give the village named directly before, to which a village group belongs."""
        if index and self.passages[index - 1] == self.passages[index]:
            unit, rest = self.units[index - 1], self.rests[index - 1]
            if unit and rest.endswith("村"):
                return unit, rest
        return None

    def _around(self, index: int, levels: tuple[int, ...], street_offices: bool) -> tuple[Unit, str] | None:
        """Give what lies around an unlisted name: the township or county named last before it, in its own passage.

        A township counts when it is named directly before, alone, or when it is the only one named in its county;
        otherwise its county does. Villages are not looked for in street offices when anything else is named.
        """
        here = [at for at in range(index) if self.passages[at] == self.passages[index]]
        offices: list[tuple[Unit, str]] = []
        for at in reversed(here):
            unit, rest = self.units[at], self.rests[at]
            if unit is None or (unit.level not in levels and not (unit.level == 4 and 3 in levels)):
                continue
            if at == index - 1 and rest and unit.level == 4 and not self.readings[at].units:
                return unit, ""
            towns = {u for i in here if (u := self.units[i]) and u.level == 4 and u.code == unit.code}
            as_town = unit.level == 4 and 4 in levels and ((at == index - 1 and not rest) or towns == {unit})
            found = unit if as_town or unit.level < 4 else Unit(unit.division)
            if unit.level == 4 and unit.township.endswith("街道") and not street_offices:
                offices.append((unit if 4 in levels else Unit(unit.division), ""))
                continue
            return found, ""
        if offices:
            return offices[0]
        if self.home and self.home.level in levels and self.home.level == 4:
            return self.home, ""
        return None

    def place(self, index: int) -> Place:
        """Give the finished value of one name."""
        if index in self.open:
            return Place(None, None, tuple(sorted({unit.code for unit in self.open[index]})))
        unit, rest = self.units[index], self.rests[index]
        if unit is None:
            return UNKNOWN
        name = self.gazetteer.full_name(unit, self.year) + rest
        if unit.level < 3 and (rest or unit.township) and self.gazetteer.has_parts(unit.code):
            return Place(None, name)
        return Place(unit.code, name)


def _speaks_for_itself(reading: Reading) -> bool:
    """Tell whether the reading needs no evidence: one unit, and not a lone township or a bare name with words after it."""
    if len(reading.units) != 1:
        return False
    if reading.names > 1:
        return True
    return reading.units[0].level < 4 and not (reading.bare and reading.rest and reading.units[0].level > 1)


def _names(other: Unit, unit: Unit) -> bool:
    """Tell whether ``other`` is ``unit`` or, for a county, lies in it."""
    return other == unit or (unit.level == 3 and other.code == unit.code)


def _home(home: str | None, year: int | None) -> Unit | None:
    if not home:
        return None
    if re.fullmatch(r"\d{6}", home):
        division = gazetteer().at(home, year)
        return Unit(division) if division else None
    units = read(home, year).units
    return units[0] if len(units) == 1 else None
