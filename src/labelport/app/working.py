"""Work on tasks: every act goes through the workflow's machine and on the record, in one transaction."""

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from labelport.api import Acts, Done, FindActs, GetStages, LeadTasks, RestoreTasks, SetStages, WorkOnTasks
from labelport.app.context import App
from labelport.app.fragments import fragments
from labelport.errors import ConflictError, Fault, InvalidError, NotFoundError
from labelport.kit.moments import EPOCH, MICROSECOND
from labelport.model import acts, machine
from labelport.model.acts import Act
from labelport.model.check import checked
from labelport.model.label import Label
from labelport.model.labour import SIGNS, Sign, worked
from labelport.model.machine import Moment, Step
from labelport.model.record import Record
from labelport.model.refusals import Passage
from labelport.model.stages import Stages, faults
from labelport.store import names
from labelport.store.db import OPEN
from labelport.store.erasing import is_erased
from labelport.store.heads import head_at
from labelport.store.known import known, standing
from labelport.store.passages import passage_of
from labelport.store.reads import whole
from labelport.store.tasks import Change, Told
from labelport.store.versions import TaskRow, moved_row


def work(app: App, ask: WorkOnTasks) -> Done:
    """Do something to tasks; raises `ConflictError` where it is not legal, and then does nothing to any."""
    if ask.labels and len(ask.tasks) > 1:
        raise InvalidError("the question", [Fault("$.labels", "labels are of one task")])
    labels, wrong = _checked(ask.labels)
    if wrong:
        raise InvalidError("the labels", wrong)
    return _do(app, ask.project, ask.tasks, ask.act, labels)


def lead(app: App, ask: LeadTasks) -> Done:
    """Assign, move or prioritize tasks; raises `ConflictError` where it is not legal, and then does nothing to any."""
    return _do(app, ask.project, ask.tasks, ask.act, ())


def restore(app: App, ask: RestoreTasks) -> Done:
    """Bring back tasks that were deleted; raises `ConflictError` for one that was not, or was erased."""
    db, project = app.store.db, app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        for task in ask.tasks:
            found = known(db, project.log, task)
            if found is None:
                raise NotFoundError(f"no task {task!r}")
            if found.row.until > change.number:
                raise ConflictError(f"task {task!r} was not deleted")
            if is_erased(found.row):
                raise ConflictError(f"task {task!r} was erased: nothing is left to bring back")
            record = _record(change, found.task, found.row.until - 1)
            saved = change.save(record)
            fragments(change, [saved] if saved else [])
    return Done(change.number)


def find(app: App, ask: FindActs) -> Acts:
    """Return what the caller may do to a task, rights aside."""
    project = app.store.project(ask.project)
    with app.store.db.reading():
        row = standing(app.store.db, project.log, ask.task).row
        passage = passage_of(app.store.db, row)
        stages = names.stages(app.store.db, project.log, OPEN - 1)
    return Acts(row.stage, row.status, machine.legal(stages, passage, app.actor))


def set_stages(app: App, ask: SetStages) -> Done:
    """Give a project its workflow; tasks stay where they are, and a manager moves those whose stage is gone."""
    if wrong := list(faults(ask.stages)):
        raise InvalidError("the workflow", wrong)
    project = app.store.project(ask.project)
    data = msgspec.json.encode(ask.stages)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        if names.named(app.store.db, project.log, "workflow", change.events.taken).get("stages") == data:
            return Done(None)
        change.names.put("workflow", "stages", data, "workflow.changed")
    return Done(change.number)


def get_stages(app: App, ask: GetStages) -> Stages:
    """Return a project's workflow as it was at a change number."""
    project = app.store.project(ask.project)
    return names.stages(app.store.db, project.log, head_at(app.store.db, project.log, ask.at).number)


def _do(app: App, key: str, tasks: Sequence[str], act: Act, labels: Sequence[Label]) -> Done:
    project = app.store.project(key)
    at = app.now()
    with app.store.change(project, actor=app.actor, at=at) as change:
        stages = names.stages(app.store.db, project.log, change.events.taken)
        for task in tasks:
            _on_task(app, change, stages, task, act, labels)
    return Done(change.number)


