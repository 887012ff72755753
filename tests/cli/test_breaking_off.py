"""Commands that are broken off (Ctrl-C, kill -9, a full disk) lose nothing, say so, and go on when they are run again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.cli.command import asked, complaint, run

COMMAND = (sys.executable, "-c", "from labelport.cli.entry import main; main()")
PICTURES = 1200


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A COCO document that takes some seconds to import."""
    path = tmp_path_factory.mktemp("large") / "large.json"
    images = [{"id": i, "file_name": f"{i}.png", "width": 640, "height": 480} for i in range(1, PICTURES + 1)]
    boxes = [
        {"id": 3 * i + j, "image_id": i, "category_id": 1, "bbox": [j, 1, 9, 9]}
        for i in range(1, PICTURES + 1)
        for j in range(3)
    ]
    text = json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "car"}]})
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stocked(document: Path) -> Path:
    """A workspace with all of it."""
    run("init", str(document.parent / "stocked"))
    run("import", "coco", str(document), "--project", "large", "--workspace", str(document.parent / "stocked"))
    return document.parent / "stocked"


@pytest.fixture
def space(tmp_path: Path) -> Path:
    run("init", str(tmp_path / "w"))
    return tmp_path / "w"


def importing(document: Path, space: Path) -> tuple[str, ...]:
    return ("import", "coco", str(document), "--project", "large", "--workspace", str(space))


def broken_off(args: tuple[str, ...], where: Path, when: str, how: signal.Signals) -> tuple[int, str]:
    """Run a command in a process of its own and send a signal when a file or folder is there; return code and stderr."""
    with subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        end = monotonic() + 30
        while not any(where.glob(when)) and process.poll() is None:
            assert monotonic() < end
            sleep(0.002)
        process.send_signal(how)
        try:
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, told.decode()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_import_that_is_broken_off_goes_on(document: Path, space: Path, how: signal.Signals, code: int) -> None:
    ended, told = broken_off(importing(document, space), space, ".labelport/staging/import-*", how)
    assert ended == code, told
    assert how is signal.SIGKILL or ("the same command goes on" in told and "Traceback" not in told), told
    again = asked(*importing(document, space))
    assert (again["records"], again["annotations"]) == (PICTURES, 3 * PICTURES)
    assert asked("audit", "verify", "--workspace", str(space))["faults"] == []
    assert list((space / ".labelport/staging").iterdir()) == []


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_export_that_is_broken_off_goes_on(
    stocked: Path, tmp_path: Path, how: signal.Signals, code: int, workers: str
) -> None:
    where = ("--workspace", str(stocked))
    given = (
        "export",
        "--format",
        "csv_objects",
        "--shard-size",
        "60",
        "--workers",
        workers,
        "--to",
        str(tmp_path / "d"),
    )
    ended, told = broken_off((*given, *where), tmp_path, ".labelport-*/journal.json", how)
    assert ended == code, told
    export = asked("exports", "list", *where)[0]
    assert export["status"] == "interrupted"
    assert how is signal.SIGKILL or f"labelport exports retry {export['id']}" in told
    assert "goes on with it" in run("exports", "show", export["id"], *where).stdout
    run("exports", "retry", export["id"], *where)
    assert asked("verify", str(tmp_path / "d"))["tasks"] == PICTURES


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("NOT TRIED: a full disk; only root may mount a small one")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)


def test_an_import_into_a_full_disk_says_so_and_goes_on_when_there_is_room(document: Path, small_disk: Path) -> None:
    space = small_disk / "w"
    run("init", str(space))
    assert "make room" in complaint(*importing(document, space), "--workers", "1", code=1)
    assert asked("audit", "verify", "--workspace", str(space))["faults"] == []
    enlarge(small_disk)
    assert asked(*importing(document, space))["records"] == PICTURES


def test_an_export_to_a_full_disk_says_so_and_goes_on_when_there_is_room(stocked: Path, small_disk: Path) -> None:
    where = ("--workspace", str(stocked))
    given = ("export", "--format", "csv_objects", "--format", "ndjson", "--to", str(small_disk / "d.zip"), *where)
    assert "No space left" in complaint(*given, code=1)
    assert not (small_disk / "d.zip").exists()
    export = asked("exports", "list", *where)[0]
    assert export["status"] == "failed"
    enlarge(small_disk)
    run("exports", "retry", export["id"], *where)
    assert asked("verify", str(small_disk / "d.zip"))["tasks"] == PICTURES
