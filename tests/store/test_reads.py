"""A reader plans shards by what is selected, and of a delta looks at nothing but what changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labelport.client.workspace import Project
from labelport.model.export import ExportRequest, Selection
from labelport.store.reads import WIDE, Reader, Run
from tests.spaces import Space, record

SIZE = 2
TASKS = 3 * WIDE * SIZE


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path / "space")
    made.work.create_project("cars").save([record(i) for i in range(TASKS)])
    yield made
    made.app.store.close()


def reader(space: Space, project: Project, base: int | None, selection: Selection) -> Reader:
    log = space.app.store.project(project.id).log
    request = ExportRequest(project.id, selection)
    return Reader(space.app.store.db, log, request, base=base, cut=project.info().number)


def read(found: Reader) -> list[str]:
    return [task.stored.id for run in found.plan(SIZE) for task in found.rows(run)]


def test_shards_of_all_tasks_hold_as_many_numbers_as_was_asked_for(space: Space) -> None:
    found = reader(space, space.work.project("cars"), None, Selection())
    assert found.plan(SIZE) == [Run(i, i + SIZE, SIZE) for i in range(0, TASKS, SIZE)]


def test_neighbours_that_hold_few_selected_tasks_are_one_shard(space: Space) -> None:
    found = reader(space, space.work.project("cars"), None, Selection(names=("0.jpg", "9.jpg", "20.jpg")))
    assert found.plan(SIZE) == [Run(0, 10, 2), Run(20, 22, 1)]


def test_no_shard_is_wider_than_memory_allows(space: Space) -> None:
    found = reader(space, space.work.project("cars"), None, Selection(names=("0.jpg", f"{TASKS - 1}.jpg")))
    assert [run.tasks for run in found.plan(SIZE)] == [1, 1]


def test_a_delta_reads_the_tasks_that_changed_and_are_selected(space: Space) -> None:
    project = space.work.project("cars")
    base = project.info().number
    project.save([record(i, boxes=2) for i in (3, 50, TASKS - 1)])
    assert read(reader(space, project, base, Selection())) == ["t3", "t50", f"t{TASKS - 1}"]
    assert read(reader(space, project, base, Selection(names=("50.jpg", "51.jpg")))) == ["t50"]
