"""The other commands: what they answer, on which stream, with which exit code."""

import json
from pathlib import Path

import pytest

from labelport.cli.completing import export_ids, format_names, project_names
from labelport.cli.main import main
from tests.cli.command import asked, complaint, run
from tests.plugins import installed


def test_init_makes_a_workspace_once(tmp_path: Path) -> None:
    assert run("init", str(tmp_path)).stdout.startswith("made ")
    assert asked("init", str(tmp_path))["made"] is False


def test_without_a_workspace_the_error_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "`labelport init` makes one" in complaint("tasks", code=2)


def test_a_workspace_that_is_named_and_not_there_is_not_made(tmp_path: Path) -> None:
    assert "no workspace at" in complaint("projects", "--workspace", str(tmp_path / "nowhere"), code=2)
    assert not (tmp_path / "nowhere").exists()


def test_the_workspace_is_found_from_a_folder_below(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here / "sample" / "media")
    assert [one["name"] for one in asked("projects")] == ["harbour"]


def test_the_environment_names_the_workspace(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABELPORT_WORKSPACE", str(demo))
    assert asked("projects", "show", "harbour")["tasks"] == 14


def test_options_of_a_group_hold_for_its_commands(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("projects", "--json", "--workspace", str(demo), "show", "harbour").stdout
    assert json.loads(said)["name"] == "harbour"


def test_an_error_as_json_is_an_event_on_the_standard_error(here: Path) -> None:
    event = json.loads(complaint("exports", "show", "nope", "--json", code=2))
    assert (event["event"], event["error"], event["exit"]) == ("error", "NotFoundError", 2)


def test_an_import_of_the_same_files_changes_nothing(here: Path) -> None:
    given = ("import", "ndjson", "sample/tasks", "--project", "again", "--media", "sample/media")
    assert asked(*given)["created"] == 14
    said = asked(*given)
    assert (said["created"], said["changed"], said["unchanged"]) == (0, 0, 14)


def test_a_faulty_record_is_told_and_the_rest_comes_in(here: Path) -> None:
    Path("two.ndjson").write_text(
        '{"id":"good","name":"g.jpg","asset":{"id":"g","kind":"image"}}\n{"id":"bad","name":7}\n', encoding="utf-8"
    )
    said = run("import", "ndjson", "two.ndjson", "--project", "two", code=3).stdout
    assert "1 new" in said
    assert "two.ndjson bad: $.name" in said


def test_a_file_that_is_not_there_is_an_error(here: Path) -> None:
    assert "no file or folder at 'nope.json'" in complaint("import", "coco", "nope.json", "--project", "x", code=2)


ONE_WAY = """
import msgspec
from labelport.formats.ndjson import FORMAT

ONEWAY = msgspec.structs.replace(FORMAT, decode=None)
"""


def test_a_format_that_only_exports_says_so(here: Path, tmp_path: Path) -> None:
    with installed(tmp_path / "plugins", ONE_WAY, "oneway", module="one_way"):
        assert "can only be exported" in complaint("import", "oneway", "sample", "--project", "x", code=2)


def test_verify_finds_a_changed_byte(here: Path) -> None:
    assert asked("verify", "delivery")["faults"] == []
    with Path("delivery/ndjson/data.ndjson").open("r+b") as file:
        file.write(b"[")
    said = run("verify", "delivery", code=1).stdout
    assert said == "ndjson/data.ndjson has other contents than were delivered\n"


def test_verify_and_fold_need_no_workspace(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("verify", str(demo / "delivery"))
    run("fold", str(demo / "delivery"), str(demo / "delta"), "--to", "current")
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


def test_a32_fold_makes_what_a_full_export_makes(here: Path) -> None:
    run("fold", "delivery", "delta", "--to", "current")
    run("export", "--format", "coco", "--format", "csv_objects", "--format", "ndjson", "--to", "full")
    for path in ("coco/annotations.json", "csv_objects/annotations.csv", "ndjson/data.ndjson", "items.csv"):
        assert Path("current", path).read_bytes() == Path("full", path).read_bytes()


def test_fold_of_what_is_no_delta_says_so(here: Path) -> None:
    assert "is a full delivery, not a delta" in complaint("fold", "delta", "delivery", "--to", "x", code=2)


def test_audit_verify_holds_the_log_against_a_checkpoint_kept_elsewhere(here: Path) -> None:
    Path("kept.txt").write_text(run("audit", "checkpoint", "--project", "harbour").stdout, encoding="utf-8")
    assert asked("audit", "verify", "--project", "harbour", "--checkpoint", "kept.txt")["faults"] == []


def test_formats_tells_of_all_and_of_one(here: Path) -> None:
    assert {one["name"] for one in asked("formats")} >= {"coco", "csv_objects", "json", "ndjson", "ndjson_split"}
    assert "ellipse to polygon" in run("formats", "coco").stdout


def test_tasks_says_that_there_are_more(here: Path) -> None:
    result = run("tasks", "--limit", "3")
    assert len(result.stdout.splitlines()) == 4
    assert "--limit 0 lists all" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str) -> None:
    assert "_LABELPORT_COMPLETE" in run("completion", shell).stdout


def test_completion_offers_names(here: Path) -> None:
    context, parameter = main.make_context("labelport", ["tasks"]), main.params[0]
    assert [one.value for one in project_names(context, parameter, "h")] == ["harbour"]
    assert [one.value for one in format_names(context, parameter, "ndjson")] == ["ndjson", "ndjson_split"]
    assert len(export_ids(context, parameter, "")) == 2


def test_completion_without_a_workspace_offers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    context = main.make_context("labelport", ["tasks"])
    assert project_names(context, main.params[0], "") == []
