"""`labelport report`, and the check of what it wrote."""

import json
from pathlib import Path

import pytest

from tests.cli.command import asked, complaint, run
from tests.spaces import Space, record


@pytest.fixture
def workspace(tmp_path: Path) -> Space:
    space = Space(tmp_path / ".labelport")
    space.work.create_project("cars").save([record(0), record(1)])
    return space


def report(space: Space, *args: str, code: int = 0) -> str:
    return run("report", "--workspace", str(space.folder), *args, code=code).stdout


@pytest.mark.parametrize("format_", ["json", "ndjson", "csv", "html"])
def test_a_report_is_written_in_every_form(workspace: Space, tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"trail.{format_}"
    told = report(workspace, "--format", format_, "--to", str(path))
    assert "2 tasks, " in told
    assert path.stat().st_size > 0
    assert path.with_name(f"{path.name}.note").read_text(encoding="utf-8").startswith("labelport-report\n")


def test_a_report_is_checked_with_a_checkpoint_and_a_key(workspace: Space, tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    report(workspace, "--to", str(path))
    signed = asked("audit", "checkpoint", "--project", "cars", "--workspace", str(workspace.folder))
    checkpoint = tmp_path / "checkpoint.txt"
    checkpoint.write_text(signed["text"], encoding="utf-8")
    given = ("audit", "verify", str(path), "--checkpoint", str(checkpoint), "--key", signed["key"])
    assert "all as reported; held against the checkpoint given, signature checked" in run(*given).stdout
    path.write_text(path.read_text(encoding="utf-8").replace("TASK_CREATED", "TASK_DELETED", 1), encoding="utf-8")
    assert "task 't0': event 1: task.created at position 1 shows another eventType" in run(*given, code=1).stdout


def test_a_report_never_takes_the_place_of_a_file(workspace: Space, tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_text("mine", encoding="utf-8")
    told = complaint("report", "--workspace", str(workspace.folder), "--to", str(path), code=2)
    assert "is there already" in told
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_range_without_dots_is_refused(workspace: Space) -> None:
    assert "--when takes FROM..TO" in complaint("report", "--workspace", str(workspace.folder), "--when", "x", code=2)


def test_the_organization_s_log_is_reported_and_checked_like_a_project_s(workspace: Space, tmp_path: Path) -> None:
    run("export", "--workspace", str(workspace.folder), "--to", str(tmp_path / "out"))
    path = tmp_path / "organization.json"
    run("report", "organization", "--workspace", str(workspace.folder), "--to", str(path))
    (entry,) = json.loads(path.read_text(encoding="utf-8"))
    assert [event["eventType"] for event in entry["events"]] == [
        "PROJECT_CREATED",
        "EXPORT_CREATED",
        "EXPORT_RUNNING",
        "EXPORT_DONE",
        "REPORT_MADE",
    ]
    key = asked("audit", "checkpoint", "--workspace", str(workspace.folder))["key"]
    assert "all as reported" in run("audit", "verify", str(path), "--key", key).stdout
    part = tmp_path / "exports.json"
    args = ("--workspace", str(workspace.folder), "--event", "EXPORT_DONE", "--to", str(part))
    run("report", "organization", *args)
    assert "all as reported" in run("audit", "verify", str(part), "--key", key).stdout
    assert "leave out --project" in complaint("report", "organization", "--project", "cars", *args[:2], code=2)
