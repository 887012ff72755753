"""COCO panoptic: judged by the checks that panopticapi makes before it evaluates, restated from the format's page."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from PIL import Image

from labelport.errors import RequestError
from labelport.kit.format import Context, Lost
from labelport.kit.layers import COVERED, NOWHERE, PARTLY
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.cases import CLASSES
from labelport.testing.formats import FormatTests
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.painter import drawings
from tests.formats.test_png_masks import overlapping, picture

Files = Mapping[str, bytes]
FORMAT = format_named("coco_panoptic")
SKY = LabelClass(3, "sky", parent="stuff")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
_quick = settings(deadline=None, max_examples=10)


def ids_of(data: bytes) -> NDArray[np.int64]:
    with Image.open(BytesIO(data)) as png:
        assert (png.format, png.mode) == ("PNG", "RGB")
        rgb = np.asarray(png).astype(np.int64)
    found: NDArray[np.int64] = rgb @ np.array([1, 256, 65536])
    return found


def judged(files: Files) -> int:
    """Return how many segments there are; fail where an evaluation would refuse or misread them."""
    document = json.loads(files["panoptic.json"])
    categories = {row["id"]: row for row in document["categories"]}
    assert all(row["isthing"] in {0, 1} for row in categories.values())
    images = {row["id"]: row for row in document["images"]}
    assert len(images) == len(document["images"])
    names = [row["file_name"] for row in document["annotations"]]
    assert sorted(f"panoptic/{name}" for name in names) == sorted(
        path for path in files if path.startswith("panoptic/")
    )
    found = 0
    for row in document["annotations"]:
        image = images[row["image_id"]]
        ids = ids_of(files[f"panoptic/{row['file_name']}"])
        assert ids.shape == (image.get("height", ids.shape[0]), image.get("width", ids.shape[1]))
        segments = {one["id"]: one for one in row["segments_info"]}
        assert len(segments) == len(row["segments_info"])
        assert set(np.unique(ids).tolist()) - {0} == set(segments)
        for id_, one in segments.items():
            assert one["category_id"] in categories
            inside = np.argwhere(ids == id_)
            (top, left), (bottom, right) = inside.min(0).tolist(), inside.max(0).tolist()
            assert (one["area"], one["iscrowd"] in {0, 1}) == (len(inside), True)
            assert one["bbox"] == [left, top, right - left + 1, bottom - top + 1]
        found += len(segments)
    return found


class TestPanoptic(FormatTests):
    name = "coco_panoptic"
    options: ClassVar[Mapping[str, Any]] = {}

    def read(self, files: Files) -> int:
        return judged(files)

    def objects(self, given_: Sequence[Record]) -> int:
        """Things that have a pixel on top; what drawing drops comes off."""
        return sum(len(drawn.marks) for record in given_ for drawn in drawings(record)) - _dropped_frames(given_)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Frames come back as pictures of their own."""
        return sum(sum(1 for _ in drawings(record)) for record in given_), self.objects(given_)


def _dropped_frames(given_: Sequence[Record]) -> int:
    items = [item for record in given_ for item in encoded(FORMAT, record, Context(CLASSES, {}))]
    lost = [item for item in items if isinstance(item, Lost) and item.fate == "dropped"]
    return sum(item.what.startswith("keyframe") for item in lost)


def made(record: Record, classes: tuple[LabelClass, ...] = CLASSES, **options: Any) -> dict[str, bytes]:
    return render(FORMAT, [record], Context(classes, options))


def segments(files: Files) -> list[dict[str, Any]]:
    (row,) = json.loads(files["panoptic.json"])["annotations"]
    found: list[dict[str, Any]] = row["segments_info"]
    return found


@pytest.mark.parametrize("order", ["z_order", "class", "area"])
@_quick
@given(overlapping())
def test_segments_are_what_pycocotools_draws_in_the_stated_order(order: str, record: Record) -> None:
    files = made(record, order=order)
    judged(files)
    (drawn,) = drawings(record, order)
    numbers = np.array([0, *(mark.thing.number for mark in drawn.marks)])
    assert (ids_of(files["panoptic/a.png"]) == numbers[drawn.objects()]).all()


