"""Scans in a folder with segmentations beside them, paired by their names.

A segmentation lies in a folder that is called so (`segmentations`, `labels`, `labelsTr`, `masks` ...), or its name ends
so (`_seg`, `_label`, `_mask` ...). Its scan has the same name and, but for such folders, the same path. `dataset.json`
(as nnU-Net has it) names the values.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit.format import BROKEN, Blob, Input, Item, Reject, Unread
from labelport.kit.label_volume import pack, unpack
from labelport.kit.palette import text
from labelport.kit.volumes.codec import Codec, Named, Read, base, is_of
from labelport.kit.volumes.grids import match
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record

DATASET = "dataset.json"
_MARKED = re.compile(r"(segmentations?|labels?(Tr|Ts)?|masks?|gt)", re.IGNORECASE)
_SCANS = re.compile(r"(images?(Tr|Ts)?|scans?|volumes?)", re.IGNORECASE)
_SUFFIX = re.compile(r"[-_.](seg|segmentation|label|labels|mask|gt)$", re.IGNORECASE)
_CHANNEL = re.compile(r"_0000$")
ONLY = "scan"
"""The id of the series of a scan in one file."""


class _Dataset(msgspec.Struct):
    labels: dict[str, int | str]


def decode(files: Mapping[str, Input], codec: Codec) -> Iterator[Item]:
    """Yield the classes, then a record for each scan behind its label volumes."""
    names: dict[int, str] = {}
    found: dict[str, tuple[list[Input], list[Input]]] = {}
    for path, file in sorted(files.items()):
        if is_of(codec, path):
            is_marked, key = _key(path, codec)
            found.setdefault(key, ([], []))[int(is_marked)].append(file)
        elif path.rpartition("/")[2] == DATASET:
            try:
                names |= _names(msgspec.json.decode(file.read(), type=_Dataset).labels)
            except (*BROKEN, ValueError) as e:
                yield Reject(path, "$", (Fault("$", str(e)),), records=0)
        else:
            yield Unread(path, "$", 1)
    reader = _Reader(codec, names)
    for key, (scans, marked) in found.items():
        yield from reader.record(key, scans, marked)


class _Reader:
    """Reads scans with their segmentations; classes are told when the first record uses them."""

    def __init__(self, codec: Codec, names: Mapping[int, str]) -> None:
        self._codec, self._names = codec, names
        self._told: dict[str, int] = {}

    def record(self, key: str, scans: list[Input], marked: list[Input]) -> Iterator[Item]:
        """Yield a scan with its segmentations; what has no scan, or more than one, is put aside."""
        if len(scans) != 1:
            reason = (
                "has no scan beside it" if not scans else f"may be of {' or '.join(repr(one.path) for one in scans)}"
            )
            for file in (*marked, *scans[1:]):
                yield Reject(file.path, key, (Fault("$", f"{reason}: a segmentation lies on the grid of its scan"),))
            if not scans:
                return
        try:
            grid, facts = self._codec.scan(scans[0])
        except InvalidError as e:
            yield Reject(scans[0].path, key, e.faults)
            return
        series = Series(ONLY, key.rpartition("/")[2], (scans[0].path,), grid.shape, grid.affine, extra=facts)
        marks: list[Annotation] = []
        is_read = False
        for file in marked if len(scans) == 1 else ():
            try:
                read = self._codec.read(file)
                match(file.path, read.grid, grid)
            except InvalidError as e:
                yield Reject(file.path, key, e.faults, records=0)
                continue
            is_read = True
            for item in self._marks(read, "" if len(marked) == 1 else f"{file.path}/"):
                if isinstance(item, Annotation):
                    marks.append(item)
                else:
                    yield item
        labels = (Label("masks", source="import", annotations=tuple(marks)),) if is_read else ()
        yield Record(key, key, Asset(key, "volume", scans[0].path, series=(series,)), labels=labels)

    def _marks(self, read: Read, at: str) -> Iterator[Ontology | Blob | Annotation]:
        """Yield the segments of a file behind their classes and volumes."""
        for layer, voxels in enumerate(read.layers):
            blob = Blob(pack(voxels))
            known = {one.value: one for one in read.named if one.layer == layer}
            found = [known.get(value) or self._named(value) for value in unpack(blob.data).header.counts]
            yield from self._new(found)
            yield blob
            for one in found:
                name = f"{at}{one.value}" if len(read.layers) == 1 else f"{at}{layer}/{one.value}"
                shape = Segment(blob.sha256, (one.value,))
                yield Annotation(name, class_=one.name, geometry=shape, on=Target(ONLY))

    def _named(self, value: int) -> Named:
        return Named(self._names.get(value, f"label {value}"), value)

    def _new(self, found: list[Named]) -> Iterator[Ontology]:
        """Yield the classes that were not told yet; a value is the number of its class, unless another has it."""
        fresh: list[LabelClass] = []
        for one in found:
            if one.name not in self._told:
                taken = self._told.values()
                number = one.value if one.value not in taken else max(taken) + 1
                self._told[one.name] = number
                fresh.append(LabelClass(number, one.name, text(one.colour) if one.colour else None))
        if fresh:
            yield Ontology(tuple(fresh))


def _key(path: str, codec: Codec) -> tuple[bool, str]:
    """Return whether a file is a segmentation, and what it has in common with its scan."""
    *folders, name = path.split("/")
    plain = base(codec, name)
    is_marked = any(_MARKED.fullmatch(folder) for folder in folders) or _SUFFIX.search(plain) is not None
    is_marked |= path.lower().endswith(codec.marked) if codec.marked else False
    kept = [folder for folder in folders if not (_MARKED.fullmatch(folder) or _SCANS.fullmatch(folder))]
    return is_marked, "/".join((*kept, _CHANNEL.sub("", _SUFFIX.sub("", plain))))


def _names(labels: Mapping[str, int | str]) -> dict[int, str]:
    """Return the names of values, whichever way round they are told; what is background is none."""
    pairs = ((int(one), other) if isinstance(other, str) else (other, one) for one, other in labels.items())
    return {value: name for value, name in pairs if value}
