"""Says everything that is wrong with a value, typed or as JSON, with the path of each fault.

A sound value costs little: its types and bounds are checked in C, the rules look only where some apply. Only a faulty
one is walked.
"""

import json
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.model.ontology import Ontology
from labelport.model.rules import Classes, by_type, known_classes, rules_in
from labelport.model.walk import document, walk

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)
TOO_DEEP = Fault("", "is nested too deeply")


def faults(value: msgspec.Struct, ontology: Ontology | None = None) -> Iterator[Fault]:
    """Yield everything that is wrong with the value; given the ontology, also what does not fit its classes."""
    yield from checked(value, ontology)[1]


def checked(value: S, ontology: Ontology | None = None) -> tuple[S, list[Fault]]:
    """Return the value as reading it gives it back, and everything that is wrong with it.

    Then a number is a float wherever its type says so, and the same content has the same bytes, however it was made.
    """
    classes = known_classes(ontology)
    held = _held(value)
    try:
        found = rules_in(value, classes) if held == value else list(walk(document(value), type(value), classes))
    except RecursionError:
        found = [TOO_DEEP]
    return value if held is None else held, [_from_root(fault) for fault in found]


def broken(value: msgspec.Struct, but: frozenset[type] = frozenset()) -> list[Fault]:
    """Return which rules a value breaks that came through a typed decoder, which saw to types and bounds.

    The rules of the types in `but` were looked at elsewhere.
    """
    return [_from_root(fault) for fault in rules_in(value, {}, but)]


def parse(data: bytes | str, type_: type[T], ontology: Ontology | None = None) -> T:
    """Return the value that the JSON holds; raises `InvalidError` with everything that is wrong with it."""
    classes = known_classes(ontology)
    try:
        value = _decoder(type_).decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as e:
        raise InvalidError(_called(type_), map(_from_root, _found(data, type_, classes, str(e)))) from e
    broken = tuple(map(_from_root, rules_in(value, classes)))
    if broken:
        raise InvalidError(_called(type_), broken)
    return value


@by_type
def _decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(type_)


def _held(value: S) -> S | None:
    """Return the value as JSON gives it back, None where it cannot; a sound one is equal: nothing foreign, no NaN."""
    try:
        return _decoder(type(value)).decode(msgspec.json.encode(value))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return None


def _found(data: bytes | str, type_: type[T], classes: Classes, message: str) -> list[Fault]:
    """Return what is wrong with data that does not decode; at least what the decoder said."""
    try:
        part = json.loads(data if isinstance(data, str) else data.decode())
        return list(walk(part, type_, classes)) or [Fault("", message)]
    except RecursionError:
        return [TOO_DEEP]
    except UnicodeDecodeError as e:
        return [Fault("", f"is not UTF-8: byte {e.start} is {e.object[e.start]:#04x}")]
    except ValueError as e:
        return [Fault("", f"is not JSON: {e}")]


def _from_root(fault: Fault) -> Fault:
    return Fault(f"${fault.path}", fault.reason)


def _called(type_: type[T]) -> str:
    return str(getattr(type_, "__name__", "value")).lower()
