"""What is faulty or not read in CVAT's XML is named where it stands; hostile files are refused whole."""

import pytest

from labelport.errors import Fault, RequestError
from labelport.formats.cvat_xml import FORMAT
from labelport.kit.format import Counted, Reject, Unread
from labelport.registry import format_named
from tests.formats import cvat
from tests.formats.cvat_xml.build import decode, document, shape, tracked


def reasons(element: str) -> list[tuple[str, str]]:
    return [(fault.path, fault.reason) for fault in shape(element).faults]


def test_a_picture_with_a_number_that_is_taken_is_rejected_with_all_it_holds() -> None:
    image = '<image id="0" name="a.jpg"><tag label="car"/><tag label="car"/></image>'
    (reject,) = decode(document(image * 2)).of(Reject)
    assert reject == Reject("0.xml", "task-5/image-0", (Fault("image[1]@id", "0 is taken by an earlier image"),), 2)


@pytest.mark.parametrize(
    ("element", "path"),
    [
        ('<box label="car" xtl="1" ytl="x" xbr="4" ybr="3"/>', "@ytl"),
        ('<box label="car" xtl="1" ytl="2" xbr="4"/>', "@ybr"),
        ('<box label="car" xtl="1" ytl="2" xbr="0" ybr="3"/>', ""),
        ('<box label="car" xtl="nan" ytl="2" xbr="4" ybr="3"/>', "@xtl"),
        ('<box label="car" xtl="1" ytl="2" xbr="1e300" ybr="3"/>', "@xbr"),
        ('<box xtl="1" ytl="2" xbr="4" ybr="3"/>', "@label"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" z_order="up"/>', "@z_order"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" occluded="maybe"/>', "@occluded"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" group_id="-1"/>', "@group_id"),
        ('<polygon label="car" points="0,0;1,1"/>', ""),
        ('<polygon label="car" points="0,0;1,1;2"/>', "@points"),
        ('<polygon label="car" points="0,0;1,1;1_0,0"/>', "@points"),
        ('<points label="car" points=""/>', ""),
        ('<points label="car"/>', "@points"),
        ('<mask label="car" rle="1, 2" left="1" top="1" width="2" height="2"/>', ""),
        ('<mask label="car" rle="1, x" left="1" top="1" width="2" height="2"/>', "@rle"),
        ('<mask label="car" rle="0, 4" left="5" top="1" width="2" height="2"/>', ""),
        ('<ellipse label="car" cx="1" cy="1" rx="-1" ry="1"/>', ""),
        ('<skeleton label="car"/>', ""),
        ('<skeleton label="body"><points label="tail" points="1,2"/></skeleton>', ".points[0]@label"),
        (
            '<skeleton label="body"><points label="ear" points="1,2"/><points label="ear" points="1,2"/></skeleton>',
            ".points[1]@label",
        ),
        ('<tag label="car"><attribute name="seen">perhaps</attribute></tag>', ".attribute[0]"),
        ('<tag label="car"><attribute>b</attribute></tag>', ".attribute[0]@name"),
        (
            '<tag label="car"><attribute name="make">a</attribute><attribute name="make">b</attribute></tag>',
            ".attribute[1]@name",
        ),
    ],
)
def test_a24_a_faulty_shape_is_rejected_alone_with_its_path(element: str, path: str) -> None:
    outcome = shape(f'{element}<tag label="car"/>')
    tag = element.partition(" ")[0][1:]
    assert [fault.path for fault in outcome.faults] == [f"image[0].{tag}[0]{path}"]
    assert len(outcome.annotations) == 1


def test_everything_that_is_wrong_with_a_shape_is_told_at_once() -> None:
    assert reasons('<box label="car" xtl="a" ytl="b" xbr="4" ybr="3" z_order="c"/>') == [
        ("image[0].box[0]@z_order", "'c' is not a whole number"),
        ("image[0].box[0]@xtl", "'a' is not a number"),
        ("image[0].box[0]@ytl", "'b' is not a number"),
    ]


