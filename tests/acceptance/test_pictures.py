"""Pictures with every kind of flat shape go in as native records and come out as COCO, judged by pycocotools."""

import json
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask
from pycocotools.coco import COCO

import labelport
from labelport.client.workspace import Project
from labelport.model.export import ExportRequest, Selection
from tests.coco import opened

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools, NumPy 2
Object = dict[str, Any]
SQUARE = [1.0, 1.0, 7.0, 1.0, 7.0, 7.0, 1.0, 7.0]
HOLE = [3.0, 3.0, 5.0, 3.0, 5.0, 5.0, 3.0, 5.0]
APART = [10.0, 2.0, 14.0, 2.0, 14.0, 6.0, 10.0, 6.0]
ANGLES = (0.0, 30.0, 90.0, 179.9)


def shape(kind: str, **given: Any) -> Object:
    return {"kind": kind, **given}


def record(i: int, *marked: Object, **given: Any) -> Object:
    asset = {"id": f"a{i}", "kind": "image", "width": 40, "height": 30, **given}
    return {"id": f"t{i}", "name": f"{i}.png", "asset": asset, "labels": [{"id": "l", "annotations": list(marked)}]}


def one(id_: str, geometry: Object, class_: str = "car") -> Object:
    return {"id": id_, "class": class_, "geometry": geometry}


def imported(folder: Path, *records: Object) -> Project:
    """Take records in from a file."""
    file = folder / "records.ndjson"
    file.write_text("".join(json.dumps(item) + "\n" for item in records), encoding="utf-8")
    space = labelport.open(folder / "w")
    report = space.import_files("pictures", "ndjson", [str(file)])
    assert (report.records, report.rejected) == (len(records), ())
    return space.project("pictures")


def delivered(project: Project, to: Path, **asked: Any) -> COCO:
    """Export as COCO; return what pycocotools makes of it."""
    request = ExportRequest(**{"project": project.id, "formats": ("coco",), **asked})
    project.export(request=request, to=str(to)).wait_till_done()
    return opened(to / "annotations.json")


def pixels(coco: COCO, row: Object) -> Any:
    return mask.decode(coco.annToRLE(row))


def only(coco: COCO) -> Object:
    (row,) = coco.dataset["annotations"]
    found: Object = row
    return found


def test_a12_a_class_that_comes_later_and_a_filter_leave_every_category_its_number(tmp_path: Path) -> None:
    boxes = [one(str(i), shape("box", x=i, y=1, width=3, height=3), name) for i, name in enumerate(("tree", "bus"))]
    project = imported(tmp_path, record(1, *boxes))
    before = {item["name"]: item["id"] for item in delivered(project, tmp_path / "a").dataset["categories"]}
    project.add_class("ant")
    after = delivered(project, tmp_path / "b")
    assert {item["name"]: item["id"] for item in after.dataset["categories"]} == {**before, "ant": 3}
    filtered = delivered(project, tmp_path / "c", selection=Selection(classes=(before["bus"],)))
    assert filtered.dataset["categories"] == after.dataset["categories"]


def test_a13_categories_begin_at_1_or_where_asked_at_0(tmp_path: Path) -> None:
    project = imported(tmp_path, record(1, one("b", shape("box", x=1, y=1, width=3, height=3))))
    for base, options in ((1, {}), (0, {"coco": {"category_id_base": 0}})):
        coco = delivered(project, tmp_path / str(base), options=options)
        assert coco.getCatIds() == [base] == [only(coco)["category_id"]]


def test_a14_ids_are_unique_over_the_file_and_stay_between_exports(tmp_path: Path) -> None:
    records = [record(i, *(one(str(j), shape("box", x=j, y=i, width=3, height=3)) for j in range(4))) for i in range(9)]
    project = imported(tmp_path, *records)
    first = delivered(project, tmp_path / "a", shard_size=2)
    project.remove(["t0", "t4"])
    second = delivered(project, tmp_path / "b", shard_size=3)
    assert len(first.anns) == len(first.dataset["annotations"]) == 36

    def ids(coco: COCO) -> dict[tuple[str, float], int]:
        names = {image["id"]: image["file_name"] for image in coco.dataset["images"]}
        return {(names[row["image_id"]], row["bbox"][0]): row["id"] for row in coco.dataset["annotations"]}

    assert ids(second).items() < ids(first).items()
    assert len(second.anns) == 28


