"""YOLO detection: the layout that Ultralytics reads, boxes in shares of the displayed picture, three states."""

import io
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelformat.formats import YOLOv8ObjectDetectionInput
from PIL import Image

from labelport.fidelity import Ledger, fit
from labelport.formats import yolo
from labelport.kit.format import Context, Counted, Item, Lost, Reject
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Polygon, RotatedBox
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.testing.render import encoded, render, spliced
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests
from tests.formats.yolo import laid_out, lines, seen_by_supervision

CLASSES = (LabelClass(2, "cat"), LabelClass(5, 'a "dog"'), LabelClass(9, "\U0001f6a2: ship"))
BOX = Box(10.0, 20.0, 30.0, 40.0)


class TestYolo(FramedFormatTests):
    name = "yolo"

    def read(self, files: Mapping[str, bytes]) -> int:
        with laid_out(files) as folder:
            found = YOLOv8ObjectDetectionInput(folder / "data.yaml", "train")
            return sum(len(one.objects) for one in found.get_labels())


def test_supervision_reads_the_boxes() -> None:
    assert seen_by_supervision(written(record(Box(10.0, 20.0, 30.0, 40.0), Box(0.0, 0.0, 5.0, 5.0)))) == 2


def record(*shapes: Geometry | None, path: str = "a.jpg", **asset: Any) -> Record:
    marks = tuple(Annotation(f"{i}", i, 5, shape) for i, shape in enumerate(shapes, 1))
    given_ = Asset("a", "image", **{"width": 100, "height": 80, **asset})
    return Record("t", path, given_, 1, path, labels=(Label("l", annotations=marks),))


def written(*records: Record, **context: Any) -> dict[str, bytes]:
    return render(yolo.FORMAT, records, Context(CLASSES, **context))


def read(files: Mapping[str, bytes]) -> list[Item]:
    return decoded(yolo.FORMAT, files)


def records(files: Mapping[str, bytes]) -> list[Record]:
    return [item for item in read(files) if isinstance(item, Record)]


def png(width: int, height: int, orientation: int = 1) -> bytes:
    picture = Image.new("L", (width, height))
    exif = picture.getexif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_a13_class_ids_count_from_0_without_gaps_in_the_order_of_pinned_numbers() -> None:
    files = written(record(BOX))
    assert lines(files) == {"a": [["1", "0.25", "0.5", "0.3", "0.5"]]}
    assert files["data.yaml"].decode().splitlines() == [
        "train: images/train",
        "val: images/train",
        "names:",
        '  0: "cat"',
        '  1: "a \\"dog\\""',
        '  2: "\\U0001f6a2: ship"',
        "numbers: [2, 5, 9]",
    ]


def test_a32_ids_are_the_places_of_classes_also_where_labels_are_spliced() -> None:
    marks = tuple(Annotation(f"{number}", number, number, BOX) for number in (2, 3, 4))
    one = msgspec.structs.replace(record(), labels=(Label("l", annotations=marks),))
    context = Context((LabelClass(2, "cat"), LabelClass(4, "dog"), LabelClass(3, "ship")))
    found = lines(spliced(yolo.FORMAT, [one], context))
    assert [words[0] for words in found["a"]] == ["0", "2", "1"]


def test_a12_names_and_pinned_numbers_of_classes_come_back() -> None:
    assert next(item for item in read(written(record(BOX))) if isinstance(item, Ontology)).classes == CLASSES


def test_a34_empty_and_unlabelled_tasks_are_told_apart() -> None:
    empty = record(path="empty.jpg")
    unlabelled = Record("u", "u", empty.asset, 2, "u.jpg")
    files = written(empty, unlabelled)
    assert lines(files) == {"empty": []}
    assert [len(one.labels) for one in records(files)] == [1, 0]


def test_a34_a_task_whose_marks_do_not_fit_is_not_called_empty() -> None:
    fitted = fit(record(None), yolo.FORMAT.carries, "convert", Ledger())
    assert lines(written(fitted)) == {}


