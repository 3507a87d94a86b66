"""The page of the model card: figures in, Markdown out. No figure stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

from pipeline.score_tables import RECORD_PARTS
from pipeline.spans import LABELS

Figures = Mapping[str, Any]
_ENTITIES = [("entities", label) for label in (*LABELS, "all")]
_JUDGED = {
    "recogniser": "spans of the five labels, the model's own",
    "arguments": "plain words that fill roles, and goods",
    "parties": "parties of records",
    "records": "records (type, givers and amounts right)",
}
_SPLITS = {"dev": "dev", "test": "test", "reference": "real documents"}


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as a Markdown table.

    >>> print(markdown_table(["label", "F1"], [["ORG", 0.5]]))
    | label | F1 |
    |---|---|
    | ORG | 0.5 |
    """
    lines = [heads, *rows]
    shown = ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
    return "\n".join([shown[0], "|" + "---|" * len(heads), *shown[1:]])


def render(figures: Figures, variants: Sequence[Figures], speeds: Sequence[Figures], limits: str) -> str:
    """Render the whole card."""
    parts = [
        *_opening(figures),
        *_scores(figures),
        *_comparison(figures),
        *_calibration(figures["calibration"]),
        *_speed(speeds),
        *_architecture(variants),
        *(["## Limits", limits.strip()] if limits.strip() else []),
        "## How to repeat this",
        "`make train` makes the models and this card, `make card` measures again, `make evaluate` prints more: scores by genre "
        "and by layout, and the errors by kind. The same corpus, configuration and machine give the same scores.",
    ]
    return "\n\n".join(parts) + "\n"


def _opening(figures: Figures) -> Iterator[str]:
    made = figures["made_from"]
    yield "# Model card"
    yield (
        "Finds organisations, places, amounts, dates and events in Chinese bulletins (`recogniser`), the plain words that "
        "fill roles (`arguments`), and makes records of them (`events`, `network`). Written by `make card`; do not edit."
    )
    yield (
        f"Models `{figures['models'][:12]}`, {figures['bytes'] / 1e6:.1f} MB; made from corpus `{made['corpus'][:12]}` and "
        f"configuration `{made['configuration'][:12]}` (SHA-256, the first twelve digits)."
    )
    yield "## Data"
    labels = list(next(iter(figures["data"].values()))["spans"])
    rows = [
        [
            split,
            f"`{each['sha256'][:12]}`",
            each["documents"],
            f"{each['characters']:,}",
            *(each["spans"][label] for label in labels),
            each["records"],
        ]
        for split, each in figures["data"].items()
    ]
    yield markdown_table(["part", "SHA-256", "bulletins", "characters", *labels, "records"], rows)


def _scores(figures: Figures) -> Iterator[str]:
    yield "## Scores"
    yield (
        "Spans count when both edges and the label are right. In brackets the middle 95 % of the F1 when documents are drawn "
        "with replacement."
    )
    for split, each in figures["scores"].items():
        yield f"### {_SPLITS[split].capitalize()}, {each['documents']} documents"
        known = [(part, name) for part, name in (*_ENTITIES, *RECORD_PARTS) if name in each["whole"].get(part, {})]
        rows = [_score_row(each["whole"], part, name) for part, name in known]
        yield markdown_table(["what", "precision", "recall", "F1", "predicted", "gold"], rows)
        yield "F1 of spans by their source: the model alone, the rules alone, and both as the policy joins them."
        yield _beside(each["sources"], _ENTITIES)
        if each["stages"]:
            yield "F1 of records by what makes them, with the spans of gold and with those that are found."
            yield _beside(each["stages"], RECORD_PARTS)


def _title(part: str, name: str) -> str:
    return name if part == "entities" and name != "all" else f"{part} {name}".removesuffix(" all")


def _score_row(whole: Figures, part: str, name: str) -> Sequence[object]:
    row = whole[part][name]
    low, high = row["interval"]
    return (
        _title(part, name),
        f"{row['p']:.3f}",
        f"{row['r']:.3f}",
        f"{row['f']:.3f} ({low:.2f} to {high:.2f})",
        row["predicted"],
        row["gold"],
    )


