"""The masks of a series, read as one label volume on its grid."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from labelport.errors import Fault, InvalidError
from labelport.formats.redbrick import document as doc
from labelport.kit import nifti
from labelport.kit.format import Blob, Input
from labelport.kit.label_volume import Inside, combined, pack, unpack
from labelport.kit.nifti import Scan
from labelport.kit.volumes.grids import match
from labelport.shapes.grid import LPS, Grid, grid_of

FOLDER = "segmentations/"


class Found(NamedTuple):
    """The label volume of a series, the values of each entry of its map, and where it lies."""

    blob: Blob
    values: dict[str, tuple[int, ...]]
    scan: Scan


class Segments:
    """Finds and reads the masks that a `tasks.json` names."""

    def __init__(self, files: Mapping[str, Input], folder: str) -> None:
        """Look below the folder of the `tasks.json`, whatever folder the paths in it were written for."""
        self._files, self._folder = files, folder

    def read(self, series: doc.Series) -> Found | None:
        """Return the masks of a series as one volume; None where it names none. Raises `InvalidError`."""
        given = series.segmentations
        paths = [given] if isinstance(given, str) else given or []
        if not paths:
            return None
        entries = {
            key: one if isinstance(one, doc.Segment) else doc.Segment(category=one)
            for key, one in series.segment_map.items()
        }
        scan = nifti.scan(self._file(paths[0]))
        _match(paths[0], scan.grid, series.image_headers)
        if len(paths) == 1 and not series.binary_mask:
            return self._whole(paths[0], entries, scan)
        masks = self._alone(entries, scan)
        voxels, values = combined(masks, scan.grid.shape)
        return Found(Blob(pack(voxels)), dict(zip(entries, values, strict=True)), scan)

    def _whole(self, path: str, entries: Mapping[str, doc.Segment], scan: Scan) -> Found:
        _, voxels = nifti.labels(self._file(path))
        blob = Blob(pack(voxels))
        values = {key: (_number(key), *one.overlapping_groups) for key, one in entries.items()}
        named = {value for own in values.values() for value in own}
        if strange := sorted(unpack(blob.data).header.counts.keys() - named):
            raise _fault(
                path, f"holds the values {', '.join(map(str, strange))}, of which its segmentMap does not tell"
            )
        return Found(blob, values, scan)

    def _alone(self, entries: Mapping[str, doc.Segment], scan: Scan) -> Iterator[Inside]:
        """Yield the mask of each entry, which has a file of its own, or no voxel."""
        for one in entries.values():
            if one.mask is None:
                yield np.zeros(scan.grid.shape, np.bool_, order="F")
                continue
            path = one.mask if isinstance(one.mask, str) else one.mask[0]
            found, voxels = nifti.labels(self._file(path))
            match(path, found.grid, scan.grid)
            yield voxels != 0

    def _file(self, path: str) -> Input:
        """Return the file of a path, of which what leads to `segmentations/` does not count."""
        plain = path.replace("\\", "/")
        tail = FOLDER + plain.rpartition(f"/{FOLDER}")[2] if f"/{FOLDER}" in plain else plain
        if not tail.endswith(nifti.EXTENSIONS):
            raise _fault(path, "is no NIfTI file, and masks of other formats are not read here")
        if self._folder + tail not in self._files:
            raise _fault(path, "is missing")
        return self._files[self._folder + tail]


def grid_of_headers(headers: doc.Headers | None) -> Grid | None:
    """Return the grid that headers tell of; None where they tell of none."""
    if headers is None or len(headers.dimensions) != 3 or len(headers.affine) != 4:
        return None
    return grid_of(headers.dimensions, LPS @ np.array(headers.affine, np.float64))


def _match(path: str, found: Grid, headers: doc.Headers | None) -> None:
    """Hold the grid of a mask against that of its series, which headers tell in LPS, or of NIfTI scans as they are."""
    wanted = grid_of_headers(headers)
    if wanted is None or found.is_like(grid_of(wanted.shape, LPS @ wanted.matrix)):
        return
    match(path, found, wanted)


def _number(key: str) -> int:
    if not key.isdecimal() or not int(key):
        raise InvalidError("a segmentMap", [Fault("$.segmentMap", f"{key!r} is no value of a voxel")])
    return int(key)


def _fault(path: str, reason: str) -> InvalidError:
    return InvalidError(f"file {path!r}", [Fault("$.segmentations", f"{path!r} {reason}")])
