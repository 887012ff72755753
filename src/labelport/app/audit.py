"""The audit of the logs: checked against all that is stored, and signed so that a rewritten log shows."""

import secrets
from collections.abc import Iterator
from itertools import chain

from labelport.api import Checkpoint, LogFault, LogReport, TakeCheckpoint, VerifyLog
from labelport.app.audit_fragments import fragments
from labelport.app.context import App
from labelport.store import checkpoint as notes
from labelport.store.audit import Audit
from labelport.store.audit_blocks import blocks
from labelport.store.audit_tables import tables
from labelport.store.log import ORGANIZATION, head
from labelport.store.merkle import Frontier

KEY = "log.key"
ORIGIN = "labelport/"


def verify(app: App, ask: VerifyLog) -> LogReport:
    """Check one project's log, or all; and against a checkpoint that was kept elsewhere."""
    logs = _logs(app, ask.project)
    found: list[LogFault] = []
    events = 0
    for log, name in logs:
        audit = Audit(app.store.db, log)
        faults = chain(audit.faults(), tables(app.store.db, log, audit))
        found += (LogFault(name, one.number, one.task, one.reason) for one in faults)
        events += audit.events
    if ask.checkpoint is not None:
        found += _against(app, ask.checkpoint)
    wrong, erased = blocks(app.store.db, app.store.blobs)
    found += (LogFault("blocks", one.number, one.task, one.reason) for one in wrong)
    found += (LogFault("fragments", one.number, one.task, one.reason) for one in fragments(app.store.db))
    return LogReport(len(logs), events, tuple(found), erased)


def checkpoint(app: App, ask: TakeCheckpoint) -> Checkpoint:
    """Sign where a log stands."""
    log, name = log_of(app, ask.project)
    now = head(app.store.db, log)
    key = signing_key(app, ORIGIN + name)
    text = notes.sign(notes.Checkpoint(ORIGIN + name, now.size, now.root), key)
    return Checkpoint(text, key.public().text())


def _against(app: App, text: str) -> Iterator[LogFault]:
    """Check that the log still begins with what the checkpoint signed."""
    signed = notes.verify(text, [signing_key(app, text.partition("\n")[0]).public()])
    name = signed.origin.removeprefix(ORIGIN)
    log = ORGANIZATION if name == "organization" else app.store.project(name).log
    frontier = Frontier()
    size = 0
    for (leaf,) in app.store.db.stream("leaves", {"log": log, "size": signed.size}):
        frontier.append(leaf)
        size += 1
    if size < signed.size:
        yield LogFault(name, None, None, f"the log has {size} events, the checkpoint was taken at {signed.size}")
    elif frontier.root() != signed.root:
        yield LogFault(name, None, None, f"the first {size} events are not those that the checkpoint signed")


def log_of(app: App, project: str | None) -> tuple[int, str]:
    """Return the log of a project, or of none the organization's, and what checkpoints call it."""
    if project is None:
        return ORGANIZATION, "organization"
    found = app.store.project(project)
    return found.log, found.id


def _logs(app: App, project: str | None) -> list[tuple[int, str]]:
    others = app.store.db.rows("projects") if project is None else ()
    return [log_of(app, project), *((row[0], row[1]) for row in others)]


def signing_key(app: App, log: str) -> notes.PrivateKey:
    """Return the workspace's key under the name of a log; it is made when it is first needed."""
    path = app.store.folder / KEY
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(notes.PrivateKey("labelport", secrets.token_bytes(32)).text(), encoding="utf-8")
    return notes.PrivateKey(log, notes.PrivateKey.parse(path.read_text(encoding="utf-8")).seed)
