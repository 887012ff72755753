"""The log is tamper-evident: whatever is changed, removed, swapped or put in through SQL is told, with task and number."""

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from labelport import api
from labelport.model.asset import Asset
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label
from labelport.model.workflow import Member, Workflow
from labelport.store.db import migrations
from labelport.store.heads import complete
from labelport.store.log import Event, digest, erased
from labelport.store.merkle import Frontier
from labelport.store.tasks import content
from labelport.store.versions import LabelRow, TaskRow
from tests.spaces import Space, record

TABLES = {
    "block": ("block",),
    "change": ("log", "number", "task"),
    "event": ("log", "position"),
    "export": ("id",),
    "fragment": ("fragment",),
    "head": ("log", "number"),
    "label_version": ("log", "task", "label", "since"),
    "log": ("log",),
    "named": ("log", "kind", "key", "since"),
    "path": ("log", "clash"),
    "project": ("log",),
    "task": ("log", "task"),
    "task_version": ("log", "task", "since"),
}
"""Every table, and what tells its rows apart."""
FREE = {
    ("fragment", "fragment"),  # a row id
    ("fragment", "version"),  # of another version of the format: no export reads it
    ("fragment", "format"),  # the same
    ("project", "next_annotation"),  # numbers may be left out
}
"""Columns that say nothing of their own."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which everything happened that leaves a row somewhere."""
    space = Space(tmp_path_factory.mktemp("lived"))
    one, other = space.work.create_project("one"), space.work.create_project("other")
    voxels = space.app.store.blobs.put([b"voxels"])
    picture = space.app.store.blobs.put([b"picture"])
    one.save([record(i, metadata={"k": i}, workflow=Workflow(batch="b")) for i in range(4)])
    other.save([record(1), record(7)])
    segment = Annotation("s", class_="lung", geometry=Segment(voxels, (1,)))
    one.save([record(5, labels=(Label("l", annotations=(segment,)),), asset=Asset("study", "volume"))])
    one.save([record(6, asset=Asset("copied", "image", uri=f"blob:{picture}", sha256=picture))])
    one.save([record(2, boxes=3), record(3, labels=())])
    one.rename_class(1, "vehicle")
    one.rename_batch("b", "the first batch")
    one.add_class("tree")
    one.remove(["t0", "t1"])
    one.save([record(1)])
    space.work.edit_asset(Asset("asset-1", "image", uri="s3://b/1.jpg", width=64, height=48))
    space.work.put_member(Member("ann", "Ann"))
    space.work.put_member(Member("ann", "Anna"))
    space.export(space.request(one.id, formats=("coco", "ndjson")))
    space.work.project("other").export(to=space.fresh())
    one.erase("t0")
    assert space.work.verify_log().faults == ()
    space.app.store.db.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    space.app.store.close()
    return space.folder


class Copy:
    """A copy of the workspace to break."""

    def __init__(self, source: Path, to: Path) -> None:
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("exports", "out", "locks"))
        self.space = Space(to)
        self.do("PRAGMA synchronous = OFF")

    def do(self, text: str, *values: object) -> list[Any]:
        return list(self.space.app.store.db.connection.execute(text, values))

    def faults(self) -> tuple[api.LogFault, ...]:
        return self.space.work.verify_log().faults


@pytest.fixture
def copy(lived: Path, tmp_path: Path) -> Iterator[Copy]:
    made = Copy(lived, tmp_path / "copy")
    yield made
    made.space.app.store.close()


@cache
def columns(table: str) -> list[str]:
    connection = apsw.Connection(":memory:")
    for step in migrations():
        connection.execute(step.replace("{clustered}", "WITHOUT ROWID"))
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def other_than(value: object) -> list[object]:
    """Return values that an editor may put in the place of one."""
    match value:
        case None:
            return [1, "x", b"x"]
        case int():
            return [value + 1, value - 1, "x", None]
        case str():
            return [value + "x", "", value.encode(), None]
        case bytes():
            return [value[:-1] + bytes([value[-1] ^ 1]) if value else b"x", b"", "x", None]
        case _:
            raise TypeError(type(value))


