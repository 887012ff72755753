"""`tasks.json` with its folder of segmentations, read as records."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.formats.redbrick import document as doc
from labelport.formats.redbrick import placing
from labelport.formats.redbrick.keys import unread
from labelport.formats.redbrick.segments import FOLDER, Found, Segments, grid_of_headers
from labelport.formats.redbrick.values import answers
from labelport.formats.redbrick.writing import END, STATES
from labelport.kit import nifti
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.model.workflow import Status, Workflow
from labelport.shapes.grid import Grid

TASKS = "tasks.json"
_STATUS: dict[str, Status] = {told: status for status, told in reversed(list(STATES.items()))}
_STATUS |= {"UNASSIGNED": "queued", "STAGED": "in_progress"}
_array = msgspec.json.Decoder(list[msgspec.Raw])


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then the tasks of each `tasks.json`, each behind its label volumes."""
    files = {given.path: given for given in inputs}
    folders = [path.removesuffix(TASKS) for path in sorted(files) if path.rpartition("/")[2] == TASKS]
    for folder in folders:
        file = files[folder + TASKS]
        try:
            raw = _array.decode(file.read())
        except BROKEN as e:
            yield Reject(file.path, "$", (Fault("$", f"is no array of tasks: {e}"),))
            continue
        yield from _tasks(file, raw, Segments(files, folder))
    masks = tuple(folder + FOLDER for folder in folders)
    yield from (
        Unread(path, "$", 1) for path in files if path.rpartition("/")[2] != TASKS and not path.startswith(masks)
    )


def _tasks(file: Input, raw: list[msgspec.Raw], segments: Segments) -> Iterator[Item]:
    tasks: list[doc.Task] = []
    strange: Counter[str] = Counter()
    for place, data in enumerate(raw):
        plain = None
        try:
            plain = msgspec.json.decode(data)
            tasks.append(msgspec.convert(plain, doc.Task, strict=False))
        except BROKEN as e:
            name = plain.get("taskId") if isinstance(plain, dict) else None
            yield Reject(file.path, str(name or f"$[{place}]"), (Fault(f"$[{place}]", str(e)),))
            continue
        strange.update(unread(plain, doc.Task))
    names = dict.fromkeys(name for task in tasks for name in _categories(task) if name)
    yield Ontology(tuple(LabelClass(number, name) for number, name in enumerate(names, 1)))
    for task in tasks:
        yield from _Reader(file.path, task, segments).items()
    yield Counted(file.path, len(raw), 0)
    yield from (Unread(file.path, path, count) for path, count in sorted(strange.items()))


def _categories(task: doc.Task) -> Iterator[str]:
    for series in (*task.series, *(one for opinion in _opinions(task) for one in opinion.series)):
        yield from (category(mark.category) for mark in placing.marks(series))
        yield from (category(one if isinstance(one, str) else one.category) for one in series.segment_map.values())


def category(told: str | int | list[str]) -> str:
    """Return the name of a class; of nested ones, which older projects have, all names on the way."""
    return "/".join(told) if isinstance(told, list) else str(told)


def _opinions(task: doc.Task) -> list[doc.Opinion]:
    return [*([task.super_truth] if task.super_truth else []), *task.consensus_tasks]


class _Place(NamedTuple):
    """A series with what is known of where it lies."""

    series: Series
    grid: Grid | None
    size: tuple[float, float] | None


