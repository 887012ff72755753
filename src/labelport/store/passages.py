"""How a task stands in its workflow, read from its version."""

from typing import Any

import msgspec

from labelport.model.refusals import Passage
from labelport.model.visit import Visit
from labelport.model.workflow import Issue
from labelport.store import contents
from labelport.store.db import Database
from labelport.store.versions import BLOCKS, TaskRow, standing_of

_ISSUES, _VISITS = BLOCKS.index("issues"), BLOCKS.index("stage_history")


def passage_of(db: Database, row: TaskRow) -> Passage:
    """Return where the task is, where it was, and what is open; its labels are not read."""
    issues, visits = row.blocks[_ISSUES], row.blocks[_VISITS]
    found: dict[Any, Any] = contents.blocks(db, {block for block in (issues, visits) if block is not None})
    return Passage(
        standing_of(row).workflow,
        msgspec.json.decode(found.get(visits) or b"[]", type=tuple[Visit, ...]),
        msgspec.json.decode(found.get(issues) or b"[]", type=tuple[Issue, ...]),
    )
