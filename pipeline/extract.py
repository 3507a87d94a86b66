"""The whole path from a document to its events, one way: repair, recognise, normalise, assemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.context import Context
from pipeline.data_folders import models_of
from pipeline.documents import Document
from pipeline.events.assemble import Event, assemble
from pipeline.events.models import EventModels, load_event_models
from pipeline.events.phrases import free_phrases, with_phrases
from pipeline.events.reading import Reading, make_reading
from pipeline.normalise.dates import DateContext
from pipeline.normalise.values import date_context, full_names, with_places
from pipeline.policy import repeat_names, settle
from pipeline.recognise import Recogniser, load_recogniser
from pipeline.recognise.phrases import PHRASE
from pipeline.recognise.runtime import single_core_products
from pipeline.repair import Passage, repair
from pipeline.sentences import sentences
from pipeline.spans import LABELS, Mention

MODELS = models_of()
NETWORK = "network"
"""Name of the file of the role networks, which are made for the readers of their tier."""


@dataclass(frozen=True)
class Tools:
    """What the path needs: the recogniser and the event models, loaded once a process."""

    recogniser: Recogniser
    events: EventModels


@dataclass(frozen=True)
class Page:
    """One item of news read: its passage, its mentions with values, its events, and the full names of its parties.

    ``context`` is what the events were read with beside the mentions, if anything.
    """

    passage: Passage
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]
    canonical: Mapping[Mention, str]
    context: Context | None = None

    @property
    def entities(self) -> tuple[Mention, ...]:
        """The mentions of the five labels, helper labels left out."""
        return tuple(mention for mention in self.mentions if mention.label in LABELS)


@dataclass(frozen=True)
class Extraction:
    """All that was read from one document."""

    document: Document
    pages: tuple[Page, ...]
    context: DateContext


def load_tools(models: Path = MODELS) -> Tools:
    """Load the models of ``models``; raises FileNotFoundError naming the missing part."""
    recogniser = load_recogniser(models / "recogniser", models / "arguments")
    events = load_event_models(models / "events", models / NETWORK)
    return Tools(recogniser.with_context(events.network.context if events.network else None), events)


def extract(document: Document, tools: Tools) -> Extraction:
    """Read one document: the whole path in its order."""
    passages = repair(document)
    texts = [passage.text for passage in passages]
    context = date_context(document)
    proposed = tools.recogniser.recognise(texts)
    settled = [settle(text, found.mentions, context) for text, found in zip(texts, proposed, strict=True)]
    year = context.day.year if context.day else None
    valued = with_places(repeat_names(texts, settled), document.region, year)
    names = full_names(valued, "\n".join(texts), document.region, year)
    pages = []
    with single_core_products():
        for passage, found, mentions, canonical in zip(passages, proposed, valued, names, strict=True):
            reading = read_passage(passage, mentions, tools.events, found.context)
            events = tuple(assemble(reading, tools.events))
            pages.append(Page(passage, reading.mentions, events, canonical, found.context))
    return Extraction(document, tuple(pages), context)


def read_passage(
    passage: Passage, mentions: Sequence[Mention], models: EventModels, context: Context | None = None
) -> Reading:
    """Make the reading of a passage: its mentions, and the noun phrases that may fill a role."""
    known = [mention for mention in mentions if mention.label != PHRASE]
    reading = make_reading(passage.text, sentences(passage.text), known, passage.headline_end, context)
    return replace(reading, mentions=tuple(with_phrases(reading, free_phrases(mentions), models.phrase)))
