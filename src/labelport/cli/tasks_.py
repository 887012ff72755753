"""`labelport tasks`."""

from itertools import islice
from pathlib import Path

import click
import msgspec

from labelport.cli.selecting import selecting, selection
from labelport.cli.surface import failing, opened, table, with_json, with_workspace


@click.command("tasks")
@click.option("--project", required=True, help="The project's name or id.")
@click.option("--limit", type=int, default=100, show_default=True, help="How many at most; 0 for all.")
@selecting
@with_workspace
@with_json
@failing
def command(project: str, limit: int, where: Path | None, as_json: bool, **given: object) -> None:
    r"""List tasks that meet every condition.

    \b
      labelport tasks --project cars --stage review --filter weather=rain
    """
    found = opened(where).project(project)
    tasks = found.tasks(selection(given, found))
    if as_json:
        for task in tasks if limit == 0 else islice(tasks, limit):
            click.echo(msgspec.json.encode(task).decode())
        return
    rows = [(one.number, one.name, one.id, one.stage, one.status, one.state) for one in islice(tasks, limit or None)]
    click.echo(table(rows, ("number", "name", "id", "stage", "status", "state")))
