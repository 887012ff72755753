"""CSV: a row for each annotation, safe in a spreadsheet."""

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO, StringIO

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats import csv_objects
from labelport.formats.csv_objects.records import decode
from labelport.kit.count import units
from labelport.kit.format import Context, Counted, Input, Item, Reject
from labelport.kit.table import FORMULA, original, quoted, text
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Keyframe, Label, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes.frames import Wanted
from labelport.testing.cases import CLASSES, clips, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import projects


class TestCsv(FormatTests):
    name = "csv_objects"

    def read(self, files: Mapping[str, bytes]) -> int:
        rows = list(csv.DictReader(StringIO(files["annotations.csv"].decode(), newline="")))
        assert all(None not in row and None not in row.values() for row in rows)
        return len(rows)

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(units(record, "shape_or_empty") for record in given_)


@given(st.text())
def test_any_text_survives_a_cell_and_is_no_formula(value: str) -> None:
    cell = text(value)
    assert not cell.startswith(FORMULA[:-1])
    assert original(cell) == value
    assert list(csv.reader(StringIO(quoted(cell) + ",x", newline=""))) == [[cell, "x"]]


def _rows(record: Record, frames: Wanted = "keyframes") -> list[dict[str, str]]:
    known = Context((LabelClass(1, "=car"),), frames=frames)
    data = render(csv_objects.FORMAT, [record], known)["annotations.csv"]
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


IMAGE = Asset(id="a", kind="image")


def test_a34_labelled_empty_and_unlabelled_tasks_are_told_apart() -> None:
    assert _rows(Record("t", "n", IMAGE, 1))[0]["state"] == "unlabelled"
    assert _rows(Record("t", "n", IMAGE, 1, labels=(Label("l"),)))[0]["state"] == "empty"


def test_a_byte_order_mark_is_written_on_request() -> None:
    data = render(csv_objects.FORMAT, [Record("t", "n", IMAGE, 1)], Context((), {"bom": True}))["annotations.csv"]
    assert data.startswith(b"\xef\xbb\xbftask_number,")


TRACK = Label(
    "l",
    tracks=(Track("car", 7, 1),),
    keyframes=(
        Keyframe("car", 0, Box(0, 0, 10, 10)),
        Keyframe("car", 4, Box(8, 0, 10, 10), occluded=True),
        Keyframe("car", 6, Box(8, 0, 10, 10), outside=True),
    ),
)
VIDEO = Record("t", "n", Asset(id="v", kind="video", frames=9), 1, labels=(TRACK,))


def test_a28_keyframes_keep_outside_occluded_and_their_track() -> None:
    rows = _rows(VIDEO)
    assert [(row["frame"], row["outside"], row["occluded"], row["track"]) for row in rows] == [
        ("0", "false", "false", "car"),
        ("4", "false", "true", "car"),
        ("6", "true", "false", "car"),
    ]
    assert rows[0]["class"] == "'=car"


def test_a29_all_frames_lie_on_the_line_between_keyframes() -> None:
    rows = _rows(VIDEO, frames="all")
    assert [(int(row["frame"]), float(row["x"])) for row in rows] == [(0, 0), (1, 2), (2, 4), (3, 6), (4, 8), (5, 8)]


@pytest.mark.parametrize("frames", ["keyframes", "all"])
def test_frames_are_counted_as_they_are_written(frames: Wanted) -> None:
    context = Context((), frames=frames)
    assert csv_objects.count(VIDEO, context) == {"rows": len(_rows(VIDEO, frames=frames))}


def decoded(data: bytes) -> list[Item]:
    return list(decode([Input("annotations.csv", partial(BytesIO, data))]))


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_labels_come_back_as_they_were(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, drawn = project
    given_ = [fit(one, csv_objects.CARRIES, "convert", Ledger()) for one in drawn]
    data = render(csv_objects.FORMAT, given_, Context(ontology.classes))["annotations.csv"]
    back = [item for item in decoded(data) if isinstance(item, Record)]
    assert [_told(record) for record in back] == [_told(record) for record in given_]


def _told(record: Record) -> object:
    """Return what has a column: of labels who and what, of annotations all but what is dropped without being asked.

    Of a track a row tells what was answered by then: the track's answers and the keyframe's are one.
    """
    bare = {"crowd": False, "extra": None, "group": None, "on": None, "source": None, "truncated": None, "z_order": 0}
    labels = [
        (
            *(label.id, label.author, label.source, *_shown(label)),
            [msgspec.structs.replace(one, **bare) for one in label.annotations],
        )
        for label in record.labels
    ]
    return record.id, record.name, record.number, record.path, record.external_id, record.workflow.stage, labels


def _shown(label: Label) -> tuple[list[Track], list[Keyframe]]:
    """Return tracks and keyframes with what has a column, and the answers of a track in each of its keyframes."""
    answers = {track.id: track.answers for track in label.tracks}
    shown = {keyframe.track for keyframe in label.keyframes}
    bare = {"group": None, "source": None, "extra": None}
    tracks = [
        msgspec.structs.replace(one, answers=() if one.id in shown else one.answers, **bare) for one in label.tracks
    ]
    keyframes = [
        msgspec.structs.replace(one, answers=answers[one.track] + one.answers, z_order=0) for one in label.keyframes
    ]
    return tracks, keyframes


def test_the_frame_of_an_annotation_comes_back() -> None:
    data = render(csv_objects.FORMAT, clips(), Context(CLASSES))["annotations.csv"]
    (record,) = (item for item in decoded(data) if isinstance(item, Record))
    assert record.labels[0].annotations[0].on == Target(first_frame=3, last_frame=3)


@pytest.mark.parametrize(
    "table",
    [
        b"filename,class,xmin,ymin,xmax,ymax\na.jpg,cat,1,2,4,6\nb.jpg,,,,,\n",
        b"image_id;label;x;y;w;h\na.jpg;cat;1;2;3;4\nb.jpg;;;;;\n",
    ],
)
def test_boxes_of_somebody_else_are_read(table: bytes) -> None:
    first, second = (item for item in decoded(table) if isinstance(item, Record))
    (mark,) = first.labels[0].annotations
    assert (first.name, mark.class_, mark.geometry) == ("a.jpg", "cat", Box(1, 2, 3, 4))
    assert (second.name, second.labels[0].annotations) == ("b.jpg", ())


def test_a24_a_broken_row_does_not_sink_other_tasks() -> None:
    data = render(csv_objects.FORMAT, pictures(), Context(CLASSES))["annotations.csv"]
    found = decoded(data.replace(b'""kind"":""ellipse""', b'""kind"":""egg""'))
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert (reject.record, reject.annotations) == ("p1", 13)
    assert [item.id for item in found if isinstance(item, Record)] == ["p2", "p3"]


def test_a24_a_box_of_no_numbers_does_not_sink_the_others() -> None:
    found = decoded(b"file,label,x,y,w,h\na.jpg,cat,1,2,3,four\na.jpg,cat,1,2,3,4\n")
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert (reject.record, reject.annotations, reject.records) == ("a.jpg", 1, 0)
    assert Counted("annotations.csv", 1, 2) in found
