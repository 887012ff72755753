"""A crash anywhere loses nothing (DESIGN.md, law 5): kill -9 at any line, and the export goes on to the same bytes."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from labelport import api
from labelport.app.media import Media
from labelport.app.places import place
from labelport.client.jobs import ExportJob
from labelport.errors import IntegrityError, LabelportError
from labelport.model.asset import Asset
from tests.laws.killed import DRAWN
from tests.laws.requests import FORMATS
from tests.plugins import installed
from tests.spaces import Space, files, record

ROOT = Path(__file__).parents[2]
Quiet = tuple[dict[str, bytes], dict[str, int]]
"""The files of an export, and how many lines each phase has."""


class Ended(NamedTuple):
    """How a process ended, and what it said."""

    returncode: int
    stdout: str


class Deathbed:
    """The process whose children work on exports and are killed."""

    def __init__(self, folder: Path) -> None:
        self._output = folder / "said"
        command = [sys.executable, "-m", "tests.laws.killed"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *asked: str | int) -> Ended:
        """Run one child to its end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode([str(self._output), *asked]).decode() + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return Ended(os.waitstatus_to_exitcode(status), self._output.read_text(encoding="utf-8"))

    def close(self) -> None:
        self._process.communicate()


class Mortal(Space):
    """A workspace whose exports can be worked on by a process that is killed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bed = Deathbed(folder)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    made = Mortal(tmp_path_factory.mktemp("crash"))
    media = tmp_path_factory.mktemp("media")
    made.work.create_project("cars")
    made.work.project("cars").save([record(i, boxes=i % 3, asset=asset(media, i)) for i in range(14)])
    Media.at(str(media), "link", made.app.store)  # what an import with --media leaves behind
    yield made
    made.bed.close()
    made.app.store.close()


def asset(media: Path, i: int) -> Asset:
    """Return an asset whose medium is there for most."""
    file = media / f"{i}.jpg"
    if i % 4:
        file.write_bytes(bytes([i]) * 1000 * i)
    return Asset(f"asset-{i}", "image", uri=file.as_uri(), width=64, height=48)


@pytest.fixture(scope="module")
def quiet(space: Mortal) -> Quiet:
    """What an export in one process gives that nobody disturbs."""
    return undisturbed(space, 1, "")


def job_of(space: Space, suffix: str = "", **given: Any) -> ExportJob:
    options = {"ndjson": {"rows": 3}, "ndjson_split": {"per": "task"}}
    values = {"formats": FORMATS, "shard_size": 4, "options": options, "media": "copies", **given}
    project = space.work.project("cars")
    return project.export(request=space.request(project.id, **values), to=space.fresh() + suffix)


def killed(space: Mortal, job: ExportJob, workers: int, phase: str = "", line: int = 0) -> Ended:
    return space.bed.run(str(space.folder), job.uid, workers, phase, line)


def undisturbed(space: Mortal, workers: int, suffix: str) -> Quiet:
    """Return the files of an export that nobody disturbs, and how many lines each phase has."""
    job = job_of(space, suffix)
    done = killed(space, job, workers)
    assert done.returncode == 0, done.stdout
    return files(job.export.destination), msgspec.json.decode(done.stdout, type=dict[str, int])


def recovers(space: Mortal, job: ExportJob, workers: int, phase: str, line: int, wanted: dict[str, bytes]) -> str:
    """Kill an export at a line, run it again, and hold it against the undisturbed one; return where it was killed."""
    done = killed(space, job, workers, phase, line)
    destination = job.export.destination
    if done.returncode == 0:  # with workers the lines of a phase vary: this run had fewer, and came to its end
        assert files(destination) == wanted
        return "none"
    assert done.returncode == -signal.SIGKILL, done.stdout
    assert space.work.export(job.uid).status == "interrupted" or phase == "seal"
    if "manifest.json" in set(place(destination).list()):
        assert phase == "seal", done.stdout
        assert space.work.verify(destination).faults == (), done.stdout
    retried = space.work.export(job.uid)
    retried.wait_till_done()
    assert retried.status.startswith("done"), done.stdout
    assert files(destination) == wanted, done.stdout
    assert space.work.verify(destination).faults == (), done.stdout
    for debris in (f".labelport-{job.uid}", f".{Path(destination).name}*"):
        assert not list(Path(destination).parent.glob(debris)), done.stdout
    return done.stdout.strip()


def falls(space: Mortal, say: Callable[[str], None], workers: int, runs: int, seed: int, suffix: str = "") -> None:
    """Kill exports at lines drawn inside every phase in turn; say how many fell where."""
    wanted, lines = undisturbed(space, workers, suffix)
    chance = random.Random(seed)
    fell: Counter[str] = Counter()
    phases = cycle(phase for phase in DRAWN if lines.get(phase))
    for phase in islice(phases, runs):
        where = recovers(space, job_of(space, suffix), workers, phase, chance.randint(1, lines[phase]), wanted)
        print(where)
        fell[where.split()[0]] += 1
    say(f"killed with {workers} workers, seed {seed}: {dict(fell)}")
    inside = {"assemble", "deliver", "seal"} if workers > 1 else set(DRAWN)
    assert fell.total() == runs
    assert set(fell) >= inside, f"no kill fell in {inside - set(fell)}"


def test_exports_killed_at_fifty_lines_of_all_phases_go_on_to_the_same_bytes(
    space: Mortal, say: Callable[[str], None]
) -> None:
    falls(space, say, 1, runs=50, seed=random.randrange(10**6))


@pytest.mark.campaign
def test_exports_killed_at_five_hundred_lines_go_on_to_the_same_bytes(
    space: Mortal, say: Callable[[str], None]
) -> None:
    falls(space, say, 1, runs=500, seed=random.randrange(10**6))


@pytest.mark.campaign
def test_exports_of_two_workers_killed_at_thirty_lines_go_on_to_the_same_bytes(
    space: Mortal, say: Callable[[str], None]
) -> None:
    falls(space, say, 2, runs=30, seed=random.randrange(10**6))


@pytest.mark.campaign
def test_exports_to_an_archive_killed_at_sixty_lines_go_on_to_the_same_bytes(
    space: Mortal, say: Callable[[str], None]
) -> None:
    falls(space, say, 1, runs=60, seed=random.randrange(10**6), suffix=".zip")


def test_an_export_killed_while_it_seals_an_archive_goes_on_and_leaves_nothing_beside(space: Mortal) -> None:
    wanted, lines = undisturbed(space, 1, ".zip")
    for share in (3, 2):
        recovers(space, job_of(space, ".zip"), 1, "seal", lines["seal"] // share, wanted)


DYING = """
import os
import signal
from pathlib import Path

