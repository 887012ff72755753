"""Whatever stands in a file of CVAT's XML, the counts close and records are sound."""

import copy
from contextlib import suppress
from xml.etree import ElementTree as ET

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.errors import RequestError
from tests.formats.cvat_xml.build import decode, document
from tests.samples import sample

MEDLEY = document(
    '<image id="0" name="a.jpg" width="6" height="4" subset="A" task_id="5">'
    '<box label="car" source="manual" occluded="0" xtl="1" ytl="1" xbr="2" ybr="2" rotation="9" z_order="0" group_id="1">'
    '<attribute name="make">a</attribute><attribute name="seen">true</attribute></box>'
    '<polygon label="car" points="0,0;1,0;1,1"/><polyline label="car" points="0,0;1,0"/><points label="" points="1,1"/>'
    '<ellipse label="car" cx="1" cy="1" rx="1" ry="1"/><mask label="car" rle="0, 4" left="0" top="0" width="2" height="2"/>'
    '<cuboid label="car" xtl1="0" ytl1="1" xbl1="0" ybl1="2" xtr1="3" ytr1="1" xbr1="3" ybr1="2"'
    ' xtl2="4" ytl2="0" xbl2="4" ybl2="1" xtr2="1" ytr2="0" xbr2="1" ybr2="1"/><tag label="boat"/>'
    '<skeleton label="body"><points label="nose" outside="0" occluded="1" points="1,2">'
    '<attribute name="wet">true</attribute></points><points label="ear" points="1,2"/></skeleton></image>'
    '<image id="1" name="b.jpg"/>'
    '<track id="0" label="car" task_id="5"><box frame="0" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    '<box frame="2" keyframe="0" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"/></track>'
    '<track id="1" label="body"><skeleton frame="0" keyframe="1"><points label="nose" keyframe="1" points="1,2"/></skeleton>'
    '<track label="ear"><points frame="1" keyframe="1" outside="1" points="1,2"/></track></track>'
)
"""Every element once."""
HOSTILE = [
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "9" * 30,
    "x",
    "1,1",
    "1,1;2",
    ";",
    "None",
    "True",
    "body",
    "ear",
    "task",
    "😀",
]


@st.composite
def mutated(draw: st.DrawFn, base: ET.Element) -> bytes:
    """Return the document with some attributes, texts and elements changed, taken out or moved."""
    root = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        parents = [one for one in root.iter() if len(one)]
        parent = draw(st.sampled_from(parents or [root]))
        if not len(parent):
            break
        element = draw(st.sampled_from(list(parent)))
        match draw(st.sampled_from(["attribute", "attribute", "lost", "text", "tag", "remove", "move"])):
            case "attribute" | "lost" if not element.attrib:
                element.text = draw(st.sampled_from(HOSTILE))
            case "attribute":
                element.set(draw(st.sampled_from(sorted(element.attrib))), draw(st.sampled_from(HOSTILE)))
            case "lost":
                del element.attrib[draw(st.sampled_from(sorted(element.attrib)))]
            case "text":
                element.text = draw(st.sampled_from(HOSTILE))
            case "tag":
                element.tag = draw(st.sampled_from(sorted({one.tag for one in root.iter()})))
            case "remove":
                parent.remove(element)
            case _:
                draw(st.sampled_from(parents)).append(copy.deepcopy(element))
    return ET.tostring(root)


@given(mutated(ET.fromstring(MEDLEY)))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_a_file_counts_close_and_records_are_sound(content: bytes) -> None:
    with suppress(RequestError):
        assert decode(content) == decode(content)


@pytest.mark.parametrize("name", ["images.xml", "video.xml"])
def test_whatever_stands_in_a_real_file_counts_close_and_records_are_sound(name: str) -> None:
    @given(mutated(ET.fromstring(sample(f"cvat_xml/{name}").read_bytes())))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def survives(content: bytes) -> None:
        with suppress(RequestError):
            decode(content)

    survives()


@given(st.integers(0, len(MEDLEY) - 1), st.binary(max_size=4), st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_bytes_of_any_kind_are_refused_or_read(at: int, what: bytes, less: int) -> None:
    data = MEDLEY.encode()
    with suppress(RequestError):
        decode(data[:at] + what + data[at + less :])
