"""Runs killed by SIGKILL at random moments: nothing half-written, nothing twice, and --resume goes on to the same bytes."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import stand_in
from test_run import bulletins, output_of, rows

FILES = ("events.jsonl", "entities.jsonl", "errors.jsonl", "run.json")


def start(arguments: list[str], real: bool = False) -> subprocess.Popen[bytes]:
    script = "-m pipeline extract" if real else str(Path(stand_in.__file__))
    return subprocess.Popen([sys.executable, *script.split(), *arguments], stderr=subprocess.DEVNULL)


def check_whole(folder: Path) -> None:
    """What a killed run leaves: every line is whole, none stands twice, and run.json counts what stands beside it."""
    for name in FILES[:3]:
        if (folder / name).exists():
            text = (folder / name).read_text(encoding="utf-8")
            assert text == "" or text.endswith("\n")
            names = [str(row.get("event_id") or row.get("doc_id")) for row in map(json.loads, text.splitlines())]
            assert len(names) == len(set(names))
    if (folder / "run.json").exists():
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        assert len(rows(folder / "entities.jsonl")) == len(run["inputs"]) == run["counts"]["documents"]
        assert len(rows(folder / "events.jsonl")) == run["counts"]["events"] == sum(i["events"] for i in run["inputs"])


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_at_random_25_times_goes_on_to_the_same_bytes(tmp_path: Path, workers: int) -> None:
    """With the stand-in for the models: loading the real ones 50 times would take most of an hour of processor time."""
    folder, output, moments = bulletins(tmp_path / "in", 400), tmp_path / "out", random.Random(workers)
    begun = time.monotonic()
    assert start([str(folder), "--output", str(tmp_path / "whole"), "--workers", str(workers)]).wait() == 0
    longest = time.monotonic() - begun
    expected = output_of(tmp_path / "whole")
    killed = 0
    while killed < 25:
        process = start([str(folder), "--output", str(output), "--workers", str(workers), "--resume"])
        time.sleep(moments.uniform(0.1, longest))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        check_whole(output)
        if killed % 5 == 0:
            assert start([str(folder), "--output", str(output), "--workers", str(workers), "--resume"]).wait() == 0
            assert output_of(output) == expected
            shutil.rmtree(output)


@pytest.mark.slow
def test_a_run_of_the_real_models_killed_at_random_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    folder, output, moments = tmp_path / "in", tmp_path / "out", random.Random(3)
    folder.mkdir()
    for number in range(12):
        told = f"2031年3月{number + 1}日，青桐公司向青禾县捐赠{number + 1}万元，用于修缮校舍。"
        (folder / f"{number:03}.txt").write_text(told, encoding="utf-8")
    begun = time.monotonic()
    assert start([str(folder), "--output", str(tmp_path / "whole")], real=True).wait() == 0
    longest = time.monotonic() - begun
    for _ in range(3):
        process = start([str(folder), "--output", str(output), "--resume"], real=True)
        time.sleep(moments.uniform(0.5, 1) * longest)
        process.send_signal(signal.SIGKILL)
        process.wait()
        check_whole(output)
    assert start([str(folder), "--output", str(output), "--resume"], real=True).wait() == 0
    assert output_of(output) == output_of(tmp_path / "whole")
