"""Changes to tasks, and to what deliveries show by name."""

import msgspec

from labelport.api import (
    AddClass,
    Done,
    EditAsset,
    Edited,
    PutMember,
    RemoveTasks,
    RenameBatch,
    RenameClass,
    SaveTasks,
)
from labelport.app.context import App
from labelport.app.fragments import fragments
from labelport.errors import IntegrityError, InvalidError, NotFoundError
from labelport.model.check import checked
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, without_visited
from labelport.store import names
from labelport.store.db import OPEN, each_of
from labelport.store.log import ORGANIZATION
from labelport.store.reads import whole


def save(app: App, ask: SaveTasks) -> Done:
    """Store records; raises `InvalidError` with every fault of every record, and then stores none."""
    records = [checked(record) for record in ask.records]
    wrong = [
        msgspec.structs.replace(fault, path=f"$.records[{i}]{fault.path[1:]}")
        for i, (_, faults) in enumerate(records)
        for fault in faults
    ]
    if wrong:
        raise InvalidError("the records", wrong)
    project = app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        given = (without_visited(record, numbers="kept") for record, _ in records)
        changed = [saved for record in given if (saved := change.save(record)) is not None]
        fragments(change, changed)
    return Done(change.number if changed else None)


def remove(app: App, ask: RemoveTasks) -> Done:
    """Delete tasks; raises `NotFoundError` where one is not there, and then deletes none."""
    project = app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        for task in ask.tasks:
            change.remove(task)
    return Done(change.number)


def add_class(app: App, ask: AddClass) -> Done:
    """Add a class with the next number."""
    project = app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        change.names.add_class(LabelClass(change.names.next_class, ask.name))
    return Done(change.number)


def rename_class(app: App, ask: RenameClass) -> Done:
    """Rename a class; the tasks that show it count as changed, since some formats write the name."""
    project = app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        change.names.rename_class(ask.number, ask.name)
        values = {"log": project.log, "class": ask.number, "open": OPEN}
        change.touch([row[0] for row in app.store.db.rows("tasks_of_class", values, each_class=each_of("l.classes"))])
    return Done(change.number)


def rename_batch(app: App, ask: RenameBatch) -> Done:
    """Rename a batch; tasks name it by id, so that none changes."""
    project = app.store.project(ask.project)
    with app.store.change(project, actor=app.actor, at=app.now()) as change:
        changed = change.names.rename("batch", ask.batch, ask.name)
    return Done(change.number if changed else None)


def edit_asset(app: App, ask: EditAsset) -> Edited:
    """Change an asset in every project that holds it; each takes a number."""
    asset, wrong = checked(ask.asset)
    if wrong:
        raise InvalidError("the asset", wrong)
    db = app.store.db
    holders: dict[int, list[int]] = {}
    for log, task in db.rows("tasks_of_asset", {"asset": ask.asset.id, "open": OPEN}):
        holders.setdefault(log, []).append(task)
    if not holders:
        raise NotFoundError(f"no task holds an asset {ask.asset.id!r}")
    numbers: dict[str, int] = {}
    with app.store.changes(holders, actor=app.actor, at=app.now()) as opened:
        for project, change in opened:
            records = [
                msgspec.structs.replace(_read(line), asset=asset)
                for line in whole(db, project.log, holders[project.log])
            ]
            changed = [saved for record in records if (saved := change.save(record)) is not None]
            fragments(change, changed)
            if changed:
                numbers[project.id] = change.number
    return Edited(numbers)


def _read(line: bytes) -> Record:
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.DecodeError as e:
        raise IntegrityError(f"a stored task cannot be read: {e}; `labelport audit verify` says which") from e


def put_member(app: App, ask: PutMember) -> Done:
    """Add a person or change what is known of one; deliveries name people by id alone."""
    db, member = app.store.db, ask.member
    data = msgspec.json.encode(member)
    with app.store.organization(app.actor, app.now()) as events:
        if names.named(db, ORGANIZATION, "member", events.taken).get(member.id) == data:
            return Done(None)
        names.put(db, events, "member", member.id, data=data, event="member.saved")
    return Done(events.number)
