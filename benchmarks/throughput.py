"""Measures whole runs: documents a second with 1 and 2 processes and on Ray, what a million documents take, and memory.

usage: python benchmarks/throughput.py [speed|memory] [--documents N] [--length CHARACTERS] [--engine processes,ray] [--price P]
       [--workers N] [--rules-only]

``speed`` runs ``bangfu extract`` on a table of N composed documents and on one of a few, and divides the difference, so that
loading is told apart from reading; core hours are processor time, on Ray all cores for the whole time. ``memory`` reads N short documents (20,000) and prints, while they are read, the resident
memory of the run's own process, of its reader and of its workers (Linux). P is the price of a core for an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

SENTENCES = (
    "{month}月{day}日，滨河区代表团一行赴云岭县考察对口支援工作，并召开座谈会。",
    "会上，远帆公司向云岭县第{count}小学捐赠助学金{amount}万元，用于改善办学条件。",
    "为{count}户困难家庭送上慰问金，每户{amount}元。",
    "今年以来，两地累计投入帮扶资金{amount}万元，实施项目{count}个，惠及群众2万人次。",
    "活动结束后，大家参观了村里的图书室和文化广场，并与师生合影留念。",
    "两地干部就产业发展、教育医疗、劳务协作等工作作了深入交流。",
)
FEW = 8
"""Documents of the run that tells what starting takes."""
EVERY = 10.0
"""Seconds between two lines of memory."""


def table(path: Path, documents: int, length: int) -> int:
    """Write composed documents of about ``length`` characters, one a row, and return their characters in all."""
    draw, total = random.Random(length), 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(documents):
            text = ""
            while len(text) < length:
                words = {"month": draw.randint(1, 12), "day": draw.randint(1, 28)}
                text += draw.choice(SENTENCES).format(count=draw.randint(2, 90), amount=draw.randint(2, 900), **words)
            total += len(text)
            file.write(json.dumps({"id": str(number), "published": "2031-12-05", "text": text}) + "\n")
    return total


def files(folder: Path, documents: int, length: int) -> int:
    """Write the same documents as files, several of which make a group on Ray."""
    folder.mkdir()
    total = table(folder.parent / "all.jsonl", documents, length)
    with (folder.parent / "all.jsonl").open(encoding="utf-8") as rows:
        for number, row in enumerate(rows):
            (folder / f"{number:06}.txt").write_text(json.loads(row)["text"], encoding="utf-8")
    return total


def command(source: Path, output: Path, *options: str) -> list[str]:
    """The command of one run."""
    return [sys.executable, "-m", "pipeline", "extract", str(source), "--output", str(output), *options]


def seconds(source: Path, *options: str) -> tuple[float, float]:
    """Wall time of one run, and the processor time of all its processes (on Ray: of none of the actors)."""
    with tempfile.TemporaryDirectory() as output:
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command(source, Path(output), *options), stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(options)}: {done.stderr}")
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(documents: int, length: int, engines: list[str], price: float) -> Iterator[str]:
    """Time each engine with 1 and 2 processes; yield a line for each."""
    cores = len(os.sched_getaffinity(0))
    yield f"{documents} documents of {length} characters, {cores} cores; a million of them: hours, core hours, price"
    yield "engine     processes  start s  documents/s  characters/s   hours  core hours   price"
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        few_characters, many_characters = files(few, FEW, length), files(many, documents, length)
        for engine in engines:
            if engine == "ray" and not find_spec("ray"):
                yield "ray: not installed; pip install 'bangfu[ray]'"
                continue
            for workers in (1, 2):
                options = ("--engine", engine, "--workers", str(workers))
                short, short_cpu = seconds(few, *options)
                long, long_cpu = seconds(many, *options)
                each = (long - short) / (documents - FEW)
                rate = (many_characters - few_characters) / (long - short)
                hours = each * 1e6 / 3600
                busy = hours * cores if engine == "ray" else (long_cpu - short_cpu) / (documents - FEW) * 1e6 / 3600
                yield (
                    f"{engine:<10} {workers:>9}  {short - FEW * each:>7.1f}  {1 / each:>11.2f}  {rate:>12,.0f}  "
                    f"{hours:>6,.1f}  {busy:>10,.1f}  {busy * price:>6.2f}"
                )


def memory(documents: int, length: int, *options: str) -> Iterator[str]:
    """Run over many short documents; yield a line of resident megabytes every :data:`EVERY` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "many.jsonl"), Path(folder, "out")
        table(source, documents, length)
        run = subprocess.Popen(command(source, output, *options), stderr=subprocess.DEVNULL)
        yield "seconds  run MB  reader and workers MB"
        started = last = time.perf_counter()
        while run.poll() is None:
            time.sleep(0.5)
            if (now := time.perf_counter()) - last >= EVERY:
                last = now
                others = " ".join(f"{resident(pid):.0f}" for pid in children(run.pid))
                yield f"{now - started:>7.0f}  {resident(run.pid):>6.0f}  {others}"
        yield f"{documents} documents in {time.perf_counter() - started:.0f} s; exit code {run.returncode}"
        disk = sum(path.stat().st_size for path in output.iterdir())
        yield f"output and journal: {disk / documents:,.0f} bytes a document"


def children(pid: int) -> list[int]:
    """Processes that a process has started, on Linux."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text(encoding="ascii").split()] if path.exists() else []


def resident(pid: int) -> float:
    """Resident memory of a process in megabytes; 0 when it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 1_000_000


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["speed", "memory"], default="speed")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--length", type=int)
    parser.add_argument("--engine", default="processes,ray")
    parser.add_argument("--workers", default="1", help="processes of the run whose memory is measured")
    parser.add_argument("--rules-only", action="store_true", help="measure memory without models")
    parser.add_argument("--price", type=float, default=0.05)
    given = parser.parse_args()
    lines = (
        memory(
            given.documents or 20_000,
            given.length or 30,
            *("--workers", given.workers),
            *(["--rules-only"] if given.rules_only else []),
        )
        if given.what == "memory"
        else speed(given.documents or 60, given.length or 600, given.engine.split(","), given.price)
    )
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
