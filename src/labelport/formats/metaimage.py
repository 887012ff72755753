"""MetaImage masks (`.mha`): label volumes on the very grid of their scans."""

from typing import Any

import msgspec

from labelport.kit import metaimage
from labelport.kit.format import Context, Input
from labelport.kit.segmentations import Kind, Made
from labelport.kit.volumes.codec import Classes, Codec, Read
from labelport.kit.volumes.format import volumes
from labelport.shapes.grid import Grid


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: voxels are objects, one file for each object, class numbers, one file for each class, or all one.

    `grouped`: voxels are objects and, where they overlap, groups of them.
    """

    kind: Kind = "labelled"


def _write(made: Made, classes: Classes) -> bytes:  # noqa: ARG001
    return metaimage.write(made.grid, made.volume)


def _read(file: Input) -> Read:
    grid, voxels = metaimage.read(file)
    return Read(grid, (voxels,))


def _scan(file: Input) -> tuple[Grid, dict[str, Any] | None]:
    return metaimage.scan(file), None


_CODEC = Codec(metaimage.EXTENSIONS, _write, _read, _scan)


def _codec(context: Context) -> Codec:  # noqa: ARG001
    return _CODEC


FORMAT = volumes("MetaImage masks", Options, _codec, _CODEC)
