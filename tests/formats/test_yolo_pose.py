"""YOLO pose: joints in shares with their visibility, boxes of their own or round the joints."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from labelport.formats import yolo_pose
from labelport.kit.format import Context, Item, Lost
from labelport.kit.yolo.layout import Size
from labelport.kit.yolo.reading import Data
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Keypoint, Keypoints
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests
from tests.formats.yolo import lines, seen_by_supervision

CLASSES = (
    LabelClass(2, "person", skeleton=Skeleton(("nose", "left_eye", "right_eye"))),
    LabelClass(3, "ship"),
    LabelClass(4, "fish", skeleton=Skeleton(("tail",))),
)
JOINTS = Keypoints((Keypoint(20.0, 40.0, 2), Keypoint(40.0, 60.0, 1), Keypoint(0.0, 0.0, 0)))


class TestYoloPose(FramedFormatTests):
    name = "yolo_pose"

    def read(self, files: Mapping[str, bytes]) -> int:
        return seen_by_supervision(files)

    def objects(self, given_: Sequence[Record]) -> int:
        """An outline and joints that are a group of two are one line."""
        return super().objects(given_) - sum(map(_pairs, given_))


def _pairs(record: Record) -> int:
    """Return how many groups on one picture are of an outline and joints, of one class and no other member."""
    groups: dict[tuple[object, object], list[Annotation]] = {}
    for label in record.labels:
        for one in label.annotations:
            if one.group is not None:
                groups.setdefault((one.group, one.on and one.on.first_frame), []).append(one)
    return sum(
        len(found) == 2
        and found[0].class_ == found[1].class_
        and Counter(isinstance(one.geometry, Keypoints) for one in found) == {True: 1, False: 1}
        for found in groups.values()
    )


def record(*marks: tuple[int, Geometry, str | None]) -> Record:
    found = tuple(Annotation(f"{i}", i, class_, shape, group=group) for i, (class_, shape, group) in enumerate(marks))
    asset = Asset("a", "image", width=100, height=100)
    return Record("t", "a.jpg", asset, 1, "a.jpg", labels=(Label("l", annotations=found),))


def written(*marks: tuple[int, Geometry, str | None]) -> dict[str, bytes]:
    return render(yolo_pose.FORMAT, [record(*marks)], Context(CLASSES))


def read(files: Mapping[str, bytes]) -> list[Item]:
    return decoded(yolo_pose.FORMAT, files)


def back(*marks: tuple[int, Geometry, str | None]) -> list[Geometry | None]:
    found = [item for item in read(written(*marks)) if isinstance(item, Record)]
    return [one.geometry for item in found for label in item.labels for one in label.annotations]


def test_the_data_set_says_how_many_joints_there_are_and_which_mirror_which() -> None:
    assert written()["data.yaml"].decode().splitlines()[6:] == [
        "kpt_shape: [3, 3]",
        "kpt_names:",
        '  0: ["nose", "left_eye", "right_eye"]',
        '  2: ["tail"]',
        "numbers: [2, 3, 4]",
    ]
    alone = render(yolo_pose.FORMAT, [], Context(CLASSES[:1]))["data.yaml"].decode()
    assert "flip_idx: [0, 2, 1]\n" in alone


def test_joints_alone_have_the_box_round_those_that_are_labelled() -> None:
    assert lines(written((2, JOINTS, None)))["a"] == [
        ["0", "0.3", "0.5", "0.2", "0.2", "0.2", "0.4", "2", "0.4", "0.6", "1", "0", "0", "0"]
    ]
    assert back((2, JOINTS, None)) == [JOINTS]


def test_an_outline_and_joints_of_a_group_are_one_line_and_come_back_as_two() -> None:
    outline = Box(10.0, 20.0, 50.0, 60.0)
    files = written((2, outline, "g"), (2, JOINTS, "g"))
    assert [line[:5] for line in lines(files)["a"]] == [["0", "0.35", "0.5", "0.5", "0.6"]]
    assert back((2, outline, "g"), (2, JOINTS, "g")) == [outline, JOINTS]


def test_a_box_alone_has_joints_that_are_not_labelled() -> None:
    assert lines(written((3, Box(10.0, 20.0, 50.0, 60.0), None)))["a"] == [
        ["1", "0.35", "0.5", "0.5", "0.6", *"000000000"]
    ]
    assert back((3, Box(10.0, 20.0, 50.0, 60.0), None)) == [Box(10.0, 20.0, 50.0, 60.0)]


def test_fewer_joints_are_filled_up_and_taken_away_again() -> None:
    tail = Keypoints((Keypoint(20.0, 40.0, 2),))
    assert len(lines(written((4, tail, None)))["a"][0]) == 14
    assert back((4, tail, None)) == [tail]


def test_joints_outside_of_the_picture_are_told() -> None:
    given_ = record((2, Keypoints((Keypoint(20.0, 40.0, 2), Keypoint(120.0, 60.0, 2), Keypoint(0.0, 0.0, 0))), None))
    ((line,),) = lines(render(yolo_pose.FORMAT, [given_], Context(CLASSES))).values()
    assert line[5:11] == ["0.2", "0.4", "2", "0", "0", "0"]
    assert [one.fate for one in encoded(yolo_pose.FORMAT, given_, Context(CLASSES)) if isinstance(one, Lost)] == [
        "converted"
    ]


def test_a16_groups_that_are_no_pairs_are_told() -> None:
    given_ = record((3, Box(1.0, 1.0, 2.0, 2.0), "g"), (3, Box(5.0, 5.0, 2.0, 2.0), "g"))
    lost = [one for one in encoded(yolo_pose.FORMAT, given_, Context(CLASSES)) if isinstance(one, Lost)]
    assert [(one.what, one.fate) for one in lost] == [("group", "dropped")] * 2


def test_a_line_of_another_length_than_the_data_set_says_is_put_aside() -> None:
    files = {**written((2, JOINTS, None)), "labels/train/a.txt": b"0 0.5 0.5 1 1 0.5 0.5 2\n"}
    assert [type(item).__name__ for item in read(files)] == ["Ontology", "Reject", "Record", "Counted"]


def test_joints_of_two_values_are_visible_unless_they_are_in_the_corner() -> None:
    files = {
        "data.yaml": b"names: [fish]\nkpt_shape: [2, 2]\n",
        "images.csv": b"number,image,file,width,height,state,source,frame\r\n1,a,labels/train/a.txt,10,10,labelled,,\r\n",
        "labels/train/a.txt": b"0 0.5 0.5 1 1 0.5 0.5 0 0\n",
    }
    found = read(files)
    assert isinstance(found[0], Ontology)
    assert found[0].classes == (LabelClass(1, "fish", skeleton=Skeleton(("joint 1", "joint 2"))),)
    (record_,) = [item for item in found if isinstance(item, Record)]
    assert [one.geometry for one in record_.labels[0].annotations] == [
        Box(0.0, 0.0, 10.0, 10.0),
        Keypoints((Keypoint(5.0, 5.0, 2), Keypoint(0.0, 0.0, 0))),
    ]


@pytest.mark.parametrize("visibility", ["3", "0.5", "-1"])
def test_a_visibility_is_0_1_or_2(visibility: str) -> None:
    with pytest.raises(ValueError, match="is no visibility"):
        yolo_pose.parse(0, [0.5, 0.5, 1, 1, 0.5, 0.5, float(visibility)], Size(9, 9), Data([]))
