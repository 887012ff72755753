"""Runs whole processes side by side and says what they took."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

BIN = Path(sys.executable).parent
PYTHON = sys.executable
LABELPORT = str(BIN / "labelport")
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""The environment of every command: an interpreter behaves as it does by itself."""


class Run(NamedTuple):
    """One process from start to end: wall and processor seconds, peak memory in MiB, and what it said last, if JSON."""

    wall: float
    cpu: float
    peak: float
    said: Mapping[str, Any]


class Command(NamedTuple):
    """A command and the place that it writes, which is cleared before each run."""

    argv: Sequence[str]
    out: Path | None = None
    before: Callable[[], object] = lambda: None


def run(command: Command) -> Run:
    """Run a command once; raises where it fails."""
    clear(command.out)
    command.before()
    os.sync()
    with TemporaryFile() as said, TemporaryFile() as errors:
        actions = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
        start = perf_counter()
        child = os.posix_spawnp(command.argv[0], list(command.argv), PLAIN, file_actions=actions)
        _, status, used = os.wait4(child, 0)
        wall = perf_counter() - start
        for file in (said, errors):
            file.seek(0)
        if status:
            raise RuntimeError(f"{' '.join(command.argv)}: {errors.read().decode()}")
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, last(said.read()))


def last(output: bytes) -> dict[str, Any]:
    """Return the last line of an output, where it is a JSON object."""
    line = output.strip().rpartition(b"\n")[2]
    return msgspec.json.decode(line) if line.startswith(b"{") else {}


class Result:
    """The runs of one command."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.runs: list[Run] = []

    @property
    def wall(self) -> float:
        return median(one.wall for one in self.runs)

    @property
    def cpu(self) -> float:
        return median(one.cpu for one in self.runs)

    @property
    def peak(self) -> float:
        return max(one.peak for one in self.runs)

    def said(self, key: str) -> float:
        """Return the median of a number that the command printed."""
        return float(median(one.said[key] for one in self.runs))

    def __str__(self) -> str:
        walls = " ".join(f"{one.wall:.3f}" for one in sorted(self.runs))
        inner = "".join(f", {key} {self.said(key):.3f} s" for key in self.runs[0].said if key in ("load", "write"))
        return f"{self.name}: {self.wall:.3f} s ({walls}), cpu {self.cpu:.3f} s, peak {self.peak:.0f} MiB{inner}"


def side_by_side(commands: Mapping[str, Command], times: int) -> dict[str, Result]:
    """Run every command so many times, taking turns: A B A B ..."""
    results = {name: Result(name) for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            results[name].runs.append(run(command))
            clear(command.out)
    return results


def clear(place: Path | None) -> None:
    """Remove a file or a folder."""
    if place is not None and place.is_dir():
        shutil.rmtree(place)
    elif place is not None:
        place.unlink(missing_ok=True)
