"""Elements of shapes as CVAT's XML has them, read one by one; what is not read of them is counted.

A path names elements from below the root, counted from 0 among those of their name: `image[3].box[0]@xtl`. Patterns of
what is not read leave the numbers out: `image.box@foo`, `track.box[keyframe=0]`.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from xml.etree.ElementTree import Element

from labelport.formats.cvat_xml.stream import leaves
from labelport.kit.cvat import shapes
from labelport.kit.cvat.answers import answer
from labelport.kit.cvat.drawn import Common, Drawn, common, skeleton
from labelport.kit.cvat.labels import Known, Spec
from labelport.kit.cvat.shapes import Size
from labelport.kit.cvat.values import LARGEST, Values, shown
from labelport.model.answers import Answer
from labelport.model.geometry import Geometry

_BOX = ("xtl", "ytl", "xbr", "ybr")
_ELLIPSE = ("cx", "cy", "rx", "ry")
_MASK = ("left", "top", "width", "height")
_CUBOID = tuple(f"{axis}{corner}{face}" for face in "12" for corner in ("tl", "bl", "tr", "br") for axis in "xy")
_NUMBERS: Mapping[str, frozenset[str]] = {
    "box": frozenset({*_BOX, "rotation"}),
    "ellipse": frozenset({*_ELLIPSE, "rotation"}),
    "polygon": frozenset({"points"}),
    "polyline": frozenset({"points"}),
    "points": frozenset({"points"}),
    "cuboid": frozenset(_CUBOID),
    "mask": frozenset({*_MASK, "rle"}),
    "skeleton": frozenset(),
    "tag": frozenset(),
}
"""The attributes that are the shape, by element."""
OBJECT = frozenset({"label", "source", "group_id"})
"""Attributes of what is an annotation or a track of its own."""
STATE = frozenset({"occluded", "z_order"})
MOVING = frozenset({"frame", "keyframe", "outside"})


class Reader:
    """Reads shapes of one file, and counts what it does not read."""

    __slots__ = ("known", "unread")

    def __init__(self, known: Mapping[str, Known], unread: Counter[str]) -> None:
        self.known = known
        self.unread = unread

    def label(self, values: Values) -> Known:
        """Return the label that an element names; an empty one is none."""
        name = values.text("label")
        return self.known.get(name, Known())

    def common(self, name: str, values: Values, of: Known) -> Common:
        """Return what shapes, tags and tracks have alike."""
        group = values.whole_or_none("group_id") or 0
        return common(name, of.number, group, values.text_or_none("source"))

    def note(self, element: Element, where: str, attributes: frozenset[str], children: frozenset[str]) -> None:
        """Count the attributes and the children of an element that nobody reads."""
        for key in element.attrib.keys() - attributes:
            self.unread[f"{where}@{key}"] += 1
        for child in element:
            if child.tag not in children:
                self.unread += leaves(child, f"{where}.{child.tag}")

    def still(self, element: Element, values: Values, where: str, of: Known, size: Size) -> Drawn:
        """Return a shape or tag of a picture."""
        self.note(element, where, _NUMBERS[element.tag] | OBJECT | STATE, _children(element))
        drawn = Drawn(values.path, occluded=values.flag_or_none("occluded"), z_order=_z_order(values))
        drawn.answers = self.answers(element, values, of.specs)
        if element.tag == "skeleton":
            for joint, path, _ in numbered(element, values.path, ("points",)):
                self._joint(joint, Values(joint.attrib, path, values.faults, "@"), f"{where}.points", of, drawn)
            skeleton(drawn, of.joints, values.faults)
        elif element.tag != "tag":
            drawn.geometry = geometry(element.tag, values, size)
        return drawn

    def moved(self, element: Element, values: Values, where: str, specs: Mapping[str, Spec], size: Size) -> Drawn:
        """Return a key frame of a track, without the joints of a skeleton."""
        self.note(element, where, _NUMBERS[element.tag] | STATE | MOVING, _children(element))
        return Drawn(
            values.path,
            None if element.tag == "skeleton" else geometry(element.tag, values, size),
            outside=values.flag("outside"),
            occluded=values.flag_or_none("occluded"),
            z_order=_z_order(values),
            answers=self.answers(element, values, specs),
        )

    def answers(
        self, element: Element, values: Values, specs: Mapping[str, Spec], above: str = ""
    ) -> dict[str, Answer]:
        """Return the attributes of a shape as answers by key."""
        found: dict[str, Answer] = {}
        for child, path, _ in numbered(element, values.path, _POINT):
            named = Values(child.attrib, path, values.faults, "@")
            name = named.text("name")
            key = above + name
            if key in found:
                named.wrong("name", f"{name!r} is answered twice")
            made = answer(key, specs.get(name), child.text or "", path, values.faults)
            if made:
                found[key] = made
        return found

    def joint(self, element: Element, values: Values, where: str, of: Known, name: str) -> Drawn:
        """Return a joint of a skeleton."""
        self.note(element, where, _OF_JOINT_MOVED if where.startswith("track") else _OF_JOINT, _POINT)
        return Drawn(
            values.path,
            geometry("points", values, Size()),
            outside=values.flag("outside"),
            occluded=values.flag_or_none("occluded"),
            answers=self.answers(element, values, of.joints.get(name, {}), f"{name}/"),
        )

    def _joint(self, element: Element, values: Values, where: str, of: Known, into: Drawn) -> None:
        name = values.text("label")
        if name not in of.joints:
            values.wrong("label", f"{shown(name)} is no sublabel of the skeleton")
        elif name in into.joints:
            values.wrong("label", f"{shown(name)} is there already")
        else:
            into.joints[name] = self.joint(element, values, where, of, name)


def numbered(element: Element, path: str, tags: Container[str]) -> Iterator[tuple[Element, str, int]]:
    """Yield the children of some names in their order, with their paths and their places among those of their name."""
    count: Counter[str] = Counter()
    for child in element:
        if child.tag in tags:
            at = count[child.tag]
            count[child.tag] += 1
            yield child, f"{path}.{child.tag}[{at}]", at


def geometry(tag: str, values: Values, size: Size) -> Geometry | None:
    """Return the shape of an element; None, with faults, where it has none."""
    before = len(values.faults)
    angle = values.number("rotation") if tag in ("box", "ellipse") and values.has("rotation") else 0.0
    try:
        match tag:
            case "box":
                numbers = [values.number(key) for key in _BOX]
                return shapes.box(numbers, angle) if len(values.faults) == before else None
            case "ellipse":
                cx, cy, rx, ry = (values.number(key) for key in _ELLIPSE)
                return shapes.ellipse(cx, cy, rx, ry, angle) if len(values.faults) == before else None
            case "cuboid":
                numbers = [values.number(key) for key in _CUBOID]
                return shapes.cuboid(numbers) if len(values.faults) == before else None
            case "mask":
                return _mask(values, size)
            case _:
                numbers = _pairs(values)
                return shapes.geometry(tag, numbers, 0.0, size) if len(values.faults) == before else None
    except ValueError as e:
        values.wrong("", str(e))
        return None


def _mask(values: Values, size: Size) -> Geometry | None:
    before = len(values.faults)
    left, top, width, height = (values.whole(key) for key in _MASK)
    words = values.text("rle").split(",") if values.has("rle") else []
    runs = [int(word) for word in words if word.strip().isascii() and word.strip().isdigit() and len(word) < 20]
    if len(runs) < len(words) or not words:
        values.wrong("rle", "is no list of whole numbers")
    if len(values.faults) > before:
        return None
    return shapes.mask(runs, (left, top), (width, height), size)


def _pairs(values: Values) -> list[float]:
    """Return the numbers of `x,y;x,y`."""
    text = values.text("points")
    pairs = text.split(";") if text else []
    try:
        flat = [float(number) for pair in pairs for number in pair.split(",")]
    except ValueError:
        flat = []
    sound = len(flat) == 2 * len(pairs) and text.isascii() and "_" not in text
    if not sound or any(pair.count(",") != 1 for pair in pairs) or not all(-LARGEST <= it <= LARGEST for it in flat):
        values.wrong("points", f"{shown(text)} is no list of x,y with ; between")
        return []
    return flat


def _z_order(values: Values) -> int:
    return values.whole("z_order", low=-(1 << 31), high=1 << 31) if values.has("z_order") else 0


def _children(element: Element) -> frozenset[str]:
    return _JOINTS if element.tag == "skeleton" else _POINT


_OF_JOINT = frozenset({"points", "occluded", "outside", "label"})
_OF_JOINT_MOVED = _OF_JOINT | MOVING
_POINT = frozenset({"attribute"})
_JOINTS = frozenset({"attribute", "points"})
