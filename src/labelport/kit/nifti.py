"""NIfTI files: where the voxels of a scan lie, label volumes read, and label volumes written on the grid of a scan.

Format: https://nifti.nimh.nih.gov/nifti-1; versions 1 and 2 are read by nibabel, version 1 is written. Labels have the
scan's qform and sform with their codes, to the bit, so that every reader puts both at the same place.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
from zlib_ng import zlib_ng

from labelport.errors import InvalidError, RequestError
from labelport.kit.deflate import GZIP, gzipped, unpacked
from labelport.kit.format import Input, broken
from labelport.kit.label_volume import LabelVolume, Type, Voxels, whole
from labelport.kit.volumes.grids import sound
from labelport.model.asset import Series
from labelport.shapes.grid import Grid, grid_of

EXTENSIONS = (".nii.gz", ".nii")
FACTS = "nifti"
"""The key in a series' `extra` of what its NIfTI header says of its place."""
_HEADER, _OFFSET, _SECOND = 348, 352, 544
"""Sizes: the header of version 1, that with what says that nothing follows it, and that of version 2."""
_LONGEST = 32767
_CODES = {"uint8": 2, "uint16": 512, "uint32": 768}
_SCANNER = 1
_SHEAR = 0.01
"""How far a qform may miss the affine, as a share of the smallest side of a voxel."""


class Place(msgspec.Struct, frozen=True):
    """What a NIfTI header says of where the voxels lie: both transforms with their codes, and the units."""

    qform_code: int
    sform_code: int
    quaternion: tuple[float, float, float]
    offset: tuple[float, float, float]
    pixdim: tuple[float, float, float, float]
    sform: tuple[float, ...]
    units: int


class Scan(msgspec.Struct, frozen=True):
    """A volume in a file: its grid, and how its header tells of it."""

    grid: Grid
    place: Place


def scan(file: Input) -> Scan:
    """Return where the voxels of a file lie, without reading them; raises `InvalidError`."""
    with _reading(file):
        return _placed(file, _header_of(_beginning(file)))


def labels(file: Input) -> tuple[Scan, Voxels]:
    """Return the label volume of a file; raises `InvalidError` where its values are no labels."""
    with _reading(file):
        data = file.read()
        data = unpacked(file.path, data) if data.startswith(GZIP) else data
        found = _placed(file, _header_of(data[:_SECOND]))
        image = _image(data)
        return found, whole(file.path, np.asanyarray(image.dataobj).reshape(found.grid.shape))


def facts(found: Scan) -> dict[str, Any]:
    """Return what a series keeps of its header."""
    return {FACTS: msgspec.to_builtins(found.place)}


def packed(series: Series, grid: Grid, volume: LabelVolume) -> bytes:
    """Return a label volume as `.nii.gz`: its stream of deflate blocks goes in as it is."""
    return gzipped(volume, _header(series, grid, volume.header.type))


def plain(series: Series, grid: Grid, volume: LabelVolume) -> bytes:
    """Return a label volume as `.nii`."""
    return _header(series, grid, volume.header.type) + volume.voxels().tobytes(order="F")


def _header(series: Series, grid: Grid, type_: Type) -> bytes:
    """Return the header of labels on a grid: that of the scan as far as it says where voxels lie."""
    if max(grid.shape) > _LONGEST:
        raise RequestError(f"{max(grid.shape)} voxels along an axis are more than {_LONGEST}, the most of NIfTI-1")
    kept = (series.extra or {}).get(FACTS)
    place = msgspec.convert(kept, Place) if kept else _of_affine(grid)
    out = bytearray(_OFFSET)
    struct.pack_into("<i", out, 0, _HEADER)
    struct.pack_into("<8h", out, 40, 3, *grid.shape, 1, 1, 1, 1)
    bits = np.dtype(type_).itemsize * 8
    struct.pack_into("<hhh", out, 68, 1002, _CODES[type_], bits)  # 1002: NIFTI_INTENT_LABEL
    struct.pack_into("<8f", out, 76, *place.pixdim, 1, 1, 1, 1)
    struct.pack_into("<fff", out, 108, _OFFSET, 1, 0)
    out[123] = place.units
    struct.pack_into("<hh", out, 252, place.qform_code, place.sform_code)
    struct.pack_into("<3f3f12f", out, 256, *place.quaternion, *place.offset, *place.sform)
    out[344:348] = b"n+1\x00"
    return bytes(out)


