"""The schema is what the migrations make, and the code before a migration works on the schema after it."""

from importlib.resources import files
from pathlib import Path

import apsw
import pytest

from labelport.store import db
from labelport.store.db import Database, migrations
from tests.spaces import Space, record

SQL = files("labelport.store").joinpath("sql")
NEXT = """
ALTER TABLE task_version ADD COLUMN mood TEXT;
ALTER TABLE export ADD COLUMN kept_until BIGINT;
CREATE TABLE webhook (id TEXT PRIMARY KEY, url TEXT NOT NULL) {clustered};
CREATE INDEX webhook_by_url ON webhook (url);
"""
"""What a migration may do while the code before it runs: add what that code need not know."""


def schema(connection: apsw.Connection) -> dict[str, str]:
    """Return the definition of every table and index, its words told apart by one space."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY name"
    )
    return {name: " ".join(_plain(text).split()) for name, text in rows}


def _plain(text: str) -> str:
    return "\n".join(line.partition("--")[0] for line in text.splitlines())


def version(connection: apsw.Connection) -> object:
    return connection.pragma("user_version")


def test_the_schema_is_what_the_migrations_make(tmp_path: Path) -> None:
    fresh = apsw.Connection(":memory:")
    fresh.execute(SQL.joinpath("schema.sql").read_text(encoding="utf-8").replace("{clustered}", "WITHOUT ROWID"))
    migrated = Database(tmp_path / "migrated.db")
    assert schema(fresh) == schema(migrated.connection)
    assert version(migrated.connection) == len(migrations())


def test_migrations_are_numbered_without_gaps() -> None:
    names = sorted(entry.name for entry in SQL.joinpath("migrations").iterdir() if entry.name.endswith(".sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first = Database(tmp_path / "twice.db")
    before = schema(first.connection)
    again = Database(tmp_path / "twice.db")
    assert schema(again.connection) == before


def test_a_database_goes_through_every_step_that_it_has_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    old = Database(tmp_path / "old.db")
    monkeypatch.setattr(db, "migrations", lambda: [*known, NEXT, "CREATE TABLE later (a BIGINT)"])
    new = Database(tmp_path / "old.db")
    assert {"webhook", "webhook_by_url", "later"} <= set(schema(new.connection))
    assert version(old.connection) == len(known) + 2


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrations()
    Database(tmp_path / "old.db").close()
    monkeypatch.setattr(
        db, "migrations", lambda: [*known, "CREATE TABLE half (a BIGINT); CREATE TABLE half (a BIGINT)"]
    )
    with pytest.raises(apsw.SQLError, match="half"):
        Database(tmp_path / "old.db")
    monkeypatch.undo()
    left = Database(tmp_path / "old.db")
    assert "half" not in schema(left.connection)
    assert version(left.connection) == len(known)


def test_the_code_before_a_migration_works_on_the_schema_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    monkeypatch.setattr(db, "migrations", lambda: [*known, NEXT])
    Database(tmp_path / "labelport.db").close()
    monkeypatch.undo()
    space = Space(tmp_path)
    project = space.work.create_project("p")
    project.save([record(i) for i in range(4)])
    project.save([record(1, boxes=3)])
    project.remove(["t0"])
    project.rename_class(1, "vehicle")
    first = space.export(space.request(project.id, at=1))
    delta = space.export(space.request(project.id, since=1))
    folded = space.fresh()
    assert space.work.fold(first.destination, [delta.destination], folded).tasks == 3
    assert space.work.reproduce(first.id).same
    assert project.erase("t0") > 0
    assert space.work.verify_log().faults == ()
    assert version(space.app.store.db.connection) == len(known) + 1
