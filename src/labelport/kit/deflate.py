"""Files that are packed by deflate: gzip (RFC 1952) and zlib (RFC 1950) around blocks that are there already."""

import struct

from zlib_ng import zlib_ng

from labelport.kit.format import broken
from labelport.kit.label_volume import END, LabelVolume, deflated

GZIP = b"\x1f\x8b"
MOST = 1 << 34
"""Bytes that a packed file may unpack to."""
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No time, no name, no system that it was made on: the same voxels give the same bytes (RFC 1952, section 2.3.1)."""
_ZLIB_HEAD = b"\x78\x5e"
_BROKEN: type[Exception] = zlib_ng.error  # type: ignore[assignment]  # its stub takes the class for an instance
_AUTO = 47
"""Zlib's word for either of both around the blocks."""


def gzipped(volume: LabelVolume, head: bytes = b"") -> bytes:
    """Return the voxels of a volume behind other bytes as gzip: its stream goes in as it is."""
    crc = zlib_ng.crc32_combine(zlib_ng.crc32(head), volume.header.crc, volume.size)
    size = (len(head) + volume.size) & 0xFFFFFFFF
    return b"".join((_GZIP_HEAD, deflated(head) if head else b"", volume.stream, END, struct.pack("<II", crc, size)))


def zlibbed(volume: LabelVolume) -> bytes:
    """Return the voxels of a volume as zlib has them: its stream goes in as it is."""
    return b"".join((_ZLIB_HEAD, volume.stream, END, struct.pack(">I", volume.header.adler)))


def unpacked(path: str, data: bytes) -> bytes:
    """Return what packed bytes hold, of gzip all members; raises `InvalidError`."""
    found: list[bytes] = []
    size = 0
    try:
        while data[:2] == GZIP or not found:
            press = zlib_ng.decompressobj(_AUTO)
            found.append(press.decompress(data, MOST - size))
            size += len(found[-1])
            if not press.eof:
                reason = "ends too early" if size < MOST else f"unpacks to more than {MOST} bytes"
                raise broken(path, reason)
            data = press.unused_data
    except _BROKEN as e:
        raise broken(path, f"is packed and cannot be unpacked: {e}") from e
    return b"".join(found)
