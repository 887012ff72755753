import tracemalloc
from pathlib import Path

from labelport.app.assembly import Assembly

MIB = 1 << 20


def test_tombstones_are_written_as_they_come(tmp_path: Path) -> None:
    assembly = Assembly(tmp_path, {})
    tracemalloc.start()
    assembly.finish(b"%07d" % i + b"x" * 1000 for i in range(40_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (assembly.tree / "tombstones.ndjson").stat().st_size == 40_000 * 1008
    assert peak < 16 * MIB
