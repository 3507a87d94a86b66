"""Times the stages of an extraction: recognition, values and places, and what makes records of them.

Records are made in three steps: plain phrases are found beside the mentions, the models judge types, roles and occurrences, and
what they say is assembled.

``python benchmarks/stages.py FOLDER`` reads the documents of a folder with loaded models, the best of ``--repeat`` runs.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from functools import wraps
from pathlib import Path
from typing import Any, cast

from pipeline.documents import Document, read_documents
from pipeline.events.assemble import assemble
from pipeline.events.models import EventModels
from pipeline.extract import Tools, load_tools, read_passage
from pipeline.normalise.values import date_context, full_names, with_places
from pipeline.policy import repeat_names, settle
from pipeline.recognise.runtime import single_core_products
from pipeline.repair import repair

ROOT = Path(__file__).parent.parent


class Timed:
    """Event models that add up the seconds that their judgements take."""

    def __init__(self, models: EventModels) -> None:
        self._models = models
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._models, name)
        if not callable(value):
            return value

        @wraps(value)
        def timed(*given: Any) -> Any:
            began = time.perf_counter()
            answer = value(*given)
            self.seconds += time.perf_counter() - began
            return answer

        return timed


def stages(documents: Sequence[Document], tools: Tools) -> Counter[str]:
    """Return the seconds that each stage takes for all ``documents``, in the steps of :func:`pipeline.extract.extract`."""
    spent: Counter[str] = Counter()
    for document in documents:
        clock = time.perf_counter()

        def lap(stage: str) -> None:
            nonlocal clock
            now = time.perf_counter()
            spent[stage] += now - clock
            clock = now

        passages, context = repair(document), date_context(document)
        texts = [passage.text for passage in passages]
        lap("repair")
        proposed = tools.recogniser.recognise(texts)
        lap("recognition")
        settled = [settle(text, found.mentions, context) for text, found in zip(texts, proposed, strict=True)]
        year = context.day.year if context.day else None
        valued = with_places(repeat_names(texts, settled), document.region, year)
        full_names(valued, "\n".join(texts), document.region, year)
        lap("values and places")
        judging = Timed(tools.events)
        with single_core_products():
            readings = [
                read_passage(passage, mentions, tools.events, found.context)
                for passage, found, mentions in zip(passages, proposed, valued, strict=True)
            ]
            lap("phrases")
            for reading in readings:
                assemble(reading, cast(EventModels, judging))
        lap("assembly")
        spent["judging"] += judging.seconds
        spent["assembly"] -= judging.seconds
    return spent


def main() -> None:
    """Print a row a stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "seeds" / "bulletins")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "full", help="folder of models")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    documents = [document for document in read_documents([options.folder]) if isinstance(document, Document)]
    tools = load_tools(options.model)
    stages(documents, tools)
    best = min((stages(documents, tools) for _ in range(options.repeat)), key=lambda spent: sum(spent.values()))
    characters = sum(len(document.text) for document in documents)
    print(
        f"{len(documents)} documents of {characters:,} characters\n| stage | seconds | of recognition |\n|---|---|---|"
    )
    for stage, seconds in best.items():
        print(f"| {stage} | {seconds:.3f} | {seconds / best['recognition']:.2f} |")


if __name__ == "__main__":
    main()