@pytest.mark.parametrize("angle", ANGLES)
def test_a17_a_turned_box_has_the_corners_of_the_closed_form(tmp_path: Path, angle: float) -> None:
    turned = shape("rotated_box", cx=20, cy=15, width=12, height=6, angle=angle)
    row = only(delivered(imported(tmp_path, record(1, one("r", turned))), tmp_path / "d"))
    (flat,) = row["segmentation"]
    cosine, sine = cos(radians(angle)), sin(radians(angle))
    corners = [
        (x * cosine - y * sine + 20, x * sine + y * cosine + 15) for x, y in ((-6, -3), (6, -3), (6, 3), (-6, 3))
    ]
    made = sorted(zip(flat[0::2], flat[1::2], strict=True))
    assert np.allclose(made, sorted(corners), rtol=0, atol=0.01)


def test_a18_an_object_in_two_parts_is_one_annotation(tmp_path: Path) -> None:
    parts = shape("polygon", parts=[[SQUARE], [APART]])
    coco = delivered(imported(tmp_path, record(1, one("p", parts))), tmp_path / "d")
    assert only(coco)["segmentation"] == [SQUARE, APART]
    assert pixels(coco, only(coco)).sum() == 36 + 16


def test_a20_a_hole_stays_a_hole(tmp_path: Path) -> None:
    coco = delivered(imported(tmp_path, record(1, one("p", shape("polygon", parts=[[SQUARE, HOLE]])))), tmp_path / "d")
    wanted = np.zeros((30, 40), np.uint8)
    wanted[1:7, 1:7] = 1
    wanted[3:5, 3:5] = 0
    assert isinstance(only(coco)["segmentation"], dict)
    assert (pixels(coco, only(coco)) == wanted).all()


def test_a22_one_square_is_the_same_pixels_as_a_box_a_polygon_and_a_mask(tmp_path: Path) -> None:
    wanted = np.zeros((30, 40), np.uint8, order="F")
    wanted[1:7, 1:7] = 1
    counts = mask.encode(wanted)["counts"].decode()
    shapes = (
        shape("polygon", parts=[[SQUARE]]),
        shape("mask", height=30, width=40, counts=counts),
        shape("rotated_box", cx=4, cy=4, width=6, height=6, angle=90),
    )
    coco = delivered(imported(tmp_path, record(1, *(one(str(i), it) for i, it in enumerate(shapes)))), tmp_path / "d")
    for row in coco.dataset["annotations"]:
        assert (pixels(coco, row) == wanted).all()
        assert (row["bbox"], row["area"]) == ([1, 1, 6, 6], 36)


def test_a23_no_vertex_lies_outside_its_box(tmp_path: Path) -> None:
    ring = [2.25, 3.5, 17.75, 4.125, 12.5, 21.875]
    coco = delivered(imported(tmp_path, record(1, one("p", shape("polygon", parts=[[ring]])))), tmp_path / "d")
    row = only(coco)
    assert row["bbox"] == [2.25, 3.5, 15.5, 18.375]
    assert row["area"] == pixels(coco, row).sum()


def test_a29_a28_all_frames_are_on_the_line_between_key_frames_and_none_is_outside(tmp_path: Path) -> None:
    def key(frame: int, x: float, **given: Any) -> Object:
        return {"track": "k", "frame": frame, "geometry": shape("box", x=x, y=2.0, width=4.0, height=4.0), **given}

    moving = record(1, kind="video", frames=12)
    moving["labels"] = [
        {
            "id": "l",
            "tracks": [{"id": "k", "class": "car"}],
            "keyframes": [key(0, 0.0), key(4, 8.0), key(8, 9.0, outside=True)],
        }
    ]
    coco = delivered(imported(tmp_path, moving), tmp_path / "d", frames="all")
    images = {image["id"]: image["frame"] for image in coco.dataset["images"]}
    found = {images[row["image_id"]]: row["bbox"][0] for row in coco.dataset["annotations"]}
    assert {frame: x for frame, x in found.items() if frame <= 4} == {frame: 2.0 * frame for frame in range(5)}
    assert max(found) == 7
