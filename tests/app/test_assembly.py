import tracemalloc
from pathlib import Path

from labelport.app.assembly import Assembly
from labelport.app.growing import CHUNK
from labelport.app.meter import AHEAD

LINES = 120_000


def test_tombstones_are_written_as_they_come(tmp_path: Path) -> None:
    """Chunks wait, one is collected, one is written and joined for it: no more is in memory, however slow the disk is."""
    assembly = Assembly(tmp_path, {})
    tracemalloc.start()
    assembly.finish(b"%07d" % i + b"x" * 1000 for i in range(LINES))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (assembly.tree / "tombstones.ndjson").stat().st_size == LINES * 1008
    assert peak < (AHEAD + 4) * CHUNK < LINES * 1008 / 3
