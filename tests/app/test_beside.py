"""Fragments that a process beside makes are those that the import would make itself, whatever becomes of the process."""

from pathlib import Path

import msgspec
import pytest

from labelport.app import beside, imports
from labelport.app.beside import Fragmenter
from labelport.app.fragments import Source
from tests.spaces import Space, record

TASKS = 9
QUERY = "SELECT body_block, asset_block, format, version, bytes FROM fragment ORDER BY body_block"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    monkeypatch.setattr(beside, "FEW", 1)


def lines(folder: Path) -> str:
    path = folder / "records.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(record(i, boxes=i % 3)) + b"\n" for i in range(TASKS)))
    return str(path)


def imported(folder: Path, workers: int) -> Space:
    folder.mkdir()
    space = Space(folder / "space", workers=workers)
    space.work.import_files("p", "ndjson", [lines(folder)])
    return space


def fragments(space: Space) -> list[tuple[object, ...]]:
    return space.app.store.db.connection.execute(QUERY).fetchall()


def labels(space: Space) -> int:
    query = "SELECT 1 FROM label_version WHERE body_block IS NOT NULL"
    return len(space.app.store.db.connection.execute(query).fetchall())


def test_fragments_made_beside_are_those_made_here(tmp_path: Path) -> None:
    here, beside = imported(tmp_path / "one", 1), imported(tmp_path / "two", 2)
    assert fragments(beside) == fragments(here)
    assert len(fragments(beside)) == labels(beside)


def test_a_process_that_dies_leaves_no_label_without_fragments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give = Fragmenter._give

    def give_and_kill(self: Fragmenter, found: list[Source]) -> None:
        give(self, found)
        assert self._hired is not None
        self._hired[0].kill()
        self._hired[0].join()

    monkeypatch.setattr(Fragmenter, "_give", give_and_kill)
    space = imported(tmp_path / "one", 2)
    assert len(fragments(space)) == labels(space)


def test_what_was_erased_meanwhile_gets_no_fragment(tmp_path: Path) -> None:
    space = imported(tmp_path / "one", 1)
    db = space.app.store.db
    kept = fragments(space)
    body, asset, *rest = kept[0]
    task = db.connection.execute("SELECT task FROM label_version WHERE body_block = ?", (body,)).fetchall()[0][0]
    db.run("erase_fragments", {"log": 1, "task": task})
    db.run("erase_block", {"block": body, "hash": b""})
    db.run_many("add_fragments", [(*rest, body, asset)])
    assert fragments(space) == kept[1:]


def test_nothing_is_left_in_the_staging_place(tmp_path: Path) -> None:
    space = imported(tmp_path / "one", 2)
    assert list((space.folder / "staging").iterdir()) == []
