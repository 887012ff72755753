"""A record as a task of `tasks.json`, with the files of its segments."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from labelport.formats.redbrick import document as doc
from labelport.formats.redbrick.marking import Frame, headers
from labelport.formats.redbrick.values import values
from labelport.kit import nifti, segmentations
from labelport.kit.format import Context, File, Lost, Row
from labelport.kit.moments import EPOCH, MICROSECOND, rfc3339
from labelport.kit.segmentations import Made
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment, kind
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.model.workflow import Status
from labelport.shapes.grid import grid_of_series

TWICE = "the task has an answer to the same question already"
NO_SERIES = "the task has no such series"
STATES: Mapping[Status, str] = {
    "queued": "ASSIGNED",
    "in_progress": "IN_PROGRESS",
    "submitted": "COMPLETED",
    "in_review": "IN_PROGRESS",
    "rework": "ASSIGNED",
    "skipped": "SKIPPED",
    "blocked": "PROBLEM",
}
END = "END"
"""The stage of ground truth."""
ONLY = Series("")
_encode = msgspec.json.Encoder().encode


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: masks hold objects, one file for each object, class numbers, or one file for each class.

    `grouped`: masks hold objects and, where they overlap, the numbers of groups.
    """

    kind: Literal["labelled", "grouped", "instance", "semantic", "class"] = "labelled"


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the masks of a record, then the task."""
    writer = _Writer(record, context)
    yield from writer.masks()
    task = writer.task()
    yield from writer.lost
    yield Row("tasks", _encode(task))


class _Writer:
    """Writes one record."""

    def __init__(self, record: Record, context: Context) -> None:
        self._record = record
        self._context = context
        self._classes = {one.number: one.name for one in context.classes}
        self._asked = msgspec.convert(context.options, Options)
        self._made: dict[tuple[str | None, str], list[tuple[str, Made]]] = {}
        self._given = record.asset.series or (msgspec.structs.replace(ONLY, uris=_uris(record.asset)),)
        self._known = {one.id: place for place, one in enumerate(self._given)}
        self.lost: list[Lost] = []

    def masks(self) -> Iterator[File | Lost]:
        """Yield the files of the segments."""
        for one in segmentations.made(self._record, self._context, self._asked.kind):
            if isinstance(one, Lost):
                yield one
                continue
            path = f"{one.path}.nii.gz"
            light = one._replace(volume=msgspec.structs.replace(one.volume, stream=b""))
            self._made.setdefault((one.label, one.series.id), []).append((path, light))
            yield File(path, nifti.packed(one.series, one.grid, one.volume))

    def task(self) -> doc.Task:
        """Return the task."""
        record, flow = self._record, self._record.workflow
        done = flow.status in {"done", "archived"}
        task = doc.Task(
            task_id=record.id,
            name=record.name,
            series=[],
            current_stage_name=END if done else flow.stage,
            status=None if done else STATES[flow.status] if flow.assignees else "UNASSIGNED",
            created_at=_moment(flow.created_at),
            meta_data=record.metadata or {},
        )
        if len(record.labels) > 1:
            task.consensus = True
            task.series = [self._series(series) for series in self._given]
            final = [label for label in record.labels if label.final]
            merged = final[0] if len(final) == 1 else None
            task.consensus_tasks = [self._opinion(label) for label in record.labels if label is not merged]
            task.super_truth = self._opinion(merged) if merged else None
            return task
        label = record.labels[0] if record.labels else None
        task.series = self._labelled(label, task)
        if label is not None:
            task.labels_id = label.id
            task.updated_by, task.updated_at = label.author, _moment(label.updated_at or flow.updated_at)
        return task

    def _opinion(self, label: Label) -> doc.Opinion:
        return doc.Opinion(
            series=self._labelled(label, None),
            labels_id=label.id,
            updated_by=label.author,
            updated_at=_moment(label.updated_at),
        )

    def _labelled(self, label: Label | None, task: doc.Task | None) -> list[doc.Series]:
        """Return the series with what a label marks on them; what it says of the whole task goes into the task."""
        found = [self._series(series) for series in self._given]
        for one in label.annotations if label else ():
            place = self._place(one)
            if place is None:
                self._lose(one, NO_SERIES)
            elif one.geometry is None:
                self._classify(one, found[place], task)
            elif not isinstance(one.geometry, Segment):
                self._mark(one, place, found[place])
        for series, written in zip(self._given, found, strict=True):
            self._segmented(label, self._made.get((label.id if label else None, series.id), ()), written)
        return found

    def _series(self, series: Series) -> doc.Series:
        grid = grid_of_series(series)
        asset = self._record.asset
        flat = doc.Headers(dimensions=(asset.width, asset.height)) if asset.width and asset.height else None
        return doc.Series(name=series.name, items=list(series.uris), image_headers=headers(grid) if grid else flat)

    def _place(self, one: Annotation) -> int | None:
        """Return which series an annotation is on: the first where it names none."""
        name = one.on.series if one.on else None
        return 0 if name is None else self._known.get(name)

    def _mark(self, one: Annotation, place: int, to: doc.Series) -> None:
        assert one.geometry is not None
        series, asset = self._given[place], self._record.asset
        size = series.shape[:2] if len(series.shape) == 3 else (asset.width, asset.height)
        wide, tall = size
        made = Frame(grid_of_series(series), (wide, tall) if wide and tall else None).mark(one.geometry)
        if isinstance(made, str):
            self._lose(one, made)
            return
        made.id, made.group, made.attributes = one.id, one.group, values(one.answers)
        made.category = self._category(one)
        if made.video is None and one.on is not None and one.on.first_frame is not None:
            made.video = doc.Moment(frame_index=one.on.first_frame)
        _list_of(made, to).append(made)

    def _classify(self, one: Annotation, to: doc.Series, task: doc.Task | None) -> None:
        """Write an answer where it belongs: to a slice or frame, a series, or the task."""
        said = values(one.answers)
        if one.on is not None and one.on.first_frame is not None:
            items = to.items if isinstance(to.items, list) else []
            name = items[one.on.first_frame] if one.on.first_frame < len(items) else ""
            to.instance_classifications.append(
                doc.SliceClassification(file_index=one.on.first_frame, file_name=name, values=said)
            )
        elif task is None or (one.on is not None and one.on.series is not None):
            to.classifications.append(doc.Classification(id=one.id, attributes=said))
        elif task.classification is None:
            task.classification = doc.Classification(id=one.id, attributes=said)
        elif said.keys() & task.classification.attributes.keys():
            self._lose(one, TWICE)
        else:
            task.classification.attributes = task.classification.attributes | said

    def _segmented(self, label: Label | None, files: Iterable[tuple[str, Made]], to: doc.Series) -> None:
        """Write which files hold the segments of a series, and what their values are."""
        of = {one.id: one for one in label.annotations} if label else {}
        paths = []
        is_split = False
        for path, made in files:
            paths.append(path)
            alone = len(made.parts) == 1 and made.parts[0].number is not None
            is_split |= alone
            for part in made.parts:
                one = of.get(part.annotation or "")
                number = part.values[0] if part.number is None else part.number
                to.segment_map[str(number)] = doc.Segment(
                    id=one.id if one else None,
                    category=self._classes.get(part.class_ or 0, ""),
                    attributes=values(one.answers) if one else {},
                    group=one.group if one else None,
                    mask=path if one or alone else None,
                    overlapping_groups=part.values[1:],
                )
        if paths:
            to.segmentations = paths if is_split or self._asked.kind == "semantic" else paths[0]
            to.binary_mask, to.semantic_mask, to.png_mask = is_split, self._asked.kind in {"semantic", "class"}, False

    def _category(self, one: Annotation) -> str:
        return one.class_ if isinstance(one.class_, str) else self._classes.get(one.class_ or 0, "")

    def _lose(self, one: Annotation, why: str) -> None:
        self.lost.append(Lost(kind(one.geometry), "dropped", why))


def _list_of(made: doc.Mark, to: doc.Series) -> list[Any]:
    """Return the list of a series that a mark goes into."""
    lists: Mapping[type[doc.Mark], list[Any]] = {
        doc.Landmark: to.landmarks,
        doc.Landmark3D: to.landmarks3d,
        doc.Measurement: to.measurements,
        doc.BoundingBox: to.bounding_boxes,
        doc.Cuboid: to.cuboids,
        doc.Ellipse: to.ellipses,
        doc.Polygon: to.polygons,
        doc.Polyline: to.polylines,
    }
    return lists[type(made)]


def _uris(asset: Asset) -> tuple[str, ...]:
    return (asset.uri,) if asset.uri else ()


def _moment(at: datetime | None) -> str | None:
    return None if at is None else rfc3339((at - EPOCH) // MICROSECOND)
