"""YouTube-VIS: a mask or null for each frame, and what comes back of them."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.youtube_vis import FORMAT
from labelport.formats.youtube_vis.writing import encode
from labelport.kit.format import Context, Lost, Reject, Row
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import frames
from labelport.testing import conformance, golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.runs import encoded
from labelport.testing.strategies import records
from tests.formats import moving
from tests.formats.back import decoded
from tests.judges import judge

CONTEXT = Context((LabelClass(1, "ship"), LabelClass(3, "buoy")))
EVERY = Context(CONTEXT.classes, frames="all")
CLIP = Asset("v", "video", width=6, height=4, frames=5, fps=10.0)


class TestYouTubeVis(FormatTests):
    name = "youtube_vis"

    def read(self, files: Mapping[str, bytes]) -> int:
        found = json.loads(files["instances.json"])
        lengths = {video["id"]: len(video["file_names"]) for video in found["videos"]}
        assert all(
            len(one[key]) == lengths[one["video_id"]]
            for one in found["annotations"]
            for key in ("segmentations", "bboxes", "areas")
        )
        return len(found["annotations"])

    def shapes(self, files: Mapping[str, bytes]) -> list[Geometry]:
        return moving.shapes(decoded(FORMAT, files))


def record(label: Label, asset: Asset = CLIP) -> Record:
    return Record("v", "v.mp4", asset, 7, "v.mp4", labels=(label,))


TRACK = Label(
    "l",
    tracks=(Track("t", 42, 3),),
    keyframes=(Keyframe("t", 1, Box(0, 0, 2, 2)), Keyframe("t", 3, outside=True)),
)


def test_a28_null_says_that_an_object_is_not_seen() -> None:
    found = json.loads(render(FORMAT, [record(TRACK)], EVERY)["instances.json"])
    (row,) = found["annotations"]
    assert (row["id"], row["video_id"], row["category_id"]) == (42, 7, 3)
    assert row["areas"] == [None, 4, 4, None, None]
    assert row["bboxes"][1] == [0, 0, 2, 2]
    assert row["segmentations"][1] == {"size": [4, 6], "counts": [0, 2, 2, 2, 18]}
    assert found["videos"][0]["file_names"][1] == "v/00001.jpg"


@pytest.mark.parametrize(
    ("wanted", "areas"),
    [("keyframes", [None, 4, None, None, None]), (Fraction(2), [None, None, 4, None, None]), (Fraction(4), None)],
)
def test_a29_frames_that_are_not_wanted_are_null(wanted: frames.Wanted, areas: list[int | None] | None) -> None:
    context = Context(CONTEXT.classes, frames=wanted)
    found = [json.loads(item.data) for item in encode(record(TRACK), context) if isinstance(item, Row)]
    assert [one["areas"] for one in found[1:]] == ([] if areas is None else [areas])


@pytest.mark.parametrize(
    ("asset", "shape", "reason"),
    [
        (Asset("v", "video"), Box(0, 0, 2, 2), "the size of its video is not known, and a mask needs it"),
        (CLIP, Box(9, 9, 2, 2), "it covers nothing in a wanted frame"),
    ],
)
def test_a16_what_has_no_place_is_said_to_be_dropped(asset: Asset, shape: Box, reason: str) -> None:
    items = encode(record(Label("l", annotations=(Annotation("a", 9, 1, shape),)), asset), CONTEXT)
    assert [item for item in items if isinstance(item, Lost)] == [Lost("box", "dropped", reason)]


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_what_is_written_is_read_frame_by_frame(data: st.DataObject) -> None:
    ontology = Ontology(CONTEXT.classes)
    made = data.draw(records(ontology, ("mask",), 1).filter(lambda one: one.asset.kind == "video"))
    one = fit(made, FORMAT.carries, "convert", Ledger())
    length = one.asset.frames
    (back,) = [item for item in decoded(FORMAT, render(FORMAT, [one], EVERY)) if isinstance(item, Record)]
    assert (back.asset.frames, back.asset.width, back.asset.fps) == (length, one.asset.width, one.asset.fps)
    wanted = {
        (state.frame, state.track.number): state.keyframe.geometry
        for label in one.labels
        for state in frames.states(label, length, "all")
        if state.keyframe.geometry is not None and conformance.pixels(state.keyframe.geometry).any()
    }
    moving = {track.number for label in one.labels for track in label.tracks}
    found = {
        (state.frame, int(state.track.id.removeprefix("track-"))): state.keyframe.geometry
        for state in frames.states(back.labels[0], length, "all")
    }
    assert {key: shape for key, shape in found.items() if key[1] in moving} == wanted


VIDEO = {"id": 1, "width": 6, "height": 4, "length": 2, "file_names": ["a/0.jpg", "a/1.jpg"]}
RUN = {"size": [4, 6], "counts": [0, 24]}


def document(**row: Any) -> dict[str, bytes]:
    whole = {"id": 5, "video_id": 1, "category_id": 1, "segmentations": [RUN, None], **row}
    return {
        "a.json": json.dumps(
            {"videos": [VIDEO], "categories": [{"id": 1, "name": "ship"}], "annotations": [whole]}
        ).encode()
    }


def test_runs_that_are_not_packed_and_boxes_without_masks_are_read() -> None:
    (back,) = [item for item in decoded(FORMAT, document(bboxes=[None, [1, 1, 2, 2]])) if isinstance(item, Record)]
    assert [(one.frame, one.geometry, one.outside) for one in back.labels[0].keyframes] == [
        (0, Mask(4, 6, encoded([0, 24])), False), (1, Box(1, 1, 2, 2), False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"video_id": 9}, "annotations[0].video_id"),
        ({"category_id": 9}, "annotations[0].category_id"),
        ({"segmentations": [{"size": [4, 6], "counts": [0, 23]}]}, "annotations[0].segmentations[0]"),
        ({"segmentations": [{"size": [6, 4], "counts": [0, 24]}]}, "annotations[0].segmentations[0]"),
        ({"segmentations": [None, None]}, "annotations[0]"),
        ({"segmentations": "all"}, "annotations[0]"),
        ({"bboxes": [[0, 0, -1, 2]]}, "annotations[0].bboxes[0]"),
    ],
)
def test_a24_a_faulty_object_is_rejected_alone(row: dict[str, Any], path: str) -> None:
    items = decoded(FORMAT, document(**row))
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert ([fault.path for fault in reject.faults], reject.annotations) == ([path], 1)
    (back,) = [item for item in items if isinstance(item, Record)]
    assert back.labels[0].tracks == ()


@pytest.mark.campaign
def test_labelformat_reads_every_frame(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {}, "all"))
    found = judge("labelformat", "labelformat_youtube_vis.py", tmp_path / "instances.json")
    assert found == [
        ["0004", 10, [["ship", 201, [60] * 7 + [None] * 3], ['=cargo, "loose"', 203, [None] * 3 + [4] + [None] * 6]]]
    ]