def keyed(table: str) -> str:
    return " AND ".join(f"{name} = ?" for name in TABLES[table])


def named(copy: Copy, table: str, row: dict[str, Any]) -> tuple[str | None, int | None]:
    """Return the task and the number that a row is of, where it is of any."""
    number = {
        "task_version": "since",
        "label_version": "since",
        "event": "number",
        "change": "number",
        "head": "number",
    }.get(table)
    task = row.get("task") if table != "named" else None
    found = copy.do("SELECT id FROM task WHERE log = ? AND task = ?", row["log"], task) if task is not None else []
    return (found[0][0] if found else None, row[number] if number else None)


def rows_of(copy: Copy, table: str) -> list[dict[str, Any]]:
    names = columns(table)
    return [dict(zip(names, row, strict=True)) for row in copy.do(f"SELECT {', '.join(names)} FROM {table}")]


def told(faults: tuple[api.LogFault, ...], task: str | None, number: int | None) -> bool:
    return any((task is None or fault.task == task) and (number is None or fault.number == number) for fault in faults)


EDITS = [(table, column) for table in TABLES for column in columns(table) if (table, column) not in FREE]


@pytest.mark.parametrize(("table", "column"), EDITS, ids=lambda one: one)
def test_an_edit_of_any_column_is_told(copy: Copy, table: str, column: str) -> None:
    rows = rows_of(copy, table)
    step = max(1, len(rows) // 3)
    for place, row in enumerate(rows[::step]):
        for i, value in enumerate(other_than(row[column])):
            if place and i:
                break
            copy.do("SAVEPOINT edit")
            if _update(copy, table, column, row, value):
                task, number = named(copy, table, row)
                copy.do("RELEASE edit")
                faults = copy.faults()
                assert faults, f"{column} of {row} as {value!r}"
                if column not in ("log", "task", "since", "number", "id"):
                    assert told(faults, task, number), f"{column} of {row} as {value!r}: {faults}"
                _back(copy, table, column, row, value)
            else:
                copy.do("ROLLBACK TO edit")
                copy.do("RELEASE edit")
    assert copy.faults() == ()


def _update(copy: Copy, table: str, column: str, row: dict[str, Any], value: object) -> bool:
    """Change a value; say whether the database took it as another."""
    keys = [row[name] for name in TABLES[table]]
    try:
        copy.do(f"UPDATE {table} SET {column} = ? WHERE {keyed(table)}", value, *keys)
    except (apsw.ConstraintError, apsw.MismatchError):
        return False
    after = {**row, column: value}
    found = copy.do(f"SELECT {column} FROM {table} WHERE {keyed(table)}", *[after[name] for name in TABLES[table]])
    return bool(found) and found[0][0] != row[column]


def _back(copy: Copy, table: str, column: str, row: dict[str, Any], value: object) -> None:
    after = {**row, column: value}
    copy.do(
        f"UPDATE {table} SET {column} = ? WHERE {keyed(table)}", row[column], *[after[name] for name in TABLES[table]]
    )


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"fragment"}))
def test_a_row_that_is_removed_is_told(copy: Copy, table: str) -> None:
    names = columns(table)
    for row in rows_of(copy, table):
        task, number = named(copy, table, row)
        copy.do(f"DELETE FROM {table} WHERE {keyed(table)}", *[row[name] for name in TABLES[table]])
        faults = copy.faults()
        assert faults, row
        if table == "event":  # the last one of a task is missed where the task is, and where the log is
            assert told(faults, task, None), f"{row}: {faults}"
            assert told(faults, None, number), f"{row}: {faults}"
        else:
            assert told(faults, task, number), f"{row}: {faults}"
        places = ", ".join("?" for _ in names)
        copy.do(f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({places})", *row.values())
    assert copy.faults() == ()


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_row_that_is_put_in_is_told(copy: Copy, table: str) -> None:
    """Each row is put in once more, under every key near its own that is free."""
    names = columns(table)
    tried = 0
    for row in rows_of(copy, table):
        for key in TABLES[table]:
            fresh = dict(row)
            fresh[key] = row[key] + 1 if isinstance(row[key], int) else f"{row[key]}x"
            if table == "project":
                fresh |= {"id": "made", "name": "made"}
            if table == "fragment":
                fresh |= {"body_block": 77, "fragment": 5000}
            places = ", ".join("?" for _ in names)
            try:
                copy.do(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", *fresh.values())
            except apsw.ConstraintError:
                continue
            tried += 1
            faults = copy.faults()
            assert faults, fresh
            task, number = (None, None) if key == "log" else named(copy, table, fresh)
            assert told(faults, task, number), f"{fresh}: {faults}"
            copy.do(f"DELETE FROM {table} WHERE {keyed(table)}", *[fresh[name] for name in TABLES[table]])
    assert tried
    assert copy.faults() == ()


@pytest.mark.parametrize("table", ["block", "event", "head", "label_version", "named", "task_version"])
def test_rows_that_are_swapped_are_told(copy: Copy, table: str) -> None:
    names = [name for name in columns(table) if name not in TABLES[table]]
    assign = ", ".join(f"{name} = ?" for name in names)
    for one, other in pairwise(rows_of(copy, table)):
        if all(one[name] == other[name] for name in names):
            continue
        for to, source in ((one, other), (other, one)):
            keys = [to[name] for name in TABLES[table]]
            copy.do(f"UPDATE {table} SET {assign} WHERE {keyed(table)}", *(source[name] for name in names), *keys)
        faults = copy.faults()
        names_either = [told(faults, *named(copy, table, row)) for row in (one, other)]
        assert any(names_either) if table == "event" else all(names_either), f"{one}, {other}: {faults}"
        for row in (one, other):
            keys = [row[name] for name in TABLES[table]]
            copy.do(f"UPDATE {table} SET {assign} WHERE {keyed(table)}", *(row[name] for name in names), *keys)
    assert copy.faults() == ()


def test_an_edited_block_names_its_task_and_the_change_that_wrote_it(copy: Copy) -> None:
    block = copy.do("SELECT body_block FROM label_version WHERE log = 1 AND task = 3 AND until < 4611686018427387904")[
        0
    ][0]
    copy.do("UPDATE block SET bytes = CAST(replace(CAST(bytes AS TEXT), '2.0', '2.5') AS BLOB) WHERE block = ?", block)
    found = [(fault.task, fault.number, fault.reason) for fault in copy.faults()]
    assert found[0] == ("t2", 1, f"block {block} was changed")
    assert {one[:2] for one in found} == {("t2", 1)}


def test_a_block_that_is_emptied_without_an_event_is_told(copy: Copy) -> None:
    block = copy.do("SELECT body_block FROM label_version WHERE log = 1 AND task = 3")[0][0]
    copy.do("UPDATE block SET bytes = NULL, salt = NULL, hash = ? WHERE block = ?", erased(block), block)
    assert ("t2", 1, f"block {block} was emptied, and no event tells of it") in [
        (fault.task, fault.number, fault.reason) for fault in copy.faults()
    ]


@pytest.mark.parametrize("how", ["removed", "changed"])
@pytest.mark.parametrize(("data", "task"), [(b"voxels", "t5"), (b"picture", "t6")])
def test_a_blob_that_is_removed_or_changed_names_its_task_and_the_change(
    copy: Copy, how: str, data: bytes, task: str
) -> None:
    [file] = [path for path in (copy.space.folder / "blobs").glob("??/*") if path.read_bytes() == data]
    if how == "removed":
        file.unlink()
    else:
        file.write_bytes(b"other")
    number = copy.do("SELECT since FROM task_version WHERE log = 1 AND id = ?", task)[0][0]
    assert [(fault.task, fault.number) for fault in copy.faults()] == [(task, number)]


def test_an_altered_fragment_is_told(copy: Copy) -> None:
    copy.do("UPDATE fragment SET bytes = CAST(replace(CAST(bytes AS TEXT), '2.0', '2.5') AS BLOB) WHERE fragment = 2")
    assert [fault.reason for fault in copy.faults()] == ["a fragment of format 'coco' is not what the format makes"]


def test_a_log_that_is_rewritten_whole_fails_against_a_checkpoint_kept_elsewhere(copy: Copy) -> None:
    """A rewriter with all our knowledge leaves no fault: only what was kept elsewhere tells."""
    space = copy.space
    kept = space.work.checkpoint("one").text
    assert space.work.verify_log(checkpoint=kept).faults == ()
    copy.do("UPDATE task_version SET status = 'done' WHERE log = 1 AND task = 3")
    assert space.work.verify_log().faults
    rewrite(space, 1)
    assert space.work.verify_log().faults == ()
    [fault] = space.work.verify_log(checkpoint=kept).faults
    assert "not those that the checkpoint signed" in fault.reason


def rewrite(space: Space, log: int) -> None:
    """Make every hash of a log anew, over what is stored now."""
    db = space.app.store.db
    leaves: dict[int, bytes] = {}
    frontier = Frontier()

    def hashes(blocks: Any) -> list[bytes]:
        return [b"" if one is None else (db.row("block_hash", {"block": one}) or (b"",))[0] for one in blocks]

    for row in db.rows("events", {"log": log}):
        position, number, ordinal, at, actor, kind, task, seq, _, committed, data, _ = row
        if committed and task is not None:
            version = TaskRow.read(db.row("version_of", {"log": log, "task": task, "number": number}))
            labels = [LabelRow.read(one) for one in db.rows("labels_of", {"log": log, "task": task, "number": number})]
            committed = content(version, labels, hashes)
        elif committed:
            of, key = kind.partition(".")[0], msgspec.json.decode(data)["key"]
            text = next(one[4] for one in db.rows("names", {"log": log}) if one[:3] == (of, key, number))
            committed = digest(of, key, text.encode())
        previous = leaves.get(task) if task is not None else None
        event = Event(
            number,
            ordinal,
            at,
            actor,
            kind,
            task,
            seq,
            previous.hex() if previous else None,
            committed.hex() if committed else None,
            msgspec.Raw(data.encode()),
        )
        leaf = event.leaf()
        frontier.append(leaf)
        if task is not None:
            leaves[task] = leaf
        values = (previous, committed, leaf, log, position)
        db.connection.execute(
            "UPDATE event SET previous = ?, content = ?, leaf = ? WHERE log = ? AND position = ?", values
        )
    for task, leaf in leaves.items():
        db.connection.execute("UPDATE task SET leaf = ? WHERE log = ? AND task = ?", (leaf, log, task))
    db.connection.execute("UPDATE log SET frontier = ? WHERE log = ?", (bytes(frontier), log))
    db.connection.execute("DELETE FROM head WHERE log = ?", (log,))
    complete(db)


def test_a_checkpoint_holds_while_the_log_grows(copy: Copy) -> None:
    space = copy.space
    kept = space.work.checkpoint("one").text
    space.work.project("one").save([record(60)])
    assert space.work.verify_log(checkpoint=kept).faults == ()


def test_erasing_leaves_the_tree_whole_and_reproducing_names_what_is_gone(tmp_path: Path) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([record(i) for i in range(3)])
    export = space.export(space.request(project.id))
    root = space.work.checkpoint("p").text
    assert space.work.reproduce(export.id).same
    project.remove(["t1"])
    assert project.erase("t1") == 2
    report = space.work.verify_log(checkpoint=root)
    assert (report.faults, report.erased) == ((), 2)
    made = space.work.reproduce(export.id)
    assert (made.same, made.erased) == (False, ("t1",))
