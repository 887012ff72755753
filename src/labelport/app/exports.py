"""Exports as the history keeps them: created with their cut, run, found again, made again and compared."""

import hashlib
from pathlib import Path

import msgspec

from labelport.api import CreateExport, Export, ListExports, Page, RunExport
from labelport.app import places, series
from labelport.app.context import App, Progress
from labelport.app.delivery import deliver
from labelport.app.places import is_folder
from labelport.app.requests import check, sound
from labelport.errors import LabelportError, NotFoundError, OverdueError, RequestError
from labelport.kit.moments import moment
from labelport.model.export import ExportRequest, Manifest
from labelport.store import exports as history
from labelport.store.exports import ExportRow
from labelport.store.heads import head_at, number_at
from labelport.store.locks import held, is_held
from labelport.store.store import Project


def create(app: App, ask: CreateExport) -> Export:
    """Take the cut and enter the export in the history; nothing is read yet."""
    project = app.store.project(ask.request.project)
    request = msgspec.structs.replace(ask.request, project=project.id)
    sound(request)
    export = app.new_id()
    destination = _address(app, ask.destination, export)
    recall = _recall(request, "" if ask.destination is None else destination)
    follows = ask.since == "last" and ask.destination is not None and is_folder(destination)
    series.check(destination) if follows else places.check(destination)
    with app.store.organization(app.actor, app.now()) as events:
        at = head_at(app.store.db, project.log, request.at)
        base = _base(app, project, ask.since, recall) if ask.since is not None else request.since
        request = msgspec.structs.replace(request, since=base, at=at.number)
        check(app, project, request, at.number)
        destination = series.reserve(destination) if follows else destination
        row = {
            "id": export,
            "log": project.log,
            "created_at": app.now(),
            "actor": app.actor,
            "request": msgspec.json.encode(request).decode(),
            "recall": recall,
            "destination": destination,
            "base": base,
            "cut": at.number,
            "root": at.root,
            "size": at.size,
        }
        app.store.db.run("add_export", row)
        told = {"export": export, "project": project.id, "cut": at.number, "base": base}
        events.append("export.created", told, content=history.entry(*row.values()))
    return get(app, export)


def run(app: App, ask: RunExport) -> Export:
    """Make the delivery; one that was interrupted goes on. Raises `LabelportError` when it fails, and says so.

    Raises `OverdueError` when the time is over: what is made by then stays, and the next run goes on behind it.
    """
    export = ask.export
    app = app if ask.timeout_seconds is None else _limited(app, export, ask.timeout_seconds)
    with held(_lock(app, export), f"export {export!r}"):
        row = history.get(app.store.db, export)
        if row.status in ("done", "done_with_skips"):
            raise RequestError(f"export {export!r} is done; `labelport exports reproduce {export}` makes it again")
        _set(app, row, "running", {})
        try:
            manifest = deliver(app, row)
        except OverdueError:
            raise  # it is an OSError too, and nothing failed
        except OSError as e:
            error = LabelportError(
                f"the export could not be written: {e}; mend that, and `labelport exports retry {export}` goes on"
            )
            _set(app, row, "failed", {"error": str(error), "kind": type(e).__name__})
            raise error from e
        except LabelportError as e:
            _set(app, row, "failed", {"error": str(e), "kind": type(e).__name__})
            raise
        skipped = any(tally.tasks_skipped or tally.annotations_skipped for tally in manifest.tallies)
        skipped = skipped or bool(manifest.media and manifest.media.missing)
        _set(app, row, "done_with_skips" if skipped else "done", summary(manifest))
    return get(app, export)


def get(app: App, export: str) -> Export:
    """Return an export; raises `NotFoundError`."""
    return shown(app, history.get(app.store.db, export))


def page(app: App, ask: ListExports) -> Page[Export]:
    """Return exports, the newest first."""
    log = app.store.project(ask.project).log if ask.project else None
    rows = history.page(app.store.db, log, after=ask.after, limit=ask.limit)
    return Page(tuple(shown(app, row) for row in rows), rows[-1].id if len(rows) == ask.limit else None)


def shown(app: App, row: ExportRow) -> Export:
    """Return a row of the history as the interfaces show it; one that runs in no process was interrupted."""
    gone = row.status == "running" and not is_held(_lock(app, row.id))
    return Export(
        id=row.id,
        project=row.request.project,
        status="interrupted" if gone else row.status,
        created_at=row.created_at,
        finished_at=row.finished_at,
        actor=row.actor,
        request=row.request,
        destination=row.destination,
        base=row.base,
        cut=row.cut,
        result=row.result,
    )


def summary(manifest: Manifest) -> dict[str, object]:
    """Return what the history keeps of a finished export."""
    return {
        "files": manifest.files,
        "tallies": manifest.tallies,
        "skips": manifest.skips,
        "losses": manifest.losses,
        "removed": manifest.removed,
    } | ({"media": manifest.media} if manifest.media else {})


def _lock(app: App, export: str) -> Path:
    """Return the lock that the process which runs an export holds."""
    return app.store.folder / "locks" / export


def _limited(app: App, export: str, seconds: float) -> App:
    """Return an application that stops when its time is over, which it looks at whenever it tells of progress."""
    end = app.now() + round(seconds * 1e6)

    def progress(done: Progress) -> None:
        app.progress(done)
        if app.now() >= end:
            raise OverdueError(
                f"export {export!r} is not done after {seconds:g} seconds: run it again, and it goes on where it was"
            )

    return msgspec.structs.replace(app, progress=progress)


def _address(app: App, given: str | None, export: str) -> str:
    if given is None:
        return str((app.store.folder / "exports" / export).absolute())
    return given if not given or given.startswith("memory:") else str(Path(given).absolute())


def _base(app: App, project: Project, since: str, recall: str) -> int | None:
    """Return the change number that `since` names: `last`, an export, a change number or a time."""
    db = app.store.db
    if since == "last":
        row = db.row("last_export", {"log": project.log, "recall": recall})
        return int(row[1]) if row else None
    if since.isascii() and since.isdigit() and len(since) < 10:
        return int(since)
    row = db.row("export_of_cut", {"id": since})
    if row is not None:
        if row[1] != project.log:
            raise RequestError(f"export {since!r} is of another project")
        return int(row[2])
    try:
        at = moment(since) or 0
    except RequestError as e:
        raise NotFoundError(f"since {since!r} is no export, no change number and no time: {e}") from e
    return number_at(db, project.log, at)


def _recall(request: ExportRequest, destination: str) -> str:
    """Return what `last` remembers by: the destination and the request without its ends."""
    plain = msgspec.structs.replace(request, since=None, at=None)
    return hashlib.sha256(destination.encode() + b"\n" + msgspec.json.encode(plain, order="sorted")).hexdigest()


def _set(app: App, row: ExportRow, status: str, result: dict[str, object]) -> None:
    finished = None if status == "running" else app.now()
    text = msgspec.json.encode(result).decode()
    with app.store.organization(app.actor, app.now()) as events:
        app.store.db.run("set_export", {"id": row.id, "status": status, "finished_at": finished, "result": text})
        told = {"export": row.id, "status": status} | ({"files": result["files"]} if "files" in result else {})
        events.append(f"export.{status}", told, content=history.outcome(row.id, status, finished, text))
