"""Processes that answer tasks and readers that read files: what goes wrong in one is a fault, and the next goes on."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pipeline.documents import Document, list_inputs
from pipeline.outcome import Failure
from pipeline.reading import read_apart
from pipeline.workers import Fault, Limits, WorkerError, Workers, shared_threads


def load(fault: str = "") -> Callable[[str], str]:
    if fault == "raise":
        raise ValueError("cannot load")
    if fault == "die":
        os._exit(7)
    return answer


def answer(task: str) -> str:
    if task == "raise":
        raise RuntimeError("no\nanswer")
    if task == "allocate":
        raise RuntimeError("std::bad_alloc")
    if task == "flood":
        bytearray(10**11)
    if task == "die":
        os._exit(3)
    if task == "sleep":
        time.sleep(600)
    if task == "who":
        return str(os.getpid())
    return os.environ.get(task, task.upper())


def answers(tasks: list[str], count: int = 1, limits: Limits | None = None) -> list[tuple[int, str | Fault]]:
    with Workers(load, count, limits, shared_threads(3)) as workers:
        return list(workers.answers((number, task, 0.0) for number, task in enumerate(tasks)))


def test_one_process_answers_in_order_and_two_answer_all() -> None:
    tasks = [f"task {number}" for number in range(50)]
    expected = [(number, task.upper()) for number, task in enumerate(tasks)]
    assert answers(tasks) == expected
    assert sorted(answers(tasks, 2)) == expected  # type: ignore[type-var]


def test_faults_are_told_and_the_others_answered() -> None:
    tasks = ["a", "raise", "allocate", "b", "flood", "die", "c", "sleep", "d"]
    found = dict(answers(tasks, limits=Limits(seconds=4, megabytes=500)))
    assert [found[number] for number in (0, 3, 6, 8)] == ["A", "B", "C", "D"]
    reasons = {tasks[number]: said.reason for number, said in found.items() if isinstance(said, Fault)}
    assert reasons == {
        "raise": "failed",
        "allocate": "memory",
        "flood": "memory",
        "die": "crashed",
        "sleep": "time_out",
    }
    assert found[5] == Fault("crashed", "ended the process that read it (exit code 3); leave it out")
    assert found[7] == Fault("time_out", "took more than 4 s; split it")
    failed = found[1]
    assert isinstance(failed, Fault)
    assert failed.detail.startswith("RuntimeError at test_workers.py:")
    assert failed.detail.endswith(": no answer; report it with the input")


def test_a_long_task_gets_time_of_its_own() -> None:
    with Workers(load, 1, Limits(seconds=-1e6)) as workers:
        assert list(workers.answers([(0, "a", 0.0), (1, "b", 2e6)]))[1] == (1, "B")


def test_the_environment_of_a_process_holds_its_share_of_threads() -> None:
    assert [said for _, said in answers(["BANGFU_THREADS", "OMP_NUM_THREADS"])] == ["3", "3"]


def test_what_loading_raises_is_raised_here() -> None:
    with Workers(partial(load, "raise"), 2) as workers, pytest.raises(ValueError, match="cannot load"):
        list(workers.answers([(0, "a", 0.0)]))
    with Workers(partial(load, "die"), 1) as workers, pytest.raises(WorkerError, match=r"exit code 7"):
        list(workers.answers([(0, "a", 0.0)]))


def test_tasks_are_taken_as_they_are_needed() -> None:
    taken = []

    def tasks() -> object:
        for number in range(20):
            taken.append(number)
            yield number, "a", 0.0

    with Workers(load, 1) as workers:
        for number, _ in workers.answers(tasks()):  # type: ignore[arg-type]
            assert len(taken) <= number + 4


def test_a_process_that_died_while_it_waited_is_replaced() -> None:
    with Workers(load, 1) as workers:
        [(_, pid)] = workers.answers([(0, "who", 0.0)])
        os.kill(int(str(pid)), signal.SIGKILL)
        time.sleep(0.2)
        assert [said for _, said in workers.answers([(0, "a", 0.0), (1, "b", 0.0)])][-1] == "B"


def test_nothing_is_started_for_no_task() -> None:
    with Workers(load, 4) as workers:
        assert list(workers.answers([])) == []
        assert multiprocessing.active_children() == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "c"):
        (tmp_path / f"{name}.txt").write_text("青桐公司捐赠5万元。", encoding="utf-8")
    os.mkfifo(tmp_path / "b.txt")  # nobody writes into it: opening it never ends
    return tmp_path


def names(entries: list[Document | Failure]) -> list[str]:
    return [entry.doc_id if isinstance(entry, Document) else f"{entry.path}: {entry.reason}" for entry in entries]


def test_a_file_that_hangs_is_set_aside(folder: Path) -> None:
    entries = list(read_apart(list_inputs([folder]), limits=Limits(seconds=3)))
    assert names(entries) == ["a.txt", "b.txt: time_out", "c.txt"]


def test_a_file_that_kills_its_reader_is_set_aside(folder: Path) -> None:
    entries = read_apart(list_inputs([folder]))
    found = [next(entries)]
    [reader] = multiprocessing.active_children()
    threading.Timer(1, reader.kill).start()
    found += list(entries)
    assert names(found) == ["a.txt", "b.txt: crashed", "c.txt"]


def test_a_table_gives_its_documents_one_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "青桐公司捐赠5万元。"}\n' * 3000, encoding="utf-8")
    entries = read_apart(list_inputs([tmp_path]))
    assert names([next(entries), next(entries)]) == ["a.jsonl#1", "a.jsonl#2"]
    entries.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
