"""What a file holds is what was written, whichever way it went to the disk and wherever it was broken off."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.app.growing import Growing
from labelport.app.meter import Meter
from labelport.app.metered import BLOCK, LARGE, Metered, Way
from labelport.kit.format import Section

ROOM = 2 * LARGE
SIZES = st.sampled_from((1, 100, BLOCK - 1, BLOCK, BLOCK + 1, LARGE - 1, LARGE, LARGE + 1, ROOM, 3 * ROOM + 5))


def drawn(size: int, seed: int) -> bytes:
    return bytes([seed % 251]) * (size - 1) + b"."


@given(st.lists(st.tuples(SIZES, st.sampled_from(("on", "settle", "anew")))), st.sampled_from(("disk", "cache")))
@settings(max_examples=40, deadline=None)
def test_a_file_holds_what_was_written(writes: list[tuple[int, str]], way: Way) -> None:
    wanted = hashlib.sha256()
    data = b""
    with TemporaryDirectory() as folder, mmap(-1, ROOM) as buffer, ThreadPoolExecutor(1) as beside:
        path = Path(folder) / "file"
        file = Metered(path, way, from_start=True)
        for seed, (size, then) in enumerate(writes):
            new = drawn(size, seed)
            data += new
            wanted.update(new)
            file.write(new, buffer, beside)
            if then != "on":
                assert file.settled() == wanted.hexdigest()
                assert path.read_bytes() == data
            if then == "anew":
                before, file = file, Metered(path, way, from_start=False)
                file.hash = before.hash
                before.close()
        file.settled()
        file.close()
        assert path.read_bytes() == data


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no file system in memory")
def test_a_file_system_in_memory_takes_large_writes() -> None:
    with TemporaryDirectory(dir="/dev/shm") as folder:
        meter = Meter()
        growing = Growing(Path(folder) / "file", Section("rows", b"\n", terminated=True), meter, way="disk")
        growing.add(b"x" * 5_000_000)
        mark = growing.close()
        meter.close()
        data = (Path(folder) / "file").read_bytes()
    assert (data, mark.size, mark.elements) == (b"x" * 5_000_000 + b"\n", 5_000_001, 1)
    assert mark.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="no device that is always full")
def test_what_fails_to_be_written_is_raised() -> None:
    meter = Meter()
    growing = Growing(Path("/dev/full"), Section("rows", b"\n", terminated=True), meter)
    growing.add(b"x")
    with pytest.raises(OSError, match="No space left"):
        growing.mark()
    meter.abandon()
