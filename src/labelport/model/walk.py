"""Walks a faulty document against its type, so that every fault is found, not only the first.

msgspec judges each part: what converts is looked at by the rules alone, what does not is taken apart. So the walk knows
how types are built, and nothing of their bounds.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from math import inf, isfinite
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import FieldInfo

from labelport.errors import Fault, unknown
from labelport.model.rules import RULES, Classes, by_type, rules_in

BROKEN = object()
"""Stands for a part that cannot be read at all."""
_SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = (type(None), bool, int, float, str)


def document(value: object) -> object:
    """Return a typed value as it would stand in JSON; what JSON cannot hold stays as it is."""
    match value:
        case Struct():
            config, fields = value.__struct_config__, _fields(type(value))
            parts = [_moment(getattr(value, field.name)) for field in fields]
            if config.array_like:
                return parts
            tag = {config.tag_field: config.tag} if config.tag_field else {}
            return {**tag, **{field.encode_name: part for field, part in zip(fields, parts, strict=True)}}
        case tuple() | list():
            return [document(item) for item in value]
        case dict():
            return {name: document(item) for name, item in value.items()}
        case _:
            return value


def walk(part: object, kind: object, classes: Classes) -> Iterator[Fault]:
    """Yield all that is wrong with a part of a document that should be of the type, with paths relative to it."""
    try:
        value = convert(part, kind)
    except ValidationError as e:
        found = list(_inside(part, kind, classes))
        yield from found or [Fault("", _reason(part, kind, e))]
    else:
        yield from _unwritable(part)
        yield from rules_in(value, classes)


def member(name: str) -> str:
    """Return the step of a path to a member of an object (RFC 9535, section 2.3.1)."""
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"


def _reason(part: object, kind: object, error: ValidationError) -> str:
    """Return why the part does not convert; with the nearest word where only some are allowed."""
    if isinstance(part, float) and not isfinite(part):
        return next(_unwritable(part)).reason
    words = [word for one in _alternatives(kind) if get_origin(one) is Literal for word in get_args(one)]
    if words and isinstance(part, str):
        near = get_close_matches(part, words, n=1)
        return f"{part!r} is none of {', '.join(words)}" + (f"; did you mean {near[0]!r}?" if near else "")
    message = str(error).replace("`", "")
    return message[0].lower() + message[1:]


def _under(step: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    return (Fault(step + fault.path, fault.reason) for fault in faults)


def _moment(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else document(value)


def _unwritable(part: object) -> Iterator[Fault]:
    """Yield what a type lets through and JSON does not hold."""
    match part:
        case float() if not isfinite(part):
            yield Fault("", f"{part} is not a finite number: JSON has none, leave the value out")
        case str() if not part.isascii() and _SURROGATE.search(part):
            yield Fault("", "holds half of a surrogate pair, which is not text")
        case dict():
            for name, item in part.items():
                if not isinstance(name, str):
                    yield Fault(member(str(name)), f"{name!r} is a {type(name).__name__}, and a key is a string")
                yield from _under(member(str(name)), _unwritable(item))
        case list():
            for i, item in enumerate(part):
                yield from _under(f"[{i}]", _unwritable(item))
        case _:
            if type(part) not in PLAIN:
                yield Fault("", f"{type(part).__name__} is not a type of JSON")


def _inside(part: object, kind: object, classes: Classes) -> Iterator[Fault]:
    """Yield what is wrong with the members of an object or an array, and with its own structure."""
    match part:
        case dict():
            structs = _structs(kind)
            if structs:
                yield from _object(part, structs, classes)
            for mapping in (one for one in _alternatives(kind) if get_origin(one) is dict):
                for name, item in part.items():
                    yield from _under(member(str(name)), walk(item, get_args(mapping)[1], classes))
        case list():
            yield from _array(part, kind, classes)
        case _:
            return


def _array(part: list[Any], kind: object, classes: Classes) -> Iterator[Fault]:
    elements, least, most = _elements(kind, len(part))
    for i, (item, element) in enumerate(zip(part, elements, strict=False)):
        yield from _under(f"[{i}]", walk(item, element, classes))
    if not least <= len(part) <= most:
        bound = f"{least:g}" if least == most else f"{least:g} or more" if len(part) < least else f"at most {most:g}"
        yield Fault("", f"is of length {len(part)}, not {bound}")


def _object(part: dict[str, Any], structs: list[type[Struct]], classes: Classes) -> Iterator[Fault]:
    chosen = _chosen(part, structs)
    if chosen is None:
        yield _tag_fault(part, structs)
        return
    fields = _fields(chosen)
    for field in fields:
        if field.encode_name in part:
            yield from _under(member(field.encode_name), walk(part[field.encode_name], field.type, classes))
        elif field.required:
            yield Fault(member(field.encode_name), "is missing")
    if chosen.__struct_config__.forbid_unknown_fields:
        names = [field.encode_name for field in fields]
        yield from (Fault(member(n), str(unknown("field", n, names))) for n in part if n not in names)
    if chosen in RULES and (value := _loose(part, chosen)) is not BROKEN:
        yield from RULES[chosen](value, classes)


def _tag_fault(part: dict[str, Any], structs: list[type[Struct]]) -> Fault:
    name = str(structs[0].__struct_config__.tag_field)
    known = sorted(str(one.__struct_config__.tag) for one in structs)
    tag = part.get(name)
    if isinstance(tag, str):
        return Fault(member(name), str(unknown(name, tag, known)))
    return Fault(member(name), f"{'is not a string' if name in part else 'is missing'}; known: {', '.join(known)}")


@by_type
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    return msgspec.structs.fields(kind)


@by_type
def _alternatives(kind: object) -> tuple[Any, ...]:
    """Return the types that a union allows, or the type itself; bounds stay on the types that they bound."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(one for each in get_args(kind) for one in _alternatives(each))
    return (kind,)


