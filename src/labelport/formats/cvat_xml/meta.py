"""The head of a file (`meta`): labels, and the tasks or the job of which it is.

A project has tasks in it, and counts frames through all tasks of a subset: the frames of a task begin after those of
the tasks before it (`offset`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from labelport.errors import Fault
from labelport.formats.cvat_xml.stream import leaves
from labelport.kit.cvat.labels import Definition, Joint, Spec, colour, edges, spec
from labelport.kit.cvat.values import Values
from labelport.model.workflow import Batch, Member

_STEP = re.compile(r"\s*step\s*=\s*([1-9]\d{0,8})\s*", re.ASCII)
_TASK = ("id", "name", "size", "mode", "created", "updated", "subset", "start_frame", "frame_filter", "source")


class Task(NamedTuple):
    """A task (or the job of one) as the head has it. `start` is the first frame's number in the source, in `step`s."""

    kind: str = "task"
    id: str | None = None
    name: str | None = None
    size: int | None = None
    mode: str | None = None
    subset: str | None = None
    source: str | None = None
    assignee: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    width: int | None = None
    height: int | None = None
    start: int = 0
    step: int = 1
    offset: int = 0

    def prefix(self) -> str:
        """Return what ids in the task begin with; nothing for a task without id."""
        return f"{self.kind}-{self.id}/" if self.id else ""

    def batch(self) -> Batch | None:
        """Return the task as a batch."""
        return Batch(self.prefix()[:-1], self.name or f"{self.kind} {self.id}") if self.id else None


class Meta(NamedTuple):
    """What a head says; `faults` and `unread` are of the head alone."""

    tasks: tuple[Task, ...]
    project: str | None
    definitions: tuple[Definition, ...]
    members: tuple[Member, ...]
    faults: tuple[Fault, ...]
    unread: Counter[str]

    def task(self, name: str) -> Task | None:
        """Return the task of that id; the only one where no id is given."""
        if not name:
            return self.tasks[0] if len(self.tasks) == 1 else None
        return next((task for task in self.tasks if task.id == name), None)


