"""Which annotations are whose: the task's own, and those of its jobs that are not the task's again.

The API answers for a task and for each of its jobs. The task's answer is the one that is taken: in it CVAT has joined
what jobs say of frames that they share, and has ended tracks where their jobs end. An object that a job's answer
repeats, by its id, is counted and not read, as is one of a frame that two jobs share. Jobs that check the task (ground
truth, replicas) are not in its answer; theirs are labels of their own. What else a job has and its task has not, or
where there is no answer for the task, is the task's.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from labelport.errors import Fault
from labelport.formats.cvat_api.files import File
from labelport.formats.cvat_api.jobs import Job
from labelport.kit.cvat.values import as_whole, identity

KINDS = ("shapes", "tags", "tracks")


class Object(NamedTuple):
    """A shape, tag or track as it stands: its kind, its path, and what stands there."""

    kind: str
    path: str
    given: object

    def key(self) -> tuple[str, str | None]:
        """Return what makes it the same object in another answer."""
        return self.kind, identity(self.given.get("id")) if isinstance(self.given, dict) else None

    def frame(self) -> int | None:
        """Return the frame on which it is, or begins."""
        return as_whole(self.given.get("frame")) if isinstance(self.given, dict) else None


class View(NamedTuple):
    """All objects of one answer that make one label; of a job that checks, the job."""

    name: str
    objects: tuple[Object, ...]
    job: Job | None = None


class Views:
    """The answers of a dump, handed out task by task."""

    def __init__(self, file: File) -> None:
        self._file = file
        answers = file.views()
        self._tasks: Mapping[str, msgspec.Raw] = answers.get("task", {})
        self._jobs: Mapping[str, msgspec.Raw] = answers.get("job", {})
        self._used: set[tuple[str, str]] = set()
        self.taken = 0
        file.unread.update(f"$.{key}" for key in answers if key not in ("task", "job"))

    def of(self, task: str, jobs: Sequence[Job]) -> list[View]:
        """Return the labels of a task: its own first."""
        own = self._objects("task", task, self._tasks)
        known = {one.key() for one in own}
        rest: list[View] = []
        for job in jobs:
            found = self._objects("job", job.id, self._jobs)
            if job.is_annotation():
                fresh = [one for one in found if not self._is_repeated(one, known, job, jobs)]
                own += fresh
                known |= {one.key() for one in fresh}
            elif found or job.is_annotated():
                rest.append(View(f"job-{job.id}", tuple(found), job))
        views = [View(f"task-{task}", tuple(own)), *rest]
        self.taken += sum(len(view.objects) for view in views)
        return views

    def leave(self) -> None:
        """Reject what belongs to no task that there is."""
        for kind, answers in (("task", self._tasks), ("job", self._jobs)):
            for name in answers:
                if (kind, name) not in self._used:
                    lost = self._objects(kind, name, answers)
                    self.taken += len(lost)
                    fault = Fault(_path(kind, name), f"there is no {kind} {name}, or none with a task")
                    self._file.reject(f"{kind}-{name}", [fault], len(lost))

    def _is_repeated(self, one: Object, known: set[tuple[str, str | None]], job: Job, jobs: Sequence[Job]) -> bool:
        frame = one.frame()
        is_shared = frame is not None and any(
            other.covers(frame) for other in jobs if other.id != job.id and other.is_annotation()
        )
        again = one.key()[1] is not None and one.key() in known
        merged = is_shared and job.task in self._tasks
        if again or merged:
            self._file.unread[f"$.job.*.{one.kind}[]"] += 1
        return again or merged

    def _objects(self, kind: str, name: str, answers: Mapping[str, msgspec.Raw]) -> list[Object]:
        self._used.add((kind, name))
        if name not in answers:
            return []
        path = _path(kind, name)
        values = self._file.decode(answers[name], path)
        self._file.unread.update(Counter(f"$.{kind}.*.{key}" for key in values.given if key not in KINDS))
        found = [
            Object(each, f"{path}.{each}[{at}]", item) for each in KINDS for at, item in enumerate(values.items(each))
        ]
        self._file.reject(f"{kind}-{name}", values.faults)
        return found


def _path(kind: str, name: str) -> str:
    return f"$.{kind}[{json.dumps(name)}]"
