"""`labelport export` and `labelport exports`."""

import json
import zipfile
from pathlib import Path

import pytest

import labelport
from tests.cli.command import asked, complaint, run


def test_one_project_need_not_be_named(here: Path) -> None:
    assert asked("export")["request"]["formats"] == ["ndjson"]


def test_the_project_must_be_named_where_there_are_several(here: Path) -> None:
    run("projects", "create", "other")
    assert "say which project with --project" in complaint("export", code=2)


def test_groundtruth_is_what_is_done(here: Path) -> None:
    said = asked("export", "groundtruth", "--to", "done.zip")
    with zipfile.ZipFile("done.zip") as archive:
        lines = archive.read("data.ndjson").splitlines()
    assert {json.loads(line)["workflow"]["status"] for line in lines} == {"done"}
    assert said["result"]["tallies"][0]["tasks_written"] == len(lines)


def test_a31_what_tasks_lists_is_what_export_writes(here: Path) -> None:
    chosen = ("--stage", "review", "--kind", "ellipse", "--kind", "mask")
    listed = [json.loads(line)["id"] for line in run("tasks", *chosen, "--json").stdout.splitlines()]
    run("export", *chosen, "--to", "out")
    written = [json.loads(line)["id"] for line in Path("out/data.ndjson").read_text().splitlines()]
    assert listed == written == ["buoys", "smoke"]


def test_a_task_that_is_not_there_is_an_error(here: Path) -> None:
    assert "no task 'nosuch' in 'harbour'" in complaint("export", "harbour", "nosuch", code=2)


def test_a_place_that_holds_a_delivery_says_what_to_do(here: Path) -> None:
    assert "holds a delivery, and a delivery is never changed: name a new place" in complaint(
        "export", "--to", "delivery", code=2
    )


def test_a_place_that_holds_something_else_says_so(here: Path) -> None:
    assert "is not empty: name another place" in complaint("export", "--to", "sample", code=2)


def test_a16_strict_exits_3_where_something_is_dropped(here: Path) -> None:
    run("export", "--format", "coco", "--on-loss", "drop", "--to", "a")
    run("export", "--format", "coco", "--on-loss", "drop", "--to", "b", "--strict", code=3)


def test_a16_strict_exits_0_where_nothing_is(here: Path) -> None:
    run("export", "--format", "ndjson", "--strict")


def test_a16_a_dry_run_foresees_the_losses_and_writes_nothing(here: Path) -> None:
    before = sorted(here.iterdir())
    foreseen = asked("export", "--format", "coco", "--dry-run")
    made = asked("export", "--format", "coco")
    assert foreseen["losses"] == made["result"]["losses"]
    assert any(loss["fate"] == "dropped" for loss in foreseen["losses"])
    assert sorted(here.iterdir()) == before


def test_a16_on_loss_fail_fails(here: Path) -> None:
    said = complaint("export", "--format", "coco", "--on-loss", "fail", code=1)
    assert "polyline would be lost" in said
    assert "choose to convert or drop, or another format" in said


def test_a_range_of_dates_filters(here: Path) -> None:
    def listed(text: str, *more: str) -> int:
        return len(run("tasks", "--filter", f"label_created_at={text}", "--json", *more).stdout.splitlines())

    assert listed("2025-08-04..2025-08-04 12:00:00") == 4
    assert listed("2025-08-04 12:00:00..") == 9
    assert listed('["2025-08-04", "2025-08-04 12:00:00"]') == 4
    assert listed("2025-08-04..2025-08-04 12:00:00", "--zone", "America/New_York") == 7


def test_a_filter_may_be_repeated(here: Path) -> None:
    said = run("tasks", "--filter", "names=quay.png", "--filter", "names=fog.png", "--json").stdout
    assert len(said.splitlines()) == 3


def test_metadata_filters_by_its_own_name(here: Path) -> None:
    assert '"aerial"' in run("tasks", "--filter", "berth=4", "--json").stdout
    assert '"aerial"' in run("tasks", "--filter", "metadata.berth=4", "--json").stdout


