"""Every rule both ways: its examples are read as a whole, by it and to the stated value; its rejects are not read by it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import pipeline.normalise
from pipeline.normalise.rules import Rule

READERS = {"money": "money", "quantities": "quantities", "date": "dates"}
"""Beginning of the name of a module with rules, and the module whose ``read_example`` reads their examples."""


def rules() -> list[tuple[str, Rule[Any, Any]]]:
    """Collect every list named RULES (or RULES_…) with the module that reads its kind."""
    collected = []
    for module_info in pkgutil.iter_modules(pipeline.normalise.__path__):
        reader = next((name for start, name in READERS.items() if module_info.name.startswith(start)), None)
        if reader is None:
            continue
        module = importlib.import_module(f"pipeline.normalise.{module_info.name}")
        for name, value in vars(module).items():
            if name.startswith("RULES") and isinstance(value, list):
                collected += [(reader, rule) for rule in value]
    unique = {(reader, rule.name): (reader, rule) for reader, rule in collected}
    return list(unique.values())


RULES = rules()


def example_reader(reader: str) -> Callable[[Rule[Any, Any], str], str | None]:
    read: Callable[[Rule[Any, Any], str], str | None] = importlib.import_module(
        f"pipeline.normalise.{reader}"
    ).read_example
    return read


def test_rules_are_collected() -> None:
    assert {"money/range", "number/few"} <= {rule.name for _, rule in RULES}


@pytest.mark.parametrize(
    ("reader", "rule", "text", "short"),
    [(reader, rule, text, short) for reader, rule in RULES for text, short in rule.examples.items()],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "name", ""),
)
def test_example_is_read_as_a_whole_by_its_rule(reader: str, rule: Rule[Any, Any], text: str, short: str) -> None:
    assert example_reader(reader)(rule, text) == short


@pytest.mark.parametrize(
    ("reader", "rule", "text"),
    [(reader, rule, text) for reader, rule in RULES for text in rule.rejects],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "name", ""),
)
def test_reject_is_not_read_by_the_rule(reader: str, rule: Rule[Any, Any], text: str) -> None:
    assert example_reader(reader)(rule, text) is None


@pytest.mark.parametrize(("reader", "rule"), RULES, ids=lambda value: getattr(value, "name", value))
def test_a_rule_has_examples_and_rejects(reader: str, rule: Rule[Any, Any]) -> None:
    assert rule.examples, f"{rule.name}: no example; give at least one text and its short form"
    assert rule.rejects, f"{rule.name}: no reject; give at least one text that looks alike and means nothing"


@pytest.mark.parametrize(("reader", "rule"), RULES, ids=[rule.name for _, rule in RULES])
def test_what_a_rule_needs_stands_in_its_pattern_and_in_each_of_its_examples(reader: str, rule: Rule[Any, Any]) -> None:
    assert all(word in rule.pattern for word in rule.needs)
    assert all(any(word in example for word in rule.needs) for example in rule.examples if rule.needs)
