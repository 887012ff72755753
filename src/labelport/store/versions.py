"""The rows of a task's version: columns to select by, and blocks of encoded JSON."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from labelport.errors import IntegrityError
from labelport.model.facts import facts
from labelport.model.label import Label
from labelport.model.record import Record
from labelport.model.visit import Visit
from labelport.model.workflow import Issue, Workflow
from labelport.store import pieces
from labelport.store.db import OPEN, Database

BLOCKS = ("asset", *pieces.BLOCKS)


class TaskRow(msgspec.Struct, frozen=True):
    """The columns of `task_version` that say how a task stands; `blocks` in the order of `BLOCKS`."""

    id: str
    name: str
    path: str
    uri: str | None
    width: int | None
    height: int | None
    asset: str
    external_id: str | None
    global_key: str | None
    stage: str
    status: str
    batch: str | None
    state: str
    open_issues: int
    active_at: int | None
    completed_at: int | None
    people: str
    keys: str
    identity: bytes
    standing: bytes
    blocks: tuple[int | None, ...]
    since: int = 0
    until: int = OPEN

    @classmethod
    def read(cls, row: Sequence[Any] | None) -> "TaskRow":
        """Return the row of `newest_task_version`."""
        if row is None:
            raise IntegrityError("a task has no version")
        values = (*row[2:22], tuple(row[22:]), row[0], row[1])
        return cls(**dict(zip(cls.__struct_fields__, values, strict=True)))

    def values(self) -> tuple[Any, ...]:
        """Return the columns from `id` on, as the table has them."""
        return (*self.plain(), *self.blocks)

    def plain(self) -> tuple[Any, ...]:
        """Return the columns without the blocks."""
        return msgspec.structs.astuple(self)[:20]

    def same(self, other: "TaskRow") -> bool:
        """Whether both say the same."""
        return self.values() == other.values()


class LabelRow(msgspec.Struct, frozen=True):
    """The columns of `label_version`; `label` is its place among the task's labels."""

    label: int
    id: str
    author: str | None
    source: str
    final: int
    created_at: int | None
    annotations: int
    kinds: str
    classes: str
    head: bytes
    details: bytes
    body_block: int | None
    stamps_block: int | None
    since: int = 0
    until: int = OPEN

    @classmethod
    def read(cls, row: Sequence[Any]) -> "LabelRow":
        """Return a row of `newest_label_versions`."""
        values = (row[0], *row[3:], row[1], row[2])
        return cls(**dict(zip(cls.__struct_fields__, values, strict=True)))

    def values(self) -> tuple[Any, ...]:
        """Return the columns from `id` on, as the table has them."""
        return msgspec.structs.astuple(self)[1:13]

    def plain(self) -> tuple[Any, ...]:
        """Return what the event commits to besides the blocks."""
        return msgspec.structs.astuple(self)[:11]


class Blocks:
    """Content-addressed pieces; unchanged bytes keep their block."""

    def __init__(self, db: Database, first: int, salt: Callable[[], bytes]) -> None:
        """Give new blocks numbers from `first` on; salts keep what was erased from being guessed."""
        self.next = first
        self._db, self._salt = db, salt
        self._rows: list[tuple[int, bytes, bytes, bytes]] = []
        self._hashes: dict[int, bytes] = {}

    def put(self, data: bytes | None, old: int | None) -> int | None:
        """Store bytes; return their block, which is the old one where its bytes are the same."""
        if data is None:
            return None
        if old is not None:
            salt, hashed, _ = self._row(old)
            if salt is not None and hashlib.sha256(salt + data).digest() == hashed:
                self._hashes[old] = hashed
                return old
        salt = self._salt()
        seal = hashlib.sha256(salt)
        seal.update(data)
        block, self.next = self.next, self.next + 1
        self._hashes[block] = seal.digest()
        self._rows.append((block, salt, seal.digest(), data))
        return block

    def forget(self, first: int) -> None:
        """Take back the new blocks from `first` on: nothing will point to them."""
        while self._rows and self._rows[-1][0] >= first:
            self._hashes.pop(self._rows.pop()[0])
        self.next = first

    def read(self, block: int) -> bytes | None:
        """Return the bytes of a stored block, None once erased."""
        data: bytes | None = self._row(block)[2]
        return data

    def hashes(self, blocks: Sequence[int | None]) -> list[bytes]:
        """Return the hash of each block, empty where there is none."""
        return [b"" if block is None else self._hash(block) for block in blocks]

    def flush(self) -> None:
        """Write the new blocks."""
        self._db.run_many("add_blocks", self._rows)
        self._rows.clear()
        self._hashes.clear()

    def _hash(self, block: int) -> bytes:
        found = self._hashes.get(block)
        if found is None:
            found = self._hashes[block] = self._row(block)[1]
        return found

    def _row(self, block: int) -> tuple[bytes | None, bytes, bytes | None]:
        row = self._db.row("block", {"block": block})
        if row is None:
            raise IntegrityError(f"block {block} is missing")
        return row[0], row[1], row[2]


