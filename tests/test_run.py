"""A run: each input ends in one of events, no events, errors; what it is, is the same however it was run."""

import json
import os
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
import stand_in
from rich.console import Console

from pipeline.files import text_path, whole_files
from pipeline.fingerprint import fingerprint
from pipeline.journal import JOURNAL, Journal, JournalError
from pipeline.outcome import Failure
from pipeline.run import Settings, run_extraction
from pipeline.workers import Limits

SHORT = Limits(seconds=5, megabytes=1000)


@pytest.fixture(autouse=True)
def _settled_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a file for the code, so that the tests hold while a person edits."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr("pipeline.run.fingerprint", partial(fingerprint, shipped=[tmp_path / "code"]))


def extract(paths: Path | list[str], output: Path, **settings: object) -> tuple[int, str]:
    """Run with the stand-in; return the number of rejected inputs and what was said."""
    said = StringIO()
    given = [str(paths)] if isinstance(paths, Path) else paths
    options = Settings(**{"workers": 1, **settings})  # type: ignore[arg-type]
    rejected = run_extraction(given, output, options, Console(file=said, width=200), stand_in.load)
    return rejected, said.getvalue()


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def output_of(folder: Path) -> dict[str, object]:
    """Everything that a run wrote, times apart."""
    found: dict[str, object] = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != JOURNAL
    }
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del run["seconds"]
    return found | {"run.json": run}


def bulletins(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        giver = "青桐公司" if number % 7 == 0 else f"第{number}小学"
        told = "今日无事。" if number % 5 == 0 else f"{giver}捐赠{number}万元。白鹭公司捐赠图书。"
        (folder / f"{number:03}.txt").write_text(told, encoding="utf-8")
    return folder


def test_every_input_ends_in_exactly_one_of_events_no_events_and_errors(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 6)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "rows.jsonl").write_text('{"text": "青桐公司捐赠5万元。"}\n{"no": 1}\n', encoding="utf-8")
    (folder / "none.csv").write_text("text\n", encoding="utf-8")
    (folder / "broken.txt").write_text(stand_in.BROKEN, encoding="utf-8")
    (folder / "deadly.txt").write_text(stand_in.DEADLY, encoding="utf-8")
    (folder / "endless.txt").write_text(stand_in.ENDLESS, encoding="utf-8")
    (folder / "hungry.txt").write_text(stand_in.HUNGRY, encoding="utf-8")
    rejected, said = extract(folder, tmp_path / "out", limits=SHORT)
    errors = {str(row["path"]): row["reason"] for row in rows(tmp_path / "out" / "errors.jsonl")}
    assert errors == {
        "broken.txt": "failed",
        "deadly.txt": "crashed",
        "empty.txt": "empty",
        "endless.txt": "time_out",
        "hungry.txt": "memory",
        "none.csv": "empty",
        "rows.jsonl#2": "empty",
    }
    assert rejected == len(errors)
    assert "broken.txt: failed: ValueError at stand_in.py:" in said
    read = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["inputs"]
    with_events = {row["doc_id"] for row in rows(tmp_path / "out" / "events.jsonl")}
    assert {row["doc_id"] for row in read if row["events"]} == with_events
    assert [row["doc_id"] for row in read if not row["events"]] == ["000.txt", "005.txt"]
    assert {row["doc_id"] for row in read}.isdisjoint(errors)
    assert [row["doc_id"] for row in read] == [row["doc_id"] for row in rows(tmp_path / "out" / "entities.jsonl")]
    assert len(read) + len(errors) == 6 + 1 + 2 + 1 + 4


def test_names_of_files_that_are_no_unicode_are_written_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, told in ((b"\xd6\xd0.txt", "青桐公司捐赠5万元。"), (b"\xd6\xd1.txt", "")):
        (tmp_path / "in" / os.fsdecode(name)).write_text(told, encoding="utf-8")
    extract(tmp_path / "in", tmp_path / "out")
    assert rows(tmp_path / "out" / "events.jsonl")[0]["doc_id"] == os.fsdecode(b"\xd6\xd0.txt")
    assert rows(tmp_path / "out" / "errors.jsonl")[0]["path"] == os.fsdecode(b"\xd6\xd1.txt")


def test_more_processes_give_the_same_bytes(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 30)
    extract(folder, tmp_path / "one")
    extract(folder, tmp_path / "three", workers=3)
    assert output_of(tmp_path / "one") == output_of(tmp_path / "three")


def test_resuming_keeps_what_has_not_changed_and_equals_a_fresh_run(tmp_path: Path) -> None:
    folder, output = bulletins(tmp_path / "in", 12), tmp_path / "out"
    extract(folder, output)
    (folder / "001.txt").unlink()
    (folder / "002.txt").write_text("白鹭公司捐赠桌椅。", encoding="utf-8")
    (folder / "new.txt").write_text("青桐公司捐赠7万元。", encoding="utf-8")
    (folder / "metadata.csv").write_text("path,published\n003.txt,2031-03-05\n", encoding="utf-8")
    _, said = extract(folder, output, resume=True)
    assert "12 documents (9 kept)" in said
    extract(folder, tmp_path / "fresh")
    assert output_of(output) == output_of(tmp_path / "fresh")
    assert "12 documents (12 kept)" in extract(folder, output, resume=True)[1]
    assert output_of(output) == output_of(tmp_path / "fresh")


def test_a_run_that_does_not_resume_begins_anew(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 3)
    extract(folder, tmp_path / "out")
    assert "3 documents (0 kept)" in extract(folder, tmp_path / "out")[1]


