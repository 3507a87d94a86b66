"""Canonical names: the full form of the bodies and places that one document names in several ways.

A place's canonical name is its chain of official names. A body keeps the words of the text: a short form is completed with
the place it leaves out (区委 to 滨河区委), an alias that the text defines and the shorter form of a longer name give the longer
name, and where nothing is certain the name stays as it stands. What people tune lies in ``configs/names.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.data_folders import data_folder
from pipeline.normalise.gazetteer import gazetteer
from pipeline.normalise.place_resolver import resolve
from pipeline.spans import Place

CONFIG = data_folder("configs") / "names.toml"

_BLANK = re.compile(r"[\s\u200b\u3000\u00a0\ufeff]+")
_DEFINED = r"[（(](?:以下|下文)?(?:统一)?(?:简称|下称|并称|又称|原名|即|原)?(?:为)?[:：]?[“\"‘「]?(?P<alias>{alias})[”\"’」]?[）)]"
_CALLED = r"[,，]?(?:以下|下文)?简称(?:为)?[:：]?[“\"‘「]?(?P<alias>{alias})(?![\w])"
_KINDS = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|党总支|党支部|党委|小学|中学|学校|大学|学院|医院|幼儿园|基金会|协会|商会|银行|支行|分行|"
    r"合作社|委员会|居委会|村委会|工作组|工作队|中心|局|厅|办公室|办|报|厂|店|院|馆|社|会|队|站|部|所|联盟)$"
)
# Names on 公司, 小学 and the like keep their kind and their core when they lose what stands between.
_COMPANY = ("公司", "集团")
_SHORTENED = (*_COMPANY, "小学", "中学", "学校", "医院", "幼儿园", "合作社", "基金会")
_PARTY = ("党总支", "党支部", "党委")
_NO_DISTRICT = ("自治区", "居民区", "小区", "社区", "园区", "开发区", "示范区", "保护区")
_POINTER = re.compile(r"^(?:我|本|该|此|全|当地)$")


@dataclass(frozen=True, slots=True)
class NameTable:
    """The contents of ``configs/names.toml``."""

    ranks: tuple[str, ...]
    bodies: tuple[str, ...]
    references: Mapping[str, tuple[str, ...]]
    canonical: Mapping[str, str]


@cache
def name_table(path: Path = CONFIG) -> NameTable:
    """Read the table of names.

    Raises ValueError naming the file and the key when one of the four parts is missing.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    missing = [key for key in ("ranks", "bodies", "references", "canonical") if key not in content]
    if missing:
        raise ValueError(
            f"{path.name}: no {', '.join(missing)}; each of ranks, bodies, references and canonical is needed"
        )
    references = {word: tuple(endings) for word, endings in content["references"].items()}
    return NameTable(tuple(content["ranks"]), tuple(content["bodies"]), references, content["canonical"])


def canonical_names(
    mentions: Sequence[tuple[str, str]],
    text: str,
    home: str | None = None,
    year: int | None = None,
    passages: Sequence[int] | None = None,
) -> list[str]:
    """Give the canonical name of each organisation and place of one document, in the same order.

    ``mentions`` are the surfaces and labels (``ORG`` or ``GPE``) of one document in the order of its ``text``; ``home``,
    ``year`` and ``passages`` are those of :func:`pipeline.normalise.place_resolver.resolve`. The list goes by mention and not
    by surface, since 县委 may mean another county further down. A name that nothing explains comes back as it is, without
    stray blanks.

    >>> canonical_names([("静安区", "GPE"), ("区委", "ORG")], "静安区召开会议，区委领导出席。")
    ['上海市静安区', '静安区委']
    """
    return _Names(mentions, text, home, year, passages).canonical


