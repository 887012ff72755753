"""Classes as the labels of a file's head, and the head of a task."""

from collections.abc import Iterable, Iterator, Sequence
from math import cos, pi, sin

from labelport.formats.cvat_xml.spelling import element, leaf
from labelport.model.ontology import Attribute, LabelClass, Skeleton
from labelport.model.record import Record

START = b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n'
END = b"</annotations>\n"
_INPUTS = {"boolean": "checkbox", "number": "number", "radio": "select"}
"""How CVAT asks; whatever it has no question for is a text."""


def images(classes: Iterable[LabelClass]) -> bytes:
    """Return the head of the file of all pictures."""
    return _head(("<mode>annotation</mode>",), classes)


def video(record: Record, classes: Iterable[LabelClass]) -> bytes:
    """Return the head of the file of a video."""
    asset = record.asset
    sides = (leaf("width", asset.width), leaf("height", asset.height))
    step = asset.frame_step
    about = (
        leaf("id", record.number),
        leaf("name", record.name),
        leaf("size", asset.frames),
        "<mode>interpolation</mode>",
        leaf("start_frame", asset.first_frame),
        leaf("frame_filter", f"step={step}" if step else None),
        element("original_size", {}, sides) if any(sides) else "",
        leaf("source", record.path),
    )
    return _head(about, classes)


def _head(about: Sequence[str], classes: Iterable[LabelClass]) -> bytes:
    lines = [
        "<meta>",
        "<task>",
        *filter(None, about),
        "<labels>",
        *(line for one in classes for line in _label(one)),
        *("</labels>", "</task>", "</meta>"),
    ]
    return START + "".join(f"{line}\n" for line in lines).encode()


def _label(one: LabelClass) -> Iterator[str]:
    """Yield a label, then those of its joints."""
    joints = one.skeleton.joints if one.skeleton else ()
    of_joints = {joint: [each for each in one.attributes if each.key.startswith(f"{joint}/")] for joint in joints}
    own = [each for each in one.attributes if not any(each in found for found in of_joints.values())]
    yield element(
        "label",
        {},
        (
            leaf("name", one.name),
            leaf("color", one.colour),
            leaf("type", "skeleton" if joints else "any"),
            _attributes(own, ""),
            leaf("svg", _drawing(one.skeleton)) if one.skeleton else "",
        ),
    )
    for joint, attributes in of_joints.items():
        named = (leaf("name", joint), "<type>points</type>", _attributes(attributes, f"{joint}/"))
        yield element("label", {}, (*named, leaf("parent", one.name)))


def _attributes(attributes: Iterable[Attribute], joint: str) -> str:
    return f"<attributes>{''.join(_attribute(one, joint) for one in attributes)}</attributes>"


def _attribute(one: Attribute, joint: str) -> str:
    kind = _INPUTS.get(one.kind, "text")
    said = (
        leaf("name", one.key.removeprefix(joint)),
        leaf("mutable", one.mutable),
        leaf("input_type", kind),
        leaf("default_value", one.default),
        leaf("values", "\n".join(one.options)) if kind == "select" else "",
    )
    return element("attribute", {}, said)


def _drawing(skeleton: Skeleton) -> str:
    """Return a skeleton as CVAT draws it: nodes on a circle, for where they stand in a picture is not known."""
    count = len(skeleton.joints)
    turns = [2 * pi * place / count for place in range(count)]
    places = [(round(50 + 40 * sin(turn), 2), round(50 - 40 * cos(turn), 2)) for turn in turns]
    lines = (
        element(
            "line",
            {"x1": places[a][0], "y1": places[a][1], "x2": places[b][0], "y2": places[b][1]}
            | {"data-type": "edge", "data-node-from": a + 1, "data-node-to": b + 1},
        )
        for a, b in skeleton.edges
    )
    nodes = (
        element(
            "circle",
            {"r": 1.5, "cx": x, "cy": y, "data-type": "element node", "data-element-id": at, "data-node-id": at}
            | {"data-label-name": name},
        )
        for at, (name, (x, y)) in enumerate(zip(skeleton.joints, places, strict=True), 1)
    )
    return "".join((*lines, *nodes))
