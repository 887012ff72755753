"""What is read as it comes: records as they stand, and the lines of a finished export from any place on."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from labelport.api import GetTotals, StreamLines, StreamRecords, Totals
from labelport.app.context import App
from labelport.app.delivered import SKIPPED
from labelport.app.envelopes import PAYLOAD
from labelport.app.requests import check
from labelport.app.shape import Shape
from labelport.app.shards import classes_of
from labelport.errors import DeniedError, IntegrityError, RequestError
from labelport.fidelity import Ledger
from labelport.kit.format import EVERYTHING
from labelport.kit.lines import Lines, write_index
from labelport.model.record import Record
from labelport.store import exports as history
from labelport.store.exports import ExportRow
from labelport.store.heads import head_at
from labelport.store.reads import Reader

_FILES = {
    "RESULT": tuple(f"{root}{name}" for root in ("", PAYLOAD) for name in ("data.ndjson", "ndjson/data.ndjson")),
    "ERRORS": (SKIPPED,),
}


def records(app: App, ask: StreamRecords) -> Iterator[bytes]:
    """Yield the selected records as they stand at the cut; one of which something was erased is an error."""
    if "export" not in app.rights:
        raise DeniedError(f"{app.actor!r} may not read records: the right 'export' is missing")
    request = ask.request
    project = app.store.project(request.project)
    cut = head_at(app.store.db, project.log, request.at).number
    check(app, project, request, cut)
    shape = Shape(classes_of(app.store, project.log, request, cut), request.frames, EVERYTHING)
    reader = Reader(app.store.db, project.log, request, base=request.since, cut=cut)
    for run in reader.plan(request.shard_size):
        for found in reader.rows(run):
            if found.fault:
                raise IntegrityError(f"task {found.stored.id!r}: {found.fault}")
            line = found.stored.line
            if shape.changes(found):
                line = msgspec.json.encode(shape.shaped(msgspec.json.decode(line, type=Record), Ledger()))
            yield line


def totals(app: App, ask: GetTotals) -> Totals:
    """Return lines and bytes of a finished export's stream; none where there is no such stream."""
    lines = _lines(app, ask.export, ask.stream)
    return Totals(lines.total_lines, lines.total_bytes) if lines else Totals(0, 0)


def lines(app: App, ask: StreamLines) -> Iterator[bytes]:
    """Yield lines from a line or a byte on."""
    found = _lines(app, ask.export, ask.stream)
    if found is None:
        return
    yield from found.from_byte(ask.offset) if ask.offset is not None else found.from_line(ask.line)


def _lines(app: App, export: str, stream: str) -> Lines | None:
    """Open a stream of a finished export with its side index, which is made when it is first asked for."""
    row = history.get(app.store.db, export)
    if row.status not in ("done", "done_with_skips"):
        raise RequestError(f"export {export!r} is {row.status}: there is nothing to read yet")
    path = _file(row, stream)
    if path is None:
        return None
    beside = app.store.folder / "indexes" / f"{export}-{stream}.idx"
    if not beside.exists():
        beside.parent.mkdir(exist_ok=True)
        fresh = beside.with_suffix(".new")
        with path.open("rb") as file, fresh.open("wb") as to:
            write_index(file, to)
        fresh.replace(beside)
    return Lines(path, beside)


def _file(row: ExportRow, stream: str) -> Path | None:
    """Return the file of a stream; raises `RequestError` where the export has no lines to read."""
    if stream not in _FILES:
        raise RequestError(f"no stream {stream!r}: there are {', '.join(_FILES)}")
    root = Path(row.destination)
    for name in _FILES[stream]:
        if (root / name).is_file():
            return root / name
    if stream == "RESULT":
        raise RequestError(f"export {row.id!r} has no NDJSON in one file in a folder: lines are read from those")
    return None