def test_a21_shares_are_of_the_displayed_size() -> None:
    turned = record(BOX, raw_width=80, raw_height=100, orientation=6)
    assert lines(written(turned))["a"][0][1:] == ["0.25", "0.5", "0.3", "0.5"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a21_a_picture_is_read_at_its_displayed_size(orientation: int) -> None:
    raw = (100, 80) if orientation < 5 else (80, 100)
    files = {"data.yaml": b"names: [cat]", "labels/train/a.txt": b"0 0.25 0.5 0.3 0.5\n"}
    (found,) = records({**files, "images/train/a.jpg": png(*raw, orientation)})
    assert (found.asset.width, found.asset.height) == (100, 80)
    assert [one.geometry for one in found.labels[0].annotations] == [BOX]


def test_a22_a_box_over_the_border_is_cut_off_and_told() -> None:
    given_ = record(Box(-10.0, 70.0, 30.0, 30.0))
    assert lines(written(given_)) == {"a": [["1", "0.1", "0.9375", "0.2", "0.125"]]}
    assert [item for item in encoded(yolo.FORMAT, given_, Context(CLASSES)) if isinstance(item, Lost)] == [
        Lost("box", "converted", "what is inside the picture")
    ]


@pytest.mark.parametrize(
    ("shape", "why"),
    [(Box(101.0, 0.0, 5.0, 5.0), "it is outside of the picture"), (Mask(80, 100, "PZ7"), "it marks nothing")],
)
def test_a19_what_cannot_be_written_is_told(shape: Geometry, why: str) -> None:
    (lost,) = [item for item in encoded(yolo.FORMAT, record(shape), Context(CLASSES)) if isinstance(item, Lost)]
    assert (lost.fate, lost.how) == ("dropped", why)


def test_a17_a_rotated_box_is_reported_as_its_envelope() -> None:
    given_ = record(RotatedBox(50.0, 40.0, 20.0, 10.0, 90.0), Ellipse(50.0, 40.0, 10.0, 5.0))
    ledger = Ledger()
    fitted = fit(given_, yolo.FORMAT.carries, "convert", ledger)
    assert lines(written(fitted))["a"] == [["1", "0.5", "0.5", "0.1", "0.25"], ["1", "0.5", "0.5", "0.2", "0.125"]]
    assert [(one.what, one.fate, one.how) for one in ledger.losses("yolo")] == [
        ("ellipse", "converted", "box"),
        ("rotated_box", "converted", "box"),
    ]


def test_a42_a_split_is_one_data_set_whose_parts_are_folders_of_it() -> None:
    files = written(record(BOX), parts=("train", "val", "holdout"), part="val")
    assert "labels/val/a.txt" in files
    assert files["data.yaml"].decode().splitlines()[:3] == [
        "train: images/train",
        "val: images/val",
        '"holdout": images/holdout',
    ]


def test_a46_a_copy_of_a_picture_lies_where_the_reader_looks_for_it() -> None:
    assert yolo.FORMAT.place is not None
    assert yolo.FORMAT.place("b/a.jpg", Context((), part="val")) == "images/val/b/a.jpg"
    assert yolo.FORMAT.place("a.jpg", Context(())) == "images/train/a.jpg"


CLIP = Record(
    "v",
    "clip.mp4",
    Asset("v", "video", width=100, height=80, frames=9),
    3,
    "clip.mp4",
    labels=(
        Label(
            "l",
            annotations=(Annotation("s", 8, 2, BOX, on=Target(first_frame=2)),),
            tracks=(Track("car", 7, 5),),
            keyframes=(Keyframe("car", 0, BOX), Keyframe("car", 2, BOX), Keyframe("car", 4, BOX, outside=True)),
        ),
    ),
)


@pytest.mark.parametrize(("frames", "shown"), [("keyframes", (0, 2)), ("all", (0, 1, 2, 3))])
def test_a29_frames_of_a_video_are_pictures_of_their_own(frames: str, shown: tuple[int, ...]) -> None:
    files = written(CLIP, frames=frames)
    assert {path: len(found) for path, found in lines(files).items()} == {
        f"clip/frame_{frame:06d}": 2 if frame == 2 else 1 for frame in shown
    }
    assert [(one.metadata or {})["frame"] for one in records(files)] == list(shown)


def test_a28_an_object_is_not_written_where_it_is_outside() -> None:
    assert "clip/frame_000004" not in lines(written(CLIP, frames="all"))


def test_a_picture_of_unknown_size_is_refused_with_what_is_missing() -> None:
    files = {"data.yaml": b"names: {0: cat}", "labels/train/a.txt": b"0 0.5 0.5 1 1\n0 0.5 0.5 1 1\n"}
    (reject,) = [item for item in read(files) if isinstance(item, Reject)]
    assert (reject.file, reject.annotations, reject.records) == ("labels/train/a.txt", 2, 1)
    assert "the size of the picture is not known" in reject.faults[0].reason


def test_a24_a_faulty_line_is_put_aside_and_the_others_are_taken() -> None:
    text = b"0 0.5 0.5 1 1\n7 0.5 0.5 1 1\n0 0.5 0.5 1\n0 0.5 nan 1 1\n0 0.5 0.5 1 1.5\n"
    files = {"data.yaml": b"names: {0: cat}", "labels/a.txt": text, "images/a.jpg": png(10, 10)}
    found = read(files)
    assert [len(one.labels[0].annotations) for one in found if isinstance(one, Record)] == [1]
    assert [one.faults[0].path for one in found if isinstance(one, Reject)] == ["line 2", "line 3", "line 4", "line 5"]
    assert Counted("labels/a.txt", 1, 5) in found


@pytest.mark.parametrize(
    ("labels", "picture"),
    [
        ("labels/train/a.txt", "images/train/a.jpg"),
        ("train/labels/a.txt", "train/images/a.jpg"),
        ("train/a.txt", "train/a.jpg"),
        ("images/labels/a.txt", "images/images/a.jpg"),
    ],
)
def test_other_layouts_are_read_as_ultralytics_pairs_them(labels: str, picture: str) -> None:
    files = {"data.yaml": b"nc: 1\nnames: ['cat']", labels: b"0 0.5 0.5 1 1", picture: png(10, 10)}
    assert [len(one.labels[0].annotations) for one in records(files)] == [1]


def test_a_data_set_without_its_file_is_refused() -> None:
    (reject,) = read({"labels/a.txt": b""})
    assert isinstance(reject, Reject)
    assert reject.faults[0].path == "data.yaml"


SHARES = st.floats(0, 1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES), max_size=4), st.integers(1, 20000), st.integers(1, 20000))
def test_boxes_come_back_to_a_millionth_of_the_picture(
    shares: list[tuple[float, ...]], width: int, height: int
) -> None:
    boxes = [Box(x * width, y * height, w * (1 - x) * width, h * (1 - y) * height) for x, y, w, h in shares]
    files = written(record(*boxes, width=width, height=height))
    assert all(0 <= float(value) <= 1 for line in lines(files).get("a", []) for value in line[1:])
    back = [one.geometry for found in records(files) for one in found.labels[0].annotations]
    for box, found in zip(boxes, back, strict=True):
        assert isinstance(found, Box)
        for was, now, side in zip(
            (box.x, box.y, box.width, box.height),
            (found.x, found.y, found.width, found.height),
            (width, height) * 2,
            strict=True,
        ):
            assert now == pytest.approx(was, abs=side * 1e-6)


def test_any_name_of_a_class_is_read_by_a_reader_of_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    names = ["a: b", "# c", "yes", "\u2028\x85\x7f", "\U0001f6a2", "'\"\\", "- x", ""]
    classes = tuple(LabelClass(number, name) for number, name in enumerate(names, 1))
    files = render(yolo.FORMAT, [], Context(classes))
    assert list(yaml.safe_load(files["data.yaml"])["names"].values()) == names
    assert json.dumps(yaml.safe_load(files["data.yaml"])["numbers"]) == "[1, 2, 3, 4, 5, 6, 7, 8]"


def test_a_polygon_outside_of_its_mask_convention_is_no_concern() -> None:
    assert lines(written(record(Polygon((((10.0, 20.0, 40.0, 20.0, 40.0, 60.0, 10.0, 60.0),),)))))["a"] == [
        ["1", "0.25", "0.5", "0.3", "0.5"]
    ]
