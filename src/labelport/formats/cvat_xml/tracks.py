"""Tracks of CVAT's XML: key frames, those of a skeleton's joints in it or in tracks of their own below it.

Frames are those of the source; ours count from 0 in steps of the task. What is not a key frame is what CVAT drew
between two, and is only counted.
"""

from xml.etree.ElementTree import Element

from labelport.formats.cvat_xml.meta import Task
from labelport.formats.cvat_xml.shapes import OBJECT, Reader, numbered
from labelport.formats.cvat_xml.stream import SHAPES
from labelport.kit.cvat.labels import Known
from labelport.kit.cvat.shapes import Size
from labelport.kit.cvat.tracks import Moving, track
from labelport.kit.cvat.values import Values, shown
from labelport.model.label import Keyframe, Track

_CHILDREN = SHAPES - {"tag"} | {"track"}


def read(element: Element, values: Values, name: str, task: Task, reader: Reader) -> tuple[Track, tuple[Keyframe, ...]]:
    """Return a track and its key frames; what is wrong with it adds faults."""
    of = reader.label(values)
    reader.note(element, "track", OBJECT | {"id", "task_id", "subset"}, _CHILDREN)
    moving = Moving(values.path)
    size = Size(task.width, task.height)
    for child, path, _ in numbered(element, values.path, _CHILDREN):
        at = Values(child.attrib, path, values.faults, "@")
        if child.tag == "track":
            _joint_track(child, at, moving, of, (task, reader))
        else:
            _state(child, at, moving, of, (task, size, reader))
    return track(moving, reader.common(name, values, of), tuple(of.joints), of.mutable(), values.faults)


def _state(element: Element, values: Values, moving: Moving, of: Known, by: tuple[Task, Size, Reader]) -> None:
    task, size, reader = by
    where = f"track.{element.tag}"
    frame = _frame(values, task)
    if _is_key(values):
        drawn = reader.moved(element, values, where, of.specs, size)
        drawn.frame = frame
        moving.own.append(drawn)
    else:
        reader.unread[f"{where}[keyframe=0]"] += 1
    if element.tag == "skeleton":
        for joint, path, _ in numbered(element, values.path, ("points",)):
            _joint(
                joint, Values(joint.attrib, path, values.faults, "@"), f"{where}.points", frame, (moving, of, reader)
            )


def _joint(
    element: Element,
    values: Values,
    where: str,
    frame: int,
    into: tuple[Moving, Known, Reader],
    name: str | None = None,
) -> None:
    moving, of, reader = into
    label = values.text("label") if name is None else name
    if label not in of.joints:
        values.wrong("label", f"{shown(label)} is no sublabel of the skeleton")
    elif _is_key(values):
        drawn = reader.joint(element, values, where, of, label)
        drawn.frame = frame
        moving.joints.setdefault(label, []).append(drawn)
    else:
        reader.unread[f"{where}[keyframe=0]"] += 1


def _joint_track(element: Element, values: Values, moving: Moving, of: Known, by: tuple[Task, Reader]) -> None:
    task, reader = by
    reader.note(element, "track.track", frozenset({"label"}), frozenset({"points"}))
    name = values.text("label")
    if name not in of.joints:
        values.wrong("label", f"{shown(name)} is no sublabel of the skeleton")
        return
    for joint, path, _ in numbered(element, values.path, ("points",)):
        at = Values(joint.attrib, path, values.faults, "@")
        _joint(joint, at, "track.track.points", _frame(at, task), (moving, of, reader), name)


def _is_key(values: Values) -> bool:
    return values.flag_or_none("keyframe") is not False


def _frame(values: Values, task: Task) -> int:
    """Return the frame as ours: from 0, in steps of the task."""
    given = values.whole("frame")
    frame, rest = divmod(given - task.start - task.offset, task.step)
    if values.has("frame") and (rest or frame < 0):
        start = task.start + task.offset
        values.wrong("frame", f"{given} is none of the frames {start}, {start + task.step}, ... of the task")
    return max(frame, 0)
