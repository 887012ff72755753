"""Erasure on request: contents go for good, the record that there were some stays whole."""

from labelport.api import Erased, EraseTask
from labelport.app.context import App
from labelport.errors import NotFoundError, RequestError
from labelport.store.db import OPEN


def erase(app: App, ask: EraseTask) -> Erased:
    """Erase every block of a task; raises `RequestError` while the task is there, for exports would skip it."""
    project = app.store.project(ask.project)
    db = app.store.db
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        found = db.row("task_by_id", {"log": project.log, "id": ask.task})
        if found is None:
            raise NotFoundError(f"no task {ask.task!r} is or was in project {project.name!r}")
        task = found[0]
        version = db.row("newest_task_version", {"log": project.log, "task": task})
        if version is not None and version[1] == OPEN:
            raise RequestError(f"task {ask.task!r} is still there: remove it first")
        blocks = [row[0] for row in db.rows("blocks_of_task", {"log": project.log, "task": task})]
        for block in blocks:
            db.run("erase_block", {"block": block})
            db.run("erase_fragments", {"block": block})
        change.note("task.erased", task, {"blocks": len(blocks)})
    return Erased(len(blocks))