def _bare(kind: object) -> object:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


@by_type
def _unbound(kind: object) -> object:
    """Return the type without bounds on the value itself."""
    bare = [str if get_origin(one) is Literal else _bare(one) for one in _alternatives(kind)]
    return Union[tuple(bare)]  # noqa: UP007 - made at run time


@by_type
def _structs(kind: object) -> list[type[Struct]]:
    bare = [_bare(one) for one in _alternatives(kind)]
    return [one for one in bare if isinstance(one, type) and issubclass(one, Struct)]


def _array_struct(kind: object) -> type[Struct] | None:
    return next((one for one in _structs(kind) if one.__struct_config__.array_like), None)


def _chosen(part: dict[str, Any], structs: list[type[Struct]]) -> type[Struct] | None:
    """Return the Struct that the object says it is."""
    if len(structs) == 1:
        return structs[0]
    config = structs[0].__struct_config__
    return next((one for one in structs if one.__struct_config__.tag == part.get(str(config.tag_field))), None)


def _elements(kind: object, count: int) -> tuple[list[Any], float, float]:
    """Return the types of an array's first `count` elements, and how few and how many it may have."""
    if struct := _array_struct(kind):
        fields = _fields(struct)
        return [field.type for field in fields], sum(field.required for field in fields), inf
    for one in _alternatives(kind):
        bare = _bare(one)
        if get_origin(bare) is tuple and get_args(bare)[-1] is not Ellipsis:
            return list(get_args(bare)), len(get_args(bare)), len(get_args(bare))
        if get_origin(bare) in (tuple, list):
            bounds = [bound for bound in getattr(one, "__metadata__", ()) if isinstance(bound, Meta)]
            least = max((bound.min_length or 0 for bound in bounds), default=0)
            most = min((inf if bound.max_length is None else bound.max_length for bound in bounds), default=inf)
            return [get_args(bare)[0]] * count, least, most
    return [], 0, inf


def _loose(part: object, kind: object) -> object:
    """Return the part as a value for a rule to look at: bounds do not count, and optional parts may be broken.

    A broken number in an array of any length becomes 0, since rules count those and do not weigh them. Where a list
    or what is required cannot be read, the rule is not asked.
    """
    try:
        return convert(part, _unbound(kind))
    except ValidationError:
        pass
    match part:
        case dict() if structs := _structs(kind):
            return _loose_object(part, _chosen(part, structs))
        case list():
            return _loose_array(part, kind)
        case _:
            return BROKEN


def _loose_object(part: dict[str, Any], chosen: type[Struct] | None) -> object:
    values: dict[str, Any] = {}
    for field in _fields(chosen) if chosen else ():
        given = part.get(field.encode_name, BROKEN)
        value = BROKEN if given is BROKEN else _loose(given, field.type)
        if value is not BROKEN:
            values[field.name] = value
        elif field.required or isinstance(given, list):
            return BROKEN
    return chosen(**values) if chosen else BROKEN


def _loose_array(part: list[Any], kind: object) -> object:
    elements, least, most = _elements(kind, len(part))
    items = [_loose(item, element) for item, element in zip(part, elements, strict=False)]
    countable = least < most and all(_bare(element) in (int, float) for element in elements)
    items = [0 if item is BROKEN and countable else item for item in items]
    struct = _array_struct(kind)
    if any(item is BROKEN for item in items) or (len(items) < least and (struct or least == most)):
        return BROKEN
    return struct(*items) if struct else tuple(items)
