"""What every use case gets from the entry point: the store, the clock, ids, who acts and what that one may do."""

from collections.abc import Callable
from typing import get_args

import msgspec

from labelport.api import Right
from labelport.store.store import Store

RIGHTS: tuple[Right, ...] = get_args(Right)


class Progress(msgspec.Struct, frozen=True):
    """How far a long work has come."""

    step: str
    done: int
    total: int | None = None
    unit: str = "tasks"


class App(msgspec.Struct, frozen=True):
    """An application at work for one caller. `now` gives UTC microseconds, `new_id` sortable unique ids."""

    store: Store
    actor: str
    rights: frozenset[Right]
    now: Callable[[], int]
    new_id: Callable[[], str]
    progress: Callable[[Progress], None] = lambda _: None
    workers: int = 1
