"""The log: numbers without gaps, in the order of commits, one for each transaction; events in chains."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labelport.errors import RequestError
from labelport.model.asset import Asset
from labelport.store.heads import head_at
from labelport.store.log import ORGANIZATION, head
from labelport.store.merkle import root
from tests.spaces import Space, record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path)


def events(space: Space, project: str) -> list[dict[str, Any]]:
    log = ORGANIZATION if project == "" else space.app.store.project(project).log
    names = [
        "position",
        "number",
        "ordinal",
        "at",
        "actor",
        "kind",
        "task",
        "task_seq",
        "previous",
        "content",
        "data",
        "leaf",
    ]
    rows = space.app.store.db.rows("events", {"log": log, "after": 0})
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_a_transaction_takes_one_number_however_much_it_writes(space: Space) -> None:
    project = space.work.create_project("p")
    assert project.save([record(i) for i in range(5)]) == 1
    assert project.save([record(9)]) == 2
    assert project.remove(["t1", "t2"]) == 3
    told = [(one["number"], one["ordinal"], one["kind"]) for one in events(space, "p")]
    first = [(1, 0, "class.added"), *((1, i + 1, "task.created") for i in range(5))]
    assert told == [*first, (2, 0, "task.created"), (3, 0, "task.deleted"), (3, 1, "task.deleted")]


def test_what_changes_nothing_takes_no_number(space: Space) -> None:
    project = space.work.create_project("p")
    project.save([record(0)])
    assert project.save([record(0)]) is None
    project.rename_batch("b", "name")
    assert project.rename_batch("b", "name") is None
    assert project.info().number == 2
    assert len(events(space, "p")) == 3


def test_a_transaction_that_fails_takes_no_number_and_leaves_nothing(space: Space) -> None:
    project = space.work.create_project("p")
    project.save([record(0)])
    with pytest.raises(RequestError, match="no task 't5'"):
        project.remove(["t0", "t5"])
    assert project.info().number == 1
    assert [task.id for task in project.tasks()] == ["t0"]
    assert project.save([record(1)]) == 2


def test_every_log_counts_for_itself(space: Space) -> None:
    one, other = space.work.create_project("one"), space.work.create_project("other")
    assert (one.save([record(0)]), one.save([record(1)]), other.save([record(0)])) == (1, 2, 1)
    assert [one["number"] for one in events(space, "")] == [1, 2]


def test_an_asset_that_two_projects_share_takes_a_number_in_each(space: Space) -> None:
    one, other = space.work.create_project("one"), space.work.create_project("other")
    one.save([record(1), record(2)])
    other.save([record(2)])
    assert space.work.edit_asset(record(2).asset) == {}
    changed = Asset(record(2).asset.id, "image", uri="s3://new")
    assert space.work.edit_asset(changed) == {one.id: 2, other.id: 2}


def test_the_events_of_a_task_are_a_chain(space: Space) -> None:
    project = space.work.create_project("p")
    project.save([record(0), record(1)])
    project.save([record(0, boxes=2)])
    project.remove(["t0"])
    project.save([record(0)])
    told = [one for one in events(space, "p") if one["task"] == 1]
    assert [one["kind"] for one in told] == ["task.created", "task.saved", "task.deleted", "task.restored"]
    assert [one["task_seq"] for one in told] == [1, 2, 3, 4]
    assert [one["previous"] for one in told] == [None, *(one["leaf"] for one in told[:-1])]


def test_the_head_is_the_root_over_all_leaves_now_and_then(space: Space) -> None:
    project = space.work.create_project("p")
    for i in range(7):
        project.save([record(i)])
    db, log = space.app.store.db, space.app.store.project("p").log
    leaves = [(one["number"], one["leaf"]) for one in events(space, "p")]
    assert head(db, log).root == root([leaf for _, leaf in leaves])
    for number in range(8):
        then = head_at(db, log, number)
        assert then.root == root([leaf for of, leaf in leaves if of <= number])
        assert then.size == sum(of <= number for of, _ in leaves)
    with pytest.raises(RequestError, match="at change 7; 8 is not yet"):
        head_at(db, log, 8)


def test_two_processes_that_write_at_once_share_one_gapless_count(space: Space) -> None:
    each = 40
    project = space.work.create_project("p")
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.writing", str(space.folder), "p", str(1000 * i), str(each)], cwd=ROOT
        )
        for i in range(2)
    ]
    seen: list[int] = []
    while any(writer.poll() is None for writer in writers):
        number = project.info().number
        found = [task.id for task in project.tasks(at=number)]
        assert len(found) == number
        seen.append(number)
    assert [writer.returncode for writer in writers] == [0, 0]
    told = events(space, "p")
    assert sorted({one["number"] for one in told}) == list(range(1, 2 * each + 1))
    assert [one["number"] for one in told] == sorted(one["number"] for one in told)
    assert [one["position"] for one in told] == list(range(len(told)))
    created = [one["task"] for one in told if one["kind"] == "task.created"]
    assert created == list(range(1, 2 * each + 1))
    assert seen == sorted(seen)
    assert space.work.verify_log().faults == ()
