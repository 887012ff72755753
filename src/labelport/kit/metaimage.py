"""MetaImage files of label volumes, header and voxels in one (`.mha`).

Format: https://itk.org/Wiki/ITK/MetaIO/Documentation. Places are millimetres in LPS; `TransformMatrix` has the
direction of one axis after the other. Read and written by hand: a header of text before the voxels.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelport.kit.deflate import unpacked, zlibbed
from labelport.kit.format import Input, broken
from labelport.kit.label_volume import LabelVolume, Voxels, whole
from labelport.kit.volumes.grids import sound
from labelport.shapes.grid import LPS, Grid, grid_of

EXTENSIONS = (".mha",)
_KINDS = {
    "MET_CHAR": "int8",
    "MET_UCHAR": "uint8",
    "MET_SHORT": "int16",
    "MET_USHORT": "uint16",
    "MET_INT": "int32",
    "MET_UINT": "uint32",
    "MET_LONG": "int32",
    "MET_ULONG": "uint32",
    "MET_FLOAT": "float32",
    "MET_DOUBLE": "float64",
}
_WRITTEN = {"uint8": "MET_UCHAR", "uint16": "MET_USHORT", "uint32": "MET_UINT"}
_LAST = b"ElementDataFile"
_ZEROS = (0.0, 0.0, 0.0)
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def write(grid: Grid, volume: LabelVolume) -> bytes:
    """Return a label volume as a file: packed, its stream of deflate blocks as it is."""
    affine = LPS @ grid.matrix
    spacing = np.array(grid.spacing)
    body = zlibbed(volume)
    lines = [
        "ObjectType = Image",
        "NDims = 3",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        "CompressedData = True",
        f"CompressedDataSize = {len(body)}",
        f"TransformMatrix = {_told((affine[:3, :3] / spacing).T.ravel())}",
        f"Offset = {_told(affine[:3, 3])}",
        "CenterOfRotation = 0 0 0",
        f"ElementSpacing = {_told(spacing)}",
        f"DimSize = {' '.join(map(str, grid.shape))}",
        f"ElementType = {_WRITTEN[volume.header.type]}",
        "ElementDataFile = LOCAL",
    ]
    return ("\n".join(lines) + "\n").encode() + body


def read(file: Input) -> tuple[Grid, Voxels]:
    """Return the grid and the labels of a file; raises `InvalidError`."""
    data = file.read()
    fields, at = _header(file.path, data)
    try:
        grid = _grid(file.path, fields)
        found = _voxels(file.path, data[at:], fields).reshape(grid.shape, order="F")
    except (KeyError, ValueError, OverflowError) as e:
        raise broken(file.path, f"is no MetaImage that can be read: {e}") from e
    return grid, whole(file.path, found)


def scan(file: Input) -> Grid:
    """Return where the voxels of a file lie, without unpacking them; raises `InvalidError`."""
    fields, _ = _header(file.path, file.read())
    try:
        return _grid(file.path, fields)
    except (KeyError, ValueError, OverflowError) as e:
        raise broken(file.path, f"is no MetaImage that can be read: {e}") from e


def _header(path: str, data: bytes) -> tuple[dict[str, str], int]:
    """Return the fields of a header, and where it ends: behind the line that says where the voxels are."""
    start = 0 if data.startswith(_LAST) else data.find(b"\n" + _LAST)
    end = data.find(b"\n", start + 1)
    if start < 0 or end < 0 or b"\0" in data[:start]:
        raise broken(path, "is no MetaImage")
    pairs = (line.partition("=") for line in data[:end].decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}, end + 1


def _voxels(path: str, body: bytes, fields: Mapping[str, str]) -> NDArray[Any]:
    if fields["ElementDataFile"] != "LOCAL":
        raise broken(path, "keeps its voxels in another file: save it as .mha")
    if fields.get("ElementNumberOfChannels", "1") != "1" or fields["ElementType"] not in _KINDS:
        raise broken(path, f"holds {fields['ElementType']}, and labels are whole numbers")
    if _is(fields, "CompressedData"):
        body = unpacked(path, body)
    is_big = _is(fields, "BinaryDataByteOrderMSB") or _is(fields, "ElementByteOrderMSB")
    return np.frombuffer(body, np.dtype(_KINDS[fields["ElementType"]]).newbyteorder(">" if is_big else "<"))


def _grid(path: str, fields: Mapping[str, str]) -> Grid:
    sizes = tuple(int(side) for side in fields["DimSize"].split())
    if len(sizes) != 3:
        raise broken(path, f"has {len(sizes)} dimensions, and a volume has three")
    offset = next((fields[name] for name in ("Offset", "Position", "Origin") if name in fields), None)
    turn = next((fields[name] for name in ("TransformMatrix", "Rotation", "Orientation") if name in fields), None)
    affine = np.eye(4)
    directions = np.array(_numbers(turn) if turn else _IDENTITY).reshape(3, 3).T
    affine[:3, :3] = directions * np.array(_numbers(fields["ElementSpacing"]))
    affine[:3, 3] = _numbers(offset) if offset else _ZEROS
    return sound(path, grid_of(sizes, LPS @ affine))


def _is(fields: Mapping[str, str], name: str) -> bool:
    return fields.get(name, "False").lower() in {"true", "1"}


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split()]


def _told(numbers: NDArray[np.float64]) -> str:
    return " ".join(repr(number) for number in numbers.tolist())