from labelport.formats.ndjson import documents, encode as plain
from labelport.kit.format import EVERYTHING, Format
from labelport.kit.native import number

DEATHS = Path({deaths!r})


def encode(record, context):
    if record.number in (2, 9) and DEATHS.read_bytes().count(b"%d," % record.number) < {times}:
        with DEATHS.open("ab") as file:
            file.write(b"%d," % record.number)
        os.kill(os.getpid(), signal.SIGKILL)
    yield from plain(record, context)


DYING = Format("Dying", EVERYTHING, encode, documents, number=number)
"""


def test_a_killed_workers_shard_runs_again_to_the_same_bytes(space: Mortal, tmp_path: Path) -> None:
    wanted = files(done(job_of(space, formats=("ndjson",), options={})).destination)
    deaths = tmp_path / "deaths"
    deaths.touch()
    with installed(tmp_path / "plugin", DYING.format(deaths=str(deaths), times=1), "dying"):
        working = Space(space.folder, workers=2)
        job = job_of(working, "-dying", formats=("dying",), options={})
        assert files(done(job).destination) == wanted
        working.app.store.close()
    assert sorted(deaths.read_text().split(",")) == ["", "2", "9"]


def test_a_task_that_always_kills_its_worker_fails_the_export_and_says_so(space: Mortal, tmp_path: Path) -> None:
    deaths = tmp_path / "deaths"
    deaths.touch()
    with installed(tmp_path / "plugin", DYING.format(deaths=str(deaths), times=99), "dying"):
        working = Space(space.folder, workers=2)
        job = job_of(working, "-always", formats=("dying",), options={})
        with pytest.raises(LabelportError, match="ended its worker process 3 times"):
            job.wait_till_done()
        working.app.store.close()
    failed = space.work.export(job.uid)
    assert failed.status == "failed"
    assert "ended its worker process 3 times" in (failed.result.error or "")
    assert not list(place(failed.export.destination).list())


def test_what_was_delivered_and_then_lost_is_made_again(space: Mortal, quiet: Quiet) -> None:
    wanted, lines = quiet
    job = job_of(space)
    killed(space, job, 1, "seal", lines["seal"] // 20)
    destination = Path(job.export.destination)
    lost = destination / "json" / "data.json"
    lost.unlink()
    assert not (destination / "manifest.json").exists()
    with pytest.raises(IntegrityError, match="is gone"):
        space.work.export(job.uid).wait_till_done()
    assert not (destination / "manifest.json").exists()
    space.work.export(job.uid).wait_till_done()
    assert files(str(destination)) == wanted


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("ndjson/data-00000.ndjson", "changed"),
        ("ndjson_split/tasks/0.json", "truncated"),
        ("ndjson_split/tasks/1.json", "removed"),
        ("items.csv", "changed"),
        ("json/data.json", "removed"),
    ],
)
def test_what_was_damaged_while_nobody_worked_is_made_again(
    space: Mortal, quiet: Quiet, name: str, damage: str
) -> None:
    """A power cut may take more than a kill does: what is gone on with is held against its record first."""
    wanted, lines = quiet
    job = job_of(space)
    killed(space, job, 1, "assemble", lines["assemble"] // 2)
    [file] = Path(job.export.destination).parent.glob(f".labelport-{job.uid}/delivery/{name}")
    match damage:
        case "truncated":
            file.write_bytes(file.read_bytes()[:-1])
        case "changed":
            file.write_bytes(file.read_bytes().replace(b"0.jpg", b"9.jpg"))
        case _:
            file.unlink()
    assert files(done(job).destination) == wanted


def done(job: ExportJob) -> api.Export:
    job.wait_till_done()
    return job.export