@_quick
@given(overlapping())
def test_what_may_not_overlap_is_told(record: Record) -> None:
    told = [item for item in encoded(FORMAT, record, Context(CLASSES, {})) if isinstance(item, Lost)]
    (drawn,) = drawings(record)
    top = drawn.objects()
    kept = [int((mask & (top == place)).sum()) for place, mask in enumerate(drawn.masks, 1)]
    whole = [int(mask.sum()) for mask in drawn.masks]
    wanted = [
        NOWHERE if not full else COVERED if not left else PARTLY
        for left, full in zip(kept, whole, strict=True)
        if left < full or not full
    ]
    assert [one.how for one in told] == wanted


def test_stuff_is_one_segment_for_each_class_and_things_are_one_each() -> None:
    marks = [Annotation(f"a{i}", i + 1, class_, Box(4 * i, 0, 3, 3)) for i, class_ in enumerate((3, 1, 3, 1))]
    files = made(picture(*marks), (*CLASSES, SKY))
    assert judged(files) == 3
    assert [(one["id"], one["category_id"], one["area"]) for one in segments(files)] == [
        (1, 3, 18),
        (2, 1, 9),
        (4, 1, 9),
    ]
    things = {row["name"]: row["isthing"] for row in json.loads(files["panoptic.json"])["categories"]}
    assert (things["sky"], things["ship"]) == (0, 1)


def test_classes_are_stuff_by_option() -> None:
    marks = [Annotation(f"a{i}", i + 1, 7, Box(4 * i, 0, 3, 3)) for i in range(3)]
    assert judged(made(picture(*marks), stuff="7, 1")) == 1
    with pytest.raises(RequestError, match="stuff: 'sky' is no number of a class"):
        made(picture(), stuff="sky")


def test_a13_category_ids_count_from_0_or_1() -> None:
    record = picture(Annotation("a", 1, 7, Box(0, 0, 3, 3)))
    assert [segments(made(record, category_id_base=base))[0]["category_id"] for base in (0, 1)] == [6, 7]
    assert [row["id"] for row in json.loads(made(record, category_id_base=0)["panoptic.json"])["categories"]] == [
        0,
        1,
        6,
    ]


@pytest.mark.parametrize("numbers", [(2**24, 5), (0, 5), (5, 5)])
def test_a14_ids_are_numbers_of_annotations_unless_they_do_not_fit(numbers: tuple[int, int]) -> None:
    marks = [Annotation(f"a{i}", number, 1, Box(4 * i, 0, 3, 3)) for i, number in enumerate(numbers)]
    assert [one["id"] for one in segments(made(picture(*marks)))] == [1, 2]
    plain = [Annotation(f"a{i}", 70_000 + i, 1, Box(4 * i, 0, 3, 3)) for i in range(2)]
    files = made(picture(*plain))
    assert judged(files) == 2
    assert [one["id"] for one in segments(files)] == [70_000, 70_001]


def test_a34_unlabelled_has_no_segments_and_empty_has_none_in_it() -> None:
    bare = Record("t", "b.jpg", Asset("i", "image", width=16, height=12), 2, "b.jpg")
    document = json.loads(render(FORMAT, [picture(), bare], Context(CLASSES, {}))["panoptic.json"])
    assert [row["state"] for row in document["images"]] == ["empty", "unlabelled"]
    assert document["annotations"] == [{"image_id": 1, "file_name": "a.png", "segments_info": []}]


def test_a28_frames_are_pictures_of_their_own_whose_files_clash_with_none() -> None:
    frames = (Keyframe("t", 0, Box(0, 0, 4, 4)), Keyframe("t", 2, Box(4, 0, 4, 4)), Keyframe("t", 3, outside=True))
    label = Label("l", tracks=(Track("t", 9, 1),), keyframes=frames)
    video = Record("v", "v.mp4", Asset("v", "video", width=16, height=12, frames=6), 1, "v.mp4", labels=(label,))
    files = render(FORMAT, [video], Context(CLASSES, {}, frames="all"))
    assert judged(files) == 3
    assert [path for path in files if "png" in path] == [f"panoptic/v~frame-00000{n}.png" for n in range(3)]


@_quick
@given(overlapping())
def test_what_is_left_of_each_object_comes_back(record: Record) -> None:
    files = made(record)
    (back,) = (item for item in decoded(FORMAT, files) if isinstance(item, Record))
    assert [(one.id, one.class_) for one in back.labels[0].annotations] == [
        (f"1/{one['id']}", one["category_id"]) for one in segments(files)
    ]