def task_row(record: Record, *, task: int, path: str, blocks: Blocks, old: TaskRow | None) -> TaskRow:
    """Return the row of a record whose labels are numbered; its blocks are stored."""
    before = old.blocks if old else (None,) * len(BLOCKS)
    contents = [pieces.asset(record.asset), *pieces.blocks(record)]
    workflow, asset = record.workflow, record.asset
    return TaskRow(
        id=record.id,
        name=record.name,
        path=path,
        uri=asset.uri,
        width=asset.width,
        height=asset.height,
        asset=asset.id,
        external_id=record.external_id,
        global_key=record.global_key,
        stage=workflow.stage,
        status=workflow.status,
        batch=workflow.batch,
        state=_state(record.labels),
        open_issues=_open(record.issues),
        active_at=pieces.microseconds(workflow.updated_at),
        completed_at=pieces.microseconds(workflow.completed_at),
        people=_people(workflow),
        keys=_keys(record),
        identity=pieces.identity(record),
        standing=pieces.standing(record, number=task, path=path),
        blocks=tuple(blocks.put(data, was) for data, was in zip(contents, before, strict=True)),
    )


def label_row(label: Label, place: int, *, blocks: Blocks, old: LabelRow | None) -> LabelRow:
    """Return the row of a numbered label; the very row that stands where nothing changed."""
    held = facts(label)
    row = LabelRow(
        label=place,
        id=label.id,
        author=label.author,
        source=label.source,
        final=int(label.final),
        created_at=pieces.microseconds(label.created_at),
        annotations=len(label.annotations) + len(label.tracks),
        kinds=_json({name: count for name, count in held.items() if not name.startswith("class:")}),
        classes=_json(sorted(int(name[6:]) for name in held if name.startswith("class:"))),
        head=pieces.label_head(label),
        details=pieces.label_details(label),
        body_block=blocks.put(pieces.label_body(label) or None, old.body_block if old else None),
        stamps_block=blocks.put(pieces.label_stamps(label), old.stamps_block if old else None),
    )
    return old if old is not None and old.until == OPEN and row.values() == old.values() else row


def _state(labels: Sequence[Label]) -> str:
    given = [label for label in labels if not label.skipped]
    if any(label.annotations or label.tracks for label in given):
        return "labelled"
    return "empty" if given else "unlabelled"


def standing_of(row: TaskRow) -> pieces.Standing:
    """Return how a task stands, as its version has it."""
    return msgspec.json.decode(b"{%b}" % row.standing, type=pieces.Standing)


def moved_row(
    old: TaskRow, workflow: Workflow, issues: Sequence[Issue], visits: Sequence[Visit], blocks: Blocks
) -> TaskRow:
    """Return the row of a task of which nothing changed but how it stands in its workflow."""
    kept = list(old.blocks)
    for name, value in (("issues", tuple(issues)), ("stage_history", tuple(visits))):
        place = BLOCKS.index(name)
        kept[place] = blocks.put(pieces.block(value), kept[place])
    return msgspec.structs.replace(
        old,
        stage=workflow.stage,
        status=workflow.status,
        open_issues=_open(issues),
        active_at=pieces.microseconds(workflow.updated_at),
        completed_at=pieces.microseconds(workflow.completed_at),
        people=_people(workflow),
        standing=pieces.members(msgspec.structs.replace(standing_of(old), workflow=workflow)),
        blocks=tuple(kept),
    )


def _open(issues: Sequence[Issue]) -> int:
    return sum(not issue.resolved for issue in issues)


def _people(workflow: Workflow) -> str:
    return _json([f"assignee:{p}" for p in workflow.assignees] + [f"reviewer:{p}" for p in workflow.reviewers])


def _keys(record: Record) -> str:
    """Return the scalars of the metadata as `KEY=VALUE`, to select by."""
    found = (record.metadata or {}).items()
    return _json([pieces.keyed(key, _scalar(value)) for key, value in found if isinstance(value, str | int | float)])


def _scalar(value: str | float | bool) -> str:  # noqa: FBT001  a JSON value
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
