"""Speaks with a doccano server. Runs in doccano-client's own environment; the project starts it and never imports it.

``python -m training.desk.sync look``, ``push`` or ``pull`` reads JSON Lines on stdin and answers with JSON Lines on stdout; a
refusal is one line on stderr and exit code 2. ``look`` logs in, looks at the project and answers nothing: what would be
refused is known before any work. The first line in is the plan: ``url``, ``user``, ``password``, ``project``,
``description``, ``guideline``, ``labels`` (``name``, ``colour``, ``key``) and ``relations`` (``name``, ``colour``).

Further lines of ``push`` are documents: ``doc_id``, ``text``, ``entities`` and ``relations`` as in a row of the corpus, and
``meta``, texts by name. ``pull`` answers with such lines, and ``confirmed``, ``confirmed_by``, ``comments`` and,
where somebody worked on a document, ``by`` in its entities and relations; ``fault`` where a document cannot be taken.
Offsets are code points here and UTF-16 units there.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from training.desk.exchange import (
    Refusal,
    Row,
    ascii_line,
    for_doccano,
    from_doccano,
    is_edited,
    is_incomplete,
    shape,
)

CHUNK = 500
"""Documents of one upload; doccano saves up to 1,000 at once, so that an import is whole or not there."""
PAGE = 1000
SECONDS = 600
"""Longest wait for one answer of the server."""
FORM = {"project_type": "SequenceLabeling", "allow_overlapping": True, "grapheme_mode": False, "use_relation": True}
FORM |= {"collaborative_annotation": True}
"""What every project of the desk is: helper labels overlap the others, offsets count UTF-16 units, suggestions are shared."""
_SPOKEN = {
    "/v1/projects/{project_id}/upload",
    "/v1/projects/{project_id}/relation-types",
    "/v1/projects/{project_id}/examples/{example_id}/states",
    "/v1/tasks/status/{task_id}",
    "/v1/users/create",
}
"""Addresses that doccano 1.8.4 has and earlier versions lack in part."""


class Desk:
    """One project on one server; made by logging in, which changes nothing."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        from doccano_client import DoccanoClient
        from doccano_client.exceptions import DoccanoAPIError

        self.plan, self.url = plan, plan["url"]
        self.client = DoccanoClient(self.url)
        self.web = self.client._base_repository  # the client's session: it has no public way to ask for large pages
        self.web._session.request = partial(self.web._session.request, timeout=(10, SECONDS))
        if urlsplit(self.url).hostname in ("127.0.0.1", "localhost"):
            self.web._session.trust_env = False  # no proxy between a machine and itself
        try:
            self.client.login(plan["user"], plan["password"])
        except DoccanoAPIError as error:
            if error.response.status_code in (400, 401, 403):
                raise Refusal(
                    f"{self.url}: user {plan['user']!r} or the password is wrong; see DOCCANO_USER and DOCCANO_PASSWORD"
                ) from None
            raise
        spoken = self.web._session.get(
            f"{self.url}/swagger/?format=openapi", headers={"accept": "application/openapi+json"}
        )
        if spoken.status_code != 200 or not spoken.json()["paths"].keys() >= _SPOKEN:
            raise ValueError("other addresses")
        self.id = self._found()

    def _found(self) -> int | None:
        """Return the project's number, None where there is none; raises :class:`Refusal` when it is not one of the desk's."""
        answer = self.web.get("projects", params={"q": self.plan["project"], "limit": PAGE}).json()
        for project in answer["results"]:
            if project["name"] == self.plan["project"]:
                self._check(project)
                return int(project["id"])
        return None

    def _check(self, project: Mapping[str, Any]) -> None:
        name = self.plan["project"]
        if other := [f"{key} {project[key]}" for key, value in FORM.items() if project[key] != value]:
            raise Refusal(f"project {name!r}: is of another form ({', '.join(other)}); choose another project name")
        for kind, wanted in (("span", "labels"), ("relation", "relations")):
            known = {entry["name"] for entry in self.plan[wanted]}
            foreign = sorted({t.text for t in self.client.list_label_types(project["id"], kind)} - known)
            if foreign:
                raise Refusal(
                    f"project {name!r}: has {kind} labels of its own ({', '.join(foreign)}); choose another project name, or delete them in doccano"
                )

    def make(self) -> int:
        """Create the project or bring it up to date: guide, labels, colours, keys, types of relations."""
        about = {"description": self.plan["description"], "guideline": self.plan["guideline"]}
        if self.id is None:
            self.id = int(self.client.create_project(self.plan["project"], **FORM, **about).id)
        else:
            self.client.update_project(self.id, **about)
        for kind, wanted in (("span", "labels"), ("relation", "relations")):
            present = {t.text: t for t in self.client.list_label_types(self.id, kind)}
            for entry in self.plan[wanted]:
                colour, key, old = entry["colour"], entry.get("key"), present.get(entry["name"])
                if old is None:
                    self.client.create_label_type(self.id, kind, entry["name"], suffix_key=key, color=colour)
                elif (old.background_color, old.suffix_key) != (colour, key):
                    self.client.update_label_type(self.id, old.id, kind, suffix_key=key, color=colour)
        return self.id

    def rows(self) -> list[Row]:
        """Return every document of the project as doccano exports it, with ``confirmed``.

        An export waits its turn behind any import that an interrupted push left running.
        """
        with tempfile.TemporaryDirectory() as folder:
            exports = self.client._data_export_repository
            task = exports.schedule_download(self.id, exports.find_option_by_name(self.id, "JSONL"))
            self._done(task)
            archive = zipfile.ZipFile(exports.download(self.id, task, folder))
            lines = archive.read("all.jsonl").decode().split("\n")  # U+2028 stands in a line, so no splitlines()
        rows = [json.loads(line) for line in lines if line]
        confirmed = {example["id"] for example in self.pages("examples", confirmed="true")}
        return [row | {"confirmed": row["id"] in confirmed} for row in rows]

    def pages(self, what: str, **wanted: str) -> Iterator[Row]:
        """Yield every entry of a list of the project."""
        answer = self.web.get(f"projects/{self.id}/{what}", params={"limit": PAGE, **wanted}).json()
        while True:
            yield from answer["results"]
            if not answer["next"]:
                return
            answer = self.web.get(answer["next"]).json()

    def upload(self, rows: Sequence[Row]) -> None:
        """Import documents; when that fails, what is left of them is removed and :class:`Refusal` raised."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "documents.jsonl")
            file.write_text("".join(map(ascii_line, rows)), encoding="ascii")
            imports = self.client._data_import_repository
            form = {"task": "RelationExtraction", "format": "JSONL", "encoding": "utf_8"}
            status = self._done(imports.ingest(self.id, [imports.upload(str(file))], **form, column_data="text"))
        if faults := status.error or (status.result or {}).get("error"):
            names = {row["doc_id"] for row in rows}
            self.remove([one["id"] for one in self.pages("examples") if one["meta"].get("doc_id") in names])
            raise Refusal(f"{self.url}: the import failed and was undone ({str(faults)[:200]}); see the server's log")

    def _done(self, task: str) -> Any:
        """Wait for a task of the server; the client itself would look once a second."""
        until = time.monotonic() + SECONDS
        while not (status := self.client._task_status_repository.get(task)).ready:
            if time.monotonic() > until:
                raise Refusal(f"{self.url}: a task was not done in {SECONDS} s; see whether doccano's worker runs")
            time.sleep(0.1)
        return status

    def remove(self, numbers: Sequence[int]) -> None:
        """Delete documents by their numbers in doccano; an empty list deletes none."""
        for start in range(0, len(numbers), PAGE):
            self.client.bulk_delete_examples(self.id, list(numbers[start : start + PAGE]))


def push(desk: Desk, documents: Sequence[Row]) -> Row:
    """Bring documents up that are not there yet; what is there stays as it is, doubles and halves of a broken push do not."""
    wanted = [for_doccano(document) for document in documents]
    if len({row["doc_id"] for row in wanted}) < len(wanted):
        raise Refusal("two documents have the same doc_id; push each once")
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in desk.rows() if desk.id is not None else []:
        by_name[row.get("doc_id") or ""].append(row)
    for row in wanted:
        if any(old["text"] != row["text"] for old in by_name[row["doc_id"]]):
            raise Refusal(
                f"{row['doc_id']}: another text stands in project {desk.plan['project']!r} under this name; rename it, or delete the old one in doccano"
            )
    project = desk.make()
    waste, missing = [], []
    for row in wanted:
        whole = [old for old in by_name[row["doc_id"]] if not is_incomplete(old)]
        kept = [old for old in whole if is_edited(old)] or whole[:1]
        waste += [old["id"] for old in by_name[row["doc_id"]] if old not in kept]
        if not kept:
            missing.append(row)
    desk.remove(waste)
    for start in range(0, len(missing), CHUNK):
        desk.upload(missing[start : start + CHUNK])
    _verify(desk, missing)
    report = {"sent": len(missing), "known": len(wanted) - len(missing), "removed": len(waste)}
    return {"url": f"{desk.url}/projects/{project}", **report}


def _verify(desk: Desk, sent: Sequence[Row]) -> None:
    """Compare what is there with what was sent; removes what differs, unless a labeller was faster, and refuses."""
    if not sent:
        return
    there: dict[str, list[Row]] = defaultdict(list)
    for row in desk.rows():
        there[row.get("doc_id") or ""].append(row)
    bad = []
    for row in sent:
        found = there[row["doc_id"]]
        if (
            len(found) != 1
            or found[0]["text"] != row["text"]
            or (shape(found[0]) != shape(row) and is_incomplete(found[0]))
        ):
            bad.append(row["doc_id"])
    if bad:
        desk.remove([row["id"] for name in bad for row in there[name]])
        raise Refusal(f"{bad[0]}: came up otherwise than sent ({len(bad)} documents); they were removed, push again")


def pull(desk: Desk) -> Iterator[Row]:
    """Yield every document of the project with what people said of it."""
    if desk.id is None:
        raise Refusal(f"project {desk.plan['project']!r}: is not on {desk.url}; push documents first, or name another")
    names = {member.user: member.username for member in desk.client.list_members(desk.id)}
    comments: dict[int, list[Row]] = defaultdict(list)
    for comment in desk.pages("comments"):
        comments[comment["example"]].append({"by": comment["username"], "text": comment["text"]})
    rows = desk.rows()
    seen: set[str] = set()
    for row in rows:
        if not row.get("doc_id") or not row.get("sent"):
            yield {
                "doc_id": f"#{row['id']}",
                "fault": "was not pushed from here; bring it in with bangfu annotate import",
            }
            continue
        if row["doc_id"] in seen:
            raise Refusal(f"{row['doc_id']}: stands twice in the project; push it again, which removes doubles")
        seen.add(row["doc_id"])
        found = from_doccano(row if not is_edited(row) else _with_authors(desk, row, names))
        yield found | {"confirmed": row["confirmed"], "comments": comments.get(row["id"], [])}


def _with_authors(desk: Desk, row: Row, names: Mapping[int, str]) -> Row:
    """Return an exported document with the names of who confirmed it and who set each span and relation."""
    place = f"projects/{desk.id}/examples/{row['id']}"
    states = desk.web.get(f"{place}/states", params={"limit": PAGE}).json()["results"]
    told: Row = {"confirmed_by": sorted(names.get(state["confirmed_by"], "") for state in states)}
    for part, where in (("entities", "spans"), ("relations", "relations")):
        by = {one["id"]: names.get(one["user"], "") for one in desk.web.get(f"{place}/{where}").json()}
        told[part] = [one | {"by": by.get(one["id"], "")} for one in row[part]]
    return row | told


def main(command: str) -> None:
    """Do one command: ``look``, ``push`` or ``pull``."""
    plan, *documents = (json.loads(line) for line in sys.stdin.buffer.read().decode().split("\n") if line)
    import requests

    try:
        desk = Desk(plan)
        answers: list[Row] = []
        if command == "push":
            answers = [push(desk, documents)]
        elif command == "pull":
            answers = list(pull(desk))
    except (Refusal, requests.RequestException, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(" ".join(_told(error, plan).split()) + "\n")
        sys.exit(2)
    for answer in answers:
        sys.stdout.write(json.dumps(answer) + "\n")


def _told(error: Exception, plan: Mapping[str, Any]) -> str:
    """Return the one line for the user."""
    import requests

    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return f"{plan['url']}: no server answers there; start one with make annotate, or see DOCCANO_URL"
    status = error.response.status_code if isinstance(error, requests.HTTPError) and error.response is not None else 0
    if status == 403:
        return f"{plan['url']}: {plan['user']!r} may not do this; log in as an admin of the project"
    if status >= 500:
        return f"{plan['url']}: the server failed (HTTP {status}); its log tells why, then try again"
    told = f"{type(error).__name__}: {str(error)[:200]}"
    return f"{plan['url']}: answers otherwise than doccano 1.8.4 ({told}); use that version"


if __name__ == "__main__":
    main(sys.argv[1])
