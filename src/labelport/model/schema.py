"""The published JSON Schema (draft 2020-12) of the native record; bounds and types, not the rules between parts."""

from inspect import cleandoc
from typing import Any

import msgspec

from labelport.model.record import Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RECORD = "urn:labelport:schema:record:1"
ZONE = r"([Zz]|[+-]\d\d:\d\d)$"
"""How a moment ends: `format` says nothing of a zone that is missing to those who do not check it."""


def record_schema() -> dict[str, Any]:
    """Return the schema of a record; the version in its `$id` is raised when what was valid no longer is."""
    return {"$schema": DIALECT, "$id": RECORD, "title": "Labelport record", **_published(msgspec.json.schema(Record))}


def record_schema_file() -> bytes:
    """Return the schema as the file that is published."""
    return msgspec.json.format(msgspec.json.encode(record_schema()), indent=2) + b"\n"


def _published(part: Any) -> Any:  # noqa: ANN401 - a schema is JSON
    match part:
        case dict():
            kept = {name: _published(item) for name, item in part.items()}
            if isinstance(text := part.get("description"), str):
                kept["description"] = cleandoc(text)
            return {**kept, "pattern": ZONE} if part.get("format") == "date-time" else kept
        case list():
            return [_published(item) for item in part]
        case _:
            return part
