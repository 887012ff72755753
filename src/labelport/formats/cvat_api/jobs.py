"""Jobs: which frames they are about, how far they are, and who works on them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from labelport.formats.cvat_api.files import Dump
from labelport.formats.cvat_api.people import PERSON, People
from labelport.kit.cvat.values import Values, identity
from labelport.model.workflow import Status, Workflow

Place = tuple[str, str]
"""Stage and state in CVAT's words."""
PLACES: dict[Place, tuple[str, Status]] = {
    ("annotation", "new"): ("label", "queued"),
    ("annotation", "in progress"): ("label", "in_progress"),
    ("annotation", "rejected"): ("label", "rework"),
    ("annotation", "completed"): ("label", "submitted"),
    ("validation", "new"): ("review", "submitted"),
    ("validation", "in progress"): ("review", "in_review"),
    ("validation", "rejected"): ("review", "rework"),
    ("validation", "completed"): ("review", "submitted"),
    ("acceptance", "new"): ("acceptance", "submitted"),
    ("acceptance", "in progress"): ("acceptance", "in_review"),
    ("acceptance", "rejected"): ("acceptance", "rework"),
    ("acceptance", "completed"): ("acceptance", "done"),
}
"""Our stage and status, from the first place to the last."""
_ORDER = tuple(PLACES)
_BEGUN: tuple[Place, ...] = (("annotation", "new"), ("annotation", "in progress"))
_JOB = frozenset({"id", "task_id", "type", "stage", "state", "start_frame", "stop_frame", "assignee"}) | {
    "created_date",
    "updated_date",
}


class Job(NamedTuple):
    """A job: `type` tells those in which people annotate from checks of them (ground truth, replicas)."""

    id: str
    task: str
    type: str
    place: Place
    start: int
    stop: int
    assignee: str | None
    created: datetime | None
    updated: datetime | None

    def is_annotation(self) -> bool:
        """Return whether the job's annotations are the task's."""
        return self.type == "annotation"

    def covers(self, frame: int) -> bool:
        """Return whether a frame is one of the job's."""
        return self.start <= frame <= self.stop

    def is_annotated(self) -> bool:
        """Return whether somebody has said that the annotation was finished."""
        return self.place not in _BEGUN

    def batch(self) -> str:
        """Return the id of the job's batch."""
        return f"job-{self.id}"

    def told(self) -> dict[str, object]:
        """Return the job in CVAT's words."""
        stage, state = self.place
        frames = {"start_frame": self.start, "stop_frame": self.stop}
        return {"id": self.id, "type": self.type, "stage": stage, "state": state, **frames}


def jobs(dump: Dump, people: People) -> list[Job]:
    """Return all jobs; one that cannot be told apart is rejected."""
    file = dump.files["jobs"]
    found: dict[str, Job] = {}
    for values in dump.objects("jobs", "job"):
        file.note(values, _JOB)
        assignee = values.given.get("assignee")
        if isinstance(assignee, dict):
            file.note(Values(assignee, f"{values.path}.assignee", []), PERSON)
        job = _job(values, people)
        if job.id in found:
            values.wrong("id", "is taken by an earlier job")
        elif job.id and job.task:
            found[job.id] = job
        file.reject(f"job {job.id or values.path}", values.faults)
    return list(found.values())


def workflow(covering: Sequence[Job], dataset: str) -> Workflow:
    """Return where frames stand: where the least finished job is that covers them."""
    if not covering:
        return Workflow(dataset=dataset)
    speaks = first(covering)
    stage, status = PLACES[speaks.place]
    return Workflow(
        stage=stage,
        status=status,
        batch=speaks.batch(),
        dataset=dataset,
        assignees=tuple(dict.fromkeys(job.assignee for job in covering if job.assignee)),
        created_at=speaks.created,
        updated_at=speaks.updated,
        completed_at=speaks.updated if status == "done" else None,
    )


def first(covering: Iterable[Job]) -> Job:
    """Return the least finished job."""
    return min(covering, key=lambda job: (_ORDER.index(job.place), len(job.id), job.id))


def _job(values: Values, people: People) -> Job:
    number, task = identity(values.given.get("id")), identity(values.given.get("task_id"))
    for key, found in (("id", number), ("task_id", task)):
        if found is None:
            values.wrong(key, "is missing")
    place = values.text("stage"), values.text("state")
    if place not in PLACES:
        values.wrong("state", f"{place[1]!r} at stage {place[0]!r} is not known")
        place = _ORDER[0]
    start = values.whole("start_frame")
    return Job(
        number or "",
        task or "",
        values.text_or_none("type") or "annotation",
        place,
        start,
        values.whole("stop_frame", low=0),
        people.person(values, "assignee"),
        values.moment("created_date"),
        values.moment("updated_date"),
    )
