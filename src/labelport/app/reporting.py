"""The audit report: what happened to tasks, each event with the proof that it is in the log, all of it signed."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from labelport.api import StreamReport
from labelport.app.audit import ORIGIN, log_of, signing_key
from labelport.app.context import App
from labelport.errors import DeniedError, unknown
from labelport.kit.task_events import TYPES, shown, task_events
from labelport.model.export import Selection
from labelport.model.stages import Stages
from labelport.model.trail import LogEvent
from labelport.store import checkpoint as notes
from labelport.store import names, trails
from labelport.store.heads import head_at
from labelport.store.log import ORGANIZATION, Head
from labelport.store.proofs import Prover

PAGE = 100
KIND = "labelport-report"


class _Report:
    """One report: what it is of, and what goes into every entry."""

    def __init__(self, app: App, ask: StreamReport) -> None:
        self._db, self.ask = app.store.db, ask
        self.log, name = log_of(app, ask.project)
        self.origin = ORIGIN + name
        self.head: Head = head_at(self._db, self.log, None)
        self.stages: Stages = names.stages(self._db, self.log, self.head.number)
        self._prover = Prover(self._db, self.log, self.head.size)
        self.key = signing_key(app, self.origin)
        self._checkpoint = notes.sign(notes.Checkpoint(self.origin, self.head.size, self.head.root), self.key)
        self.is_whole = ask == StreamReport(ask.project)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield an entry for each task; at the end one for the events that are of none, where everything is asked."""
        ground_truth = True if self.ask.scope == "groundtruth" else None
        selection = Selection(tasks=self.ask.tasks, ground_truth=ground_truth)
        after = 0
        while page := trails.trails(
            self._db, self.log, selection, span=(None, self.head.number), after=after, limit=PAGE
        ):
            for trail in page:
                entry = self._entry(task_events(trail, self.stages), trail.events)
                if entry["events"] or self.is_whole:
                    yield entry
            after = page[-1].number
        if self.is_whole or self.log == ORGANIZATION:
            yield from self._of_no_task()

    def _of_no_task(self) -> Iterator[dict[str, Any]]:
        for first in range(0, self.head.size, 10_000):
            events = tuple(trails.of_project(self._db, self.log, first, min(first + 10_000, self.head.size)))
            if events:
                told = [shown(event) for event in events]
                entry = {"taskId": None, "taskName": None, "currentStageName": None, "events": told}
                made = self._entry(entry, events)
                if made["events"]:
                    yield made

    def _entry(self, entry: dict[str, Any], events: Sequence[LogEvent]) -> dict[str, Any]:
        """Return the entry with the events that are asked for, each with its record and proof."""
        kept = [
            {**told, "record": {**msgspec.to_builtins(event), "proof": self._proof(event)}}
            for told, event in zip(entry["events"], events, strict=True)
            if self._wants(told, event)
        ]
        return {**entry, "events": kept, "eventCount": len(events), "checkpoint": self._checkpoint}

    def _proof(self, event: LogEvent) -> list[str]:
        return [one.hex() for one in self._prover.proof(event.position)]

    def _wants(self, told: Mapping[str, Any], event: LogEvent) -> bool:
        ask = self.ask
        return (
            (not ask.people or event.actor in ask.people)
            and (not ask.types or told["eventType"] in ask.types)
            and (ask.since is None or event.at >= ask.since)
            and (ask.until is None or event.at < ask.until)
        )


def report(app: App, ask: StreamReport) -> Iterator[bytes]:
    """Yield a line of JSON for each task; the last one is no task, but the note that signs the others.

    That a report was made is on the organization's record.
    """
    with app.store.organization(app.actor, app.now()) as events:
        allowed = "audit" in app.rights
        events.append("report.made" if allowed else "denied", {"operation": "report", "project": ask.project})
    if not allowed:
        raise DeniedError(f"{app.actor!r} may not make a report: the right 'audit' is missing")
    for kind in ask.types:
        if ask.project is not None and kind not in TYPES.values():
            raise unknown("type of event", kind, TYPES.values())
    made = _Report(app, ask)
    seal = sha256()
    tasks = count = 0
    for entry in made.entries():
        line = msgspec.json.encode(entry)
        seal.update(line + b"\n")
        tasks += entry["taskId"] is not None
        count += len(entry["events"])
        yield line
    text = f"{KIND}\n{made.origin}\n{seal.hexdigest()}\n{tasks} {count} {'whole' if made.is_whole else 'part'}\n"
    yield msgspec.json.encode({"note": notes.sign_note(text, made.key)})
