"""Any line or byte of a finished file is reached through its side index."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import IntegrityError
from labelport.kit.lines import EVERY, Lines, write_index


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
    with TemporaryDirectory() as folder:
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
    assert (tmp_path / "data.idx").stat().st_size == 24 + 8 * -(-100_000 // EVERY)


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    _indexed(tmp_path, b"a\nb\n")
    (tmp_path / "data.ndjson").write_bytes(b"a\n")
    with pytest.raises(IntegrityError, match="not the file"):
        Lines(tmp_path / "data.ndjson", tmp_path / "data.idx")
