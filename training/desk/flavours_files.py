"""The shapes in which labelled text arrives, told apart by their content: doccano's exports, CoNLL, and the corpus' own files.

Everything is read into :class:`Given`, as it stands in the file; :mod:`training.desk.flavours` makes corpus rows of it.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

SUFFIXES = (".jsonl", ".json", ".conll", ".txt")
SHARED = ("all", "unknown")
"""Names under which doccano exports what belongs to no single member."""
_TAG = re.compile(r"O|[BIESLU]-(\S+)")
_LATIN = re.compile(r"[A-Za-z]")


class FlavourError(ValueError):
    """Labelled text that cannot be taken as it is; the message has a line for each fault, with place and remedy."""


@dataclass(frozen=True)
class GivenSpan:
    """A labelled span as the file has it: offsets in a unit still unknown, the file's own label and identifier."""

    start: int
    end: int
    label: str
    key: object


@dataclass(frozen=True)
class Given:
    """One labelled text as the file has it; ``where`` is ``file:line``, ``rest`` every other key of its row.

    ``relations`` are ``(from, to, type)`` by the keys of spans. ``own`` tells that the row is the project's, not doccano's:
    its records name its spans. ``code_points`` tells that its offsets are known to count code points.
    """

    where: str
    text: str
    spans: tuple[GivenSpan, ...]
    relations: tuple[tuple[object, object, str], ...]
    rest: Mapping[str, Any]
    own: bool = False
    code_points: bool = False


@dataclass(frozen=True)
class GivenFile:
    """The labelled texts of one file; ``member`` is the labeller it belongs to, None when the file does not say."""

    name: str
    member: str | None
    texts: tuple[Given, ...]


def read_files(path: Path) -> list[GivenFile]:
    """Read a file, an export zip or a folder of files, one entry a file, in order of name.

    In a zip or a folder a file is named after the member who labelled it, ``all`` and ``unknown`` after nobody. Raises
    :class:`FlavourError`.
    """
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in SUFFIXES)
        contents = [(str(file), PurePosixPath(file.relative_to(path).as_posix()), file.read_bytes()) for file in files]
    elif not path.is_file():
        raise FlavourError(f"{path}: no such file or folder; give an export of doccano, or a folder of exports")
    elif (content := path.read_bytes()).startswith(b"PK\x03\x04"):
        contents = list(_unpacked(path))
    else:
        return [GivenFile(path.stem, None, tuple(_read(content, str(path), path.stem)))]
    if not contents:
        raise FlavourError(f"{path}: holds no labelled files; they end in {', '.join(SUFFIXES)}")
    return [
        GivenFile(name.stem, None if name.stem in SHARED else name.stem, tuple(_read(content, where, name.stem)))
        for where, name, content in contents
    ]


