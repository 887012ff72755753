"""What a save that is refused leaves behind: nothing."""

from pathlib import Path
from typing import Any

import pytest

from labelport.errors import InvalidError
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from tests.spaces import Space, record


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path)


def refused(space: Space, wrong: Record, *, fence: int | None = None) -> None:
    """Save a record that is refused beside one that is taken, as an import does."""
    store = space.app.store
    with store.change(store.project("p"), actor="tester", at=space.app.now()) as change:
        with pytest.raises(InvalidError):
            change.save(wrong, fence=fence)
        change.save(record(9), fence=fence)


def counts(space: Space) -> dict[str, Any]:
    connection = space.app.store.db.connection
    return {
        table: list(connection.execute(f"SELECT count(*) FROM {table}")) for table in ("block", "path", "task_version")
    }


def test_a_record_with_an_unknown_class_leaves_no_block(space: Space) -> None:
    space.work.create_project("p")
    good, bad = Annotation("a", class_="car"), Annotation("b", class_=77)
    refused(space, record(1, labels=(Label("l", annotations=(good,)), Label("m", annotations=(bad,)))))
    assert counts(space) == {"block": [(2,)], "path": [(1,)], "task_version": [(1,)]}
    assert space.work.verify_log().faults == ()


@pytest.mark.parametrize("name", ["1.jpg", "another.jpg"])
def test_a_task_that_was_written_behind_the_fence_leaves_nothing(space: Space, name: str) -> None:
    project = space.work.create_project("p")
    project.save([record(1)])
    refused(space, record(1, boxes=2, name=name), fence=0)
    assert counts(space) == {"block": [(4,)], "path": [(2,)], "task_version": [(2,)]}
    assert space.work.verify_log().faults == ()


def test_a_name_that_comes_back_takes_its_path_again(space: Space) -> None:
    project = space.work.create_project("p")
    for name in ("a.jpg", "b.jpg", "a.jpg"):
        project.save([record(1, name=name)])
    assert [task.path for task in project.tasks()] == ["a.jpg"]
    project.save([record(2, name="b.jpg")])
    assert [task.path for task in project.tasks()] == ["a.jpg", "b~02.jpg"]
    assert space.work.verify_log().faults == ()
