"""Work for worker processes: each function here is started in a process of its own."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from labelport.app.processes import Processes
from labelport.errors import ConflictError, Fault, InvalidError


def uneven(place: str) -> Callable[[int], None]:
    """Finish even shards after the odd ones that follow them."""

    def do(shard: int) -> None:
        while shard % 2 == 0 and shard < 6 and not (Path(place) / str(shard + 1)).exists():
            time.sleep(0.001)
        (Path(place) / str(shard)).touch()

    return do


def dying(place: str, times: int) -> Callable[[int], None]:
    """Die of shard 2, so many times."""

    def do(shard: int) -> None:
        deaths = Path(place) / "deaths"
        if shard == 2 and (len(deaths.read_bytes()) if deaths.exists() else 0) < times:
            with deaths.open("ab") as file:
                file.write(b"x")
            os.kill(os.getpid(), signal.SIGKILL)
        (Path(place) / str(shard)).touch()

    return do


def failing(how: str) -> Callable[[int], None]:
    """Fail at shard 1."""

    def do(shard: int) -> None:
        if shard == 1 and how == "ours":
            raise InvalidError("shard", [Fault("$.a", "is wrong"), Fault("$.b", "too")])
        if shard == 1:
            raise ValueError("something else")

    return do


def never(how: str) -> Callable[[int], None]:
    """Fail at the start."""
    raise ConflictError("no room") if how == "ours" else ValueError("something else")


def long(place: str) -> Callable[[int], None]:
    """Say which process works, and never end."""

    def do(shard: int) -> None:
        (Path(place) / f"pid-{shard}").write_text(str(os.getpid()))
        time.sleep(600)

    return do


def hire(place: str) -> None:
    """Be a parent of workers that never end."""
    for _ in Processes(2, long, place).run(0, 4):
        pass
