"""The tokenizer of the recogniser's pipelines: every character is a token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

CONTEXT_KEY = "context"
"""Key in ``doc.user_data``: the text that a document is a part of (or its own), and where the part starts there."""


@registry.tokenizers("bangfu.characters.v1")
def make_character_tokenizer() -> Callable[[Language], CharacterTokenizer]:
    """The tokenizer that makes every character, white space included, one token."""
    return lambda nlp: CharacterTokenizer(nlp.vocab)


class CharacterTokenizer:
    """Makes every character of a text one token, so that token and character offsets are the same."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The document of a text, which it remembers: spaCy would put it together again from its tokens each time."""
        return Doc(self.vocab, words=list(text), spaces=[False] * len(text), user_data={CONTEXT_KEY: (text, 0)})

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Nothing to save."""

    def from_disk(self, path: str | Path, **_: Any) -> CharacterTokenizer:
        """Nothing to read."""
        return self

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to save."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> CharacterTokenizer:
        """Nothing to read."""
        return self


def context_of(doc: Doc) -> tuple[str, int]:
    """The text that a document is a part of, and where it starts there; its own where nobody said."""
    text, start = doc.user_data.get(CONTEXT_KEY) or (doc.text, 0)
    return text, start
