"""Pictures and tasks of one file made records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import msgspec

from labelport.errors import Fault
from labelport.formats.cvat_xml import tracks
from labelport.formats.cvat_xml.meta import Meta, Task
from labelport.formats.cvat_xml.shapes import Reader, numbered
from labelport.formats.cvat_xml.stream import SHAPES, Looked
from labelport.kit.cvat.drawn import annotation
from labelport.kit.cvat.labels import Known
from labelport.kit.cvat.shapes import Size
from labelport.kit.cvat.values import Values, shown
from labelport.kit.format import Input, Reject
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.record import Record
from labelport.model.workflow import Workflow

LABEL = "cvat"
"""The id of a record's label: CVAT's XML holds one."""
_IMAGE = frozenset({"id", "name", "width", "height", "subset", "task_id", "state"})


class Page(NamedTuple):
    """A file at work."""

    file: Input
    looked: Looked
    meta: Meta
    unread: Counter[str]


class Video(msgspec.Struct):
    """A task with tracks, while they are gathered."""

    id: str
    task: Task
    tracks: dict[str, Track] = {}
    keyframes: list[Keyframe] = []


class Records:
    """Makes the records of one file; ids that other files have taken begin with the file's path."""

    def __init__(self, page: Page, known: Mapping[str, Known], taken: set[str]) -> None:
        self._page = page
        self._path = page.file.path
        self._reader = Reader(known, page.unread)
        self._taken = taken
        self._own: set[str] = set()
        self._videos: dict[str | None, Video] = {}
        self._at: Counter[str] = Counter()

    def read(self, element: Element) -> Iterator[Record | Reject]:
        """Yield what comes of an element below the root: a picture at once, a track when the file is through."""
        at = self._at[element.tag]
        self._at[element.tag] += 1
        values = Values(element.attrib, f"{element.tag}[{at}]", [], "@")
        if element.tag == "image":
            yield from self._image(element, values, at)
        else:
            yield from self._track(element, values, at)

    def videos(self) -> Iterator[Record | Reject]:
        """Yield the tasks that are videos, or have tracks, after all tracks are read."""
        for task in self._page.meta.tasks:
            if task.mode == "interpolation" and not self._is_pictured(task):
                self._video(task)
        for video in self._videos.values():
            yield from self._video_record(video)

    def expected(self) -> int:
        """Return how many records the file holds, by what was counted when it was looked through."""
        looked, meta = self._page.looked, self._page.meta
        moving = {_of(name, meta).id for name in looked.tracked}
        silent = {task.id for task in meta.tasks if task.mode == "interpolation" and not self._is_pictured(task)}
        return looked.images + len(moving | silent)

    def _is_pictured(self, task: Task) -> bool:
        return any(_of(name, self._page.meta).id == task.id for name in self._page.looked.pictured)

    def _image(self, element: Element, values: Values, at: int) -> Iterator[Record | Reject]:
        task = self._task(values)
        self._reader.note(element, "image", _IMAGE, SHAPES)
        number = values.whole("id")
        local = f"image-{number}" if not values.faults else f"image-at-{at}"
        name = self._name(task.prefix() + local)
        if name is None:
            lost = sum(child.tag in SHAPES for child in element)
            fault = Fault(f"{values.path}@id", f"{number} is taken by an earlier image")
            yield Reject(self._path, task.prefix() + local, (fault,), lost)
            return
        size = Size(*(values.whole_or_none(key, low=1) for key in ("width", "height")))
        title = values.text_or_none("name")
        if title is None:
            values.wrong("name", "is missing")
        made = list(self._annotations(element, values.path, local, size))
        annotations = tuple(one for one in made if isinstance(one, Annotation))
        asset = Asset(name, "image", uri=title, width=size.width, height=size.height)
        said = (Label(LABEL, annotations=annotations),) if annotations or values.given.get("state") == "empty" else ()
        more = {"frame": number, "subset": values.text_or_none("subset") or task.subset}
        yield self._record(name, title or local, asset, task, (said, more))
        yield from self._rejects(name, values.faults, 0)
        for faults in made:
            if not isinstance(faults, Annotation):
                yield from self._rejects(name, faults, 1)

    def _annotations(self, element: Element, path: str, local: str, size: Size) -> Iterator[Annotation | list[Fault]]:
        for child, where, at in numbered(element, path, SHAPES):
            values = Values(child.attrib, where, [], "@")
            of = self._reader.label(values)
            drawn = self._reader.still(child, values, f"image.{child.tag}", of, size)
            common = self._reader.common(f"{local}/{child.tag}-{at}", values, of)
            yield values.faults or annotation(drawn, common, None)

    def _track(self, element: Element, values: Values, at: int) -> Iterator[Reject]:
        task = self._task(values)
        video = self._video(task)
        faults, values.faults = values.faults, []
        yield from self._rejects(video.id, faults, 0)
        name = f"track-{values.given['id']}" if values.has("id") else f"track-at-{at}"
        if name in video.tracks:
            values.wrong("id", f"{shown(values.given.get('id'))} is taken by an earlier track")
        made, keyframes = tracks.read(element, values, name, task, self._reader)
        if values.faults:
            yield from self._rejects(video.id, values.faults, 1)
            return
        video.tracks[name] = made
        video.keyframes += keyframes

    def _video(self, task: Task) -> Video:
        if task.id not in self._videos:
            local = task.prefix() + "video"
            self._videos[task.id] = Video(self._name(local) or local, task)
        return self._videos[task.id]

    def _video_record(self, video: Video) -> Iterator[Record]:
        task = video.task
        asset = Asset(
            video.id,
            "video",
            uri=task.source,
            width=task.width,
            height=task.height,
            frames=task.size,
            first_frame=task.start,
            frame_step=task.step,
        )
        label = Label(LABEL, tracks=tuple(video.tracks.values()), keyframes=tuple(video.keyframes))
        title = task.source or task.name or self._path.rpartition("/")[2].removesuffix(".xml")
        said = (label,) if label.tracks else ()
        yield self._record(video.id, title, asset, task, (said, {"subset": task.subset}))

    def _record(
        self, name: str, title: str, asset: Asset, task: Task, held: tuple[tuple[Label, ...], dict[str, Any]]
    ) -> Record:
        labels, more = held
        batch = task.batch()
        metadata = {"project": self._page.meta.project, "task": task.name, **more}
        return Record(
            name,
            title,
            asset,
            workflow=Workflow(
                status="submitted" if labels else "queued",
                batch=batch.id if batch else None,
                dataset=task.name,
                assignees=(task.assignee,) if task.assignee else (),
                created_at=task.created,
                updated_at=task.updated,
            ),
            labels=labels,
            metadata={key: value for key, value in metadata.items() if value is not None} or None,
        )

    def _task(self, values: Values) -> Task:
        found = _of(str(values.given.get("task_id", "")), self._page.meta)
        if found not in self._page.meta.tasks:
            values.wrong("task_id", f"{shown(values.given.get('task_id'))} is no task of the file")
        return found

    def _name(self, local: str) -> str | None:
        """Return the id for something in this file; None where the file has it already."""
        name = local if local not in self._taken else f"{self._path}#{local}"
        if local in self._own or name in self._taken:
            return None
        self._own.add(local)
        self._taken.add(name)
        return name

    def _rejects(self, record: str, faults: Iterable[Fault], annotations: int) -> Iterator[Reject]:
        found = tuple(faults)
        if found:
            yield Reject(self._path, record, found, annotations, 0)


def _of(name: str, meta: Meta) -> Task:
    """Return the task of that id; one without anything known of it where the file has none."""
    return meta.task(name) or Task(id=name or None)
