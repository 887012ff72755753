"""Any line or byte of a finished file is reached through its side index."""

import io
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import IntegrityError
from labelport.kit.lines import EVERY, FAR, Lines, write_index

MILLION = 1_000_000


def _indexed(folder: Path, data: bytes) -> Lines:
    path, index = folder / "data.ndjson", folder / "data.idx"
    path.write_bytes(data)
    with index.open("wb") as to:
        write_index(BytesIO(data), to)
    return Lines(path, index)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=9).filter(lambda b: b"\n" not in b), max_size=700), st.data())
def test_every_line_and_byte_is_reached(rows: list[bytes], data: st.DataObject) -> None:
    text = b"".join(row + b"\n" for row in rows)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("labelport.kit.lines.FAR", data.draw(st.sampled_from((1, 30, FAR))))
        lines = _indexed(Path(folder), text)
        assert (lines.total_lines, lines.total_bytes) == (len(rows), len(text))
        line = data.draw(st.integers(0, len(rows)))
        offset = data.draw(st.integers(0, len(text)))
        assert list(lines.from_line(line)) == rows[line:]
        assert b"".join(one + b"\n" for one in lines.from_byte(offset)) == text[offset:]
        if offset < len(text):
            assert lines.line_at(offset) == text[:offset].count(b"\n")


def test_a_last_line_without_its_end_counts(tmp_path: Path) -> None:
    lines = _indexed(tmp_path, b"a\nb")
    assert list(lines.from_line(1)) == [b"b"]


@pytest.mark.parametrize("past", [-1, 4])
def test_past_the_end_is_a_value_error(tmp_path: Path, past: int) -> None:
    lines = _indexed(tmp_path, b"a\nb\nc\n")
    with pytest.raises(ValueError, match="past the end"):
        lines.from_line(past)
    with pytest.raises(ValueError, match="past the end"):
        lines.from_byte(past * 7)


def test_the_index_is_small(tmp_path: Path) -> None:
    _indexed(tmp_path, b"x\n" * 100_000)
    assert (tmp_path / "data.idx").stat().st_size == 24 + 16 * -(-100_000 // EVERY)


def test_long_lines_are_reached_by_reading_little(tmp_path: Path) -> None:
    _indexed(tmp_path, b"".join(b"%d" % number + b"x" * FAR + b"\n" for number in range(20)))
    lines = Lines(MeteredPath(tmp_path / "data.ndjson"), MeteredPath(tmp_path / "data.idx"))
    Metered.read_bytes = 0
    assert next(lines.from_line(19)).startswith(b"19x")
    assert Metered.read_bytes < 1.1 * FAR


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    _indexed(tmp_path, b"a\nb\n")
    (tmp_path / "data.ndjson").write_bytes(b"a\n")
    with pytest.raises(IntegrityError, match="not the file"):
        Lines(tmp_path / "data.ndjson", tmp_path / "data.idx")


class Metered(io.FileIO):
    """A file that counts what is read of it from the disk."""

    read_bytes = 0

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        Metered.read_bytes += count or 0
        return count


class MeteredPath(type(Path())):  # type: ignore[misc]  # the class of paths of this system
    """A path whose files are metered."""

    def open(self, mode: str = "r", buffering: int = -1) -> io.BufferedReader | Metered:
        return io.BufferedReader(Metered(str(self))) if buffering else Metered(str(self))


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """A million lines of some 30 bytes, with their index."""
    folder = tmp_path_factory.mktemp("million")
    data = b"".join(b'{"number":%d,"name":"a task"}\n' % number for number in range(MILLION))
    _indexed(folder, data)
    return Lines(MeteredPath(folder / "data.ndjson"), MeteredPath(folder / "data.idx"))


@pytest.mark.parametrize("line", [0, 255, 256, 499_999, MILLION - 1])
def test_any_of_a_million_lines_is_reached_by_reading_little(million: Lines, line: int) -> None:
    Metered.read_bytes = 0
    assert next(million.from_line(line)) == b'{"number":%d,"name":"a task"}' % line
    assert Metered.read_bytes < 40_000


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_any_byte_of_a_million_lines_and_its_line_are_reached_by_reading_little(million: Lines, share: float) -> None:
    offset = int(share * million.total_bytes)
    Metered.read_bytes = 0
    rest = next(million.from_byte(offset))
    assert Metered.read_bytes < 20_000
    line = million.line_at(offset)
    assert Metered.read_bytes < 40_000
    assert (b'{"number":%d,"name":"a task"}' % line).endswith(rest)
