"""Says why: for each record of a document its sentence with spans marked, and what spoke for type, roles, date and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.documents import Rejected, read_documents
from pipeline.events.anchor_types import typed_anchors
from pipeline.events.arguments import argument_features
from pipeline.events.assemble import Argument, Event, questions
from pipeline.events.features import type_features
from pipeline.events.linear import LinearModel
from pipeline.events.lists import list_rows
from pipeline.events.models import EventModels
from pipeline.events.reading import Reading, make_reading
from pipeline.events.roles import NONE
from pipeline.extract import MODELS, Extraction, Page, extract, load_tools
from pipeline.json_values import short_value
from pipeline.output import event_record
from pipeline.sentences import sentences
from pipeline.spans import Mention, Span

_MOST_REJECTED = 5

Chances = Mapping[Mention, Mapping[Mention, Mapping[str, float]]]
"""Probability of each role by anchor and mention."""


@dataclass(frozen=True)
class Judged:
    """What was asked of a reading and answered: by the linear model and the networks together, and by the networks alone.

    The latter is empty where there are no networks.
    """

    together: Chances
    networks: Chances


def judged(reading: Reading, models: EventModels) -> Judged:
    """Judge every mention of every anchor of a reading, all at once, as the records were made."""
    asked = questions(reading, typed_anchors(reading, models), list_rows(reading))
    answers = models.roles_and_places(reading, asked)
    both = [[chances for chances, _ in row] for row in answers]
    networks = models.network.chances(reading, asked) if models.network and reading.context else []
    return Judged(
        *(
            {
                anchor: dict(zip(mentions, row, strict=True))
                for (anchor, _, mentions), row in zip(asked, rows, strict=False)
            }
            for rows in (both, networks)
        )
    )


def explain_file(path: str, models: Path | None = None, published: date | None = None) -> Iterator[str]:
    """Yield the lines of the explanation of one file (``-`` for stdin).

    Raises MissingInput for a path that does not exist, ValueError for a file that cannot be read, FileNotFoundError
    for missing models.
    """
    entry = next(iter(read_documents([path if path == "-" else Path(path)], published=published)))
    if isinstance(entry, Rejected):
        raise ValueError(f"{entry.path}: {entry.reason}: {entry.detail}")
    tools = load_tools(models or MODELS)
    extraction = extract(entry, tools)
    day, source = extraction.context.day, extraction.context.source
    yield f"{entry.doc_id}: day {day or 'unknown'} ({source or 'nothing in the text tells it'}), {len(extraction.pages)} items"
    for page in extraction.pages:
        text = page.passage.text
        reading = make_reading(text, sentences(text), page.mentions, page.passage.headline_end, page.context)
        said = judged(reading, tools.events)
        for event in page.events:
            yield ""
            yield from _event_lines(extraction, page, reading, event, tools.events, said)


def _event_lines(
    extraction: Extraction, page: Page, reading: Reading, event: Event, models: EventModels, said: Judged
) -> Iterator[str]:
    record = event_record(extraction, page, event)
    flags = ", ".join(["planned" if event.planned else "done", *(["total"] if event.is_total else []), *event.flags])
    yield f"{record.event_id}  {event.type} ({flags})  confidence {event.confidence:.2f}"
    yield "  " + marked(reading, event.evidence)
    for anchor in event.anchors:
        reasons = _reasons(models.type, type_features(reading, anchor), event.type)
        yield f"  type: {anchor.text!r} ({anchor.by} {anchor.confidence:.2f}) because {reasons}"
    if not event.anchors:
        yield "  type: a line of a donation list, giver and amount without a verb"
    for argument in (*event.participants, *event.amounts, *event.items, *event.places):
        yield f"  {argument.role}: {_why(reading, event, argument, models, said)}"
    if event.date:
        value = short_value(event.date.mention.value) or {}
        yield f"  date: {event.date.mention.text!r} ({event.date.mention.by}) = {value.get('edtf')}"
    for text in _rejected(event, said):
        yield f"  not taken: {text}"


def marked(reading: Reading, span: Span) -> str:
    """Write a stretch of the text with its mentions as ``[text|LABEL]``; of overlapping ones the longer."""
    pieces, position = [], span.start
    for mention in sorted(reading.mentions, key=lambda m: (m.start, -m.end)):
        if mention.start >= position and mention.end <= span.end:
            pieces += [reading.text[position : mention.start], f"[{mention.text}|{mention.label}]"]
            position = mention.end
    return "".join([*pieces, reading.text[position : span.end]]).replace("\n", " ")


def _why(reading: Reading, event: Event, argument: Argument, models: EventModels, said: Judged) -> str:
    mention = argument.mention
    value = short_value(mention.value)
    shown = f"{mention.text!r} {argument.confidence:.2f}" + (f" = {value}" if value else "")
    if not event.anchors:
        return shown
    nearest = min(event.anchors, key=lambda anchor: abs(anchor.start - mention.start))
    model = models.place if argument.role == "place" else models.role
    reasons = _reasons(model, argument_features(reading, nearest, mention, event.type), argument.role)
    return f"{shown} because {reasons}{_network(nearest, argument, said)}"


def _network(anchor: Mention, argument: Argument, said: Judged) -> str:
    """What the role networks say of an argument; they have no reasons that a person can read."""
    chances = said.networks.get(anchor, {}).get(argument.mention)
    if chances is None or argument.role == "place":
        return ""
    return f"; the networks say {chances.get(argument.role, 0.0):.2f}"


def _reasons(model: LinearModel, features: list[str], name: str) -> str:
    if name not in model.classes:
        return "the rules of assembly say so"
    rows = model.reasons(features, name, 3)
    return "; ".join(f"{feature} (+{weight:.1f})" for feature, weight in rows) or "nothing in particular"


def _rejected(event: Event, said: Judged) -> list[str]:
    """List the mentions that came nearest to a role without getting it."""
    taken = {a.mention for a in (*event.participants, *event.amounts, *event.items)}
    near: dict[Mention, tuple[float, str]] = {}
    for anchor in event.anchors:
        for mention, chances in said.together.get(anchor, {}).items():
            if mention in taken or mention.label == "DATE":
                continue
            for role, chance in chances.items():
                if role != NONE and chance >= 0.1:
                    near[mention] = max(near.get(mention, (0.0, "")), (chance, role))
    ranked = sorted(near.items(), key=lambda pair: -pair[1][0])[:_MOST_REJECTED]
    return [f"{mention.text!r} as {role} ({chance:.2f})" for mention, (chance, role) in ranked]
