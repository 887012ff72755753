"""A record's segments written as volumes, with a row of the index that says what is in them."""

from collections.abc import Callable, Iterator

import msgspec

from labelport.kit import segmentations
from labelport.kit.format import Context, File, Lost
from labelport.kit.format import Row as Line
from labelport.kit.volumes.codec import Codec
from labelport.kit.volumes.index import Part, Row, Volume, kind
from labelport.model.record import Record, state_of

_encode = msgspec.json.Encoder().encode


def encode(of: Callable[[Context], Codec], record: Record, context: Context) -> Iterator[Line | File | Lost]:
    """Yield the volumes of a record, then its row of the index."""
    codec = of(context)
    classes = {one.number: one for one in context.classes}
    found: list[Volume] = []
    for one in segmentations.made(record, context, kind(context)):
        if isinstance(one, Lost):
            yield one
            continue
        path = one.path + codec.extensions[0]
        parts = tuple(Part(part.values, part.voxels, part.class_, part.annotation) for part in one.parts)
        found.append(Volume(path, one.series.id, one.label, parts))
        yield File(path, codec.write(one, classes))
    series = record.asset.series
    yield Line("volumes", _encode(Row(record.number, record.path, record.name, state_of(record), series, tuple(found))))
