"""MOTChallenge: rows that count from 1, a gap where a track has left, and what comes back of them."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.mot import FORMAT
from labelport.formats.mot.writing import encode
from labelport.kit.format import Context, File, Lost, Reject, Unread
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import frames
from labelport.testing import golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import records
from tests.formats import moving
from tests.formats.back import decoded
from tests.formats.near import near
from tests.judges import judge

CONTEXT = Context((LabelClass(1, "ship"), LabelClass(3, "buoy")))
CLIP = Asset("v", "video", width=20, height=10, frames=5, fps=10.0)


class TestMot(FormatTests):
    name = "mot"

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = [
            (path, line.split(","))
            for path, data in files.items()
            if path.endswith("gt.txt")
            for line in data.decode().splitlines()
        ]
        assert all(len(cells) == 9 and int(cells[0]) >= 1 for _, cells in rows)
        return len({(path, cells[1]) for path, cells in rows})

    def shapes(self, files: Mapping[str, bytes]) -> list[Geometry]:
        return moving.shapes(decoded(FORMAT, files))


def record(label: Label) -> Record:
    return Record("v", "v.mp4", CLIP, 7, "v.mp4", labels=(label,))


def asked(wanted: frames.Wanted) -> Context:
    return Context(CONTEXT.classes, frames=wanted)


def rows(label: Label, wanted: frames.Wanted = "all") -> list[str]:
    files = [one for one in encode(record(label), asked(wanted)) if isinstance(one, File)]
    return files[0].data.decode().splitlines()


TRACK = Label(
    "l",
    tracks=(Track("t", 42, 3),),
    keyframes=(
        Keyframe("t", 0, Box(0, 0, 2, 2)),
        Keyframe("t", 2, Box(4, 0, 2, 2), occluded=True),
        Keyframe("t", 3, outside=True),
    ),
)


def test_a28_a29_every_frame_in_which_a_track_is_seen_is_a_row_that_counts_from_one() -> None:
    assert rows(TRACK) == [
        "1,42,1.0,1.0,2.0,2.0,1,3,1", "2,42,3.0,1.0,2.0,2.0,1,3,1", "3,42,5.0,1.0,2.0,2.0,1,3,0",
    ]  # fmt: skip


@pytest.mark.parametrize(("wanted", "numbers"), [("keyframes", [1, 3]), (Fraction(2), [1, 3]), (Fraction(5, 2), [1])])
def test_a29_frames_that_are_not_wanted_have_no_row_and_the_others_keep_their_numbers(
    wanted: frames.Wanted, numbers: list[int]
) -> None:
    assert [int(row.split(",")[0]) for row in rows(TRACK, wanted)] == numbers


def test_a_shape_on_frames_is_a_row_in_each() -> None:
    one = Annotation("a", 9, 1, Box(1, 1, 2, 2), on=Target(first_frame=1, last_frame=2))
    assert [row.split(",")[:2] for row in rows(Label("l", annotations=(one,)))] == [["2", "9"], ["3", "9"]]


def test_a12_a_class_keeps_its_number_as_its_line() -> None:
    files = render(FORMAT, [record(TRACK)], CONTEXT)
    assert files["v/gt/labels.txt"].decode().splitlines() == ["ship", "(no class 2)", "buoy"]
    (ontology,) = [item for item in decoded(FORMAT, files) if isinstance(item, Ontology)]
    assert [one.name for one in ontology.classes] == ["ship", "buoy"]


def test_a_picture_is_a_video_of_one_frame() -> None:
    label = Label("l", annotations=(Annotation("a", 9, 1, Box(1, 1, 2, 2)),))
    files = render(FORMAT, [Record("t", "a.jpg", Asset("i", "image"), 1, "a.jpg", labels=(label,))], CONTEXT)
    assert files["a/gt/gt.txt"] == b"1,9,2.0,2.0,2.0,2.0,1,1,1\n"
    assert b"seqLength=1\n" in files["a/seqinfo.ini"]


def test_a16_a_track_that_is_never_seen_is_said_to_be_dropped() -> None:
    items = list(encode(record(Label("l", tracks=(Track("t", 1, 1),))), CONTEXT))
    assert [item for item in items if isinstance(item, Lost)] == [Lost("track", "dropped", "no wanted frame shows it")]


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_what_is_written_is_read_frame_by_frame(data: st.DataObject) -> None:
    ontology = Ontology(CONTEXT.classes)
    made = data.draw(records(ontology, ("box",), 1).filter(lambda one: one.asset.kind == "video"))
    one = fit(made, FORMAT.carries, "convert", Ledger())
    (back,) = [item for item in decoded(FORMAT, render(FORMAT, [one], asked("all"))) if isinstance(item, Record)]
    length = one.asset.frames
    assert (back.asset.frames, back.asset.width, back.asset.fps) == (length, one.asset.width, one.asset.fps)
    names: dict[object, str] = {each.number: each.name for each in ontology.classes}
    wanted = {
        (state.frame, state.track.number): (state.keyframe.geometry, names[state.track.class_], state.keyframe.occluded)
        for label in one.labels
        for state in frames.states(label, length, "all")
    }
    still = {mark.number for label in one.labels for mark in label.annotations}
    found = {
        (state.frame, number): (state.keyframe.geometry, state.track.class_, state.keyframe.occluded)
        for state in frames.states(back.labels[0], length, "all")
        for number in (int(state.track.id.removeprefix("track-")),)
        if number not in still
    }
    assert found.keys() == wanted.keys()
    assert all(near(found[key][0], wanted[key][0], 1e-5) and found[key][1:] == wanted[key][1:] for key in wanted)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,1,1,1,2,2", "'x,1,1,1,2,2' is no row of frame, id, left, top, width, height"),
        ("1,1,1,1,-2,2", "'1,1,1,1,-2,2' is no row of frame, id, left, top, width, height"),
        ("1,1,1,1,2,2,1,99,1", "'99' is no class of labels.txt"),
        ("1,1,1,1,2,2,1,x,1", "'x' is no class of labels.txt"),
        ("1,1,1,1,2,2\n1,1,1,1,2,2", "is a second row of 1 in frame 1"),
        ("1,1,1,1,2,2,1,1,1\n2,1,1,1,2,2,1,2,1", "is a row of 1 with another class"),
    ],
)
def test_a24_a_faulty_row_costs_its_track_alone(row: str, reason: str) -> None:
    items = decoded(FORMAT, {"a/gt/gt.txt": f"{row}\n1,2,1,1,2,2\n".encode()})
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert ([fault.reason for fault in reject.faults], reject.annotations) == ([reason], 1)
    (back,) = [item for item in items if isinstance(item, Record)]
    assert [track.id for track in back.labels[0].tracks] == ["track-2"]


def test_a_row_without_an_id_is_an_object_in_one_frame() -> None:
    items = decoded(FORMAT, {"a/gt/gt.txt": b"3,-1,1,1,2,2,0.5\n"})
    (back,) = [item for item in items if isinstance(item, Record)]
    on = Target(first_frame=2, last_frame=2)
    assert back.labels[0].annotations == (
        Annotation("row-1", 0, "pedestrian", Box(0, 0, 2, 2), on=on, occluded=False, confidence=0.5),
    )


def test_what_has_no_place_is_told_as_not_read() -> None:
    items = decoded(FORMAT, {"a/gt/gt.txt": b"1,1,1,1,2,2,0,1,0.3\n", "a/x.txt": b""})
    unread = {(item.file, item.path): item.count for item in items if isinstance(item, Unread)}
    assert unread == {("a/gt/gt.txt", "considered=0"): 1, ("a/gt/gt.txt", "visibility"): 1, ("a/x.txt", "$"): 1}


@pytest.mark.campaign
def test_datumaro_reads_every_row(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {}, "all"))
    items = judge("datumaro", "datumaro_items.py", "mot_seq", tmp_path / "0004")
    found = {
        name: [(one["class"], one["points"], one["attributes"]["track_id"]) for one in marks]
        for name, marks in items.items()
    }
    assert found["1"] == [("ship", [1.0, 9.0, 11.0, 15.0], 201)]
    assert found["4"] == [("ship", [7.0, 9.0, 17.0, 15.0], 201), ('=cargo, "loose"', [2.0, 2.0, 4.0, 4.0], 203)]
    assert [len(found[str(number)]) for number in range(1, 11)] == [1, 1, 1, 2, 1, 1, 1, 0, 0, 0]


@pytest.mark.campaign
def test_trackeval_reads_every_row_and_rates_it_as_tracking_itself(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["clips"](), {}, "all"))
    found = judge("trackeval", "trackeval_sequence.py", "mot", tmp_path)["0004"]
    assert [[(number, class_) for number, class_, _ in seen] for seen in found["frames"]] == [
        *([[(201, 1)]] * 3), [(201, 1), (203, 7)], *([[(201, 1)]] * 3), [], [], [],
    ]  # fmt: skip
    assert found["frames"][0][0][2] == [1.0, 9.0, 10.0, 6.0]
    assert (found["tracks"], found["hota"], found["mota"]) == (1, 1.0, 1.0)
