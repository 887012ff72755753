"""Counts what a record holds and what a section's bytes hold, so that both can be held against each other."""

from labelport.kit.format import Section, Unit
from labelport.model.label import Label
from labelport.model.record import Record


def annotations(record: Record) -> int:
    """Return how many annotations and tracks the record's labels hold."""
    return sum(len(label.annotations) + len(label.tracks) for label in record.labels)


def units(record: Record, unit: Unit) -> int:
    """Return how many elements the record gives in a section of that unit."""
    match unit:
        case "task":
            return 1
        case "annotation":
            return annotations(record)
        case "shape_or_empty":
            return sum(map(_shapes, record.labels)) or 1


def elements(section: Section, data: bytes) -> int:
    """Return how many elements stand in the joined bytes of a whole section; an element is never empty."""
    if not data:
        return 0
    if section.quoted:
        data = b"".join(data.split(b'"')[::2])
    return data.count(section.separator) + (not section.terminated)


def _shapes(label: Label) -> int:
    moving = {keyframe.track for keyframe in label.keyframes}
    still = sum(track.id not in moving for track in label.tracks)
    return len(label.annotations) + len(label.keyframes) + still or 1
