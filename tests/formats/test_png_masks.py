"""PNG masks: read by Pillow and numpy, and held pixel by pixel to what pycocotools draws."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray
from PIL import Image

from labelport.errors import RequestError
from labelport.kit.format import Context, Counted, Item, Lost, Reject
from labelport.kit.layers import COVERED, NOWHERE, PARTLY
from labelport.kit.palette import colours, numbered
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask, Polygon
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.shapes import rle
from labelport.testing.cases import CLASSES, clips, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import encoded, render
from tests.colours import colour, palette
from tests.formats.back import decoded
from tests.formats.painter import Drawn, drawings
from tests.spaces import Space, files

Files = Mapping[str, bytes]
Values = NDArray[np.int64]
FORMAT = format_named("png_masks")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def opened(data: bytes) -> Values:
    with Image.open(BytesIO(data)) as picture:
        return np.asarray(picture).astype(np.int64)


def rows(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["pictures.ndjson"].splitlines()]


def read_back(files: Files) -> list[Item]:
    return decoded(FORMAT, files)


class _Masks(FormatTests, ABC):
    name = "png_masks"

    @abstractmethod
    def seen(self, drawn: Drawn) -> int:
        """Return how many objects or classes a picture shows, by pycocotools."""

    def read(self, files: Files) -> int:
        masks = (data for path, data in files.items() if path.startswith(("masks", "classes")))
        return sum(len(set(np.unique(opened(data)).tolist()) - {0}) for data in masks)

    def objects(self, given_: Sequence[Record]) -> int:
        found = sum(self.seen(drawn) for record in given_ for drawn in drawings(record))
        return found + self._lost(given_, self.context(Ontology()))

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        return len(given_), self.objects(given_)


class TestSemantic(_Masks):
    def seen(self, drawn: Drawn) -> int:
        return len(set(np.unique(drawn.classes()).tolist()) - {0})


class TestInstances(_Masks):
    options: ClassVar[Mapping[str, Any]] = {"kind": "instance"}

    def seen(self, drawn: Drawn) -> int:
        return len(set(np.unique(drawn.objects()).tolist()) - {0})

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        return len(given_), sum(len(drawn.masks) for record in given_ for drawn in drawings(record))


ORDERS = ("z_order", "class", "area")
_quick = settings(deadline=None, max_examples=10)
FLAT = ("box", "polygon", "polygon_with_hole", "multi_polygon", "mask")


@st.composite
def overlapping(draw: st.DrawFn) -> Record:
    """Draw a picture of boxes that lie upon each other."""
    side = st.integers(0, 12).map(float)
    boxes = draw(st.lists(st.builds(Box, side, side, side, side), min_size=1, max_size=6))
    marks = [
        Annotation(f"a{i}", i + 1, draw(st.sampled_from((1, 2, 7))), box, z_order=draw(st.integers(-1, 2)))
        for i, box in enumerate(boxes)
    ]
    return picture(*marks)


def picture(*marks: Annotation, **more: Any) -> Record:
    asset = Asset("i", "image", width=16, height=12)
    return Record("t", "a.jpg", asset, 1, "a.jpg", labels=(Label("l", annotations=marks),), **more)


def made(record: Record, **options: Any) -> dict[str, bytes]:
    return render(FORMAT, [record], Context(CLASSES, options))


@pytest.mark.parametrize("order", ORDERS)
@_quick
@given(overlapping())
def test_a_semantic_mask_is_what_pycocotools_draws_in_the_stated_order(order: str, record: Record) -> None:
    (drawn,) = drawings(record, order)
    assert (opened(made(record, order=order)["masks/a.png"]) == drawn.classes()).all()


@_quick
@given(overlapping())
def test_every_object_comes_back_whole_from_an_instance_mask(record: Record) -> None:
    (back,) = (item for item in read_back(made(record, kind="instance")) if isinstance(item, Record))
    (drawn,) = drawings(record)
    wanted = {mark.thing.id: (mark.class_, mask.tolist()) for mark, mask in zip(drawn.marks, drawn.masks, strict=True)}
    assert {one.id: (one.class_, inside(one.geometry)) for one in back.labels[0].annotations} == wanted


@_quick
@given(overlapping())
def test_what_is_covered_is_told_and_what_is_left_comes_back(record: Record) -> None:
    items = list(encoded(FORMAT, record, Context(CLASSES, {})))
    told = [item for item in items if isinstance(item, Lost)]
    (drawn,) = drawings(record)
    top = drawn.classes()
    fates = []
    for mark, mask in zip(drawn.marks, drawn.masks, strict=True):
        kept = int((mask & (top == mark.class_)).sum())
        whole = int(mask.sum())
        fates += [NOWHERE] if not whole else [COVERED] if not kept else [PARTLY] if kept < whole else []
    assert sorted(one.how for one in told) == sorted(fates)


def inside(shape: Geometry | None) -> list[list[bool]]:
    assert isinstance(shape, Mask)
    found: list[list[bool]] = (rle.decode(rle.parse(shape.counts), shape.height, shape.width) > 0).tolist()
    return found


LOW, HIGH = Box(0, 0, 8, 8), Box(4, 4, 8, 8)


@pytest.mark.parametrize(
    ("order", "top"),
    [("z_order", 1), ("class", 7), ("area", 2)],
)
def test_three_rules_say_what_lies_above(order: str, top: int) -> None:
    marks = (
        Annotation("a", 1, 1, Box(0, 0, 9, 9), z_order=1),
        Annotation("b", 2, 7, Box(0, 0, 8, 8)),
        Annotation("c", 3, 2, Box(0, 0, 7, 7)),
    )
    assert opened(made(picture(*marks), order=order)["masks/a.png"])[5, 5] == top


def test_a_mask_is_an_index_into_the_palette_of_the_classes() -> None:
    files = made(picture(Annotation("a", 1, 7, LOW)))
    with Image.open(BytesIO(files["masks/a.png"])) as mask:
        assert mask.mode == "P"
        assert palette(mask)[:6] == [0, 0, 0, 0x1F, 0x77, 0xB4]
        shown = colour(mask.convert("RGB"), (0, 0))
    legend = {row["class"]: row["colour"] for row in json.loads(files["legend.json"])["classes"]}
    assert legend[7] == "#{:02x}{:02x}{:02x}".format(*shown)


@pytest.mark.parametrize(("number", "mode"), [(255, "P"), (256, "I;16"), (65535, "I;16")])
def test_past_255_classes_a_pixel_has_16_bits(number: int, mode: str) -> None:
    classes = (LabelClass(1, "a"), LabelClass(number, "b"))
    files = render(FORMAT, [picture(Annotation("a", 1, number, LOW))], Context(classes, {}))
    with Image.open(BytesIO(files["masks/a.png"])) as mask:
        assert (mask.mode, mask.getpixel((1, 1))) == (mode, number)
    assert json.loads(files["legend.json"])["bits"] == (8 if mode == "P" else 16)


def test_a_class_number_that_no_pixel_holds_is_refused() -> None:
    with pytest.raises(RequestError, match="class 65536 is past 65535"):
        render(FORMAT, [picture()], Context((LabelClass(65536, "a"),), {}))


def test_an_instance_mask_has_16_bits_and_a_file_of_its_own_for_what_others_lie_upon() -> None:
    files = made(picture(Annotation("a", 1, 1, LOW), Annotation("b", 2, 1, HIGH)), kind="instance")
    with Image.open(BytesIO(files["masks/a.png"])) as mask:
        assert (mask.mode, mask.getpixel((0, 0)), mask.getpixel((5, 5))) == ("I;16", 1, 2)
    assert sorted(files) == ["legend.json", "masks/a.png", "objects/a/00001.png", "pictures.ndjson"]
    assert opened(files["objects/a/00001.png"]).sum() == 64 * 255


def test_a_class_has_its_own_file_and_overlaps_no_other() -> None:
    files = made(picture(Annotation("a", 1, 1, LOW), Annotation("b", 2, 7, HIGH)), kind="class")
    assert sorted(files) == ["classes/a/00001.png", "classes/a/00007.png", "legend.json", "pictures.ndjson"]
    assert [int((opened(files[f"classes/a/0000{n}.png"]) == 255).sum()) for n in (1, 7)] == [64, 64]


def test_a34_unlabelled_has_no_mask_and_empty_has_one_of_zeros() -> None:
    empty, bare = picture(), Record("t", "b.jpg", Asset("i", "image", width=16, height=12), 2, "b.jpg")
    files = render(FORMAT, [empty, bare], Context(CLASSES, {}))
    assert [path for path in files if path.startswith("masks")] == ["masks/a.png"]
    assert not opened(files["masks/a.png"]).any()
    assert [row["state"] for row in rows(files)] == ["empty", "unlabelled"]
    back = [item for item in read_back(files) if isinstance(item, Record)]
    assert [len(record.labels) for record in back] == [1, 0]


def test_a28_a_track_is_drawn_in_its_frames_and_nowhere_else() -> None:
    frames = (Keyframe("t", 0, Box(0, 0, 4, 4)), Keyframe("t", 2, Box(4, 0, 4, 4)), Keyframe("t", 3, outside=True))
    label = Label("l", tracks=(Track("t", 1, 1),), keyframes=frames)
    video = Record("v", "v.mp4", Asset("v", "video", width=16, height=12, frames=6), 1, "v.mp4", labels=(label,))
    files = render(FORMAT, [video], Context(CLASSES, {}, frames="all"))
    assert [path for path in files if "masks" in path] == [f"masks-frames/v/00000{n}.png" for n in range(3)]
    assert [int(opened(files[f"masks-frames/v/00000{n}.png"])[0].argmax()) for n in range(3)] == [0, 2, 4]
    (back,) = (item for item in read_back(files) if isinstance(item, Record))
    assert (back.asset.kind, [one.on.first_frame for one in back.labels[0].annotations if one.on]) == (
        "video",
        [0, 1, 2],
    )


def test_a20_a_hole_stays_open() -> None:
    ring = (0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)
    shape = Polygon(((ring, tuple(value / 2 + 2 for value in ring)),))
    mask = opened(made(picture(Annotation("a", 1, 1, shape)))["masks/a.png"])
    assert (mask.sum(), mask[4, 4]) == (75, 0)


def test_a12_a_new_class_changes_no_value_and_no_colour() -> None:
    before = made(picture(Annotation("a", 1, 7, LOW)))
    with Image.open(BytesIO(before["masks/a.png"])) as old:
        palette = old.getpalette()
    more = (*CLASSES, LabelClass(9, "new", "#1f77b4"))
    after = render(FORMAT, [picture(Annotation("a", 1, 7, LOW))], Context(more, {}))
    with Image.open(BytesIO(after["masks/a.png"])) as new:
        assert new.getpixel((0, 0)) == 7
        assert (new.getpalette() or [])[: 3 * 8] == (palette or [])[: 3 * 8]


@pytest.mark.parametrize(
    ("options", "classes"),
    [({"kind": "class"}, [1, 7]), ({"kind": "binary"}, [1]), ({"colour": "rgb"}, [1, 7]), ({}, [1, 7])],
)
def test_every_kind_of_mask_is_read_by_its_legend(options: Mapping[str, Any], classes: list[int]) -> None:
    files = made(picture(Annotation("a", 1, 1, LOW), Annotation("b", 2, 7, HIGH)), **options)
    (back,) = (item for item in read_back(files) if isinstance(item, Record))
    (counted,) = (item for item in read_back(files) if isinstance(item, Counted))
    found = back.labels[0].annotations
    assert [one.class_ for one in found] == classes
    assert counted.annotations == len(classes)
    whole = np.zeros((12, 16), bool)
    for one in found:
        whole |= np.array(inside(one.geometry))
    assert whole.sum() == 64 + 64 - 16


def test_a_mask_in_colours_has_those_of_the_legend() -> None:
    files = made(picture(Annotation("a", 1, 1, LOW), Annotation("b", 2, 7, HIGH)), colour="rgb")
    shown = opened(files["masks/a.png"])
    assert [shown[0, 0].tolist(), shown[11, 11].tolist(), shown[11, 0].tolist()] == [
        [0x1F, 0x77, 0xB4], list(numbered(7)), [0, 0, 0]
    ]  # fmt: skip


def test_colours_are_unlike_each_other_and_black() -> None:
    classes = [LabelClass(1, "a", "#000000"), LabelClass(2, "b", "#800000"), LabelClass(3, "c", "#800000")]
    found = colours(classes)
    assert found == {1: (128, 0, 0), 2: (0, 128, 0), 3: (128, 128, 0)}
    assert [numbered(n) for n in (1, 2, 3, 8, 255)] == [
        (128, 0, 0), (0, 128, 0), (128, 128, 0), (64, 0, 0), (224, 224, 192)
    ]  # fmt: skip


def test_a24_a_mask_that_is_missing_or_wrong_is_rejected_and_the_counts_close() -> None:
    files = made(picture(Annotation("a", 1, 1, LOW)))
    for data in (None, b"no picture", made(picture())["masks/a.png"]):
        broken = {path: one for path, one in files.items() if path != "masks/a.png"}
        found = read_back(broken | ({"masks/a.png": data} if data is not None else {}))
        (reject,) = (item for item in found if isinstance(item, Reject))
        (counted,) = (item for item in found if isinstance(item, Counted))
        assert (reject.annotations, counted.records, counted.annotations) == (1, 1, 1)


def test_a_picture_of_unknown_size_is_as_large_as_its_objects() -> None:
    record = replace(picture(Annotation("a", 1, 1, HIGH)), asset=Asset("i", "image"))
    assert opened(made(record)["masks/a.png"]).shape == (12, 12)


@pytest.mark.parametrize("kind", ["semantic", "instance", "class", "binary"])
def test_a_delivery_is_read_back_before_it_is_done_and_a_delta_folds(tmp_path: Path, kind: str) -> None:
    space = Space(tmp_path)
    project = space.work.create_project("p")
    store = space.app.store
    with store.change(store.project(project.id), actor="tester", at=space.app.now()) as change:
        change.names.define(Ontology(CLASSES))
    project.save((*pictures(), *clips()))
    asked = space.request(project.id, formats=("png_masks",), options={"png_masks": {"kind": kind}}, verify="deep")
    first = space.export(asked, to=str(tmp_path / "first"))
    assert first.status == "done_with_skips"
    project.save([replace(pictures()[1], labels=pictures()[0].labels[:1])])
    space.export(asked, to=str(tmp_path / "delta"), since=str(first.cut))
    space.export(asked, to=str(tmp_path / "second"))
    space.work.fold(str(tmp_path / "first"), [str(tmp_path / "delta")], str(tmp_path / "folded"))
    assert files(str(tmp_path / "folded")) == files(str(tmp_path / "second"))
    store.close()
