"""The stage history of a task with the labels of each visit: as they were when the task left the stage."""

from typing import Any

import msgspec

from labelport.model.visit import Visit
from labelport.store import contents
from labelport.store.db import Database
from labelport.store.versions import LabelRow


def with_labels(db: Database, log: int, task: int, history: bytes) -> bytes:
    """Return the JSON of a stage history whose visits have their labels; of a visit from elsewhere none are known."""
    visits = msgspec.json.decode(history, type=list[msgspec.Raw])
    return b"[%b]" % b",".join(_visit(db, log, task, bytes(visit)) for visit in visits)


def _visit(db: Database, log: int, task: int, visit: bytes) -> bytes:
    number = msgspec.json.decode(visit, type=Visit).number
    rows = [] if number is None else db.rows("labels_of", {"log": log, "task": task, "number": number})
    labels = [LabelRow.read(row) for row in rows]
    wanted = {block for label in labels for block in (label.body_block, label.stamps_block) if block is not None}
    found: dict[Any, bytes | None] = contents.blocks(db, wanted)
    told = [_label(label, found.get(label.body_block), found.get(label.stamps_block)) for label in labels]
    return visit if not told else visit[:-1] + b',"labels":[%b]}' % b",".join(told)


def _label(label: LabelRow, body: bytes | None, stamps: bytes | None) -> bytes:
    parts = [part for part in (label.head, body, label.details) if part]
    if stamps:
        parts.append(b'"stamps":' + stamps)
    return b"{%b}" % b",".join(parts)
