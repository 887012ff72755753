"""Records of volumes with label volumes behind their segments, drawn so that segments overlap, touch or are empty."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from labelport.errors import NotFoundError
from labelport.kit.format import Context
from labelport.kit.label_volume import combined, pack
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.testing.formats import FormatTests

Mask = NDArray[np.bool_]


class Blobs:
    """Blobs in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """Keep a blob; return its hash."""
        name = hashlib.sha256(data).hexdigest()
        self._kept[name] = data
        return name

    def read(self, name: str) -> bytes:
        """Return a blob."""
        if name not in self._kept:
            raise NotFoundError(f"no blob {name}")
        return self._kept[name]

    def filled(self, record: Record) -> Record:
        """Return a record with voxels behind its segments, by the ids of its annotations; each names its series."""
        return replace(record, labels=tuple(self._label(record, label) for label in record.labels))

    def _label(self, record: Record, label: Label) -> Label:
        placed = [_placed(record, one) for one in label.annotations]
        found: dict[str, Annotation] = {one.id: one for one in placed}
        for series in record.asset.series:
            own = [one for one in placed if isinstance(one.geometry, Segment) and one.on and one.on.series == series.id]
            i, j, k = series.shape
            voxels, values = combined((mask(one.id, (i, j, k)) for one in own), (i, j, k))
            blob = self.put(pack(voxels))
            found |= {one.id: replace(one, geometry=Segment(blob, of)) for one, of in zip(own, values, strict=True)}
        return replace(label, annotations=tuple(found[one.id] for one in label.annotations))


class VolumeFormatTests(FormatTests, ABC):
    """The suite of a format whose files are label volumes."""

    blobs: ClassVar[Blobs] = Blobs()

    @abstractmethod
    def opened(self, data: bytes) -> Any:
        """Return the voxels of a file, by a reader that is not ours."""

    def fitted(self, record: Record) -> Record:
        return self.blobs.filled(super().fitted(record))

    def context(self, ontology: Ontology) -> Context:
        return replace(super().context(ontology), blob=self.blobs.read)

    def read(self, files: Mapping[str, bytes]) -> int:
        volumes = (self.opened(data) for path, data in files.items() if path.startswith("segmentations"))
        return sum(len(set(np.unique(voxels).tolist()) - {0}) for voxels in volumes)


def mask(name: str, shape: tuple[int, int, int]) -> Mask:
    """Return the voxels of a segment by its id: a box, often small, sometimes nothing."""
    chance = np.random.default_rng(list(hashlib.sha256(name.encode()).digest()))
    low = [int(chance.integers(0, side)) for side in shape]
    high = [int(chance.integers(start, side + 1)) for start, side in zip(low, shape, strict=True)]
    found = np.zeros(shape, np.bool_, order="F")
    found[tuple(slice(start, end) for start, end in zip(low, high, strict=True))] = True
    return found


def segments(record: Record) -> Iterator[Annotation]:
    """Yield the annotations of a record that are segments."""
    yield from (one for label in record.labels for one in label.annotations if isinstance(one.geometry, Segment))


def _placed(record: Record, one: Annotation) -> Annotation:
    """Return an annotation on a series of the record, chosen by its id."""
    series = record.asset.series
    return replace(one, on=Target(series=series[len(one.id) % len(series)].id)) if series else one
