"""A real doccano server for the tests of the desk, and a labeller who works on it over REST as the pages do."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from training.corpus import to_row
from training.desk.connection import ROOT, Connection, read_connection
from training.desk.server import Home, running
from training.markup import Bulletin

ENVIRONMENTS = Path(os.environ.get("DESK_ENVIRONMENTS") or ROOT)
SERVER, CLIENT = ENVIRONMENTS / ".venv-doccano", ENVIRONMENTS / ".venv-doccano-client"
AT_ONCE = httpx.Limits(max_keepalive_connections=0)  # so that no connection is left open at the end of a test
PASSWORD = "lin-jian-8-shui"


@dataclass(frozen=True)
class Doccano:
    """A running server: how the desk reaches it, and its home."""

    connection: Connection
    home: Path


@pytest.fixture(scope="session")
def doccano_environment() -> Path:
    """The environment that doccano lives in; in CI a missing one is a failure."""
    if not (SERVER / "bin" / "python").exists() or not (CLIENT / "bin" / "python").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "no .venv-doccano and .venv-doccano-client; see make annotate"
        )
    return SERVER


@pytest.fixture(scope="session")
def doccano(doccano_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doccano]:
    """Start a server with web process and worker for all tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("doccano")
    with running(doccano_environment, Home(home), port):
        yield Doccano(replace(read_connection(home / "doccano.toml", {}), client=CLIENT), home)


@pytest.fixture
def admin(doccano: Doccano) -> Person:
    """The administrator, at work over REST."""
    return Person(doccano.connection.url, doccano.connection.user, doccano.connection.password)


class Person:
    """Somebody at doccano, who does over REST what the pages do; offsets are UTF-16 units."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.web = httpx.Client(base_url=f"{url}/v1", trust_env=False, timeout=60, limits=AT_ONCE)
        key = (
            self.web.post("/auth/login/", json={"username": user, "password": password})
            .raise_for_status()
            .json()["key"]
        )
        self.web.cookies.clear()  # a session would ask for a CSRF token
        self.web.headers["authorization"] = f"Token {key}"

    def get(self, path: str, **wanted: str | int) -> Any:
        return self.web.get(path, params=wanted).raise_for_status().json()

    def post(self, path: str, **data: object) -> Any:
        return self.web.post(path, json=data).raise_for_status().json()

    def project(self, name: str) -> int:
        return next(one["id"] for one in self.get("/projects", q=name)["results"] if one["name"] == name)

    def examples(self, project: int) -> dict[str, dict[str, Any]]:
        """The documents of a project by ``doc_id``; fails when one stands twice."""
        found = self.get(f"/projects/{project}/examples", limit=10_000)["results"]
        by_name = {one["meta"]["doc_id"]: one for one in found}
        assert len(by_name) == len(found)
        return by_name


def labeller(admin: Person, url: str, project: int, name: str) -> Person:
    """Return a member of the project who may label and nothing else; the account is made at its first use."""
    known = {one["username"]: one["id"] for one in admin.get("/users")}
    if name not in known:
        known[name] = admin.post("/users/create", username=name, password1=PASSWORD, password2=PASSWORD)["id"]
    role = next(one["id"] for one in admin.get("/roles") if one["name"] == "annotator")
    if name not in {one["username"] for one in admin.get(f"/projects/{project}/members")}:
        admin.post(f"/projects/{project}/members", user=known[name], role=role)
    return Person(url, name, PASSWORD)


class AtDocument:
    """One document on a labeller's screen."""

    def __init__(self, person: Person, project: int, example: dict[str, Any]) -> None:
        self.person, self.text, self.number = person, example["text"], example["id"]
        self.labels: dict[str, dict[str, int]] = {}
        self.project, self.place = f"/projects/{project}", f"/projects/{project}/examples/{example['id']}"

    def _units(self, text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    def _label(self, name: str, kind: str) -> int:
        if kind not in self.labels:
            self.labels[kind] = {one["text"]: one["id"] for one in self.person.get(f"{self.project}/{kind}-types")}
        return self.labels[kind][name]

    def mark(self, form: str, label: str) -> int:
        """Label the first occurrence of ``form``; returns the span's number."""
        start = self._units(self.text[: self.text.index(form)])
        return self.add({"start_offset": start, "end_offset": start + self._units(form)}, label)

    def add(self, offsets: dict[str, int], label: str) -> int:
        """Label a stretch; returns the span's number."""
        return int(self.person.post(f"{self.place}/spans", **offsets, label=self._label(label, "span"))["id"])

    def draw(self, start: int, end: int, kind: str) -> None:
        """Draw a relation between spans of these numbers."""
        self.person.post(f"{self.place}/relations", from_id=start, to_id=end, type=self._label(kind, "relation"))

    def span(self, form: str) -> int:
        """The number of the first span over ``form``."""
        spans = sorted(self.person.get(f"{self.place}/spans"), key=lambda one: one["start_offset"])
        wide = self.text.encode("utf-16-le")
        cut = {one["id"]: wide[2 * one["start_offset"] : 2 * one["end_offset"]].decode("utf-16-le") for one in spans}
        return next(number for number, text in cut.items() if text == form)

    def unmark(self, form: str) -> None:
        """Delete the first span over ``form``, and its relations with it."""
        self.person.web.delete(f"{self.place}/spans/{self.span(form)}").raise_for_status()

    def comment(self, text: str) -> None:
        self.person.post(f"{self.project}/comments?example={self.number}", text=text)

    def confirm(self) -> None:
        self.person.post(f"{self.place}/states")


def label_anew(at: AtDocument, bulletin: Bulletin) -> None:
    """Do what a labeller does who trusts no suggestion: wipe all, label all, draw all relations, confirm."""
    at.person.web.delete(f"{at.place}/spans").raise_for_status()
    row = to_row(bulletin)
    form = {one["id"]: bulletin.text[one["start_offset"] : one["end_offset"]] for one in row["entities"]}
    wide = {one["id"]: bulletin.text[: one["start_offset"]].encode("utf-16-le") for one in row["entities"]}
    numbers = {}
    for one in row["entities"]:
        start = len(wide[one["id"]]) // 2
        offsets = {"start_offset": start, "end_offset": start + len(form[one["id"]].encode("utf-16-le")) // 2}
        numbers[one["id"]] = at.add(offsets, one["label"])
    for arc in row["relations"]:
        at.draw(numbers[arc["from_id"]], numbers[arc["to_id"]], arc["type"])
    at.confirm()
