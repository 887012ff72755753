"""Real files of other tools go in, every count closes, and what comes out is what they say."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pycocotools import mask

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


def imported(space: Workspace, format_: str, path: str) -> api.ImportReport:
    return space.import_files("real", format_, [str(sample(path))])


@pytest.mark.parametrize(("format_", "path"), FILES, ids=[path for _, path in FILES])
def test_a_real_file_goes_in_once_and_comes_out_proven(tmp_path: Path, format_: str, path: str) -> None:
    space = labelport.open(tmp_path / "w")
    report = imported(space, format_, path)  # counts that do not close are an error
    assert report.records == report.created > 0
    again = imported(space, format_, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, report.records)
    project = space.project("real")
    formats = ("ndjson", "json", "ndjson_split", "csv_objects", "coco", "coco_captions")
    job = project.export(
        request=ExportRequest(project=project.id, formats=formats, labels="all"), to=str(tmp_path / "d")
    )
    job.wait_till_done()
    assert space.verify(str(tmp_path / "d")).faults == ()
    assert space.verify_log().faults == ()
    lines = [json.loads(line) for line in (tmp_path / "d/ndjson/data.ndjson").read_bytes().splitlines()]
    held = sum(
        len(one.get("annotations", ())) + len(one.get("tracks", ())) for line in lines for one in line.get("labels", ())
    )
    assert (len(lines), held) == (report.records, report.annotations)


def test_keys_that_were_not_read_are_told(tmp_path: Path) -> None:
    report = imported(labelport.open(tmp_path), "label_studio", "label_studio/test_export_csv/csv_test.json")
    assert report.unread["$[].annotations[].result_count"] == 2


def _delivered(tmp_path: Path, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a COCO document as it was, and as it comes out again."""
    space = labelport.open(tmp_path / "w")
    assert imported(space, "coco", path).rejected == ()
    space.project("real").export(format="coco", to=str(tmp_path / "d")).wait_till_done()
    return json.loads(sample(path).read_bytes()), json.loads((tmp_path / "d/annotations.json").read_bytes())


def _by_place(document: dict[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the annotations by file name and class name, the smallest first."""
    images = {one["id"]: one["file_name"] for one in document["images"]}
    classes = {one["id"]: one["name"] for one in document["categories"]}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in document["annotations"]:
        found.setdefault((images[one["image_id"]], classes[one["category_id"]]), []).append(one)
    return {key: sorted(some, key=lambda one: [round(n, 1) for n in one["bbox"]]) for key, some in found.items()}


def _pixels(one: dict[str, Any], sizes: dict[int, tuple[int, int]]) -> bytes:
    height, width = sizes[one["image_id"]]
    shape = one["segmentation"]
    if isinstance(shape, list):
        runs = mask.merge(mask.frPyObjects(shape, height, width))
    elif isinstance(shape["counts"], list):
        runs = mask.frPyObjects(shape, height, width)
    else:
        runs = shape
    return bytes(mask.decode(runs).tobytes())


def _joints(one: dict[str, Any]) -> list[float]:
    """Return the joints of an annotation; none where none of them is labelled."""
    found: list[float] = one.get("keypoints", [])
    return found if any(found[2::3]) else []


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with NumPy 2
@pytest.mark.parametrize(
    "path",
    [
        "coco_val2017_10/instances_val2017_filtered.json",
        "coco_val2017_10/person_keypoints_val2017_filtered.json",
        "coco_panoptic_20/instances.json",
        "coco_panoptic_20/rle.json",
    ],
)
def test_a20_coco_comes_out_as_it_went_in(tmp_path: Path, path: str) -> None:
    source, delivered = _delivered(tmp_path, path)
    sizes = {one["id"]: (one["height"], one["width"]) for one in source["images"]}
    sizes_out = {one["id"]: (one["height"], one["width"]) for one in delivered["images"]}
    was, now = _by_place(source), _by_place(delivered)
    assert Counter({key: len(some) for key, some in was.items()}) == Counter(
        {key: len(some) for key, some in now.items()}
    )
    for key, some in was.items():
        assert sorted(_pixels(one, sizes) for one in some) == sorted(_pixels(one, sizes_out) for one in now[key])
        assert sorted(one["iscrowd"] for one in some) == sorted(one["iscrowd"] for one in now[key])
        assert sorted(map(_joints, some)) == sorted(map(_joints, now[key]))
    for one in delivered["annotations"]:
        assert one["area"] == sum(_pixels(one, sizes_out))
    assert {one["name"] for one in source["categories"]} <= {one["name"] for one in delivered["categories"]}


def test_captions_come_out_word_for_word(tmp_path: Path) -> None:
    path = "coco_val2017_10/captions_val2017_filtered.json"
    space = labelport.open(tmp_path / "w")
    imported(space, "coco", path)
    space.project("real").export(format="coco_captions", to=str(tmp_path / "d")).wait_till_done()
    source = json.loads(sample(path).read_bytes())
    (file,) = (tmp_path / "d").glob("*captions*.json")
    delivered = json.loads(file.read_bytes())
    assert Counter(one["caption"] for one in source["annotations"]) == Counter(
        one["caption"] for one in delivered["annotations"]
    )


def test_a17_rotated_boxes_of_label_studio_keep_their_corner_and_turn(tmp_path: Path) -> None:
    path = "label_studio/test_export_yolo/data_obb.json"
    space = labelport.open(tmp_path / "w")
    imported(space, "label_studio", path)
    space.project("real").export(format="csv_objects", to=str(tmp_path / "d")).wait_till_done()
    with (tmp_path / "d/annotations.csv").open(encoding="utf-8", newline="") as file:
        shapes = [json.loads(row["geometry"]) for row in csv.DictReader(file) if row["geometry"]]
    results = [r for task in json.loads(sample(path).read_bytes()) for a in task["annotations"] for r in a["result"]]
    sizes = sorted(
        (
            round(one["value"]["width"] * one["original_width"] / 100, 4),
            round(one["value"]["height"] * one["original_height"] / 100, 4),
        )
        for one in results
    )
    assert sorted((round(one["width"], 4), round(one["height"], 4)) for one in shapes) == sizes
    turned = sorted(round(one["value"]["rotation"], 4) for one in results if one["value"]["rotation"])
    assert sorted(round(one["angle"], 4) for one in shapes if one["kind"] == "rotated_box") == turned


def test_the_cvat_server_comes_with_its_stages_issues_and_people(tmp_path: Path) -> None:
    space = labelport.open(tmp_path / "w")
    imported(space, "cvat_api", "cvat_project")
    project = space.project("real")
    job = project.export(request=ExportRequest(project=project.id, labels="all"))
    job.wait_till_done()
    lines = [row.json for row in job.get_buffered_stream()]
    kinds = Counter(
        one["geometry"]["kind"]
        for line in lines
        for label in line.get("labels", ())
        for one in label.get("annotations", ())
        if "geometry" in one
    )
    jobs = json.loads((sample("cvat_project") / "annotations.json").read_bytes())["job"].values()
    types = Counter(shape["type"] for one in jobs for shape in one["shapes"])
    assert kinds["box"] + kinds["rotated_box"] == types["rectangle"]
    for kind, type_ in (("mask", "mask"), ("ellipse", "ellipse"), ("cuboid", "cuboid"), ("polygon", "polygon")):
        assert kinds[kind] == types[type_]
    assert sum(len(line.get("issues", ())) for line in lines) == 5
    assert {line["workflow"].get("stage", "label") for line in lines} == {"label", "review", "acceptance"}