def _of_affine(grid: Grid) -> Place:
    """Return what a header says of a grid; axes that are not at right angles have no qform."""
    header = _nibabel().Nifti1Header()
    header.set_sform(grid.matrix, _SCANNER)
    header.set_qform(grid.matrix, _SCANNER, strip_shears=True)
    header.set_xyzt_units("mm")
    off = np.abs(header.get_qform() - grid.matrix).max()
    if off > _SHEAR * min(grid.spacing):
        header["qform_code"] = 0
    return _place(header)


def _place(header: Any) -> Place:  # noqa: ANN401  a header of nibabel, which has no types
    return Place(
        int(header["qform_code"]),
        int(header["sform_code"]),
        (float(header["quatern_b"]), float(header["quatern_c"]), float(header["quatern_d"])),
        (float(header["qoffset_x"]), float(header["qoffset_y"]), float(header["qoffset_z"])),
        tuple(header["pixdim"][:4].astype(float).tolist()),
        tuple(float(number) for row in "xyz" for number in header[f"srow_{row}"]),
        int(header["xyzt_units"]),
    )


def _placed(file: Input, header: Any) -> Scan:  # noqa: ANN401  as above
    shape = header.get_data_shape()
    if len(shape) > 3 and set(shape[3:]) != {1}:
        by = " x ".join(map(str, shape))
        raise broken(file.path, f"has {len(shape)} dimensions, {by}, and a volume has three: hand in each volume alone")
    affine = header.get_best_affine().astype(np.float64)
    return Scan(sound(file.path, grid_of((*shape, 1, 1, 1)[:3], affine)), _place(header))


def _header_of(data: bytes) -> Any:  # noqa: ANN401  as above
    first = int.from_bytes(data[:4], "little"), int.from_bytes(data[:4], "big")
    kind = _nibabel().Nifti2Header if _SECOND - 4 in first else _nibabel().Nifti1Header
    return kind.from_fileobj(BytesIO(data))


def _image(data: bytes) -> Any:  # noqa: ANN401  as above
    first = int.from_bytes(data[:4], "little"), int.from_bytes(data[:4], "big")
    kind = _nibabel().Nifti2Image if _SECOND - 4 in first else _nibabel().Nifti1Image
    return kind.from_bytes(data)


def _beginning(file: Input) -> bytes:
    with file.open() as opened:
        data = opened.read(1 << 16)
    return zlib_ng.decompressobj(31).decompress(data, _SECOND) if data.startswith(GZIP) else data[:_SECOND]


@contextmanager
def _reading(file: Input) -> Iterator[None]:
    """Tell what a reader finds wrong with a file as a fault of the file."""
    nibabel = _nibabel()
    faulty: tuple[type[Exception], ...] = (
        *(ValueError, ArithmeticError, OSError, EOFError, struct.error),
        nibabel.spatialimages.HeaderDataError,
        nibabel.filebasedimages.ImageFileError,
        nibabel.wrapstruct.WrapStructError,
        zlib_ng.error,  # type: ignore[assignment]  # its stub takes the class for an instance
    )
    try:
        yield
    except InvalidError:
        raise
    except faulty as e:
        raise broken(file.path, f"is no NIfTI file that can be read: {e}") from e


def _nibabel() -> ModuleType:
    """Return the reader, which comes with an extra and is loaded where a file is read."""
    try:
        return import_module("nibabel")
    except ModuleNotFoundError as e:
        raise RequestError("NIfTI files need 'nibabel': pip install 'labelport[medical]'") from e
