"""Where the doccano server is and who we are there; and the talk with it, through a program in doccano-client's environment."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.event_types import event_scheme
from training.markup import ARGUMENTS

Row = dict[str, Any]
ROOT = Path(__file__).parents[2]
DESK = Path(".desk")
"""Folder of the local server and of what belongs to one person; outside git."""
CLIENT = ROOT / ".venv-doccano-client"
_RELATION_COLOURS = {"same": "#ff7f0e", "date": "#9467bd", "place": "#2ca02c", "amount": "#d62728", "item": "#8c564b"}
_ROLE_COLOUR = "#1f77b4"
"""Relations of a kind have the colour of the label they lead to; roles that of ORG."""


class DeskError(Exception):
    """The desk cannot do what was asked; the message is one line: where, what is wrong, what would be right."""


@dataclass(frozen=True)
class Connection:
    """A server and an account on it; ``client`` is the environment that doccano-client lives in."""

    url: str
    user: str
    password: str
    client: Path = CLIENT

    def __repr__(self) -> str:
        return f"Connection({self.url!r}, {self.user!r})"


def read_connection(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Connection:
    """Read ``DOCCANO_URL``, ``DOCCANO_USER`` and ``DOCCANO_PASSWORD``; what is not set there comes from a TOML file.

    The file has ``url``, ``user`` and ``password``; without ``file`` it is ``DOCCANO_FILE`` or the one that a server of
    ``make annotate`` leaves in ``.desk/server``. Raises :class:`DeskError` when something is missing.
    """
    path = file or Path(environment.get("DOCCANO_FILE") or DESK / "server" / "doccano.toml")
    told: dict[str, Any] = {}
    if path.is_file():
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DeskError(f"{path}: is no TOML ({error}); it holds url, user and password, each a text") from None
    elif file or "DOCCANO_FILE" in environment:
        raise DeskError(f"{path}: no such file; it holds url, user and password of a doccano server")
    found = {name: environment.get(f"DOCCANO_{name.upper()}") or told.get(name) for name in ("url", "user", "password")}
    if missing := [name for name, value in found.items() if not isinstance(value, str) or not value]:
        variables = " and ".join(f"DOCCANO_{name.upper()}" for name in missing)
        raise DeskError(f"{path}: no {', '.join(missing)} of a doccano server; run make annotate, or set {variables}")
    url = str(found["url"]).rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise DeskError(f"DOCCANO_URL: {url!r} is no address of a server; right would be http://127.0.0.1:8000")
    return Connection(url, str(found["user"]), str(found["password"]))


def plan_of(project: str) -> Row:
    """Return what a project of the desk holds: guide, labels with colours and keys, types of relations."""
    scheme = event_scheme()
    labels = {**scheme.labels, **scheme.helper_labels}
    return {
        "project": project,
        "description": "帮扶简报标注",
        "guideline": (ROOT / "corpus" / "GUIDE.md").read_text(encoding="utf-8").strip(),
        "labels": [{"name": one.name, "colour": one.colour, "key": one.key} for one in labels.values()],
        "relations": [
            {"name": name, "colour": _RELATION_COLOURS.get(name, _ROLE_COLOUR)}
            for name in ("same", *ARGUMENTS, *dict.fromkeys(scheme.roles))
        ],
    }


def converse(command: str, connection: Connection, project: str, documents: Iterable[Row] = ()) -> Iterator[Row]:
    """Have the client's program ``look``, ``push`` or ``pull``; yields its answers.

    Raises :class:`DeskError` with the program's one line when it refuses, or when its environment is missing.
    """
    python = connection.client / "bin" / "python"
    if not python.exists():
        raise DeskError(f"{connection.client}: no environment for doccano-client; make push or make pull makes it")
    login = {"url": connection.url, "user": connection.user, "password": connection.password}
    lines = (json.dumps(row) + "\n" for row in ({**plan_of(project), **login}, *documents))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(python), "-m", "training.desk.sync", command],
        input="".join(lines).encode(),
        cwd=ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().split("\n")
        raise DeskError(told[-1] or f"{connection.url}: {command} stopped without a word; try again")
    return (json.loads(line) for line in done.stdout.decode().split("\n") if line)
