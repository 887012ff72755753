"""DICOM: series of scans as tasks, one for each study, with the segmentations (SEG) that lie among them.

Nothing that says who the patient is comes in: no name, no number, no date; of the header a series keeps what says where
it lies and which instances it is of.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from labelport.errors import Fault, InvalidError
from labelport.kit.dicom import files, segmentation
from labelport.kit.dicom.series import Fitted, Plane, fitted, planes
from labelport.kit.format import Blob, Format, Input, Item, Reject, Unread, broken
from labelport.kit.label_volume import pack
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes.grid import grid_of_series

NO_PLACE = "does not say where it lies in space, and no volume can be made of it"


class _Study:
    """A study in the making: the slices of its series, and its segmentations."""

    def __init__(self) -> None:
        self.slices: dict[str, list[Plane]] = {}
        self.headers: dict[str, Any] = {}
        self.segmentations: list[tuple[Input, Any]] = []


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield a record for each study behind its label volumes, and what cannot be taken with its reason.

    A series stays together: it is of the study that its first file names.
    """
    studies: dict[str, _Study] = {}
    of: dict[str, str] = {}
    for file in inputs:
        try:
            header = files.header(file)
        except InvalidError as e:
            yield Reject(file.path, "$", e.faults)
            continue
        if header is None:
            yield Unread(file.path, "$", 1)
            continue
        uid = str(header.get("SeriesInstanceUID", ""))
        name = of.setdefault(uid, str(header.get("StudyInstanceUID", "")))
        study = studies.setdefault(name, _Study())
        if str(header.get("SOPClassUID", "")) in segmentation.CLASS:
            study.segmentations.append((file, header))
            continue
        found = list(planes(file.path, header))
        if not found:
            yield Reject(file.path, "$", (Fault("$", NO_PLACE),))
            continue
        study.headers.setdefault(uid, header)
        study.slices.setdefault(uid, []).extend(found)
    for name, study in sorted(studies.items()):
        yield from _record(name, study)


def _record(name: str, study: _Study) -> Iterator[Item]:
    series: list[Series] = []
    for number, (uid, slices) in enumerate(study.slices.items(), 1):
        volume = fitted(slices)
        yield from (
            Reject(one.path, name, (Fault("$", f"lies where {other.path!r} does: a slice comes once"),), records=0)
            for one, other in volume.twice
        )
        if volume.faults:
            yield Reject(slices[0].path, name, tuple(Fault("$", reason) for reason in volume.faults), records=0)
        series.append(_series(uid, number, study.headers[uid], volume))
    marks: list[Annotation] = []
    is_read = False
    for file, header in study.segmentations:
        try:
            found = list(_segmented(file, header, series))
        except InvalidError as e:
            yield Reject(file.path, name, e.faults, len(header.get("SegmentSequence") or ()), records=0)
            continue
        is_read = True
        marks += [item for item in found if isinstance(item, Annotation)]
        yield from (item for item in found if not isinstance(item, Annotation))
    if series:
        labels = (Label("segmentations", source="import", annotations=tuple(marks)),) if is_read else ()
        yield Record(name, name, Asset(name, "volume", series=tuple(series)), labels=labels)


def _series(uid: str, number: int, header: Any, volume: Fitted) -> Series:  # noqa: ANN401  a data set of pydicom
    """Return a series: its files in the order of their slices, and what segmentations must refer to."""
    told = {
        "study": str(header.get("StudyInstanceUID", "")),
        "frame_of_reference": str(header.get("FrameOfReferenceUID", "")),
        "class": str(header.get("SOPClassUID", "")),
        "instances": [one.instance for one in volume.planes],
        "frames": [one.frame for one in volume.planes],
    }
    return Series(
        uid or f"series-{number}",
        uris=tuple(dict.fromkeys(one.path for one in volume.planes)),
        shape=volume.grid.shape if volume.grid else (),
        affine=volume.grid.affine if volume.grid else None,
        modality=str(header.get("Modality", "")) or None,
        extra={"dicom": told},
    )


def _segmented(file: Input, header: Any, series: list[Series]) -> Iterator[Ontology | Blob | Annotation]:  # noqa: ANN401
    """Yield the segments of a file behind their classes and their volume."""
    wanted = segmentation.references(header)
    frame = str(header.get("FrameOfReferenceUID", ""))
    told = [one for one in series if one.id in wanted]
    near = [one for one in series if one.extra and one.extra["dicom"]["frame_of_reference"] == frame]
    of = next(iter(told or ([] if wanted else near)), None)
    grid = grid_of_series(of) if of else None
    if of is None or grid is None:
        reason = (
            f"is of series {', '.join(wanted) or 'of the frame of reference ' + frame}, which is not here as a volume"
        )
        raise broken(file.path, reason)
    voxels, segments = segmentation.read(file.path, files.whole(file), grid)
    names = {one.number: one.label or f"segment {one.number}" for one in segments}
    yield Ontology(tuple(LabelClass(number, label) for number, label in enumerate(dict.fromkeys(names.values()), 1)))
    blob = Blob(pack(voxels))
    yield blob
    for one in segments:
        yield Annotation(
            f"{header.SOPInstanceUID}/{one.number}",
            class_=names[one.number],
            geometry=Segment(blob.sha256, one.values),
            on=Target(series=of.id),
        )


FORMAT = Format("DICOM", decode=decode)
