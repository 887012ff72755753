"""LabelMe: shapes in pixels, parts of an object in one group, masks as PNGs of their bounds."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import supervision as sv
from hypothesis import given, settings
from PIL import Image

from labelport.formats import labelme
from labelport.kit.format import Context, Counted, Item, Reject
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Point, Polygon, Polyline
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.testing.geometries import geometries
from labelport.testing.render import render
from labelport.testing.runs import encoded as runs
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests

CLASSES = (LabelClass(2, "cat"), LabelClass(5, "dog"))
ASSET = Asset("a", "image", width=100, height=80)
SQUARE = (10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0)
APART = (50.0, 50.0, 60.0, 50.0, 60.0, 60.0)


class TestLabelme(FramedFormatTests):
    name = "labelme"

    def read(self, files: Mapping[str, bytes]) -> int:
        """Every shape is a list of points; one of a group is counted once."""
        found = [json.loads(data) for path, data in files.items() if path.endswith(".json")]
        shapes = [(i, shape) for i, one in enumerate(found) for shape in one["shapes"]]
        groups = {(i, shape["group_id"]) for i, shape in shapes if shape["group_id"] is not None}
        return len(groups) + sum(shape["group_id"] is None for _, shape in shapes)


def record(*shapes: Geometry) -> Record:
    marks = tuple(Annotation(f"{i}", i, 5, shape) for i, shape in enumerate(shapes, 1))
    return Record("t", "a.jpg", ASSET, 1, "b/a.jpg", labels=(Label("l", annotations=marks),))


def written(*shapes: Geometry) -> dict[str, bytes]:
    return render(labelme.FORMAT, [record(*shapes)], Context(CLASSES))


def read(files: Mapping[str, bytes]) -> list[Item]:
    return decoded(labelme.FORMAT, files)


def back(files: Mapping[str, bytes]) -> list[Geometry | None]:
    records = [item for item in read(files) if isinstance(item, Record)]
    return [one.geometry for item in records for label in item.labels for one in label.annotations]


def foreign(*shapes: Mapping[str, Any], **more: Any) -> dict[str, bytes]:
    data = {"shapes": shapes, "imagePath": "..\\x\\a.jpg", "imageWidth": 100, "imageHeight": 80, **more}
    return {"b/a.json": json.dumps(data).encode()}


def test_a_file_is_beside_its_picture_and_names_it() -> None:
    found = json.loads(written(Box(10.0, 20.0, 30.0, 40.0))["b/a.json"])
    (shape,) = found.pop("shapes")
    assert (shape["label"], shape["shape_type"], shape["points"]) == ("dog", "rectangle", [[10, 20], [40, 60]])
    assert found == {
        "version": "5.5.0",
        "flags": {},
        "imagePath": "a.jpg",
        "imageData": None,
        "imageHeight": 80,
        "imageWidth": 100,
    }


@pytest.mark.parametrize(
    "shapes",
    [
        [Polygon(((SQUARE,), (APART,))), Polygon(((SQUARE,),))],
        [Polyline((SQUARE, APART)), Polyline((APART,))],
        [Polygon(((SQUARE,), (APART,))), Polygon(((SQUARE,), (APART,)))],
    ],
)
def test_a18_parts_of_an_object_are_of_one_group_and_come_back_as_one(shapes: Sequence[Geometry]) -> None:
    assert back(written(*shapes)) == shapes


def test_a20_a_hole_is_a_mask_of_its_bounds() -> None:
    hole = (20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 20.0)
    files = written(Polygon(((SQUARE, hole),)))
    (shape,) = json.loads(files["b/a.json"])["shapes"]
    assert shape["points"] == [[10, 10], [39, 39]]
    with Image.open(BytesIO(b64decode(shape["mask"]))) as picture:
        window = np.array(picture)
    assert window.shape == (30, 30)
    assert np.count_nonzero(window) == 800
    (found,) = back(files)
    assert isinstance(found, Mask)
    assert rle.area(rle.parse(found.counts)) == 800


@settings(deadline=None, max_examples=60)
@given(geometries(("box", "polygon", "multi_polygon", "polyline", "point", "mask"), ASSET))
def test_shapes_come_back_as_they_were(shape: Geometry) -> None:
    found = back(written(shape))
    if isinstance(shape, Mask) and not rle.area(rle.parse(shape.counts)):
        assert found == []
    elif isinstance(shape, Box):
        (box,) = found
        assert isinstance(box, Box)
        assert (box.x, box.y) == (shape.x, shape.y)
        assert (box.width, box.height) == pytest.approx((shape.width, shape.height), abs=1e-9)
    else:
        assert found == [shape]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_supervision_reads_the_same_objects_and_pixels() -> None:
    files = written(Box(10.0, 20.0, 30.0, 40.0), Polygon(((SQUARE,),)))
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "a.json").write_bytes(files["b/a.json"])
        Image.new("RGB", (100, 80)).save(folder / "a.jpg")
        data = sv.DetectionDataset.from_labelme(place, place)
        (found,) = data.annotations.values()
    assert data.classes == ["dog"]
    assert found.xyxy.tolist() == [[10, 20, 40, 60], [10, 10, 40, 40]]


def test_other_shapes_are_read_as_labelme_has_them() -> None:
    assert back(
        foreign(
            {"label": "a", "points": [[40, 60], [10, 20]], "shape_type": "rectangle"},
            {"label": "a", "points": [[50, 50], [53, 54]], "shape_type": "circle"},
            {"label": "a", "points": [[1, 2], [3, 4]], "shape_type": "line"},
            {"label": "b", "points": [[1, 2]], "shape_type": "point", "group_id": 1},
        )
    ) == [Box(10, 20, 30, 40), Ellipse(50, 50, 5, 5), Polyline(((1, 2, 3, 4),)), Point(1, 2)]


def test_a_picture_lies_beside_its_file_and_classes_are_numbered_as_they_are_met() -> None:
    found = read(foreign({"label": "b", "points": [[1, 2]], "shape_type": "point"}))
    assert isinstance(found[0], Ontology)
    assert found[0].classes == (LabelClass(1, "b"),)
    assert [one.name for one in found if isinstance(one, Record)] == ["b/a.jpg"]


MASK = {"label": "a", "points": [[90, 70], [120, 90]], "shape_type": "mask"}


@pytest.mark.parametrize(
    "shape",
    [
        {"label": "a"},
        {"label": "a", "points": [[1, 2]], "shape_type": "blob"},
        {"label": "a", "points": [[1, 2]], "shape_type": "rectangle"},
        {**MASK, "mask": "?"},
        {**MASK, "mask": "AAAA"},
        {**MASK, "mask": json.loads(written(Mask(80, 100, runs([0, 8000])))["b/a.json"])["shapes"][0]["mask"]},
    ],
)
def test_a24_a_faulty_shape_is_put_aside_and_the_others_are_taken(shape: Mapping[str, Any]) -> None:
    found = read(foreign(shape, {"label": "a", "points": [[1, 2]], "shape_type": "point"}))
    assert [len(one.labels[0].annotations) for one in found if isinstance(one, Record)] == [1]
    assert [one.faults[0].path for one in found if isinstance(one, Reject)] == ["$.shapes[0]"]
    assert Counted("b/a.json", 1, 2) in found


def test_a34_three_states() -> None:
    unlabelled = Record("u", "u", ASSET, 2, "u.jpg")
    files = render(labelme.FORMAT, [record(), unlabelled], Context(CLASSES))
    assert sorted(path for path in files if path.endswith(".json")) == ["b/a.json"]
    assert [len(item.labels) for item in read(files) if isinstance(item, Record)] == [1, 0]
    assert next(item for item in read(files) if isinstance(item, Ontology)).classes == CLASSES
