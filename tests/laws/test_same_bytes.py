"""The same cut and the same request give the same bytes (DESIGN.md, law 2; A15, A36), whoever works on it and when."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.model.export import Selection, Split
from labelport.store.reads import Reader
from tests.laws.histories import Act, World, histories, lived, pool
from tests.laws.requests import FORMATS, requests
from tests.plugins import installed
from tests.spaces import Space, damage, everything, files, manifest, record

ROOT = Path(__file__).parents[2]
quick = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
SIZE = 4
TASKS = 100

GATED = """
import json
from pathlib import Path
from time import monotonic, sleep

from labelport.formats.ndjson import documents, encode as plain
from labelport.kit.format import EVERYTHING, Format
from labelport.kit.native import number

PLACE = Path({place!r})
PLAN = json.loads((PLACE / "plan.json").read_text())


def encode(record, context):
    '''Let a shard finish after the next one of its team.'''
    shard = (record.number - 1) // PLAN["size"]
    at, order = PLAN["order"].index(shard), PLAN["order"]
    if at % PLAN["team"] != PLAN["team"] - 1 and at + 1 < len(order):
        _wait(PLACE / f"done-{{order[at + 1]}}")
    yield from plain(record, context)
    if record.number == PLAN["last"][str(shard)]:
        (PLACE / f"done-{{shard}}").touch()
        with (PLACE / "finished").open("a") as file:
            file.write(f"{{shard}}\\n")


def _wait(marker):
    end = monotonic() + 60
    while not marker.exists():
        assert monotonic() < end, f"{{marker}} never came"
        sleep(0.002)


GATED = Format("Gated", EVERYTHING, encode, documents, number=number)
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    pool()  # drawn now, for it cannot be drawn inside a property
    made = Space(tmp_path_factory.mktemp("bytes"))
    yield made
    made.app.store.close()


@given(histories(), requests())
@quick
def test_a36_an_export_made_again_after_more_history_has_the_same_bytes(
    space: Space, history: list[Act], asked: dict[str, Any]
) -> None:
    seen: list[tuple[int, dict[str, bytes]]] = []

    def export_now_and_then(world: World) -> None:
        if len(seen) < 3 and world.number >= 4 * (len(seen) + 2):
            seen.append((world.number, _files(space, world, asked)))

    world = lived(space, history, export_now_and_then)
    for number, then in seen:
        assert _files(space, world, asked, at=number) == then
        assert _files(space, world, {**asked, "shard_size": 1000}, at=number) == then


def _files(space: Space, world: World, asked: dict[str, Any], at: int | None = None) -> dict[str, bytes]:
    return files(space.export(world.request(asked, at=at)).destination)


def test_a15_no_seed_of_hashes_changes_a_byte(tmp_path: Path) -> None:
    source = tmp_path / "records.ndjson"
    labels = [label for some in pool().values() for label in some[:2]]
    records = [
        record(i, metadata={"b": i, "a": [i]}, labels=(record(i).labels[0], labels[i % len(labels)])) for i in range(12)
    ]
    source.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in records))
    said = [_remade(tmp_path / seed, source, seed) for seed in ("0", "1", "4242")]
    assert said[0] == said[1] == said[2]
    assert "annotations.csv" in said[0]


def _remade(folder: Path, source: Path, seed: str) -> str:
    command = [sys.executable, "-m", "tests.laws.remake", str(folder), str(source)]
    return subprocess.run(
        command, cwd=ROOT, env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Space, str]]:
    """A project in 24 shards of one to four tasks: one gives nothing, as all of it is damaged, one has no annotation."""
    space = Space(tmp_path_factory.mktemp("uneven"))
    project = space.work.create_project("uneven")
    project.save([record(i, boxes=boxes_of(i)) for i in range(TASKS)])
    project.remove([f"t{i}" for i in (*range(7 * SIZE, 8 * SIZE), 1, 2, 3, 21, 95, 97, 98)])
    damage(space, "task > 40 AND task <= 44")
    yield space, project.id
    space.app.store.close()


def boxes_of(i: int) -> int:
    """Return how many boxes a task has: none in the shard without annotations, some in the one that is damaged."""
    bare, damaged = range(3 * SIZE, 4 * SIZE), range(10 * SIZE, 11 * SIZE)
    return 0 if i in bare else i % 4 + (i in damaged)


def test_the_shards_are_many_and_uneven(uneven: tuple[Space, str]) -> None:
    space, project = uneven
    log = space.app.store.project(project).log
    request, cut = space.request(project), space.work.project(project).info().number
    shards = Reader(space.app.store.db, log, request, base=None, cut=cut).plan(SIZE)
    assert len(shards) >= 20
    assert {run.tasks for run in shards} == {1, 2, 3, 4}
    assert [run.tasks for run in shards if run.after == 10 * SIZE] == [SIZE]


def test_any_number_of_workers_makes_the_same_bytes(uneven: tuple[Space, str]) -> None:
    space, project = uneven
    request = space.request(
        project,
        formats=FORMATS,
        shard_size=SIZE,
        on_loss="drop",
        options={"ndjson": {"rows": 7}, "ndjson_split": {"per": "task"}},
        split=Split({"train": 0.7, "test": 0.3}),
    )
    made = []
    for workers in (1, 2, 3):
        working = Space(space.folder, workers=workers)
        made.append(everything(working.export(request, to=f"{space.fresh()}-{workers}").destination))
        working.app.store.close()
    assert made[0].keys() == made[1].keys() == made[2].keys()
    for path in made[0].keys() - {"receipt.json"}:
        assert made[0][path] == made[1][path] == made[2][path], path
    assert made[0]["skipped.ndjson"].count(b"\n") == SIZE * len(FORMATS)


def test_workers_that_finish_in_reverse_order_make_the_same_bytes(uneven: tuple[Space, str], tmp_path: Path) -> None:
    space, project = uneven
    selection = Selection(tasks=tuple(f"t{i}" for i in range(TASKS) if not 40 <= i < 44))
    numbers = [task.number for task in space.work.project(project).tasks(selection)]
    last = {(number - 1) // SIZE: number for number in numbers}
    plain = space.delivered(project, formats=("ndjson",), selection=selection)
    for team in (2, 3):
        place = tmp_path / str(team)
        place.mkdir()
        plan = {"size": SIZE, "team": team, "order": list(last), "last": last}
        (place / "plan.json").write_bytes(msgspec.json.encode(plan))
        with installed(place / "plugin", GATED.format(place=str(place)), "gated"):
            working = Space(space.folder, workers=team)
            request = space.request(project, formats=("gated",), shard_size=SIZE, selection=selection)
            made = working.export(request, to=f"{space.fresh()}-gated-{team}").destination
            working.app.store.close()
        assert files(made) == plain
        finished = [int(line) for line in (place / "finished").read_text().split()]
        assert sorted(finished) == list(last)
        assert len(last) >= 20
        assert sum(a > b for a, b in pairwise(finished)) >= len(last) // 4  # a busy machine may let some go in order


def test_the_manifest_says_nothing_of_the_run(space: Space) -> None:
    world = World(space)
    request = space.request(world.project.id)
    first, second = (manifest(space.export(request).destination) for _ in range(2))
    assert first == second
