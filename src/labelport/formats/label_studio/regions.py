"""A region made an annotation or a track: its class, shape, answers, group, and who made it.

A region in is one annotation or track out, or one that is rejected: any fault in its shape or answers refuses it as a
whole. A result of an unknown type refuses its region where nothing else is said there, and is left out (and reported)
where the region has a shape or answers besides.
"""

from typing import NamedTuple

from labelport.errors import Fault
from labelport.formats.label_studio.answers import answers, further_labels
from labelport.formats.label_studio.placed import Placed, placed
from labelport.formats.label_studio.results import ANSWERS, LABELS, SHAPES, Region, Result
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.tracks import KEYS
from labelport.formats.label_studio.values import Fields, Object, finite, identity, kept, shown
from labelport.model.answers import Answer
from labelport.model.label import Annotation, Keyframe, Source, Target, Track

RESULT = frozenset(
    {
        "from_name",
        "hidden",
        "id",
        "image_rotation",
        "is_positive",
        "item_index",
        "locked",
        "meta",
        "origin",
        "original_height",
        "original_length",
        "original_width",
        "parentID",
        "readonly",
        "score",
        "to_name",
        "type",
        "value",
    }
)
"""Keys of a result that are read."""
SIDE = frozenset({"text", "item_index"}) | LABELS
"""Keys of a value that any shape may have beside it."""
VALUE = {
    "box": frozenset({"x", "y", "width", "height", "rotation"}),
    "ellipse": frozenset({"x", "y", "radiusX", "radiusY", "rotation"}),
    "polygon": frozenset({"points", "closed"}),
    "point": frozenset({"x", "y", "width"}),
    "brush": frozenset({"format", "rle", "maskDataURL"}),
    "bitmask": frozenset({"imageDataURL"}),
    "vector": frozenset({"vertices", "closed"}),
    "track": frozenset({"sequence", "framesCount", "duration"}),
    "frames": frozenset({"ranges", "sequence", "framesCount", "duration"}),
    "html": frozenset({"start", "end", "startOffset", "endOffset", "globalOffsets"}),
    "paragraphs": frozenset({"start", "end", "startOffset", "endOffset"}),
    "span": frozenset({"start", "end", "channel", "instant"}),
    "interval": frozenset({"start", "end", "channel", "instant"}),
    "message": frozenset({"chatmessage"}),
}
"""Keys of a value that are read, by its shape."""
NESTED = {
    "sequence": KEYS,
    "ranges": frozenset({"start", "end"}),
    "vertices": frozenset({"id", "x", "y", "prevPointId", "isBezier"}),
}
"""Keys that are read of the objects in a list of a value."""
_ORIGINS: dict[str | None, Source] = {
    "prediction": "model",
    "prediction-changed": "person",
    "manual": "person",
    "import": "import",
}


class Read(NamedTuple):
    """What a region became."""

    annotation: Annotation | None = None
    track: Track | None = None
    keyframes: tuple[Keyframe, ...] = ()


def read(region: Region, scope: Scope, group: str | None) -> Read | list[Fault]:
    """Return what a region becomes, or everything that is wrong with it."""
    faults: list[Fault] = []
    shaped = region.shaped()
    given_answers = _answers(region, scope, faults)
    shape = placed(region.id, shaped, scope, faults) if shaped else Placed()
    lead = shaped[0] if shaped else region.results[0]
    confidence, extra = _extra(lead, region, shape.extra or {}, faults)
    if faults:
        return faults
    for result in region.results:
        _note(result, shaped[1] if shaped else None, scope)
    label, source = region.first_label(), _ORIGINS.get(identity(lead.given.get("origin")))
    if shape.keyframes:
        track = Track(region.id, 0, label, given_answers, group, source, confidence, extra)
        return Read(None, track, shape.keyframes)
    series, stretch = scope.series(lead), shape.frames or (None, None)
    annotation = Annotation(
        region.id,
        class_=label,
        geometry=shape.geometry,
        answers=given_answers,
        on=Target(series, *stretch) if series is not None or shape.frames else None,
        group=group,
        source=source,
        confidence=confidence,
        extra=extra,
    )
    return Read(annotation)


def _answers(region: Region, scope: Scope, faults: list[Fault]) -> tuple[Answer, ...]:
    found: list[Answer] = [*further_labels(region)]
    faults += [Fault(path, f"{shown(word)} is no label") for path, word in region.strange_labels()]
    strange = [result for result in region.results if not _is_known(result)]
    for result in strange:
        fault = Fault(
            f"{result.path}.type", f"{shown(result.given.get('type'))} is no type of result that can be taken"
        )
        (scope.faults if region.shaped() or len(strange) < len(region.results) else faults).append(fault)
    for result in region.results:
        if result.type in ANSWERS:
            kind = scope.plan.kinds.get(str(result.given.get("from_name") or result.type), "")
            found += answers(result, kind, Fields(result.given.get("value"), f"{result.path}.value", faults))
    return tuple(found)


def _is_known(result: Result) -> bool:
    return result.type in ANSWERS or result.type in SHAPES or result.type in LABELS


def _extra(lead: Result, region: Region, more: Object, faults: list[Fault]) -> tuple[float | None, Object | None]:
    """Return the confidence, and what a result says that has no field of its own."""
    score = finite(lead.given.get("score"))
    if score is None and lead.given.get("score") is not None:
        faults.append(Fault(f"{lead.path}.score", f"{shown(lead.given['score'])} is not a number"))
    names = kept(lead.given, ("from_name", "to_name", "meta"))
    flags: Object = {key: True for key in ("readonly", "hidden", "locked") if lead.given.get(key) is True}
    if isinstance(lead.given.get("is_positive"), bool):
        flags["is_positive"] = lead.given["is_positive"]
    if lead.given.get("origin") == "prediction-changed":
        flags["origin"] = "prediction-changed"
    control = next((result.given.get("from_name") for result, _ in region.labels()), None)
    if control is not None and control != lead.given.get("from_name"):
        flags["label_from_name"] = control
    if score is not None and not 0 <= score <= 1:
        flags["score"] = score
    extra = {**names, **flags, **more}
    return (score if score is not None and 0 <= score <= 1 else None), extra or None


def _note(result: Result, shape: str | None, scope: Scope) -> None:
    scope.note(result.path, result.given, RESULT)
    known = SIDE | VALUE.get(shape or "", frozenset())
    scope.note(f"{result.path}.value", result.value, known | {ANSWERS.get(result.type, "text")})
    for key, inner in NESTED.items():
        items = result.value.get(key)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                scope.note(f"{result.path}.value.{key}[0]", item, inner)


def group_of(region: Region) -> str | None:
    """Return the region to which this one belongs, as the editor's tree of regions has it."""
    return next((name for name in (identity(result.given.get("parentID")) for result in region.results) if name), None)
