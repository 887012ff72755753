"""A shape of CVAT before it is an annotation or a key frame, and who made it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from labelport.errors import Fault
from labelport.model.answers import Answer
from labelport.model.geometry import Geometry, Keypoint, Keypoints, Point
from labelport.model.label import Annotation, Source, Target

_SOURCES: dict[str, Source] = {
    "manual": "person",
    "auto": "model",
    "semi-auto": "model",
    "file": "import",
    "consensus": "person",
}
"""Who made a shape: `semi-auto` are the tools that draw where a person clicks, `consensus` is merged from people's."""
_SAID = ("manual", "auto", "file")
"""Sources that ours say as well; others are kept in `extra`."""


class Drawn(msgspec.Struct):
    """A shape at one frame; of a skeleton the joints by name. Answers by key, those of joints as `joint/attribute`."""

    path: str
    geometry: Geometry | None = None
    frame: int = 0
    outside: bool = False
    occluded: bool | None = None
    z_order: int = 0
    answers: dict[str, Answer] = {}
    joints: "dict[str, Drawn]" = {}


class Common(msgspec.Struct, frozen=True):
    """What shapes, tags and tracks have alike."""

    id: str
    class_: int | None
    group: str | None
    source: Source | None
    extra: dict[str, Any] | None


def common(name: str, number: int | None, group: int, word: str | None) -> Common:
    """Return it; group 0 is none."""
    made_by = _SOURCES.get(word) if word else None
    extra = {"source": word} if word and word not in _SAID else None
    return Common(name, number, str(group) if group else None, made_by, extra)


def annotation(drawn: Drawn, of: Common, frame: int | None) -> Annotation:
    """Return a shape that does not move; in a video it is on one frame."""
    return Annotation(
        of.id,
        class_=of.class_,
        geometry=drawn.geometry,
        answers=tuple(drawn.answers.values()),
        on=None if frame is None else Target(first_frame=frame, last_frame=frame),
        group=of.group,
        occluded=drawn.occluded,
        z_order=drawn.z_order,
        source=of.source,
        extra=of.extra,
    )


def skeleton(drawn: Drawn, order: Iterable[str], faults: list[Fault]) -> None:
    """Put the joints of a skeleton together to its geometry, in their order, and take over their answers."""
    names = tuple(order)
    if not names:
        faults.append(Fault(drawn.path, "is a skeleton, and its label has no sublabels"))
        return
    found = [joint(drawn.joints.get(name)) for name in names]
    drawn.geometry = Keypoints(tuple(found))
    drawn.answers = drawn.answers | {key: one for name in names for key, one in _answers(drawn.joints, name).items()}


def joint(drawn: Drawn | None) -> Keypoint:
    """Return a joint: outside is not labelled, occluded is hidden; one that is missing is not labelled."""
    if drawn is None or not isinstance(drawn.geometry, Point):
        return Keypoint(0.0, 0.0, 0)
    return Keypoint(drawn.geometry.x, drawn.geometry.y, visibility(drawn))


def visibility(drawn: Drawn) -> int:
    """Return COCO's visibility of a joint."""
    if drawn.outside:
        return 0
    return 1 if drawn.occluded else 2


def _answers(joints: Mapping[str, Drawn], name: str) -> dict[str, Answer]:
    return joints[name].answers if name in joints else {}