def test_batches_and_classes_go_by_name_or_number(here: Path) -> None:
    by_name = run("tasks", "--batch", "Week 31", "--class", "island", "--json").stdout
    assert by_name == run("tasks", "--batch", "w31", "--class", "10", "--json").stdout
    assert len(by_name.splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--filter", "last_activty_at=1"), "did you mean 'last_activity_at'?"),
        (("--filter", "berth"), "--filter takes KEY=VALUE"),
        (("--class", "shipp"), "did you mean 'ship'?"),
        (("--batch", "Week 3"), "did you mean 'Week 3"),
        (("--format", "cocoo"), "did you mean 'coco'?"),
        (("--option", "coco"), "FORMAT.NAME=VALUE"),
        (("--fields", "label"), "no field named 'label'"),
        (("--split", "train=2"), "shares from 0 to 1"),
        (("--split", "train=0.5", "--dry-run"), "add up to 1"),
        (("--at", "99"), "the project is at change 2"),
        (("--since", "tomorrow"), "is no export, no change number and no time"),
        (("--status", "finished"), "'finished' is not one of"),
        (("--zone", "Mars", "--filter", "completed_at=2025-01-01.."), "and "),
        (("--zone", "Europe/Zurch", "--filter", "completed_at=2025-01-01.."), "did you mean 'Europe/Zurich'?"),
        (("--only-key-frames", "--all-frames"), "exclude each other"),
        (("--frames", "all", "--only-key-frames"), "exclude each other"),
        (("--frames", "every:0"), "the request is not valid: $.frames"),
        (("--class-map", "ship"), "CLASS=NAME or CLASS=NAME:NUMBER"),
        (("--class-map", "shipp=boat"), "did you mean 'ship'?"),
        (("--class-map", "ship=boat:3"), "'boat' and 'crane' would both have number 3"),
        (("--class-map", "ship=boat:30", "--class-map", "buoy=boat:31"), "is given two numbers: 30 and 31"),
        (("--class-map", "ship=a", "--class-map", "ship=b"), "class 1 'ship' is mapped twice"),
        (("--class-map", "ship=buoy", "--class-map", "buoy=ship", "--only-class", "boat"), "no class named 'boat'"),
    ],
)
def test_a_bad_request_exits_2_and_says_what_is_allowed(here: Path, given: tuple[str, ...], said: str) -> None:
    assert said in complaint("export", *given, code=2)


def test_a12_classes_are_renamed_merged_and_left_out(here: Path) -> None:
    run(
        *("export", "--format", "coco", "--to", "mapped", "--only-class", "ship", "--only-class", "container"),
        *("--class-map", "island=land:50", "--class-map", "lighthouse=land", "--class-map", "ship=vessel"),
    )
    document = json.loads(Path("mapped/annotations.json").read_text())
    names = {one["id"]: one["name"] for one in document["categories"]}
    assert names == {1: "vessel", 2: "container", 50: "land"}
    assert {one["category_id"] for one in document["annotations"]} == set(names)
    told = {row["name"]: row["to"] for row in json.loads(Path("mapped/manifest.json").read_text())["class_map"]}
    assert told["lighthouse"] == 50
    assert told["crane"] is None


def test_a_class_that_others_are_renamed_to_takes_them_in(here: Path) -> None:
    run("export", "--format", "coco", "--to", "merged", "--class-map", "lifebuoy=buoy")
    document = json.loads(Path("merged/annotations.json").read_text())
    assert [one["id"] for one in document["categories"] if "buoy" in one["name"]] == [4]


def test_a_dry_run_foresees_what_a_class_map_leaves_out(here: Path) -> None:
    asking = ("export", "--format", "coco", "--only-class", "ship", "--frames", "every:2")
    assert asked(*asking, "--dry-run")["losses"] == asked(*asking)["result"]["losses"]


def test_since_last_takes_only_what_changed(here: Path) -> None:
    run("export")
    assert asked("export", "--since", "last")["result"]["tallies"][0]["tasks_written"] == 0


def test_the_history_keeps_every_export_the_newest_first(here: Path) -> None:
    made = asked("export", "--to", "x")["id"]
    assert [one["destination"].rpartition("/")[2] for one in asked("exports")] == ["x", "delta", "delivery"]
    assert asked("exports", "show", made)["result"]["tallies"][0]["tasks_written"] == 14


def test_reproduce_makes_the_same_bytes_again(here: Path) -> None:
    newest = asked("exports", "list", "--limit", "1")[0]["id"]
    assert asked("exports", "reproduce", newest)["same"] is True


def test_diff_names_what_changed(here: Path) -> None:
    newer, older = (one["id"] for one in asked("exports"))
    assert asked("exports", "diff", older, newer)["changed_tasks"] == ["mast"]
    assert run("exports", "diff", older, newer).stdout.splitlines()[1:] == ["~ mast"]


def test_retry_of_what_is_done_tells_what_it_did(here: Path) -> None:
    newest = asked("exports")[0]["id"]
    assert asked("exports", "retry", newest)["status"] == "done_with_skips"


def test_a_failed_export_can_be_tried_again_when_its_place_is_free(here: Path) -> None:
    labelport.open(".labelport").project("harbour").export(to="taken")
    Path("taken").write_text("in the way", encoding="utf-8")
    complaint("exports", "retry", asked("exports")[0]["id"], code=2)
    failed = asked("exports")[0]
    assert failed["status"] == "failed"
    Path("taken").unlink()
    run("exports", "retry", failed["id"])
    assert Path("taken/manifest.json").exists()
