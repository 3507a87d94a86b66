"""What a machine can see of a labelled bulletin's faults: edges, overlaps, forgotten labels, records that do not hold.

``problems(bulletin)`` returns every fault with its place and the remedy; an empty list is a clean bulletin.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.event_types import event_scheme
from pipeline.policy import BODY_PART
from pipeline.spans import LABELS
from training.markup import ARGUMENTS, Bulletin, Mark

EDGE = " \t\n　，。、；：！？,;!?·"
OPENERS = {"“": "”", "《": "》", "（": "）", "「": "」", "(": ")", "‘": "’", "『": "』", "【": "】"}
AMOUNT = re.compile(
    r"[\d一二三四五六七八九十百千两几数壹贰叁肆伍陆柒捌玖拾佰仟][\d一二三四五六七八九十百千万亿余多来几数壹贰叁肆伍陆柒捌玖拾佰仟,.]*(?:万|亿)?(?:美元|港元|港币|欧元|日元|元|块钱)(?!旦|宵|素|件|月|气|年|首|老|帅)"
)
CALENDAR = re.compile(
    r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|(?:今|去|明|前)年(?:\d{1,2}月)?|[近日]日前?(?=，)|日前|近日|当天|当日|次日"
)
"""Expressions that can hardly be anything but an amount of money or a date, by the guide's MONEY and DATE sections."""

GROWS_LEFT = {"MONEY": re.compile(r"(?:大?约|近|逾|超过?|不少于|至少|不超过|最低|最高|人民币|￥)\s?$")}
GROWS_RIGHT = {
    "MONEY": re.compile(r"左右|上下|以上|以下|以内|余元|多元|整(?![^，。、；）\n])|人民币"),
    "DATE": re.compile(
        r"以来|前后|前夕|期间|之?前(?![往来去线赴])|[上下]午|[早晚]上|凌晨|傍晚|清晨|[上中下]旬|年?底|初(?![级中次始步心])"
    ),
    "ORG": BODY_PART,
    "GPE": re.compile(
        r"(?:机关)?(?:党支部(?!建设|示范)|党总支|党委|党工委|村委会|居委会|办事处|人民政府|政府(?!采)|区委|县委|纪委|人大|政协|法院|检察院)"
    ),
}
"""Words that belong into a span of the label when they stand directly beside it (the guide's ORG, GPE, MONEY, DATE)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: the bulletin, the offset in its clean text, and a sentence that says what is wrong and what would be right."""

    bulletin: str
    offset: int
    fault: str

    def __str__(self) -> str:
        return f"{self.bulletin}@{self.offset}: {self.fault}"


def problems(bulletin: Bulletin) -> list[Problem]:
    """List every fault of one bulletin, in order of place."""
    found = [
        *_edges(bulletin),
        *_too_short(bulletin),
        *_overlaps(bulletin),
        *_two_labels([bulletin]),
        *_forgotten(bulletin),
        *_records(bulletin),
    ]
    return sorted(found)


def corpus_problems(bulletins: Sequence[Bulletin]) -> list[Problem]:
    """List every fault of a whole corpus, those between bulletins (a form with two labels, a name used twice) included."""
    found = [problem for bulletin in bulletins for problem in problems(bulletin)]
    names = defaultdict(list)
    for bulletin in bulletins:
        names[bulletin.name].append(bulletin)
    found += [
        Problem(name, 0, "this name is used by two bulletins; rename one")
        for name, same in names.items()
        if len(same) > 1
    ]
    return sorted({*found, *_two_labels(bulletins)})


def _text(bulletin: Bulletin, mark: Mark) -> str:
    return bulletin.text[mark.start : mark.end]


def _label_marks(bulletin: Bulletin) -> list[Mark]:
    return [mark for mark in bulletin.marks if mark.label in LABELS]


def _edges(bulletin: Bulletin) -> list[Problem]:
    found = []
    for mark in bulletin.marks:
        text = _text(bulletin, mark)
        if mark.label is None:
            continue
        if not text:
            found.append(Problem(bulletin.name, mark.start, f"empty {mark.label} mark; label some text"))
        elif text[0] in EDGE or text[-1] in EDGE:
            found.append(
                Problem(bulletin.name, mark.start, f"{text!r} has white space or punctuation at its edge; trim it")
            )
        elif any(text.count(opener) != text.count(closer) for opener, closer in OPENERS.items()):
            found.append(
                Problem(bulletin.name, mark.start, f"{text!r} holds half of a paired mark; take both or neither")
            )
        if any(mark.span.overlaps(line) for line in bulletin.furniture):
            found.append(
                Problem(
                    bulletin.name, mark.start, f"{text!r} is labelled in page furniture; furniture holds no entities"
                )
            )
    return found


def _too_short(bulletin: Bulletin) -> list[Problem]:
    found = []
    labelled_at = {mark.start for mark in _label_marks(bulletin)}
    for mark in _label_marks(bulletin):
        text, line = _text(bulletin, mark), bulletin.text
        left, right = GROWS_LEFT.get(mark.label or ""), GROWS_RIGHT.get(mark.label or "")
        if left and (match := left.search(line, max(0, mark.start - 4), mark.start)):
            found.append(
                Problem(
                    bulletin.name,
                    mark.start,
                    f"{match[0]!r} directly before {text!r} belongs into the {mark.label}; move the edge",
                )
            )
        if right and mark.end not in labelled_at and (match := right.match(line, mark.end)):
            found.append(
                Problem(
                    bulletin.name,
                    mark.start,
                    f"{match[0]!r} directly after {text!r} belongs into the {mark.label}; move the edge",
                )
            )
    return found


