"""The nine searches find what they say, in the SDK and in an export alike."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from labelport.client.searches import SEARCHES
from labelport.client.workspace import Project, Workspace
from labelport.errors import NotFoundError, RequestError
from labelport.local import Direct
from labelport.model import acts
from tests.cli.command import run
from tests.spaces import START, Space, record

MINUTE = 60_000_000


class Clock:
    """A clock that is set by hand."""

    now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    """Ten tasks, each somewhere else."""
    clock = Clock()
    space = Space(tmp_path_factory.mktemp("searches") / ".labelport", now=clock)
    project = space.work.create_project("cars")
    project.save([record(i) for i in range(10)])
    ann = Workspace(Direct(msgspec.structs.replace(space.app, actor="ann"))).project("cars")
    cleo = Workspace(Direct(msgspec.structs.replace(space.app, actor="cleo"))).project("cars")
    project.lead("t1", acts.Assign(("ann",)))
    ann.work("t2", acts.Save())
    ann.work("t3", acts.Skip())
    for _ in range(2):
        ann.work("t4", acts.Skip())
    ann.work(["t5", "t6", "t7", "t8"], acts.Submit())
    clock.now += MINUTE
    cleo.work("t6", acts.Start())
    cleo.work("t7", acts.Reject("wrong"))
    cleo.work("t8", acts.Accept())
    cleo.work("t9", acts.Raise("what is this?"))
    return space


@pytest.fixture
def project(space: Space) -> Project:
    return space.work.project("cars")


@pytest.mark.parametrize(
    ("search", "given", "wanted"),
    [
        ("all", {}, "0123456789"),
        ("all", {"stage_name": "Review"}, "56"),
        ("groundtruth", {}, "8"),
        ("unassigned", {}, "09"),
        ("unassigned", {"stage_name": "review"}, "5"),
        ("queued", {}, "01279"),
        ("queued", {"stage_name": "Review"}, "56"),
        ("queued", {"stage_name": "Review", "user_id": "cleo"}, "6"),
        ("queued", {"user_id": "ann"}, "127"),
        ("draft", {}, "2"),
        ("skipped", {}, "34"),
        ("completed", {}, "5678"),
        ("completed", {"user_id": "cleo"}, ""),
        ("completed", {"stage_name": "review", "user_id": "cleo"}, "78"),
        ("completed", {"completed_at": (START / 1e6, START / 1e6 + 1)}, "5678"),
        ("completed", {"completed_at": (START / 1e6 + 1, None)}, ""),
        ("completed", {"stage_name": "review", "completed_at": (START / 1e6 + 1, None)}, "78"),
        ("failed", {}, "7"),
        ("failed", {"stage_name": "Review"}, "7"),
        ("issues", {}, "9"),
    ],
)
def test_a_search_finds(project: Project, search: str, given: dict[str, Any], wanted: str) -> None:
    found = project.export.list_tasks(search, **given)
    assert "".join(task.id.removeprefix("t") for task in found) == wanted


def test_a_name_is_searched_by_its_beginning_or_whole(project: Project) -> None:
    assert [task.id for task in project.export.list_tasks(task_name="3")] == ["t3"]
    assert list(project.export.list_tasks(task_name="3", exact_match=True)) == []
    assert [task.id for task in project.export.list_tasks("issues", task_id="t9")] == ["t9"]


def test_what_is_not_known_is_told_with_what_is(project: Project) -> None:
    with pytest.raises(NotFoundError, match="no search named 'queud'; did you mean 'queued'"):
        next(project.export.list_tasks("queud"))
    with pytest.raises(NotFoundError, match="no stage named 'labl'; did you mean 'label'"):
        next(project.export.list_tasks("queued", stage_name="labl"))
    with pytest.raises(RequestError, match="a range of time is of the search 'completed'"):
        next(project.export.list_tasks("queued", completed_at=(0, None)))


@pytest.mark.parametrize("search", SEARCHES)
def test_the_command_line_finds_what_the_sdk_finds(space: Space, project: Project, search: str) -> None:
    shown = run("tasks", "--workspace", str(space.folder), "--search", search, "--json").stdout
    found = [msgspec.json.decode(line)["id"] for line in shown.splitlines()]
    assert found == [task.id for task in project.export.list_tasks(search)]


def test_an_export_writes_what_a_search_lists(space: Space, tmp_path: Path) -> None:
    to = str(tmp_path / "out")
    run("export", "--workspace", str(space.folder), "--search", "completed", "--filter", "metadata.a=b", "--to", to)
    run("export", "--workspace", str(space.folder), "--search", "skipped", "--to", f"{to}.zip")
    assert space.work.verify(to).tasks == 0
    assert space.work.verify(f"{to}.zip").tasks == 2


def test_a_search_and_an_option_that_say_the_same_are_refused(space: Space) -> None:
    found = run("tasks", "--workspace", str(space.folder), "--search", "skipped", "--status", "done", code=2)
    assert "--search skipped says already which statuses" in found.stderr
