"""A folder with what CVAT's API answers: tasks, jobs, labels and annotations, and people, issues and projects if given.

Records: a task is one for each frame, `task-ID/frame-NUMBER`; a video, and a task with tracks (also over pictures), is
one, `task-ID`. The answers hold neither names nor sizes of pictures, so frames are named by number, and a mask is as
large as its crop needs. A task without data has nothing to label and no record.

Labels: the task's annotations are the final label, `task-ID`; those of a job that checks (ground truth, replicas) are
labels of their own, `job-ID`. A frame without annotations is empty once all its jobs were annotated, else not
labelled.

Annotations: a shape, a tag and a track count one each (`shape-ID`, `tag-ID`, `track-ID`), a skeleton with all its
joints is one. What jobs repeat of their task is counted as not read (`$.job.*.shapes[]`); see `views`.

Workflow: batches are jobs, the data set is the task. The least finished job of a frame says where it stands:

| CVAT's stage | CVAT's state | stage      | status      |
|--------------|--------------|------------|-------------|
| annotation   | new          | label      | queued      |
| annotation   | in progress  | label      | in_progress |
| annotation   | rejected     | label      | rework      |
| annotation   | completed    | label      | submitted   |
| validation   | new          | review     | submitted   |
| validation   | in progress  | review     | in_review   |
| validation   | rejected     | review     | rework      |
| validation   | completed    | review     | submitted   |
| acceptance   | new          | acceptance | submitted   |
| acceptance   | in progress  | acceptance | in_review   |
| acceptance   | rejected     | acceptance | rework      |
| acceptance   | completed    | acceptance | done        |

https://docs.cvat.ai/docs/api_sdk/
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from labelport.errors import Fault, InvalidError
from labelport.formats.cvat_api.files import NEEDED, Dump, File, opened
from labelport.formats.cvat_api.issues import Issues, issues
from labelport.formats.cvat_api.jobs import Job, jobs
from labelport.formats.cvat_api.labels import Label, labels
from labelport.formats.cvat_api.people import People, members
from labelport.formats.cvat_api.shapes import Reader
from labelport.formats.cvat_api.tasks import Task, read, records, tasks
from labelport.formats.cvat_api.views import Views
from labelport.kit.format import Counted, Format, Input, Item, Reject, Unread
from labelport.model.workflow import Batch


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the ontology, people and batches, then the records of each task, and what was not read."""
    dump = opened(inputs)
    yield from (Unread(other.path, "$", 1) for other in dump.others)
    sound: dict[str, File] = {}
    for name, file in dump.files.items():
        try:
            file.check()
        except InvalidError as e:
            lost = (Fault("$", "nothing of the dump is taken without it"),) if name in NEEDED else ()
            yield Reject(file.path, "$", (*e.faults, *lost))
        else:
            sound[name] = file
    if sound.keys() >= set(NEEDED):
        yield from _taken(Dump(sound, ()))


def _taken(dump: Dump) -> Iterator[Item]:
    classes, known = labels(dump)
    people = People()
    everybody = list(members(dump, people))
    yield classes
    yield from everybody
    work = jobs(dump, people)
    found = list(tasks(dump))
    names = {task.id: task.name for task in found}
    yield from (Batch(job.batch(), f"{names[job.task]}, job {job.id}") for job in work if job.task in names)
    yield from _everything(dump, found, known, work, issues(dump, work, people))


def _everything(
    dump: Dump, found: Sequence[Task], known: Mapping[str, Label], work: Sequence[Job], raised: Issues
) -> Iterator[Item]:
    views = Views(dump.files["annotations"])
    by_task: dict[str, list[Job]] = defaultdict(list)
    for job in work:
        by_task[job.task].append(job)
    counted = sum(reject.records for reject in dump.files["tasks"].rejects)
    for task in found:
        own = by_task[task.id]
        reader = Reader(dump.files["annotations"], known, task.is_cloud)
        given = views.of(task.id, own)
        has_tracks = any(one.kind == "tracks" for view in given for one in view.objects)
        moving = task._replace(is_video=task.is_video or has_tracks)
        contents = [read(moving, view, reader) for view in given]
        if task.size is None:
            dump.files["tasks"].unread["$.results[size=null]"] += 1
        else:
            counted += 1 if moving.is_video else task.size
            yield from records(moving, contents, own, raised.get(task.id, {}))
        _reject_issues(dump, moving, raised)
        yield from dump.files["annotations"].report()
    views.leave()
    for name, file in sorted(dump.files.items()):
        yield from file.report()
        yield from file.left()
        if name in ("annotations", "tasks"):
            yield Counted(file.path, counted if name == "tasks" else 0, views.taken if name == "annotations" else 0)


def _reject_issues(dump: Dump, task: Task, raised: Issues) -> None:
    """Reject the issues on frames that the task does not have."""
    for frame, each in raised.get(task.id, {}).items():
        if task.size is None or (not task.is_video and (frame or 0) >= task.size):
            for issue in each:
                fault = Fault("$.frame", f"{frame} is no frame of task {task.id}")
                dump.files["issues"].reject(f"issue {issue.id}", [fault])


FORMAT = Format("CVAT API", decode=decode)
