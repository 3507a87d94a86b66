"""The JSON Schema of the output files, made from the pydantic models of :mod:`pipeline.records`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pipeline.records import SCHEMA_VERSION, EntitiesRecord, ErrorRecord, EventRecord, ReviewRecord

FILES: dict[str, type[BaseModel]] = {
    "events.jsonl": EventRecord,
    "review.jsonl": ReviewRecord,
    "entities.jsonl": EntitiesRecord,
    "errors.jsonl": ErrorRecord,
}


def json_schema() -> dict[str, Any]:
    """Return one schema whose ``files`` name the definition of a line of each output file."""
    _, definitions = models_json_schema([(model, "validation") for model in FILES.values()], title="bangfu output")
    files = {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in FILES.items()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "version": SCHEMA_VERSION, "files": files}
    return head | {"anyOf": list(files.values())} | definitions
