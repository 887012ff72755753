"""MOTS: masks that share no pixel, as rows and as pictures, and what comes back of them."""

from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image
from pycocotools import mask as coco

from labelport.fidelity import Ledger, fit
from labelport.formats.mots import FORMAT
from labelport.formats.mots.writing import NO_SIZE, TOO_MANY, encode
from labelport.kit import png
from labelport.kit.format import Context, File, Lost, Reject, Unread
from labelport.kit.layers import COVERED, NOWHERE, PARTLY
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import frames
from labelport.shapes.frames import UNSEEN, Wanted
from labelport.testing import conformance, golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.runs import encoded
from labelport.testing.strategies import records
from tests.formats import moving
from tests.formats.back import decoded
from tests.judges import judge

CLASSES = (LabelClass(1, "ship"), LabelClass(3, "buoy"), LabelClass(10, "quay"))
CLIP = Asset("v", "video", width=6, height=4, frames=5, fps=10.0)
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class TestRows(FormatTests):
    name = "mots"

    def read(self, files: Mapping[str, bytes]) -> int:
        """Count objects; pycocotools decodes the masks, of which no two in a frame share a pixel."""
        seen = set()
        covered: dict[tuple[str, str], Any] = {}
        for path, data in files.items():
            for line in data.decode().splitlines() if path.endswith("gt.txt") else ():
                frame, number, class_, height, width, runs = line.split(" ")
                pixels = coco.decode({"size": [int(height), int(width)], "counts": runs})
                assert pixels.any()
                assert int(class_) == int(number) // 1000
                covered[path, frame] = covered.get((path, frame), 0) + pixels.astype(int)
                seen.add((path, number))
        assert all(one.max() == 1 for one in covered.values())
        return len(seen)

    def shapes(self, files: Mapping[str, bytes]) -> list[Geometry]:
        return moving.shapes(decoded(FORMAT, files))


class TestPictures(TestRows):
    options: ClassVar[Mapping[str, Any]] = {"form": "png"}

    def read(self, files: Mapping[str, bytes]) -> int:
        seen = set()
        for path, data in files.items():
            if path.endswith(".png"):
                with Image.open(BytesIO(data)) as picture:
                    assert picture.mode == "I;16"
                    seen |= {(path.rpartition("/")[0], number) for number in np.unique(np.asarray(picture)) if number}
        return len(seen)


def context(wanted: Wanted = "all", form: str = "txt") -> Context:
    return Context(CLASSES, {"form": form}, wanted)


def record(label: Label, asset: Asset = CLIP) -> Record:
    return Record("v", "v.mp4", asset, 7, "v.mp4", labels=(label,))


def rows(label: Label, wanted: Wanted = "all") -> list[list[str]]:
    files = [one for one in encode(record(label), context(wanted)) if isinstance(one, File)]
    return [line.split(" ") for line in files[0].data.decode().splitlines()]


def losses(label: Label, asset: Asset = CLIP, wanted: Wanted = "all") -> list[Lost]:
    return [one for one in encode(record(label, asset), context(wanted)) if isinstance(one, Lost)]


def mark(number: int, class_: int, *box: float, **more: Any) -> Annotation:
    return Annotation(f"a{number}", number, class_, Box(*box), **more)


TRACK = Label(
    "l",
    tracks=(Track("t", 42, 3),),
    keyframes=(Keyframe("t", 1, Box(0, 0, 2, 2)), Keyframe("t", 3, outside=True), Keyframe("t", 4, Box(0, 0, 1, 1))),
)


@pytest.mark.parametrize(
    ("wanted", "told"), [("all", ["2", "3", "5"]), ("keyframes", ["2", "5"]), (Fraction(2), ["3", "5"])]
)
def test_a28_a29_a_track_is_a_row_in_each_wanted_frame_that_shows_it(wanted: Wanted, told: list[str]) -> None:
    assert [(row[0], *row[1:5]) for row in rows(TRACK, wanted)] == [(at, "3001", "3", "4", "6") for at in told]


