"""A record's segments written as volumes, with a row of the index that says what is in them."""

from collections.abc import Iterator

import msgspec

from labelport.formats.nifti.index import Part, Row, Volume, options
from labelport.kit import nifti, segmentations
from labelport.kit.format import Context, File, Lost
from labelport.kit.format import Row as Line
from labelport.model.record import Record, state_of

_encode = msgspec.json.Encoder().encode


def encode(record: Record, context: Context) -> Iterator[Line | File | Lost]:
    """Yield the volumes of a record, then its row of the index."""
    asked = options(context)
    write, extension = (nifti.packed, ".nii.gz") if asked.packing == "gzip" else (nifti.plain, ".nii")
    found: list[Volume] = []
    for one in segmentations.made(record, context, asked.kind):
        if isinstance(one, Lost):
            yield one
            continue
        path = one.path + extension
        parts = tuple(Part(part.values, part.voxels, part.class_, part.annotation) for part in one.parts)
        found.append(Volume(path, one.series.id, one.label, parts))
        yield File(path, write(one.series, one.grid, one.volume))
    series = record.asset.series
    yield Line("volumes", _encode(Row(record.number, record.path, record.name, state_of(record), series, tuple(found))))
