"""Worker processes: one that dies is replaced, one that fails is heard, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from labelport.app.processes import Processes
from labelport.errors import ConflictError, InvalidError, LabelportError
from tests.app import labour

ROOT = Path(__file__).parents[2]


def test_shards_come_in_order_though_they_finish_otherwise(tmp_path: Path) -> None:
    assert list(Processes(2, labour.uneven, str(tmp_path)).run(0, 7)) == list(range(7))


def test_a_killed_worker_is_replaced_and_its_shard_runs_again(tmp_path: Path) -> None:
    assert list(Processes(2, labour.dying, str(tmp_path), 2).run(0, 5)) == list(range(5))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3", "4", "deaths"]


def test_a_shard_that_always_kills_its_worker_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabelportError, match="shard 2 ended its worker process 3 times"):
        list(Processes(2, labour.dying, str(tmp_path), 99).run(0, 5))


def test_what_fails_in_a_worker_is_raised_as_it_was() -> None:
    with pytest.raises(InvalidError, match="shard is not valid") as caught:
        list(Processes(2, labour.failing, "ours").run(0, 3))
    assert [fault.path for fault in caught.value.faults] == ["$.a", "$.b"]
    with pytest.raises(LabelportError, match="shard 1 failed: ValueError: something else"):
        list(Processes(2, labour.failing, "other").run(0, 3))


def test_a_worker_that_cannot_start_says_why() -> None:
    with pytest.raises(ConflictError, match="no room"):
        list(Processes(2, labour.never, "ours").run(0, 3))
    with pytest.raises(LabelportError, match="a worker could not start: ValueError: something else"):
        list(Processes(2, labour.never, "other").run(0, 3))


def test_no_worker_outlives_its_parent(tmp_path: Path) -> None:
    code = f"from tests.app.labour import hire\nif __name__ == '__main__':\n    hire({str(tmp_path)!r})"
    script = tmp_path / "parent.py"
    script.write_text(code)
    parent = subprocess.Popen([sys.executable, str(script)], env={"PYTHONPATH": str(ROOT)})
    until(lambda: len(list(tmp_path.glob("pid-*"))) == 2)
    workers = [int(path.read_text()) for path in tmp_path.glob("pid-*")]
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until(lambda: not any(map(alive, workers)))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
