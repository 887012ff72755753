"""What Datumaro keeps in the attributes of an annotation: the answers, and features by the names that its users give.

Those are `occluded`, `truncated`, `is_crowd`, `score`, and `track_id` and `keyframe` of an object in a frame. A
question of such a name is written with `#2` behind it.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

from labelport.errors import Fault
from labelport.kit import coco_attributes
from labelport.kit.coco_attributes import Plain
from labelport.model.answers import Answer, Text
from labelport.model.label import Annotation
from labelport.model.ontology import Attribute

ESTABLISHED = ("occluded", "truncated", "is_crowd", "score", "track_id", "keyframe", "rotation")
CAPTION = "caption"
"""The question that a caption answers."""
_AGAIN = "#2"


class Told(NamedTuple):
    """What attributes tell beside answers; `rotation` is an angle that CVAT writes of boxes and ellipses."""

    occluded: bool | None
    truncated: bool | None
    crowd: bool
    confidence: float | None
    rotation: float


def written(one: Annotation, answers: Iterable[Answer]) -> dict[str, Plain]:
    """Return answers and features as attributes."""
    said = coco_attributes.attributes(answers) if answers else {}
    found: dict[str, Plain] = {}
    if one.occluded is not None:
        found["occluded"] = one.occluded
    if one.truncated is not None:
        found["truncated"] = one.truncated
    if one.crowd:
        found["is_crowd"] = True
    if one.confidence is not None:
        found["score"] = one.confidence
    return found | apart(said, ESTABLISHED)


def read(
    given: Mapping[str, Any] | None, questions: Iterable[Attribute], faults: list[Fault]
) -> tuple[Told, tuple[Answer, ...]]:
    """Return features, and everything else as answers."""
    rest = dict(given or {})
    confidence = rest.get("score")
    is_share = isinstance(confidence, int | float) and not isinstance(confidence, bool) and 0 <= confidence <= 1
    rotation = rest.get("rotation")
    is_angle = isinstance(rotation, int | float) and not isinstance(rotation, bool)
    told = Told(
        rest.pop("occluded") if isinstance(rest.get("occluded"), bool) else None,
        rest.pop("truncated") if isinstance(rest.get("truncated"), bool) else None,
        rest.pop("is_crowd") if isinstance(rest.get("is_crowd"), bool) else False,
        rest.pop("score") if is_share else None,
        rest.pop("rotation") if is_angle else 0.0,
    )
    return told, coco_attributes.answers(together(rest, ESTABLISHED), questions, faults) if rest else ()


def captioned(answers: tuple[Answer, ...]) -> tuple[str, tuple[Answer, ...]]:
    """Return the first text, which is the caption, and what stands in its attributes.

    All other answers do, and the text itself too, unless it answers `caption` and could not be missed.
    """
    first = next((one for one in answers if isinstance(one, Text)), None)
    if first is None:
        return "", answers
    rest = tuple(one for one in answers if one is not first)
    is_plain = first.key == CAPTION and first.text and all(getattr(one, "text", None) != first.text for one in rest)
    return first.text, rest if is_plain else answers


def uncaptioned(caption: str | None, rest: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers of a caption and its attributes."""
    if not caption or any(isinstance(one, Text) and one.text == caption for one in rest):
        return rest
    return (Text(CAPTION, caption), *rest)


def apart(given: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Any]:
    """Return an object whose keys are none of those that are taken."""
    found = dict(given)
    for key in taken:
        if key in found:
            free = next(name for name in (f"{key}#{i}" for i in count(2)) if name not in found)
            found[free] = found.pop(key)
    return found


def together(given: Mapping[str, Any], taken: Iterable[str]) -> dict[str, Any]:
    """Return the object whose keys were kept apart."""
    back = {f"{key}{_AGAIN}": key for key in taken if key not in given}
    return {back.get(key, key): value for key, value in given.items()}
