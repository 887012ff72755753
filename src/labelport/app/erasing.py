"""Erasure on request: contents go for good, the record that there were some stays whole."""

from labelport.api import Erased, EraseTask
from labelport.app.context import App
from labelport.errors import NotFoundError, RequestError
from labelport.store.db import OPEN
from labelport.store.erasing import erase as erase_contents
from labelport.store.erasing import is_erased
from labelport.store.known import known


def erase(app: App, ask: EraseTask) -> Erased:
    """Erase all that a task said; raises `RequestError` while the task is there, for exports would skip it.

    Raises `TransientError` where another process still reads what was before, which the write-ahead log then keeps.
    """
    project = app.store.project(ask.project)
    db = app.store.db
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        found = known(db, project.log, ask.task)
        if found is None:
            raise NotFoundError(f"no task {ask.task!r} is or was in project {project.name!r}")
        if found.row.until == OPEN:
            raise RequestError(f"task {ask.task!r} is still there: remove it first")
        blocks = 0 if is_erased(found.row) else erase_contents(change, app.store.blobs, found.task)
    db.settle()
    return Erased(blocks)