def test_other_models_other_code_and_another_day_are_a_change(tmp_path: Path) -> None:
    folder, models = bulletins(tmp_path / "in", 3), tmp_path / "models"
    models.mkdir()
    extract(folder, tmp_path / "out", models=models)
    assert "(3 kept)" in extract(folder, tmp_path / "out", models=models, resume=True)[1]
    (models / "weights").write_bytes(b"1")
    assert "(0 kept)" in extract(folder, tmp_path / "out", models=models, resume=True)[1]
    (tmp_path / "code" / "a.py").write_text("2", encoding="utf-8")
    assert "(0 kept)" in extract(folder, tmp_path / "out", models=models, resume=True)[1]
    day = date(2031, 3, 5)
    assert "(0 kept)" in extract(folder, tmp_path / "out", models=models, resume=True, published=day)[1]


def test_what_failed_is_tried_again_when_resuming(tmp_path: Path) -> None:
    path = tmp_path / "slow.txt"
    path.write_text("青桐公司捐赠7万元。" * 20_000, encoding="utf-8")
    assert extract(path, tmp_path / "out", limits=Limits(seconds=-1999.99))[0] == 1
    assert extract(path, tmp_path / "out", resume=True)[0] == 0
    assert rows(tmp_path / "out" / "errors.jsonl") == []


def test_records_under_the_confidence_asked_for_go_to_review_with_a_reason(tmp_path: Path) -> None:
    folder, output = bulletins(tmp_path / "in", 12), tmp_path / "out"
    extract(folder, output)
    every = {row["event_id"]: row for row in rows(output / "events.jsonl")}
    extract(folder, output, resume=True, min_confidence=0.2)
    sure, doubtful = rows(output / "events.jsonl"), rows(output / "review.jsonl")
    assert sure
    assert doubtful
    assert [row["confidence"] for row in sure if row["confidence"] < 0.2] == []  # type: ignore[operator]
    assert doubtful[0]["reason"] == "confidence 0.17 is under 0.2: least sure is donor '第11小学' (0.50)"
    rest = [{key: value for key, value in row.items() if key != "reason"} for row in doubtful]
    assert {row["event_id"]: row for row in [*sure, *rest]} == every
    extract(folder, output, resume=True)
    assert not (output / "review.jsonl").exists()


def test_the_same_occurrence_in_two_documents_is_linked_at_the_end(tmp_path: Path) -> None:
    for name in ("a", "b"):
        told = "二〇三一年春季学期开学典礼上青桐公司捐赠图书三百册。"
        (tmp_path / f"{name}.txt").write_text(told, encoding="utf-8")
    extract([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], tmp_path / "out")
    linked = {row["event_id"]: row["same_as"] for row in rows(tmp_path / "out" / "events.jsonl")}
    assert linked == {"a.txt#0": ["b.txt#0"], "b.txt#0": ["a.txt#0"]}
    extract([str(tmp_path / "a.txt")], tmp_path / "out", resume=True)
    assert [row["same_as"] for row in rows(tmp_path / "out" / "events.jsonl")] == [[]]


def test_extracted_texts_are_written_and_leave_with_their_document(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out"
    (folder / "2031").mkdir(parents=True)
    told = "青桐公司捐赠7万元，白鹭公司捐赠桌椅，两所小学的师生和家长代表参加了仪式。"
    page = f"<html><body><article><p>{told}</p></article></body></html>"
    (folder / "2031" / "a.html").write_text(page, encoding="utf-8")
    (folder / "b.txt").write_text(told, encoding="utf-8")
    extract(folder, output)
    [path] = [path for path in (output / "texts").rglob("*") if path.is_file()]
    assert path.relative_to(output) == Path("texts/2031/a.html.txt")
    assert told in path.read_text(encoding="utf-8")
    (folder / "2031" / "a.html").unlink()
    extract(folder, output, resume=True)
    assert not (output / "texts").exists()


@pytest.mark.parametrize("doc_id", ["../a", "a/../../b", "", "/etc/a", "简" * 90, "a//b"])
def test_the_path_of_a_text_stays_below_texts(doc_id: str) -> None:
    path = text_path(doc_id)
    assert path.parts[0] == "texts"
    assert not {"..", "/"} & set(path.parts)
    assert max(len(part.encode()) for part in path.parts) <= 255


def test_missing_models_are_told_and_leave_nothing_behind(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 2)
    with pytest.raises(FileNotFoundError, match="no models"):
        extract(folder, tmp_path / "deep" / "out", models=tmp_path / "broken")
    assert not (tmp_path / "deep").exists()


def test_a_folder_that_another_run_writes_to_is_left_alone(tmp_path: Path) -> None:
    folder = bulletins(tmp_path / "in", 2)
    with Journal(tmp_path / "out", resume=False), pytest.raises(JournalError, match="wait until the other run ends"):
        extract(folder, tmp_path / "out")


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(b"something else " * 100)
    with pytest.raises(JournalError, match=r"\.journal: file is not a database; remove the file"):
        Journal(tmp_path, resume=True)


def test_a_journal_keeps_two_inputs_that_look_the_same(tmp_path: Path) -> None:
    error = Failure(path="a", reason="empty", detail="-")
    with Journal(tmp_path, resume=False) as journal:
        journal.add("key", 0, error)
        journal.add("key", 1, error)
        assert len(list(journal.outcomes())) == 2


def write(folder: Path, text: str, fault: str | None = None) -> None:
    with whole_files(folder, ["a", "seal"], gone=["b"]) as files:
        files["a"].write(text)
        if fault:
            raise ValueError(fault)


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "b").write_text("older", encoding="utf-8")
    write(folder, "old")
    (folder / "b").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="stop"):
        write(folder, "new", "stop")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {
        "a": "old",
        "b": "old",
        "seal": "",
    }
