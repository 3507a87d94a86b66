"""Pushing against a doccano in memory: what is there stays, what broke is mended, what fails is undone."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from training.desk import sync
from training.desk.exchange import Refusal, ascii_line
from training.desk.sync import Desk, push


def document(name: str, text: str = "甲公司向乙村捐款") -> dict[str, Any]:
    entities = [(0, 3, "ORG"), (4, 6, "GPE"), (6, 8, "EVENT")]
    return {
        "doc_id": name,
        "text": text,
        "entities": [
            {"id": number, "start_offset": start, "end_offset": end, "label": label}
            for number, (start, end, label) in enumerate(entities)
        ],
        "relations": [{"id": 0, "from_id": 2, "to_id": 0, "type": "donor"}],
        "meta": {"note": ""},
    }


class InMemory(Desk):
    """A project that keeps its documents here; ``spoil`` does to them what a bad import does."""

    def __init__(self) -> None:
        self.plan, self.url, self.id = {"project": "p"}, "http://desk", 1
        self.there: list[dict[str, Any]] = []
        self.uploads: list[int] = []
        self.number = 0
        self.spoil = lambda row: row

    def rows(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.there]

    def make(self) -> int:
        return 1

    def upload(self, rows: Any) -> None:
        self.uploads.append(len(rows))
        for row in rows:
            self.number += 1
            kept = json.loads(ascii_line(row)) | {"id": self.number, "Comments": [], "confirmed": False}
            self.there.append(self.spoil(kept))

    def remove(self, numbers: Any) -> None:
        self.there = [row for row in self.there if row["id"] not in set(numbers)]

    @property
    def names(self) -> list[str]:
        return [row["doc_id"] for row in self.there]


def test_a_second_push_sends_nothing() -> None:
    desk = InMemory()
    assert push(desk, [document("a"), document("b")])["sent"] == 2
    report = push(desk, [document("a"), document("b")])
    assert report == {"url": "http://desk/projects/1", "sent": 0, "known": 2, "removed": 0}
    assert desk.names == ["a", "b"]


def test_large_pushes_go_up_in_parts() -> None:
    desk = InMemory()
    push(desk, [document(f"d{number}") for number in range(sync.CHUNK * 2 + 1)])
    assert desk.uploads == [sync.CHUNK, sync.CHUNK, 1]


def test_doubles_go_and_the_one_that_somebody_worked_on_stays() -> None:
    desk = InMemory()
    push(desk, [document("a"), document("b")])
    desk.upload([sync.for_doccano(document(name)) for name in ("a", "b")])
    desk.there[3]["confirmed"] = True  # the second b
    report = push(desk, [document("a"), document("b")])
    assert (report["sent"], report["removed"]) == (0, 2)
    assert [(row["doc_id"], row["id"]) for row in desk.there] == [("a", 1), ("b", 4)]


def test_what_an_import_left_without_labels_is_sent_anew() -> None:
    desk = InMemory()
    push(desk, [document("a"), document("b")])
    desk.there[0] |= {"entities": [], "relations": []}
    desk.there[1] |= {"relations": []}
    report = push(desk, [document("a"), document("b")])
    assert (report["sent"], report["removed"]) == (2, 2)
    assert all(len(row["entities"]) == 3 and row["relations"] for row in desk.there)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row | {"entities": [], "relations": []},
        lambda row: row | {"text": row["text"] + "?"},
        lambda row: row | {"relations": []},
        lambda row: row | {"doc_id": None},
    ],
)
def test_what_comes_up_otherwise_than_sent_is_removed_and_refused(spoil: Any) -> None:
    desk = InMemory()
    push(desk, [document("a")])
    desk.spoil = spoil
    with pytest.raises(
        Refusal, match=r"^b: came up otherwise than sent \(1 documents\); they were removed, push again$"
    ):
        push(desk, [document("a"), document("b")])
    assert [name for name in desk.names if name] == ["a"]


def test_a_labeller_who_is_faster_than_the_comparison_loses_nothing() -> None:
    desk = InMemory()
    desk.spoil = lambda row: row | {"entities": row["entities"][1:], "relations": []}
    push(desk, [document("a")])
    assert len(desk.there[0]["entities"]) == 2


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([document("a"), document("a")], "two documents have the same doc_id; push each once"),
        ([document("a", "甲公司向丙村捐款")], "a: another text stands in project 'p' under this name; rename it"),
    ],
)
def test_wrong_pushes_change_nothing(documents: list[dict[str, Any]], message: str) -> None:
    desk = InMemory()
    push(desk, [document("a")])
    before = desk.rows()
    with pytest.raises(Refusal, match=message):
        push(desk, documents)
    assert desk.rows() == before


def test_a_failed_import_is_undone_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = InMemory()
    imports = SimpleNamespace(upload=lambda _file: "u", ingest=lambda *_, **__: "task")
    failed = SimpleNamespace(ready=True, error=None, result={"error": [{"message": "row 3\nis bad"}]})
    desk.client = SimpleNamespace(
        _data_import_repository=imports, _task_status_repository=SimpleNamespace(get=lambda _task: failed)
    )
    desk.there = [{"id": 7, "doc_id": "a"}, {"id": 8, "doc_id": "b"}]
    listed = [{"id": row["id"], "meta": {"doc_id": row["doc_id"]}} for row in desk.there]
    monkeypatch.setattr(InMemory, "pages", lambda *_, **__: iter(listed))
    with pytest.raises(Refusal, match=r"^http://desk: the import failed and was undone \(.*row 3"):
        Desk.upload(desk, [sync.for_doccano(document("b"))])
    assert desk.names == ["a"]


def test_a_worker_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "SECONDS", 0)
    desk = InMemory()
    waiting = SimpleNamespace(ready=False)
    desk.client = SimpleNamespace(_task_status_repository=SimpleNamespace(get=lambda _task: waiting))
    with pytest.raises(Refusal, match=r"^http://desk: a task was not done in 0 s; see whether doccano's worker runs$"):
        desk._done("task")
