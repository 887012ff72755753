"""`labelport projects`."""

from pathlib import Path

import click

from labelport.cli.completing import project_names
from labelport.cli.finding import opened
from labelport.cli.page import Pages
from labelport.cli.surface import counted, failing, show, table, with_json, with_workspace


@click.group("projects", cls=Pages, invoke_without_command=True)
@click.pass_context
@with_workspace
@with_json
@failing
def command(ctx: click.Context, where: Path | None, as_json: bool) -> None:
    """List projects; `create` makes one, `show` tells of one.

    Examples:
      labelport projects
      labelport projects show cars

    """
    if ctx.invoked_subcommand is not None:
        return
    found = list(opened(where).projects())
    rows = [(one.name, one.tasks, one.labelled, one.empty, len(one.classes), one.number, one.id) for one in found]
    head = ("name", "tasks", "labelled", "empty", "classes", "change", "id")
    none = "no project yet: `labelport import FORMAT PATH --project NAME` makes one"
    show(found, as_json=as_json, text=lambda: table(rows, head) if rows else none)


@command.command("create")
@click.argument("name")
@with_workspace
@with_json
@failing
def create(name: str, where: Path | None, as_json: bool) -> None:
    """Make a project that is empty; an import makes its own.

    Examples:
      labelport projects create cars

    """
    made = opened(where).create_project(name)
    show({"id": made.id, "name": made.name}, as_json=as_json, text=lambda: f"made {made.name} ({made.id})")


@command.command("show")
@click.argument("project", shell_complete=project_names)
@click.option("--at", type=int, help="As it stood at a change number.")
@with_workspace
@with_json
@failing
def show_(project: str, at: int | None, where: Path | None, as_json: bool) -> None:
    """Tell of a project: counts, classes with their pinned numbers, batches.

    Examples:
      labelport projects show cars
      labelport projects show cars --at 12 --json

    """
    found = opened(where).project(project).info(at)
    unlabelled = found.tasks - found.labelled - found.empty
    states = f"{found.labelled:,} labelled, {found.empty:,} empty, {unlabelled:,} unlabelled"
    lines = [
        f"{click.style(found.name, bold=True)} at change {found.number}  {found.id}",
        f"{counted(found.tasks, 'task')}: {states}",
        "",
        table([(one.number, one.name, one.colour) for one in found.classes], ("number", "class", "colour")),
    ]
    if found.batches:
        lines += ["", table(list(found.batches.items()), ("batch", "name"))]
    show(found, as_json=as_json, text=lambda: "\n".join(lines))
