"""Pascal VOC: XML that the devkit reads, pixels counted from 1, segmentation in PNGs with its palette."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import supervision as sv
from hypothesis import given, settings
from hypothesis import strategies as st
from labelformat.formats import PascalVOCObjectDetectionInput
from labelformat.model.bounding_box import BoundingBoxFormat
from lxml import etree
from PIL import Image

from labelport.formats import voc
from labelport.kit.format import Context, Item, Lost, Reject, Row
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask, Polygon, RotatedBox
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import raster, rle
from labelport.testing.render import encoded, render
from tests.colours import palette
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("voc.xsd")))
CLASSES = (LabelClass(2, "cat"), LabelClass(5, "dog & <co>"))
SQUARE = (10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0)
HOLE = (20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 20.0)


class TestVoc(FramedFormatTests):
    name = "voc"

    def read(self, files: Mapping[str, bytes]) -> int:
        found = 0
        for path, data in files.items():
            if path.endswith(".xml"):
                root = etree.fromstring(data)
                SCHEMA.assertValid(root)
                found += len(root.findall("object"))
        return found

    def test_parts_of_a_split_are_kept_apart(self) -> None:
        """All parts share the folders, as in VOC itself; the lists under `ImageSets` tell them apart."""
        rows = [
            {
                item.section
                for item in encoded(voc.FORMAT, record(), Context(CLASSES, parts=("train", "val"), part=part))
                if isinstance(item, Row)
            }
            for part in ("train", "val")
        ]
        assert rows == [{"images", "set train"}, {"images", "set val"}]


def record(*shapes: Geometry, path: str = "a.jpg", **about: Any) -> Record:
    marks = tuple(Annotation(f"{i}", i, 5, shape, **about) for i, shape in enumerate(shapes, 1))
    asset = Asset("a", "image", width=100, height=80)
    return Record("t", path, asset, 1, path, labels=(Label("l", annotations=marks),))


def written(*shapes: Geometry, pixels: int = 1, **about: Any) -> dict[str, bytes]:
    return render(voc.FORMAT, [record(*shapes, **about)], Context(CLASSES, {"pixels": pixels}))


def read(files: Mapping[str, bytes]) -> list[Item]:
    return decoded(voc.FORMAT, files)


def back(files: Mapping[str, bytes]) -> list[Annotation]:
    records = [item for item in read(files) if isinstance(item, Record)]
    return [one for item in records for label in item.labels for one in label.annotations]


def pixels(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as picture:
        assert picture.mode == "P"
        assert palette(picture)[:12] == [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]
        return np.array(picture)


@pytest.mark.parametrize(("first", "sides"), [(1, (11, 21, 40, 60)), (0, (10, 20, 39, 59))])
def test_a22_pixels_count_from_1_or_0_and_the_last_one_is_included(first: int, sides: tuple[int, ...]) -> None:
    files = written(Box(10.0, 20.0, 30.0, 40.0), pixels=first)
    bounds = etree.fromstring(files["Annotations/a.xml"]).findall("object/bndbox/*")
    assert tuple(int(one.text or "") for one in bounds) == sides
    assert [one.geometry for one in back(files)] == [Box(10.0, 20.0, 30.0, 40.0)]


def test_a22_a_box_of_one_pixel_begins_and_ends_with_it() -> None:
    found = etree.fromstring(written(Box(0.0, 0.0, 1.0, 1.0))["Annotations/a.xml"]).findall("object/bndbox/*")
    assert [one.text for one in found] == ["1", "1", "1", "1"]


def test_labelformat_reads_the_boxes(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(written(Box(10.0, 20.0, 30.0, 40.0))["Annotations/a.xml"])
    (found,) = PascalVOCObjectDetectionInput(tmp_path, "cat,dog & <co>").get_labels()
    assert (found.image.filename, found.image.width, found.image.height) == ("a.jpg", 100, 80)
    assert [one.box.to_format(BoundingBoxFormat.XYXY) for one in found.objects] == [[11.0, 21.0, 40.0, 60.0]]


def test_supervision_reads_the_boxes(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(written(Box(10.0, 20.0, 30.0, 40.0))["Annotations/a.xml"])
    Image.new("RGB", (100, 80)).save(tmp_path / "a.jpg")
    data = sv.DetectionDataset.from_pascal_voc(str(tmp_path), str(tmp_path))
    (found,) = data.annotations.values()
    assert data.classes == ["dog & <co>"]
    assert found.xyxy.tolist() == [[10, 20, 40, 60]]


def test_a20_segmentation_is_two_pngs_of_indices_in_the_colours_of_the_devkit() -> None:
    files = written(Box(50.0, 5.0, 9.0, 9.0), Polygon(((SQUARE, HOLE),)))
    wanted = rle.decode(raster.polygon(((SQUARE, HOLE),), 80, 100), 80, 100)
    assert (pixels(files["SegmentationObject/a.png"]) == wanted * 2).all()
    assert (pixels(files["SegmentationClass/a.png"]) == wanted * 2).all()
    assert b"<segmented>1</segmented>" in files["Annotations/a.xml"]
    shapes = [one.geometry for one in back(files)]
    assert shapes[0] == Box(50.0, 5.0, 9.0, 9.0)
    assert isinstance(shapes[1], Mask)
    assert (rle.decode(rle.parse(shapes[1].counts), 80, 100) == wanted).all()


def test_pictures_with_boxes_alone_have_no_pngs() -> None:
    assert [path for path in written(Box(1.0, 1.0, 9.0, 9.0)) if path.endswith(".png")] == []


def test_void_pixels_belong_to_no_object() -> None:
    files = written(Polygon(((SQUARE,),)))
    objects = pixels(files["SegmentationObject/a.png"]).copy()
    objects[0, :] = 255
    picture = Image.fromarray(objects, "L")
    file = BytesIO()
    picture.save(file, "PNG")
    (one,) = back({**files, "SegmentationObject/a.png": file.getvalue()})
    assert isinstance(one.geometry, Mask)
    assert rle.area(rle.parse(one.geometry.counts)) == 900


def test_a16_what_others_lie_upon_is_told() -> None:
    given_ = record(Polygon(((SQUARE,),)), RotatedBox(25.0, 25.0, 10.0, 10.0, 0.0), Polygon(((SQUARE,),)))
    lost = [one for one in encoded(voc.FORMAT, given_, Context(CLASSES)) if isinstance(one, Lost)]
    assert [(one.what, one.how) for one in lost] == [
        ("polygon", "box, as others lie upon it"),
        ("rotated_box", "box, as others lie upon it"),
    ]


def test_a28_occluded_and_truncated_come_back() -> None:
    (one,) = back(written(Box(1.0, 1.0, 9.0, 9.0), occluded=True, truncated=False))
    assert (one.occluded, one.truncated) == (True, False)
    (one,) = back(written(Box(1.0, 1.0, 9.0, 9.0)))
    assert (one.occluded, one.truncated) == (None, None)


def test_a34_three_states_and_the_list_of_a_part() -> None:
    unlabelled = Record("u", "u", Asset("u", "image", width=9, height=9), 2, "u.jpg")
    files = render(
        voc.FORMAT, [record(path="empty.jpg"), unlabelled], Context(CLASSES, parts=("train", "val"), part="val")
    )
    assert files["ImageSets/Main/val.txt"] == b"empty\n"
    assert files["ImageSets/Main/train.txt"] == b""
    assert [len(item.labels) for item in read(files) if isinstance(item, Record)] == [1, 0]


def test_a12_classes_keep_their_numbers() -> None:
    assert next(item for item in read(written()) if isinstance(item, Ontology)).classes == CLASSES


def test_classes_without_a_list_are_numbered_as_they_are_met() -> None:
    files = {"Annotations/a.xml": written(Box(1.0, 1.0, 9.0, 9.0))["Annotations/a.xml"]}
    assert next(item for item in read(files) if isinstance(item, Ontology)).classes == (LabelClass(1, "dog & <co>"),)


BOMB = b'<!DOCTYPE a [<!ENTITY b "bb">]><annotation><filename>&b;</filename></annotation>'


@pytest.mark.parametrize("data", [BOMB, BOMB.decode().encode("utf-16"), b"<annotation>", b"<other/>", b"\x00"])
def test_a24_what_is_no_annotation_is_put_aside(data: bytes) -> None:
    (reject,) = read({"a.xml": data})
    assert isinstance(reject, Reject)
    assert reject.records == 1


@pytest.mark.parametrize("bounds", ["", "<bndbox><xmin>5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox>"])
def test_a24_a_faulty_object_is_put_aside_and_the_others_are_taken(bounds: str) -> None:
    good = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox>"
    objects = "".join(f"<object><name>cat</name>{one}</object>" for one in (bounds, good))
    found = read({"a.xml": f"<annotation>{objects}</annotation>".encode()})
    assert [one.faults[0].path for one in found if isinstance(one, Reject)] == ["object 1"]
    assert [len(one.labels[0].annotations) for one in found if isinstance(one, Record)] == [1]


EIGHTHS = st.integers(0, 200).map(lambda number: number / 8)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS), max_size=4), st.sampled_from([0, 1]))
def test_boxes_come_back_as_they_were(sides: list[tuple[float, ...]], first: int) -> None:
    boxes = [Box(x, y, width + 0.125, height + 0.125) for x, y, width, height in sides]
    assert [one.geometry for one in back(written(*boxes, pixels=first))] == boxes