def resolve_reference(word: str, before: Sequence[tuple[str, str]], home: str | None = None) -> str:
    """Give the body or place that a plain word (街道, 集团, 工作组, 该县) means, or the word itself when none fits.

    ``before`` are the canonical names and labels of the mentions before the word, in the order of the text; the nearest
    that fits counts. ``home`` is the document's home region as a chain: 我 and 本 mean it first. What follows
    the word for a body stays (街道商会20家会员企业), a plural 们 goes.

    >>> before = [("云岭县", "GPE"), ("滨河街道", "GPE"), ("滨河街道商会", "ORG")]
    >>> [resolve_reference(word, before) for word in ("街道", "该县", "商会企业家们", "代表团")]
    ['滨河街道', '云岭县', '滨河街道商会企业家', '代表团']
    """
    name = _BLANK.sub("", word)
    table = name_table()
    for rank in table.ranks:
        if name.endswith(rank) and (name == rank or _POINTER.match(name[: -len(rank)])):
            own = home is not None and name[0] in "我本全"
            found = (_upto(home, rank) if own and home else None) or _nearest_place(rank, before)
            return found or name
    for noun in sorted(table.references, key=len, reverse=True):
        if name.startswith(noun):
            endings = table.references[noun]
            bodies = [body for body, label in before if label == "ORG" and body.endswith(endings) and body != noun]
            return bodies[-1] + name[len(noun) :].removesuffix("们") if bodies else name
    short = _short_form(name)
    if short:
        same = [body for body, label in before if label == "ORG" and body.endswith(_head(name)) and body != name]
        if same:
            return same[-1] + name[len(_head(name)) :].removesuffix("们")
        place = _nearest_place(short, before)
        return _last_part(place, short) + name[len(short) :].removesuffix("们") if place else name
    return name


def _head(name: str) -> str:
    """Give the words for a body at the beginning of ``name``: 街道商会 of 街道商会20家会员企业."""
    nouns = [noun for noun in name_table().references if noun in name]
    return min((name[: name.index(noun) + len(noun)] for noun in nouns), key=len, default=name)


def _nearest_place(rank: str, before: Sequence[tuple[str, str]]) -> str | None:
    for name, label in reversed(before):
        if label == "GPE" and (found := _upto(name, rank)):
            return found
    return None


def _parts(chain: str) -> list[str]:
    """Split a chain of names after each word for a rank, by the gazetteer as far as it knows them.

    >>> _parts("云南省白水州云岭县柳湾乡上寨村")
    ['云南省', '白水州', '云岭县', '柳湾乡', '上寨村']
    """
    _, ends = gazetteer().chain(chain)
    known = [chain[start:end] for start, end in zip((0, *ends), ends, strict=False)]
    rest = chain[ends[-1] :] if ends else chain
    ranks = "|".join(name_table().ranks)
    return [*known, *re.findall(rf"(?:(?!{ranks}).)+(?:居民区|{ranks})|.+$", rest)]


def _upto(chain: str, rank: str) -> str | None:
    """Give the chain down to its innermost part of ``rank``: 上海市静安区 of 上海市静安区江宁路街道."""
    parts = _parts(chain)
    for index in range(len(parts), 0, -1):
        part = parts[index - 1]
        if len(part) > len(rank) and part.endswith(rank) and not (rank == "区" and part.endswith(_NO_DISTRICT)):
            return "".join(parts[:index])
    return None


def _last_part(chain: str, rank: str) -> str:
    parts = [part for part in _parts(chain) if part.endswith(rank)]
    return parts[-1] if parts else chain


def _short_form(name: str) -> str | None:
    """Give the rank with which a body's short name begins (区 of 区委组织部), or None when it is no such form."""
    table = name_table()
    for rank in table.ranks:
        rest = name.removeprefix(rank)
        if rest != name and rest.startswith(table.bodies):
            return rank
    return None


