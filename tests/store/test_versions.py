"""Versions: each holds from one change until the next, what was read then is read again, unchanged pieces are kept."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.model.workflow import Workflow
from labelport.store.db import OPEN
from labelport.store.reads import whole
from tests.laws.histories import Act, World, histories, lived, pool
from tests.spaces import Space, lines, record

quick = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    pool()  # drawn now, for it cannot be drawn inside a property
    made = Space(tmp_path_factory.mktemp("versions"))
    yield made
    made.app.store.close()


def rows(space: Space, text: str, *values: object) -> list[Any]:
    return list(space.app.store.db.connection.execute(text, values))


def blocks(space: Space) -> int:
    count: int = rows(space, "SELECT count(*) FROM block")[0][0]
    return count


def log_of(space: Space, world: World) -> int:
    return space.app.store.project(world.project.id).log


@given(histories())
@quick
def test_what_was_listed_at_a_number_is_listed_again_at_it(space: Space, history: list[Act]) -> None:
    seen: dict[int, Any] = {}

    def note(world: World) -> None:
        info = world.project.info()
        seen[info.number] = (info, list(world.project.tasks()))

    world = lived(space, history, note)
    for number, then in seen.items():
        assert (world.project.info(at=number), list(world.project.tasks(at=number))) == then


@given(histories())
@quick
def test_versions_of_a_task_follow_each_other(space: Space, history: list[Act]) -> None:
    world = lived(space, history)
    log = log_of(space, world)
    spans: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for task, since, until in rows(space, "SELECT task, since, until FROM task_version WHERE log = ?", log):
        spans[task,].append((since, until))
    for task, label, since, until in rows(
        space, "SELECT task, label, since, until FROM label_version WHERE log = ?", log
    ):
        spans[task, label].append((since, until))
    alive = {task.number for task in world.project.tasks()}
    for key, found in spans.items():
        found.sort()
        assert all(since < until for since, until in found)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(found))
        if len(key) == 1:
            assert (found[-1][1] == OPEN) == (key[0] in alive)
        elif found[-1][1] == OPEN:
            assert key[0] in alive


@given(histories())
@quick
def test_numbers_and_paths_are_pinned_and_unique(space: Space, history: list[Act]) -> None:
    paths: dict[int, dict[str, str]] = defaultdict(dict)
    numbers: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    newest: dict[tuple[str, str], dict[str, int]] = {}

    def note(world: World) -> None:
        tasks = list(world.project.tasks())
        assert len({task.path.casefold() for task in tasks}) == len(tasks)
        for task in tasks:
            paths[task.number][task.name] = task.path
        for line in whole(space.app.store.db, log_of(space, world), [task.number for task in tasks]):
            for label in msgspec.json.decode(line, type=Record).labels:
                _note_numbers(numbers, newest, label, msgspec.json.decode(line)["id"])

    lived(space, history, note)
    of_path: dict[str, int] = {}
    for number, named in paths.items():
        for path in named.values():
            assert of_path.setdefault(path.casefold(), number) == number
    of_number: dict[int, tuple[str, str, str]] = {}
    for key, found in numbers.items():
        for number in found:
            assert of_number.setdefault(number, key) == key


def _note_numbers(
    numbers: dict[tuple[str, str, str], set[int]],
    newest: dict[tuple[str, str], dict[str, int]],
    label: Label,
    task: str,
) -> None:
    """Note the numbers of a label; what was in its last version has kept its own."""
    found = {one.id: one.number for one in label.annotations} | {one.id: one.number for one in label.tracks}
    before = newest.get((task, label.id), {})
    assert {id_: number for id_, number in found.items() if id_ in before} == {
        id_: number for id_, number in before.items() if id_ in found
    }
    newest[task, label.id] = found
    for id_, number in found.items():
        numbers[task, label.id, id_].add(number)


def test_a_move_writes_no_block(space: Space) -> None:
    project = space.work.create_project("moves")
    project.save([record(0)])
    before = blocks(space)
    project.save([record(0, workflow=Workflow(stage="review", status="done"))])
    assert blocks(space) == before


def test_a_changed_label_writes_its_own_block_and_no_other(space: Space) -> None:
    project = space.work.create_project("labels")
    one, other = Label("one", annotations=(box("a"),)), Label("other", annotations=(box("b"),))
    project.save([record(0, labels=(one, other), metadata={"k": 1})])
    before = blocks(space)
    versions = "SELECT count(*) FROM label_version WHERE log = ?"
    log = space.app.store.project(project.id).log
    project.save([record(0, labels=(one, Label("other", annotations=(box("c"),))), metadata={"k": 1})])
    assert blocks(space) == before + 1
    assert rows(space, versions, log) == [(3,)]


def test_a_label_that_comes_back_keeps_its_numbers_and_an_annotation_that_does_gets_a_new_one(space: Space) -> None:
    project = space.work.create_project("back")
    both, one = Label("l", annotations=(box("a"), box("b"))), Label("l", annotations=(box("a"),))

    def numbers() -> list[int]:
        found = lines(space.delivered(project.id)["data.ndjson"])
        return [one["number"] for label in found[0].get("labels", []) for one in label["annotations"]]

    told = []
    for labels in ((both,), (), (both,), (one,), (both,)):
        project.save([record(0, labels=labels)])
        told.append(numbers())
    assert told == [[1, 2], [], [1, 2], [1], [1, 3]]


def test_labels_are_told_apart_by_id_and_not_by_place(space: Space) -> None:
    project = space.work.create_project("places")
    one, other = Label("one", annotations=(box("a"),)), Label("other", annotations=(box("b"),))
    project.save([record(0, labels=(one, other))])
    assert project.save([record(0, labels=(other, one))]) is None
    assert project.save([record(0, labels=(other,))]) == 2
    assert [label["id"] for label in lines(space.delivered(project.id)["data.ndjson"])[0]["labels"]] == ["other"]


def box(name: str) -> Annotation:
    return Annotation(name, class_="car", geometry=Box(1.0, 2.0, 3.0, 4.0))
