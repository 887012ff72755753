"""Holds the tables that are kept beside a log against it: names, tasks, paths, changes, counters, exports."""

from collections.abc import Iterator

import msgspec

from labelport.kit import naming
from labelport.store.audit import Audit, Fault
from labelport.store.db import OPEN, Database
from labelport.store.exports import entry, outcome
from labelport.store.log import ORGANIZATION, digest
from labelport.store.store import first_block
from labelport.store.versions import LabelRow


def tables(db: Database, log: int, audit: Audit) -> Iterator[Fault]:
    """Yield where the tables of a log differ from what its events told, which the audit has read."""
    yield from _names(db, log, audit)
    for _, id_ in db.stream("tasks_astray", {"log": log}):
        yield Fault(None, id_, "the task's row does not name its last event")
    yield from _paths(db, log, audit)
    yield from _changes(db, log, audit)
    if log == ORGANIZATION:
        yield from _projects(db, audit)
        yield from _exports(db, audit)
        for (stray,) in db.stream("strays"):
            yield Fault(None, None, f"there are rows of a log {stray!r}, which is not there")
    else:
        yield from _counters(db, log, audit)


def _names(db: Database, log: int, audit: Audit) -> Iterator[Fault]:
    """Check that every version of a named thing is one that a change wrote, and holds until the next."""
    missing = {(*name, number) for name, changes in audit.told.named.items() for number, _ in changes}
    for kind, key, since, until, data in db.stream("names", {"log": log}):
        missing.discard((kind, key, since))
        changes = dict(audit.told.named.get((kind, key), ()))
        if since not in changes or until != min((number for number in changes if number > since), default=OPEN):
            yield Fault(since, None, f"{kind} {key!r} has a version that the events do not bear out")
        elif not isinstance(data, str) or digest(kind, key, data.encode()) != changes[since]:
            yield Fault(since, None, f"{kind} {key!r} is not as this change wrote it")
    for kind, key, number in sorted(missing):
        yield Fault(number, None, f"{kind} {key!r} is missing as this change wrote it")


def _paths(db: Database, log: int, audit: Audit) -> Iterator[Fault]:
    """Check that the paths which are taken are those that tasks have or had."""
    for task, id_, path in db.stream("paths_of_versions", {"log": log}):
        if path == "":
            continue
        owner = db.row("path_owner", {"log": log, "clash": naming.key(path)}) if isinstance(path, str) else None
        if owner != (task,):
            yield Fault(None, id_, f"its path {path!r} is not kept for it")
    for clash, task in db.stream("paths", {"log": log}):
        found = (row[0] for row in db.rows("paths_of_task", {"log": log, "task": task}))
        if clash not in {naming.key(path) for path in found if isinstance(path, str)}:
            yield Fault(None, audit.task_id(task), f"a path {clash!r} is kept for it, which it never had")


def _changes(db: Database, log: int, audit: Audit) -> Iterator[Fault]:
    """Check that the change index, which deltas are read by, knows what changed and nothing else."""
    for task, number in db.stream("change_gaps", {"log": log}):
        yield Fault(number, audit.task_id(task), "the change index does not know this change")
    for number, classes in sorted(audit.told.renamed.items()):
        for task, held in db.stream("classes_at", {"log": log, "number": number}):
            if _shows(held, classes) and not db.row("known_change", {"log": log, "number": number, "task": task}):
                yield Fault(number, audit.task_id(task), "the change index does not know that its class was renamed")
    for number, task in db.stream("changes_without_event", {"log": log}):
        classes = audit.told.renamed.get(number, set())
        labels = db.rows("labels_of", {"log": log, "task": task, "number": number}) if classes else ()
        if not any(_shows(LabelRow.read(label).classes, classes) for label in labels):
            yield Fault(number, audit.task_id(task), "the change index knows a change that was none")


def _shows(held: object, classes: set[int]) -> bool:
    """Return whether the classes of a label, as they are stored, are among these; what is damaged shows none."""
    try:
        return not classes.isdisjoint(msgspec.json.decode(held, type=list[int]) if isinstance(held, str) else ())
    except msgspec.DecodeError:
        return False


def _counters(db: Database, log: int, audit: Audit) -> Iterator[Fault]:
    """Check that no number would be given twice."""
    first = first_block(log)
    classes = [int(key) for kind, key in audit.told.named if kind == "class" and key.isdecimal()]
    counters = db.row("counters", {"log": log})
    task, block = (
        db.row("last_task", {"log": log}),
        db.row("last_block", {"first": first, "beyond": first_block(log + 1)}),
    )
    if counters is None:
        return
    behind = (
        ("task", counters[0], task[0] if task else 0),
        ("class", counters[2], max(classes, default=0)),
        ("block", counters[3], (block[0] if block else 0) or first - 1),
    )
    for what, following, last in behind:
        if not isinstance(last, int) or following != last + 1:
            yield Fault(None, None, f"the next {what} would get the number {following!r}, the last one has {last}")


def _projects(db: Database, audit: Audit) -> Iterator[Fault]:
    """Check that the projects are those that were made."""
    made = {
        details.get("id"): (number, details)
        for number, kind, details, _ in audit.told.events
        if kind == "project.created"
    }
    there = {id_: (log, name) for log, id_, name, _ in db.rows("projects")}
    for id_, (number, details) in made.items():
        if there.pop(id_, None) != (details.get("log"), details.get("name")):
            yield Fault(number, None, f"project {details.get('name')!r} is missing or not as it was made")
    logs = {ORGANIZATION, *(row[0] for row in db.rows("projects"))}
    for (log,) in db.rows("logs"):
        if log not in logs:
            yield Fault(None, None, f"a log {log} is there, which is of no project")
    for id_ in there:
        yield Fault(None, None, f"a project {id_!r} is there that no event tells of")


def _exports(db: Database, audit: Audit) -> Iterator[Fault]:
    """Check that the history of exports is what the events tell."""
    made: dict[str, tuple[int, bytes | None]] = {}
    ended: dict[str, tuple[int, bytes | None]] = {}
    for number, kind, details, committed in audit.told.events:
        if kind.startswith("export."):
            (made if kind == "export.created" else ended)[str(details.get("export"))] = (number, committed)
    for row in db.stream("export_rows"):
        id_ = row[0]
        entered = made.pop(id_, None)
        if entered is None or entry(*row[:11]) != entered[1]:
            yield Fault(entered[0] if entered else None, None, f"export {id_!r} is not as it was entered")
        came = ended.pop(id_, None)
        if outcome(id_, *row[11:]) != (came[1] if came else outcome(id_, "queued", None, "{}")):
            yield Fault(came[0] if came else None, None, f"the outcome of export {id_!r} is not as it was recorded")
    for id_, (number, _) in made.items():
        yield Fault(number, None, f"export {id_!r} is missing")
