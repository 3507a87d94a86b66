"""Measures how many characters a second the value rules read on one core, beside JioNLP where that is installed.

usage: python -m benchmarks.values [DOCUMENTS [ENVIRONMENT]]

The documents have 600 characters each and are composed here, so that the figure can be checked anywhere. Times are
processor times of one process; the best of three rounds counts. JioNLP runs where ``benchmarks.peers`` has made its
environment (``build/peers`` unless named).
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.documents import Document
from pipeline.normalise.dates import DateContext, find_dates
from pipeline.normalise.money import find_money
from pipeline.rules_only import read_outcome

PEER_ANSWERS = Path(__file__).with_name("peer_answers.py")
LENGTH = 600
"""Characters of a document."""

WITH_VALUES = (
    "{month}月{day}日，滨河区代表团一行赴云岭县考察对口支援工作，并召开座谈会。",
    "会上，远帆公司向云岭县3所小学捐赠助学金{amount}万元，用于改善办学条件。",
    "为{count}户困难家庭送上慰问金，每户{small}元，共计{amount}万余元。",
    "今年以来，两地累计投入帮扶资金{large}亿元，实施项目{count}个，惠及群众{amount}万人次。",
    "当天下午，志愿者走访慰问独居老人，送去价值约{small}元的生活物资。",
    "去年底，合作社实现销售收入{amount}万元，带动{count}户农户户均增收{small}元。",
    "203{year}年{month}月，滨河商会{count}家会员企业共筹资近{amount}万元援建村级卫生室。",
    "“十四五”期间，全县计划建成高标准农田{amount}万亩，总投资超过{large}亿元。",
)
WITHOUT_VALUES = (
    "代表团先后来到柳湾乡中心小学和县人民医院，详细了解教学、医疗条件和人才培养情况。",
    "双方表示，将进一步完善结对机制，在产业发展、劳务协作、消费帮扶等方面深化合作。",
    "老师和孩子们用歌声表达谢意，志愿者们还为同学们上了一堂生动的科普课。",
    "驻村工作队逐户走访，帮助村民解决饮水、出行和农产品销路等实际困难。",
    "活动现场气氛热烈，党员干部与居民代表围坐一起，共话邻里和睦、社区治理的心得。",
)


def compose(documents: int, seed: int = 5) -> list[str]:
    """Return so many documents of :data:`LENGTH` characters, the same for the same seed; four sentences in ten hold values."""
    choice = random.Random(seed)
    composed = []
    for _ in range(documents):
        text = ""
        while len(text) < LENGTH:
            sentence = choice.choice(WITH_VALUES if choice.random() < 0.4 else WITHOUT_VALUES)
            text += sentence.format(
                year=choice.randint(0, 9),
                month=choice.randint(1, 12),
                day=choice.randint(1, 28),
                amount=choice.choice(["5", "12.5", "20", "三十", "108"]),
                large=choice.choice(["1.2", "3", "两"]),
                small=choice.choice(["500", "1,000", "2000", "三千"]),
                count=choice.randint(2, 60),
            )
        composed.append(text[:LENGTH])
    return composed


def characters_a_second(read: Callable[[str], object], documents: int, rounds: int = 3) -> float:
    """Return the best speed of ``read``, in characters a second of processor time; every round has new documents."""
    read(compose(1, seed=99)[0])  # what a reader compiles or loads on its first call is not measured
    best = 0.0
    for seed in range(rounds):
        composed = compose(documents, seed)
        began = time.process_time()
        for document in composed:
            read(document)
        best = max(best, documents * LENGTH / (time.process_time() - began))
    return best


def peer_speed(python: Path, documents: int) -> Iterator[tuple[str, float]]:
    """Yield what JioNLP does in a second, by the interpreter of its own environment (:mod:`benchmarks.peers`)."""
    composed = compose(documents)
    for name, kinds in (("money", ["money"]), ("dates", ["date"]), ("money and dates", ["money", "date"])):
        asked = [{"kind": kind, "text": text, "day": "2031-03-09"} for text in composed for kind in kinds]
        lines = "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in asked)
        command = [str(python), str(PEER_ANSWERS), "jionlp", "--speed"]
        done = subprocess.run(command, input=lines, capture_output=True, check=True, encoding="utf-8")
        yield f"jionlp {name}", json.loads(done.stdout)


def read_by_rules(text: str) -> object:
    """Read a text on the whole path with rules alone, to its line of entities."""
    return read_outcome(Document("benchmark.txt", text, hashlib.sha256(text.encode()).hexdigest()))


def main(arguments: Sequence[str]) -> None:
    """Print one line a reader: name and characters a second."""
    documents = int(arguments[0]) if arguments else 200
    context = DateContext(date(2031, 3, 9), "given")
    own: dict[str, Callable[[str], object]] = {
        "money": find_money,
        "dates": lambda text: find_dates(text, context),
        "money and dates": lambda text: (find_money(text), find_dates(text, context)),
        "whole path, rules alone": read_by_rules,
    }
    for name, read in own.items():
        print(f"{name:24}{characters_a_second(read, documents):12,.0f}")
    python = Path(arguments[1] if len(arguments) > 1 else "build/peers") / "bin" / "python"
    if python.exists():
        for name, speed in peer_speed(python, min(documents, 20)):
            print(f"{name:24}{speed:12,.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