def _unpacked(path: Path) -> Iterator[tuple[str, PurePosixPath, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in sorted(archive.namelist()):
                name = PurePosixPath(entry)
                if name.suffix in SUFFIXES and not name.name.startswith(".") and "__MACOSX" not in name.parts:
                    yield f"{path}/{entry}", name, archive.read(entry)
    except zipfile.BadZipFile as error:
        raise FlavourError(f"{path}: broken zip ({error}); export it again") from None


def _read(content: bytes, where: str, stem: str) -> Iterator[Given]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FlavourError(f"{where}: not UTF-8 (byte {error.start}); export it again, or save it as UTF-8") from None
    first = text.lstrip()
    if not first:  # what doccano writes when nothing is confirmed
        return iter(())
    if first.startswith("=== "):
        return _notation(text, where)
    if re.match(r"\{\s*[\"}]", first):
        return _json_lines(text, where, stem)
    if re.match(r"\[\s*[{\]]", first):
        return _json_array(text, where, stem)
    lines = (line for line in text.split("\n") if line.strip() and not line.startswith(("-DOCSTART-", "#")))
    line = next(lines, "")
    if len(line.split()) > 1 and _TAG.fullmatch(line.split()[-1]):
        return _conll(text, where, stem)
    raise FlavourError(
        f"{where}: of no known flavour (begins {first[:20]!r}); right would be doccano's JSON Lines, CoNLL or a batch file"
    )


def _json_lines(text: str, where: str, stem: str) -> Iterator[Given]:
    # Split at line feeds alone: exports hold U+2028 and U+0085 raw, at which str.splitlines would cut.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise FlavourError(f"{where}:{number}: not JSON ({error.msg}); one object a line is expected") from None
            yield _json_row(row, f"{where}:{number}", f"{stem}-{number}")


def _json_array(text: str, where: str, stem: str) -> Iterator[Given]:
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise FlavourError(f"{where}:{error.lineno}: not JSON ({error.msg}); a list of objects is expected") from None
    for number, row in enumerate(rows, start=1):
        yield _json_row(row, f"{where}, entry {number}", f"{stem}-{number}")


def _json_row(row: Any, where: str, name: str) -> Given:
    """Read one row of any version of doccano: ``text`` was ``data``, ``label`` was ``labels``, metadata lay in ``meta``."""
    if not isinstance(row, dict):
        raise FlavourError(f"{where}: no object; a row holds text and label, or text and entities")
    row = {**row, **(row["meta"] if isinstance(row.get("meta"), dict) else {})}
    text = row.get("text", row.get("data"))
    if not isinstance(text, str):
        raise FlavourError(f"{where}: has no text; a row holds text and label, or text and entities")
    try:
        if "entities" in row:
            spans = [GivenSpan(e["start_offset"], e["end_offset"], e["label"], e["id"]) for e in row["entities"]]
        elif (labels := row.get("label", row.get("labels"))) is not None:
            spans = [GivenSpan(start, end, label, key) for key, (start, end, label) in enumerate(labels)]
        else:
            raise FlavourError(
                f"{where}: has neither label nor entities; export the project as JSONL or JSONL(Relation)"
            )
        relations = tuple((r["from_id"], r["to_id"], r["type"]) for r in row.get("relations") or ())
    except (KeyError, TypeError, ValueError) as error:
        raise FlavourError(
            f"{where}: labels of another shape ({error}); right would be [start, end, label] or start_offset, end_offset, label, id"
        ) from None
    for span in spans:
        if not (type(span.start) is int and type(span.end) is int and isinstance(span.label, str)):
            raise FlavourError(
                f"{where}: label {[span.start, span.end, span.label]} is not two whole numbers and a name; export it again"
            )
    used = ("text", "data", "meta", "label", "labels", "entities", "relations")
    rest = {"doc_id": name} | {key: value for key, value in row.items() if key not in used and value is not None}
    own = "records" in row and "id" not in row  # doccano gives every row an id, and every span a new one
    return Given(where, text, tuple(spans), relations, rest, own, code_points=own)


def _notation(text: str, where: str) -> Iterator[Given]:
    from training.corpus import to_row
    from training.markup import MarkupError, parse_batch

    try:
        for bulletin in parse_batch(text, where):
            yield _json_row(to_row(bulletin), f"{where}, {bulletin.name}", bulletin.name)
    except MarkupError as error:
        raise FlavourError(str(error)) from None


def _conll(text: str, where: str, stem: str) -> Iterator[Given]:
    """Read tokens with BIO, BIOES or BILOU tags in the last column.

    ``-DOCSTART-`` parts documents and blank lines their lines; without it every blank line parts documents. ``# doc_id =
    NAME`` names the document that follows.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    marked = any(line.startswith("-DOCSTART-") for line in lines)
    sentences: list[list[tuple[str, str]]] = [[]]
    began, name, number = 1, "", 0
    for place, line in enumerate([*lines, "-DOCSTART-"], start=1):
        if line.startswith("-DOCSTART-") or (not marked and not line.strip(" \t")):
            if any(sentences):
                number += 1
                yield _conll_document(sentences, f"{where}:{began}", name or f"{stem}-{number}")
            sentences, name = [[]], ""
        elif match := re.match(r"#\s*doc_id\s*=\s*(\S+)", line):
            name = match[1]
        elif not line.strip(" \t"):
            sentences.append([])
        else:
            columns = line.split("\t") if "\t" in line else line.split(" ")
            if len(columns) < 2 or not columns[0] or not _TAG.fullmatch(columns[-1]):
                raise FlavourError(f"{where}:{place}: {line!r} is no token and tag; right would be 云 B-GPE")
            if not any(sentences):
                began = place
            sentences[-1].append((columns[0], columns[-1]))


def _conll_document(sentences: Sequence[Sequence[tuple[str, str]]], where: str, name: str) -> Given:
    single = all(len(token) == 1 for sentence in sentences for token, _ in sentence)
    text = ""
    spans: list[GivenSpan] = []
    for sentence in filter(None, sentences):
        text += "\n" if text else ""
        open_label, before = "", ""
        for token, tag in sentence:
            # Words of Latin letters were parted by a blank, everything else stood side by side.
            if not single and _LATIN.match(before[-1:]) and _LATIN.match(token):
                text += " "
            kind, _, label = tag.partition("-")
            if label and open_label == label and kind in "IEL":
                last = spans.pop()
                spans.append(GivenSpan(last.start, len(text) + len(token), label, last.key))
            elif label:
                spans.append(GivenSpan(len(text), len(text) + len(token), label, len(spans)))
            open_label = "" if kind in "ESLU" else label
            text += token
            before = token
    return Given(where, text, tuple(spans), (), {"doc_id": name}, code_points=True)
