"""Exports made again, and held against each other."""

import shutil
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from labelport.api import Diff, DiffExports, Reproduced, Result
from labelport.app.assembly import TREE
from labelport.app.context import App
from labelport.app.delivered import SKIPPED
from labelport.app.delivery import Work
from labelport.app.elements import elements
from labelport.app.files import LINES
from labelport.app.growing import chunks
from labelport.errors import RequestError
from labelport.store import exports as history
from labelport.store.reads import Reader, tombstones

NAMED = 1000


def reproduce(app: App, export: str) -> Reproduced:
    """Make an export again at its cut and compare every data file; says what was erased since."""
    row = history.get(app.store.db, export)
    before = msgspec.json.decode(row.result, type=Result)
    if not before.files:
        raise RequestError(f"export {export!r} is {row.status}: only a finished one can be made again")
    folder = Path(mkdtemp(prefix="reproduce-", dir=app.store.folder))
    try:
        with closing(Work(app, row, folder)) as work:
            remade = work.run()
            erased = _erased(folder / TREE / SKIPPED)
    finally:
        shutil.rmtree(folder)
    return Reproduced(export, remade == before.files, before.files, remade, tuple(sorted(erased)))


def _erased(skipped: Path) -> set[str]:
    """Return the tasks that could not be made again, of the list of what was skipped."""
    if not skipped.exists():
        return set()
    told = (msgspec.json.decode(line, type=_Skipped) for line in elements(chunks(skipped), LINES))
    return {one.task for one in told if one.reason == "erased"}


class _Skipped(msgspec.Struct, frozen=True):
    task: str
    reason: str


def diff(app: App, ask: DiffExports) -> Diff:
    """Return which tasks came, changed and went between two exports; both are read by the newer one's request."""
    db = app.store.db
    old, new = history.get(db, ask.older), history.get(db, ask.newer)
    if old.log != new.log:
        raise RequestError("the exports are of two projects")
    if old.cut > new.cut:
        old, new = new, old
    added, changed, removed = _Tasks(), _Tasks(), _Tasks()
    reader = Reader(db, new.log, new.request, base=old.cut, cut=new.cut)
    was = Reader(db, new.log, old.request, base=None, cut=old.cut)
    for run in reader.plan(new.request.shard_size):
        known = {found.stored.number for found in was.rows(run, lines=False)}
        for found in reader.rows(run, lines=False):
            (changed if found.stored.number in known else added).note(found.stored.id)
    for gone in tombstones(db, new.log, new.request.selection, base=old.cut, cut=new.cut):
        removed.note(gone.task)
    return Diff(
        added=added.count,
        changed=changed.count,
        removed=removed.count,
        added_tasks=tuple(added.named),
        changed_tasks=tuple(changed.named),
        removed_tasks=tuple(removed.named),
    )


class _Tasks:
    """Tasks counted, the first of them named."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[str] = []

    def note(self, task: str) -> None:
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append(task)
