"""Builds the encoder's lower layers as an ONNX graph from its weights.

Input: ``pieces`` ``[texts, pieces]`` (row numbers of the cut table), texts of one length: attention without a mask takes a
faster way. Output: ``states`` ``[texts, pieces, width x layers asked for]`` in float16: the states after the embedding
(layer 0) or after a layer, joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from pipeline.recognise.weights import BLOCK, EncoderWeights, QuantisedMatrix

CONTRIBUTED = "com.microsoft"
UNIT, ZERO = "one 127th", "middle"
PRECISIONS = ("float32", "int4", "int8")


@dataclass
class _Builder:
    """Nodes and constants of a graph under construction."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), [output], domain=domain, **attributes))
        return output


def build_graph(weights: EncoderWeights, rows: NDArray[np.int64], layers: Sequence[int], precision: str) -> ModelProto:
    """The graph that reads the table's ``rows`` and gives the states of ``layers`` (0 is the embedding).

    ``precision`` is ``float32``, ``int4`` (the weights' own blocks, activations in 8 bits by block) or ``int8`` (weights in 7
    bits with a scale for each output, activations in 8 bits with a scale for each piece, so that no piece is read more
    coarsely for its neighbours). Layers above the highest asked for are left out.
    """
    graph = _Builder()
    vectors = weights.vectors
    table = graph.constant("table", weights.matrices["emb.word"].rows(rows).dense().astype(np.float16))
    graph.node("Gather", [table, "pieces"], "words16")
    graph.node("Cast", ["words16"], "words", to=TensorProto.FLOAT)
    places = vectors["emb.pos"].reshape(-1, weights.width) + vectors["emb.type"][: weights.width]
    _positions(graph, places)
    graph.node("Add", ["words", "positions"], "embedded")
    if precision == "int8":
        graph.constant(UNIT, np.array(1 / 127, dtype=np.float32))
        graph.constant(ZERO, np.array(128, dtype=np.uint8))
    state = _normalise(graph, weights, "embedded", None, "emb.ln", "state 0")
    asked = [state] if 0 in layers else []
    for number in range(1, max(layers) + 1):
        state = _layer(graph, weights, f"l{number - 1}", state, f"state {number}", precision)
        if number in layers:
            asked.append(state)
    graph.node("Concat", asked, "joined", axis=2)
    graph.node("Cast", ["joined"], "states", to=TensorProto.FLOAT16)
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [
                helper.make_tensor_value_info("pieces", TensorProto.INT64, ["texts", "length"]),
            ],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT16, ["texts", "length", None])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(CONTRIBUTED, 1)],
        ir_version=9,
    )


def _positions(graph: _Builder, places: NDArray[np.float32]) -> None:
    """``positions``: the first rows of the table of positions, as many as the longest text of the batch has pieces."""
    table = graph.constant("places", places)
    graph.node("Shape", ["pieces"], "longest", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([0]))
    graph.node("Slice", [table, zero, "longest", axis], "positions")


def _layer(graph: _Builder, weights: EncoderWeights, name: str, state: str, output: str, precision: str) -> str:
    """One transformer layer: attention and a feed-forward network, each added to its input and normalised."""
    shared = _quantise(graph, state, precision)
    heads = [_product(graph, weights, f"{name}.{part}", state, shared, precision) for part in "qkv"]
    graph.node("MultiHeadAttention", heads, f"{name}.attention", CONTRIBUTED, num_heads=weights.heads)
    context = f"{name}.attention"
    mixed = _product(graph, weights, f"{name}.ao", context, _quantise(graph, context, precision), precision)
    middle = _normalise(graph, weights, mixed, state, f"{name}.aln", f"{name}.middle")
    inner = _product(
        graph, weights, f"{name}.fi", middle, _quantise(graph, middle, precision), precision, with_bias=False
    )
    bias = graph.constant(f"{name}.fi.b", weights.vectors[f"{name}.fi.b"])
    active = graph.node("BiasGelu", [inner, bias], f"{name}.active", CONTRIBUTED)
    outer = _product(graph, weights, f"{name}.fo", active, _quantise(graph, active, precision), precision)
    return _normalise(graph, weights, outer, middle, f"{name}.oln", output)


