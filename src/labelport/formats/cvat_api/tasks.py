"""Tasks made records: a picture each, or the whole task where it is a video or has tracks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from labelport.formats.cvat_api.files import Dump
from labelport.formats.cvat_api.jobs import Job, workflow
from labelport.formats.cvat_api.shapes import Reader
from labelport.formats.cvat_api.views import Object, View
from labelport.kit.cvat.values import Values, identity
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.record import Record
from labelport.model.workflow import Issue

MOST = 10_000_000
"""Frames of a task at most."""
_TASK = frozenset({"id", "name", "mode", "size", "dimension", "project_id", "organization", "subset", "url"})
_IMAGE_URL = "/data?type=frame&number={}&quality=original"
"""Where the server has a frame, below the task's address."""


class Task(NamedTuple):
    """A task; without data it has no size."""

    id: str
    name: str
    size: int | None
    is_video: bool
    is_cloud: bool
    url: str | None
    metadata: Mapping[str, Any]


class Content(msgspec.Struct):
    """What one label says of a task: annotations by frame, tracks and their key frames."""

    view: View
    annotations: dict[int, list[Annotation]]
    tracks: list[Track] = []
    keyframes: list[Keyframe] = []


def tasks(dump: Dump) -> Iterator[Task]:
    """Yield the tasks in the order of the file."""
    file = dump.files["tasks"]
    projects, organizations = _names(dump, "projects", "name"), _names(dump, "organizations", "slug")
    seen: set[str] = set()
    for values in dump.objects("tasks", "task"):
        file.note(values, _TASK)
        task = _task(values, projects, organizations)
        if not task.id or task.id in seen:
            values.wrong("id", "is taken by an earlier task" if task.id else "is missing")
        else:
            seen.add(task.id)
            yield task
        lost = 0 if task.id and not any(fault.path.endswith(".id") for fault in values.faults) else task.size or 0
        file.reject(f"task-{task.id or values.path}", values.faults, records=lost)


def read(task: Task, view: View, reader: Reader) -> Content:
    """Return what a label says; what is wrong is rejected, an object at a time."""
    content = Content(view, defaultdict(list))
    names: set[str] = set()
    for one in view.objects:
        values = Values(one.given, one.path, [])
        frame = _frame(one, task, values)
        name = _name(one, names)
        on = frame if task.is_video else None
        made = None if values.faults else _made(one, values, (name, on), reader, content)
        if values.faults:
            place = f"task-{task.id}" if task.is_video or frame is None else f"task-{task.id}/frame-{frame}"
            reader.file.reject(place, values.faults, 1)
            continue
        names.add(name)
        if made is not None:
            content.annotations[frame or 0].append(made)
    return content


def records(
    task: Task, contents: Sequence[Content], jobs: Sequence[Job], issues: Mapping[int | None, Sequence[Issue]]
) -> Iterator[Record]:
    """Yield the records of a task with data."""
    if task.is_video:
        yield _record(task, None, contents, jobs, [issue for each in issues.values() for issue in each])
        return
    for frame in range(task.size or 0):
        covering = [job for job in jobs if job.covers(frame)]
        raised = [msgspec.structs.replace(issue, frame=None) for issue in issues.get(frame, ())]
        yield _record(task, frame, contents, covering, raised)


def _record(
    task: Task, frame: int | None, contents: Sequence[Content], jobs: Sequence[Job], issues: Sequence[Issue]
) -> Record:
    own = [job for job in jobs if job.is_annotation()]
    labels = tuple(label for content in contents if (label := _label(content, frame, own)))
    heard = {label.id for label in labels}
    told = [job.told() for job in jobs if job.is_annotation() or job.batch() in heard]
    name = f"task-{task.id}" if frame is None else f"task-{task.id}/frame-{frame}"
    metadata = dict(task.metadata) if frame is None else {**task.metadata, "frame": frame}
    return Record(
        name,
        task.name if frame is None else f"{task.name}/frame_{frame:06d}",
        _asset(task, frame, name),
        external_id=task.id if frame is None else f"{task.id}/{frame}",
        workflow=workflow(own, task.name),
        labels=labels,
        metadata=metadata,
        issues=tuple(sorted(issues, key=lambda issue: (len(issue.id), issue.id))),
        extra={"jobs": told} if told else None,
    )


