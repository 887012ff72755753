"""`labelport exports`."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from labelport.cli.export_ import summary
from labelport.cli.surface import failing, opened, show, table, with_json, with_workspace


@click.group("exports", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look into the history of exports: list, show, retry, reproduce, diff."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.option("--project", help="Only this project's.")
@click.option("--limit", type=int, default=20, show_default=True)
@with_workspace
@with_json
@failing
def list_(project: str | None = None, limit: int = 20, where: Path | None = None, as_json: bool = False) -> None:
    """List exports, the newest first."""
    found = list(islice(opened(where).exports(project), limit))
    rows = [
        (one.id, _when(one.created_at), one.status, ",".join(one.request.formats), one.base, one.cut, one.destination)
        for one in found
    ]
    show(found, as_json=as_json, text=lambda: table(rows, ("id", "created", "status", "formats", "since", "at", "to")))


@command.command("show")
@click.argument("export")
@with_workspace
@with_json
@failing
def show_(export: str, where: Path | None, as_json: bool) -> None:
    """Show an export: its request, counts, skips and losses."""
    job = opened(where).export(export)
    show(job.export, as_json=as_json, text=lambda: f"{job.uid}\n{job.result.error or summary(job.export, job.result)}")


@command.command("retry")
@click.argument("export")
@click.option("--workers", type=int, default=1, show_default=True)
@with_workspace
@with_json
@failing
def retry(export: str, workers: int, where: Path | None, as_json: bool) -> None:
    """Go on with an export that was interrupted or failed, behind its last finished shard."""
    job = opened(where, as_json=as_json, workers=workers).export(export)
    job.wait_till_done()
    show(job.export, as_json=as_json, text=lambda: summary(job.export, job.result))


@command.command("reproduce")
@click.argument("export")
@with_workspace
@with_json
@failing
def reproduce(export: str, where: Path | None, as_json: bool) -> None:
    """Make an export again at its cut and compare every file; exit 1 where they differ."""
    found = opened(where, as_json=as_json).reproduce(export)
    erased = f"; erased since: {', '.join(found.erased)}" if found.erased else ""
    verdict = "every file came out the same" if found.same else f"the files differ{erased}"
    show(found, as_json=as_json, text=lambda: f"{export}: {verdict}")
    if not found.same:
        raise SystemExit(1)


@command.command("diff")
@click.argument("older")
@click.argument("newer")
@with_workspace
@with_json
@failing
def diff(older: str, newer: str, where: Path | None, as_json: bool) -> None:
    """Show which tasks came, changed and went between two exports."""
    found = opened(where).diff(older, newer)
    lines = [f"{found.added:,} added, {found.changed:,} changed, {found.removed:,} removed"]
    for sign, tasks in (("+", found.added_tasks), ("~", found.changed_tasks), ("-", found.removed_tasks)):
        lines += [f"{sign} {task}" for task in tasks]
    show(found, as_json=as_json, text=lambda: "\n".join(lines))


def _when(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
