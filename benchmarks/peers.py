"""Runs other packages on the tables of ``tests/cases`` and writes what each reads right and wrong into ``docs/values.md``.

usage: python -m benchmarks.peers [ENVIRONMENT]

The packages (:data:`PACKAGES`) are installed into an environment of their own, made where there is none; ``build/peers``
unless another folder is named. An amount is right when its currency and its value are (a range: both bounds), a date when
its first and last day are; a text without amounts or dates when nothing with a value is found.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.value_cases import covered, marked, rows
from pipeline.normalise.dates import DateContext, find_dates
from pipeline.normalise.money import find_money
from pipeline.normalise.numerals import plain_notation

PACKAGES = ("jionlp==1.5.28", "recognizers-text-suite==1.0.2a2", "emoji==1.7.0", "cn2an==0.5.24")
ENVIRONMENT = Path("build/peers")
ANSWERS = Path(__file__).with_name("peer_answers.py")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "values.md"
SHOWN = 24
"""Rows of a table of differences."""
OWN = "this project"
_NUMERAL = re.compile(r"[0-9.,一二两三四五六七八九十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟]+[元圆][整正]?")
Answer = list[Any]


@dataclass(frozen=True)
class Question:
    """One text of a table: what to read in it and the answers that are right for each marked span."""

    kind: str
    text: str
    day: str | None
    wanted: tuple[tuple[int, int, tuple[str, ...]], ...]
    known_open: bool


def questions(kind: str, names: Sequence[str]) -> Iterator[Question]:
    """Yield the rows of the tables ``names``; those of ``…-open`` are known to be read wrong."""
    for name in names:
        for cells in rows(name):
            text, expected = marked(cells[0], cells[-1])
            day = cells[1] if kind == "date" and cells[1] != "-" else None
            wanted = tuple((start, end, tuple(right)) for start, end, right in expected)
            yield Question(kind, text, day, wanted, "open" in name)


def own_answers(question: Question) -> list[Answer]:
    """Answer as this project does, in the form of ``peer_answers.py``."""
    if question.kind == "money":

        def write(number: Decimal | None) -> str | None:
            return None if number is None else plain_notation(number)

        return [
            [f.start, f.end, write(f.value.value), write(f.value.lower), write(f.value.upper), f.value.currency]
            for f in find_money(question.text)
        ]
    context = DateContext(date.fromisoformat(question.day) if question.day else None, "given")
    return [
        [f.start, f.end, [[str(day) if day else None for day in (f.value.first_day, f.value.last_day)]]]
        for f in find_dates(question.text, context)
    ]


def is_right(question: Question, answers: Sequence[Answer]) -> bool:
    """Tell whether every marked span is answered rightly, and a text without any not at all."""
    if not question.wanted:
        return not any(answer[2] and answer[2] != [[None, None]] for answer in answers)
    for start, end, right in question.wanted:
        near = [answer for answer in answers if answer[0] < end and start < answer[1]]
        if question.kind == "money":
            ok = any(_is_amount(short, answer) for short in right for answer in near)
        else:
            days = [[str(day) if day else None for day in covered(edtf)] for edtf in right]
            ok = any(reading in days for answer in near for reading in answer[2])
            ok = ok or ([None, None] in days and not near)
        if not ok:
            return False
    return True


def _is_amount(short: str, answer: Answer) -> bool:
    """Compare an answer with the short form of an amount (``~320000 >=320000 CNY``)."""
    figure, currency = short.lstrip("~").split()[0], re.search(r"\b[A-Z]{3}\b", short)
    if currency is None or answer[5] != currency[0]:
        return False
    if ".." in figure:
        low, _, high = figure.partition("..")
        return answer[2] is None and (answer[3] or "", answer[4] or "") == (low, high)
    return answer[2] is not None and Decimal(answer[2]) == Decimal(figure)


def environment(folder: Path) -> Path:
    """Return the interpreter of the peers' environment, which is made and filled where there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def peer_answers(python: Path, peer: str, asked: Sequence[Question]) -> list[list[Answer]]:
    """Ask one peer."""
    lines = "".join(
        json.dumps({"kind": q.kind, "text": q.text, "day": q.day}, ensure_ascii=False) + "\n" for q in asked
    )
    done = subprocess.run([python, ANSWERS, peer], input=lines, capture_output=True, check=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def numerals(asked: Sequence[Question]) -> list[Question]:
    """Return the amounts that are one exact number and 元, each as a text of its own: what a reader of numbers can do."""
    found = [
        Question("money", text, None, ((0, len(text), right),), question.known_open)
        for question in asked
        for start, end, right in question.wanted
        if _NUMERAL.fullmatch(text := question.text[start:end]) and right[0].split()[1:] == ["CNY"]
    ]
    return list(dict.fromkeys(found))


def compare(asked: Sequence[Question], answers: Mapping[str, Sequence[list[Answer]]]) -> str:
    """Write the counts and the differences of one kind as Markdown."""
    right = {name: [is_right(q, a) for q, a in zip(asked, given, strict=True)] for name, given in answers.items()}
    peers = [name for name in answers if name != OWN]
    parts = [f"{len(asked)} texts. Right: " + ", ".join(f"{name} {sum(ok)}" for name, ok in right.items()) + "."]
    gains = [i for i in range(len(asked)) if right[OWN][i] and not all(right[peer][i] for peer in peers)]
    losses = [i for i in range(len(asked)) if not right[OWN][i]]
    for title, chosen in (
        ("What peers get wrong", gains[:: max(1, len(gains) // SHOWN)]),
        ("What this gets wrong", losses),
    ):
        parts.append(f"{title}:\n\n| text | right | {' | '.join(answers)} |\n|{'---|' * (2 + len(answers))}")
        for index in chosen[:SHOWN]:
            question = asked[index]
            given = [_cell(question, answers[name][index], right[name][index]) for name in answers]
            wanted = "; ".join(values[0] for *_, values in question.wanted) or "nothing"
            parts[-1] += f"\n| {' '.join(question.text.split())} | {wanted} | {' | '.join(given)} |"
    return "\n\n".join(parts)


def _cell(question: Question, answers: Sequence[Answer], ok: bool) -> str:
    if ok:
        return "✓"
    if question.kind == "money":
        said = [f"{a[2] or f'{a[3]}..{a[4]}'} {a[5]}" for a in answers]
    else:
        said = [" or ".join("..".join(day or "" for day in days) for days in a[2][:2]) for a in answers]
    return "; ".join(said) or "nothing"


def main(arguments: Sequence[str]) -> None:
    """Ask everybody, and write the tables between the marks of :data:`PAGE`."""
    python = environment(Path(arguments[0]) if arguments else ENVIRONMENT)
    money = list(questions("money", ["money.tsv", "money-open.tsv"]))
    dates = list(questions("date", ["dates.tsv", "dates-open.tsv"]))
    plain = numerals(money)
    sections = []
    for title, asked, peers in (
        ("Amounts", money, ("jionlp", "recognizers-text")),
        ("Exact numbers", plain, ("cn2an",)),
        ("Dates", dates, ("jionlp", "recognizers-text")),
    ):
        answers = {OWN: [own_answers(question) for question in asked]}
        answers |= {peer: peer_answers(python, peer, asked) for peer in peers}
        sections.append(f"### {title}\n\n{compare(asked, answers)}")
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition("<!-- peers -->\n")
    tail = rest.partition("<!-- end of peers -->\n")[2]
    made = f"Packages: {', '.join(PACKAGES)}.\n\n" + "\n\n".join(sections)
    PAGE.write_text(f"{head}<!-- peers -->\n{made}\n<!-- end of peers -->\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
