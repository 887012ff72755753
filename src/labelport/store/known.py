"""What is known of a task by its id, whether it is there or was deleted."""

from typing import NamedTuple

from labelport.errors import NotFoundError
from labelport.store.db import OPEN, Database
from labelport.store.versions import TaskRow


class Known(NamedTuple):
    """A task's number, how many events it has, the leaf of the last one, and its newest version."""

    task: int
    events: int
    leaf: bytes
    row: TaskRow


def known(db: Database, log: int, task_id: str) -> Known | None:
    """Return what is known of a task; None where there never was one."""
    found = db.row("task_by_id", {"log": log, "id": task_id})
    if found is None:
        return None
    task, events, leaf = found
    return Known(task, events, leaf, TaskRow.read(db.row("newest_task_version", {"log": log, "task": task})))


def standing(db: Database, log: int, task_id: str) -> Known:
    """Return what is known of a task that is there; raises `NotFoundError`."""
    found = known(db, log, task_id)
    if found is None or found.row.until != OPEN:
        raise NotFoundError(f"no task {task_id!r}")
    return found
