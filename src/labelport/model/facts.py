"""What a label holds, counted: enough to select by, and to foresee every loss without reading the label again."""

from collections import Counter

from labelport.model.answers import Answer, Checklist, Radio, Text
from labelport.model.geometry import kind
from labelport.model.label import Annotation, Keyframe, Label, Track

SKIPPED = '"skipped":1'
"""What stands in the JSON of the facts of a label that says nothing of its task."""

_TEXTS = frozenset({Text})


def facts(label: Label) -> dict[str, int]:
    """Return how often each fact holds.

    `skipped` where the label says nothing of its task, `kind:K` annotations of a kind, `unclassified:K` those of
    them that mark something without saying what, `textless` answers about (a part of) the asset without a text
    among them, `track` tracks, `unclassified:track` those without a class, `keyframe:K` their keyframes that show
    or say something, `class:N` objects of a class, `feature:F` how many objects have something beside shape and
    class that a format may not carry, and `beside_texts` how many have answers that are no texts.
    """
    found = ["feature:relations"] * len(label.relations)
    if label.skipped:
        found.append("skipped")
    for annotation in label.annotations:
        found += _of_annotation(annotation)
    for track in label.tracks:
        found += ("track", "unclassified:track" if track.class_ is None else f"class:{track.class_}")
        found += _of_object(track)
    for keyframe in label.keyframes:
        found += _of_keyframe(keyframe)
    return dict(Counter(found))


def is_unclassified(annotation: Annotation) -> bool:
    """Whether an annotation marks something without saying what it is."""
    return annotation.class_ is None and annotation.geometry is not None


def is_textless(annotation: Annotation) -> bool:
    """Whether an annotation marks nothing, and no answer of it is a text."""
    return annotation.geometry is None and not any(isinstance(answer, Text) for answer in annotation.answers)


def _of_annotation(annotation: Annotation) -> list[str]:
    name = kind(annotation.geometry)
    found = [f"kind:{name}"]
    if annotation.class_ is not None:
        found.append(f"class:{annotation.class_}")
    elif is_unclassified(annotation):
        found.append(f"unclassified:{name}")
    if is_textless(annotation):
        found.append("textless")
    if annotation.on is not None:
        found.append("feature:on")
    if annotation.occluded is not None:
        found.append("feature:occluded")
    if annotation.truncated is not None:
        found.append("feature:truncated")
    if annotation.crowd:
        found.append("feature:crowd")
    if annotation.z_order:
        found.append("feature:z_order")
    return found + _of_object(annotation)


def _of_object(item: Annotation | Track) -> list[str]:
    found = _of_answers(item.answers)
    if item.group is not None:
        found.append("feature:group")
    if item.confidence is not None:
        found.append("feature:confidence")
    if item.source is not None:
        found.append("feature:source")
    if item.extra is not None:
        found.append("feature:extra")
    return found


def _of_keyframe(keyframe: Keyframe) -> list[str]:
    found = _of_answers(keyframe.answers)
    if keyframe.geometry is not None or not keyframe.outside:
        found.append(f"keyframe:{kind(keyframe.geometry)}")
    if keyframe.outside:
        found.append("feature:outside")
    if keyframe.occluded:
        found.append("feature:occluded")
    if keyframe.z_order:
        found.append("feature:z_order")
    return found


def _of_answers(answers: tuple[Answer, ...]) -> list[str]:
    if not answers:
        return []
    found = ["feature:answers"]
    if any(map(_is_nested, answers)):
        found.append("feature:nested_answers")
    if not _TEXTS.issuperset(map(type, answers)):
        found.append("beside_texts")
    return found


def _is_nested(answer: Answer) -> bool:
    if isinstance(answer, Radio):
        return bool(answer.option.answers)
    return isinstance(answer, Checklist) and any(option.answers for option in answer.options)
