"""The shape of a region, read as its kind says: in a picture, a video, a text, a conversation, HTML or sound."""

from typing import NamedTuple

from labelport.errors import Fault
from labelport.formats.label_studio.results import ANSWERS, Result
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.shapes import Size, in_picture
from labelport.formats.label_studio.spans import frames, html_span, interval, message_span, text_span
from labelport.formats.label_studio.tracks import keyframes
from labelport.formats.label_studio.values import Fields, Object, finite, kept, shown
from labelport.model.geometry import Geometry, Messages
from labelport.model.label import Keyframe

NO_SIZE = "is in percent, and the size is missing or none: `original_width` and `original_height`"
NO_VIDEO_SIZE = "is in percent of a video of unknown size: add its `width` and `height` to the task's data"


class Placed(NamedTuple):
    """Where a region is: a shape, frames of a video, or key frames; and what its kind alone has to say."""

    geometry: Geometry | None = None
    frames: tuple[int, int] | None = None
    keyframes: tuple[Keyframe, ...] = ()
    extra: Object | None = None


def placed(name: str, shaped: tuple[Result, str], scope: Scope, faults: list[Fault]) -> Placed:
    """Return where a region is; what is wrong with it adds faults."""
    result, shape = shaped
    if "value" not in result.given:
        faults.append(Fault(f"{result.path}.value", "is missing"))
        return Placed()
    answer = ANSWERS.get(result.type)
    given = {key: item for key, item in result.value.items() if key != answer}
    value = Fields(given, f"{result.path}.value", faults)
    match shape:
        case "track":
            size = _size(result, scope, faults, NO_VIDEO_SIZE)
            return Placed(keyframes=keyframes(name, value, size)) if size else Placed()
        case "frames":
            return Placed(frames=frames(value))
        case "message":
            return _message(scope.message(result.path, name), value.child("chatmessage"), scope)
        case "span" | "interval" | "html" | "paragraphs":
            return _in_words(shape, result, value, scope)
        case _:
            return _in_picture(shape, result, value, scope)


def _in_picture(shape: str, result: Result, value: Fields, scope: Scope) -> Placed:
    turn = result.given.get("image_rotation")
    angle = 0.0 if turn is None else finite(turn)
    if angle is None or angle % 90:
        value.faults.append(Fault(f"{result.path}.image_rotation", f"{shown(turn)} is no quarter turn"))
    size = _size(result, scope, value.faults, NO_SIZE)
    if size is None:
        return Placed()
    extra: Object = {"image_rotation": turn} if angle else {}
    if shape == "point" and value.has("width"):
        extra["point_size"] = value.number("width", low=0) * size.width / 100
    return Placed(in_picture(shape, value, size), extra=extra)


def _in_words(shape: str, result: Result, value: Fields, scope: Scope) -> Placed:
    name = result.given.get("to_name")
    medium = scope.media.get(name) if isinstance(name, str) else None
    if shape == "html":
        return Placed(
            html_span(value), extra={"global_offsets": it} if (it := value.given.get("globalOffsets")) else {}
        )
    if shape == "paragraphs":
        return Placed(message_span(value, scope.messages[medium.name] if medium else []))
    heard = medium is not None and medium.kind in ("audio", "video")
    if heard or shape == "interval" or "channel" in value.given or "original_length" in result.given:
        return Placed(interval(value), extra=kept(value.given, ("instant",)))
    return Placed(text_span(value, scope.texts[medium.name] if medium else None))


def _message(name: str, message: Fields, scope: Scope) -> Placed:
    """Read an added message; its words are the asset's, and kept here only where the asset is no conversation."""
    message.text("role")
    message.text("content")
    message.moment("createdAt", per_second=1000)
    told = ("role", "content", "createdAt") if scope.main.kind == "conversation" else ()
    extra = {key: item for key, item in message.given.items() if key not in told}
    return Placed(Messages((name,)), extra={"message": extra} if extra else {})


def _size(result: Result, scope: Scope, faults: list[Fault], reason: str) -> Size | None:
    found = scope.size(result)
    if found is None:
        faults.append(Fault(result.path, reason))
    return found
