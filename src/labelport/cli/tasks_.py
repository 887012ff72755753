"""`labelport tasks`."""

from itertools import islice
from pathlib import Path

import click
import msgspec

from labelport.cli.completing import with_project
from labelport.cli.finding import opened, project_of
from labelport.cli.page import Page
from labelport.cli.selecting import selecting, selection
from labelport.cli.surface import counted, failing, table, with_json, with_workspace


@click.command("tasks", cls=Page)
@with_project
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help="How many at most; 0 for all.")
@selecting
@with_workspace
@with_json
@failing
def command(project: str | None, limit: int, where: Path | None, as_json: bool, **given: object) -> None:
    """List tasks that meet every condition; the same options select what `labelport export` writes.

    With --json there is one task a line.

    Examples:
      labelport tasks --stage review --filter weather=rain
      labelport tasks --state unlabelled --limit 0 --json
      labelport tasks --filter last_activity_at=2025-01-01..2025-02-01

    """
    found = project_of(opened(where), project)
    tasks = found.tasks(selection(given, found))
    shown = list(islice(tasks, limit)) if limit else list(tasks) if not as_json else tasks
    if as_json:
        for task in shown:
            click.echo(msgspec.json.encode(task).decode())
        return
    listed = list(shown)
    rows = [(one.number, one.name, one.stage, one.status, one.state, one.batch, one.id) for one in listed]
    click.echo(table(rows, ("number", "name", "stage", "status", "state", "batch", "id")))
    if next(iter(tasks), None) is not None:
        click.echo(f"... the first {counted(limit, 'task')}; --limit 0 lists all", err=True)
