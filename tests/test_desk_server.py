"""The desk against a real doccano: what goes up comes back, what a labeller does arrives, and nothing is lost or doubled."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from desk_documents import expected, labelled, plain_rows, strip, write_documents, write_rows
from desk_fixtures import PASSWORD, AtDocument, Doccano, Person, label_anew, labeller

from pipeline.spans import LABELS
from training.corpus import Row, compiled, read_batches, to_row
from training.desk.connection import ROOT, DeskError
from training.desk.join import join
from training.desk.pull import pull
from training.desk.push import look, push, read_and_label
from training.markup import Bulletin

pytestmark = pytest.mark.slow
ANNOTATE = [sys.executable, "-c", "from training.desk.commands import app; app()"]


def test_fifty_documents_go_up_are_labelled_and_join_the_corpus(
    doccano: Doccano, admin: Person, tmp_path: Path
) -> None:
    write_documents(tmp_path / "documents")
    rows, rejected = read_and_label([str(tmp_path / "documents")])
    assert (len(rows), rejected) == (50, [])
    gold = {bulletin.name: bulletin for bulletin in labelled()}
    rows = [
        row | {"records": []} if row["doc_id"] in gold else row for row in rows
    ]  # what no label says, nobody suggests
    report = push(rows, "fifty", doccano.connection)
    assert (report["sent"], report["known"], report["removed"]) == (50, 0, 0)
    assert push(rows, "fifty", doccano.connection)["known"] == 50

    project = admin.project("fifty")
    lin = labeller(admin, doccano.connection.url, project, "lin")
    examples = lin.examples(project)
    for name, bulletin in gold.items():
        at = AtDocument(lin, project, examples[name])
        assert at.text == bulletin.text
        label_anew(at, bulletin)
    other = AtDocument(lin, project, examples["z 07.txt"])
    other.comment("日期像是印错了")

    everything = pull("fifty", doccano.connection)
    pulled = {row["doc_id"]: row for row in everything.rows}
    assert pulled.keys() == {row["doc_id"] for row in rows}
    for row in rows:
        found = pulled[row["doc_id"]]
        source = (tmp_path / "documents" / row["doc_id"]).read_bytes().decode()
        for entity, (start, end) in zip(found["entities"], found["source"]["spans"], strict=True):
            form = found["text"][entity["start_offset"] : entity["end_offset"]]
            assert "".join(source[start:end].split()) == "".join(form.split())
        if row["doc_id"] in gold:
            assert strip(found) == expected(row, gold[row["doc_id"]])
            assert (found["annotators"], found["confirmed"]) == (["lin"], True)
        else:
            assert strip(found) == strip(row)
            assert not found["confirmed"]
    assert pulled["z 07.txt"]["comments"] == [{"by": "lin", "text": "日期像是印错了"}]

    corpus = tmp_path / "corpus"
    for split in ("train", "dev", "test"):
        (corpus / "bulletins" / split).mkdir(parents=True)
    shutil.copy(ROOT / "corpus" / "stock_phrases.txt", corpus)
    joined = join(everything, corpus)
    assert sorted(name for names in joined.added.values() for name in names) == sorted(gold)
    assert not [fault for fault in joined.left_out if fault.doc_id in gold]
    in_corpus = {bulletin.name: to_row(bulletin) for bulletin in read_batches([corpus / "bulletins"])}
    assert in_corpus == {name: expected(pulled[name], bulletin) for name, bulletin in gold.items()}
    assert sum(lines.count("\n") for lines in compiled(corpus).values()) == len(gold)
    again = join(everything, corpus)
    assert (again.added, again.replaced) == ({}, {})


def test_any_text_comes_back_to_the_character(doccano: Doccano) -> None:
    texts = [
        "　\r\n 云岭县\r\n",
        "\n\n云岭县😀\u2028云岭县\u0085",
        "~{𠮷}云岭县\t\u00a0 ",
        "é云岭县<b>&\\n",
        "云岭县\ufeff\u200b",
    ]
    rows: list[Row] = []
    for number, text in enumerate(texts):
        start = text.rindex("云岭县")
        entity = {"id": 0, "start_offset": start, "end_offset": start + 3, "label": "GPE"}
        bare = Bulletin(f"t-{number}", {}, text, (), (), ())
        rows.append(to_row(bare) | {"entities": [entity]})
    push(rows, "texts", doccano.connection)
    found = pull("texts", doccano.connection).rows
    assert [row["text"] for row in found] == texts
    assert [row["entities"] for row in found] == [row["entities"] for row in rows]


def test_a_push_killed_half_way_and_done_again_leaves_neither_gaps_nor_doubles(
    doccano: Doccano, admin: Person, tmp_path: Path
) -> None:
    rows = plain_rows(1100, spans=2)
    file = write_rows(tmp_path / "rows.jsonl", rows)
    command = [*ANNOTATE, "push", "--rows", str(file), "--project", "killed"]
    environment = os.environ | {"DOCCANO_FILE": str(doccano.home / "doccano.toml"), "PYTHONPATH": str(ROOT)}
    there: list[int] = []
    for least in (1, 501):  # once in the first upload, once in the second or later
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        until = time.monotonic() + 90
        while time.monotonic() < until and process.poll() is None:
            found = admin.get("/projects", q="killed")["results"]
            count = admin.get(f"/projects/{found[0]['id']}/examples", limit=1)["count"] if found else 0
            if count >= least:
                os.killpg(process.pid, signal.SIGKILL)
                there.append(count)
                break
            time.sleep(0.05)
        assert process.wait() == -signal.SIGKILL, "the push was done before it could be killed"
    assert max(there) < len(rows)
    push(rows, "killed", doccano.connection)
    assert len(admin.examples(admin.project("killed"))) == len(rows)
    assert [strip(row) for row in pull("killed", doccano.connection).rows] == rows


def test_documents_whose_import_broke_off_are_mended_and_those_of_labellers_kept(
    doccano: Doccano, admin: Person
) -> None:
    rows = plain_rows(6)
    push(rows, "broken", doccano.connection)
    project = admin.project("broken")
    examples = admin.examples(project)
    for name in ("r-00000", "r-00001"):
        admin.web.delete(f"/projects/{project}/examples/{examples[name]['id']}/spans").raise_for_status()
    admin.web.delete(f"/projects/{project}/examples/{examples['r-00002']['id']}/relations").raise_for_status()
    AtDocument(admin, project, examples["r-00001"]).confirm()  # a labeller meant it
    AtDocument(admin, project, examples["r-00003"]).unmark("座谈会")
    report = push(rows, "broken", doccano.connection)
    assert (report["sent"], report["removed"]) == (2, 2)
    found = {row["doc_id"]: row for row in pull("broken", doccano.connection).rows}
    whole = {row["doc_id"]: row for row in rows}
    for name in ("r-00000", "r-00002", "r-00004", "r-00005"):
        assert strip(found[name]) == whole[name]
    assert found["r-00001"]["entities"] == []
    assert len(found["r-00003"]["entities"]) == len(whole["r-00003"]["entities"]) - 1


def test_labels_that_overlap_are_named_and_helper_labels_may(doccano: Doccano, admin: Person) -> None:
    push(plain_rows(2), "overlap", doccano.connection)
    project = admin.project("overlap")
    for name, label in (("r-00000", "ORG"), ("r-00001", "FILLER")):
        at = AtDocument(admin, project, admin.examples(project)[name])
        at.mark(f"云岭县第{int(name[2:])}村来客", label)
    faults = [str(fault) for fault in pull("overlap", doccano.connection).faults]
    assert any(line.startswith("r-00000: ") and "overlaps" in line for line in faults)
    assert not any(line.startswith("r-00001: ") and "overlaps" in line for line in faults)
    assert "FILLER" not in LABELS


def test_guide_labels_keys_and_relations_are_there_and_brought_up_to_date(doccano: Doccano, admin: Person) -> None:
    rows = plain_rows(1)
    push(rows, "labels", doccano.connection)
    project = admin.project("labels")
    spans = {one["text"]: one for one in admin.get(f"/projects/{project}/span-types")}
    assert {name: (one["background_color"], one["suffix_key"]) for name, one in spans.items()}["MONEY"] == (
        "#d62728",
        "m",
    )
    assert len(spans) == 7
    relations = {one["text"] for one in admin.get(f"/projects/{project}/relation-types")}
    assert {"donor", "awardee", "same", "item"} <= relations
    path = f"/projects/{project}/span-types/{spans['MONEY']['id']}"
    admin.web.patch(path, json={"background_color": "#000000"}).raise_for_status()
    push(rows, "labels", doccano.connection)
    assert admin.get(path)["background_color"] == "#d62728"
    held = admin.get(f"/projects/{project}")
    assert held["guideline"] == (ROOT / "corpus" / "GUIDE.md").read_text(encoding="utf-8").strip()
    assert (held["allow_overlapping"], held["use_relation"], held["grapheme_mode"]) == (True, True, False)


def test_a_foreign_label_stops_push_and_pull_and_changes_nothing(doccano: Doccano, admin: Person) -> None:
    push(plain_rows(1), "foreign", doccano.connection)
    project = admin.project("foreign")
    admin.post(f"/projects/{project}/span-types", text="PER", background_color="#123456", text_color="#ffffff")
    for act in (
        lambda: look("foreign", doccano.connection),
        lambda: push(plain_rows(2), "foreign", doccano.connection),
        lambda: pull("foreign", doccano.connection),
    ):
        with pytest.raises(
            DeskError, match=r"project 'foreign': has span labels of its own \(PER\); choose another"
        ) as told:
            act()
        assert "\n" not in str(told.value)
    assert len(admin.examples(project)) == 1


def test_another_text_under_a_known_id_stops_the_push_and_changes_nothing(doccano: Doccano, admin: Person) -> None:
    push(plain_rows(2), "changed", doccano.connection)
    rows = plain_rows(4)
    rows[1] = rows[1] | {"text": rows[1]["text"] + "！"}
    with pytest.raises(
        DeskError, match=r"^r-00001: another text stands in project 'changed' under this name; rename it"
    ):
        push(rows, "changed", doccano.connection)
    assert admin.examples(admin.project("changed")).keys() == {"r-00000", "r-00001"}


def test_a_project_of_another_form_is_refused(doccano: Doccano, admin: Person) -> None:
    form = {"resourcetype": "SequenceLabelingProject", "project_type": "SequenceLabeling", "description": "x"}
    admin.post("/projects", name="own", **form, allow_overlapping=False)
    with pytest.raises(DeskError, match=r"project 'own': is of another form \(allow_overlapping False.*choose another"):
        push(plain_rows(1), "own", doccano.connection)


def test_a_wrong_password_is_one_line(doccano: Doccano) -> None:
    with pytest.raises(
        DeskError, match=r"^http://127.0.0.1:\d+: user 'admin' or the password is wrong; see DOCCANO_USER"
    ):
        push(plain_rows(1), "never", replace(doccano.connection, password="wrong"))


def test_a_project_that_is_not_there_is_named(doccano: Doccano) -> None:
    with pytest.raises(DeskError, match=r"^project 'no such': is not on http.*; push documents first"):
        pull("no such", doccano.connection)


def test_a_labeller_without_rights_is_told_so(doccano: Doccano, admin: Person) -> None:
    push(plain_rows(1), "rights", doccano.connection)
    labeller(admin, doccano.connection.url, admin.project("rights"), "lin")
    with pytest.raises(DeskError, match="'lin' may not do this; log in as an admin of the project"):
        push(plain_rows(2), "rights", replace(doccano.connection, user="lin", password=PASSWORD))


def test_no_server_is_one_line(doccano: Doccano) -> None:
    with pytest.raises(DeskError, match=r"^http://127.0.0.1:9: no server answers there; start one with make annotate"):
        pull("any", replace(doccano.connection, url="http://127.0.0.1:9"))


class _Older(BaseHTTPRequestHandler):
    """A server that lets everybody in and knows few addresses, as an earlier doccano does."""

    def _answer(self) -> None:
        body = b'{"paths": {"/v1/projects": {}}}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def older() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Older)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_server_of_another_version_is_one_line(doccano: Doccano, older: str) -> None:
    with pytest.raises(
        DeskError, match=r"^http://127.0.0.1:\d+: answers otherwise than doccano 1.8.4 .*; use that version"
    ):
        push(plain_rows(1), "any", replace(doccano.connection, url=older))


def test_the_server_answers_under_no_other_name(doccano: Doccano) -> None:
    answer = httpx.get(doccano.connection.url, headers={"host": "elsewhere.example"}, trust_env=False)
    assert answer.status_code == 400


def test_there_is_a_page_for_making_accounts(doccano: Doccano) -> None:
    page = httpx.get(f"{doccano.connection.url}/admin/login/?next=/admin/", trust_env=False)
    assert (page.status_code, 'name="username"' in page.text) == (200, True)