@pytest.mark.parametrize(
    ("image", "path"),
    [
        ('<image name="a.jpg"/>', "image[0]@id"),
        ('<image id="0"/>', "image[0]@name"),
        ('<image id="0" name="a" width="wide"/>', "image[0]@width"),
        ('<image id="0" name="a" task_id="6"/>', "image[0]@task_id"),
    ],
)
def test_a_faulty_picture_comes_through_with_what_is_right(image: str, path: str) -> None:
    outcome = decode(document(image))
    assert [fault.path for fault in outcome.faults] == [path]
    assert len(outcome.records) == 1


@pytest.mark.parametrize(
    ("track", "path"),
    [
        ('<track id="0" label="car"/>', "track[0]"),
        ('<track id="0" label="body"><skeleton frame="0" keyframe="1"/></track>', "track[0]"),
        (
            '<track id="0" label="car"><points frame="-1" keyframe="1" points="1,2"/></track>',
            "track[0].points[0]@frame",
        ),
        ('<track id="0" label="car"><points keyframe="1" points="1,2"/></track>', "track[0].points[0]@frame"),
        ('<track id="0" label="body"><track label="tail"/></track>', "track[0].track[0]@label"),
    ],
)
def test_a_faulty_track_is_rejected_alone_with_its_path(track: str, path: str) -> None:
    sound = '<track id="1" label="car"><points frame="0" keyframe="1" points="1,2"/></track>'
    outcome = tracked(track + sound)
    assert {fault.path for fault in outcome.faults} >= {path}
    assert [one.id for one in outcome.tracks] == ["track-1"]


def test_faults_of_the_head_are_told_and_cost_no_annotation() -> None:
    meta = (
        "<task><id>5</id><size>many</size><frame_filter>every third</frame_filter><labels>"
        "<label><name></name></label><label><name>car</name><color>red</color></label>"
        "<label><name>ear</name><parent>nobody</parent></label></labels></task>"
    )
    outcome = decode(document('<image id="0" name="a"><tag label="car"/></image>', meta))
    assert sorted(fault.path for fault in outcome.faults) == [
        "meta.task.frame_filter",
        "meta.task.labels",
        "meta.task.labels.label[0].name",
        "meta.task.labels.label[1].color",
        "meta.task.size",
    ]
    assert len(outcome.annotations) == 1


def test_what_nobody_reads_is_counted_where_it_stands() -> None:
    body = '<image id="0" name="a" colour="?"><tag label="car" weight="1"><note>x</note></tag><blob/></image><more><x/></more>'
    unread = decode(document(body)).unread
    assert {path.removeprefix("0.xml:") for path in unread if not path.startswith("0.xml:meta")} == {
        "image@colour",
        "image.blob",
        "image.tag@weight",
        "image.tag.note",
        "more.x",
    }


BOMB = """<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<annotations><image id="0" name="&b;"/></annotations>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<annotations><version>&a;</version></annotations>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        ('<!DOCTYPE annotations SYSTEM "http://localhost/a.dtd"><annotations/>', "document type"),
        ("<annotations><image>", "is not XML"),
        ("<annotations/><annotations/>", "is not XML"),
        ("", "is not XML"),
        ('<?xml version="1.0" encoding="shift_jis"?><annotations/>', "is not XML"),
        ("<annotation/>", "not <annotations>"),
        ("<annotations><version>2.0</version></annotations>", "only 1.x is known"),
        ("<annotations>" + "<a>" * 50 + "</a>" * 50 + "</annotations>", "deep"),
    ],
)
def test_a_bad_file_is_rejected_before_anything_of_it_is_taken(content: str, reason: str) -> None:
    outcome = cvat.decode(FORMAT, [cvat.given("0.xml", document("")), cvat.given("1.xml", content)])
    (reject,) = outcome.of(Reject)
    assert (reject.file, reject.record) == ("1.xml", "$")
    assert reason in reject.faults[0].reason
    assert [one.file for one in outcome.of(Counted)] == ["0.xml"]


def test_without_xml_there_is_nothing_to_read() -> None:
    with pytest.raises(RequestError, match=r"annotations\.xml"):
        cvat.decode(FORMAT, [cvat.given("a.json", "{}")])


def test_other_files_are_not_read() -> None:
    outcome = cvat.decode(FORMAT, [cvat.given("images/a.jpg", b""), cvat.given("a.xml", document(""))])
    assert outcome.of(Unread)[0] == Unread("images/a.jpg", "$", 1)


def test_the_format_is_found_by_its_name() -> None:
    assert format_named("cvat_xml") is FORMAT