class _Reader:
    """Reads one task."""

    def __init__(self, path: str, task: doc.Task, segments: Segments) -> None:
        self._path, self._task, self._segments = path, task, segments
        self._marked: dict[int, Found] = {}

    def items(self) -> Iterator[Item]:
        """Yield the record behind its blobs and what is wrong with parts of it."""
        task = self._task
        read: list[tuple[doc.Opinion, list[Found | None]]] = []
        opinions = _opinions(task) or [
            doc.Opinion(
                series=task.series, labels_id=task.labels_id, updated_by=task.updated_by, updated_at=task.updated_at
            )
        ]
        for opinion in opinions:
            found: list[Found | None] = []
            for place, series in enumerate(opinion.series):
                try:
                    found.append(self._segments.read(series))
                except InvalidError as e:
                    yield Reject(self._path, task.task_id, e.faults, len(series.segment_map), records=0)
                    found.append(None)
                if mask := found[-1]:
                    yield mask.blob
                    self._marked.setdefault(place, mask)
            read.append((opinion, found))
        places = [self._place(place, series) for place, series in enumerate(task.series)]
        labels = []
        for number, (opinion, masks) in enumerate(read):
            marks = list(self._marks(opinion, masks, places))
            yield from (one for one in marks if isinstance(one, Reject))
            good = tuple(one for one in marks if isinstance(one, Annotation))
            if good or opinion.labels_id:
                labels.append(self._label(opinion, number, good))
        yield self._record(tuple(labels), places)

    def _label(self, opinion: doc.Opinion, number: int, marks: tuple[Annotation, ...]) -> Label:
        return Label(
            opinion.labels_id or f"{self._task.task_id}/{number}",
            author=opinion.updated_by,
            final=self._task.super_truth in (None, opinion),
            annotations=marks,
            updated_at=_moment(opinion.updated_at),
        )

    def _record(self, labels: tuple[Label, ...], places: list[_Place]) -> Record:
        task = self._task
        done = task.current_stage_name == END
        flow = Workflow(
            stage=task.current_stage_name or "label",
            status="done" if done else _STATUS.get(task.status or "", "queued"),
            created_at=_moment(task.created_at),
            updated_at=_moment(task.updated_at),
        )
        series = tuple(one.series for one in places)
        name = task.name or task.task_id
        asset = Asset(task.task_id, "volume", series=series)
        if len(series) == 1 and places[0].grid is None and places[0].size is not None:
            width, height = places[0].size
            uri = series[0].uris[0] if series[0].uris else None
            kind: Any = "image" if len(series[0].uris) < 2 else "video"
            asset = Asset(task.task_id, kind, uri, width=int(width), height=int(height))
        return Record(task.task_id, name, asset, workflow=flow, labels=labels, metadata=task.meta_data or None)

    def _place(self, place: int, series: doc.Series) -> _Place:
        mask = self._marked.get(place)
        grid = mask.scan.grid if mask else grid_of_headers(series.image_headers)
        extra = nifti.facts(mask.scan) if mask else None
        uris = (series.items,) if isinstance(series.items, str) else tuple(series.items)
        made = Series(f"s{place + 1}", series.name, uris, extra=extra)
        if grid is not None:
            return _Place(
                msgspec.structs.replace(made, shape=grid.shape, affine=grid.affine),
                grid,
                (grid.shape[0], grid.shape[1]),
            )
        told = series.image_headers.dimensions if series.image_headers else ()
        return _Place(made, None, (told[0], told[1]) if len(told) >= 2 else None)

    def _marks(
        self, opinion: doc.Opinion, masks: list[Found | None], places: list[_Place]
    ) -> Iterator[Annotation | Reject]:
        """Yield all that one says of the task: shapes, segments, answers."""
        only = len(places) == 1
        if self._task.classification is not None:
            said = self._task.classification
            yield Annotation(said.id or f"{self._task.task_id}/classification", answers=tuple(answers(said.attributes)))
        for number, (series, mask) in enumerate(zip(opinion.series, masks, strict=True)):
            place = places[number] if number < len(places) else self._place(number, series)
            on = Target(series=place.series.id)
            flat = only and place.grid is None
            for at, mark in enumerate(placing.marks(series)):
                yield self._mark(mark, place, f"{place.series.id}/{at}", None if flat else on)
            yield from _segments(series, mask, on, place.series.id)
            for at, one in enumerate(series.classifications):
                yield Annotation(one.id or f"{place.series.id}/c{at}", answers=tuple(answers(one.attributes)), on=on)
            for at, slice_ in enumerate(series.instance_classifications):
                index = slice_.file_index
                there = Target(None if flat else place.series.id, index, index)
                yield Annotation(f"{place.series.id}/i{at}", answers=tuple(answers(slice_.values)), on=there)

    def _mark(self, mark: doc.Mark, place: _Place, name: str, on: Target | None) -> Annotation | Reject:
        try:
            found = placing.shape(mark, place.grid, place.size)
        except ValueError as e:
            return Reject(self._path, self._task.task_id, (Fault(f"$.series.{mark.id or name}", str(e)),), 1, records=0)
        index = mark.video.frame_index if mark.video else None
        if index is not None and place.grid is not None:
            found = placing.on_slice(found, index)
        elif index is not None:
            on = Target(on.series if on else None, index, index)
        return Annotation(
            mark.id or name,
            class_=category(mark.category) or None,
            geometry=found,
            answers=tuple(answers(mark.attributes)),
            on=on,
            group=mark.group,
        )


def _segments(series: doc.Series, mask: Found | None, on: Target, name: str) -> Iterator[Annotation]:
    """Yield what the map of segments tells of a mask that was read."""
    if mask is None:
        return
    sha256 = mask.blob.sha256
    for key, told in series.segment_map.items():
        one = doc.Segment(category=told) if isinstance(told, str) else told
        yield Annotation(
            one.id or f"{name}/segment-{key}",
            class_=category(one.category) or None,
            geometry=Segment(sha256, mask.values[key]),
            answers=tuple(answers(one.attributes)),
            on=on,
            group=one.group,
        )


def _moment(text: str | None) -> datetime | None:
    """Return a moment; one without an offset is none that is known."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
