"""What formats of tracks give back of what they wrote."""

from collections.abc import Iterable

from labelport.kit.format import Item
from labelport.model.geometry import Geometry
from labelport.model.record import Record


def shapes(items: Iterable[Item]) -> list[Geometry]:
    """Return the shapes of all tracks where they are seen: what stood still comes back as a track."""
    labels = [label for one in items if isinstance(one, Record) for label in one.labels]
    return [one.geometry for label in labels for one in label.keyframes if one.geometry and not one.outside]
