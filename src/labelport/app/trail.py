"""What happened to tasks, and how long the work on them took."""

from labelport.api import ListTrails, ListWorkTimes, Page, Trail, WorkTime
from labelport.app.context import App
from labelport.errors import NotFoundError, RequestError
from labelport.store import trails as store
from labelport.store.heads import head_at, number_at


def trails(app: App, ask: ListTrails) -> Page[Trail]:
    """Return tasks with all that happened to them; the pages of one reading stop at the same change number."""
    db, project = app.store.db, app.store.project(ask.project)
    at, after = _token(ask.after) if ask.after else (ask.at, 0)
    cut = head_at(db, project.log, at).number
    base = None if ask.since is None else number_at(db, project.log, ask.since)
    found = store.trails(db, project.log, ask.selection, span=(base, cut), after=after, limit=ask.limit)
    return Page(tuple(found), f"{cut}.{found[-1].number}" if len(found) == ask.limit else None)


def work_times(app: App, ask: ListWorkTimes) -> Page[WorkTime]:
    """Return passes that ended; raises `NotFoundError` for a task that never was."""
    db, project = app.store.db, app.store.project(ask.project)
    row = None if ask.task is None else db.row("task_by_id", {"log": project.log, "id": ask.task})
    if ask.task is not None and row is None:
        raise NotFoundError(f"no task {ask.task!r}")
    after = -1 if ask.after is None else _number(ask.after)
    found = store.work_times(db, project.log, task=row[0] if row else None, after=after, limit=ask.limit)
    items = (
        one
        for _, times in found
        for one in times
        if ask.stage in (None, one.stage)
        and (ask.since is None or one.at >= ask.since)
        and (ask.until is None or one.at < ask.until)
    )
    return Page(tuple(items), str(found[-1][0]) if len(found) == ask.limit else None)


def _token(text: str) -> tuple[int, int]:
    cut, _, task = text.partition(".")
    return _number(cut), _number(task)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise RequestError(f"after {text!r} is not what a page gave")
    return int(text)
