"""The parameters and filters of the product docs, as fields and a selection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from labelport.errors import RequestError, unknown
from labelport.kit.moments import span
from labelport.model.export import FIELDS, Selection, Span
from labelport.model.words import WORDS

_FIELDS = {
    "attachments": ("attachments",),
    "embeddings": ("embeddings",),
    "metadata_fields": ("metadata",),
    "label_details": ("label_details", "annotation_metadata"),
    "performance_details": ("label_details",),
    "project_details": ("stage_history",),
    "predictions": ("predictions",),
    "issues": ("issues",),
    "data_row_details": (),
    "media_attributes": (),
}
_STATUSES = {one.word: one.statuses for one in WORDS["labelbox"]}
_IDS = {"batch_ids": "batches", "global_keys": "global_keys", "data_row_ids": "assets", "task_ids": "tasks"}
_TIMES = ("last_activity_at", "label_created_at", "completed_at")
FILTERS: Mapping[str, Literal["list", "range", "one"]] = {
    **{field.name: "list" if field.default == () else "one" for field in msgspec.structs.fields(Selection)},
    **dict.fromkeys(_IDS, "list"),
    **dict.fromkeys(_TIMES, "range"),
    "workflow_status": "one",
}
"""Every filter, with what it takes: a list of which one must hold, `[from, to]`, or one value."""


def fields_of(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that parameters turn on; off means absent. Raises for a parameter that is not known."""
    found: set[str] = set()
    for name, on in params.items():
        names = (name,) if name in FIELDS else _FIELDS.get(name)
        if names is None:
            raise unknown("parameter", name, {*_FIELDS, *FIELDS})
        if on:
            found.update(names)
    return tuple(name for name in FIELDS if name in found)


def selection_of(filters: Mapping[str, Any], zone: str = "UTC") -> Selection:
    """Return the selection of filters: those of the product docs, and every field of `Selection`.

    Dates that state no time zone are in `zone`.
    """
    found: dict[str, Any] = {}
    for name, value in filters.items():
        if name == "workflow_status":
            found["statuses"] = _statuses(value)
        elif name in _TIMES:
            found[name] = _span(name, value, zone)
        elif name in FILTERS:
            found[_IDS.get(name, name)] = value
        else:
            raise unknown("filter", name, FILTERS)
    try:
        return msgspec.convert(found, Selection)
    except msgspec.ValidationError as e:
        raise RequestError(f"filters: {e}") from e


def several(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return names as a tuple; one name stands for itself, not for its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _statuses(value: object) -> tuple[str, ...]:
    if not isinstance(value, str) or value not in _STATUSES:
        raise unknown("workflow status", str(value), _STATUSES)
    return _STATUSES[value]


def _span(name: str, value: object, zone: str) -> Span | None:
    """Return both ends of `[from, to]`; an end that is a day, or None, means what the product docs say."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise RequestError(f"filter {name!r} takes [from, to], each a date, a time or None")
    return span(value[0], value[1], zone)