def _normalise(
    graph: _Builder, weights: EncoderWeights, values: str, skipped: str | None, name: str, output: str
) -> str:
    gain = graph.constant(f"{name}.w", weights.vectors[f"{name}.w"])
    bias = graph.constant(f"{name}.b", weights.vectors[f"{name}.b"])
    if skipped is None:
        return graph.node("LayerNormalization", [values, gain, bias], output, epsilon=weights.epsilon)
    return graph.node(
        "SkipLayerNormalization", [values, skipped, gain, bias], output, CONTRIBUTED, epsilon=weights.epsilon
    )


def _quantise(graph: _Builder, values: str, precision: str) -> list[str]:
    """For int8, the values in 8 bits and the scale of each piece, shared by the products that read them."""
    if precision != "int8":
        return []
    graph.node("Abs", [values], f"{values}.abs")
    graph.node("ReduceMax", [f"{values}.abs"], f"{values}.peak", axes=[2], keepdims=1)
    graph.node("Div", [values, f"{values}.peak"], f"{values}.unit")
    graph.node("QuantizeLinear", [f"{values}.unit", UNIT, ZERO], f"{values}.u8")
    return [f"{values}.u8", f"{values}.peak"]


def _product(
    graph: _Builder,
    weights: EncoderWeights,
    name: str,
    values: str,
    quantised: list[str],
    precision: str,
    *,
    with_bias: bool = True,
) -> str:
    """``values`` times the transposed matrix ``name.w``, plus ``name.b``."""
    matrix = weights.matrices[f"{name}.w"]
    bias = [graph.constant(f"{name}.b", weights.vectors[f"{name}.b"])] if with_bias else []
    if precision == "int4":
        return _blockwise(graph, name, values, matrix, bias)
    if precision == "int8":
        whole, scales = _by_output(matrix)
        inputs = [quantised[0], graph.constant(f"{name}.w", whole), UNIT, graph.constant(f"{name}.scale", scales), ZERO]
        graph.node("MatMulIntegerToFloat", inputs, f"{name}.unit", CONTRIBUTED)
        product = graph.node("Mul", [f"{name}.unit", quantised[1]], f"{name}.product")
    else:
        product = graph.node("MatMul", [values, graph.constant(f"{name}.w", matrix.dense().T)], f"{name}.product")
    return graph.node("Add", [product, bias[0]], f"{name}.out") if bias else product


def _blockwise(graph: _Builder, name: str, values: str, matrix: QuantisedMatrix, bias: list[str]) -> str:
    """The product in the weights' own blocks; ONNX Runtime wants neighbouring columns in one byte."""
    halves = matrix.halves
    count, blocks, _ = halves.shape
    packed = halves[:, :, 0::2] | (halves[:, :, 1::2] << 4)
    inputs = [
        values,
        graph.constant(f"{name}.w", packed.astype(np.uint8)),
        graph.constant(f"{name}.scale", matrix.scales.reshape(-1)),
    ]
    if bias:
        inputs += ["", "", *bias]
    return graph.node(
        "MatMulNBits", inputs, f"{name}.out", CONTRIBUTED, K=blocks * BLOCK, N=count, bits=4, block_size=BLOCK,
        accuracy_level=4,
    )  # fmt: skip


def _by_output(matrix: QuantisedMatrix) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The transposed matrix in 7 bits, a scale for each output; 8 bits would overflow the sums of processors before VNNI."""
    dense = matrix.dense()
    scales = np.abs(dense).max(axis=1) / 63
    return np.rint(dense / scales[:, None]).astype(np.int8).T, scales.astype(np.float32)
