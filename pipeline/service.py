"""A service for programs: documents in, events and entities out, over HTTP with JSON.

One model, one document read at a time. Requests wait in a queue of fixed length; what does not fit is told to come back. The
web framework enters here and nowhere else.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.documents import Document
from pipeline.outcome import Outcome
from pipeline.records import SCHEMA_VERSION, EntitiesRecord, ErrorRecord, EventRecord
from pipeline.same_occurrence import link
from pipeline.workers import SECONDS_PER_CHARACTER, Fault, Workers

MOST_DOCUMENTS = 50
LONGEST_TEXT = 100_000
"""Characters of one document."""
MAX_BYTES = 1_000_000
QUEUE = 8
CHARACTERS_PER_SECOND = 2_000
"""Speed by which a client is told when to come back; half of what two cores give."""

Read = Callable[[Document], Outcome | Fault]
"""What reads one document, within limits of its own."""


def _iso_day(given: object) -> object:
    """Let nothing but YYYY-MM-DD be a day: a number would be read as seconds since 1970."""
    if given is None or (isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given)):
        return given
    raise ValueError("is no day; write YYYY-MM-DD")


class Problem(BaseModel):
    """Why a request was not answered: ``<where>: <what is wrong>; <what would be right>``."""

    detail: str


class Given(BaseModel):
    """A document to read: its text and what is known of it (its day, its publisher, the area it comes from)."""

    model_config = ConfigDict(extra="forbid")

    doc_id: str = Field(min_length=1, max_length=200, examples=["2031/bulletin-4.txt"])
    text: str = Field(max_length=LONGEST_TEXT, examples=["2031年3月5日，青桐公司向青禾县明德小学捐赠20万元。"])
    published: Annotated[date | None, BeforeValidator(_iso_day)] = None
    source: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=200, examples=["云南省文山州广南县"])


class Question(BaseModel):
    """The body of a request: some documents, each with an id of its own."""

    model_config = ConfigDict(extra="forbid")

    documents: Annotated[list[Given], Field(min_length=1, max_length=MOST_DOCUMENTS)]


class Answer(BaseModel):
    """What an extraction writes into its files: the same records, in the order of the documents.

    ``same_as`` of the events links the documents of this request. A document that could not be read is in ``errors``, by its id.
    """

    schema_version: str
    events: list[EventRecord]
    entities: list[EntitiesRecord]
    errors: list[ErrorRecord]


class Health(BaseModel):
    """That the service is up; ``waiting`` requests are queued or being answered, of at most ``places``."""

    version: str
    schema_version: str
    waiting: int
    places: int


@dataclass
class Queue:
    """The requests that wait for the one thread that reads; ``places`` count the one being answered."""

    read: Read
    places: int
    waiting: int = 0
    characters: int = 0
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "reader"))

    async def ask(self, documents: Sequence[Document]) -> Answer:
        """Answer a request in its turn; raises an HTTP error 503 when the queue is full."""
        if self.waiting >= self.places:
            seconds = str(max(1, math.ceil(self.characters / CHARACTERS_PER_SECOND)))
            detail = f"queue: {self.waiting} requests are waiting; come back in {seconds} s"
            raise HTTPException(503, detail, {"Retry-After": seconds})
        length = sum(len(document.text) for document in documents)
        self.waiting, self.characters = self.waiting + 1, self.characters + length
        try:
            return await asyncio.get_running_loop().run_in_executor(self.thread, answer, documents, self.read)
        finally:
            self.waiting, self.characters = self.waiting - 1, self.characters - length


def within_limits(workers: Workers[Document, Outcome]) -> Read:
    """Make a reader of a pool of one process, which is replaced when a text takes too long or breaks it."""

    def read(document: Document) -> Outcome | Fault:
        [(_, outcome)] = workers.answers([(None, document, SECONDS_PER_CHARACTER * len(document.text))])
        return outcome

    return read


def answer(documents: Sequence[Document], read: Read) -> Answer:
    """Read documents one after the other; one that fails costs itself alone."""
    events: list[EventRecord] = []
    entities: list[EntitiesRecord] = []
    errors: list[ErrorRecord] = []
    for document in documents:
        if not document.text.strip():
            errors.append(ErrorRecord(path=document.doc_id, reason="empty", detail="holds no text; give some text"))
            continue
        outcome = read(document)
        if isinstance(outcome, Fault):
            errors.append(ErrorRecord(path=document.doc_id, reason=outcome.reason, detail=outcome.detail))
        else:
            events += [EventRecord.model_validate_json(event.line) for event in outcome.events]
            entities.append(EntitiesRecord.model_validate_json(outcome.entities))
    links = link(event.model_dump(mode="json") for event in events)
    linked = [event.model_copy(update={"same_as": list(links.get(event.event_id, ()))}) for event in events]
    return Answer(schema_version=SCHEMA_VERSION, events=linked, entities=entities, errors=errors)


def make_service(read: Read, places: int = QUEUE, max_bytes: int = MAX_BYTES) -> FastAPI:
    """Make the application around a loaded path.

    ``read`` is called from one thread only. ``places`` bounds the requests at hand, ``max_bytes`` the body of each.
    """
    queue = Queue(read, places)

    @asynccontextmanager
    async def lifetime(_: FastAPI) -> AsyncIterator[None]:
        yield
        queue.thread.shutdown(wait=True, cancel_futures=True)

    service = FastAPI(
        title="bangfu",
        summary="Reads Chinese bulletins about paired assistance; one record for each event.",
        version=version("bangfu"),
        lifespan=lifetime,
        docs_url=None,  # its page would load from the network
        redoc_url=None,
    )
    service.add_middleware(BodyLimit, max_bytes=max_bytes)
    service.add_exception_handler(RequestValidationError, _explain)
    told: dict[int | str, dict[str, Any]] = {
        400: {"model": Problem, "description": "The body is no JSON text in UTF-8"},
        409: {"model": Problem, "description": "Two documents have one id"},
        413: {"model": Problem, "description": "The body is too large"},
        422: {"model": Problem, "description": "The body does not fit the schema"},
        503: {
            "model": Problem,
            "description": "Too many requests are waiting",
            "headers": {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}, "required": True}},
        },
    }

    @service.post("/extract", responses=told)
    async def extract(question: Question) -> Answer:
        """Read documents and return their events and entities, as `bangfu extract` would write them."""
        documents = [_document(given) for given in question.documents]
        if len({document.doc_id for document in documents}) < len(documents):
            raise HTTPException(409, "documents: an id stands twice; give each document its own doc_id")
        return await queue.ask(documents)

    @service.get("/health")
    async def health() -> Health:
        """Tell that the model is loaded, and how busy it is."""
        return Health(version=version("bangfu"), schema_version=SCHEMA_VERSION, waiting=queue.waiting, places=places)

    return service


def _document(given: Given) -> Document:
    digest = hashlib.sha256(given.text.encode()).hexdigest()
    return Document(given.doc_id, given.text, digest, given.published, given.source, given.region)


async def _explain(_: Request, fault: Exception) -> Response:
    """Say in one line what is wrong with a body; the body itself is not sent back."""
    assert isinstance(fault, RequestValidationError)
    first = fault.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"detail": f"{where}: {first['msg']}; see /openapi.json for what is right"}, 422)


class BodyLimit:
    """Refuses a body of more than ``max_bytes`` bytes, announced or not, before it is in memory."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self.max_bytes:
            await self._refuse(scope, receive, send)
            return
        body = await _whole_body(receive, self.max_bytes)
        if body is None:
            await self._refuse(scope, receive, send)
        else:
            await self.app(scope, _once(body, receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"body: more than {self.max_bytes} bytes; send fewer documents at a time"
        await JSONResponse({"detail": detail}, 413, {"Connection": "close"})(scope, receive, send)


async def _whole_body(receive: Receive, most: int) -> bytes | None:
    """Collect the body of a request; None as soon as it has more than ``most`` bytes."""
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body", False):
            break
    return bytes(body)


def _once(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Give the collected body, then whatever comes after it (the word that the client has gone)."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
