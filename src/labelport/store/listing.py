"""Tasks in pages, in order of their numbers: short reads, however few of many tasks are asked for."""

from collections.abc import Sequence
from heapq import merge
from itertools import islice, product
from typing import Any, get_args

from labelport.model.export import Selection
from labelport.model.workflow import Status
from labelport.store.db import Database
from labelport.store.heads import head_at
from labelport.store.selection import where

PLACES = 40
"""How many pairs of stage and status are read one by one."""


def tasks(
    db: Database, log: int, selection: Selection, *, at: int | None, after: int, limit: int
) -> Sequence[tuple[Any, ...]]:
    """Return the rows of the tasks that meet a selection at a change number, or now."""
    with db.reading():
        condition = where(selection)
        cut = head_at(db, log, at).number
        values = {"log": log, "cut": cut, "after": after, "limit": limit, **condition.values}
        places = list(product(selection.stages, selection.statuses or get_args(Status)))
        if at is not None or not 0 < len(places) <= PLACES:
            return db.rows("tasks", values, where=condition.text)
        pages = (
            db.rows("tasks_at_work", {**values, "stage": stage, "status": status}, where=condition.text)
            for stage, status in sorted(set(places))
        )
        return list(islice(merge(*pages), limit))
