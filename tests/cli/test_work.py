"""`labelport work` and `labelport stages`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import asked, complaint, run
from tests.spaces import Space, record


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    space = Space(tmp_path / ".labelport")
    space.work.create_project("cars").save([record(0), record(1)])
    return str(space.folder)


def statuses(workspace: str) -> list[tuple[str, str]]:
    lines = run("tasks", "--workspace", workspace, "--json").stdout.splitlines()
    return [(one["stage"], one["status"]) for one in map(json.loads, lines)]


def work(workspace: str, *args: str) -> Any:
    return asked("work", *args, "--workspace", workspace)


def test_tasks_go_through_the_workflow_from_the_command_line(workspace: str) -> None:
    work(workspace, "submit", "t0", "t1")
    work(workspace, "accept", "t0", "--reason", "good")
    work(workspace, "reject", "t1", "--reason", "one is missing")
    assert statuses(workspace) == [("done", "done"), ("label", "rework")]
    work(workspace, "move", "t0", "--to", "Review", "--reason", "once more")
    work(workspace, "assign", "t0", "--to", "cleo")
    assert statuses(workspace)[0] == ("review", "submitted")


def test_a_deleted_task_is_restored_from_the_command_line(workspace: str) -> None:
    work(workspace, "delete", "t0")
    assert len(statuses(workspace)) == 1
    work(workspace, "restore", "t0")
    assert len(statuses(workspace)) == 2


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("accept", "t0"), "accept is not possible: the task is queued at 'label'"),
        (("reject", "t0"), "reject needs --reason"),
        (("submit", "t0", "--to", "ann"), "submit takes no --to"),
        (("restore", "t0", "--reason", "x"), "restore takes no --reason"),
        (("move", "t0", "--to", "revew", "--reason", "x"), "no stage named 'revew'; did you mean 'review'?"),
    ],
)
def test_what_is_not_possible_is_told_with_what_is(workspace: str, args: tuple[str, ...], told: str) -> None:
    assert told in complaint("work", *args, "--workspace", workspace, code=2)


def test_a_workflow_is_shown_set_and_given_on_as_a_file(workspace: str, tmp_path: Path) -> None:
    shown = run("stages", "--workspace", workspace, "--set", "labellerr").stdout
    assert "client_review" in shown
    file = tmp_path / "workflow.json"
    file.write_text(run("stages", "--workspace", workspace, "--json").stdout, encoding="utf-8")
    assert asked("stages", "--workspace", workspace, "--set", "standard") != asked(
        "stages", "--workspace", workspace, "--set", str(file)
    )
    assert "neither a file nor a ready-made workflow" in complaint(
        "stages", "--workspace", workspace, "--set", "none", code=2
    )
