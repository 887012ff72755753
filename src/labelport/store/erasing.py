"""Erasing a task: what it said goes from every table, and the log commits anew to what is left of its versions."""

from labelport.kit import naming
from labelport.store.blobs import Blobs, named_in
from labelport.store.db import Database
from labelport.store.log import erased
from labelport.store.tasks import Change, content
from labelport.store.versions import LabelRow, TaskRow

KIND = "task.erased"
NOTHING = b""


def erase(change: Change, blobs: Blobs, task: int) -> int:
    """Erase all versions of a task that is not there any more; return how many blocks went.

    Blobs go last: where the transaction fails, only they are gone, and erasing again ends it.
    """
    db = change.db
    values = {"log": change.log, "task": task}
    blocks = [row[0] for row in db.rows("blocks_of_task", values)]
    named = {blob for block in blocks for blob in named_in(change.blocks.read(block) or b"")}
    db.run("erase_fragments", values)
    for block in blocks:
        db.run("erase_block", {"block": block, "hash": erased(block)})
    for (path,) in db.rows("paths_of_task", values):
        db.run("free_path", {**values, "clash": naming.key(path)})
    db.run("erase_task_versions", {**values, "nothing": NOTHING})
    db.run("erase_label_versions", {**values, "nothing": NOTHING})
    change.note(KIND, task, {"blocks": len(blocks), "left": _left(change, task)})
    for blob in named:
        if not _is_named(db, blob):
            blobs.remove(blob)
    return len(blocks)


def is_erased(version: TaskRow) -> bool:
    """Whether nothing but its bare row is left of a version."""
    return version.identity == NOTHING


def _left(change: Change, task: int) -> dict[str, str]:
    """Return what each version of the task commits to from now on, by the change number that wrote it."""
    found = {}
    for (since,) in change.db.rows("versions_of_task", {"log": change.log, "task": task}):
        values = {"log": change.log, "task": task, "number": since}
        labels = [LabelRow.read(row) for row in change.db.rows("labels_of", values)]
        version = TaskRow.read(change.db.row("version_of", values))
        found[str(since)] = content(version, labels, change.blocks.hashes).hex()
    return found


def _is_named(db: Database, blob: str) -> bool:
    row = db.row("names_blob", {"blob": blob.encode()})
    return row is not None and bool(row[0])
