"""Shapes as elements: the numbers of each as CVAT names them, and what is said of it as `attribute`s."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np

from labelport.formats.cvat_xml.spelling import flag, reckoned, text
from labelport.kit.coco_attributes import Plain, attributes
from labelport.model.answers import Answer
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.model.ontology import LabelClass
from labelport.shapes import rle

_CORNERS = ("tl1", "tr1", "br1", "bl1", "tr2", "tl2", "bl2", "br2")
"""CVAT's names of our corners. Its third edge is `tl2`, `bl2`, though it is the back face's right one."""
Numbers = dict[str, object]


class Drawn(NamedTuple):
    """An element without what is said of it: tag, numbers, and the joints of a skeleton by name."""

    tag: str
    numbers: Numbers
    joints: tuple[tuple[str, Keypoint], ...] = ()


def drawn(shape: Geometry | None, of: LabelClass | None) -> Drawn:
    """Return the element of a shape, `tag` for none; several lines are one through all their points."""
    match shape:
        case None:
            return Drawn("tag", {})
        case Point(x, y):
            return Drawn("points", {"points": _pairs((x, y))})
        case Polyline(lines):
            return Drawn("polyline", {"points": _pairs(tuple(chain.from_iterable(lines)))})
        case Keypoints(points) if of is not None and of.skeleton is not None:
            return Drawn("skeleton", {}, tuple(zip(of.skeleton.joints, points, strict=False)))
        case Keypoints(points):
            return Drawn("points", {"points": _pairs([at for point in points for at in (point.x, point.y)])})
        case _:
            return Drawn(*_plain(shape))


def said(answers: Iterable[Answer], joint: str = "") -> list[str]:
    """Return answers as elements: those of the shape itself, or of one joint of it, `joint/attribute`."""
    return [_attribute(key.removeprefix(joint), value) for key, value in attributes(answers).items()]


def joints(one: Drawn, answers: Sequence[Answer]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the answers of a skeleton itself, and those of each of its joints."""
    own, of_joints = list(answers), {}
    for name, _ in one.joints:
        mine = [answer for answer in own if answer.key.startswith(f"{name}/")]
        own = [answer for answer in own if answer not in mine]
        of_joints[name] = said(mine, f"{name}/")
    return said(own), of_joints


def joint(point: Keypoint) -> Numbers:
    """Return a joint's place; outside is what is not labelled, occluded what is hidden."""
    return {
        "outside": flag(not point.visibility),
        "occluded": flag(point.visibility == 1),
        "points": _pairs((point.x, point.y)),
    }


def _plain(shape: Geometry) -> tuple[str, Numbers]:
    match shape:
        case Box(x, y, width, height):
            return "box", _box(x, y, x + width, y + height)
        case RotatedBox(cx, cy, width, height, angle):
            half, high = width / 2, height / 2
            return "box", {**_box(cx - half, cy - high, cx + half, cy + high), "rotation": angle % 360}
        case Polygon(((ring,),)):
            return "polygon", {"points": _pairs(ring)}
        case Ellipse(cx, cy, rx, ry, angle):
            turned = {"rotation": angle % 360} if angle % 360 else {}
            return "ellipse", {"cx": cx, "cy": cy, "rx": rx, "ry": ry, **turned}
        case Cuboid(corners):
            named = zip(_CORNERS, corners[0::2], corners[1::2], strict=True)
            return "cuboid", {
                f"{axis}{corner}": at for corner, *place in named for axis, at in zip("xy", place, strict=True)
            }
        case Mask():
            return "mask", _mask(shape)
        case other:
            raise AssertionError(f"not among the kinds that are carried: {other}")


def _box(left: float, top: float, right: float, bottom: float) -> Numbers:
    return {"xtl": reckoned(left), "ytl": reckoned(top), "xbr": reckoned(right), "ybr": reckoned(bottom)}


def _pairs(flat: Sequence[float]) -> str:
    return ";".join(f"{x!r},{y!r}" for x, y in zip(flat[0::2], flat[1::2], strict=True))


def _mask(shape: Mask) -> Numbers:
    """Return the runs along the rows of what the mask's bounds enclose, and where that lies; one pixel for none.

    A run that goes on in the next column of the picture does so in the crop: it is as high as the picture then.
    """
    runs = rle.parse(shape.counts)
    left, top, width, height = rle.bounds(runs, shape.height)
    if not width:
        return {"rle": "1", "left": 0, "top": 0, "width": 1, "height": 1}
    ends = np.cumsum(runs)
    starts, lengths = ends[0::2][: len(runs) // 2], runs[1::2]
    starts, lengths = starts[lengths > 0], lengths[lengths > 0]
    places = (starts // shape.height - left) * height + starts % shape.height - top
    turns = np.stack([places, places + lengths], axis=1).ravel()
    again = np.flatnonzero(turns[1:] == turns[:-1])
    inner = rle.from_turns(np.delete(turns, np.concatenate([again, again + 1])), width * height)
    rows = rle.encode(rle.decode(inner, height, width).T)
    return {"rle": ", ".join(map(str, rows.tolist())), "left": left, "top": top, "width": width, "height": height}


def _attribute(name: str, value: Plain) -> str:
    return f'<attribute name="{text(name)}">{text(_word(value))}</attribute>'


def _word(value: Plain) -> str:
    """Return a value as the text of an attribute; several ones as JSON."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return msgspec.json.encode(value).decode()
