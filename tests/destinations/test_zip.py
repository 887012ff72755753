"""A zip archive keeps the promises of a destination; other readers find it sound (A48)."""

import shutil
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.destinations.zip import SMALL, Zip
from labelport.errors import ConflictError, IntegrityError
from labelport.kit.destination import Destination
from labelport.testing.destinations import CHUNKS, DATA, DestinationTests, failing


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
        found = subprocess.run(
            [sys.executable, "-m", "zipfile", "-t", tmp_path / "a.zip"], capture_output=True, check=True
        )
        assert b"Done testing" in found.stdout
        assert _unzip(tmp_path / "a.zip")

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

    def test_a48_sizes_and_offsets_beyond_a_plain_zip_are_written_in_zip64(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as lowered:
            lowered.setattr(zipfile, "ZIP64_LIMIT", SMALL)
            place = Zip(tmp_path / "a.zip")
            for name in ("a.png", "b.txt", "c.png"):
                place.put(name, (bytes([number]) * SMALL for number in range(3)))
            place.seal("manifest.json", [b"{}"])
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert archive.testzip() is None
            assert [info.file_size for info in archive.infolist()] == [3 * SMALL] * 3 + [2]
            assert archive.getinfo("c.png").header_offset > SMALL
        assert _unzip(tmp_path / "a.zip")

    def test_a_small_member_is_for_every_reader(self, tmp_path: Path) -> None:
        self._archive(tmp_path / "a.zip")
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert {info.extract_version for info in archive.infolist()} == {20}


@settings(deadline=None, max_examples=25)
@given(st.binary(max_size=5000), st.lists(st.integers(1, 5000), max_size=6))
def test_the_archive_does_not_depend_on_how_its_contents_come(data: bytes, cuts: list[int]) -> None:
    data *= 500
    edges = [0, *sorted(min(cut * 500, len(data)) for cut in cuts), len(data)]
    with TemporaryDirectory() as folder:
        made = []
        for name, chunks in (("a.zip", [data]), ("b.zip", [data[i:j] for i, j in pairwise(edges)])):
            place = Zip(Path(folder) / name)
            place.put("data.ndjson", chunks)
            place.seal("manifest.json", [b"{}"])
            made.append((Path(folder) / name).read_bytes())
    assert made[0] == made[1]


def _unzip(path: Path) -> bool:
    """Return whether Info-ZIP finds the archive sound, where it is installed."""
    program = shutil.which("unzip")
    return program is None or subprocess.run([program, "-tqq", path], check=False).returncode == 0
