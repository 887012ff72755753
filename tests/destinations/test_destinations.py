"""Folder, zip and memory keep the promises of a destination."""

import subprocess
import zipfile
from pathlib import Path
from typing import ClassVar, cast

import pytest

from labelport.destinations.folder import INCOMING, Folder
from labelport.destinations.memory import Memory
from labelport.destinations.zip import Zip
from labelport.errors import ConflictError, IntegrityError, RequestError
from labelport.kit.destination import Adopting, Destination
from labelport.testing.destinations import CHUNKS, DATA, DestinationTests, failing


class TestMemory(DestinationTests):
    @pytest.fixture
    def place(self) -> Destination:
        return Memory()


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

    def test_what_killed_writers_left_goes_with_the_seal(self, tmp_path: Path) -> None:
        (tmp_path / "there" / INCOMING).mkdir(parents=True)
        (tmp_path / "there" / INCOMING / "left").write_bytes(b"half")
        place = Folder(tmp_path / "there")
        assert list(place.list()) == []
        place.seal("manifest.json", [b"{}"])
        assert [path.name for path in (tmp_path / "there").iterdir()] == ["manifest.json"]


class TestZip(DestinationTests):
    once: ClassVar[bool] = True

    @pytest.fixture
    def place(self, tmp_path: Path) -> Destination:
        return Zip(tmp_path / "there.zip")

    def again(self, place: Destination) -> Destination:
        return Zip(cast("Zip", place).path)

    def _archive(self, path: Path) -> bytes:
        place = Zip(path)
        place.put("a/b.txt", CHUNKS)
        with pytest.raises(OSError, match="the source broke"):
            place.put("half", failing())
        place.put("c.png", [DATA])
        place.seal("manifest.json", [b"{}"])
        return path.read_bytes()

    def test_the_same_contents_are_the_same_archive(self, tmp_path: Path) -> None:
        assert self._archive(tmp_path / "a.zip") == self._archive(tmp_path / "b.zip")

    def test_other_readers_find_it_sound(self, tmp_path: Path) -> None:
        self._archive(tmp_path / "a.zip")
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert archive.testzip() is None
            assert archive.getinfo("c.png").compress_type == zipfile.ZIP_STORED
        found = subprocess.run(["python3", "-m", "zipfile", "-t", tmp_path / "a.zip"], capture_output=True, check=True)
        assert b"Done testing" in found.stdout

    def test_an_archive_is_not_written_over(self, tmp_path: Path) -> None:
        self._archive(tmp_path / "a.zip")
        with pytest.raises(ConflictError, match="exists"):
            Zip(tmp_path / "a.zip").put("x", CHUNKS)

    def test_what_is_no_archive_is_said_to_be_none(self, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_bytes(b"no")
        with pytest.raises(IntegrityError, match="no zip archive"):
            Zip(tmp_path / "a.zip").get("x")

    def test_a48_more_members_than_a_plain_zip_can_count(self, tmp_path: Path) -> None:
        place = Zip(tmp_path / "many.zip")
        for number in range(66_000):
            place.put(f"{number}.png", [b"x"])
        place.seal("manifest.json", [b"{}"])
        with zipfile.ZipFile(tmp_path / "many.zip") as archive:
            assert len(archive.namelist()) == 66_001

    @pytest.mark.campaign
    def test_a48_a_member_larger_than_a_plain_zip_can_hold(self, tmp_path: Path) -> None:
        place = Zip(tmp_path / "large.zip")
        chunk = bytes(1 << 24)
        place.put("large.png", (chunk for _ in range(260)))
        place.seal("manifest.json", [b"{}"])
        with zipfile.ZipFile(tmp_path / "large.zip") as archive:
            assert archive.getinfo("large.png").file_size == 260 << 24
        (tmp_path / "large.zip").unlink()
