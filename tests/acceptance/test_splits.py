"""Splits by the hash of a group (A42), and our own exports taken in again (A46)."""

import csv
from pathlib import Path

import pytest

import labelport
from labelport.client.workspace import Project
from labelport.model.asset import Asset
from labelport.model.export import ExportRequest, Selection, Split
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record

SHARES = {"train": 0.6, "val": 0.2, "test": 0.2}


def _record(number: int, patient: str = "") -> Record:
    return Record(
        f"t{number}",
        f"scan {number}",  # no extension, as buckets often have it
        Asset(id=f"a{number}", kind="image", width=64, height=64),
        labels=(Label("l", annotations=(Annotation("one", class_="car", geometry=Box(1.0, 2.0, 3.0, 4.0)),)),),
        metadata={"patient": patient or f"p{number % 40}"},
    )


def _parts(project: Project, to: Path, seed: str = "") -> dict[str, str]:
    split = Split(SHARES, "patient", seed)
    request = ExportRequest(project=project.id, formats=("coco", "ndjson"), split=split, shard_size=50)
    project.export(request=request, to=str(to)).wait_till_done()
    with (to / "items.csv").open(encoding="utf-8", newline="") as file:
        return {row["task"]: row["part"] for row in csv.DictReader(file)}


def test_a42_a_group_stays_in_one_part_and_parts_are_stable_as_data_grows(tmp_path: Path) -> None:
    project = labelport.open(tmp_path / "w").create_project("scans")
    project.save([_record(number) for number in range(200)])
    first = _parts(project, tmp_path / "first")
    groups = {f"p{i}": {part for task, part in first.items() if int(task[1:]) % 40 == i} for i in range(40)}
    assert all(len(parts) == 1 for parts in groups.values())
    assert set(first.values()) == set(SHARES)
    project.save([_record(number) for number in range(200, 400)])
    second = _parts(project, tmp_path / "second")
    assert {task: second[task] for task in first} == first
    assert _parts(project, tmp_path / "third", seed="another") != second


def test_a42_a_group_with_a_long_name_stays_in_one_part(tmp_path: Path) -> None:
    project = labelport.open(tmp_path / "w").create_project("scans")
    long = "a folder that is named at length/" * 20
    project.save([_record(number, f"{long}{number % 2}") for number in range(60)])
    parts = _parts(project, tmp_path / "d")
    for group in range(2):
        assert len({part for task, part in parts.items() if int(task[1:]) % 2 == group}) == 1
    chosen = Selection(metadata={"patient": f"{long}1"})
    assert len(list(project.tasks(chosen))) == 30


def test_a42_every_part_is_a_whole_document(tmp_path: Path) -> None:
    project = labelport.open(tmp_path / "w").create_project("scans")
    project.save([_record(number) for number in range(100)])
    parts = _parts(project, tmp_path / "d")
    for part in SHARES:
        lines = (tmp_path / "d/ndjson" / part / "data.ndjson").read_bytes().splitlines()
        assert len(lines) == sum(one == part for one in parts.values())
        assert (tmp_path / "d/coco" / part / "annotations.json").exists()


def test_a46_an_export_is_taken_in_again_whole(tmp_path: Path) -> None:
    space = labelport.open(tmp_path / "w")
    project = space.create_project("scans")
    project.save([_record(number) for number in range(20)])
    project.export(to=str(tmp_path / "d")).wait_till_done()
    report = space.import_files("again", "ndjson", [str(tmp_path / "d")])
    assert (report.records, report.rejected) == (20, ())
    assert list(space.project("again").export.export_tasks()) == list(project.export.export_tasks())
    assert space.import_files("scans", "ndjson", [str(tmp_path / "d")]).unchanged == 20


@pytest.mark.parametrize("name", ["ndjson", "json", "ndjson_split", "parquet", "webdataset"])
def test_a46_a_delivery_that_is_read_back_where_it_came_from_makes_no_new_task(tmp_path: Path, name: str) -> None:
    space = labelport.open(tmp_path / "w")
    project = space.create_project("scans")
    project.save([_record(number) for number in range(20)])
    project.export(format=name, to=str(tmp_path / "d")).wait_till_done()
    report = space.import_files("scans", name, [str(tmp_path / "d")])
    assert (report.records, report.created, report.changed, report.rejected) == (20, 0, 0, ())


def test_a46_every_file_of_a_delivery_has_an_extension_and_coco_without_any_in_its_names_is_taken_in_again(
    tmp_path: Path,
) -> None:
    space = labelport.open(tmp_path / "w")
    project = space.create_project("scans")
    project.save([_record(number) for number in range(20)])
    formats = ("ndjson", "json", "ndjson_split", "coco", "coco_captions", "csv_objects")
    request = ExportRequest(project=project.id, formats=formats, options={"ndjson_split": {"per": "task"}})
    project.export(request=request, to=str(tmp_path / "d")).wait_till_done()
    files = [file for file in (tmp_path / "d").rglob("*") if file.is_file()]
    assert len(files) > 20
    assert {file.suffix for file in files} == {".json", ".ndjson", ".csv"}
    report = space.import_files("again", "coco", [str(tmp_path / "d" / "coco")])
    assert (report.records, report.annotations, report.rejected) == (20, 20, ())
    assert {task.name for task in space.project("again").tasks()} == {f"scan {number}" for number in range(20)}
