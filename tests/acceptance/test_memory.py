"""An export takes little memory, and no more for many tasks than for few (A03, A06; DESIGN.md, section 9).

The command runs as one runs it, and the kernel says what it took at its peak, with every process that it started.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from math import cos, sin, tau
from pathlib import Path

import pytest

LABELPORT = Path(sys.executable).parent / "labelport"
FEW, MANY = 1000, 10_000
POINTS = {FEW: 400, MANY: 25}
"""Points of the ring of each task."""
ALLOWANCE = 200
"""MiB that any export may take."""
GROWTH = 10
"""MiB that many tasks may take more than few."""
FORMATS = ("ndjson", "json", "coco", "csv_objects")
ALONE = ("huggingface", "parquet", "webdataset")
"""Formats that are measured by themselves: what they put together when all rows are there comes on top."""
FILLS: Mapping[tuple[str, ...], int] = {("parquet",): 12}
"""MiB that buffers hold besides, of a table with a row for each task: few tasks do not fill them, many do."""
UNIT = 2**20 if sys.platform == "darwin" else 2**10
"""What `ru_maxrss` counts in, per MiB: bytes there, else KiB."""


WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(process.returncode, used.ru_maxrss)
"""
"""Runs a command and tells of it. The kernel counts what a process held before it became the command, so that it is
started by a small one, not by that of the tests."""


def peak(where: Path, *args: str) -> float:
    """Run the command; return the most memory (MiB) that it, or a process of its own, held."""
    return watched(where, str(LABELPORT), *args)


def watched(where: Path, *command: str) -> float:
    """Run any command; return what `peak` does."""
    told = subprocess.run([sys.executable, "-S", "-c", WATCH, *command], cwd=where, capture_output=True, check=True)
    code, most = map(int, told.stdout.split())
    assert code == 0, command
    return most / UNIT


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Path]:
    """Few large tasks, and ten times as many small ones: as many bytes in store, so that caches of fixed size fill alike."""
    found = {}
    for tasks in (FEW, MANY):
        folder = tmp_path_factory.mktemp(f"tasks-{tasks}")
        with (folder / "tasks.ndjson").open("w", encoding="utf-8") as file:
            file.writelines(line(i, POINTS[tasks]) for i in range(tasks))
        peak(folder, "init")
        peak(folder, "import", "ndjson", "tasks.ndjson", "--project", "cars")
        found[tasks] = folder
    return found


def line(i: int, points: int) -> str:
    """Return a task with one ring; its picture is nowhere, for no picture is opened (A06)."""
    turns = [tau * at / points for at in range(points)]
    ring = [round(number, 3) for turn in turns for number in (320 + 200 * cos(turn) + i % 50, 240 + 150 * sin(turn))]
    marked = {"id": "a", "class": "car", "geometry": {"kind": "polygon", "parts": [[ring]]}}
    asset = {"id": f"a{i}", "kind": "image", "uri": f"file:///nowhere/{i}.jpg", "width": 640, "height": 480}
    record = {"id": f"t{i}", "name": f"{i}.jpg", "asset": asset, "labels": [{"id": "l", "annotations": [marked]}]}
    return json.dumps(record) + "\n"


@pytest.mark.parametrize(
    ("formats", "to"),
    [*(((name,), f"out-{name}") for name in (*FORMATS, *ALONE)), (FORMATS, "all"), (FORMATS, "all.zip")],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else value,
)
def test_a03_a06_ten_times_the_tasks_take_no_more_memory(
    projects: Mapping[int, Path], formats: tuple[str, ...], to: str
) -> None:
    asked = [word for name in formats for word in ("--format", name)]
    few, many = (peak(folder, "export", *asked, "--to", to, "--workers", "1") for folder in projects.values())
    assert many < ALLOWANCE
    assert many - few < GROWTH + FILLS.get(formats, 0)


def test_a03_each_worker_of_several_stays_within_the_allowance(projects: Mapping[int, Path]) -> None:
    asked = [word for name in FORMATS for word in ("--format", name)]
    assert peak(projects[MANY], "export", *asked, "--to", "shared", "--workers", "2") < ALLOWANCE


def test_a03_the_account_of_memory_sees_what_a_process_of_its_own_takes(tmp_path: Path) -> None:
    hungry = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(300 * 2**20)'])"
    assert watched(tmp_path, sys.executable, "-c", hungry) > ALLOWANCE