class Head:
    """Reads the head of one file."""

    def __init__(self, path: str) -> None:
        self._owner = path
        self._faults: list[Fault] = []
        self._unread: Counter[str] = Counter()
        self._members: dict[Member, None] = {}
        self._definitions: list[Definition] = []
        self._tasks: list[Task] = []
        self._project: str | None = None

    def read(self, meta: Element | None) -> Meta:
        """Return what the head says; without a head there is a task of which nothing is known."""
        if meta is not None:
            self._take(meta)
        return Meta(
            tuple(self._tasks or [Task()]),
            self._project,
            tuple(self._definitions),
            tuple(self._members),
            tuple(self._faults),
            self._unread,
        )

    def _take(self, meta: Element) -> None:
        for child in meta:
            path = f"meta.{child.tag}"
            match child.tag:
                case "task" | "job":
                    self._tasks.append(self._task(child, path))
                case "project":
                    self._read_project(child, path)
                case "original_size" | "source":
                    pass
                case _:
                    self._unread += leaves(child, path)
        shared = self._texts(meta, "meta", ("source",), note=False)
        size = self._size(meta.find("original_size"), "meta.original_size")
        if len(self._tasks) == 1:
            task = self._tasks[0]
            self._tasks = [
                task._replace(
                    source=task.source or shared.text_or_none("source"),
                    width=task.width if task.width is not None else size[0],
                    height=task.height if task.height is not None else size[1],
                )
            ]

    def _read_project(self, project: Element, path: str) -> None:
        self._project = self._texts(project, path, ("name",), ("labels", "tasks", "owner", "assignee")).text_or_none(
            "name"
        )
        self._people(project, path)
        self._labels(project, path)
        offset, subset = 0, None
        for child in project.iterfind("tasks/*"):
            task = self._task(child, f"{path}.tasks.{child.tag}")
            offset = offset if task.subset == subset else 0
            subset = task.subset
            self._tasks.append(task._replace(offset=offset))
            offset += task.start + task.step * (task.size or 0)

    def _task(self, task: Element, path: str) -> Task:
        values = self._texts(task, path, _TASK, ("labels", "owner", "assignee", "original_size"))
        self._labels(task, path)
        step = _STEP.fullmatch(values.text_or_none("frame_filter") or "")
        if values.has("frame_filter") and not step:
            values.wrong("frame_filter", f"{values.given['frame_filter']!r} is not of the form step=N")
        width, height = self._size(task.find("original_size"), f"{path}.original_size")
        return Task(
            task.tag,
            values.text_or_none("id"),
            values.text_or_none("name"),
            values.whole_or_none("size"),
            values.text_or_none("mode"),
            values.text_or_none("subset"),
            values.text_or_none("source"),
            self._people(task, path),
            values.moment("created"),
            values.moment("updated"),
            width,
            height,
            values.whole_or_none("start_frame") or 0,
            int(step[1]) if step else 1,
        )

    def _size(self, element: Element | None, path: str) -> tuple[int | None, int | None]:
        if element is None:
            return None, None
        values = self._texts(element, path, ("width", "height"))
        return values.whole_or_none("width", low=1), values.whole_or_none("height", low=1)

    def _people(self, element: Element, path: str) -> str | None:
        """Take up owner and assignee as members; return the assignee."""
        names: dict[str, str | None] = {}
        for role in ("owner", "assignee"):
            person = element.find(role)
            if person is None:
                continue
            values = self._texts(person, f"{path}.{role}", ("username", "email"))
            names[role] = values.text_or_none("username")
            if name := names[role]:
                self._members[Member(name, email=values.text_or_none("email"))] = None
        return names.get("assignee")

    def _labels(self, element: Element, path: str) -> None:
        found = [
            (label, f"{path}.labels.label[{at}]", self._texts(label, f"{path}.labels.label", _LABEL, ("attributes",)))
            for at, label in enumerate(element.iterfind("labels/label"))
        ]
        joints: dict[str, list[Joint]] = {}
        for label, at, values in found:
            if values.has("parent"):
                joints.setdefault(values.text("parent"), []).append(
                    Joint(str(values.given.get("name") or ""), tuple(self._specs(label, at)))
                )
        names = {str(values.given.get("name")) for _, _, values in found if not values.has("parent")}
        self._faults += [
            Fault(f"{path}.labels", f"sublabels of {name!r}, which is no label") for name in joints if name not in names
        ]
        for label, at, values in found:
            if not values.has("parent"):
                self._define(label, Values(values.given, at, self._faults), joints)

    def _define(self, label: Element, values: Values, joints: dict[str, list[Joint]]) -> None:
        name = values.text_or_none("name")
        if name is None:
            values.wrong("name", "is missing")
            return
        given = joints.get(name, [])
        own = {joint.name: joint for joint in given if joint.name}
        if len(own) < len(given):
            values.wrong("", "has sublabels without a name of their own")
        lines, wrong = edges(values.text_or_none("svg") or "", list(own), {})
        for reason in wrong:
            values.wrong("svg", reason)
        specs = tuple(self._specs(label, values.path))
        self._definitions.append(
            Definition(name, self._owner, colour(values), specs, tuple(own.values()), tuple(lines))
        )

    def _specs(self, label: Element, path: str) -> Iterator[Spec]:
        for at, attribute in enumerate(label.iterfind("attributes/attribute")):
            here = f"{path}.attributes.attribute[{at}]"
            values = Values(
                self._texts(attribute, _pattern(here), _ATTRIBUTE).given,
                here,
                self._faults,
            )
            made = spec(values, values.text("values").split("\n") if values.has("values") else ())
            if made.kind != "radio" and values.has("values"):
                self._unread[f"{_pattern(here)}.values"] += 1
            yield made

    def _texts(
        self, element: Element, path: str, keys: tuple[str, ...], others: tuple[str, ...] = (), *, note: bool = True
    ) -> Values:
        """Return the texts of the children by tag; what is neither of the keys nor of the others is not read."""
        for child in element if note else ():
            if child.tag not in keys and child.tag not in others:
                self._unread += leaves(child, f"{path}.{child.tag}")
        return Values(
            {key: found.text or "" for key in keys if (found := element.find(key)) is not None}, path, self._faults
        )


_LABEL = ("name", "color", "svg", "parent")
_ATTRIBUTE = ("name", "mutable", "input_type", "default_value", "values")


def _pattern(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)
