"""Which keys of a task the importer has no place for."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec


def unread(raw: Any, kind: object, at: str = "$[]") -> Iterator[str]:  # noqa: ANN401  any JSON
    """Yield the keys of a value, at any depth, that its type does not have, as patterns such as `$[].series[].x`."""
    structs = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    match raw:
        case list() if get_origin(kind) is list:
            for item in raw:
                yield from unread(item, get_args(kind)[0], f"{at}[]")
        case dict() if structs:
            known = {field.encode_name: field.type for field in msgspec.structs.fields(structs[0])}
            for key, value in raw.items():
                yield from unread(value, known[key], f"{at}.{key}") if key in known else (f"{at}.{key}",)
        case dict() if get_origin(kind) is dict:
            for value in raw.values():
                yield from unread(value, get_args(kind)[1], f"{at}.*")
        case _:
            pass
