"""Finds a plug-in by name: a file of ours, or an entry point of an installed package; imported when asked for."""

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from labelport.errors import RequestError, unknown
from labelport.kit.format import Format

FORMATS = "labelport.formats"


def formats() -> list[str]:
    """Return the names of all formats, sorted, without importing one."""
    return sorted({*_ours(), *(point.name for point in entry_points(group=FORMATS))})


def format_named(name: str) -> Format:
    """Return the format of that name, ours before an installed one; raises `NotFoundError` with the nearest name."""
    if name in _ours():
        try:
            module = import_module(f"{FORMATS}.{name}")
        except ModuleNotFoundError as e:
            raise RequestError(f"format {name!r} needs {e.name!r}: install the extra that brings it") from e
        return _checked(name, module.FORMAT)
    for point in entry_points(group=FORMATS, name=name):
        return _checked(name, _loaded(point))
    raise unknown("format", name, formats())


@cache
def _ours() -> frozenset[str]:
    spec = find_spec(FORMATS)
    places = spec.submodule_search_locations if spec else None
    return frozenset(module.name for module in pkgutil.iter_modules(places) if not module.name.startswith("_"))


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as e:
        raise RequestError(f"plug-in {point.name!r} cannot be loaded: {type(e).__name__}: {e}") from e


def _checked(name: str, found: object) -> Format:
    if not isinstance(found, Format):
        raise RequestError(f"plug-in {name!r} is {type(found).__name__}, not a labelport.kit.format.Format")
    return found
