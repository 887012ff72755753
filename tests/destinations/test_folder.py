"""A folder keeps the promises of a destination, and what it says of links, leftovers and power cuts."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from labelport.destinations import folder
from labelport.destinations.folder import INCOMING, Folder
from labelport.errors import ConflictError, LabelportError, NotFoundError, RequestError
from labelport.kit.destination import Adopting, Destination
from labelport.testing.destinations import CHUNKS, DATA, DestinationTests


class TestFolder(DestinationTests):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Destination:
        return Folder(tmp_path / "there")

    def again(self, place: Destination) -> Destination:
        return Folder(cast("Folder", place).root)

    def test_a_symbolic_link_does_not_lead_out(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "outside").mkdir()
        (tmp_path / "there" / "link").symlink_to(tmp_path / "outside")
        with pytest.raises(RequestError):
            Folder(tmp_path / "there").put("link/a", CHUNKS)
        assert list((tmp_path / "outside").iterdir()) == []

    def test_a_local_file_is_taken_over(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "there")
        assert isinstance(place, Adopting)
        (tmp_path / "made").write_bytes(DATA)
        place.adopt("a/b", tmp_path / "made")
        assert (tmp_path / "there/a/b").read_bytes() == DATA
        assert not (tmp_path / "made").exists()

    def test_a_local_folder_is_taken_over_where_there_is_none(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "there")
        (tmp_path / "made" / "b").mkdir(parents=True)
        (tmp_path / "made" / "b" / "c").write_bytes(DATA)
        assert place.adopt_folder("a", tmp_path / "made")
        assert (tmp_path / "there/a/b/c").read_bytes() == DATA
        assert not (tmp_path / "made").exists()

    def test_a_local_folder_stays_where_its_name_is_taken(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "there")
        place.put("a/b", [b"first"])
        (tmp_path / "made").mkdir()
        assert not place.adopt_folder("a", tmp_path / "made")
        assert (tmp_path / "made").is_dir()

    def test_what_killed_writers_left_goes_with_the_seal(self, tmp_path: Path) -> None:
        (tmp_path / "there" / INCOMING).mkdir(parents=True)
        (tmp_path / "there" / INCOMING / "left").write_bytes(b"half")
        place = Folder(tmp_path / "there")
        assert list(place.list()) == []
        place.seal("manifest.json", [b"{}"])
        assert [path.name for path in (tmp_path / "there").iterdir()] == ["manifest.json"]

    def test_a_link_that_leads_out_is_neither_read_nor_listed(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "secret").write_bytes(b"secret")
        (tmp_path / "there" / "folder").symlink_to(tmp_path)
        (tmp_path / "there" / "file").symlink_to(tmp_path / "secret")
        place = Folder(tmp_path / "there")
        for path in ("file", "folder/secret"):
            with pytest.raises(RequestError, match="symbolic link"):
                place.get(path)
        assert "folder/secret" not in set(place.list())

    def test_a_local_file_stays_where_its_name_is_taken(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "there")
        place.put("a", [b"first"])
        (tmp_path / "made").write_bytes(DATA)
        with pytest.raises(ConflictError):
            place.adopt("a", tmp_path / "made", "create")
        assert (tmp_path / "made").read_bytes() == DATA

    def test_a_file_does_not_become_a_folder_nor_a_folder_a_file(self, tmp_path: Path) -> None:
        place = Folder(tmp_path / "there")
        place.put("a/b", CHUNKS)
        with pytest.raises(ConflictError):
            place.put("a", CHUNKS)
        with pytest.raises(ConflictError):
            place.put("a/b/c", CHUNKS)
        with pytest.raises(NotFoundError):
            place.get("a")

    def test_the_place_where_files_wait_is_no_place_for_files(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="take another name"):
            Folder(tmp_path / "there").put(f"{INCOMING}/a", CHUNKS)

    def test_what_the_file_system_refuses_is_an_error_of_ours(self, tmp_path: Path) -> None:
        with pytest.raises(LabelportError, match="too long"):
            Folder(tmp_path / "there").put("x" * 300, CHUNKS)


def test_another_delivery_may_follow_a_sealed_one(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    place.seal("a/manifest.json", [b"{}"])
    place.seal("b/manifest.json", [b"{}"])
    assert list(place.list()) == ["a/manifest.json", "b/manifest.json"]


class Synced:
    """What was made durable, file by file, and what was there of a delivery then."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.inodes: set[int] = set()
        self.all = 0
        self.sealed: list[bool] = []
        monkeypatch.setattr(os, "fsync", self._one(os.fsync))
        monkeypatch.setattr(os, "sync", self._everything)

    def holds(self, *paths: str) -> bool:
        return {(self.root / path).stat().st_ino for path in paths} <= self.inodes

    def _one(self, fsync: Callable[[int], None]) -> Callable[[int], None]:
        def wrapper(handle: int) -> None:
            self.inodes.add(os.fstat(handle).st_ino)
            self.sealed.append((self.root / "manifest.json").exists())
            fsync(handle)

        return wrapper

    def _everything(self) -> None:
        self.all += 1
        self.sealed.append((self.root / "manifest.json").exists())


def on(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose what is done on a system: calls that every one has, so that each is tried whichever runs the tests."""
    monkeypatch.setattr("sys.platform", system)


@pytest.fixture
def synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Synced:
    return Synced(tmp_path / "there", monkeypatch)


def test_a_flush_makes_files_and_their_names_durable(synced: Synced) -> None:
    place = Folder(synced.root)
    place.put("a/b/c", CHUNKS)
    place.flush()
    assert synced.holds("a/b/c", "a/b", "a", "", "..")


def test_many_files_are_made_durable_at_once(synced: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    on("linux", monkeypatch)
    place = Folder(synced.root)
    for number in range(folder.FEW):
        place.put(str(number), CHUNKS)
    place.flush()
    assert (synced.all, synced.inodes) == (1, set())


def test_many_files_are_made_durable_one_by_one_where_sync_does_not_wait(
    synced: Synced, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("darwin", monkeypatch)
    place = Folder(synced.root)
    for number in range(folder.FEW):
        place.put(str(number), CHUNKS)
    place.flush()
    assert synced.all == 0
    assert synced.holds(*map(str, range(folder.FEW)))


def test_what_waits_for_a_flush_is_bounded(synced: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MANY", 5)
    place = Folder(synced.root)
    for number in range(7):
        place.put(str(number), CHUNKS)
    assert synced.holds("0", "1")


def test_a_file_is_durable_before_it_replaces_another(synced: Synced) -> None:
    place = Folder(synced.root)
    place.put("a", CHUNKS)
    assert not synced.holds("a")
    place.put("a", CHUNKS)
    assert synced.holds("a")


def test_everything_is_durable_before_the_seal_and_the_seal_after_it(synced: Synced) -> None:
    place = Folder(synced.root)
    place.put("a", CHUNKS)
    place.seal("manifest.json", [b"{}"])
    assert synced.holds("a", "manifest.json", "")
    assert synced.sealed == sorted(synced.sealed)
    assert set(synced.sealed) == {False, True}


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_folder_that_was_taken_over_is_made_durable_with_all_that_is_in_it(
    system: str, synced: Synced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(system, monkeypatch)
    place = Folder(synced.root)
    (tmp_path / "made" / "b").mkdir(parents=True)
    (tmp_path / "made" / "b" / "c").write_bytes(DATA)
    place.adopt_folder("a", tmp_path / "made")
    place.flush()
    assert synced.all == 1 or synced.holds("a/b/c", "a/b", "a", "", "..")
