"""The same occurrence told in several documents, found by a conservative rule and an index that lies on disk.

Two records tell the same occurrence when they stand in different documents, are of the same type, state the same amounts
(or, where no amount stands, the same counted goods), nothing in givers, receivers and days contradicts, and at least
two of these four speak for it, a party among them:

- the giver: the same full name;
- the receiver: the same full name;
- the days: both known, at most a month each, and they overlap;
- the words: the evidence is the same, blanks apart (a reprint).

A record that would join two records which cannot be one (of the same document, say) is joined to neither.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby
from typing import Any, Literal

from pipeline.event_types import event_scheme

MOST_NAMED = 100
"""Largest group whose members all name each other; of a larger one the first stands for all, so that output stays small."""
MOST_COMPARED = 200
"""Most tellings of one sum by one party that are compared; beyond it only reprints are joined (a standard grant says little)."""
SHORTEST_WORDS = 20
"""Characters from which the same evidence is no accident."""
NARROW = 31
"""Days that a date may be wide to speak for a link; a wider one can only contradict."""

Verdict = Literal["agree", "open", "contradict"]


@dataclass(frozen=True, slots=True)
class Telling:
    """What of a record decides whether another tells the same: names of ORG and GPE parties, days as ordinals, evidence."""

    event_id: str
    doc_id: str
    givers: frozenset[str]
    receivers: frozenset[str]
    first: int | None
    last: int | None
    words: str | None

    @property
    def content(self) -> tuple[object, ...]:
        """Everything but where it stands."""
        return self.givers, self.receivers, self.first, self.last, self.words


def link(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return for each record that other documents tell too the ``event_id`` of the others, sorted.

    ``records`` are lines of ``events.jsonl``, read once; records told once are not in the answer. The relation is symmetric
    and its groups are whole, whatever the order of the records; in a group of more than :data:`MOST_NAMED`, all name the
    first alone and the first names the second. Memory holds the answer and the tellings of one sum; the rest lies in a temporary file
    that SQLite removes.
    """
    linked: dict[str, tuple[str, ...]] = {}
    with closing(sqlite3.connect("")) as index:
        index.execute("CREATE TABLE tellings (sum TEXT, telling TEXT)")
        rows = ((key, _pack(telling)) for record in records if (key := sum_key(record)) and (telling := _read(record)))
        index.executemany("INSERT INTO tellings VALUES (?, ?)", rows)
        for _, same_sum in groupby(
            index.execute("SELECT sum, telling FROM tellings ORDER BY sum"), key=lambda row: row[0]
        ):
            for group in groups([_unpack(packed) for _, packed in same_sum]):
                if len(group) > MOST_NAMED:
                    linked |= dict.fromkeys(group, group[:1]) | {group[0]: group[1:2]}
                else:
                    linked |= {one: tuple(other for other in group if other != one) for one in group}
    return linked


def occurrence(record: Mapping[str, Any]) -> str:
    """Name the occurrence that a record tells: the first ``event_id`` of its group, its own when it is told once.

    >>> occurrence({"event_id": "b.txt#2", "same_as": ["a.txt#1", "c.txt#3"]})
    'a.txt#1'
    """
    return str(min([record["event_id"], *record.get("same_as", ())]))


def sum_key(record: Mapping[str, Any]) -> str | None:
    """Digest what must be equal in two tellings: type, whether it is a total, and amounts or counted goods.

    None for a record that is never linked: it has neither, or its type has no giver.
    """
    if event_scheme().types[record["type"]].giver is None:
        return None
    stated: list[list[str | None]] = [
        [
            amount["currency"],
            amount["per"],
            *([amount["value"]] if amount["value"] else [amount["lower"], amount["upper"]]),
        ]
        for amount in record["amounts"]
    ] or [
        [item["name"], item["quantity"], item["unit"]] for item in record["items"] if item["name"] and item["quantity"]
    ]
    if not stated:
        return None
    return _digest([record["type"], record["is_total"], sorted(stated, key=repr)])


def groups(tellings: Sequence[Telling]) -> list[tuple[str, ...]]:
    """Join the tellings of one sum: the groups of two and more, each sorted by ``event_id``.

    Reprints are joined first. Of what is left, a telling that agrees with two which do not agree with one another is
    joined to neither; what remains falls into groups in which every two agree.
    """
    nodes = _reprints(tellings)
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        for name in node[0].givers:
            by_name["giver", name].append(number)
        for name in node[0].receivers:
            by_name["receiver", name].append(number)
    near: dict[int, set[int]] = {number: set() for number in range(len(nodes))}
    candidates = [numbers for numbers in by_name.values() if len(numbers) <= MOST_COMPARED]
    for one, other in {pair for numbers in candidates for pair in combinations(numbers, 2)}:
        if agree(nodes[one][0], nodes[other][0]) and not _share_document(nodes[one], nodes[other]):
            near[one].add(other)
            near[other].add(one)
    torn = {one for one, around in near.items() if any(around - {other} - near[other] for other in around)}
    found = []
    for one, around in near.items():
        together = {one} if one in torn else {one} | (around - torn)
        if one == min(together):
            members = [telling.event_id for number in together for telling in nodes[number]]
            found.append(tuple(sorted(members)))
    return sorted(group for group in found if len(group) > 1)