def _overlaps(bulletin: Bulletin) -> list[Problem]:
    marks = _label_marks(bulletin)
    return [
        Problem(
            bulletin.name,
            later.start,
            f"{_text(bulletin, later)!r} ({later.label}) overlaps {_text(bulletin, earlier)!r} ({earlier.label}); the longest entity wins, FILLER and ITEM alone may overlap",
        )
        for earlier, later in pairwise(marks)
        if earlier.span.overlaps(later.span)
    ]


def _two_labels(bulletins: Sequence[Bulletin]) -> list[Problem]:
    labels: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for bulletin in bulletins:
        for mark in _label_marks(bulletin):
            if mark.label in ("ORG", "GPE"):
                labels[_text(bulletin, mark)].setdefault(mark.label, (bulletin.name, mark.start))
    return [
        Problem(
            *places[next(iter(places))],
            f"{form!r} is {' here and '.join(f'{label} at {name}@{start}' for label, (name, start) in places.items())}; the same form gets the same label everywhere",
        )
        for form, places in labels.items()
        if len(places) > 1
    ]


def _forgotten(bulletin: Bulletin) -> list[Problem]:
    marks = _label_marks(bulletin)
    covered = bytearray(len(bulletin.text) + 1)
    for span in [*(mark.span for mark in marks), *bulletin.furniture]:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    found = []
    forms = {_text(bulletin, mark): mark.label for mark in marks if mark.label in ("ORG", "GPE")}
    for form, label in sorted(forms.items(), key=lambda item: -len(item[0])):
        if len(form) < 2:
            continue
        for match in re.finditer(re.escape(form), bulletin.text):
            if not any(covered[match.start() : match.end()]):
                context = bulletin.text[max(0, match.start() - 6) : match.end() + 6]
                found.append(
                    Problem(
                        bulletin.name,
                        match.start(),
                        f"{form!r} is {label} elsewhere but has no label in …{context}…; label it (or the longer name it stands in; quote venue names as they are)",
                    )
                )
    for pattern, label in ((AMOUNT, "MONEY"), (CALENDAR, "DATE")):
        for match in pattern.finditer(bulletin.text):
            if not any(covered[match.start() : match.end()]):
                found.append(
                    Problem(bulletin.name, match.start(), f"{match[0]!r} looks like {label} but has no label; label it")
                )
    return found


def _records(bulletin: Bulletin) -> list[Problem]:
    scheme = event_scheme()
    types: dict[int, set[str]] = defaultdict(set)
    filled: dict[int, set[str]] = defaultdict(set)
    found = []
    for mark in bulletin.marks:
        text = _text(bulletin, mark) or "(no anchor)"
        for link in mark.links:
            if link.name in scheme.types:
                types[link.number].add(link.name)
                if mark.label not in ("EVENT", None):
                    found.append(
                        Problem(
                            bulletin.name,
                            mark.start,
                            f"{text!r} is {mark.label} but opens {link.name}.{link.number}; an anchor is an EVENT",
                        )
                    )
        if mark.label == "EVENT" and not any(link.name in scheme.types for link in mark.links):
            found.append(Problem(bulletin.name, mark.start, f"EVENT {text!r} has no record; add TYPE.N"))
        if mark.label == "MONEY" and not mark.links and not mark.free:
            found.append(
                Problem(
                    bulletin.name,
                    mark.start,
                    f"MONEY {text!r} belongs to no record; add amount.N, or free if that is meant",
                )
            )
        if mark.label in ("FILLER", "ITEM") and not mark.links:
            found.append(
                Problem(bulletin.name, mark.start, f"{mark.label} {text!r} fills nothing; add role.N or item.N")
            )
    wanted = {"date": ("DATE",), "place": ("GPE", "FILLER"), "amount": ("MONEY", "FILLER"), "item": ("ITEM",)}
    for mark in bulletin.marks:
        for link in mark.links:
            filled[link.number].add(link.name)
            if link.name in scheme.types:
                continue
            text = _text(bulletin, mark)
            if not types[link.number]:
                found.append(
                    Problem(
                        bulletin.name,
                        mark.start,
                        f"{text!r} fills {link.name}.{link.number} but record {link.number} has no anchor; add TYPE.{link.number}",
                    )
                )
            elif link.name in ARGUMENTS and mark.label not in wanted[link.name]:
                found.append(
                    Problem(
                        bulletin.name,
                        mark.start,
                        f"{text!r} is {mark.label} but {link.name}.{link.number} takes {' or '.join(wanted[link.name])}",
                    )
                )
            elif link.name not in ARGUMENTS and mark.label not in ("ORG", "GPE", "FILLER"):
                found.append(
                    Problem(
                        bulletin.name,
                        mark.start,
                        f"{text!r} is {mark.label} but role {link.name} takes ORG, GPE or FILLER",
                    )
                )
            elif link.name not in ARGUMENTS and not any(
                link.name in scheme.types[name].roles for name in types[link.number]
            ):
                allowed = ", ".join(role for name in sorted(types[link.number]) for role in scheme.types[name].roles)
                found.append(
                    Problem(
                        bulletin.name,
                        mark.start,
                        f"{text!r}: {'/'.join(sorted(types[link.number]))} has no role {link.name!r}; it has {allowed}",
                    )
                )
    for number, names in types.items():
        if len(names) > 1:
            found.append(
                Problem(
                    bulletin.name, 0, f"record {number} has two types, {' and '.join(sorted(names))}; a record has one"
                )
            )
    return found
