"""What formats of tracks give back of what they wrote."""

from collections.abc import Iterable, Mapping

from labelport.kit.format import Format, Item
from labelport.model.geometry import Geometry
from labelport.model.record import Record
from tests.formats import cvat


def decoded(format_: Format, files: Mapping[str, bytes]) -> list[Item]:
    """Return all that is read of files."""
    assert format_.decode is not None
    return list(format_.decode([cvat.given(path, data) for path, data in files.items()]))


def shapes(items: Iterable[Item]) -> list[Geometry]:
    """Return the shapes of all tracks where they are seen: what stood still comes back as a track."""
    labels = [label for one in items if isinstance(one, Record) for label in one.labels]
    return [one.geometry for label in labels for one in label.keyframes if one.geometry and not one.outside]