def _asset(task: Task, frame: int | None, name: str) -> Asset:
    if frame is None:
        return Asset(name, "video", frames=task.size)
    uri = task.url.rstrip("/") + _IMAGE_URL.format(frame) if task.url else None
    return Asset(name, "point_cloud" if task.is_cloud else "image", uri=uri)


def _label(content: Content, frame: int | None, own: Sequence[Job]) -> Label | None:
    """Return what a label says of a frame, or of all; None where nobody has been there yet."""
    job = content.view.job
    frames = content.annotations if frame is None else {frame: content.annotations.get(frame, [])}
    annotations = tuple(one for _, each in sorted(frames.items()) for one in each)
    if job is None:
        is_done = bool(own) and all(one.is_annotated() for one in own)
    else:
        is_done = frame is None and job.is_annotated()
    if not (annotations or content.tracks or is_done):
        return None
    people = {one.assignee for one in own} if job is None else {job.assignee}
    return Label(
        content.view.name,
        author=people.pop() if len(people) == 1 else None,
        final=job is None,
        annotations=annotations,
        tracks=tuple(content.tracks),
        keyframes=tuple(content.keyframes),
    )


def _made(
    one: Object, values: Values, named: tuple[str, int | None], reader: Reader, content: Content
) -> Annotation | None:
    name, frame = named
    match one.kind:
        case "shapes":
            return reader.still(values, name, frame)
        case "tags":
            return reader.tag(values, name, frame)
        case _:
            track, keyframes = reader.track(values, name)
            if not values.faults:
                content.tracks.append(track)
                content.keyframes += keyframes
            return None


def _frame(one: Object, task: Task, values: Values) -> int | None:
    """Return the frame of an object; one of no picture is wrong."""
    if task.size is None:
        values.wrong("", "is of a task without data")
        return None
    if one.kind == "tracks":
        return None
    frame = values.whole("frame")
    if frame >= task.size and not task.is_video:
        values.wrong("frame", f"{frame} is no frame of the task, which has {task.size}")
        return None
    return frame


def _name(one: Object, taken: set[str]) -> str:
    """Return the id: of its kind and number, or of its place where it has no number of its own."""
    kind = one.kind.removesuffix("s")
    number = one.key()[1]
    name = f"{kind}-{number}" if number else f"{kind}-at-{one.path.rpartition('[')[2][:-1]}"
    return name if name not in taken else f"{name}-at-{one.path}"


def _task(values: Values, projects: Mapping[str, str], organizations: Mapping[str, str]) -> Task:
    number = identity(values.given.get("id")) or ""
    name = values.text_or_none("name") or f"task {number}"
    before = len(values.faults)
    size = values.whole("size", high=MOST) if values.has("size") else None
    found = {
        "project": projects.get(identity(values.given.get("project_id")) or ""),
        "organization": organizations.get(identity(values.given.get("organization")) or ""),
        "subset": values.text_or_none("subset"),
    }
    return Task(
        number,
        name,
        size if len(values.faults) == before else None,
        values.text_or_none("mode") == "interpolation",
        values.text_or_none("dimension") == "3d",
        values.text_or_none("url"),
        {"task": name, **{key: value for key, value in found.items() if value is not None}},
    )


def _names(dump: Dump, name: str, key: str) -> dict[str, str]:
    """Return the names of what tasks belong to, by id."""
    found: dict[str, str] = {}
    for values in dump.objects(name, name.removesuffix("s")):
        dump.files[name].note(values, ("id", key))
        number, word = identity(values.given.get("id")), values.text(key)
        if number is None:
            values.wrong("id", "is missing")
        else:
            found[number] = word
        dump.files[name].reject(f"{name.removesuffix('s')} {number or values.path}", values.faults)
    return found
