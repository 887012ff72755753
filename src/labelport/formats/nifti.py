"""NIfTI-1 masks: label volumes on the very grid of their scans, with a legend and an index beside them.

`legend.json` says what classes there are, `volumes.ndjson` which file is of which task and series, and what is in it.
A task that nobody labelled has no file; one that was reviewed and is empty has volumes of zeros.
"""

from typing import Any, Literal

import msgspec

from labelport.kit import nifti
from labelport.kit.format import Context, Input
from labelport.kit.segmentations import Kind, Made
from labelport.kit.volumes.codec import Classes, Codec, Read
from labelport.kit.volumes.format import volumes
from labelport.shapes.grid import Grid


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: voxels are objects, one file for each object, class numbers, one file for each class, or all one.

    `grouped`: voxels are objects and, where they overlap, groups of them. `packing`: files are `.nii.gz`, or `.nii`.
    """

    kind: Kind = "labelled"
    packing: Literal["gzip", "none"] = "gzip"


def _packed(made: Made, classes: Classes) -> bytes:  # noqa: ARG001
    return nifti.packed(made.series, made.grid, made.volume)


def _plain(made: Made, classes: Classes) -> bytes:  # noqa: ARG001
    return nifti.plain(made.series, made.grid, made.volume)


def _read(file: Input) -> Read:
    scan, voxels = nifti.labels(file)
    return Read(scan.grid, (voxels,), facts=nifti.facts(scan))


def _scan(file: Input) -> tuple[Grid, dict[str, Any]]:
    found = nifti.scan(file)
    return found.grid, nifti.facts(found)


_PACKED = Codec((".nii.gz", ".nii"), _packed, _read, _scan)
_PLAIN = _PACKED._replace(extensions=(".nii", ".nii.gz"), write=_plain)


def _codec(context: Context) -> Codec:
    return _PLAIN if context.options.get("packing") == "none" else _PACKED


FORMAT = volumes("NIfTI masks", Options, _codec, _PACKED)
