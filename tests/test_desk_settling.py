"""Two labellers, a third who settles what they differ on: three projects on a real doccano, one row in the end."""

import json
from pathlib import Path

import pytest
from desk_documents import labelled, strip
from desk_fixtures import AtDocument, Doccano, Person
from typer.testing import CliRunner, Result

from training.corpus import to_row
from training.desk.commands import app
from training.desk.pull import pull
from training.desk.push import push

pytestmark = pytest.mark.slow


def annotate(doccano: Doccano, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--credentials", str(doccano.home / "doccano.toml")])


def test_a_third_person_gets_what_two_differ_on_and_settles_it(doccano: Doccano, admin: Person, tmp_path: Path) -> None:
    rows = [to_row(bulletin) for bulletin in labelled()]
    right = {row["doc_id"]: row for row in rows}
    for name in ("li", "wang"):
        push(rows, name, doccano.connection)
    project = admin.project("wang")
    at = AtDocument(admin, project, admin.examples(project)["d-visit.txt"])
    at.unmark("滨河区教育局")
    at.mark("滨河区", "GPE")
    at.comment("是地名吧")
    files = [str(tmp_path / f"{name}.jsonl") for name in ("li", "wang")]
    for name, file in zip(("li", "wang"), files, strict=True):
        annotate(doccano, "pull", "--project", name, "--output", file)
    result = annotate(doccano, "agreement", *files, "--json", "--push", "third")
    assert json.loads(result.stdout)["pairs"][0]["documents"] == len(rows)
    project = admin.project("third")
    examples = admin.examples(project)
    assert examples.keys() == {"d-visit.txt"}
    note = examples["d-visit.txt"]["meta"]["note"].split("\n")
    assert note[0].endswith("「滨河区教育局」li：ORG；wang：GPE「滨河区」")
    assert note[-1] == "wang：是地名吧"
    third = AtDocument(admin, project, examples["d-visit.txt"])
    assert third.span("滨河区教育局"), "votes are equal: the first labeller's version stands until somebody changes it"
    third.confirm()
    (settled,) = pull("third", doccano.connection).rows
    assert settled["confirmed"]
    assert strip(settled) == right["d-visit.txt"]
