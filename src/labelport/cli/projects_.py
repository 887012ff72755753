"""`labelport projects`."""

from pathlib import Path

import click

from labelport.cli.surface import failing, opened, show, table, with_json, with_workspace


@click.group("projects", invoke_without_command=True)
@click.pass_context
@with_workspace
@with_json
@failing
def command(ctx: click.Context, where: Path | None, as_json: bool) -> None:
    """List projects; `create` makes one, `show` tells of one."""
    if ctx.invoked_subcommand is not None:
        return
    found = list(opened(where).projects())
    rows = [(one.name, one.id, one.number, one.tasks, one.labelled, len(one.classes)) for one in found]
    show(found, as_json=as_json, text=lambda: table(rows, ("name", "id", "change", "tasks", "labelled", "classes")))


@command.command("create")
@click.argument("name")
@with_workspace
@with_json
@failing
def create(name: str, where: Path | None, as_json: bool) -> None:
    """Make a project."""
    made = opened(where).create_project(name)
    show({"id": made.id, "name": made.name}, as_json=as_json, text=lambda: f"made {made.name} ({made.id})")


@command.command("show")
@click.argument("project")
@click.option("--at", type=int, help="As it stood at a change number.")
@with_workspace
@with_json
@failing
def show_(project: str, at: int | None, where: Path | None, as_json: bool) -> None:
    """Tell of a project: counts, classes with their pinned numbers, batches."""
    found = opened(where).project(project).info(at)
    classes = table([(one.number, one.name) for one in found.classes], ("number", "class"))
    head = f"{found.name} ({found.id}) at change {found.number}: {found.tasks:,} tasks"
    states = f"{found.labelled:,} labelled, {found.empty:,} empty"
    show(found, as_json=as_json, text=lambda: f"{head}, {states}\n{classes}")
