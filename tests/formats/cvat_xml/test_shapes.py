"""Each element of CVAT's XML is its shape, with all that is said of it."""

from typing import Any

import pytest

from labelport.model.answers import Boolean, Option, Radio, Text
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.model.label import Annotation
from tests.formats.cvat_xml.build import shape

CUBOID = (
    '<cuboid label="car" xtl1="0" ytl1="1" xbl1="0" ybl1="2" xtr1="3" ytr1="1" xbr1="3" ybr1="2"'
    ' xtl2="4" ytl2="0" xbl2="4" ybl2="1" xtr2="1" ytr2="0" xbr2="1" ybr2="1"/>'
)
SKELETON = (
    '<skeleton label="body"><points label="ear" outside="1" occluded="0" points="3,4"/>'
    '<points label="nose" outside="0" occluded="1" points="1,2"/></skeleton>'
)


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3.5"/>', Box(1, 2, 3, 1.5)),
        ('<box label="car" xtl="1" ytl="2" xbr="5" ybr="4" rotation="30.00"/>', RotatedBox(3, 3, 4, 2, 30)),
        ('<polygon label="car" points="0,0;1,0;1,1"/>', Polygon((((0, 0, 1, 0, 1, 1),),))),
        ('<polyline label="car" points="0.00,0.00;1.50,2.00"/>', Polyline(((0, 0, 1.5, 2),))),
        ('<points label="car" points="1,2"/>', Point(1, 2)),
        ('<points label="car" points="1,2;3,4"/>', Keypoints((Keypoint(1, 2, 2), Keypoint(3, 4, 2)))),
        ('<ellipse label="car" cx="3" cy="2" rx="2" ry="1" rotation="12.5"/>', Ellipse(3, 2, 2, 1, 12.5)),
        ('<mask label="car" rle="1, 2, 1" left="1" top="1" width="2" height="2"/>', Mask(4, 6, "6120<")),
        (
            CUBOID,
            Cuboid((0, 1, 3, 1, 3, 2, 0, 2, 1, 0, 4, 0, 4, 1, 1, 1)),
        ),
        ('<tag label="car"/>', None),
        (
            SKELETON,
            Keypoints((Keypoint(1, 2, 1), Keypoint(3, 4, 0))),
        ),
    ],
)
def test_each_element_is_its_shape(element: str, wanted: Any) -> None:
    assert shape(element).annotation.geometry == wanted


def test_everything_that_is_said_of_a_shape_is_kept() -> None:
    element = (
        '<box label="car" source="auto" occluded="1" xtl="0" ytl="0" xbr="1" ybr="1" z_order="-2" group_id="7">'
        '<attribute name="make">b</attribute><attribute name="seen">true</attribute>'
        '<attribute name="else">?</attribute></box>'
    )
    assert shape(element).annotation == Annotation(
        "image-3/box-0",
        class_=1,
        geometry=Box(0, 0, 1, 1),
        answers=(Radio("make", Option("b")), Boolean("seen", yes=True), Text("else", "?")),
        group="7",
        occluded=True,
        z_order=-2,
        source="model",
    )


@pytest.mark.parametrize(
    ("word", "source", "extra"),
    [
        ("manual", "person", None),
        ("file", "import", None),
        ("semi-auto", "model", {"source": "semi-auto"}),
        ("alien", None, {"source": "alien"}),
    ],
)
def test_who_made_a_shape_is_told(word: str, source: str | None, extra: dict[str, str] | None) -> None:
    made = shape(f'<tag label="car" source="{word}"/>').annotation
    assert (made.source, made.extra) == (source, extra)


def test_the_attribute_of_a_joint_answers_for_the_skeleton() -> None:
    element = (
        '<skeleton label="body"><points label="nose" points="1,2"><attribute name="wet">true</attribute></points>'
        '<points label="ear" points="3,4"/></skeleton>'
    )
    assert shape(element).annotation.answers == (Boolean("nose/wet", yes=True),)


def test_shapes_are_in_the_files_order_and_named_by_their_place() -> None:
    box, tag = '<box label="car" xtl="0" ytl="0" xbr="1" ybr="1"/>', '<tag label="car"/>'
    assert [one.id for one in shape(box + tag + box).annotations] == [
        "image-3/box-0", "image-3/tag-0", "image-3/box-1",
    ]  # fmt: skip


def test_a_label_that_nobody_defines_is_a_class_and_an_empty_one_is_none() -> None:
    outcome = shape('<tag label="boat"/><tag label=""/>')
    assert [one.name for one in outcome.classes] == ["car", "body", "boat"]
    assert [one.class_ for one in outcome.annotations] == [3, None]
