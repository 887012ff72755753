"""`labelport work`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from labelport.api import Done
from labelport.cli.completing import with_project
from labelport.cli.finding import opened, project_of
from labelport.cli.page import Page
from labelport.cli.surface import counted, failing, show, with_json, with_workspace
from labelport.client.workspace import Project
from labelport.errors import RequestError
from labelport.model import acts
from labelport.model.acts import ACTS, Lead, Work

OTHERS: Mapping[str, Callable[[Project, tuple[str, ...]], int | None]] = {
    "delete": lambda project, tasks: project.remove(tasks),
    "restore": lambda project, tasks: project.restore(tasks),
}


@click.command("work", cls=Page)
@click.argument("act", metavar="ACT", type=click.Choice(sorted((*ACTS, *OTHERS))))
@click.argument("tasks", metavar="TASK...", nargs=-1, required=True)
@click.option("--to", multiple=True, help="assign: to whom, repeatable; move: to which stage.")
@click.option("--reason", help="reject, move: why; skip: perhaps.")
@click.option("--text", help="raise, comment: what is said.")
@click.option("--issue", help="resolve, comment: which issue.")
@click.option("--label", help="choose: which label.")
@click.option("--priority", type=int, help="prioritize: how urgent; more is sooner.")
@with_project
@with_workspace
@with_json
@failing
def command(
    act: str,
    tasks: tuple[str, ...],
    *,
    project: str | None,
    where: Path | None,
    as_json: bool,
    **given: Any,  # noqa: ANN401  what click gives
) -> None:
    """Do something to tasks in their workflow, by their ids: to all of them, or to none.

    What is not legal is refused, and the refusal says what is. Acts: start, beat, save, submit, accept, correct,
    reject, skip, choose, raise, comment, resolve; assign, unassign, move, prioritize; delete, restore.

    Examples:
      labelport work assign t1 t2 --to ann
      labelport work reject t1 --reason "one car is missing"
      labelport work move t1 --to review --reason "labelled elsewhere"

    """
    found = project_of(opened(where), project)
    told = {name: value for name, value in given.items() if value not in (None, ())}
    if act in OTHERS:
        if told:
            raise RequestError(f"{act} takes no --{next(iter(told))}")
        number = OTHERS[act](found, tasks)
    else:
        number = _do(found, tasks, act, told)
    done = f"{act}: {counted(len(tasks), 'task')}, change {number}"
    show(Done(number), as_json=as_json, text=lambda: done)


def _do(project: Project, tasks: tuple[str, ...], name: str, told: dict[str, Any]) -> int | None:
    kind = ACTS[name]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for option in told:
        if option not in fields and not (option == "reason" and "comment" in fields):
            raise RequestError(f"{name} takes no --{option}")
    missing = [field for field, about in fields.items() if about.required and field not in told]
    if missing:
        raise RequestError(f"{name} needs --{missing[0]}")
    values = {"comment" if key == "reason" and "comment" in fields else key: value for key, value in told.items()}
    if kind is acts.Move:
        if len(values["to"]) > 1:
            raise RequestError("move takes one --to")
        values["to"] = project.stages().chosen(values["to"][0]).name
    act = msgspec.convert({"act": name, **values}, Work | Lead)
    return project.lead(tasks, act) if isinstance(act, Lead) else project.work(tasks, act)
