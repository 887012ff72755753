"""Writing tasks: a change saves, removes and restores, and everything it does takes one number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from labelport.errors import Fault, InvalidError, NotFoundError
from labelport.kit import naming
from labelport.model.label import Label
from labelport.model.record import Record
from labelport.model.workflow import UNMOVED
from labelport.store.db import OPEN, Database
from labelport.store.known import standing
from labelport.store.log import Appender, digest
from labelport.store.names import Names
from labelport.store.numbering import Numbering
from labelport.store.versions import Blocks, LabelRow, TaskRow, label_row, task_row

Salt = Callable[[], bytes]


class Told(msgspec.Struct, frozen=True):
    """What the event of a change says: its kind, and more than the task's id."""

    kind: str
    data: Mapping[str, Any]


class Saved(msgspec.Struct, frozen=True):
    """A task as it was stored: the record with its numbers and path, and the blocks of its asset and labels' bodies."""

    record: Record
    asset_block: int
    bodies: tuple[int | None, ...]
    created: bool


class Change:
    """One transaction on a project: one change number, however much it writes."""

    def __init__(self, db: Database, log: int, actor: str, at: int, salt: Salt) -> None:
        """Start; the caller holds the write lock and calls `flush` before it ends."""
        self.db, self.log = db, log
        self.events = Appender(db, log, actor, at)
        counters = db.row("counters", {"log": log})
        if counters is None:
            raise NotFoundError(f"no project with log {log}")
        self._next_task, annotation, next_class, block = counters
        self.numbering = Numbering(annotation)
        self.names = Names(db, log, self.events, next_class)
        self.blocks = Blocks(db, block, salt)
        self._task_rows: list[tuple[Any, ...]] = []
        self._versions: list[tuple[Any, ...]] = []
        self._labels: list[tuple[Any, ...]] = []
        self._changes: list[tuple[int, int, int]] = []
        self._fragments: list[tuple[Any, ...]] = []
        self._seen: set[str] = set()

    @property
    def number(self) -> int:
        """The change number that this transaction takes."""
        number: int = self.events.number
        return number

    @property
    def wrote(self) -> bool:
        """Whether the change did anything so far."""
        return self.events.wrote

    def save(self, record: Record, *, fence: int | None = None, told: Told | None = None) -> Saved | None:
        """Store the record as the task's state from this change on; return it, None where nothing changed.

        The event is that a task was created, saved or restored, unless it was `told` what else to say.
        Raises `InvalidError` where the task is written twice: in this change, or after the change number `fence`.
        """
        if len({label.id for label in record.labels}) < len(record.labels):
            raise InvalidError(f"task {record.id!r}", [Fault("$.labels", "two labels have one id")])
        self._once(record.id)
        found = self.db.row("task_by_id", {"log": self.log, "id": record.id})
        first = self.blocks.next
        try:
            return self._create(record) if found is None else self._update(record, *found, fence=fence, told=told)
        except InvalidError:
            self.blocks.forget(first)
            raise

    def remove(self, task_id: str, reason: str | None = None) -> None:
        """End the task; its history stays. Raises `NotFoundError`."""
        self._once(task_id)
        task, events, leaf, _ = standing(self.db, self.log, task_id)
        self._end_task(task)
        for row in self.db.rows("newest_label_versions", {"log": self.log, "task": task}):
            self._end_label(task, row[0])
        self._event(Told("task.deleted", {"reason": reason} if reason else {}), task, task_id, events, leaf, None)

    def rewrite(self, task_id: str, told: Told, row: Callable[[TaskRow], TaskRow]) -> None:
        """Write a version of a task whose labels stay as they are. Raises `NotFoundError`."""
        self._once(task_id)
        task, events, leaf, old = standing(self.db, self.log, task_id)
        labels = [LabelRow.read(one) for one in self.db.rows("newest_label_versions", {"log": self.log, "task": task})]
        version = row(old)
        self._end_task(task)
        self._write(task, version, ())
        kept = [one for one in labels if one.until == OPEN]
        self._event(told, task, task_id, events, leaf, self._content(version, kept))

    def note(self, kind: str, task: int, data: object) -> None:
        """Put something on the task's record that writes no version."""
        found = self.db.row("task_by_number", {"log": self.log, "task": task})
        if found is None:
            raise NotFoundError(f"no task number {task}")
        task_id, events, leaf = found
        added = self.events.append(kind, data, task=task, task_seq=events + 1, previous=leaf)
        self._task_rows.append((self.log, task, task_id, events + 1, added))

    def keep_fragments(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Keep bytes that formats made of labels; they are found by the blocks that they were made of."""
        self._fragments.extend(rows)

    def touch(self, tasks: Sequence[int]) -> None:
        """Note that what deliveries show of these tasks changed, though the tasks did not."""
        self._changes.extend((self.log, self.number, task) for task in tasks)

    def flush(self) -> None:
        """Write everything that waits."""
        self.blocks.flush()
        self.db.run_many("add_task_versions", self._versions)
        self.db.run_many("add_label_versions", self._labels)
        self.db.run_many("put_tasks", self._task_rows)
        self.db.run_many("add_fragments", self._fragments)
        self.db.run_many("add_changes", self._changes)
        self.events.flush()
        self.db.run(
            "move_counters",
            {
                "log": self.log,
                "task": self._next_task,
                "annotation": self.numbering.next,
                "class": self.names.next_class,
                "block": self.blocks.next,
            },
        )
        for rows in (self._versions, self._labels, self._task_rows, self._fragments, self._changes):
            rows.clear()

    def _once(self, task_id: str) -> None:
        if task_id in self._seen:
            raise _twice(task_id)
        self._seen.add(task_id)

    def _create(self, record: Record) -> Saved:
        labels = [self._numbered(label, None) for label in record.labels]
        record = self._begun(record)
        task, self._next_task = self._next_task, self._next_task + 1
        record = msgspec.structs.replace(record, labels=tuple(labels))
        version = task_row(record, task=task, path=self._path(record.name, task), blocks=self.blocks, old=None)
        rows = [label_row(label, i, blocks=self.blocks, old=None) for i, label in enumerate(labels)]
        self._write(task, version, rows)
        told = Told("task.created", _moves(None, version))
        self._event(told, task, record.id, 0, None, self._content(version, rows))
        return _saved(record, task, version, rows, created=True)

    def _begun(self, record: Record) -> Record:
        """Return a new task at the first stage of the workflow, where it says nothing of stages."""
        workflow = record.workflow
        if workflow.stage != UNMOVED.stage or self.names.stages.find(workflow.stage) is not None:
            return record
        moved = msgspec.structs.replace(workflow, stage=self.names.stages.first.name)
        return msgspec.structs.replace(record, workflow=moved)

    def _update(
        self, record: Record, task: int, events: int, leaf: bytes, *, fence: int | None, told: Told | None
    ) -> Saved | None:
        """Write what differs from the newest version."""
        old = TaskRow.read(self.db.row("newest_task_version", {"log": self.log, "task": task}))
        known = [LabelRow.read(row) for row in self.db.rows("newest_label_versions", {"log": self.log, "task": task})]
        by_id = {row.id: row for row in known}
        fenced = fence is not None and old.since > fence
        if fenced and old.name != record.name:
            raise _twice(record.id)
        free = len(known)
        rows: list[LabelRow] = []
        labels: list[Label] = []
        for label in record.labels:
            before = by_id.get(label.id)
            labels.append(self._numbered(label, before))
            rows.append(label_row(labels[-1], before.label if before else free, blocks=self.blocks, old=before))
            free += before is None
        record = msgspec.structs.replace(record, labels=tuple(labels))
        path = old.path if old.name == record.name else self._path(record.name, task)
        version = task_row(record, task=task, path=path, blocks=self.blocks, old=old)
        rows.sort(key=lambda row: row.label)
        kept = {row.label for row in rows}
        ended = [row for row in known if row.until == OPEN and row.label not in kept]
        fresh = [row for row in rows if row is not by_id.get(row.id)]
        if old.until == OPEN and version.same(old) and not fresh and not ended:
            return None
        if fenced:
            raise _twice(record.id)
        if old.until == OPEN:
            self._end_task(task)
        for row in (*ended, *(by_id[row.id] for row in fresh if row.id in by_id and by_id[row.id].until == OPEN)):
            self._end_label(task, row.label)
        self._write(task, version, fresh)
        told = told or Told("task.saved" if old.until == OPEN else "task.restored", _moves(old, version))
        self._event(told, task, record.id, events, leaf, self._content(version, rows))
        return _saved(record, task, version, rows, created=False)

    def _numbered(self, label: Label, before: LabelRow | None) -> Label:
        """Return the label with class numbers and pinned annotation numbers."""
        body = self.blocks.read(before.body_block) if before and before.body_block else None
        return self.numbering.number(label, body, self.names.class_number)

    def _path(self, name: str, task: int) -> str:
        """Give the task a path that no other task of the project has or ever had."""
        stem = naming.stem(name)
        for candidate in (stem, naming.numbered(stem, task)):
            values = {"log": self.log, "clash": naming.key(candidate), "task": task}
            if self.db.run("add_path", values) or self.db.row("path_owner", values) == (task,):
                return candidate
        raise InvalidError("name", [Fault("$.name", f"{name!r} clashes with the path of another task")])

    def _write(self, task: int, version: TaskRow, fresh: Sequence[LabelRow]) -> None:
        if version.batch is not None:
            self.names.ensure("batch", version.batch)
        self._versions.append((self.log, task, self.number, OPEN, *version.values()))
        self._labels.extend((self.log, task, row.label, self.number, OPEN, *row.values()) for row in fresh)

    def _content(self, version: TaskRow, rows: Sequence[LabelRow]) -> bytes:
        """Return the digest that the event commits to: the task's columns, its labels' columns, all block hashes."""
        return content(version, rows, self.blocks.hashes)

    def _event(
        self, told: Told, task: int, task_id: str, events: int, leaf: bytes | None, content: bytes | None
    ) -> None:
        data = {"id": task_id, **told.data}
        added = self.events.append(told.kind, data, task=task, task_seq=events + 1, previous=leaf, content=content)
        self._task_rows.append((self.log, task, task_id, events + 1, added))
        self._changes.append((self.log, self.number, task))

    def _end_task(self, task: int) -> None:
        self.db.run("end_task_version", {"log": self.log, "task": task, "number": self.number, "open": OPEN})

    def _end_label(self, task: int, label: int) -> None:
        self.db.run(
            "end_label_version",
            {"log": self.log, "task": task, "label": label, "number": self.number, "open": OPEN},
        )


def _moves(old: TaskRow | None, new: TaskRow) -> dict[str, dict[str, str]]:
    """Return stage and status where they are not what they were: a task begins at no stage."""
    after = {"stage": new.stage, "status": new.status}
    if old is None:
        return {"after": after}
    before = {"stage": old.stage, "status": old.status}
    return {} if before == after else {"before": before, "after": after}


def _twice(task_id: str) -> InvalidError:
    return InvalidError(f"task {task_id!r}", [Fault("$.id", "it is written twice, with different contents")])


def _saved(record: Record, task: int, version: TaskRow, rows: Sequence[LabelRow], *, created: bool) -> Saved:
    bodies = {row.id: row.body_block for row in rows}
    return Saved(
        msgspec.structs.replace(record, number=task, path=version.path),
        version.blocks[0] or 0,
        tuple(bodies[label.id] for label in record.labels),
        created,
    )


def content(version: TaskRow, rows: Sequence[LabelRow], hashes: Callable[[Sequence[int | None]], list[bytes]]) -> bytes:
    """Return the digest of a task as it stood: every column and the hash of every block."""
    blocks = hashes([*version.blocks, *(block for row in rows for block in (row.body_block, row.stamps_block))])
    return digest(version.plain(), [row.plain() for row in rows], blocks)
