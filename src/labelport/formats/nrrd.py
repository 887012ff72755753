"""NRRD segmentations with the keys of 3D Slicer (`.seg.nrrd`), on the very grid of their scans."""

from typing import Any

import msgspec

from labelport.kit import nrrd
from labelport.kit.format import Context, Input
from labelport.kit.palette import colours
from labelport.kit.segmentations import Kind, Made
from labelport.kit.volumes.codec import Classes, Codec, Named, Read
from labelport.kit.volumes.format import volumes
from labelport.shapes.grid import Grid


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: voxels are objects, one file for each object, class numbers, one file for each class, or all one.

    `grouped`: voxels are objects and, where they overlap, groups of them.
    """

    kind: Kind = "labelled"


def _write(made: Made, classes: Classes) -> bytes:
    shades = colours(tuple(classes.values()))
    segments = [
        nrrd.Segment(
            part.annotation or f"class-{part.class_ or 0}",
            classes[part.class_].name if part.class_ is not None and part.class_ in classes else "foreground",
            value,
            colour=shades.get(part.class_ or 0),
        )
        for part in made.parts
        for value in part.values
    ]
    return nrrd.write(made.grid, made.volume, segments)


def _read(file: Input) -> Read:
    found = nrrd.read(file)
    named = tuple(Named(one.name, one.value, one.layer, one.colour) for one in found.segments)
    return Read(found.grid, found.layers, named)


def _scan(file: Input) -> tuple[Grid, dict[str, Any] | None]:
    return nrrd.scan(file), None


_CODEC = Codec((".seg.nrrd", ".nrrd"), _write, _read, _scan, (".seg.nrrd",))


def _codec(context: Context) -> Codec:  # noqa: ARG001
    return _CODEC


FORMAT = volumes("NRRD segmentations", Options, _codec, _CODEC)