def test_an_object_is_a_thousand_times_its_class_and_its_place_and_no_class_is_the_tenth() -> None:
    marks = (mark(9, 10, 0, 0, 1, 1), mark(8, 1, 2, 0, 1, 1), mark(5, 1, 4, 0, 1, 1))
    on = Target(first_frame=0, last_frame=0)
    label = Label("l", annotations=tuple(replace(one, on=on) for one in marks))
    assert [(row[1], row[2]) for row in rows(label)] == [("1001", "1"), ("1002", "1"), ("11001", "11")]
    files = render(FORMAT, [record(label)], context())
    assert files["v/gt/labels.txt"].decode().splitlines() == [
        "ship", "(no class 2)", "buoy", *(f"(no class {n})" for n in range(4, 10)), "ignored", "quay",
    ]  # fmt: skip
    (ontology,) = [item for item in decoded(FORMAT, files) if isinstance(item, Ontology)]
    assert [one.name for one in ontology.classes] == ["ship", "buoy", "ignored", "quay"]


def test_where_objects_overlap_the_pixel_is_of_the_higher_and_the_report_says_so() -> None:
    lower, upper = mark(1, 1, 0, 0, 4, 4), mark(2, 3, 2, 0, 4, 4, z_order=1)
    label = Label("l", annotations=(lower, upper))
    assert losses(label) == [Lost("box", "converted", PARTLY)]
    found = {row[1]: coco.area({"size": [4, 6], "counts": row[5]}) for row in rows(label, "keyframes")[:2]}
    assert found == {"1001": 8, "3001": 16}


@pytest.mark.parametrize(
    ("label", "asset", "how"),
    [
        (Label("l", annotations=(mark(1, 1, 0, 0, 2, 2), mark(2, 1, 0, 0, 2, 2))), CLIP, COVERED),
        (Label("l", annotations=(mark(1, 1, 9, 9, 2, 2),)), CLIP, NOWHERE),
        (Label("l", annotations=(mark(1, 1, 0, 0, 2, 2),)), Asset("v", "video"), NO_SIZE),
    ],
)
def test_a16_what_is_not_there_is_said_to_be_dropped(label: Label, asset: Asset, how: str) -> None:
    assert losses(label, asset) == [Lost("box", "dropped", how)]


def test_a16_a_track_that_no_wanted_frame_shows_is_said_to_be_dropped() -> None:
    assert losses(replace(TRACK, keyframes=TRACK.keyframes[:2]), wanted=Fraction(9)) == [
        Lost("track", "dropped", UNSEEN)
    ]


def test_a16_the_thousandth_object_of_a_class_is_said_to_be_dropped() -> None:
    marks = tuple(mark(n, 1, 0, 0, 1, 1, on=Target(first_frame=n), z_order=n) for n in range(1, 1001))
    assert losses(Label("l", annotations=marks)) == [Lost("box", "dropped", TOO_MANY)]


@pytest.mark.parametrize("form", ["txt", "png"])
@settings(deadline=None, max_examples=15)
@given(st.data())
def test_what_is_written_is_read_frame_by_frame(form: str, data: st.DataObject) -> None:
    made = data.draw(records(Ontology(CLASSES), ("mask",), 1).filter(lambda one: one.asset.kind == "video"))
    one = fit(made, FORMAT.carries, "convert", Ledger())
    alone = replace(one, labels=tuple(replace(each, annotations=(), tracks=each.tracks[:1]) for each in one.labels[:1]))
    alone = replace(alone, labels=tuple(replace(each, keyframes=_of(each)) for each in alone.labels))
    (back,) = [
        item for item in decoded(FORMAT, render(FORMAT, [alone], context(form=form))) if isinstance(item, Record)
    ]
    length = one.asset.frames
    assert (back.asset.frames, back.asset.width, back.asset.fps) == (length, one.asset.width, one.asset.fps)
    wanted = {
        state.frame: state.keyframe.geometry
        for label in alone.labels
        for state in frames.states(label, length, "all")
        if state.keyframe.geometry is not None and conformance.pixels(state.keyframe.geometry).any()
    }
    found = {state.frame: state.keyframe.geometry for state in frames.states(back.labels[0], length, "all")}
    assert found == wanted


def _of(label: Label) -> tuple[Keyframe, ...]:
    return tuple(one for one in label.keyframes if label.tracks and one.track == label.tracks[0].id)


