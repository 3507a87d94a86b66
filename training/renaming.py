"""Gives the invented names of training bulletins other names of the same make-up, so that no model learns their characters.

The corpus builds invented names from a few characters a batch (``corpus/name_characters.txt``), while real villages and
companies are named with all sorts. Villages, schools and their like get the cores of real township names, companies get
common company characters or the sound of a foreign brand. Labels move along; the same name changes alike in a whole bulletin.
"""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipeline.spans import Span
from training.markup import Bulletin

LISTS = Path(__file__).parent.parent / "seeds" / "lists"
CHARACTERS = Path(__file__).parent.parent / "corpus" / "name_characters.txt"
_COMPANY = re.compile(r"公司|集团|厂$|银行|律师|超市|酒店|餐饮|科技|商行")
_TRADE = (
    "华金鑫盛达通宏泰丰隆兴祥裕昌源德诚信联合创新科东方海天龙中大世安康美佳宝利民益众顺和平永福广建英凯润正元百富荣久"
)
_BRAND = "玛丽凯琳斯特德尔卡诺维迪森克拉雅罗伯欧莱贝奥西蒙达姆林费列宜必赛米思普乐芬赫"
_TOWNSHIP_END = re.compile(r"(?:街道办事处|街道|镇|乡|地区|苏木|.{1,3}族乡)$")


def rename(bulletin: Bulletin, share: float = 1.0) -> Bulletin:
    """Return the bulletin with its invented names replaced; ``share`` is the chance that a bulletin is changed at all.

    The names depend on the bulletin alone: the same bulletin always gets the same ones.
    """
    chance = random.Random(hashlib.sha256(bulletin.name.encode()).digest())
    pool = name_characters().get(bulletin.name[0], "")
    if not pool or chance.random() >= share:
        return bulletin
    run = re.compile(f"[{pool}]{{2,}}")
    new_names: dict[str, str] = {}
    for mark in bulletin.marks:
        if mark.label in ("ORG", "GPE"):
            form = bulletin.text[mark.start : mark.end]
            for core in run.findall(form):
                new_names.setdefault(core, _company_name(chance) if _COMPANY.search(form) else _place_name(chance))
    return _replaced(bulletin, new_names) if new_names else bulletin


@cache
def name_characters(path: Path = CHARACTERS) -> Mapping[str, str]:
    """Read the characters of invented names by the first letter of a bulletin's name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line[0]: line.split("\t")[1] for line in lines if line and line[0] != "#"}


@cache
def _township_cores() -> tuple[str, ...]:
    lines = (LISTS / "divisions-townships.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[1] for line in lines[2:]]  # two lines of origin and column names
    cores = {_TOWNSHIP_END.sub("", name) for names in rows for name in names.split()}
    return tuple(sorted(core for core in cores if 2 <= len(core) <= 3))


def _place_name(chance: random.Random) -> str:
    return chance.choice(_township_cores())


def _company_name(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return "".join(chance.sample(_BRAND, chance.choice((2, 3, 3, 4))))
    return "".join(chance.sample(_TRADE, chance.choice((2, 2, 2, 3))))


def _replaced(bulletin: Bulletin, new_names: Mapping[str, str]) -> Bulletin:
    pattern = re.compile("|".join(sorted(new_names, key=len, reverse=True)))
    text: list[str] = []
    edges, shifts = [0], [0]  # from edges[i] on, a place of the old text lies shifts[i] further on
    position = 0
    for match in pattern.finditer(bulletin.text):
        new = new_names[match[0]]
        text += [bulletin.text[position : match.start()], new]
        position = match.end()
        edges.append(match.end())
        shifts.append(shifts[-1] + len(new) - len(match[0]))
    text.append(bulletin.text[position:])

    def moved(start: int, end: int) -> Span:
        return Span(*(place + shifts[bisect_right(edges, place) - 1] for place in (start, end)))

    def lines(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(moved(span.start, span.end) for span in spans)

    marks = []
    for mark in bulletin.marks:
        span = moved(mark.start, mark.end)
        marks.append(replace(mark, start=span.start, end=span.end))
    return Bulletin(
        bulletin.name,
        bulletin.header,
        "".join(text),
        tuple(marks),
        lines(bulletin.headlines),
        lines(bulletin.furniture),
    )
