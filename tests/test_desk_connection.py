"""Where the server is and who we are there; what is missing is told in one line, and secrets stay where they are."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.event_types import event_scheme
from training.desk.connection import Connection, DeskError, converse, plan_of, read_connection

SET = {"DOCCANO_URL": "http://desk.example:8000/", "DOCCANO_USER": "lin", "DOCCANO_PASSWORD": "shui"}


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "doccano.toml"
    file.write_text('url = "http://127.0.0.1:8000"\nuser = "admin"\npassword = "x"\n', encoding="utf-8")
    assert read_connection(file, {}).user == "admin"
    assert read_connection(file, {"DOCCANO_USER": "lin"}).user == "lin"
    assert read_connection(None, {"DOCCANO_FILE": str(file)}).url == "http://127.0.0.1:8000"
    assert read_connection(None, SET).url == "http://desk.example:8000"
    assert "shui" not in repr(read_connection(None, SET))


@pytest.mark.parametrize(
    ("content", "environment", "message"),
    [
        (None, {}, "no such file; it holds url, user and password of a doccano server"),
        ("url = ", {}, "is no TOML"),
        ('url = "http://a"\n', {}, "no user, password of a doccano server; run make annotate, or set DOCCANO_USER"),
        ('url = 5\nuser = "a"\npassword = "b"\n', {}, "no url of a doccano server"),
        ("", SET | {"DOCCANO_URL": "desk"}, "'desk' is no address of a server; right would be http://127.0.0.1:8000"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, content: str | None, environment: dict[str, str], message: str
) -> None:
    file = tmp_path / "doccano.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(DeskError) as told:
        read_connection(file, environment)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_the_plan_has_the_labels_keys_and_relations_of_the_configuration() -> None:
    plan = plan_of("p")
    scheme = event_scheme()
    keys = {entry["name"]: entry["key"] for entry in plan["labels"]}
    assert keys == {label.name: label.key for label in (*scheme.labels.values(), *scheme.helper_labels.values())}
    names = [entry["name"] for entry in plan["relations"]]
    assert set(names) == {"same", "date", "place", "amount", "item", *scheme.roles}
    assert len(names) == len(set(names))
    assert plan["guideline"].startswith("# 标注指南")


def test_a_missing_client_environment_is_one_line(tmp_path: Path) -> None:
    connection = Connection("http://127.0.0.1:9", "a", "b", tmp_path / "none")
    with pytest.raises(DeskError, match=r"no environment for doccano-client; make push or make pull makes it$"):
        converse("push", connection, "p")


@pytest.mark.parametrize("arguments", [("push", "seeds"), ("pull",)])
def test_wrong_use_of_the_commands_is_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["annotate", *arguments, "--credentials", str(tmp_path / "none.toml")])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"annotate: {tmp_path / 'none.toml'}: no such file")
    assert result.stderr.count("\n") == 1
