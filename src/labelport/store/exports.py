"""The history of exports."""

from typing import Any

import msgspec

from labelport.errors import NotFoundError
from labelport.model.export import ExportRequest
from labelport.store.db import Database
from labelport.store.log import digest


class ExportRow(msgspec.Struct, frozen=True):
    """An export as the history keeps it; times in UTC microseconds."""

    id: str
    log: int
    created_at: int
    finished_at: int | None
    actor: str
    status: str
    request: ExportRequest
    destination: str
    base: int | None
    cut: int
    root: bytes
    size: int
    result: msgspec.Raw


def entry(*values: object) -> bytes:
    """Return what the event of a new export commits to.

    Its id, log, time, actor, request, recall, destination, base, cut, root and size.
    """
    return digest("export", *values)


def outcome(id_: str, *values: object) -> bytes:
    """Return what an event that changes the status of an export commits to: status, time of the end, and result."""
    return digest("outcome", id_, *values)


def read(row: tuple[Any, ...]) -> ExportRow:
    """Return a row of the history."""
    request = msgspec.json.decode(row[6], type=ExportRequest)
    values = (*row[:6], request, *row[7:12], msgspec.Raw(row[12].encode()))
    return ExportRow(**dict(zip(ExportRow.__struct_fields__, values, strict=True)))


def get(db: Database, export: str) -> ExportRow:
    """Return an export; raises `NotFoundError`."""
    row = db.row("export", {"id": export})
    if row is None:
        raise NotFoundError(f"no export {export!r}; `labelport exports list` shows what there is")
    return read(row)


def page(db: Database, log: int | None, *, after: str | None, limit: int) -> list[ExportRow]:
    """Return exports, the newest first, from the one after `after` on."""
    return [read(row) for row in db.rows("exports", {"log": log, "after": after, "limit": limit})]
