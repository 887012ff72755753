"""CVAT's XML as it is written: the suite, the real files read, written and read again, and what CVAT has no place for."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.fidelity import Ledger, fit
from labelport.formats.cvat_xml import FORMAT
from labelport.formats.cvat_xml.encode import encode
from labelport.kit.format import Context, File, Lost
from labelport.model.answers import Boolean
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Keypoint, Keypoints, Mask, Polyline
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.shapes.frames import UNSEEN, Wanted
from labelport.testing import golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.runs import encoded
from labelport.testing.strategies import projects
from tests.formats import cvat
from tests.formats.cvat import Outcome
from tests.formats.near import near
from tests.judges import judge
from tests.samples import sample

SHAPES = ("box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag")
BODY = LabelClass(1, "body", skeleton=Skeleton(("nose", "ear"), ((0, 1),)))
CONTEXT = Context((BODY, LabelClass(2, "car")))
CLIP = Asset("v", "video", width=20, height=10, frames=5, first_frame=10, frame_step=3)


class TestCvatXml(FormatTests):
    name = "cvat_xml"

    def read(self, files: Mapping[str, bytes]) -> int:
        roots = [ET.fromstring(data) for data in files.values()]
        shapes = sum(len(root.findall(f"image/{tag}")) for root in roots for tag in SHAPES)
        return shapes + sum(len(root.findall("track")) for root in roots)


def again(records: list[Record], classes: tuple[LabelClass, ...]) -> Outcome:
    """Return what is read of what is written of the records."""
    files = render(FORMAT, records, Context(classes))
    return cvat.decode(FORMAT, [cvat.given(path, data) for path, data in files.items()])


def numbered(record: Record) -> Record:
    """Return an imported record as the store would give it: with the numbers that its ids end in."""
    labels = tuple(
        msgspec.structs.replace(label, tracks=tuple(map(_numbered_track, label.tracks))) for label in record.labels
    )
    number = int(record.id.rpartition("-")[2]) if record.asset.kind == "image" else 5
    return msgspec.structs.replace(record, number=number, path=record.name, labels=labels)


def _numbered_track(track: Track) -> Track:
    return msgspec.structs.replace(track, number=int(track.id.removeprefix("track-")))


def fields(outcome: Outcome) -> Any:
    """Return all that is read of what has a class; hidden or not said to be is the same in CVAT."""
    assert outcome.faults == []
    marks = [
        msgspec.structs.replace(one, id="", occluded=bool(one.occluded))
        for one in outcome.annotations
        if one.class_ is not None
    ]
    return outcome.classes, marks, outcome.tracks, outcome.keyframes


@pytest.mark.parametrize(("name", "unclassified"), [("images.xml", 2), ("video.xml", 0)])
def test_real_files_come_back_field_by_field_but_for_shapes_without_a_label(name: str, unclassified: int) -> None:
    first = cvat.decode(FORMAT, [cvat.given("a.xml", sample(f"cvat_xml/{name}").read_bytes())])
    ledger = Ledger()
    fitted = [fit(numbered(record), FORMAT.carries, "convert", ledger) for record in first.records]
    second = again(fitted, first.classes)
    assert fields(second) == fields(first)
    assert ledger.skipped == unclassified
    sizes = [(one.asset.width, one.asset.height, one.asset.frames, one.name) for one in first.records]
    assert [(one.asset.width, one.asset.height, one.asset.frames, one.name) for one in second.records] == sizes


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(projects(("box", "rotated_box", "polygon", "point", "ellipse", "mask", "cuboid", "keypoints")))
def test_what_is_written_is_read(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, given_ = project
    fitted = [fit(record, FORMAT.carries, "convert", Ledger()) for record in given_ if record.asset.kind == "image"]
    outcome = again(fitted, ontology.classes)
    assert outcome.faults == []
    names: dict[object, str] = {one.number: one.name for one in ontology.classes}
    read: dict[object, str] = {one.number: one.name for one in outcome.classes}
    wanted = [one for record in fitted for label in record.labels for one in label.annotations]
    for one, back in zip(wanted, outcome.annotations, strict=True):
        assert read[back.class_] == names[one.class_]
        assert (back.occluded, back.z_order, back.source) == (bool(one.occluded), one.z_order, one.source)
        assert (back.group is None) == (one.group is None)
        assert near(one.geometry, back.geometry)


def clip(label: Label) -> Record:
    return Record("v", "v.mp4", CLIP, 7, "v.mp4", labels=(label,))


def sampled(wanted: Wanted) -> Context:
    return Context(CONTEXT.classes, frames=wanted)


def written(record: Record, wanted: Wanted = "keyframes") -> tuple[ET.Element, list[Lost]]:
    items = list(encode(record, sampled(wanted)))
    (file,) = [item for item in items if isinstance(item, File)]
    return ET.fromstring(file.data), [item for item in items if isinstance(item, Lost)]


def test_a28_a_track_keeps_its_number_and_where_it_is_hidden_and_has_left() -> None:
    frames = (
        Keyframe("t", 0, Box(1, 1, 2, 2)),
        Keyframe("t", 2, Box(3, 1, 2, 2), occluded=True),
        Keyframe("t", 3, outside=True),
    )
    root, _ = written(clip(Label("l", tracks=(Track("t", 42, 2),), keyframes=frames)))
    (track,) = root.findall("track")
    assert (track.get("id"), track.get("label")) == ("42", "car")
    keys = ("frame", "keyframe", "outside", "occluded", "xtl")
    assert [tuple(one.get(key) for key in keys) for one in track] == [
        ("10", "1", "0", "0", "1.0"), ("16", "1", "0", "1", "3.0"), ("19", "1", "1", "0", "3.0"),
    ]  # fmt: skip


MOVES = Label(
    "l",
    tracks=(Track("t", 42, 2),),
    keyframes=(
        Keyframe("t", 0, Box(0, 0, 2, 2)), Keyframe("t", 2, Box(4, 0, 2, 2)), Keyframe("t", 3, outside=True),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("keyframes", [("10", "1", "0.0"), ("16", "1", "4.0"), ("19", "1", "4.0")]),
        ("all", [("10", "1", "0.0"), ("13", "0", "2.0"), ("16", "1", "4.0"), ("19", "1", "4.0")]),
        (Fraction(3), [("10", "1", "0.0"), ("19", "1", "0.0")]),
        (Fraction(3, 2), [("10", "1", "0.0"), ("16", "1", "4.0"), ("19", "1", "4.0")]),
    ],
)
def test_a29_frames_that_are_wanted_are_written_and_say_whether_they_lie_between_key_frames(
    wanted: Wanted, told: list[tuple[str, str, str]]
) -> None:
    root, _ = written(clip(MOVES), wanted)
    found = [(one.get("frame"), one.get("keyframe"), one.get("xtl")) for one in root.iterfind("track/box")]
    assert found == told


def test_a29_one_frame_in_so_many_comes_back_as_key_frames() -> None:
    frames = (Keyframe("t", 0, Box(0, 0, 2, 2)), Keyframe("t", 4, Box(8, 0, 2, 2)))
    files = render(FORMAT, [clip(Label("l", tracks=(Track("t", 42, 2),), keyframes=frames))], sampled(Fraction(3)))
    back = cvat.decode(FORMAT, [cvat.given(path, data) for path, data in files.items()])
    assert [(one.frame, one.geometry) for one in back.keyframes] == [(0, Box(0, 0, 2, 2)), (3, Box(6, 0, 2, 2))]


def test_a16_a_track_that_no_wanted_frame_shows_is_said_to_be_dropped() -> None:
    frames = (Keyframe("t", 1, Box(0, 0, 2, 2)), Keyframe("t", 3, Box(0, 0, 2, 2), outside=True))
    root, lost = written(clip(Label("l", tracks=(Track("t", 42, 2),), keyframes=frames)), Fraction(4))
    assert (root.findall("track"), lost) == ([], [Lost("track", "dropped", UNSEEN)])


def test_a30_a_skeletons_joints_are_tracks_below_it() -> None:
    shape = Keypoints((Keypoint(1, 2, 2), Keypoint(3, 4, 1)))
    label = Label("l", tracks=(Track("t", 42, 1),), keyframes=(Keyframe("t", 1, shape),))
    root, _ = written(clip(label))
    assert [one.get("frame") for one in root.findall("track/skeleton")] == ["13"]
    joints = [(one.get("label"), one[0].get("points"), one[0].get("occluded")) for one in root.findall("track/track")]
    assert joints == [("nose", "1,2", "0"), ("ear", "3,4", "1")]


def test_a_shape_on_a_frame_is_a_track_that_leaves_after_it() -> None:
    one = Annotation("a", 9, 2, Box(1, 1, 2, 2), on=Target(first_frame=1, last_frame=2))
    root, _ = written(clip(Label("l", annotations=(one,))))
    assert [(it.get("frame"), it.get("outside")) for it in root.findall("track/box")] == [("13", "0"), ("19", "1")]


@pytest.mark.parametrize(
    ("label", "what"),
    [
        (Label("l", annotations=(Annotation("a", 1, 2),)), "classification"),
        (Label("l", tracks=(Track("t", 1, 2),)), "track"),
    ],
)
def test_a16_what_a_video_has_no_place_for_is_said_to_be_lost(label: Label, what: str) -> None:
    root, lost = written(clip(label))
    assert (root.findall("track"), [(one.what, one.fate) for one in lost]) == ([], [(what, "dropped")])


@pytest.mark.parametrize(
    ("shape", "how"),
    [
        (Polyline(((0, 0, 1, 1), (2, 2, 3, 3))), "one line through all its points"),
        (Keypoints((Keypoint(1, 2, 1),)), "points that are all visible: its class has no joints"),
    ],
)
def test_a16_a_shape_that_is_not_as_it_was_is_said_to_be_converted(shape: Geometry, how: str) -> None:
    label = Label("l", annotations=(Annotation("a", 1, 2, shape),))
    items = encode(Record("t", "a.jpg", Asset("i", "image"), 1, "a.jpg", labels=(label,)), CONTEXT)
    assert [(item.fate, item.how) for item in items if isinstance(item, Lost)] == [("converted", how)]


def test_a34_a_picture_that_is_empty_comes_back_as_empty() -> None:
    records = [
        Record("t", "a.jpg", Asset("i", "image"), number, f"{number}.jpg", labels=labels)
        for number, labels in enumerate([(), (Label("l"),)])
    ]
    assert [len(record.labels) for record in again(records, CONTEXT.classes).records] == [0, 1]


def test_texts_keep_what_xml_takes_and_lose_what_it_has_no_place_for() -> None:
    name = "a\n\t\r<&>\"'\x00\U0001f6a2"
    back = again([Record("t", "a", Asset("i", "image"), 1, name)], ())
    assert back.record.name == name.replace("\x00", "\ufffd")


def test_the_answers_of_a_joint_stand_at_the_joint() -> None:
    answers = (Boolean("nose/wet", yes=True),)
    one = Annotation("a", 1, 1, Keypoints((Keypoint(1, 2, 2), Keypoint(3, 4, 2))), answers)
    record = Record("t", "a.jpg", Asset("i", "image"), 1, "a.jpg", labels=(Label("l", annotations=(one,)),))
    root = ET.fromstring(render(FORMAT, [record], CONTEXT)["annotations.xml"])
    found = root.find("image/skeleton/points[@label='nose']/attribute")
    assert found is not None
    assert (found.get("name"), found.text) == ("wet", "true")


@pytest.mark.parametrize("runs", [[0, 12], [12], [3, 6, 3], [1, 1, 10], [4, 4, 4], [0, 5, 7]])
def test_a_mask_of_any_runs_is_cropped_and_comes_back(runs: list[int]) -> None:
    one = Annotation("a", 1, 2, Mask(4, 3, encoded(runs)))
    asset = Asset("i", "image", width=3, height=4)
    record = Record("t", "a.jpg", asset, 1, "a.jpg", labels=(Label("l", annotations=(one,)),))
    assert again([record], CONTEXT.classes).annotation.geometry == one.geometry


@pytest.mark.campaign
def test_datumaro_reads_every_shape_that_it_knows(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["pictures"](), {}))
    (tmp_path / "images").mkdir()
    for name in ("0001.jpg", "0002.png", "0003.jpg"):
        (tmp_path / "images" / name).touch()
    items = judge("datumaro", "datumaro_items.py", "cvat", tmp_path)
    found = [(one["type"], one["class"], one["points"]) for one in items["0001"]]
    assert found[:2] == [
        ("Bbox", "ship", [1.5, 2.0, 31.75, 22.0]), ("RotatedBbox", "ship", [30.0, 20.0, 20.0, 10.0, 30.0]),
    ]  # fmt: skip
    assert [one for one, _, _ in found[2:]] == [
        "Polygon", "Mask", "Mask", "PolyLine", "Points", "Points", "Points", "Points", "Mask", "Bbox",
    ]  # fmt: skip


@pytest.mark.campaign
def test_a28_datumaro_reads_tracks_with_all_that_is_said_of_them(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {}))
    items = judge("datumaro", "datumaro_items.py", "cvat", tmp_path / "videos")
    said = {
        name: [
            (one["attributes"]["track_id"], one["attributes"]["outside"], one["attributes"]["occluded"])
            for one in marks
        ]
        for name, marks in items.items()
    }
    assert said == {
        "frame_000000": [(201, False, False)],
        "frame_000003": [(203, False, False)],
        "frame_000004": [(203, True, False), (201, False, True)],
        "frame_000007": [(201, True, False)],
    }