def _on_task(app: App, change: Change, stages: Stages, task: str, act: Act, labels: Sequence[Label]) -> None:
    number, _, _, row = standing(change.db, change.log, task)
    passage = passage_of(change.db, row)
    signs = _worked(change, number, passage, at=change.events.at, act=act)
    moment = EPOCH + change.events.at * MICROSECOND
    when = Moment(change.events.actor, moment, change.number, app.new_id(), signs)
    try:
        step = machine.step(stages, passage, act, when)
    except ConflictError as e:
        raise ConflictError(f"task {task!r}: {e}") from e
    agrees = isinstance(act, acts.Submit) and _is_consensus(stages, passage) and step.passage.workflow.finished == ()
    told = Told(step.kind, step.data)
    if isinstance(act, acts.Beat):
        change.note(step.kind, number, {"id": task, **step.data})
    elif labels or agrees or isinstance(act, acts.Choose):
        mine = [msgspec.structs.replace(one, author=one.author or app.actor) for one in labels]
        record = _labelled(
            _record(change, number), act, mine, actor=app.actor if _is_consensus(stages, passage) else None
        )
        people = (*passage.workflow.finished, app.actor) if agrees else ()
        _with_labels(change, record, step, people)
    else:
        change.rewrite(task, told, partial(_row, change, step.passage))


def _row(change: Change, passage: Passage, old: TaskRow) -> TaskRow:
    return moved_row(old, passage.workflow, passage.issues, passage.visits, change.blocks)


def _is_consensus(stages: Stages, passage: Passage) -> bool:
    stage = stages.find(passage.workflow.stage)
    return stage is not None and stage.kind == "consensus"


def _labelled(record: Record, act: Act, labels: Sequence[Label], *, actor: str | None) -> Record:
    """Return the record with the labels that came with an act; where each has one of their own, only the actor's."""
    known = {label.id: label for label in record.labels}
    for label in labels:
        before = known.get(label.id)
        if actor is not None and {label.author, before.author if before else actor} != {actor}:
            raise ConflictError(f"label {label.id!r} is of another than {actor!r}, and here each makes a label alone")
    held = {**known, **{label.id: label for label in labels}}
    if isinstance(act, acts.Choose):
        if act.label not in held:
            raise NotFoundError(f"task {record.id!r} has no label {act.label!r}; it has {', '.join(map(repr, held))}")
        held = {key: msgspec.structs.replace(one, final=key == act.label) for key, one in held.items()}
    return msgspec.structs.replace(record, labels=tuple(held.values()))


def _with_labels(change: Change, record: Record, step: Step, people: Sequence[str]) -> None:
    """Store the record as the act left it; labels of `people`, who all have handed in theirs, are scored."""
    labels, data = record.labels, step.data
    given = [label for label in labels if label.author in people and not label.skipped]
    if len(given) > 1:
        from labelport.shapes.agreement import chosen, scores  # noqa: PLC0415  it draws, and few acts need it

        scored = {label.id: label for label in chosen(given, scores(given))}
        labels = tuple(scored.get(one.id, msgspec.structs.replace(one, final=False)) for one in labels)
        data = {**data, "scores": {key: label.score for key, label in scored.items()}}
    now = step.passage
    record = msgspec.structs.replace(
        record, labels=labels, workflow=now.workflow, issues=now.issues, stage_history=now.visits
    )
    saved = change.save(record, told=Told(step.kind, data))
    fragments(change, [saved] if saved else [])


def _record(change: Change, number: int, cut: int = OPEN - 1) -> Record:
    return msgspec.json.decode(next(whole(change.db, change.log, [number], cut=cut)), type=Record)


def _worked(change: Change, number: int, passage: Passage, *, at: int, act: Act) -> Mapping[str, int]:
    """Return how long each person worked in the pass, this act included."""
    workflow = passage.workflow
    kind = machine.kind_of(act, workflow)
    if not machine.hands_on(act):
        return machine.NOBODY
    found = [
        Sign(when, who, what)
        for when, who, what, data in change.db.rows("events_of_task", {"log": change.log, "task": number})
        if what in SIGNS and _same_pass(data, workflow.stage, workflow.cycle)
    ]
    if kind in SIGNS:
        found.append(Sign(at, change.events.actor, kind))
    return worked(found)


class _Pass(msgspec.Struct):
    stage: str = ""
    cycle: int = 0


def _same_pass(data: str, stage: str, cycle: int) -> bool:
    found = msgspec.json.decode(data, type=_Pass)
    return (found.stage, found.cycle) == (stage, cycle)


def _checked(labels: Sequence[Label]) -> tuple[list[Label], list[Fault]]:
    found = [checked(label) for label in labels]
    wrong = [
        msgspec.structs.replace(fault, path=f"$.labels[{i}]{fault.path[1:]}")
        for i, (_, faults_) in enumerate(found)
        for fault in faults_
    ]
    return [label for label, _ in found], wrong
