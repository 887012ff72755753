"""An export foreseen: what it would select and what each format would lose, from facts that are kept beside the labels.

No label is read but those that the request itself changes: by leaving classes out, or frames.
"""

from collections.abc import Mapping

import msgspec

from labelport.api import Plan, PlanExport
from labelport.app.context import App
from labelport.app.lanes import Lane
from labelport.app.requests import check, sound
from labelport.app.shards import classes_of, lanes
from labelport.errors import LabelportError
from labelport.fidelity import Ledger, forecast
from labelport.model.export import OnLoss
from labelport.model.facts import facts
from labelport.model.record import Record
from labelport.store.heads import head_at
from labelport.store.reads import Found, Reader


def plan(app: App, ask: PlanExport) -> Plan:
    """Return counts and losses; a request that would fail on a loss shows what it would fail on."""
    request = ask.request
    sound(request)
    project = app.store.project(request.project)
    cut = head_at(app.store.db, project.log, request.at).number
    check(app, project, request, cut)
    reader = Reader(app.store.db, project.log, request, base=request.since, cut=cut)
    runs = reader.plan(request.shard_size)
    foreseen = [
        _Foreseen(lane, "drop" if request.on_loss == "fail" else request.on_loss)
        for lane in lanes(request, classes_of(app.store, project.log, request, cut))
    ]
    annotations = 0
    by_class = any(one.lane.shape.is_by_class for one in foreseen)
    for kinds, classes, labels, count in reader.holds(classes="told apart" if by_class else "alike"):
        annotations += count
        for one in foreseen:
            one.hold(kinds, classes, labels)
    if changed := [one for one in foreseen if one.changed]:
        for found in (found for run in runs for found in reader.rows(run) if not found.fault):
            for one in changed:
                one.read(found)
    losses = tuple(loss for one in foreseen for loss in one.ledger.losses(one.lane.name))
    return Plan(cut, sum(run.tasks for run in runs), annotations, len(runs), losses)


class _Foreseen:
    """What one format would lose; labels that the request changes have to be read for it, and no others."""

    def __init__(self, lane: Lane, on_loss: OnLoss) -> None:
        self.lane, self.ledger = lane, Ledger()
        self._on_loss = on_loss
        self.changed = False

    def hold(self, kinds: str, classes: str, labels: int) -> None:
        """Count what so many labels of these facts and classes lose, unless they have to be read."""
        if self.lane.shape.marks(kinds, classes):
            self.changed = True
            return
        held = {name: number * labels for name, number in msgspec.json.decode(kinds, type=dict[str, int]).items()}
        self._count(held)

    def read(self, found: Found) -> None:
        """Count what those labels of a task lose that the request changes; none of it where it cannot be written."""
        shape = self.lane.shape
        changed = [i for i, facts_ in enumerate(zip(found.kinds, found.classes, strict=True)) if shape.marks(*facts_)]
        if not changed:
            return
        record = msgspec.json.decode(found.stored.line, type=Record)
        ledger = Ledger()
        try:
            labels = [shape.label(record, record.labels[i], ledger) for i in changed]
        except LabelportError:
            return
        self.ledger.merge(ledger)
        for label in labels:
            self._count(facts(label))

    def _count(self, held: Mapping[str, int]) -> None:
        self.ledger.merge(forecast(held, self.lane.format.carries, self._on_loss))