SOUND = f"2 1002 1 4 6 {encoded([0, 24])}"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1 1001 1 4 6", "'1 1001 1 4 6' is no row of frame, id, class, height, width, runs"),
        (f"1 1001 1 4 6 {encoded([0, 23])}", "its runs are no mask"),
        (f"1 1001 5 4 6 {encoded([0, 24])}", "5 is no class of labels.txt"),
        (f"1 1001 1 6 4 {encoded([0, 24])}", "is of 6 x 4 pixels, and the video of 4 x 6"),
        (f"1 1001 1 4 6 {encoded([0, 24])}\n2 1001 3 4 6 {encoded([0, 24])}", "is a row of 1001 with another class"),
        (f"1 1001 1 4 6 {encoded([0, 24])}\n1 1001 1 4 6 {encoded([0, 24])}", "is a second row of 1001 in its frame"),
    ],
)
def test_a24_a_faulty_row_costs_its_object_alone(row: str, reason: str) -> None:
    files = {"a/gt/gt.txt": f"{row}\n{SOUND}\n".encode(), "a/seqinfo.ini": b"imWidth=6\nimHeight=4\n"}
    items = decoded(FORMAT, {**files, "a/gt/labels.txt": b"ship\nferry\nbuoy\n"})
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.annotations, reject.records, reason in reject.faults[0].reason) == (1, 0, True)
    (back,) = [item for item in items if isinstance(item, Record)]
    assert [track.id for track in back.labels[0].tracks] == ["track-1002"]


def test_a24_a_faulty_picture_costs_its_frame_alone() -> None:
    pixels = np.full((4, 6), 2001, np.uint16)
    items = decoded(FORMAT, {"instances/0000/000000.png": b"no", "instances/0000/000001.png": png.write(pixels)})
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.file, reject.record, reject.records) == ("instances/0000/000000.png", "0000", 0)
    (back,) = [item for item in items if isinstance(item, Record)]
    assert [(one.frame, one.outside) for one in back.labels[0].keyframes] == [(1, False), (2, True)]
    assert [(track.id, track.class_) for track in back.labels[0].tracks] == [("track-2001", "pedestrian")]


@pytest.mark.parametrize(
    ("path", "about", "row", "frame"),
    [
        ("0002/gt/gt.txt", {"0002/seqinfo.ini": b"seqLength=9\n"}, "1", 0),
        ("instances_txt/0002.txt", {}, "1", 1),
        ("0002/gt/gt.txt", {"0002/seqinfo.ini": b"seqLength=9\n"}, "0", 0),
    ],
)
def test_frames_count_from_one_as_in_motschallenge_and_from_zero_as_in_kitti(
    path: str, about: dict[str, bytes], row: str, frame: int
) -> None:
    files = {path: f"{row} 2001 2 4 6 {encoded([0, 24])}\n".encode(), **about}
    (back,) = [item for item in decoded(FORMAT, files) if isinstance(item, Record)]
    assert (back.name, back.labels[0].keyframes[0].frame) == ("0002", frame)
    assert (back.asset.width, back.asset.height) == (6, 4)


def test_regions_to_ignore_are_told_as_not_read() -> None:
    pixels = np.array([[10000, 1001]], np.uint16)
    items = decoded(FORMAT, {"instances/a/000000.png": png.write(pixels), "notes.md": b""})
    told = {item.path: item.count for item in items if isinstance(item, Unread)}
    assert told == {"regions to ignore": 1, "$": 1}


def test_masks_that_touch_come_back_as_they_were() -> None:
    half = encoded([0, 12, 12])
    marks = (Annotation("a", 1, 1, Mask(4, 6, half)), Annotation("b", 2, 1, Mask(4, 6, encoded([12, 12]))))
    files = render(FORMAT, [record(Label("l", annotations=marks), Asset("i", "image", width=6, height=4))], context())
    assert moving.shapes(decoded(FORMAT, files)) == [one.geometry for one in marks]


@pytest.mark.campaign
def test_trackeval_reads_every_row_and_rates_it_as_tracking_itself(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {}, "all"))
    found = judge("trackeval", "trackeval_sequence.py", "mots", tmp_path)["0004"]
    assert found["frames"] == [
        *([[[1001, 1, 60]]] * 3), [[1001, 1, 60], [7001, 7, 4]], *([[[1001, 1, 60]]] * 3), [], [], [],
    ]  # fmt: skip


@pytest.mark.campaign
def test_datumaro_reads_every_picture(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {"form": "png"}, "all"))
    items = judge("datumaro", "datumaro_items.py", "mots", tmp_path)
    found = {name: [(one["class"], one["attributes"]["track_id"]) for one in marks] for name, marks in items.items()}
    assert found["0004/000001"] == [("ship", "1")]
    assert found["0004/000004"] == [("ship", "1"), ('=cargo, "loose"', "1")]
    assert sorted(found) == [f"0004/{frame:06d}" for frame in range(1, 8)]
