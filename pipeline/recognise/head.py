"""The trained part: a small convolutional tagger over character features, with the parameters of its CRF.

Built of thinc layers. What is known of each piece of text (the states of the frozen encoders) is projected once a piece
and spread over its characters; embeddings of the symbols of each character are added; residual convolutions look around;
a linear layer scores the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from spacy.util import registry
from thinc.api import (
    Dropout,
    Embed,
    Gelu,
    HashEmbed,
    LayerNorm,
    Linear,
    Model,
    chain,
    clone,
    expand_window,
    residual,
    with_array,
)
from thinc.types import Floats2d, Ragged

from pipeline.recognise.crf import Floats, Transitions
from pipeline.recognise.features import CharacterFeatures, SymbolColumn, hashed_keys

Tagger = Model[list[CharacterFeatures], Ragged]


@registry.architectures("bangfu.span_crf.v1")
def build_tagger(
    width: int,
    depth: int,
    window: int,
    hidden_dropout: float,
    state_dropout: float,
    hashed_rows: int,
) -> Tagger:
    """A tagger whose sizes of input and output are set when it is initialised.

    ``width`` is the width of every layer; ``depth`` the number of convolutions; ``window`` the characters each of them
    sees to either side (2 is a window of 5). ``state_dropout`` drops entries of the encoder's states, ``hidden_dropout``
    entries between the layers. ``hashed_rows`` is the size of the tables of characters and of character pairs.
    """
    mix = Model(
        "mix",
        _mix_forward,
        init=_mix_init,
        dims={"nO": width},
        attrs={"hashed_rows": hashed_rows, "state_dropout": state_dropout, "columns": []},
    )
    block = chain(
        expand_window(window),
        with_array(
            chain(
                Gelu(nO=width, nI=width * (2 * window + 1)),
                LayerNorm(nI=width),
                Dropout(hidden_dropout),
            )
        ),
    )
    crf = Model("crf", _no_forward, params={"first": None, "step": None, "last": None})
    output: Model[Ragged, Ragged] = with_array(Linear(nI=width))
    inner = chain(
        mix,
        with_array(chain(LayerNorm(nI=width), Dropout(hidden_dropout))),
        clone(residual(block), depth),
        output,
    )
    return Model(
        "span_crf",
        _forward,
        layers=[inner, crf],
        refs={"mix": mix, "crf": crf, "output": output.layers[0]},
    )
