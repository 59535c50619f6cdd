"""The examples in docstrings: what they show is what comes out."""

import doctest
import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent
WITH_EXAMPLES = [
    ".".join(file.relative_to(HERE).with_suffix("").parts)
    for package in ("pipeline", "flows", "review", "benchmarks")
    for file in sorted((HERE / package).rglob("*.py"))
    if "\n    >>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted
    assert not found.failed


def test_there_are_examples() -> None:
    assert len(WITH_EXAMPLES) > 30