class _Names:
    """The names of one document: aliases first, then short forms by the places before them, then shorter forms of longer names."""

    def __init__(
        self,
        mentions: Sequence[tuple[str, str]],
        text: str,
        home: str | None,
        year: int | None,
        passages: Sequence[int] | None,
    ) -> None:
        self.names = [_BLANK.sub("", surface) for surface, _ in mentions]
        self.labels = [label for _, label in mentions]
        self.text = _BLANK.sub("", text)
        self.home = home
        places = [index for index, label in enumerate(self.labels) if label == "GPE"]
        inside = [passages[index] for index in places] if passages is not None else None
        values = resolve([self.names[index] for index in places], home, year, inside)
        self.places: dict[int, Place] = dict(zip(places, values, strict=True))
        self.bodies = [name for name, label in zip(self.names, self.labels, strict=True) if label == "ORG"]
        self.aliases = self._aliases()
        self.canonical: list[str] = []
        for index in range(len(mentions)):
            self.canonical.append(self._canonical(index))

    def _canonical(self, index: int) -> str:
        name = self.names[index]
        if self.labels[index] == "GPE":
            return self.places[index].name or name
        listed = name_table().canonical.get(name)
        if listed or name in self.aliases:
            return listed or self.aliases[name]
        rank = _short_form(name)
        if rank:
            place = self._place_of_rank(index, rank)
            return place + name[len(rank) :] if place else name
        return self._part_of_body(index, name) or self._longer(index, name) or self._listed_after(index, name) or name

    def _aliases(self) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        named = set(self.bodies)
        for name, label in zip(self.names, self.labels, strict=True):
            for pattern in (_DEFINED, _CALLED):
                if label == "ORG" and name in self.text:
                    for match in re.finditer(
                        re.escape(name) + pattern.format(alias=r"[^“”\"（）()，,。]{2,20}?"), self.text
                    ):
                        alias = match["alias"]
                        if (alias in named or "称" in match[0][len(name) :]) and alias != name:
                            found.setdefault(alias, set()).add(name)
        return {alias: next(iter(full)) for alias, full in found.items() if len(full) == 1}

    def _place_of_rank(self, index: int, rank: str) -> str | None:
        """Give the place that a short form leaves out: the home's, else the nearest before, else the only one in the document."""
        if self.home and not self.home.isdigit() and (own := _upto(self.home, rank)):
            return _last_part(own, rank)
        for before in range(index - 1, -1, -1):
            if part := self._part(before, rank):
                return part
        later = {part for after in range(index + 1, len(self.names)) if (part := self._part(after, rank))}
        return later.pop() if len(later) == 1 else None

    def _part(self, index: int, rank: str) -> str | None:
        """Give the name of ``rank`` inside a mention in the words of the text, a bare place name (崇明) by its official one."""
        name = self.names[index]
        if _short_form(name):
            return None
        if self.labels[index] == "ORG":
            _, ends = gazetteer().chain(name)
            known = [place for place in self.names[:index] if name.startswith(place) and place.endswith(rank)]
            name = max([name[: ends[-1]] if ends else "", *known], key=len)
        found = _upto(name, rank) if name else None
        if not found and index in self.places and self.places[index].name:
            found = _upto(self.places[index].name or "", rank)
        return _last_part(found, rank) if found else None

    def _part_of_body(self, index: int, name: str) -> str | None:
        """Give 远帆集团本部党支部 for the 集团本部党支部 after 远帆集团."""
        for noun in ("集团", "公司", "学校", "医院", "商会", "协会"):
            if name.startswith(noun) and name != noun:
                endings = name_table().references[noun]
                before = zip(self.names[:index], self.labels[:index], strict=True)
                bodies = [body for body, label in before if label == "ORG" and body.endswith(endings) and body != noun]
                return bodies[-1] + name[len(noun) :] if bodies else None
        return None

    def _longer(self, index: int, name: str) -> str | None:
        """Give the one longer name of the document that this is a shorter form of, the nearest before among a place's own bodies."""
        kind = _KINDS.search(name)
        stem = name[: kind.start()] if kind else name
        places = {place for place, label in zip(self.names, self.labels, strict=True) if label == "GPE"}
        if len(stem) < 2 or stem in places or gazetteer().units(stem):
            return None
        same = [body for body in self.bodies if len(body) > len(name)]
        tails = [body for body in same if body.endswith(name) and self._is_place(body.removesuffix(name), places)]
        if tails:
            before = [body for body in self.bodies[: self._bodies_before(index)] if body in tails]
            return before[-1] if before else tails[0] if len(set(tails)) == 1 else None
        if not kind:
            return None
        ending = kind[0][-2:] if kind[0].endswith(_COMPANY) else kind[0]
        forms = {body for body in same if re.sub(r"(?<=.)[省市县区]", "", body) == name}
        if ending in (*_SHORTENED, *_PARTY) and not _KINDS.search(stem):
            whole = [body.removesuffix(ending) for body in same if body.endswith(ending) and not _short_form(body)]
            forms |= {
                core + ending
                for core in whole
                if stem in core and (ending not in _PARTY or core.endswith(_COMPANY)) and not core.startswith(name)
            }
        return forms.pop() if len(forms) == 1 else None

    def _bodies_before(self, index: int) -> int:
        return sum(label == "ORG" for label in self.labels[:index])

    @staticmethod
    def _is_place(words: str, places: set[str]) -> bool:
        _, ends = gazetteer().chain(words)
        return words in places or bool(ends and ends[-1] == len(words))

    def _listed_after(self, index: int, name: str) -> str | None:
        """Give 滨河区司法局 for the 司法局 in 区水务局、司法局: a list shares the place of its first member."""
        if not index or self.labels[index - 1] != "ORG" or not name.endswith(("局", "委", "办", "院", "会", "联")):
            return None
        previous = self.names[index - 1]
        rest = previous.removeprefix(_short_form(previous) or "")
        place = self.canonical[index - 1].removesuffix(rest)
        listed = any(previous + mark + name in self.text for mark in "、和与及")
        return place + name if listed and place and place != self.canonical[index - 1] else None
