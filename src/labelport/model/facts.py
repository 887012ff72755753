"""What a label holds, counted: enough to select by, and to foresee every loss without reading the label again."""

from collections import Counter
from collections.abc import Iterator, Mapping

from labelport.model.answers import Answer, Checklist, Radio, Text
from labelport.model.geometry import kind
from labelport.model.label import Annotation, Keyframe, Label, Track

SKIPPED = '"skipped":1'
"""What stands in the JSON of the facts of a label that says nothing of its task."""


def facts(label: Label) -> dict[str, int]:
    """Return how often each fact holds.

    `skipped` where the label says nothing of its task, `kind:K` annotations of a kind, `unclassified:K` those of
    them that mark something without saying what, `textless` answers about (a part of) the asset without a text
    among them, `track` tracks, `unclassified:track` those without a class, `keyframe:K` their keyframes that show
    or say something, `class:N` objects of a class, `feature:F` how many objects have something beside shape and
    class that a format may not carry, and `beside_texts` how many have answers that are no texts.
    """
    found = Counter(_of_label(label))
    if label.skipped:
        found["skipped"] = 1
    for annotation in label.annotations:
        name = kind(annotation.geometry)
        found[f"kind:{name}"] += 1
        if is_unclassified(annotation):
            found[f"unclassified:{name}"] += 1
        if is_textless(annotation):
            found["textless"] += 1
        found.update(f"feature:{one}" for one in _of_annotation(annotation))
        found["beside_texts"] += _goes_beside_texts(annotation.answers)
        if annotation.class_ is not None:
            found[f"class:{annotation.class_}"] += 1
    for track in label.tracks:
        found["track"] += 1
        found.update(f"feature:{name}" for name in _of_object(track))
        found["beside_texts"] += _goes_beside_texts(track.answers)
        found["unclassified:track" if track.class_ is None else f"class:{track.class_}"] += 1
    for keyframe in label.keyframes:
        if keyframe.geometry is not None or not keyframe.outside:
            found[f"keyframe:{kind(keyframe.geometry)}"] += 1
        found.update(f"feature:{name}" for name in _of_keyframe(keyframe))
        found["beside_texts"] += _goes_beside_texts(keyframe.answers)
    return dict(+found)


def is_unclassified(annotation: Annotation) -> bool:
    """Whether an annotation marks something without saying what it is."""
    return annotation.class_ is None and annotation.geometry is not None


def is_textless(annotation: Annotation) -> bool:
    """Whether an annotation marks nothing, and no answer of it is a text."""
    return annotation.geometry is None and not any(isinstance(answer, Text) for answer in annotation.answers)


def _of_label(label: Label) -> Mapping[str, int]:
    return {"feature:relations": len(label.relations)} if label.relations else {}


def _of_annotation(annotation: Annotation) -> Iterator[str]:
    yield from _of_object(annotation)
    if annotation.on is not None:
        yield "on"
    if annotation.occluded is not None:
        yield "occluded"
    if annotation.truncated is not None:
        yield "truncated"
    if annotation.crowd:
        yield "crowd"
    if annotation.z_order:
        yield "z_order"


def _of_object(item: Annotation | Track) -> Iterator[str]:
    yield from _of_answers(item.answers)
    if item.group is not None:
        yield "group"
    if item.confidence is not None:
        yield "confidence"
    if item.source is not None:
        yield "source"
    if item.extra is not None:
        yield "extra"


def _of_keyframe(keyframe: Keyframe) -> Iterator[str]:
    yield from _of_answers(keyframe.answers)
    if keyframe.outside:
        yield "outside"
    if keyframe.occluded:
        yield "occluded"
    if keyframe.z_order:
        yield "z_order"


def _of_answers(answers: tuple[Answer, ...]) -> Iterator[str]:
    if answers:
        yield "answers"
        if any(_is_nested(answer) for answer in answers):
            yield "nested_answers"


def _goes_beside_texts(answers: tuple[Answer, ...]) -> bool:
    return any(not isinstance(answer, Text) for answer in answers)


def _is_nested(answer: Answer) -> bool:
    match answer:
        case Radio(_, option):
            return bool(option.answers)
        case Checklist(_, options):
            return any(option.answers for option in options)
        case _:
            return False
