"""Scans in a folder with segmentations beside them, paired by their names.

A segmentation lies in a folder that is called so (`segmentations`, `labels`, `labelsTr`, `masks` ...), or its name ends
so (`_seg`, `_label`, `_mask` ...). Its scan has the same name and, but for such folders, the same path. `dataset.json`
(as nnU-Net has it) names the values.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit import nifti
from labelport.kit.format import BROKEN, Blob, Input, Item, Reject, Unread
from labelport.kit.label_volume import pack, unpack
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
_ONLY = "scan"
"""The id of the series of a scan in one file."""


class _Dataset(msgspec.Struct):
    labels: dict[str, int | str]


class _Pair(NamedTuple):
    scan: Input | None
    labels: tuple[Input, ...]


def decode(files: Mapping[str, Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each scan behind its label volume."""
    names: dict[int, str] = {}
    found: dict[str, tuple[list[Input], list[Input]]] = {}
    for path, file in sorted(files.items()):
        if path.endswith(nifti.EXTENSIONS):
            is_marked, key = _key(path)
            found.setdefault(key, ([], []))[int(is_marked)].append(file)
        elif path.rpartition("/")[2] == DATASET:
            try:
                names |= _names(msgspec.json.decode(file.read(), type=_Dataset).labels)
            except (*BROKEN, ValueError) as e:
                yield Reject(path, "$", (Fault("$", str(e)),), records=0)
        else:
            yield Unread(path, "$", 1)
    classes = _Classes(names)
    for key, (scans, marked) in found.items():
        yield from _record(key, scans, marked, classes)


class _Classes:
    """The classes of values, told when the first record uses them."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._told: set[int] = set()

    def name(self, value: int) -> str:
        """Return the name of the class of a value."""
        return self._names.get(value, f"label {value}")

    def new(self, values: list[int]) -> Iterator[Ontology]:
        """Yield those that were not told yet; a value is the number of its class."""
        fresh = [value for value in values if value not in self._told]
        self._told.update(fresh)
        if fresh:
            yield Ontology(tuple(LabelClass(value, self.name(value)) for value in fresh))


def _record(key: str, scans: list[Input], marked: list[Input], classes: _Classes) -> Iterator[Item]:
    """Yield a scan with its segmentations; what has no scan, or more than one, is put aside."""
    if len(scans) != 1:
        reason = "has no scan beside it" if not scans else f"may be of {' or '.join(repr(one.path) for one in scans)}"
        for file in (*marked, *scans[1:]):
            yield Reject(file.path, key, (Fault("$", f"{reason}: a segmentation lies on the grid of its scan"),))
        if not scans:
            return
    try:
        scan = nifti.scan(scans[0])
    except InvalidError as e:
        yield Reject(scans[0].path, key, e.faults)
        return
    marks: list[Annotation] = []
    read = False
    for file in marked if len(scans) == 1 else ():
        try:
            found, voxels = nifti.labels(file)
            nifti.match(file.path, found.grid, scan.grid)
        except InvalidError as e:
            yield Reject(file.path, key, e.faults, records=0)
            continue
        read = True
        blob = Blob(pack(voxels))
        values = list(unpack(blob.data).header.counts)
        yield from classes.new(values)
        yield blob
        at = "" if len(marked) == 1 else f"{file.path}/"
        marks += [
            Annotation(
                f"{at}{value}", class_=classes.name(value), geometry=Segment(blob.sha256, (value,)), on=Target(_ONLY)
            )
            for value in values
        ]
    series = Series(
        _ONLY, key.rpartition("/")[2], (scans[0].path,), scan.grid.shape, scan.grid.affine, extra=nifti.facts(scan)
    )
    labels = (Label("masks", source="import", annotations=tuple(marks)),) if read else ()
    yield Record(key, key, Asset(key, "volume", scans[0].path, series=(series,)), labels=labels)


def _key(path: str) -> tuple[bool, str]:
    """Return whether a file is a segmentation, and what it has in common with its scan."""
    *folders, name = path.split("/")
    base = next(name.removesuffix(end) for end in nifti.EXTENSIONS if name.endswith(end))
    is_marked = any(_MARKED.fullmatch(folder) for folder in folders) or _SUFFIX.search(base) is not None
    kept = [folder for folder in folders if not (_MARKED.fullmatch(folder) or _SCANS.fullmatch(folder))]
    return is_marked, "/".join((*kept, _CHANNEL.sub("", _SUFFIX.sub("", base))))


def _names(labels: Mapping[str, int | str]) -> dict[int, str]:
    """Return the names of values, whichever way round they are told; what is background is none."""
    pairs = ((int(one), other) if isinstance(other, str) else (other, one) for one, other in labels.items())
    return {value: name for value, name in pairs if value}
