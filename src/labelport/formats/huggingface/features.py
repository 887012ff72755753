"""The columns of `metadata.jsonl` in the two languages that want them stated: Hugging Face's and Croissant's."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from labelport.formats.huggingface.rows import TaskRow

FILE = "metadata.jsonl"
_HUGGING_FACE: Mapping[object, str] = {int: "int64", float: "float64", str: "string"}
_CROISSANT: Mapping[object, str] = {int: "cr:Int64", float: "cr:Float64", str: "sc:Text"}


def hugging_face() -> list[str]:
    """Return the lines of YAML that state the features of the rows."""
    return [line for name, hint in get_type_hints(TaskRow).items() for line in _yaml(name, _plain(hint), "  ")]


def croissant(row: type[TaskRow]) -> list[dict[str, Any]]:
    """Return the fields of the record set: columns, and the lists of objects as columns of their own."""
    return [field for name, hint in get_type_hints(row).items() for field in _fields(name, _plain(hint))]


def _yaml(name: str, hint: object, indent: str) -> list[str]:
    head = f"{indent}- name: {name}"
    if _is_struct(hint):
        inner = [line for one, kind in get_type_hints(hint).items() for line in _yaml(one, kind, f"{indent}  ")]
        return [head, f"{indent}  struct:", *inner]
    depth = 0
    while get_origin(hint) is list:
        (hint,), depth = get_args(hint), depth + 1
    if not depth:
        return [head, f"{indent}  dtype: {_HUGGING_FACE[hint]}"]
    lists = [f"{indent}{'  ' * (place + 1)}list:" for place in range(depth - 1)]
    return [head, *lists, f"{indent}{'  ' * depth}list: {_HUGGING_FACE[hint]}"]


def _fields(name: str, hint: object) -> list[dict[str, Any]]:
    """Return the fields of a column; those of objects are found inside by JSON path (RFC 9535)."""
    if _is_struct(hint):
        return [_field(f"{name}/{one}", kind, f"$.{one}") for one, kind in get_type_hints(hint).items()]
    return [_field(name, hint)]


def _field(path: str, hint: object, inside: str = "") -> dict[str, Any]:
    column = path.partition("/")[0]
    source = {"fileObject": {"@id": FILE}, "extract": {"column": column}}
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"tasks/{path}",
        "name": path,
        "source": {**source, "transform": {"jsonPath": inside}} if inside else source,
    }
    depth = 0
    while get_origin(hint) is list:
        (hint,), depth = get_args(hint), depth + 1
    if depth:
        found |= {"isArray": True, "arrayShape": ",".join(["-1"] * depth)}
    return found | {"dataType": _CROISSANT[hint]}


def _plain(hint: object) -> object:
    """Return the type of a value where there is one."""
    if get_origin(hint) is UnionType:
        (hint,) = (one for one in get_args(hint) if one is not NoneType)
    return str if get_origin(hint) is Literal else hint


def _is_struct(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)
