"""Reads labelled texts in the formats that people publish, told apart by what stands in the file, not by its name.

- doccano's JSON Lines: ``{"text", "entities": [{"start_offset", "end_offset", "label"}]}``, or ``{"text", "label": [[start, end, label]]}``;
- CLUENER's JSON Lines: ``{"text", "label": {"company": {"某公司": [[9, 11]]}}}``, the last character included;
- columns: a character and its tag a line, a blank line between sentences, tags in BIO, BIOES or BMES.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from training.labelled import CorpusError, LabelledText

Spans = list[tuple[int, int, str]]
_COLUMNS = re.compile(r"(?P<token>\S+|\s)[ \t]+(?:.*[ \t])?(?P<tag>\S+)\s*$")
_TAG = re.compile(r"(?P<place>[BIMESLU])[-_](?P<label>.+)$")
_OPENS, _CLOSES = "BSU", "ESLU"
_RIGHT = "a line holds text and entities (doccano), text and label (CLUENER), or a character and its tag"


@dataclass(frozen=True)
class LabelledFile:
    """The texts of a file, whether any of them is labelled at all, and the spans that cannot be learnt, each told in a line.

    A span cannot be learnt when it overlaps a longer one, lies outside its text or names other words than stand there.
    ``missing`` holds those of them that are spans of the text all the same, by the number of the text: a score counts
    them as not found.
    """

    texts: tuple[LabelledText, ...]
    is_labelled: bool
    left_out: tuple[str, ...]
    missing: tuple[tuple[int, tuple[int, int, str]], ...]


def read_labelled_file(path: Path) -> LabelledFile:
    """Read a file in any of the formats; raises :class:`CorpusError` naming the line that is in none of them."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); give a text file in UTF-8") from None
    first = next((line for line in lines if line.strip()), "")
    rows = _json_rows(path, lines) if first.lstrip().startswith("{") and _is_json(first) else _column_rows(path, lines)
    texts: list[LabelledText] = []
    left_out: list[str] = []
    missing: list[tuple[int, tuple[int, int, str]]] = []
    is_labelled = False
    for where, text, spans in rows:
        is_labelled = is_labelled or spans is not None
        kept: Spans = []
        # the longer of two spans stays, as everywhere in the project; of equally long ones the first
        for span in sorted(spans or [], key=lambda s: (s[0] - s[1], s)):
            start, end, label = span
            if not 0 <= start < end <= len(text):
                left_out.append(f"{where}: {label} [{start}, {end}) lies outside the text or holds nothing")
            elif any(start < b and a < end for a, b, _ in kept):
                left_out.append(f"{where}: {label} {text[start:end]!r} overlaps another span")
                missing.append((len(texts), span))
            else:
                kept.append(span)
        texts.append(LabelledText(text, tuple(sorted(kept))))
    return LabelledFile(tuple(texts), is_labelled, tuple(left_out), tuple(missing))


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False


def _json_rows(path: Path, lines: Iterable[str]) -> Iterator[tuple[str, str, Spans | None]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path}:{number}"
            try:
                row = json.loads(line)
                text: str = row["text"]
                yield where, text, _spans(row)
            except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise CorpusError(f"{where}: no labelled text ({error!r}); {_RIGHT}") from None


def _spans(row: Mapping[str, Any]) -> Spans | None:
    """Return the spans of a row of JSON, or None when it has no labels at all (a test part whose answers are kept back)."""
    if "entities" in row:
        return [(span["start_offset"], span["end_offset"], str(span["label"])) for span in row["entities"]]
    labels = row.get("label", row.get("labels"))
    if labels is None:
        return None
    if isinstance(labels, dict):
        return [
            _checked(row["text"], form, start, end + 1, label)
            for label, forms in labels.items()
            for form, places in forms.items()
            for start, end in places
        ]
    return [(int(start), int(end), str(label)) for start, end, label in labels]


def _checked(text: str, form: str, start: int, end: int, label: str) -> tuple[int, int, str]:
    if text[start:end] != form:
        raise ValueError(f"{form!r} does not stand at [{start}, {end - 1}], where {text[start:end]!r} stands")
    return start, end, label


def _column_rows(path: Path, lines: Iterable[str]) -> Iterator[tuple[str, str, Spans | None]]:
    numbered = ((number, line.rstrip("\r")) for number, line in enumerate(lines, 1))
    for blank, group in groupby(numbered, key=lambda pair: not pair[1].strip()):
        if blank:
            continue
        rows = list(group)
        if rows[0][1].startswith("-DOCSTART-"):
            continue
        text, tags = "", []
        for number, line in rows:
            found = _COLUMNS.match(line)
            tag = found and (_TAG.match(found["tag"]) or found["tag"] == "O")
            if not found or not tag:
                raise CorpusError(f"{path}:{number}: {line!r} is no character with a tag such as O, B-ORG; {_RIGHT}")
            tags.append((len(text), len(text) + len(found["token"]), found["tag"]))
            text += found["token"]
        yield f"{path}:{rows[0][0]}", text, _tagged_spans(tags)


def _tagged_spans(tags: Iterable[tuple[int, int, str]]) -> Spans:
    """Read the spans off tags in BIO, BIOES or BMES: a change of label or a closing tag ends a span too.

    >>> _tagged_spans([(0, 1, "B-ORG"), (1, 2, "E-ORG"), (2, 3, "M-ORG"), (3, 4, "S-GPE"), (4, 5, "I-GPE")])
    [(0, 2, 'ORG'), (2, 3, 'ORG'), (3, 4, 'GPE'), (4, 5, 'GPE')]
    """
    spans: Spans = []
    is_open = False
    for start, end, tag in tags:
        found = _TAG.match(tag)
        if found is None:
            is_open = False
            continue
        if is_open and found["place"] not in _OPENS and spans[-1][2] == found["label"]:
            spans[-1] = (spans[-1][0], end, found["label"])
        else:
            spans.append((start, end, found["label"]))
        is_open = found["place"] not in _CLOSES
    return spans
