"""An export foreseen: what it would select and what each format would lose, without reading a single label."""

import msgspec

from labelport.api import Plan, PlanExport
from labelport.app.context import App
from labelport.app.reckoning import Account
from labelport.app.requests import check, sound
from labelport.app.shards import lanes
from labelport.fidelity import forecast
from labelport.store.heads import head_at
from labelport.store.reads import Reader


def plan(app: App, ask: PlanExport) -> Plan:
    """Return counts and losses; a request that would fail on a loss shows what it would fail on."""
    request = ask.request
    sound(request)
    project = app.store.project(request.project)
    cut = head_at(app.store.db, project.log, request.at).number
    check(app, project, request, cut)
    found = lanes(app.store, project.log, request, cut)
    reader = Reader(app.store.db, project.log, request, base=request.since, cut=cut)
    runs = reader.plan(request.shard_size)
    accounts = {lane.name: Account() for lane in found}
    policy = "drop" if request.on_loss == "fail" else request.on_loss
    annotations = 0
    for kinds, labels, count in reader.holds():
        annotations += count
        held = {name: number * labels for name, number in msgspec.json.decode(kinds, type=dict[str, int]).items()}
        for lane in found:
            accounts[lane.name].lose(forecast(held, lane.format.carries, policy).losses(lane.name))
    losses = tuple(loss for name, account in accounts.items() for loss in account.loss_report(name))
    return Plan(cut, sum(run.tasks for run in runs), annotations, len(runs), losses)
