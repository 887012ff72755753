"""The real files that acceptance is tried on, each taken in and delivered; and plain values that can be compared."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import labelport
from labelport import api
from labelport.client.workspace import Workspace
from labelport.model.export import ExportRequest
from tests.samples import sample

FILES = (
    ("coco", "coco_val2017_10/instances_val2017_filtered.json"),
    ("coco", "coco_val2017_10/person_keypoints_val2017_filtered.json"),
    ("coco", "coco_val2017_10/captions_val2017_filtered.json"),
    ("coco", "coco_panoptic_20/instances.json"),
    ("coco", "coco_panoptic_20/rle.json"),
    ("coco", "coco_panoptic_20/panoptic.json"),
    ("cvat_xml", "cvat_xml/images.xml"),
    ("cvat_xml", "cvat_xml/video.xml"),
    ("cvat_api", "cvat_project"),
    ("label_studio", "label_studio/test_export_coco/data.json"),
    ("label_studio", "label_studio/test_export_csv/csv_test.json"),
    ("label_studio", "label_studio/test_export_csv/csv_test2.json"),
    ("label_studio", "label_studio/test_export_csv/csv_test_colliding_keys.json"),
    ("label_studio", "label_studio/test_export_csv/csv_test_colliding_keys_mixed.json"),
    ("label_studio", "label_studio/test_export_csv/csv_test_history.json"),
    ("label_studio", "label_studio/test_export_doclang/data.json"),
    ("label_studio", "label_studio/test_export_json_min/data.json"),
    ("label_studio", "label_studio/test_export_json_min/data_repeater.json"),
    ("label_studio", "label_studio/test_export_json_min/chat_data.json"),
    ("label_studio", "label_studio/test_export_yolo/data.json"),
    ("label_studio", "label_studio/test_export_yolo/data_keypoints.json"),
    ("label_studio", "label_studio/test_export_yolo/data_obb.json"),
    ("label_studio", "label_studio/test_export_yolo/data_polygons.json"),
)
READABLE = (
    *("ndjson", "json", "ndjson_split", "coco", "coco_captions"),
    *("csv_labels", "csv_objects", "geojson", "huggingface", "parquet", "webdataset"),
)
"""Formats that are read as well as written, so that a delivery can be read back."""


class Taken(NamedTuple):
    """A file that went in, what was said of it, and where it came out again."""

    space: Workspace
    report: api.ImportReport
    delivery: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return the records of the delivery."""
        found = (self.delivery / "ndjson/data.ndjson").read_bytes().splitlines()
        return [json.loads(line) for line in found]

    def classes(self) -> dict[int | None, dict[str, Any]]:
        """Return what the manifest tells of each class, by its number."""
        told = json.loads((self.delivery / "manifest.json").read_bytes())["classes"]
        return {one["number"]: one for one in told}


def imported(space: Workspace, format_: str, path: Path) -> api.ImportReport:
    """Take a file in; counts that do not close are an error."""
    return space.import_files("real", format_, [str(path)])


def taken(folder: Path, format_: str, path: Path) -> Taken:
    """Take a file into a new workspace, and deliver it in every readable format, read back before it is called done."""
    space = labelport.open(folder / "w")
    report = imported(space, format_, path)
    project = space.project("real")
    request = ExportRequest(project=project.id, formats=READABLE, labels="all", verify="deep")
    project.export(request=request, to=str(folder / "d")).wait_till_done()
    return Taken(space, report, folder / "d")


def read(path: str) -> Any:
    """Return a JSON document of the samples, by the standard library's reader."""
    return json.loads(sample(path).read_bytes())


def plain(value: Any) -> Any:
    """Return a value with every number a float of six places, and every sequence a list: so that it compares."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case bool() | None | str():
            return value
        case _:
            return round(float(value), 6) + 0.0


def moment(text: str | None) -> datetime | None:
    """Return a time as a moment; one without a zone is UTC."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
