"""Runs a suite without pytest's help and says which of its tests fail: how the suites themselves are tested."""

from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from typing import Any

import pytest

Fixtures = Mapping[str, Callable[[], object]]


def red(suite: object, fixtures: Fixtures | None = None, *, only: str = "") -> set[str]:
    """Return the names of the tests of a suite that fail; fixtures are made anew for each."""
    names = [name for name in dir(suite) if name.startswith("test_") and only in name]
    assert names, f"the suite has no test named {only!r}"
    return {name for name in names if _fails(getattr(suite, name), fixtures or {})}


def _fails(test: Callable[..., None], fixtures: Fixtures) -> bool:
    for arguments in _parameters(test):
        given = {name: make() for name, make in fixtures.items() if name in signature(test).parameters}
        try:
            test(**given, **arguments)
        except pytest.skip.Exception:
            continue
        except (Exception, pytest.fail.Exception):  # noqa: BLE001  whatever a test fails of
            return True
    return False


def _parameters(test: Any) -> Iterator[dict[str, object]]:
    """Yield the arguments of a parametrized test, one by one; none of a plain one, once."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield {}
    for mark in marks:
        for value in mark.args[1]:
            yield {mark.args[0]: value}