def _beside(reports: Figures, parts: Sequence[tuple[str, str]]) -> str:
    rows = []
    for source, report in reports.items():
        cells = [report.get(part, {}).get(name) for part, name in parts]
        known = [f"{cell['f']:.3f}" if cell and (cell["gold"] or cell["predicted"]) else "-" for cell in cells]
        rows.append((source, *known))
    return markdown_table(["source", *(_title(*part) for part in parts)], rows)


def _comparison(figures: Figures) -> Iterator[str]:
    before = figures["before"]
    if before is None:
        return
    yield "## Before and now"
    yield f"F1 of the models before (`{before['models'][:12]}`) and of these. The documents may have changed between them."
    rows = []
    for split, each in figures["scores"].items():
        old = before["scores"].get(split)
        for part, name in (*_ENTITIES, *RECORD_PARTS) if old else ():
            was, now = (whole.get(part, {}).get(name) for whole in (old["whole"], each["whole"]))
            if was and now:
                change = now["f"] - was["f"]
                rows.append(
                    (_SPLITS[split], _title(part, name), f"{was['f']:.3f}", f"{now['f']:.3f}", f"{change:+.3f}")
                )
    yield markdown_table(["documents", "what", "before", "now", "change"], rows)


def _calibration(calibration: Figures) -> Iterator[str]:
    yield "## Confidence"
    yield (
        "The log-odds of a confidence are divided by a temperature that dev has taught. The expected calibration error is the "
        "mean gap between confidence and share right over tenths of confidence; on dev each half of the documents is measured "
        "with the temperature of the other half, on test with the one that ships."
    )
    heads = ["confidence of", "temperature", "dev: judged", "before", "after", "test: judged", "before", "after"]
    rows = []
    for name, each in calibration.items():
        cells: list[object] = [_JUDGED[name], each["temperature"]]
        for split in ("dev", "test"):
            row = each[split]
            cells += [row["judged"], f"{row['before']:.3f}", f"{row['after']:.3f}"]
        rows.append(cells)
    yield markdown_table(heads, rows)
    for name, each in calibration.items():
        yield f"### {_JUDGED[name].capitalize()}, on test"
        reliability = [
            (f"{low:.1f} to {high:.1f}", count, f"{confidence:.3f}", f"{right:.3f}")
            for low, high, count, confidence, right in each["test"]["table"]
        ]
        yield markdown_table(["confidence", "judged", "mean confidence", "share right"], reliability)
        yield "What is left when all below a threshold is set aside:"
        kept = [(threshold, f"{share:.0%}", f"{right:.3f}") for threshold, share, right in each["test"]["abstention"]]
        yield markdown_table(["threshold", "kept", "precision"], kept)


def _speed(speeds: Sequence[Figures]) -> Iterator[str]:
    if speeds:
        yield "## Speed and memory"
        yield "Whole documents of 600 to 3,000 characters, each candidate in a process of its own; measured by `make bench`."
        heads = list(speeds[0])
        yield markdown_table(heads, [[row.get(head, "-") for head in heads] for row in speeds])


def _architecture(variants: Sequence[Figures]) -> Iterator[str]:
    if variants:
        yield "## Architecture"
        yield "Variants of the recogniser that were measured: F1 of spans on dev and on real documents, mean of the seeds."
        rows = [
            (
                f"**{row['name']}**" if row.get("shipped") else row["name"],
                _seeds(row["dev"]),
                _seeds(row.get("real", [])),
                row.get("seconds", "-"),
                row.get("note", ""),
            )
            for row in variants
        ]
        yield markdown_table(["variant", "dev", "real documents", "seconds of training", "note"], rows)


def _seeds(scores: Sequence[float]) -> str:
    """Show the mean of some seeds and how far they lie apart.

    >>> _seeds([0.92, 0.94]), _seeds([0.8]), _seeds([])
    ('0.930 (2 seeds, 0.920 to 0.940)', '0.800', '-')
    """
    if not scores:
        return "-"
    apart = f" ({len(scores)} seeds, {min(scores):.3f} to {max(scores):.3f})" if len(scores) > 1 else ""
    return f"{mean(scores):.3f}{apart}"
