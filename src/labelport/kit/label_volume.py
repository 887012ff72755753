"""A label volume as a blob: which voxels belong to which value, compressed once, in the order in which files hold them.

The bytes are a magic line, a header in JSON, and the voxels: i runs fastest, little-endian, as a raw deflate stream
(RFC 1951) of whole blocks without a last one. So a file that is compressed by deflate takes the stream as it is, behind
blocks of its own, and no voxel is touched again when it is written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from zlib_ng import zlib_ng

from labelport.errors import Fault, InvalidError
from labelport.kit.format import broken

MAGIC = b"labelport label volume 1\n"
END = b"\x03\x00"
"""The last block of a deflate stream: it holds nothing."""
LEVEL = 3
Type = Literal["uint8", "uint16", "uint32"]
TYPES: tuple[Type, ...] = ("uint8", "uint16", "uint32")
Voxels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]
"""Values of voxels, by (i, j, k), i fastest in memory; 0 is nothing."""
Inside = NDArray[np.bool_]
_RAW = -15
_RUN = 1 << 20
_FEW = 1 << 16
_SIZE = 4


class Header(msgspec.Struct, frozen=True):
    """What is told of a volume: shape, type, CRC-32 and Adler-32 of its voxels, how many have each value but 0."""

    shape: tuple[int, int, int]
    type: Type
    crc: int
    adler: int
    counts: dict[int, int]


class LabelVolume(msgspec.Struct, frozen=True):
    """A label volume, not yet unpacked."""

    header: Header
    stream: bytes

    @property
    def size(self) -> int:
        """Return how many bytes the voxels are."""
        i, j, k = self.header.shape
        return i * j * k * np.dtype(self.header.type).itemsize

    def voxels(self) -> Voxels:
        """Return the voxels; raises `InvalidError` where the stream does not hold them."""
        data = zlib_ng.decompress(self.stream + END, _RAW, self.size)
        if len(data) != self.size or zlib_ng.crc32(data) != self.header.crc:
            raise InvalidError("a label volume", [Fault("$", "holds other voxels than it says")])
        return _shaped(np.frombuffer(data, np.dtype(self.header.type).newbyteorder("<")), self.header.shape)

    def inside(self, voxels: Voxels, values: Iterable[int]) -> Inside:
        """Return which of its voxels have one of the values."""
        chosen = [value for value in values if value in self.header.counts]
        if len(chosen) == 1:
            only: Inside = voxels == chosen[0]
            return only
        table = np.zeros(max(self.header.counts, default=0) + 1, np.bool_)
        table[chosen] = True
        found: Inside = table[voxels]
        return found

    def covered(self, values: Iterable[int]) -> int:
        """Return how many voxels have one of the values."""
        return sum(self.header.counts.get(value, 0) for value in set(values))


def pack(voxels: Voxels) -> bytes:
    """Return the blob of a volume, in the smallest type that holds its values; the same voxels give the same bytes."""
    top = int(voxels.max(initial=0))
    fit = narrowest(top)
    flat = np.asarray(voxels, np.dtype(fit).newbyteorder("<")).ravel(order="F")
    i, j, k = voxels.shape
    header = msgspec.json.encode(Header((i, j, k), fit, zlib_ng.crc32(flat), zlib_ng.adler32(flat), _counts(flat)))
    return b"".join((MAGIC, len(header).to_bytes(_SIZE, "little"), header, deflated(flat)))


def unpack(blob: bytes) -> LabelVolume:
    """Return the volume that a blob holds; raises `InvalidError` for what is none."""
    at = len(MAGIC) + _SIZE
    size = int.from_bytes(blob[len(MAGIC) : at], "little")
    if not blob.startswith(MAGIC):
        raise InvalidError("a label volume", [Fault("$", "does not begin like one")])
    try:
        return LabelVolume(msgspec.json.decode(blob[at : at + size], type=Header), blob[at + size :])
    except ValueError as e:
        raise InvalidError("a label volume", [Fault("$", f"cannot be read: {e}")]) from e


def whole(path: str, values: NDArray[Any]) -> Voxels:
    """Return the values of a file as labels, whole numbers from 0 on; raises `InvalidError` where they are none."""
    low, high = (values.min(initial=0), values.max(initial=0)) if values.dtype.kind in "iufb" else (-1, -1)
    if values.dtype.kind not in "iufb":
        reason = f"holds {values.dtype}, and labels are whole numbers"
    elif values.dtype.kind == "f" and not (np.isfinite(values).all() and (values == np.rint(values)).all()):
        reason = "holds values that are no whole numbers: is it a scan, or a map of probabilities?"
    elif low < 0 or high > np.iinfo(np.uint32).max:
        reason = f"holds the value {low if low < 0 else high:.0f}: labels are from 0 to {2**32 - 1}"
    else:
        found: Voxels = values.astype(np.dtype(narrowest(int(high))), order="F", copy=False)
        return found
    raise broken(path, reason)


def narrowest(top: int) -> Type:
    """Return the smallest type that holds values up to `top`."""
    return next(one for one in TYPES if top <= np.iinfo(one).max)


def deflated(data: Voxels | bytes) -> bytes:
    """Return bytes as deflate blocks that others may follow."""
    press = zlib_ng.compressobj(LEVEL, zlib_ng.DEFLATED, _RAW)
    return press.compress(data) + press.flush(zlib_ng.Z_SYNC_FLUSH)


def combined(masks: Iterable[Inside], shape: tuple[int, int, int]) -> tuple[Voxels, list[tuple[int, ...]]]:
    """Return masks as one volume, and the values of each: its own, and those of groups where it overlaps others.

    One mask is in memory at a time.
    """
    volume: Voxels = np.zeros(shape, np.uint8, order="F")
    members: list[tuple[int, ...]] = [()]
    known: dict[tuple[int, ...], int] = {(): 0}
    count = 0
    for mask in masks:
        under, back = np.unique(volume[mask], return_inverse=True)
        above = []
        for value in under.tolist():
            group = (*members[value], count)
            if group not in known:
                known[group] = len(members)
                members.append(group)
            above.append(known[group])
        if len(members) > np.iinfo(volume.dtype).max:
            volume = volume.astype(narrowest(len(members)), order="F")
        if above:
            volume[mask] = np.array(above, volume.dtype)[back]
        count += 1
    return _ordered(volume, members, count)


def renumbered(voxels: Voxels, values: Mapping[int, int]) -> Voxels:
    """Return a volume with each value replaced; those that are not named become 0."""
    top = int(voxels.max(initial=0))
    table = np.zeros(top + 1, narrowest(max(values.values(), default=0)))
    for old, new in values.items():
        if old <= top:
            table[old] = new
    return np.asfortranarray(table[voxels])


def _counts(flat: Voxels) -> dict[int, int]:
    """Return how many voxels have each value but 0; a run of them at a time, as counting makes them wide."""
    found: Counter[int] = Counter()
    few = int(flat.max(initial=0)) < _FEW
    for start in range(0, flat.size, _RUN):
        run = flat[start : start + _RUN]
        if few:
            many = np.bincount(run)
            values = np.flatnonzero(many)
            many = many[values]
        else:
            values, many = np.unique(run, return_counts=True)
        found.update(dict(zip(values.tolist(), many.tolist(), strict=True)))
    del found[0]
    return dict(sorted(found.items()))


def _ordered(volume: Voxels, members: list[tuple[int, ...]], count: int) -> tuple[Voxels, list[tuple[int, ...]]]:
    """Return a volume with the masks' own values from 1 on, and those of groups behind them."""
    there = np.unique(volume).tolist()
    groups = [value for value in there if len(members[value]) > 1]
    new = {value: members[value][0] + 1 for value in there if len(members[value]) == 1}
    new |= {value: count + place for place, value in enumerate(groups, 1)}
    values = [(one + 1, *(new[value] for value in groups if one in members[value])) for one in range(count)]
    return renumbered(volume, new), values


def _shaped(flat: Voxels, shape: tuple[int, int, int]) -> Voxels:
    return flat.reshape(shape, order="F")