def agree(one: Telling, other: Telling) -> bool:
    """Tell whether two tellings of the same sum in different documents are of one occurrence (the rule of this module)."""
    giver, receiver = parties(one.givers, other.givers), parties(one.receivers, other.receivers)
    days = _days(one, other)
    if "contradict" in (giver, receiver, days):
        return False
    reprint = one.words is not None and one.words == other.words
    spoken = (giver == "agree", receiver == "agree", days == "agree", reprint)
    return any(spoken[:2]) and sum(spoken) >= 2


def parties(ours: frozenset[str], theirs: frozenset[str]) -> Verdict:
    """Compare the names that fill one role in two tellings.

    One may name fewer than the other. A name inside another (青禾县, 青禾县明德小学) leaves it open, as does a missing one.

    >>> parties(frozenset({"青桐公司"}), frozenset({"青桐公司", "白鹭公司"})), parties(frozenset({"青禾县"}), frozenset({"白水县"}))
    ('agree', 'contradict')
    """
    if not ours or not theirs:
        return "open"
    if ours <= theirs or theirs <= ours:
        return "agree"
    return (
        "open" if any(a in b or b in a for a in ours for b in theirs if a != b) and not ours & theirs else "contradict"
    )


def _days(one: Telling, other: Telling) -> Verdict:
    first, last = _later(one.first, other.first), _earlier(one.last, other.last)
    if first is not None and last is not None and first > last:
        return "contradict"
    narrow = all(t.first is not None and t.last is not None and t.last - t.first < NARROW for t in (one, other))
    return "agree" if narrow else "open"


def _later(one: int | None, other: int | None) -> int | None:
    return max(one, other) if one is not None and other is not None else one if other is None else other


def _earlier(one: int | None, other: int | None) -> int | None:
    return min(one, other) if one is not None and other is not None else one if other is None else other


def _share_document(one: Sequence[Telling], other: Sequence[Telling]) -> bool:
    return not {telling.doc_id for telling in one}.isdisjoint(telling.doc_id for telling in other)


def _reprints(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Put tellings of the same words and content together, the n-th of each document with the n-th of the others."""
    times: Counter[tuple[object, ...]] = Counter()
    together: dict[tuple[object, ...], list[Telling]] = {}
    for telling in sorted(tellings, key=lambda t: (t.doc_id, t.event_id)):
        rank = times[telling.doc_id, telling.content]
        times[telling.doc_id, telling.content] += 1
        alone = not agree(telling, telling)
        together.setdefault((telling.content, rank, telling.event_id if alone else None), []).append(telling)
    return list(together.values())


def _read(record: Mapping[str, Any]) -> Telling | None:
    """Take from a record what decides; None where no named body or place fills a role."""
    kind = event_scheme().types[record["type"]]
    givers, receivers = _names(record, kind.giver), _names(record, kind.receiver)
    if kind.giver == kind.receiver and len(givers) < 2:  # one party of a contract does not speak twice
        receivers = frozenset()
    if not givers and not receivers:
        return None
    when = record["date"] or {"first_day": None, "last_day": None}
    first, last = (
        date.fromisoformat(day).toordinal() if day else None for day in (when["first_day"], when["last_day"])
    )
    words = "".join(record["evidence"]["text"].split())
    digest = _digest(words) if len(words) >= SHORTEST_WORDS else None
    return Telling(record["event_id"], record["doc_id"], givers, receivers, first, last, digest)


def _names(record: Mapping[str, Any], role: str | None) -> frozenset[str]:
    found = (party for party in record["participants"] if party["role"] == role and party["label"])
    return frozenset("".join((party["canonical"] or party["text"]).split()) for party in found)


def _pack(telling: Telling) -> str:
    names = sorted(telling.givers), sorted(telling.receivers)
    return json.dumps([telling.event_id, telling.doc_id, *names, telling.first, telling.last, telling.words])


def _unpack(packed: str) -> Telling:
    event_id, doc_id, givers, receivers, first, last, words = json.loads(packed)
    return Telling(event_id, doc_id, frozenset(givers), frozenset(receivers), first, last, words)


def _digest(key: object) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:20]
