"""Coverage-guided fuzzing of one reader, or of repair, by atheris: a tool for developers, not a test.

``pip install atheris`` (Linux and macOS), then ``python -m tests.coverage_fuzz .docx -max_total_time=60``; ``repair``
instead of a suffix feeds text. Arguments after the first are libFuzzer's. It starts from a good file of the format and
stops at the first exception that is no refusal, or at an offset that does not hold.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from pipeline.documents import READERS
    from pipeline.formats.content import Refusal, contents
    from tests.test_fuzz import check_content, check_repair, sample


def feed_reader(suffix: str, content: bytes) -> None:
    """Read the bytes as a file of the format and check what comes out."""
    for found in contents(READERS[suffix], io.BytesIO(content)):
        if not isinstance(found, Refusal):
            check_content(found)


def feed_repair(content: bytes) -> None:
    """Repair the text that the bytes make."""
    check_repair(content.decode("utf-8", "replace"))


def main() -> None:
    """Fuzz what the first argument names."""
    what, *options = sys.argv[1:] or ["repair"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "good").write_bytes(sample(".txt" if what == "repair" else what))
        feed = feed_repair if what == "repair" else lambda content: feed_reader(what, content)
        atheris.Setup([sys.argv[0], folder, *options], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
